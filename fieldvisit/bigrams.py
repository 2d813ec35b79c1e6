"""How texts and what people type are cut into terms: one way for full text search on both databases.

Chinese has no spaces between words, so a run of its characters is kept as overlapping pairs, and its last character
alone: a word of two is one term, a longer one several in a row, a single character the beginning of a term.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# Unified ideographs with all their extensions, 々 and 〇.
HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
# Between words that are typed; a hyphen holds the parts of a number together.
GAP = re.compile(r"[^\w-]+")
IS_HAN = re.compile(f"[{HAN}]")
# No word of a language; databases have limits.
LONGEST_TERM = 60
MOST_TERMS, MOST_PHRASES = 8000, 8


@dataclass(frozen=True)
class Phrase:
    """Terms in a row, of which the last may be only a beginning; and a pattern that finds the same in plain()."""

    terms: tuple[str, ...]
    is_beginning: bool
    pattern: re.Pattern[str]


def plain(text: str) -> str:
    """Return a text in one width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


def terms(text: str) -> list[str]:
    """Return the terms of a text, in order; only letters and digits are in them."""
    return [term for run in RUN.findall(plain(text)) for term in _terms_of(run)][:MOST_TERMS]


def phrases(typed: str) -> list[Phrase]:
    """Return what must all be found for what somebody typed, each as terms in a row; at most eight."""
    words = (RUN.findall(word) for word in GAP.split(plain(typed)))
    return [_phrase(runs) for runs in words if runs][:MOST_PHRASES]


def holds(text: str, wanted: Sequence[Phrase]) -> bool:
    """Say whether a text has all phrases: the same as the index says, without it."""
    words = plain(text)
    return all(phrase.pattern.search(words) for phrase in wanted)


def _terms_of(run: str) -> list[str]:
    if not IS_HAN.match(run):
        return [run[:LONGEST_TERM]]
    return [run[at : at + 2] for at in range(len(run))]


def _phrase(runs: list[str]) -> Phrase:
    *before, last = runs
    found = [term for run in before for term in _terms_of(run)]
    is_beginning = bool(IS_HAN.match(last)) and len(last) == 1
    ends = _terms_of(last)
    # The run may go on in the text, so its last character alone is not asked for.
    found += ends[:-1] if IS_HAN.match(last) and len(last) > 1 else ends
    return Phrase(tuple(found), is_beginning, _pattern(runs))


def _pattern(runs: list[str]) -> re.Pattern[str]:
    parts = [_whole(run) if not IS_HAN.match(run) else run for run in runs]
    # Of a Chinese run only the first may begin, and only the last may end, within a longer one.
    ended = [part + (f"(?![{HAN}])" if IS_HAN.match(part) else "") for part in parts[:-1]]
    return re.compile(r"[\W_]*".join([*ended, parts[-1]]))


def _whole(run: str) -> str:
    letter = rf"[^\W_{HAN}]"
    rest = f"{letter}*" if len(run) >= LONGEST_TERM else ""
    return f"(?<!{letter}){run[:LONGEST_TERM]}{rest}(?!{letter})"
