"""What is suggested about a concern before a person decides: its domain and its level, each with why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol


class HasWords(Protocol):
    """An entry that certain words point to."""

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words."""


class HasPeople(HasWords, Protocol):
    """A level, which a number of people points to as well (0: none does)."""

    @property
    def people(self) -> int:
        """Return the number."""


class Suggestion(NamedTuple):
    """A code, and the sentence that says why; "" when nothing in particular speaks for it."""

    code: str
    why: str = ""


PRESSING, USUAL, LONG = "A", "B", "C"
NO_HURRY = frozenset({"suggestion", "praise"})


def level(text: str, nature: str, people: int, levels: Mapping[str, HasPeople]) -> Suggestion:
    """Suggest a level: A for danger, want or many people, C for what takes long or presses nobody, else B."""
    word = _first_word(text, levels[PRESSING].words)
    if word:
        return Suggestion(PRESSING, f"写到了“{word}”")
    if 0 < levels[PRESSING].people <= people:
        return Suggestion(PRESSING, f"涉及 {people} 人")
    word = _first_word(text, levels[LONG].words)
    if word:
        return Suggestion(LONG, f"写到了“{word}”，一般要较长时间")
    if nature in NO_HURRY:
        return Suggestion(LONG, "是建议或表扬，不急办")
    return Suggestion(USUAL)


def domain(text: str, domains: Iterable[tuple[str, HasWords]], within: str = "") -> str:
    """Suggest the domain whose longest word occurs in a text ("" when none does); at first within a top domain."""
    found = [(len(word), code.startswith(within), code) for code, entry in domains for word in _in(text, entry.words)]
    if not found:
        return ""
    inside = [hit for hit in found if hit[1]] or found
    # The longest word says most; of two alike the one that stands first in the list.
    longest = max(length for length, _, _ in inside)
    return next(code for length, _, code in inside if length == longest)


def _first_word(text: str, words: Iterable[str]) -> str:
    return next(iter(_in(text, words)), "")


def _in(text: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word in text]
