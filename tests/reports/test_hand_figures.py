"""Facts about the figures that an office enters: kept as typed, of its own county alone, nothing lost between two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from fieldvisit.extensions import db
from fieldvisit.reports import hand_queries
from fieldvisit.reports.hand_models import HandFigure
from fieldvisit.reports.months import Month
from tests.factories import COUNTY, Factory
from tests.person import Person
from tests.reports.hand_making import ADDRESSES, CITY, OTHER_COUNTY, Offices, audited, this_month
from tests.visits.counting import queries_counted

PAGE = "/reports/figures"


@pytest.fixture
def offices(app: Flask, make: Factory) -> Offices:
    """Two counties with their offices."""
    return Offices(app, make)


def kept(month: Month | None = None, county: str = COUNTY) -> tuple[int | None, int | None] | None:
    """Return a month's two figures."""
    month = month or this_month()
    row = hand_queries.figures(county, [month]).get(month)
    return (row.petitions, row.agency) if row else None


def typed(month: Month | None = None, **values: str) -> dict[str, str]:
    """Return the form's fields for one month: petitions="12", and seen_petitions="9" for what the page showed."""
    month = month or this_month()
    return {f"{name.replace('_', '-')}-{month}": value for name, value in values.items()}


def test_both_numbers_of_several_months_are_saved_in_one_go(offices: Offices) -> None:
    before = this_month().back(12)
    answer = offices.post(PAGE, typed(petitions="12", agency="340") | typed(before, petitions="20"))
    assert answer.status_code == 303
    assert (kept(), kept(before)) == ((12, 340), (20, None))
    assert hand_queries.figures(COUNTY, [this_month()])[this_month()].updated_by == offices.sunli.id
    page = offices.get(PAGE).text
    assert 'value="340"' in page
    assert "孙丽 今天" in page


@pytest.mark.parametrize(
    ("text", "number"), [("1,288", 1288), ("１２", 12), (" 7 ", 7), ("0", 0), ("1000000", 1000000)]
)
def test_numbers_are_taken_in_any_usual_spelling(offices: Offices, text: str, number: int) -> None:
    offices.post(PAGE, typed(petitions=text))
    assert kept() == (number, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-3", "不能是负数"),
        ("−3", "不能是负数"),
        ("4.5", "要填整数"),
        (".5", "要填整数"),
        ("很多", "请填数字"),
        ("1,2", "请填数字"),
        ("1e3", "请填数字"),
        ("1000001", "数字太大"),
        ("9" * 30, "数字太大"),
    ],
)
def test_what_is_no_number_is_told_beside_it_and_nothing_is_saved(offices: Offices, text: str, said: str) -> None:
    answer = offices.post(PAGE, typed(petitions=text, agency="5"))
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{text}"' in answer.text
    assert kept() is None


def test_an_emptied_cell_is_no_figure_any_more(offices: Offices) -> None:
    offices.post(PAGE, typed(petitions="12", agency="5"))
    offices.post(PAGE, typed(petitions="", seen_petitions="12", agency="5", seen_agency="5"))
    assert kept() == (None, 5)


def test_a_change_is_on_record_with_what_was_there_before(offices: Offices) -> None:
    offices.post(PAGE, typed(petitions="12"))
    offices.post(PAGE, typed(petitions="13", seen_petitions="12"))
    assert [event["figures"] for event in audited("report_figures_set")] == [
        [[str(this_month()), "petitions", None, 12]],
        [[str(this_month()), "petitions", 12, 13]],
    ]


def test_saving_what_is_there_already_changes_and_records_nothing(offices: Offices) -> None:
    offices.post(PAGE, typed(petitions="12"))
    assert offices.post(PAGE, typed(petitions="12", seen_petitions="12")).status_code == 303
    # A second tap sends what the first one sent.
    assert offices.post(PAGE, typed(petitions="12")).status_code == 303
    assert len(audited("report_figures_set")) == 1


def test_two_who_change_different_cells_lose_nothing(offices: Offices) -> None:
    offices.post(PAGE, typed(petitions="12", agency=""))
    offices.post(PAGE, typed(petitions="", agency="340"), offices.colleague)
    assert kept() == (12, 340)


def test_who_changes_a_cell_that_another_has_changed_is_told_and_saves_once_more(offices: Offices) -> None:
    offices.post(PAGE, typed(petitions="12"))
    answer = offices.post(PAGE, typed(petitions="13", agency="8"), offices.colleague)
    assert answer.status_code == 409
    assert "孙丽刚改成了 12。要用您填的，请再保存一次。" in answer.text
    assert all(f'value="{number}"' in answer.text for number in (13, 8))
    assert kept() == (12, None)
    offices.post(PAGE, typed(petitions="13", seen_petitions="12", agency="8"), offices.colleague)
    assert kept() == (13, 8)


