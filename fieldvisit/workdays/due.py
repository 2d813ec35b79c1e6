"""When something is due, as data that a county may change: read, checked, and applied to days."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from fieldvisit.workdays.rules import Table, add_working_days, half_of

SHIPPED = Path(__file__).parent / "due_rules.json"
MOST_DAYS = 400


class DueRulesError(Exception):
    """A file of due rules is wrong; the message says where."""


class DueKind(enum.StrEnum):
    """What can be due."""

    COMMITMENT = "commitment"
    REDO = "redo"
    CONCERN_A = "concern_a"
    CONCERN_B = "concern_b"
    CONCERN_C = "concern_c"
    # The residents' word about a reply.
    CONCERN_REPLIED = "concern_replied"
    KEY_GROUP = "key_group"
    LONG_UNVISITED = "long_unvisited"


class Unit(enum.StrEnum):
    """How days are counted."""

    WORKING_DAY = "working_day"
    DAY = "day"


class Given(enum.StrEnum):
    """A first due day that the matter itself brings: the day promised, or half the time that it had before."""

    PROMISED = "promised"
    HALF = "half"


@dataclass(frozen=True)
class Span:
    """A number of days or working days."""

    days: int
    unit: Unit

    def after(self, day: date, table: Table) -> date:
        """Return the day on which the span that begins after `day` ends."""
        if self.unit is Unit.WORKING_DAY:
            return add_working_days(day, self.days, table)
        return day + timedelta(days=self.days)

    def halved(self) -> Span:
        """Return half the time, at least one day."""
        return Span(half_of(self.days), self.unit)


@dataclass(frozen=True)
class Rule:
    """When one kind is due: `first`, again every `repeat` (None: once), overdue when `overdue` has passed besides."""

    first: Span | Given
    repeat: Span | None
    overdue: Span


DueRules = Mapping[DueKind, Rule]
# What only the matter itself can say, whatever a county prefers.
GIVEN = {DueKind.COMMITMENT: Given.PROMISED, DueKind.REDO: Given.HALF}
# A household's need is told in days, "72 天未走访", and has no working days.
IN_DAYS = frozenset({DueKind.KEY_GROUP, DueKind.LONG_UNVISITED})


def first_due(
    rule: Rule, from_day: date, table: Table, *, promised: date | None = None, whole: Span | None = None
) -> date:
    """Return the first due day of what began on `from_day`, never before it.

    A commitment needs the day `promised`, a redo the `whole` time that the first attempt had; ValueError without.
    """
    if isinstance(rule.first, Span):
        return rule.first.after(from_day, table)
    if rule.first is Given.PROMISED and promised is not None:
        return max(promised, from_day)
    if rule.first is Given.HALF and whole is not None:
        return whole.halved().after(from_day, table)
    raise ValueError(f"a rule that says {rule.first.value!r} needs to be given it")


def next_due(rule: Rule, from_day: date, table: Table) -> date | None:
    """Return the day on which it is due again after it was done on `from_day`; None when it is due once."""
    return None if rule.repeat is None else rule.repeat.after(from_day, table)


def is_overdue(rule: Rule, due_on: date, today: date, table: Table) -> bool:
    """Say whether the due day and the rule's grace after it have passed."""
    return today > rule.overdue.after(due_on, table)


def days_of(rules: DueRules, kind: DueKind) -> int:
    """Return the days of a kind that is counted in plain days: key group, long unvisited."""
    first = rules[kind].first
    if not isinstance(first, Span) or first.unit is not Unit.DAY:
        raise ValueError(f"{kind.value} is not counted in days")
    return first.days


def read_due_rules(path: Path) -> DueRules:
    """Read and check a file of due rules; raise DueRulesError with the place that is wrong."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DueRulesError(f"{path}: {type(error).__name__}: {error}") from error
    try:
        return _rules(data)
    except DueRulesError as error:
        raise DueRulesError(f"{path}: {error}") from error


def _rules(data: Any) -> DueRules:
    fields = _fields(data, "the file", [kind.value for kind in DueKind])
    return {kind: _rule(kind, fields[kind.value]) for kind in DueKind}


def _fields(data: Any, where: str, names: list[str]) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise DueRulesError(f"{where} must be an object with {', '.join(names)}")
    if set(data) != set(names):
        missing, unknown = sorted(set(names) - set(data)), sorted(set(data) - set(names))
        told = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has unknown {', '.join(unknown)}"] * bool(unknown)
        raise DueRulesError(f"{where} {' and '.join(told)}")
    return data


def _rule(kind: DueKind, data: Any) -> Rule:
    fields, where = _fields(data, kind.value, ["first", "repeat", "overdue"]), kind.value
    given = GIVEN.get(kind)
    if given is not None and fields["first"] != given.value:
        raise DueRulesError(f"{where}.first must be {given.value!r}")
    repeat = fields["repeat"]
    rule = Rule(
        given or _span(fields["first"], f"{where}.first", 1),
        None if repeat is None else _span(repeat, f"{where}.repeat", 1),
        _span(fields["overdue"], f"{where}.overdue", 0),
    )
    if kind in IN_DAYS and Unit.WORKING_DAY in (getattr(rule.first, "unit", None), getattr(rule.repeat, "unit", None)):
        raise DueRulesError(f"{where} must be counted in {Unit.DAY.value!r}")
    return rule


def _span(data: Any, where: str, least: int) -> Span:
    fields = _fields(data, where, ["days", "unit"])
    days, unit = fields["days"], fields["unit"]
    if type(days) is not int or not least <= days <= MOST_DAYS:
        raise DueRulesError(f"{where}.days must be a number from {least} to {MOST_DAYS}")
    if unit not in list(Unit):
        raise DueRulesError(f"{where}.unit must be one of: {', '.join(Unit)}")
    return Span(days, Unit(unit))


@lru_cache(maxsize=8)
def due_rules(own_file: str = "") -> DueRules:
    """Return the county's own rules when it has a file of them, else the shipped ones."""
    return read_due_rules(Path(own_file) if own_file else SHIPPED)
