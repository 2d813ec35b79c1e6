"""Facts about the words that all files of a report share."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldvisit.reports.wording import numeral, settings_of, title_of, until_of
from tests.reports.sample import SAMPLE


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (9, "九"), (10, "十"), (12, "十二"), (20, "二十"), (21, "二十一"), (99, "九十九")],
)
def test_numbers_are_written_in_chinese(number: int, words: str) -> None:
    assert numeral(number) == words


def test_a_draft_says_so_in_its_title() -> None:
    assert title_of(SAMPLE, is_draft=True) == "繁昌区2026年7月民情月报（草稿）"
    assert title_of(SAMPLE, is_draft=False) == "繁昌区2026年7月民情月报"


def test_a_month_that_is_not_over_says_up_to_when_it_counts() -> None:
    assert until_of(replace(SAMPLE, until="2026-07-09")) == "数据截至2026年7月9日"


def test_weights_are_told_in_points_and_what_nobody_knows_by_its_key() -> None:
    odd = replace(SAMPLE, settings={"unresolved": -3, "basis": "只扣月底已超期的", "later": 12, "none": None})
    assert settings_of(odd) == [
        ("未化解一件", "−0.3分"),
        ("未化解的口径", "只扣月底已超期的"),
        ("later", "12"),
        ("none", "—"),
    ]