def test_who_changes_a_cell_that_another_has_emptied_is_told(offices: Offices) -> None:
    offices.post(PAGE, typed(petitions="12"))
    offices.post(PAGE, typed(petitions="", seen_petitions="12"))
    answer = offices.post(PAGE, typed(petitions="13", seen_petitions="12"), offices.colleague)
    assert "孙丽刚清空了这一格" in answer.text


def test_two_who_save_the_first_figures_of_a_month_at_the_same_moment_lose_nothing(offices: Offices) -> None:
    people = [Person(offices.app, who) for who in (offices.sunli, offices.colleague)]
    forms = [typed(petitions="12"), typed(agency="340")]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda who, form: who.post(PAGE, form).status_code, people, forms))
    db.session.rollback()
    assert answers == [303, 303]
    assert kept() == (12, 340)


def test_earlier_months_are_opened_by_the_address(offices: Offices) -> None:
    old = this_month().back(20)
    assert f'name="petitions-{old}"' not in offices.get(PAGE).text
    page = offices.get(f"{PAGE}?until={this_month().back(13)}").text
    assert f'name="petitions-{old}"' in page
    offices.post(f"{PAGE}?until={this_month().back(13)}", typed(old, petitions="4"))
    assert kept(old) == (4, None)


@pytest.mark.parametrize("until", ["2031-01", "2000-01", "x", "2026-13", "0001-01"])
def test_any_address_shows_thirteen_months_none_of_them_to_come(offices: Offices, until: str) -> None:
    page = offices.get(f"{PAGE}?until={until}").text
    assert page.count('name="petitions-20') == 13
    assert f'name="petitions-{this_month().back(-1)}"' not in page


def test_months_that_the_page_does_not_show_are_not_saved(offices: Offices) -> None:
    to_come, old = this_month().back(-1), this_month().back(13)
    offices.post(PAGE, typed(to_come, petitions="1") | typed(old, petitions="1"))
    assert db.session.query(HandFigure).count() == 0


def test_figures_are_found_in_one_query_for_any_number_of_months(offices: Offices) -> None:
    for number in range(5):
        offices.post(PAGE, typed(this_month().back(number), petitions=str(number)))
    for months in ([this_month()], this_month().up_to_this(25)):
        with queries_counted() as statements:
            hand_queries.figures(COUNTY, months)
        assert len(statements) == 1


# Who


@pytest.mark.parametrize("path", ADDRESSES)
def test_nobody_but_an_office_over_a_county_finds_the_pages(offices: Offices, path: str) -> None:
    assert offices.get(path).status_code == 200
    for who in offices.outsiders():
        assert offices.get(path, who).status_code == 404, who.roles
        assert offices.get(f"{path}?county={COUNTY}", who).status_code == 404, who.roles


@pytest.mark.parametrize("path", [path for path in ADDRESSES if "sample" not in path])
def test_nobody_but_an_office_over_a_county_saves(offices: Offices, path: str) -> None:
    for who in offices.outsiders():
        assert offices.post(path, typed(petitions="1"), who).status_code == 404, who.roles
        assert offices.post(f"{path}?county={COUNTY}", typed(petitions="1"), who).status_code == 404, who.roles
    assert kept() is None


@pytest.mark.parametrize("path", ADDRESSES)
def test_another_countys_office_does_not_find_this_county(offices: Offices, path: str) -> None:
    assert offices.get(f"{path}?county={COUNTY}", offices.other).status_code == 404
    assert offices.get(f"{path}?county=x", offices.other).status_code == 404
    if "sample" not in path:
        assert offices.post(f"{path}?county={COUNTY}", typed(petitions="1"), offices.other).status_code == 404
    assert kept() is None


@pytest.mark.parametrize("path", ADDRESSES)
def test_an_office_without_an_area_is_told_why_it_has_no_reports(offices: Offices, path: str) -> None:
    answer = offices.get(path, offices.officer("没有范围的单位", None))
    assert answer.status_code == 422
    assert "没有设管辖范围" in answer.text


def test_the_office_of_a_city_chooses_among_its_counties(offices: Offices) -> None:
    page = offices.get(PAGE, offices.city).text
    assert all(f"county={code}" in page for code in (COUNTY, OTHER_COUNTY))
    offices.post(f"{PAGE}?county={OTHER_COUNTY}", typed(petitions="9"), offices.city)
    assert (kept(county=OTHER_COUNTY), kept()) == ((9, None), None)
    assert offices.get(f"{PAGE}?county={CITY}", offices.city).status_code == 404


def test_who_is_not_signed_in_is_asked_to(offices: Offices, app: Flask) -> None:
    assert app.test_client().get(PAGE).headers["Location"].startswith("/sign-in")
