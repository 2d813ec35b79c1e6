"""What a phone sends of a concern, read and checked."""

from __future__ import annotations

from uuid import UUID

from wtforms import Form, SelectField, StringField
from wtforms.validators import DataRequired, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from fieldvisit.concerns import suggesting
from fieldvisit.concerns.lists import Lists, lists
from fieldvisit.concerns.registering import Entry
from fieldvisit.concerns.rules import Level
from fieldvisit.fields import NumberField, clean_line, text
from fieldvisit.households.forms import written_id
from fieldvisit.households.models import Household
from fieldvisit.visits.forms import refuse_id_number

LONGEST_WORDS = 1000
MOST_PEOPLE = 100_000
HOW_MANY = f"人数请填 1 到 {MOST_PEOPLE} 的数字。"
USUAL_NATURE = "help"


class PhoneConcernForm(Form):
    """A concern as it is written down in a home: words, domain, nature, how many people it is about."""

    words = text("诉求", LONGEST_WORDS, needed=True)
    domain = SelectField("涉及领域", [DataRequired("请选择涉及领域。")], validate_choice=False)
    nature = SelectField("性质", validate_choice=False, default=USUAL_NATURE)
    people = NumberField(HOW_MANY, [MayBeEmpty(), NumberRange(1, MOST_PEOPLE, HOW_MANY)], label="涉及人数", default=1)
    card = StringField(filters=[clean_line])
    visit = StringField(filters=[clean_line])

    def validate_words(self, field: StringField) -> None:
        """Refuse what looks like an ID-card number."""
        refuse_id_number(field)

    def visit_id(self) -> UUID | None:
        """Return the id of the visit at which it was written down."""
        return written_id(self.visit.data or "")

    def entry(self, household: Household, visit_id: UUID | None) -> Entry:
        """Return what is to be registered; its level is the suggested one until the office decides."""
        known, words = lists(), self.words.data or ""
        nature, people = self.nature.data or USUAL_NATURE, self.people.data or 1
        return Entry(
            village_code=household.village_code,
            channel="home_visit",
            nature=nature,
            domain=self.domain.data or "",
            words=words,
            level=Level(suggesting.level(words, nature, people, known.levels).code),
            people=people,
            household_id=household.id,
            visit_id=visit_id,
            card=(self.card.data or "")[:24] if visit_id else "",
        )


def domain_choices(known: Lists) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the domains for a select: each first level with its second ones."""
    return [
        (top.label, [(domain.code, domain.label) for domain in known.below(top.code)]) for top in known.top_domains()
    ]
