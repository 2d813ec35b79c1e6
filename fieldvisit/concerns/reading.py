"""What is told of one concern, and to whom: the same for the whole page and for its parts."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import clocks, links, offering, photo_actions, queries, similar_queries, telling, unit_queries
from fieldvisit.concerns.lists import label_of, lists
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import AT_A_UNIT, OPEN, Party, Stage, Step
from fieldvisit.concerns.words import MARK_WORDS, OUTCOME_WORDS, STATE_WORDS, STEP_WORDS, due_in_words
from fieldvisit.errors import NotYours
from fieldvisit.households import queries as households
from fieldvisit.households.models import Household
from fieldvisit.organisation import queries as organisation
from fieldvisit.visits import photo_queries as visit_photos
from fieldvisit.visits.models import Photo
from fieldvisit.visits.reading import readable_visit
from fieldvisit.workdays import queries as workdays

ROLES = (
    ("locality_unit_id", "属地单位"),
    ("lead_unit_id", "主管部门"),
    ("contact_unit_id", "双联系单位"),
    ("handling_unit_id", "承办单位"),
)


class Clock(NamedTuple):
    """One deadline: what by then, the day, how far off, and whether it has passed."""

    label: str
    day: date
    left: str
    is_over: bool


def context(who: Cadre, concern: Concern, parties: frozenset[Party]) -> dict[str, Any]:
    """Return what the template of a concern needs but for its steps' forms."""
    known = lists()
    steps = telling.shown(queries.steps_of(concern.id), parties)
    into = similar_queries.merged_into(who, concern)
    may_ask = trusts(who, concern, parties)
    return {
        "concern": concern,
        "place": organisation.names_of([concern.village_code]).get(concern.village_code, ""),
        "household": household_seen(who, concern),
        "may_ask": may_ask,
        "origins": links.origins(who, concern),
        "channel": label_of(known.channels, concern.channel),
        "nature": label_of(known.natures, concern.nature),
        "domain": known.domain_label(concern.domain),
        "level": known.levels[concern.level].label,
        "units": _units(concern),
        "reported": _reported(concern),
        "clocks": clocks_of(concern, clock.today()),
        "steps": steps,
        "changes": telling.changes(steps, known),
        "into": into,
        "merged_here": similar_queries.merged_here(who, concern.id),
        "visit_photos": photos_of_visit(who, concern),
        "photos": queries.photos_of(concern.id),
        "may_add_photos": photo_actions.may_add(parties, concern),
        "alike": offering.alike_to(who, concern) if Party.OFFICE in parties and concern.state in OPEN else [],
        "is_office": Party.OFFICE in parties,
        "state_words": STATE_WORDS,
        "step_words": STEP_WORDS,
        "outcome_words": OUTCOME_WORDS,
        "mark_words": MARK_WORDS,
    }


def trusts(who: Cadre, concern: Concern, parties: frozenset[Party]) -> bool:
    """Say whether a person may read who asked, and call: the office, the unit at work, whoever wrote it down."""
    return not parties.isdisjoint({Party.OFFICE, Party.HANDLER}) or concern.registered_by == who.id


def household_seen(who: Cadre, concern: Concern) -> Household | None:
    """Return the household of a concern, if the person may see it."""
    if concern.household_id is None:
        return None
    try:
        return households.household_for(who, concern.household_id)
    except NotYours:
        return None


def photos_of_visit(who: Cadre, concern: Concern) -> list[Photo]:
    """Return the photos of the card on which a concern was written down, if the person may read the visit."""
    if concern.visit_id is None:
        return []
    try:
        visit = readable_visit(who, concern.visit_id)
    except NotYours:
        return []
    return visit_photos.photos(visit.id).get(concern.card, [])


def clocks_of(concern: Concern, today: date) -> list[Clock]:
    """Return the deadlines that run now."""
    table = workdays.table()
    found: list[tuple[str, date | None]] = []
    if concern.stage in (Stage.NEW, Stage.TO_DISPATCH):
        found.append(("受理期限" if concern.stage is Stage.NEW else "交办期限", concern.clock_on))
    if concern.state in AT_A_UNIT:
        found.append(("办理期限", concern.due_on))
    may_return = Step.RETURN in offering.steps_for(concern, frozenset({Party.HANDLER}))
    if may_return and concern.dispatched_on is not None:
        found.append(("退回期限", clocks.return_until(concern.dispatched_on, table)))
    return [Clock(label, day, due_in_words(day, today), day < today) for label, day in found if day is not None]


def _units(concern: Concern) -> list[tuple[str, str]]:
    names = unit_queries.names_of_units(getattr(concern, field) for field, _ in ROLES)
    return [(label, names.get(getattr(concern, field) or 0, "")) for field, label in ROLES]


def _reported(concern: Concern) -> str:
    unit = unit_queries.names_of_units([concern.reported_unit_id]).get(concern.reported_unit_id or 0, "")
    person = queries.names_of([concern.reported_cadre_id]).get(concern.reported_cadre_id, "") if (
        concern.reported_cadre_id is not None
    ) else ""  # fmt: skip
    return " ".join(word for word in (unit, person) if word)
