"""What a person may do with a concern now, and the form that each step opens with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import actions, choice_queries, clocks, likeness, queries, rules, similar_queries, unit_queries
from fieldvisit.concerns.entry_forms import CorrectForm, as_it_is
from fieldvisit.concerns.forms import FORMS, DispatchForm, MergeForm, StepForm, WordsForm
from fieldvisit.concerns.likeness import Alike
from fieldvisit.concerns.lists import lists
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Party, Step
from fieldvisit.numbers import small_number
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import Unit
from fieldvisit.workdays import queries as workdays

# What comes first is what somebody most likely came for.
ORDER = (
    Step.DISPATCH, Step.TAKE_UP, Step.REPLY, Step.CLOSE, Step.ACCEPT, Step.NOTE, Step.EXTEND, Step.RETURN, Step.REDO,
    Step.SUPERVISE, Step.MERGE, Step.REDIRECT, Step.REJECT, Step.WITHDRAW, Step.CORRECT, Step.ARCHIVE,
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A step with its form, and what helps to fill it in: why a unit is suggested, which days, what is alike."""

    step: Step
    form: StepForm
    why: str = ""
    until: date | None = None
    alike: Sequence[Alike] = ()


def steps_for(concern: Concern, parties: frozenset[Party]) -> list[Step]:
    """Return the steps that somebody may take now, by the state and the deadlines."""
    return [step for step in ORDER if rules.is_allowed(step, concern.state, parties) and _is_in_time(step, concern)]


def _is_in_time(step: Step, concern: Concern) -> bool:
    if step is Step.RETURN and concern.dispatched_on is not None:
        return clocks.may_return(concern.dispatched_on, clock.today(), workdays.table())
    if step is Step.EXTEND:
        until = extended_until(concern)
        return not concern.is_extended and until is not None and concern.due_on is not None and until > concern.due_on
    return step is not Step.REDO or concern.round_no < rules.MOST_ROUNDS


def extended_until(concern: Concern) -> date | None:
    """Return the last day to which a concern may be extended, once it is due at all."""
    if concern.due_on is None or concern.accepted_on is None:
        return None
    span = actions.span_of(concern.level)
    return clocks.furthest_extension(concern.due_on, span, concern.accepted_on, workdays.table())


def offer(who: Cadre, concern: Concern, step: Step, data: Any = None) -> Offer:
    """Return the form of a step, filled with what was sent, else with what is suggested."""
    kind = CorrectForm if step is Step.CORRECT else FORMS[step]
    first = _first_values(concern, step) | {"seen": str(concern.version)}
    form = kind(data) if data is not None else kind(data=first)
    if isinstance(form, WordsForm) and step is not Step.CORRECT:
        form.name_words(step)
    for field in form:
        # Several forms are open on one page.
        field.id = field.label.field_id = f"{step.value}-{field.name}"
    return _helped(who, concern, step, form, fresh=data is None)


def _first_values(concern: Concern, step: Step) -> dict[str, Any]:
    if step is not Step.CORRECT:
        return {}
    return as_it_is(concern, organisation.division(concern.village_code).full_name)


def _helped(who: Cadre, concern: Concern, step: Step, form: StepForm, *, fresh: bool) -> Offer:
    if isinstance(form, DispatchForm):
        units = _may_be_given(concern)
        form.offer(units)
        unit, why = suggested_unit(concern, units)
        if fresh and unit is not None:
            form.unit_id.data = str(unit.id)
        return Offer(step, form, why=f"建议：{unit.name}（{why}）" if unit else "")
    if isinstance(form, MergeForm):
        alike = alike_to(who, concern)
        form.offer(alike)
        return Offer(step, form, alike=alike)
    if isinstance(form, CorrectForm):
        _offer_corrections(concern, form)
    return Offer(step, form, until=extended_until(concern) if step is Step.EXTEND else None)


def _offer_corrections(concern: Concern, form: CorrectForm) -> None:
    units, person = choice_queries.units_of(concern.county_code), form.reported_cadre_id.data
    form.offer(lists(), units)
    held = (concern.locality_unit_id, concern.lead_unit_id, concern.contact_unit_id, concern.reported_unit_id)
    form.offer_units(units, unit_queries.names_of_units(held))
    reported = small_number(form.reported_unit_id.data)
    if reported:
        form.reported_cadre_id.data = person
        form.offer_people(choice_queries.people_of(reported))


def _may_be_given(concern: Concern) -> list[Unit]:
    about = f"/{concern.reported_unit_id}/"
    units = choice_queries.units_of(concern.county_code)
    return [unit for unit in units if not (concern.restricted and about in unit.path)]


def suggested_unit(concern: Concern, units: Sequence[Unit]) -> tuple[Unit | None, str]:
    """Return the unit that a concern should be given to and why: the department, else the locality, else the tied one.

    Never one that has given it back.
    """
    gave_back = queries.units_that_returned(concern.id)
    by_id: Mapping[int, Unit] = {unit.id: unit for unit in units if unit.id not in gave_back}
    ways = (
        (concern.lead_unit_id, f"{lists().domain_label(concern.domain)}的主管部门"),
        (concern.locality_unit_id, "属地单位"),
        (concern.contact_unit_id, "双联系单位"),
    )
    return next(
        ((by_id[unit_id], why) for unit_id, why in ways if unit_id is not None and unit_id in by_id), (None, "")
    )


def alike_to(who: Cadre, concern: Concern) -> list[Alike]:
    """Return what is probably the same matter as a concern, as far as the person may know of it."""
    matter = similar_queries.Matter(
        concern.county_code, concern.village_code, concern.domain, concern.restricted, concern.id
    )
    candidates = similar_queries.candidates(who, matter, clock.today())
    return likeness.alike(concern.words, concern.village_code, concern.domain, candidates)
