"""Ages, phones, birth months, similarity, ID numbers: plain values."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.households import lists, rules

TODAY = date(2026, 9, 12)
NAMES = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6)
DAYS = st.dates(date(1900, 1, 1), date(2026, 9, 30))


@given(DAYS)
def test_the_age_grows_by_one_in_the_month_of_birth_and_only_then(born: date) -> None:
    month = f"{born.year:04}-{born.month:02}"
    before = date(born.year + 70, born.month, 1)
    earlier = date(before.year - (born.month == 1), (born.month - 2) % 12 + 1, 28)
    assert rules.age(month, before) == 70
    assert rules.age(month, earlier) == 69


def test_nobody_is_of_an_age_without_a_birth_month() -> None:
    assert rules.age("", TODAY) is None


@pytest.mark.parametrize("typed", ["1956-11", "1956.11", "1956/11", "195611", "1956年11月", " １９５６－１１"])
def test_a_birth_month_may_be_written_in_many_ways(typed: str) -> None:
    assert rules.birth_month(typed, TODAY) == "1956-11"


@given(DAYS)
def test_every_month_of_the_past_is_a_birth_month(born: date) -> None:
    assert rules.birth_month(f"{born.year}-{born.month}", TODAY) == f"{born.year:04}-{born.month:02}"


@pytest.mark.parametrize("typed", ["1899-12", "2026-10", "3000-01", "1956-13", "1956-00", "1956", "去年", "19561101"])
def test_an_impossible_birth_month_is_none(typed: str) -> None:
    assert rules.birth_month(typed, TODAY) is None


@given(st.text(max_size=20))
def test_whatever_is_typed_as_a_birth_month_is_one_or_refused(typed: str) -> None:
    found = rules.birth_month(typed, TODAY)
    assert found is None or found == "" or "1900-01" <= found <= "2026-09"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13805530001", "13805530001"),
        ("138 0553 0001", "13805530001"),
        ("+86 138-0553-0001", "13805530001"),
        ("１３８０５５３０００１", "13805530001"),
        ("0553-7812345", "0553-7812345"),
        ("(0553)7812345", "0553-7812345"),
        ("010 62345678", "010-62345678"),
        ("", ""),
        ("7812345", None),
        ("1380553000", None),
        ("138055300011", None),
        ("12805530001", None),
        ("call me", None),
    ],
)
def test_a_phone_number_has_one_stored_form(typed: str, stored: str | None) -> None:
    assert rules.phone_number(typed) == stored


@given(st.text(max_size=30))
def test_a_stored_phone_number_is_stored_the_same_again(typed: str) -> None:
    number = rules.phone_number(typed)
    assert number is None or rules.phone_number(number) == number


@pytest.mark.parametrize(
    "text",
    [
        "340212195611230029",
        "身份证34021219561123002X。",
        "340212 19561123 002x",
        "340212-1956-11-23-0029",
        "３４０２１２１９５６１１２３００２９",
    ],
)
def test_an_id_number_is_recognised_in_any_text(text: str) -> None:
    assert rules.holds_id_number(text)


@pytest.mark.parametrize(
    "text", ["13805530001", "13805530001 7812345", "李桂英", "6222021234567890123", "2026-09-12", ""]
)
def test_other_numbers_are_no_id_numbers(text: str) -> None:
    assert not rules.holds_id_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "请打13805530001。",
        "138 0553 0001",
        "138-0553-0001",
        "+8613805530001",
        "１３８０５５３０００１",
        "座机0553-7812345",
        "（0553）7812345",
        "0553—7812345",
        "010 62345678",
    ],
)
def test_a_phone_number_is_recognised_in_any_text(text: str) -> None:
    assert rules.holds_phone_number(text)


@pytest.mark.parametrize(
    "text",
    ["6222021380553000123", "2026-07-12 至 2026-08-01", "繁-202607-0034", "投资 13805 万元", "7812345 元", ""],
)
def test_other_numbers_are_no_phone_numbers(text: str) -> None:
    assert not rules.holds_phone_number(text)


@given(NAMES, NAMES)
def test_similarity_is_mutual(one: str, other: str) -> None:
    assert rules.similar_names(one, other) == rules.similar_names(other, one)


@given(NAMES)
def test_a_name_is_similar_to_itself_with_spaces_in_it(name: str) -> None:
    assert rules.similar_names(name, f" {name[:1]} {name[1:]} ")


@given(st.text(st.sampled_from("李桂英兰秀"), min_size=3, max_size=5), st.data())
def test_one_other_character_after_the_surname_is_similar(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(name) - 1))
    assert rules.similar_names(name, name[:place] + "凤" + name[place + 1 :])


@pytest.mark.parametrize(
    ("one", "other"), [("李英", "李瑛"), ("李桂英", "王秀兰"), ("李桂英", "王桂英"), ("李桂英", "李桂"), ("", "")]
)
def test_these_names_are_not_similar(one: str, other: str) -> None:
    assert not rules.similar_names(one, other)


@given(st.integers(0, 99999), st.integers(0, 99999))
def test_doors_are_in_the_order_of_their_numbers(one: int, other: int) -> None:
    assert (rules.door_order(f"{one} 号") < rules.door_order(f"{other}号")) == (one < other)


@given(st.text(max_size=40))
def test_the_order_of_any_door_fits_its_column(door: str) -> None:
    assert len(rules.door_order(door)) <= 60


@pytest.mark.parametrize(("one", "other"), [("17 号", "17号"), ("17", "１７号"), ("2 栋 301", "2栋301")])
def test_one_door_is_written_in_many_ways(one: str, other: str) -> None:
    assert rules.same_door(one, other)


@pytest.mark.parametrize(("one", "other"), [("17 号", "18 号"), ("", ""), ("号", "")])
def test_these_doors_differ(one: str, other: str) -> None:
    assert not rules.same_door(one, other)


def test_a_household_is_of_the_key_group_by_one_of_its_tags() -> None:
    assert rules.in_key_group(["党员", "独居"], lists.key_group_tags())
    assert not rules.in_key_group(["党员"], lists.key_group_tags())
    assert not rules.in_key_group([], lists.key_group_tags())
