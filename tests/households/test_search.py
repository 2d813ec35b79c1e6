"""The search in the list of households: what it finds, and how far it looks."""

from __future__ import annotations

import pytest

from fieldvisit.accounts.models import Role
from fieldvisit.extensions import db
from fieldvisit.households import actions, list_queries
from tests.factories import Factory
from tests.households.conftest import Add, Sign
from tests.households.helpers import cadre_of
from tests.person import Person


@pytest.mark.parametrize(
    "typed",
    ["李桂英", "桂英", "李", "lgy", "ligui", "缸窑", "缸窑村", "繁阳镇", "缸窑 李", "17", "17号",
     "5组", "5组17号", "缸窑村5组", "缸窑村5组17号", "李 桂 英", "0001", "13805530001", "李 17号", "张小宝", "zxb"],
)  # fmt: skip
def test_the_search_finds_a_household_by(typed: str, sign: Sign, add: Add) -> None:
    household = add("李桂英", group_no=5, door="17 号", phone="13805530001")
    actions.add_resident(None, household, name="张小宝", relation="孙子女")
    db.session.commit()
    add("陈大勇", group_no=6, door="99 号", phone="13900000002")
    assert "<strong>李桂英" in sign().get("/households", query_string={"mine": "0", "q": typed}).text


@pytest.mark.parametrize(
    "typed",
    [
        "%",
        "_",
        "李%",
        "李_英",
        "17_",
        "\\",
        "柳墩",
        "6组",
        "柳墩村5组",
        "0002",
        "李 99号",
        "~1000",
        "#独居",
        "'",
        "\x00李x",
    ],
)
def test_the_search_does_not_find_it_by(typed: str, sign: Sign, add: Add) -> None:
    add("李桂英", group_no=5, door="17 号", phone="13805530001", tags=["独居"])
    page = sign().get("/households", query_string={"mine": "0", "q": typed})
    assert page.status_code == 200
    assert "<strong>李桂英" not in page.text


@pytest.mark.parametrize("name", ["䶮㛃堃", "𠮷田", "单田芳"])
def test_rare_names_are_found_by_themselves(name: str, sign: Sign, add: Add) -> None:
    add(name)
    assert f"<strong>{name}" in sign().get("/households", query_string={"mine": "0", "q": name}).text


def test_an_empty_result_offers_to_add_the_household_with_the_typed_name(sign: Sign) -> None:
    page = sign().get("/households", query_string={"mine": "0", "q": "王秀兰"}, fragment=True).text
    assert "没有找到“王秀兰”" in page
    assert "/households/new?name=" in page


def test_somebody_who_may_not_add_is_offered_nothing(sign: Sign) -> None:
    assert (
        "/households/new"
        not in sign(Role.SUPERVISOR).get("/households", query_string={"mine": "0", "q": "王秀兰"}).text
    )


def test_more_than_fifty_found_ask_for_more_letters(sign: Sign, add: Add) -> None:
    for number in range(51):
        add(f"李{number:03}")
    page = sign().get("/households", query_string={"mine": "0", "q": "李"}, fragment=True).text
    assert page.count("<strong>李") == 50
    assert "还有更多，请再多输几个字" in page


def test_common_words_are_checked_along_the_road(
    sign: Sign, office: Person, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_queries, "FEW", 2)
    for number in range(6):
        add(f"李{number}", door=f"{number} 号")
    add("王桂英", door="3 号")
    for person in (sign(), office):
        assert person.get("/households", query_string={"mine": "0", "q": "李"}).text.count("<strong>李") == 6
        page = person.get("/households", query_string={"mine": "0", "q": "李 缸窑 3"}).text
        assert "<strong>李3" in page
        assert "<strong>王桂英" not in page


def test_a_large_area_is_looked_through_so_far_and_says_so(
    office: Person, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_queries, "FEW", 2)
    monkeypatch.setattr(list_queries, "LOOKED_THROUGH", 4)
    for number in range(4):
        add(f"王{number}", door=f"{number} 号")
    for number in range(4, 8):
        add(f"李{number}", door=f"{number} 号")
    page = office.get("/households", query_string={"mine": "0", "q": "李"}).text
    assert "<strong>李" not in page
    assert "请再多输几个字" in page


def test_an_administrator_does_not_find_phones_by_more_than_four_digits(
    administrator: Person, office: Person, add: Add
) -> None:
    add("李桂英", phone="13805530001")
    assert "<strong>李桂英" in administrator.get("/households", query_string={"mine": "0", "q": "0001"}).text
    assert "<strong>李桂英" not in administrator.get("/households", query_string={"mine": "0", "q": "30001"}).text
    assert "<strong>李桂英" in office.get("/households", query_string={"mine": "0", "q": "30001"}).text


def test_what_was_typed_is_text_on_the_page(sign: Sign) -> None:
    page = sign().get("/households", query_string={"mine": "0", "q": "<b>李"}).text
    assert "<b>李" not in page
    assert "&lt;b&gt;李" in page


def test_a_very_long_search_is_answered(sign: Sign) -> None:
    assert sign().get("/households", query_string={"mine": "0", "q": "李 " * 5000}).status_code == 200


def test_the_own_households_are_searched_by_rare_words_too(sign: Sign, add: Add, make: Factory) -> None:
    person = sign()
    make.pairing(cadre_of(person), add("李桂英"))
    make.pairing(cadre_of(person), add("陈大勇"))
    page = person.get("/households?mine=1&q=cdy").text
    assert "<strong>陈大勇" in page
    assert "<strong>李桂英" not in page


def test_a_name_found_only_among_the_neighbours_is_one_link_away(sign: Sign, add: Add) -> None:
    add("陈大勇")
    page = sign().get("/households?q=cdy").text
    assert "<strong>陈大勇" not in page
    assert "mine=0&amp;q=cdy" in page
