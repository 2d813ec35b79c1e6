"""A month like the one that the project began with: 134 concerns, and units with known outcomes."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.concerns.models import Concern, ConcernStep
from fieldvisit.concerns.rules import STAGE_OF, Level, Outcome, Stage, State, Step
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Unit
from fieldvisit.reports.months import Month
from tests.factories import COUNTY, OTHER_VILLAGE, VILLAGE, Factory

JULY = Month(date(2026, 7, 1))
# What the month's other concerns came to.
OTHERS = {
    (State.CLOSED, Outcome.RESOLVED): 113,
    (State.CLOSED, Outcome.EXPLAINED): 5,
    (State.REDIRECTED, Outcome.REDIRECTED): 2,
    (State.MERGED, None): 1,
    (State.IN_PROGRESS, None): 6,
}
DOMAINS = ("0207", "0105", "0601", "0405", "0903")
CHANNELS = ("home_visit", "walk_in", "letter")


class Place:
    """A county with an office and the units of the month."""

    def __init__(self, make: Factory) -> None:
        self.make = make
        self.office_unit = make.unit("区委群众工作部", division=COUNTY, villages=(), position=1)
        self.market = make.unit("区市场监管局", villages=(VILLAGE,), position=2)
        self.building = make.unit("区建投公司", villages=(OTHER_VILLAGE,), position=3)
        self.trade = make.unit("区商务局", villages=(), position=4)
        self.housing = make.unit("区住建局", villages=(), position=5)
        self.officer: Cadre = make.cadre(Role.OFFICE, unit=self.office_unit, name="孙丽")
        self.handler: Cadre = make.cadre(Role.HANDLER, unit=self.market, name="吴涛")
        self._numbers = count(1)

    def concern(
        self,
        unit: Unit | None,
        level: Level = Level.B,
        state: State = State.IN_PROGRESS,
        outcome: Outcome | None = None,
        **values: Any,
    ) -> Concern:
        """Put a concern of July into the ledger as it stands, closed on the 20th if it is closed."""
        number = next(self._numbers)
        on = values.pop("registered_on", date(2026, 7, 1 + number % 28))
        is_done = STAGE_OF[state] is Stage.DONE
        closed_on = values.pop("closed_on", date(2026, 7, 30) if is_done else None)
        fields: dict[str, Any] = {
            "uid": uuid4(),
            "number": f"繁-{on:%Y%m}-{number:04}",
            "county_code": COUNTY,
            "village_code": VILLAGE,
            "channel": CHANNELS[number % 3],
            "nature": "help",
            "domain": DOMAINS[number % 5],
            "words": "村东头水管破了",
            "level": level,
            "contact_unit_id": self.market.id,
            "handling_unit_id": unit.id if unit else None,
            "lead_unit_id": unit.id if unit else None,
            "registered_at": clock.day_start(on) + timedelta(hours=9),
            "registered_on": on,
            "state": state,
            "stage": STAGE_OF[state],
            "due_on": date(2026, 9, 30),
            "outcome": outcome,
            "closed_on": closed_on,
            "closed_at": clock.day_start(closed_on) + timedelta(hours=15) if closed_on else None,
        }
        row = Concern(**fields | values)
        db.session.add(row)
        db.session.flush()
        return row

    def step(self, concern: Concern, step: Step, state: State, on: date, **details: Any) -> None:
        """Note that a step was taken on a day."""
        concern.version += 1
        row = ConcernStep(concern_id=concern.id, nth=concern.version, step=step, state=state, details=details)
        row.at = clock.day_start(on) + timedelta(hours=10)
        db.session.add(row)

    def july(self) -> None:
        """Make the month: 134 concerns."""
        done: dict[str, Any] = {"state": State.CLOSED, "outcome": Outcome.RESOLVED}
        for level in (Level.A, Level.A):
            self.concern(self.market, level, mark="satisfied", **done)
        self.concern(self.market, Level.B)
        for level in (Level.A, Level.B, Level.B):
            self.concern(self.building, level, mark="satisfied", **done)
        self.concern(self.trade, Level.B)
        for (state, outcome), number in OTHERS.items():
            for nth in range(number):
                overdue: dict[str, Any] = (
                    {"due_on": date(2026, 7, 25)} if state is State.IN_PROGRESS and nth < 2 else {}
                )
                mark = "basically_satisfied" if state is State.CLOSED else ""
                self.concern(self.housing, state=state, outcome=outcome, mark=mark, **overdue)
        merged = db.session.query(Concern).filter_by(state=State.MERGED).one()
        merged.merged_into_id = 1
        db.session.commit()
