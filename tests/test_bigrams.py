"""Facts about how texts are cut into terms, and how the words of a search find them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit import bigrams

LETTERS = st.text("水管停电修路5aＢ -，.\n々𠮷é", max_size=12)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("水管破了", ["水管", "管破", "破了", "了"]),
        ("水", ["水"]),
        ("5组 水管，停水", ["5", "组", "水管", "管", "停水", "水"]),
        ("繁-202607-0034", ["繁", "202607", "0034"]),
        ("ＷiFi没信号", ["wifi", "没信", "信号", "号"]),
        ("……！", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_pairs_and_whole_words(text: str, terms: list[str]) -> None:
    assert bigrams.terms(text) == terms


@pytest.mark.parametrize(
    ("typed", "text", "is_found"),
    [
        ("水管", "村东头水管破了", True),
        ("水管破了", "水管，破了", False),
        ("破 水管", "村东头水管破了", True),
        ("水", "停水", True),
        ("水", "喝的水不干净", True),
        ("管水", "水管", False),
        ("wifi", "ＷIFI没信号", True),
        ("wif", "wifi没信号", False),
        ("5组", "在 5 组东头", True),
        ("5组", "在 15 组东头", False),
        ("繁-202607-0034", "繁-202607-0034 水管破了", True),
        ("繁-202607-0034", "繁-202607-0035 水管破了", False),
        ("𠮷野", "在𠮷野家", True),
        ("，。", "随便什么", True),
    ],
)
def test_words_find_what_has_them_in_a_row(typed: str, text: str, is_found: bool) -> None:
    assert bigrams.holds(text, bigrams.phrases(typed)) is is_found


@given(LETTERS, LETTERS)
def test_the_pattern_says_what_terms_in_a_row_say(typed: str, text: str) -> None:
    there = bigrams.terms(text)
    assert bigrams.holds(text, bigrams.phrases(typed)) == all(
        any(_begins(there[at:], phrase) for at in range(len(there))) for phrase in bigrams.phrases(typed)
    )


def _begins(terms: list[str], phrase: bigrams.Phrase) -> bool:
    *first, last = phrase.terms
    if terms[: len(first)] != first or len(terms) <= len(first):
        return False
    end = terms[len(first)]
    return end.startswith(last) if phrase.is_beginning else end == last


def test_what_is_endless_is_cut() -> None:
    assert len(bigrams.terms("水" * 100_000)) == bigrams.MOST_TERMS
    assert max(map(len, bigrams.terms("a" * 1000))) == bigrams.LONGEST_TERM
    assert len(bigrams.phrases("水 " * 1000)) == bigrams.MOST_PHRASES
