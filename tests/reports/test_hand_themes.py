"""Facts about themes: in which months' reports they stand, who changes them, and that they name nobody."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.reports import hand_queries
from fieldvisit.reports.hand_models import Theme
from fieldvisit.reports.months import Month
from tests.factories import COUNTY, TOWN, VILLAGE, Factory
from tests.reports.hand_making import OTHER_COUNTY, Offices, audited, this_month
from tests.visits.counting import queries_counted

PAGE = "/reports/themes"
WORDS = "三个村反复说自来水时有时无，建议调研管网。"


@pytest.fixture
def offices(app: Flask, make: Factory) -> Offices:
    """Two counties with their offices."""
    return Offices(app, make)


def form(**values: Any) -> dict[str, Any]:
    """Return the form of a new theme of the town's water."""
    usual = {"id": str(uuid4()), "place": TOWN, "domain": "0207", "month": str(this_month()), "words": WORDS}
    return usual | values


def opened(offices: Offices, **values: Any) -> Theme:
    """Open a theme."""
    sent = form(**values)
    assert offices.post(PAGE, sent).status_code == 303
    found = hand_queries.made(UUID(sent["id"]))
    assert found is not None
    return found


def of_month(offices: Offices, first: int, settled: int | None, words: str = WORDS) -> Theme:
    """Return a theme of so many months ago."""
    theme = Theme(
        id=uuid4(),
        county_code=COUNTY,
        domain="0207",
        opened_month=this_month().back(first).first,
        settled_month=None if settled is None else this_month().back(settled).first,
        settled_words="",
        words=words,
        made_by=offices.sunli.id,
        made_at=clock.now(),
    )
    db.session.add(theme)
    db.session.commit()
    return theme


def reword(offices: Offices, theme: Theme, words: str, who: Cadre | None = None, version: int = 1) -> TestResponse:
    """Change a theme's words."""
    return offices.post(f"{PAGE}/{theme.id}/words", {"version": str(version), "words": words}, who)


def settle(
    offices: Offices, theme: Theme, words: str = "换了管。", who: Cadre | None = None, **fields: str
) -> TestResponse:
    """Settle a theme."""
    data = {"version": "1", "month": str(this_month()), "words": words} | fields
    return offices.post(f"{PAGE}/{theme.id}/settle", data, who)


def test_a_theme_is_of_a_town_or_of_the_whole_county(offices: Offices) -> None:
    of_town, of_county = opened(offices), opened(offices, place=COUNTY, domain="06")
    assert (of_town.town_code, of_county.town_code) == (TOWN, None)
    assert of_county.county_code == COUNTY
    page = offices.get(PAGE).text
    assert "繁阳镇 · 城乡建设 · 供水排水" in page
    assert "繁昌区 · 劳动社保" in page
    assert [event["town"] for event in audited("theme_opened")] == [TOWN, None]


def test_a_second_tap_opens_no_second_theme(offices: Offices) -> None:
    sent = form()
    assert [offices.post(PAGE, sent).status_code for _ in range(2)] == [303, 303]
    assert db.session.query(Theme).count() == 1


def test_a_theme_stands_in_the_reports_from_its_month_to_the_one_in_which_it_is_settled(offices: Offices) -> None:
    still_open, settled = of_month(offices, 3, None), of_month(offices, 4, 2)

    def standing(months: int) -> list[UUID]:
        return [theme.id for theme in hand_queries.themes(COUNTY, this_month().back(months))]

    assert standing(5) == []
    assert standing(4) == [settled.id]
    assert standing(3) == standing(2) == [settled.id, still_open.id]
    assert standing(1) == standing(0) == [still_open.id]
    assert hand_queries.themes(OTHER_COUNTY, this_month()) == []


def test_themes_cost_one_query_however_many_they_are(offices: Offices) -> None:
    for number in range(4):
        of_month(offices, number, None)
        with queries_counted() as statements:
            assert len(hand_queries.themes(COUNTY, this_month())) == number + 1
        assert len(statements) == 1


