"""The visit log: whose visits it holds, its filters, its pages."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldvisit import clock, paging
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.extensions import db
from fieldvisit.households.models import HouseholdTerm
from fieldvisit.households.search import terms_for
from fieldvisit.organisation import queries as organisation
from fieldvisit.reviews import log_queries, queries
from fieldvisit.reviews.forms import Filters, Wanted, read_filters
from fieldvisit.visits.models import Visit, VisitState
from tests.factories import COUNTY, OTHER_VILLAGE, TOWN, VILLAGE, Factory
from tests.person import Person
from tests.visits.counting import queries_counted
from tests.visits.making import (
    START,
    answer,
    answer_all_well,
    commit_to,
    make_visit,
    many_visits,
    photograph,
)


def names(person: Person, url: str = "/reviews") -> list[str]:
    """Return the household heads that a page of the log lists, in its order."""
    from re import findall

    return findall(r"<strong>(.+?)</strong>", person.get(url).text)


@pytest.mark.parametrize("role", [Role.CADRE, Role.HANDLER, Role.ADMINISTRATOR])
def test_the_log_is_for_supervisors_and_the_office_only(app: Flask, make: Factory, role: Role) -> None:
    assert Person(app, make.cadre(role)).get("/reviews").status_code == 404


def test_a_supervisor_sees_the_visits_of_the_own_unit(reader: Person, visit: Visit) -> None:
    assert names(reader) == ["李桂英"]


def test_a_supervisor_does_not_see_another_units_visit_in_the_same_village(
    reader: Person, foreign_visit: Visit
) -> None:
    assert names(reader) == []
    assert names(reader, f"/reviews?area={VILLAGE}&unit={foreign_visit.unit_id}") == []
    assert names(reader, f"/reviews?cadre={foreign_visit.cadre_id}") == []


def test_a_supervisor_of_a_town_sees_every_visit_in_it(app: Flask, make: Factory, foreign_visit: Visit) -> None:
    town = make.unit("繁阳镇政府", division=TOWN, villages=())
    assert names(Person(app, make.cadre(Role.SUPERVISOR, unit=town))) == ["陈大勇"]


def test_the_office_sees_every_visit_of_its_county(app: Flask, make: Factory, foreign_visit: Visit) -> None:
    office = make.unit("群众工作部", division=COUNTY, villages=())
    assert names(Person(app, make.cadre(Role.OFFICE, unit=office))) == ["陈大勇"]


def test_a_supervisor_sees_visits_that_the_units_cadres_made_elsewhere(
    reader: Person, make: Factory, cadre: Cadre
) -> None:
    make_visit(cadre, make.household("远方", village_code=OTHER_VILLAGE))
    assert names(reader) == ["远方"]


def test_a_visit_stays_with_the_unit_that_its_cadre_belonged_to(
    reader: Person, visit: Visit, far_unit_cadre: Cadre
) -> None:
    db.session.get_one(Cadre, visit.cadre_id).unit_id = far_unit_cadre.unit_id
    db.session.commit()
    assert names(reader) == ["李桂英"]


@pytest.mark.parametrize("state", [VisitState.DRAFT, VisitState.DISCARDED])
@pytest.mark.parametrize("wanted", Wanted)
def test_what_was_never_finished_is_in_nobodys_log(
    reader: Person, make: Factory, cadre: Cadre, state: VisitState, wanted: Wanted
) -> None:
    make_visit(cadre, make.household(), state=state)
    assert names(reader, f"/reviews?state={wanted}") == []


@pytest.mark.parametrize(
    ("wanted", "listed"),
    [
        (Wanted.PENDING, {"finished"}),
        (Wanted.READ, {"reviewed"}),
        (Wanted.SENT_BACK, {"sent_back", "amending"}),
        (Wanted.ALL, {"finished", "reviewed", "sent_back", "amending"}),
    ],
)
def test_the_log_is_filtered_by_where_a_visit_stands(
    reader: Person, make: Factory, cadre: Cadre, wanted: Wanted, listed: set[str]
) -> None:
    for state in VisitState:
        make_visit(cadre, make.household(state.value), state=state)
    assert set(names(reader, f"/reviews?state={wanted}")) == listed


def test_without_filters_the_log_shows_what_is_still_to_be_read() -> None:
    assert read_filters({}).state is Wanted.PENDING


def test_the_log_is_narrowed_by_village_unit_and_cadre(app: Flask, make: Factory, cadre: Cadre) -> None:
    office = Person(app, make.cadre(Role.OFFICE, unit=make.unit("群众工作部", division=COUNTY, villages=())))
    other = make.cadre(unit=make.unit("水利局"))
    for who, (village, head) in product((cadre, other), ((VILLAGE, "甲"), (OTHER_VILLAGE, "乙"))):
        make_visit(who, make.household(f"{head}{who.id}", village_code=village))
    assert names(office, f"/reviews?area={OTHER_VILLAGE}") == [f"乙{other.id}", f"乙{cadre.id}"]
    assert names(office, f"/reviews?area={TOWN}&unit={cadre.unit_id}") == [f"乙{cadre.id}", f"甲{cadre.id}"]
    assert names(office, f"/reviews?cadre={other.id}") == [f"乙{other.id}", f"甲{other.id}"]
    assert names(office, f"/reviews?area={VILLAGE}&unit={other.unit_id}&cadre={other.id}") == [f"甲{other.id}"]


def test_a_chosen_period_counts_chinese_days_both_included(reader: Person, make: Factory, cadre: Cadre) -> None:
    for name, moment in (
        ("早", clock.day_start(date(2026, 9, 10)) - timedelta(seconds=1)),
        ("始", clock.day_start(date(2026, 9, 10))),
        ("终", clock.day_start(date(2026, 9, 12)) - timedelta(seconds=1)),
        ("晚", clock.day_start(date(2026, 9, 12))),
    ):
        make_visit(cadre, make.household(name), finished_at=moment)
    assert names(reader, "/reviews?period=chosen&first=2026-09-10&last=2026-09-11") == ["终", "始"]


@pytest.mark.parametrize(
    ("period", "today", "days"),
    [
        ("this_month", date(2026, 3, 5), (date(2026, 3, 1), None)),
        ("last_month", date(2026, 1, 31), (date(2025, 12, 1), date(2025, 12, 31))),
        ("last_30_days", date(2026, 3, 1), (date(2026, 1, 31), None)),
        ("ever", date(2026, 3, 1), (None, None)),
        ("nonsense", date(2026, 3, 1), (None, None)),
    ],
)
def test_a_period_means_these_days(period: str, today: date, days: tuple[Any, Any]) -> None:
    assert read_filters({"period": period}).days(today) == days


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [("2026-09-31", "", "日期不对"), ("2026-09-10", "2026-09-09", "结束日期早于开始日期")],
)
def test_days_that_make_no_sense_are_told_and_restrict_nothing(
    reader: Person, visit: Visit, first: str, last: str, sentence: str
) -> None:
    answer = reader.get(f"/reviews?period=chosen&first={first}&last={last}")
    assert (answer.status_code, sentence in answer.text, "李桂英" in answer.text) == (200, True, True)


@pytest.mark.parametrize(
    "query",
    [
        "state=x&unit=abc&cadre=99999999999999999999&area=0&period=x&after=!!!",
        "after=WyJ4IiwieSJd&unit=2147483648&area=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94",
        "name=%00%01&first=x",
        "period=chosen&first=0001-01-01&last=9999-12-31",
        "period=chosen&first=9999-12-31",
        # A cursor whose moment lies before the first year of UTC.
        "after=" + paging.encode_cursor(["0001-01-01T00:00+14:00", "0" * 32]),
    ],
)
def test_nonsense_in_the_address_breaks_nothing(reader: Person, visit: Visit, query: str) -> None:
    assert reader.get(f"/reviews?{query}").status_code == 200


def test_filters_come_back_from_their_own_address() -> None:
    args = {"state": "all", "area": VILLAGE, "unit": "3", "cadre": "4", "name": "李"}
    args |= {"period": "chosen", "first": "2026-09-01", "last": "2026-09-02"}
    assert read_filters(args).as_args() == args
    assert read_filters({}).as_args() == {}


def find_by_name(visit: Visit, name: str) -> None:
    for term in terms_for([name]):
        db.session.add(HouseholdTerm(term=term, household_id=visit.household_id))
    db.session.commit()


@pytest.mark.parametrize("most", [400, 0])
def test_a_household_is_found_by_the_heads_name_however_many_share_it(
    reader: Person, make: Factory, cadre: Cadre, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(log_queries, "MAX_NAMESAKES", most)
    for head in ("李桂英", "陈大勇"):
        find_by_name(make_visit(cadre, make.household(head)), head)
    assert names(reader, "/reviews?name=李桂") == ["李桂英"]
    assert names(reader, "/reviews?name=lgy") == ["李桂英"]
    assert names(reader, "/reviews?name=张") == []


def test_a_name_finds_nobody_elses_visits(reader: Person, foreign_visit: Visit) -> None:
    find_by_name(foreign_visit, "陈大勇")
    assert names(reader, "/reviews?name=陈") == []


def test_the_marks_of_phone_numbers_cant_be_searched_for(reader: Person, visit: Visit) -> None:
    db.session.add(HouseholdTerm(term="~12345", household_id=visit.household_id))
    db.session.commit()
    assert names(reader, "/reviews?name=~1") == []


def all_pages(who: Cadre, filters: Filters) -> list[UUID]:
    """Walk through the whole log by its cursors."""
    found: list[UUID] = []
    cursor: str | None = None
    while True:
        page = log_queries.Log(who, filters).page(cursor)
        assert len(page.rows) <= paging.PAGE_SIZE
        found += [row.id for row in page.rows]
        if page.next is None:
            return found
        cursor = page.next


def newest_first(rows: list[dict[str, Any]], ids: list[UUID]) -> list[UUID]:
    moments = zip((row["finished_at"] for row in rows), ids, strict=True)
    return [visit_id for _, visit_id in sorted(moments, key=lambda pair: (pair[0], pair[1].hex), reverse=True)]


@pytest.mark.parametrize("branches", [60, 0])
def test_paging_goes_through_five_thousand_visits_without_a_gap_or_a_double(
    app: Flask, make: Factory, cadre: Cadre, monkeypatch: pytest.MonkeyPatch, branches: int
) -> None:
    monkeypatch.setattr(log_queries, "MAX_BRANCHES", branches)
    town = make.unit("繁阳镇政府", division=TOWN, villages=())
    own = make.cadre(unit=town)
    households = [make.household(), make.household(village_code=OTHER_VILLAGE)]
    # Many share a moment, and the town's own cadres' visits are reached by unit and by village.
    rows = [
        {
            "household_id": households[number % 2].id,
            "village_code": households[number % 2].village_code,
            "cadre_id": (cadre, own)[number % 3 == 0].id,
            "unit_id": (cadre, own)[number % 3 == 0].unit_id,
            "finished_at": START + timedelta(minutes=number // 7),
        }
        for number in range(5000)
    ]
    ids = many_visits(rows)
    with app.test_request_context():
        assert all_pages(make.cadre(Role.SUPERVISOR, unit=town), Filters()) == newest_first(rows, ids)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    visits=st.lists(
        st.tuples(
            st.integers(0, 4),
            st.sampled_from([VILLAGE, OTHER_VILLAGE]),
            st.booleans(),
            st.sampled_from([s for s in VisitState if s not in (VisitState.DRAFT, VisitState.DISCARDED)]),
        ),
        max_size=14,
    ),
    size=st.integers(1, 4),
    wanted=st.sampled_from(Wanted),
)
def test_pages_of_any_size_hold_each_visit_once_in_order(
    app: Flask, make: Factory, visits: list[Any], size: int, wanted: Wanted
) -> None:
    db.session.execute(sa.delete(Visit))
    town = make.unit("繁阳镇政府", division=TOWN, villages=())
    people = [make.cadre(unit=town), make.cadre()]
    household = make.household()
    rows = [
        {
            "household_id": household.id,
            "village_code": village,
            "cadre_id": people[own].id,
            "unit_id": people[own].unit_id,
            "finished_at": START + timedelta(minutes=minute),
            "state": state,
        }
        for minute, village, own, state in visits
    ]
    ids = many_visits(rows)
    states = log_queries.STATES.get(wanted) or ((VisitState.REVIEWED,) if wanted is Wanted.READ else VisitState)
    expected = {visit_id for visit_id, row in zip(ids, rows, strict=True) if row["state"] in states}
    with app.test_request_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(paging, "PAGE_SIZE", size)
        patch.setattr(paging.cut, "__defaults__", (size,))
        found = all_pages(make.cadre(Role.SUPERVISOR, unit=town), Filters(state=wanted))
    assert found == [visit_id for visit_id in newest_first(rows, ids) if visit_id in expected]


def fill(make: Factory, cadre: Cadre, number: int) -> None:
    for _ in range(number):
        visit = make_visit(cadre, make.household())
        answer_all_well(visit)
        commit_to(visit)
        photograph(visit)


def test_a_page_of_the_log_costs_as_many_queries_with_two_rows_as_with_twenty(
    reader: Person, make: Factory, cadre: Cadre
) -> None:
    costs = []
    for number in (2, 18):
        fill(make, cadre, number)
        with queries_counted() as statements:
            assert reader.get("/reviews").status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1]
    assert costs[0] <= 23


def test_a_row_says_what_was_answered_left_out_promised_and_seen(reader: Person, visit: Visit) -> None:
    answer(visit, "kitchen", "good")
    answer(visit, "bedroom", "not_seen")
    answer(visit, "living", "not_asked")
    commit_to(visit, due_on=date(2026, 9, 30))
    commit_to(visit, due_on=date(2026, 9, 19))
    photo = photograph(visit)
    page = reader.get("/reviews").text
    for words in ("2 · 1 · 1", "没看卧室", "没问生活冷暖", "2 条 · 9月19日", f"/photos/{photo.id}/small.jpg"):
        assert words in page


def test_a_row_says_what_is_poor_in_a_home_and_leaves_out_what_is_well(reader: Person, visit: Visit) -> None:
    answer(visit, "kitchen", "good")
    answer(visit, "toilet", "poor", tags=["还是旱厕", "没有照明"])
    cell = reader.get("/reviews").text.split("<tbody>")[1]
    assert '<span class="tag tag-amber">厕所差：还是旱厕、没有照明</span>' in cell
    assert "厨房" not in cell


def test_a_row_shows_at_most_four_photos_and_no_signature(reader: Person, visit: Visit) -> None:
    photograph(visit, "signature")
    for _ in range(6):
        photograph(visit)
    page = reader.get("/reviews").text
    assert page.count("/small.jpg") == 4
    assert "共 6 张" in page


def test_the_log_neither_times_nor_counts_people(reader: Person, visit: Visit, cadre: Cadre) -> None:
    cell = reader.get("/reviews").text.split("<tbody>")[1]
    assert "分钟" not in cell
    assert f"{cadre.name}（" not in cell


def test_choices_of_a_filter_hold_no_foreign_cadre(reader: Person, visit: Visit, foreign_visit: Visit) -> None:
    page = reader.get(f"/reviews?unit={foreign_visit.unit_id}").text
    assert "外人" not in page
    assert "别的局" not in page


def test_very_many_units_are_offered_once_a_place_is_chosen(
    app: Flask, make: Factory, cadre: Cadre, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = f">{organisation.unit(cadre.unit_id).name}</option>"
    office = Person(app, make.cadre(Role.OFFICE, unit=make.unit("区委群众工作部", division=COUNTY, villages=())))
    make.unit("同村的局")
    make.unit("别村的局", villages=(OTHER_VILLAGE,))
    assert unit in office.get("/reviews").text
    monkeypatch.setattr(queries, "MOST_UNITS", 2)
    assert unit not in office.get("/reviews").text
    assert unit in office.get(f"/reviews?area={VILLAGE}").text
    assert unit in office.get(f"/reviews?unit={cadre.unit_id}").text


def test_a_place_outside_the_overseen_area_offers_none_of_its_units(
    app: Flask, make: Factory, cadre: Cadre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_UNITS", 2)
    name = organisation.unit(cadre.unit_id).name
    make.unit("同村的局")
    for number in range(3):
        make.unit(f"别处的局{number}", villages=(OTHER_VILLAGE,))
    elsewhere = make.unit("别的村", division=OTHER_VILLAGE, villages=())
    supervisor = Person(app, make.cadre(Role.SUPERVISOR, unit=elsewhere))
    assert name not in supervisor.get(f"/reviews?area={VILLAGE}").text


def test_htmx_gets_the_list_alone(reader: Person, visit: Visit) -> None:
    fragment = reader.get("/reviews", fragment=True).text
    assert "李桂英" in fragment
    assert "<html" not in fragment
