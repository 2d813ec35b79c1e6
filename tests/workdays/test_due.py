"""Facts about when things are due, as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit import clock, create_app
from fieldvisit.config import Settings, SettingsError
from fieldvisit.extensions import db
from fieldvisit.workdays.due import (
    SHIPPED,
    DueKind,
    DueRulesError,
    Given,
    Rule,
    Span,
    Unit,
    days_of,
    due_rules,
    first_due,
    is_overdue,
    next_due,
    read_due_rules,
)
from fieldvisit.workdays.notice import shipped
from fieldvisit.workdays.rules import Kind, Table, is_working_day, table_of, working_days_between
from tests.factories import Factory
from tests.person import Person
from tests.visits.making import make_visit

RULES = due_rules()
OFFICIAL = table_of(shipped())
days = st.dates(date(2025, 11, 1), date(2027, 2, 1))
tables = st.dictionaries(days, st.sampled_from(Kind), max_size=60).map(lambda special: Table(special, frozenset()))
spans = st.builds(Span, st.integers(1, 60), st.sampled_from(Unit))


def data() -> dict[str, Any]:
    """Read the shipped file as data."""
    shipped: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return shipped


def write(folder: Path, content: Any) -> Path:
    """Write a county's own file."""
    path = folder / "own.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("kind", "span"),
    [
        (DueKind.CONCERN_A, Span(5, Unit.WORKING_DAY)),
        (DueKind.CONCERN_B, Span(15, Unit.WORKING_DAY)),
        (DueKind.CONCERN_C, Span(60, Unit.DAY)),
        (DueKind.CONCERN_REPLIED, Span(3, Unit.WORKING_DAY)),
        (DueKind.KEY_GROUP, Span(30, Unit.DAY)),
        (DueKind.LONG_UNVISITED, Span(60, Unit.DAY)),
    ],
)
def test_the_shipped_rules_are_the_products_defaults(kind: DueKind, span: Span) -> None:
    assert RULES[kind].first == span


def test_there_is_a_rule_for_every_kind() -> None:
    assert set(RULES) == set(DueKind)


@given(days, days, tables)
def test_a_commitment_is_due_when_promised_but_not_before_it_began(began: date, promised: date, table: Table) -> None:
    due_on = first_due(RULES[DueKind.COMMITMENT], began, table, promised=promised)
    assert due_on == max(began, promised)


@given(days, spans, tables)
def test_a_redo_has_half_the_time_and_at_least_a_day(began: date, whole: Span, table: Table) -> None:
    first = Rule(whole, None, Span(0, Unit.DAY))
    half = first_due(RULES[DueKind.REDO], began, table, whole=whole)
    assert began < half <= first_due(first, began, table)


@given(days, st.integers(1, 60), tables)
def test_working_days_end_on_a_worked_day_after_that_many(began: date, count: int, table: Table) -> None:
    due_on = first_due(Rule(Span(count, Unit.WORKING_DAY), None, Span(0, Unit.DAY)), began, table)
    assert is_working_day(due_on, table)
    assert working_days_between(began, due_on, table) == count


@given(days, st.integers(1, 60), tables)
def test_plain_days_are_counted_whatever_the_table_says(began: date, count: int, table: Table) -> None:
    rule = Rule(Span(count, Unit.DAY), Span(count, Unit.DAY), Span(0, Unit.DAY))
    assert first_due(rule, began, table) == next_due(rule, began, table) == began + timedelta(days=count)


@given(days, spans, st.integers(0, 30), st.sampled_from(Unit), tables)
def test_nothing_is_overdue_on_its_day_or_within_its_grace(
    began: date, first: Span, grace: int, unit: Unit, table: Table
) -> None:
    rule = Rule(first, None, Span(grace, unit))
    due_on = first_due(rule, began, table)
    end = rule.overdue.after(due_on, table)
    assert not is_overdue(rule, due_on, due_on, table)
    assert not is_overdue(rule, due_on, end, table)
    assert is_overdue(rule, due_on, end + timedelta(days=1), table)


@given(days, days, spans, tables)
def test_what_began_later_is_never_due_earlier(one: date, other: date, span: Span, table: Table) -> None:
    rule = Rule(span, None, Span(0, Unit.DAY))
    assert first_due(rule, min(one, other), table) <= first_due(rule, max(one, other), table)


def test_level_a_across_the_spring_festival_of_2026_waits_for_working_days() -> None:
    # From Thursday 12 February: Friday 13, Saturday 14 (worked), 24, 25, 26.
    assert first_due(RULES[DueKind.CONCERN_A], date(2026, 2, 12), OFFICIAL) == date(2026, 2, 26)


