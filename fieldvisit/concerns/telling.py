"""How a step is told: what it changed, the old and the new in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from fieldvisit import filters
from fieldvisit.concerns import queries, unit_queries
from fieldvisit.concerns.lists import Lists, label_of
from fieldvisit.concerns.queries import Taken
from fieldvisit.concerns.rules import Outcome, Party, Step
from fieldvisit.concerns.words import MARK_WORDS, OUTCOME_WORDS
from fieldvisit.organisation import queries as organisation

UNITS = {
    "handling_unit_id": "承办单位",
    "locality_unit_id": "属地单位",
    "lead_unit_id": "主管部门",
    "contact_unit_id": "双联系单位",
    "reported_unit_id": "被反映单位",
}
DAYS = {"due_on": "办理期限"}
LABELS = {
    **UNITS,
    **DAYS,
    "level": "级别",
    "nature": "性质",
    "channel": "渠道",
    "domain": "领域",
    "people": "涉及人数",
    "place": "具体地点",
    "village_code": "地点",
    "words": "内容",
    "outcome": "办理结果",
    "mark": "评价",
    "round_no": "第几次办理",
    "reported_cadre_id": "被反映人",
    "restricted": "密件",
}
# What the timeline of these says by its words and its state already.
SILENT = {Step.REDO: {"outcome"}, Step.RETURN: {"due_on"}}
NOTHING = "（无）"


class Change(NamedTuple):
    """One thing that a step changed; an empty `old` is not worth saying."""

    label: str
    old: str
    new: str


def shown(steps: Iterable[Taken], parties: frozenset[Party]) -> list[Taken]:
    """Return the steps that a party reads: how things go is noted for the office and the units only."""
    if parties - {Party.CADRE}:
        return list(steps)
    return [taken for taken in steps if taken.row.step is not Step.NOTE]


def changes(steps: Sequence[Taken], known: Lists) -> dict[int, list[Change]]:
    """Map the ids of steps to what each changed."""
    say = _speakers(steps, known)
    return {
        taken.row.id: [
            Change(LABELS[name], "" if old in (None, "") else say(name, old), say(name, new))
            for name, (old, new) in taken.row.details.items()
            if name in LABELS and name not in SILENT.get(taken.row.step, ())
        ]
        for taken in steps
    }


def _speakers(steps: Sequence[Taken], known: Lists) -> Callable[[str, Any], str]:
    units = unit_queries.names_of_units(_values(steps, UNITS))
    places = organisation.names_of(_values(steps, ("village_code",)))
    people = queries.names_of(_values(steps, ("reported_cadre_id",)))
    by_field: dict[str, Callable[[Any], str]] = {
        **dict.fromkeys(UNITS, lambda value: units.get(value, NOTHING)),
        **dict.fromkeys(DAYS, lambda value: filters.day(date.fromisoformat(value))),
        "level": lambda value: known.levels[value].label if value in known.levels else value,
        "nature": lambda value: label_of(known.natures, value),
        "channel": lambda value: label_of(known.channels, value),
        "domain": known.domain_label,
        "village_code": lambda value: places.get(value, value),
        "outcome": lambda value: OUTCOME_WORDS[Outcome(value)],
        "mark": lambda value: MARK_WORDS.get(value, value),
        "reported_cadre_id": lambda value: people.get(value, NOTHING),
        "restricted": lambda value: "是" if value else "否",
    }

    def say(name: str, value: Any) -> str:
        return NOTHING if value in (None, "") else by_field.get(name, str)(value)

    return say


def _values(steps: Iterable[Taken], names: Iterable[str] | Mapping[str, str]) -> set[Any]:
    pairs = (taken.row.details.get(name, ()) for taken in steps for name in names)
    return {value for pair in pairs for value in pair if value is not None}