def test_the_page_shows_what_was_settled_within_a_year(offices: Offices) -> None:
    of_month(offices, 20, 12, "一年前办结的")
    of_month(offices, 20, 13, "更早办结的")
    page = offices.get(PAGE).text
    assert "一年前办结的" in page
    assert "更早办结的" not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("words", ""),
        ("words", "字" * 501),
        ("words", "请找 13805530001"),
        ("words", "电话 138 0553 0001"),
        ("words", "打（0553）7812345"),
        ("words", "身份证 340221195611230019"),
        ("place", OTHER_COUNTY),
        ("place", VILLAGE),
        ("place", "x"),
        ("domain", ""),
        ("domain", "9999"),
        # 干部作风 is confidential, and so is where it is complained of.
        ("domain", "1401"),
        ("month", "2000-01"),
        ("month", "x"),
    ],
)
def test_a_new_theme_that_is_wrong_is_told_and_its_words_stay(offices: Offices, field: str, value: str) -> None:
    answer = offices.post(PAGE, form(**{field: value}))
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert (value if field == "words" else WORDS) in answer.text
    assert db.session.query(Theme).count() == 0


@pytest.mark.parametrize("words", ["拨打 13805530001", "110101199003070038"])
def test_neither_new_words_nor_a_result_hold_numbers_of_people(offices: Offices, words: str) -> None:
    theme = opened(offices)
    assert reword(offices, theme, words).status_code == 422
    assert settle(offices, theme, words).status_code == 422
    assert (theme.words, theme.settled_month) == (WORDS, None)


def test_words_are_changed_and_a_theme_settled(offices: Offices) -> None:
    theme = opened(offices)
    assert reword(offices, theme, "改了的话").status_code == 303
    assert settle(offices, theme, version="2", month=str(this_month().back(0))).status_code == 303
    assert (theme.words, theme.settled_words) == ("改了的话", "换了管。")
    assert theme.settled_month == this_month().first
    assert len(audited("theme_reworded")) == len(audited("theme_settled")) == 1
    assert "换了管。" in offices.get(PAGE).text


def test_of_two_who_change_the_words_the_second_is_told_and_loses_nothing(offices: Offices) -> None:
    theme = opened(offices)
    reword(offices, theme, "先改的")
    answer = reword(offices, theme, "后改的", offices.colleague)
    assert answer.status_code == 409
    assert "别人改过这一条" in answer.text
    assert all(words in answer.text for words in ("先改的", "后改的"))
    assert theme.words == "先改的"
    assert reword(offices, theme, "后改的", offices.colleague, version=2).status_code == 303


def test_who_settles_a_theme_that_was_reworded_meanwhile_reads_it_again(offices: Offices) -> None:
    theme = opened(offices)
    reword(offices, theme, "先改的")
    assert settle(offices, theme, who=offices.colleague).status_code == 409
    assert theme.settled_month is None


def test_what_another_has_settled_stays_and_the_words_that_came_late_are_shown(offices: Offices) -> None:
    theme = opened(offices)
    settle(offices, theme)
    # A second tap is no second settling.
    assert settle(offices, theme).status_code == 303
    for answer in (settle(offices, theme, "晚到的", offices.colleague), reword(offices, theme, "晚到的")):
        assert answer.status_code == 409
        assert "刚被别人办结" in answer.text
        assert "晚到的" in answer.text
    assert (theme.words, theme.settled_words) == (WORDS, "换了管。")


def test_a_theme_is_not_settled_before_it_was_opened(offices: Offices) -> None:
    theme = opened(offices)
    answer = settle(offices, theme, month=str(this_month().back(1)))
    assert answer.status_code == 422
    assert f"从{this_month().label}才开始列出" in answer.text
    assert theme.settled_month is None


def test_nobody_else_changes_a_countys_themes(offices: Offices) -> None:
    theme = opened(offices)
    for who in (*offices.outsiders(), offices.other):
        assert reword(offices, theme, "不该改的", who).status_code == 404
        assert settle(offices, theme, who=who).status_code == 404
    other = offices.post(f"{PAGE}/{theme.id}/words?county={OTHER_COUNTY}", {"words": "x"}, offices.city)
    assert other.status_code == 404
    assert (theme.words, theme.settled_month) == (WORDS, None)


def test_an_id_that_another_county_has_used_opens_nothing(offices: Offices) -> None:
    theme = opened(offices)
    sent = form(id=str(theme.id), place=OTHER_COUNTY, words="别的")
    assert offices.post(PAGE, sent, offices.other).status_code == 404
    assert db.session.query(Theme).count() == 1


def test_an_id_that_is_none_is_made_anew(offices: Offices) -> None:
    assert offices.post(PAGE, form(id="x")).status_code == 303
    assert [theme.opened_month for theme in db.session.query(Theme)] == [Month.of(clock.today()).first]
