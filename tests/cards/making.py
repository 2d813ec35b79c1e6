"""A resident with a card in the hand."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.cards import actions, tokens
from fieldvisit.cards.models import ResidentLink
from fieldvisit.extensions import db
from fieldvisit.followups.models import Judgement
from fieldvisit.households.models import Household
from tests.person import Person

TODAY = clock.today()


class Resident:
    """A resident with a card in the hand: opens its page and sends its forms, as a browser does, without an account."""

    def __init__(self, app: Flask, cadre: Cadre, household: Household) -> None:
        self.person = Person(app)
        self.household = household
        with app.test_request_context():
            link = actions.links_for(cadre, [household])[household.id]
            db.session.commit()
        self.link_id = link.id
        self.token = tokens.token_of(link.id)

    @property
    def link(self) -> ResidentLink:
        """The row of the link, as it is now."""
        db.session.expire_all()
        return db.session.get_one(ResidentLink, self.link_id)

    def page(self, more: str = "") -> TestResponse:
        """Open the page."""
        return self.person.get(f"/r/{self.token}{more}")

    def judge(self, follow_up_id: UUID, mark: str, **fields: str) -> TestResponse:
        """Judge one thing."""
        form = {"id": str(uuid4()), "mark": mark, "comment": "", "is_hidden": "y"} | fields
        return self.person.post(f"/r/{self.token}/followups/{follow_up_id}", form)

    def report(self, words: str, **fields: str) -> TestResponse:
        """Report something."""
        return self.person.post(f"/r/{self.token}/messages", {"id": str(uuid4()), "words": words, "phone": ""} | fields)


def judgements() -> list[Judgement]:
    """Return all judgements, the first one first."""
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Judgement).order_by(Judgement.at)))


def words_of(answer: TestResponse) -> str:
    """Return what a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())
