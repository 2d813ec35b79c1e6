"""Facts about the bell and the page of notices."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.extensions import db
from fieldvisit.notifications import actions
from fieldvisit.notifications.models import Notice
from tests.factories import Factory
from tests.person import Person
from tests.visits.counting import queries_counted


def tell(*people: Cadre, number: int = 7, words: str = "") -> None:
    """Tell people of one thing."""
    actions.notify(
        people,
        words or f"第 {number} 件诉求等您接收",
        f"/me?concern={number}",
        subject=("concern", number),
        key=f"c-{number}",
    )
    db.session.commit()


def bell(page: str) -> str:
    """Return what the bell of a page says."""
    found = re.search(r'id="bell".*?(?:<b class="news">(\S+?)<|</a>)', page, re.DOTALL)
    assert found is not None
    return found[1] or ""


@pytest.fixture
def browser(app: Flask, handler: Cadre) -> Person:
    """The browser of somebody who is told."""
    return Person(app, handler)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_has_a_bell(app: Flask, make: Factory, role: Role) -> None:
    person = make.cadre(role)
    tell(person)
    assert bell(Person(app, person).get("/me").text) == "1"


def test_the_bell_is_silent_when_nothing_is_new(browser: Person) -> None:
    assert bell(browser.get("/me").text) == ""


def test_the_bell_costs_one_query_that_reads_an_index(app: Flask, browser: Person, handler: Cadre) -> None:
    tell(handler)
    with queries_counted() as statements:
        browser.get("/me")
    assert len([text for text in statements if "FROM notice" in text]) == 1


def test_the_bell_stops_counting_at_99(browser: Person, handler: Cadre) -> None:
    for number in range(120):
        actions.notify([handler], "x", "/me", subject=("concern", number), key=str(number))
    db.session.commit()
    assert bell(browser.get("/me").text) == "99+"


def test_the_same_event_tells_a_person_once(browser: Person, handler: Cadre, make: Factory) -> None:
    other = make.cadre()
    tell(handler)
    tell(handler, other)
    tell(handler.id)  # type: ignore[arg-type]  # ids will do
    assert db.session.scalars(sa.select(Notice.cadre_id).order_by(Notice.cadre_id)).all() == sorted(
        [handler.id, other.id]
    )


def test_telling_nobody_is_nothing(app: Flask) -> None:
    actions.notify([], "x", "/me", subject=("concern", 1), key="k")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 0


def test_the_page_leads_to_the_matter_and_marks_the_new_ones(browser: Person, handler: Cadre) -> None:
    tell(handler)
    page = browser.get("/notices").text
    assert 'href="/me?concern=7"' in page
    assert 'class="tag tag-jade">新<' in page


def test_what_the_page_has_shown_is_seen(browser: Person, handler: Cadre) -> None:
    tell(handler, number=1)
    page = browser.get("/notices").text
    ids = re.findall(r'name="id" value="(\d+)"', page)
    tell(handler, number=2)
    assert bell(browser.post("/notices/seen", {"id": ids}, fragment=True).text) == "1"
    page = browser.get("/notices").text
    assert page.count('class="tag tag-jade">新<') == 1


def test_looking_alone_changes_nothing(browser: Person, handler: Cadre) -> None:
    tell(handler)
    browser.get("/notices")
    assert bell(browser.get("/notices").text) == "1"


def test_nobody_marks_or_sees_what_is_anothers(app: Flask, browser: Person, handler: Cadre, make: Factory) -> None:
    tell(handler, words="只给承办人看")
    other = Person(app, make.cadre())
    notice_id = db.session.scalars(sa.select(Notice.id)).one()
    other.post("/notices/seen", {"id": [str(notice_id)]}, fragment=True)
    assert "只给承办人看" not in other.get("/notices").text
    assert bell(browser.get("/me").text) == "1"


@pytest.mark.parametrize("ids", [["x"], ["-1"], ["9" * 30], [], ["1"] * 500])
def test_odd_ids_mark_nothing(browser: Person, handler: Cadre, ids: list[str]) -> None:
    assert browser.post("/notices/seen", {"id": ids}, fragment=True).status_code == 200


def test_who_is_not_signed_in_has_no_notices(anonymous: Person) -> None:
    assert anonymous.get("/notices").status_code == 302
    assert anonymous.post("/notices/seen").status_code == 302


def test_pages_go_on_where_the_one_before_ended(browser: Person, handler: Cadre) -> None:
    for number in range(60):
        tell(handler, number=number)
    first = browser.get("/notices").text
    assert "第 59 件" in first
    assert "第 9 件" not in first
    following = re.search(r'href="(/notices\?after=[^"]+)"', first)
    assert following is not None
    second = browser.get(following[1]).text
    assert "第 9 件" in second
    assert "第 10 件" not in second


def test_a_page_beyond_the_last_one_says_so(browser: Person) -> None:
    assert "还没有消息" in browser.get("/notices").text


def test_what_is_withdrawn_is_gone_from_those_who_may_no_longer_see_it(
    app: Flask, browser: Person, handler: Cadre, make: Factory
) -> None:
    other = make.cadre()
    tell(handler, other)
    tell(handler, number=8)
    actions.withdraw(("concern", 7), [handler])
    db.session.commit()
    assert bell(browser.get("/me").text) == "1"
    assert bell(Person(app, other).get("/me").text) == "1"
    actions.withdraw(("concern", 7))
    db.session.commit()
    assert bell(Person(app, other).get("/me").text) == ""


def test_notices_are_kept_for_half_a_year(app: Flask, handler: Cadre) -> None:
    with time_machine.travel(clock.now() - timedelta(days=181)):
        tell(handler, number=1)
    with time_machine.travel(clock.now() - timedelta(days=179)):
        tell(handler, number=2)
    actions.sweep()
    db.session.commit()
    assert db.session.scalars(sa.select(Notice.subject_id)).all() == ["2"]
