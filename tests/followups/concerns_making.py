"""A concern of a household that a cadre asks about, for tests."""

from __future__ import annotations

from flask import Flask

from fieldvisit.concerns import actions
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Outcome
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.followups.rules import FollowUpState
from tests.concerns.making import Ledger
from tests.factories import Factory
from tests.followups.making import AtTheDoor
from tests.person import Person

WORDS, REPLY = "厨房水管漏水，地上常有积水", "已换新水管，水压正常。"


class Asked:
    """A household's concern that the department has replied to, and the cadre's page there."""

    def __init__(self, app: Flask, make: Factory) -> None:
        self.app = app
        self.ledger = Ledger(make)
        self.household = make.household("方守仁", paired=self.ledger.cadre)
        self.concern = self.ledger.register(household_id=self.household.id, words=WORDS)
        self.ledger.dispatched(self.concern)
        self.door = AtTheDoor(Person(app, self.ledger.cadre), self.household)
        self.office = Person(app, self.ledger.officer)

    def reply(self, words: str = REPLY) -> FollowUp | None:
        """Let the department reply; return the return visit that follows, if one does."""
        concern = self.now()
        actions.reply(self.ledger.handler, concern, concern.version, Outcome.RESOLVED, words)
        db.session.commit()
        return self.rounds()[-1] if self.rounds() else None

    def now(self) -> Concern:
        """Return the concern as it is now."""
        db.session.rollback()
        return db.session.get_one(Concern, self.concern.id, populate_existing=True)

    def rounds(self) -> list[FollowUp]:
        """Return all return visits about it, the first one first, as they are now."""
        db.session.rollback()
        found = db.session.query(FollowUp).filter_by(concern_id=self.concern.id)
        return sorted(found, key=lambda row: row.round_no)

    def states(self) -> list[FollowUpState]:
        """Return where its rounds stand."""
        return [row.state for row in self.rounds()]

    def judged(self, mark: str) -> int:
        """Let the resident judge the latest round by their own hand on the cadre's phone; return the status."""
        return self.door.judged(self.rounds()[-1].id, mark).status_code

    def twice_bad(self) -> FollowUp:
        """Let two replies be judged badly; return the second round."""
        for _ in range(2):
            self.reply()
            self.judged("dissatisfied")
        return self.rounds()[-1]
