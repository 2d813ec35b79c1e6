"""By what a household is found, without a database."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.households.search import TERM_LENGTH, terms_for, words_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def found(typed: str, **of: object) -> bool:
    """Say whether every typed word is the beginning of a term."""
    terms = terms_for(**of)  # type: ignore[arg-type]  # tests state what they give
    words = words_of(typed)
    return bool(words) and all(any(low <= term < high for low, high in word.ranges for term in terms) for word in words)


@pytest.mark.parametrize(
    "typed", ["李桂英", "桂英", "李", "李桂", "lgy", "LGY", "lg", "l", "liguiying", "ligui", "李 lgy", " 李 "]
)
def test_李桂英_is_found_by(typed: str) -> None:
    assert found(typed, names=["李桂英"])


@pytest.mark.parametrize("typed", ["英", "gy", "李英", "lgx", "王", "lgyy", "李桂英 王"])
def test_李桂英_is_not_found_by(typed: str) -> None:
    assert not found(typed, names=["李桂英"])


@pytest.mark.parametrize(
    ("surname", "readings"),
    [
        ("单", "shan dan"), ("仇", "qiu chou"), ("解", "xie jie"), ("曾", "zeng ceng"), ("区", "ou qu"),
        ("查", "zha cha"), ("乐", "yue le"), ("覃", "qin tan"), ("盖", "ge gai"), ("翟", "zhai di"),
        ("任", "ren"), ("华", "hua"), ("缪", "miao mou"), ("朴", "piao pu"), ("员", "yun yuan"),
        ("尉", "yu wei"),
    ],
)  # fmt: skip
def test_a_surname_is_found_by_each_of_its_readings(surname: str, readings: str) -> None:
    for reading in readings.split():
        assert found(reading + "tian", names=[surname + "田芳"]), reading
        assert found(reading[0] + "tf", names=[surname + "田芳"]), reading


def test_a_compound_surname_is_found_by_its_own_reading() -> None:
    assert found("yuchi", names=["尉迟恭"])
    assert found("ycg", names=["尉迟恭"])


@pytest.mark.parametrize(
    "name", ["䶮㛃堃", "𠮷野家", "阿卜杜·买买提", "Maria O'Neil", "🙂李", "\u200e", "·", "", "%_\\"]
)
def test_a_rare_name_is_found_by_itself_if_it_has_a_letter(name: str) -> None:
    terms_for([name])
    assert found(name.replace(" ", ""), names=[name]) or not any(c.isalpha() or c == "%" for c in name)


@pytest.mark.parametrize("typed", ["0001", "30001", "13805530001", "138-0553-0001"])
def test_a_phone_is_found_by_its_last_digits(typed: str) -> None:
    assert found(typed, names=[], phones=["13805530001"])


@pytest.mark.parametrize("typed", ["001", "1380", "0553", "~1000", "~"])
def test_a_phone_is_not_found_by(typed: str) -> None:
    assert not found(typed, names=[], phones=["13805530001"])


def test_those_who_see_masked_numbers_find_a_phone_by_four_digits_only() -> None:
    low = {word.ranges for word in words_of("30001", whole_phones=False)}
    assert not any(start.startswith("~") for ranges in low for start, _ in ranges)
    assert any(start == "~1000" for start, _ in words_of("0001", whole_phones=False)[0].ranges)


@pytest.mark.parametrize("typed", ["2栋", "2 栋", "2栋301", "301", "２栋"])
def test_a_door_is_found_by_its_numbers(typed: str) -> None:
    assert found(typed.replace(" ", ""), names=[], door="2 栋 301")


def test_a_group_is_a_word_of_its_own() -> None:
    words = words_of("5组17号")
    assert words[0].group_no == 5
    assert words[1].text == "17号"


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=3), TEXTS)
def test_every_term_fits_its_column(names: list[str], phones: list[str], door: str) -> None:
    assert all(0 < len(term) <= TERM_LENGTH for term in terms_for(names, phones, door))


@given(TEXTS)
def test_whatever_is_typed_makes_at_most_ten_words_without_control_characters(typed: str) -> None:
    words = words_of(typed)
    assert len(words) <= 10
    assert not any(ord(c) < 32 for word in words for low, _ in word.ranges for c in low)


def test_pinyin_is_loaded_only_when_a_name_is_read() -> None:
    code = "import sys, fieldvisit.households.search; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
