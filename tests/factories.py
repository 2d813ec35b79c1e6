"""Rows for tests, with sensible values; each method commits, so that another connection sees the row."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.database import write_transactions
from fieldvisit.extensions import db
from fieldvisit.households.models import Household, Pairing, Resident
from fieldvisit.organisation.models import ContactPoint, Division, Level, Unit

COUNTY, TOWN, VILLAGE, OTHER_VILLAGE = "340212", "340212100", "340212100217", "340212100218"
PLACES = (
    (COUNTY, Level.COUNTY, "繁昌区", "繁昌区", None),
    (TOWN, Level.TOWN, "繁阳镇", "繁阳镇", COUNTY),
    (VILLAGE, Level.VILLAGE, "缸窑村", "繁阳镇 缸窑村", TOWN),
    (OTHER_VILLAGE, Level.VILLAGE, "柳墩村", "繁阳镇 柳墩村", TOWN),
)
EVER = date(2020, 1, 1)
Row = TypeVar("Row")


class Factory:
    """Makes rows. Places: one county, one town, two villages; a unit is tied to VILLAGE unless told otherwise."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self._units: dict[str, Unit] = {}

    def divisions(self) -> None:
        """Make the places, once."""
        if db.session.get(Division, COUNTY) is None:
            for code, level, name, full_name, parent in PLACES:
                self._add(Division(code=code, level=level, name=name, full_name=full_name, parent_code=parent))

    def unit(
        self,
        name: str = "区市场监管局",
        parent: Unit | None = None,
        division: str | None = None,
        villages: tuple[str, ...] = (VILLAGE,),
        position: int = 0,
    ) -> Unit:
        """Make a unit, or return the one that has this name already."""
        self.divisions()
        if name in self._units:
            return self._units[name]
        parent_id = parent.id if parent else None
        unit = self._add(Unit(name=name, parent_id=parent_id, path="", division_code=division, position=position))
        with write_transactions():
            unit.path = f"{parent.path if parent else '/'}{unit.id}/"
            db.session.commit()
        for code in villages:
            self._add(ContactPoint(unit_id=unit.id, village_code=code, starts_on=EVER))
        self._units[name] = unit
        return unit

    def cadre(self, *roles: Role, unit: Unit | None = None, **values: Any) -> Cadre:
        """Make a person who may sign in at once; a cadre when no role is given."""
        number = next(self.numbers)
        fields: dict[str, Any] = {
            "user_name": f"person{number}",
            "phone": f"1380000{number:04}",
            "name": f"干部{number}",
            "unit_id": (unit or self.unit()).id,
            "roles": frozenset(roles or (Role.CADRE,)),
            "password_hash": "",
            "must_change_password": False,
        }
        return self._add(Cadre(**fields | values))

    def household(self, head: str = "李桂英", *, paired: Cadre | None = None, **values: Any) -> Household:
        """Make a household with its head as the one resident, in VILLAGE."""
        self.divisions()
        fields: dict[str, Any] = {
            "id": uuid4(),
            "village_code": VILLAGE,
            "group_no": 5,
            "door": f"{next(self.numbers)} 号",
            "head_name": head,
            "created_at": clock.now(),
        }
        household = self._add(Household(**fields | values))
        self._add(Resident(id=uuid4(), household_id=household.id, name=head, relation="户主", is_head=True, phone=""))
        if paired is not None:
            self.pairing(paired, household)
        return household

    def pairing(self, cadre: Cadre, household: Household, ends_on: date | None = None) -> Pairing:
        """Tie a cadre to a household."""
        return self._add(Pairing(cadre_id=cadre.id, household_id=household.id, starts_on=EVER, ends_on=ends_on))

    @staticmethod
    def _add(row: Row) -> Row:
        # One that began by reading could not write any more once the worker of a server in another process has written.
        db.session.commit()
        with write_transactions():
            db.session.add(row)
            db.session.commit()
        return row
