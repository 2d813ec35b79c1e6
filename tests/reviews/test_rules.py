"""What makes two records alike: thresholds chosen by trial, and the trials."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldvisit import clock
from fieldvisit.reviews import rules

NAMES = rules.names_to_leave_out(["李桂英", "陈大勇"], ["孙村镇", "缸窑村", "三潭社区"])
BITS = st.integers(min_value=0, max_value=rules.ALL_BITS)
# Few characters, so that texts are often alike.
TEXTS = st.frozensets(st.text("甲乙丙", min_size=2, max_size=2), max_size=9)

# A busy machine's pauses are no failure.
unhurried = settings(deadline=None)


def alike(one: str, other: str) -> bool:
    return rules.are_alike(*(rules.pairs_of(rules.plain(text, NAMES)) for text in (one, other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("李桂英身体较好，一个人住，三餐自己做。", "陈大勇身体较好，两个人住，三餐自己做"),
        ("李大爷说缸窑村5组的水泥路坏了三处，希望修补。", "老陈说三潭 12 组的水泥路坏了两处，希望修补。"),
        (
            "已经了解住户基本情况，宣传了相关政策，住户表示满意，没有其他诉求。",
            "已了解住户的基本情况，宣传相关政策，住户表示满意，没有其他诉求。",
        ),
        ("厨房干净，灶台整齐，冰箱里有菜，吃得不错。", "厨房干净，灶台整齐，冰箱里有菜，吃得很好。"),
    ],
)
def test_the_same_report_with_little_changed_is_alike(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("老人身体还好，就是夜里腿疼。", "老人身体还好，就是夜里咳嗽。"),
        ("家里四口人，儿子在外打工，生活还可以。", "家里四口人，儿子在县城上学，生活困难。"),
        ("低保金每月按时到账，没有别的困难。", "残疾补贴每月按时到账，没有别的困难。"),
        ("医保报销后自己每月还要出一千多，负担较重。", "医保报销后自己每月还要出三百多，还能承受。"),
        ("希望把进村的路修一修，下雨天不好走。", "希望把门口的路灯修一修，晚上不好走。"),
        ("屋顶去年翻修过，不漏雨，水电都正常。", "屋顶去年开始漏雨，已经报给村里，还没有人来修。"),
    ],
)
def test_different_matters_are_not_alike_though_told_in_like_words(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize("text", ["", "李桂英", "一切都好", "缸窑村 5 组 12 户"])
def test_what_says_little_but_names_and_numbers_is_like_nothing(text: str) -> None:
    assert not alike(text, text)


@unhurried
@given(TEXTS, st.lists(TEXTS, max_size=12))
def test_looking_up_finds_exactly_what_comparing_all_would(text: frozenset[str], texts: list[frozenset[str]]) -> None:
    found = rules.Texts(texts).like(text)
    assert found == [place for place, other in enumerate(texts) if rules.are_alike(text, other)]


@unhurried
@given(TEXTS, TEXTS)
def test_likeness_goes_both_ways(one: frozenset[str], other: frozenset[str]) -> None:
    assert rules.are_alike(one, other) == rules.are_alike(other, one)


@unhurried
@given(st.text())
def test_any_text_can_be_compared(text: str) -> None:
    pairs = rules.pairs_of(rules.plain(text, NAMES))
    assert rules.are_alike(pairs, pairs) == bool(pairs)


@unhurried
@given(BITS, st.sets(st.integers(0, 63), max_size=12))
def test_pictures_are_alike_that_differ_in_few_bits(bits: int, flipped: set[int]) -> None:
    other = bits
    for bit in flipped:
        other ^= 1 << bit
    both_telling = rules.is_telling(bits) and rules.is_telling(other)
    expected = [0] if both_telling and len(flipped) <= rules.LIKE_PICTURES else []
    assert rules.like_pictures(bits, [other]) == expected


@unhurried
@given(BITS)
def test_a_stored_hash_is_read_as_it_was(bits: int) -> None:
    signed = bits - (bits >> 63 << 64)
    assert -(1 << 63) <= signed < 1 << 63
    assert rules.unsigned(signed) == bits


@pytest.mark.parametrize("bits", [0, rules.ALL_BITS, 0x0F0F0F0F0F0F0F0F, 0x00000000FFFFFFFF, 0xFEFCF8F0E0C08000])
def test_light_that_falls_off_smoothly_tells_nothing(bits: int) -> None:
    assert not rules.is_telling(bits)


@pytest.mark.parametrize(
    ("seconds", "days_later", "expected"),
    [(0, 0, True), (179, 0, True), (180, 0, False), (-1, 0, False), (60, 1, False)],
)
def test_brief_is_what_was_recorded_on_its_day_in_less_than_three_minutes(
    seconds: int, days_later: int, expected: bool
) -> None:
    begun = clock.day_start(date(2026, 9, 1)) + timedelta(hours=9)
    begun_on = date(2026, 9, 1) + timedelta(days=days_later)
    ended = begun + timedelta(seconds=seconds)
    assert rules.was_brief(begun, ended, begun_on, visited_on=date(2026, 9, 1)) == expected
