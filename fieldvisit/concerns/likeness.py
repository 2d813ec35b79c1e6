"""How much two concerns are alike, from plain values: the share of two-character pieces that their words share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fieldvisit.reviews.rules import bare

# Of a hundred pieces; two people who tell of one matter in their own words come to about this.
ALIKE = 30
MOST_SHOWN = 5
# What long letters have in common is in their beginning.
LONGEST_COMPARED = 1000


class Candidate(NamedTuple):
    """One concern that may be the same matter."""

    id: int
    number: str
    state: str
    words: str
    village_code: str
    domain: str


class Alike(NamedTuple):
    """A concern that is probably the same matter, how alike the words are (0 to 100), and why it is shown."""

    concern: Candidate
    percent: int
    why: str


def likeness(one: str, other: str) -> int:
    """Return how many of a hundred pieces of both texts are in both (Jaccard)."""
    first, second = _pieces(one), _pieces(other)
    together = len(first | second)
    return 100 * len(first & second) // together if together else 0


def alike(words: str, village_code: str, domain: str, candidates: Iterable[Candidate]) -> list[Alike]:
    """Return the candidates of the same village and domain, and those whose words are alike, the most alike first."""
    found = []
    for candidate in candidates:
        percent = likeness(words, candidate.words)
        is_same = (candidate.village_code, candidate.domain) == (village_code, domain)
        if is_same or percent >= ALIKE:
            whys = (is_same and "同一地点、同一领域", percent >= ALIKE and f"文字有 {percent}% 相同")
            found.append(Alike(candidate, percent, "，".join(why for why in whys if why)))
    return sorted(found, key=lambda one: (-one.percent, -one.concern.id))[:MOST_SHOWN]


def _pieces(text: str) -> frozenset[str]:
    words = bare(text[:LONGEST_COMPARED])
    return frozenset(map(str.__add__, words, words[1:]))
