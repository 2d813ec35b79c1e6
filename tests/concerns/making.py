"""A county with the people who work on a concern, and short ways through its steps."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.concerns import actions
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.registering import Entry, register
from fieldvisit.concerns.rules import Level, Outcome
from fieldvisit.extensions import db
from tests.factories import COUNTY, OTHER_VILLAGE, TOWN, VILLAGE, Factory


class Ledger:
    """繁昌区 with an office, a town, the department of water supply, and a unit tied to the village."""

    def __init__(self, make: Factory) -> None:
        self.make = make
        self.office_unit = make.unit("区委群众工作部", division=COUNTY, villages=(), position=1)
        self.contact = make.unit("区市场监管局", position=2)
        self.lead = make.unit("区住建局", villages=(OTHER_VILLAGE,), position=3)
        self.town = make.unit("繁阳镇人民政府", division=TOWN, villages=(), position=4)
        self.officer = make.cadre(Role.OFFICE, unit=self.office_unit, name="孙丽")
        self.handler = make.cadre(Role.HANDLER, unit=self.lead, name="吴涛")
        self.cadre = make.cadre(unit=self.contact, name="王敏")
        self.supervisor = make.cadre(Role.SUPERVISOR, unit=self.contact, name="陈静")
        self.mayor = make.cadre(Role.SUPERVISOR, unit=self.town, name="周建国")

    def entry(self, **values: Any) -> Entry:
        """Return what is written down of a broken water pipe, or of something else."""
        fields: dict[str, Any] = {
            "village_code": VILLAGE,
            "channel": "home_visit",
            "nature": "help",
            "domain": "0207",
            "words": "村东头水管破了，三户人家用水不便",
            "level": Level.B,
        }
        return Entry(**fields | values)

    def register(self, who: Cadre | None = None, **values: Any) -> Concern:
        """Register a concern by the cadre, or by somebody else."""
        concern = register(who or self.cadre, uuid4(), self.entry(**values))
        db.session.commit()
        return concern

    def at_home(self, **values: Any) -> Concern:
        """Register a concern of a household that the cadre is tied to."""
        household = self.make.household("李桂英", paired=self.cadre)
        return self.register(household_id=household.id, **values)

    def dispatched(self, concern: Concern | None = None) -> Concern:
        """Give a concern to the department."""
        concern = concern or self.register()
        actions.dispatch(self.officer, concern, concern.version, self.lead.id)
        db.session.commit()
        return concern

    def replied(self, concern: Concern | None = None, outcome: Outcome = Outcome.RESOLVED) -> Concern:
        """Have a concern handled."""
        concern = self.dispatched(concern)
        actions.reply(self.handler, concern, concern.version, outcome, "水管已换新。")
        db.session.commit()
        return concern
