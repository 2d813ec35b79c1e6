"""What the office has typed of a new concern so far: its place, its household, what is suggested of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fieldvisit import clock
from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import choice_queries, likeness, similar_queries, suggesting
from fieldvisit.concerns.entry_forms import NewForm
from fieldvisit.concerns.likeness import Alike
from fieldvisit.concerns.lists import lists
from fieldvisit.concerns.registering import COUNTY_DIGITS, Entry
from fieldvisit.errors import Refused
from fieldvisit.households import list_queries
from fieldvisit.households import queries as households
from fieldvisit.households.forms import written_id
from fieldvisit.households.models import Household
from fieldvisit.numbers import small_number
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import Division

VILLAGE_DIGITS = 12
MOST_FOUND = 8
# Fewer signs of a text say nothing.
LEAST_WORDS = 4
NO_AREA = "您的单位还没有设管辖范围，不知道是哪个区县的，登记不了诉求。请联系管理员，在“单位”里填上。"
ONLY_COUNTIES = "您的单位管的是乡镇或村，诉求由区县的群众工作部门登记。如果管辖范围填错了，请联系管理员，在“单位”里改。"


@dataclass
class Draft:
    """A form as it was sent, with what its values mean."""

    form: NewForm
    places: Sequence[Division]
    household: Household | None

    @property
    def village_code(self) -> str:
        """Return the code of the place meant; "" for none or several."""
        return self.places[0].code if len(self.places) == 1 else ""

    @property
    def takes_households(self) -> bool:
        """Say whether households of the place may be searched: of a village only."""
        return len(self.village_code) == VILLAGE_DIGITS


def areas_of(who: Cadre) -> tuple[str, ...]:
    """Return the county (or the city) for which an office works; raise Refused for one that has none."""
    governed = scope_of(who).areas
    areas = tuple(area for area in governed if len(area) <= COUNTY_DIGITS)
    if not areas:
        raise Refused(ONLY_COUNTIES if governed else NO_AREA)
    return areas


def drafted(who: Cadre, data: Any) -> Draft:
    """Read a form, with its choices."""
    areas, form = areas_of(who), NewForm(data)
    form.renew()
    places = choice_queries.place_meant(areas, form.village.data or "")
    county = places[0].code[:COUNTY_DIGITS] if len(places) == 1 else areas[0]
    form.offer(lists(), choice_queries.units_of(county))
    unit_id = small_number(form.reported_unit_id.data)
    if unit_id and form.is_restricted(lists()):
        form.reported_cadre_id.data = (data or {}).get("reported_cadre_id", "")
        form.offer_people(choice_queries.people_of(unit_id))
    return Draft(form, places, _chosen_household(who, form))


def _chosen_household(who: Cadre, form: NewForm) -> Household | None:
    household_id = form.household()
    return None if household_id is None else households.household_for(who, household_id)


def check(who: Cadre, draft: Draft) -> Entry | None:
    """Return what is to be registered, or None with the sentences beside the fields."""
    form = draft.form
    is_valid = form.validate()
    village_code = form.settle_village(draft.places)
    reported: dict[str, Any] = form.reported(lists())
    if draft.household is not None and draft.household.village_code != village_code:
        form.find.errors = ["这一户不在上面选的村，请重新选。"]
        return None
    if _is_about(who, reported):
        form.reported_unit_id.errors = ["反映的是您本人或您的单位，这里不能登记。请转上级群众工作部门或纪检机关。"]
        return None
    if not is_valid or not village_code:
        return None
    return Entry(
        **form.matter(),
        **reported,
        village_code=village_code,
        words=form.words.data or "",
        household_id=draft.household.id if draft.household else None,
        is_anonymous=bool(form.is_anonymous.data),
        asker_name=form.asker_name.data or "",
        asker_phone=form.asker_phone.data or "",
    )


def _is_about(who: Cadre, reported: Mapping[str, int | None]) -> bool:
    above = organisation.unit(who.unit_id).path
    return reported["reported_cadre_id"] == who.id or f"/{reported['reported_unit_id']}/" in above


@dataclass(frozen=True)
class Hints:
    """What is suggested: a domain (code, or ""), a level with its why, and what is probably the same matter."""

    domain: str
    level: suggesting.Suggestion
    alike: list[Alike]


def hints(who: Cadre, draft: Draft) -> Hints | None:
    """Return what is suggested of the words typed so far; None while there are too few."""
    form, known = draft.form, lists()
    words = form.words.data or ""
    if len(words) < LEAST_WORDS:
        return None
    people = form.people.data if isinstance(form.people.data, int) else 1
    level = suggesting.level(words, form.nature.data or "", people, known.levels)
    domain = suggesting.domain(words, known.domains.items(), form.top.data or "")
    return Hints(domain, level, _alike(who, draft, words))


def _alike(who: Cadre, draft: Draft, words: str) -> list[Alike]:
    code, domain = draft.village_code, draft.form.domain.data or ""
    if not code:
        return []
    matter = similar_queries.Matter(code[:COUNTY_DIGITS], code, domain, draft.form.is_restricted(lists()))
    return likeness.alike(words, code, domain, similar_queries.candidates(who, matter, clock.today()))


def adopt(draft: Draft, found: Hints | None) -> None:
    """Fill in the suggested domain and level."""
    if found is None:
        return
    draft.form.level.data = found.level.code
    if found.domain:
        draft.form.domain.data, draft.form.top.data = found.domain, lists().domains[found.domain].parent
        draft.form.follow(lists())


def found_households(who: Cadre, draft: Draft) -> list[list_queries.Row]:
    """Return the first few households of the village that what was typed finds."""
    typed = draft.form.find.data or ""
    if not typed or not draft.takes_households:
        return []
    filters = list_queries.Filters(typed=typed[:60], area=draft.village_code)
    return list(list_queries.households_page(who, filters).rows[:MOST_FOUND])


def uid_of(draft: Draft) -> UUID:
    """Return the id that was made with the form."""
    uid = written_id(draft.form.uid.data)
    assert uid is not None
    return uid
