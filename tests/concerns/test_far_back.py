"""Facts about filters of which little is left: a page looks through some of a long list, and says so."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.models import Concern
from tests.concerns.making import Ledger
from tests.concerns.test_many import taken
from tests.person import Person

RARE: dict[str, Any] = {"domain": "0405", "words": "井水有味"}
SEATS = ("officer", "handler", "supervisor")


@pytest.fixture
def ledger(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger of which a page looks through three of each stage."""
    monkeypatch.setattr("fieldvisit.concerns.branch_queries.LOOKED_THROUGH", 3)
    return ledger


def ended(ledger: Ledger, rare_at: tuple[int, ...], number: int = 10) -> list[Concern]:
    """Make replied concerns, the rare ones at these places; return the rare ones, the newest first."""
    made = [ledger.replied(ledger.register(**(RARE if n in rare_at else {}))) for n in range(number)]
    return [made[n] for n in sorted(rare_at, reverse=True)]


def pages(app: Flask, who: Cadre, query: str) -> list[str]:
    """Return a list's pages, following what each leads on to."""
    found, address = list[str](), f"/concerns?{query}"
    while address:
        answer = Person(app, who).get(address, fragment=True)
        assert answer.status_code == 200
        found.append(answer.text)
        on = re.search(r'href="([^"]*after=[^"]*)">(?:下一页|再往前找)', answer.text)
        address = on[1].replace("&amp;", "&") if on else ""
    return found


def numbers(text: str) -> list[str]:
    return re.findall(r"繁-\d{6}-\d{4}(?= ·)", text)


@pytest.mark.parametrize("who", SEATS)
def test_what_is_rare_is_found_once_by_going_on(app: Flask, ledger: Ledger, who: str) -> None:
    rare = ended(ledger, (0, 4, 5))
    found = pages(app, getattr(ledger, who), "list=replied&domain=0405&level=B")
    assert [number for page in found for number in numbers(page)] == [concern.number for concern in rare]
    assert len(found) == 4
    assert "较新的诉求里没有符合的，更早的还没有找。" in found[0]
    assert "只找了较新的诉求，更早的还没有找。" in found[1]
    assert "再往前找" in found[2]
    assert "还没有找" not in found[3]
    assert "再往前找" not in found[3]


@pytest.mark.parametrize("who", SEATS)
@pytest.mark.parametrize("query", ["list=replied", "list=all", "list=replied&q=水管", "list=replied&month={month}"])
def test_without_such_filters_a_list_is_on_one_page(app: Flask, ledger: Ledger, who: str, query: str) -> None:
    ended(ledger, ())
    month = f"{ledger.register().registered_on:%Y-%m}"
    [page] = pages(app, getattr(ledger, who), query.format(month=month))
    assert len(numbers(page)) >= 10
    assert "还没有找" not in page


def test_a_short_list_is_looked_through_at_once(app: Flask, ledger: Ledger) -> None:
    ended(ledger, (0,), number=3)
    [page] = pages(app, ledger.officer, "list=replied&domain=0405")
    assert len(numbers(page)) == 1
    [none] = pages(app, ledger.officer, "list=replied&domain=0101")
    assert "没有符合的诉求" in none


def test_a_table_taken_along_has_what_lies_further_back(app: Flask, ledger: Ledger) -> None:
    rare = ended(ledger, (0, 5))
    rows = taken(app, ledger.officer, "list=replied&domain=0405")
    assert [row[0] for row in rows[1:]] == [concern.number for concern in rare]