def test_what_is_due_once_is_not_due_again() -> None:
    assert next_due(RULES[DueKind.CONCERN_A], date(2026, 3, 2), OFFICIAL) is None


@pytest.mark.parametrize("given_word", list(Given))
def test_a_rule_that_must_be_given_something_says_so(given_word: Given) -> None:
    with pytest.raises(ValueError, match=given_word.value):
        first_due(Rule(given_word, None, Span(0, Unit.DAY)), date(2026, 3, 2), OFFICIAL)


def test_a_kind_in_working_days_has_no_plain_days() -> None:
    with pytest.raises(ValueError, match="concern_a"):
        days_of(RULES, DueKind.CONCERN_A)


def changed(kind: str, **values: Any) -> Callable[[], Any]:
    """Return the shipped data with one rule changed."""
    return lambda: data() | {kind: data()[kind] | values}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (list, "must be an object"),
        (dict, "lacks commitment"),
        (lambda: data() | {"concern_d": {}}, "has unknown concern_d"),
        (lambda: data() | {"concern_a": 5}, "concern_a must be an object"),
        (changed("concern_a", first=5), r"concern_a\.first must be an object"),
        (changed("concern_a", first="promised"), r"concern_a\.first must be an object"),
        (changed("commitment", first={"days": 5, "unit": "day"}), r"commitment\.first must be 'promised'"),
        (changed("redo", first="promised"), r"redo\.first must be 'half'"),
        (changed("concern_b", first={"days": 0, "unit": "day"}), r"concern_b\.first\.days must be a number from 1"),
        (changed("concern_b", first={"days": True, "unit": "day"}), r"concern_b\.first\.days"),
        (changed("concern_b", first={"days": 1e9, "unit": "day"}), r"concern_b\.first\.days"),
        (
            changed("concern_b", overdue={"days": -1, "unit": "day"}),
            r"concern_b\.overdue\.days must be a number from 0",
        ),
        (changed("concern_b", overdue=None), r"concern_b\.overdue must be an object"),
        (changed("concern_c", repeat={"days": 5, "unit": "week"}), r"concern_c\.repeat\.unit must be one of"),
        (changed("concern_c", repeat={"days": 5, "unit": ["day"]}), r"concern_c\.repeat\.unit must be one of"),
        (changed("concern_c", repeat={"days": 5}), r"concern_c\.repeat lacks unit"),
        (changed("key_group", first={"days": 5, "unit": "working_day"}), "key_group must be counted in 'day'"),
    ],
)
def test_a_wrong_file_is_an_error_that_names_file_and_place(
    tmp_path: Path, content: Callable[[], Any], words: str
) -> None:
    with pytest.raises(DueRulesError, match=rf"own\.json: .*{words}"):
        read_due_rules(write(tmp_path, content()))


def test_a_file_that_is_no_json_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_bytes(b"\xff{")
    with pytest.raises(DueRulesError, match=r"own\.json"):
        read_due_rules(path)


def test_a_wrong_file_ends_the_start_with_a_sentence(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="FIELDVISIT_DUE_RULES can't be used"):
        create_app(replace(settings, due_rules=str(write(tmp_path, {}))))


@pytest.mark.parametrize(("unvisited", "planned"), [(19, False), (20, True)])
def test_a_county_says_how_long_a_household_may_go_unvisited(
    app: Flask, settings: Settings, make: Factory, tmp_path: Path, unvisited: int, planned: bool
) -> None:
    cadre = make.cadre()
    visited_on = clock.today() - timedelta(days=unvisited)
    make_visit(cadre, make.household("陈大勇", paired=cadre), visited_on=visited_on)
    content = changed("long_unvisited", first={"days": 20, "unit": "day"})()
    other = create_app(replace(settings, due_rules=str(write(tmp_path, content))))
    with other.app_context():
        page = Person(other, cadre).get("/").text
        db.session.remove()
        db.engine.dispose()
    assert ("陈大勇" in page) is planned


def test_by_default_a_key_group_is_visited_after_30_days_and_others_after_60(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    for head, tags, unvisited in (("低保户", ["低保"], 30), ("早了些", ["低保"], 29), ("平常户", [], 59)):
        household = make.household(head, paired=cadre, tags=tags)
        make_visit(cadre, household, visited_on=clock.today() - timedelta(days=unvisited))
    page = Person(app, cadre).get("/").text
    assert "低保户" in page
    assert "早了些" not in page
    assert "平常户" not in page
