"""When a record is so like an earlier one, or so soon done, that its reader may want a second look.

These are hints about a record, never about who made it. The thresholds were chosen by trial; tests hold the trials.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

# A season of a cadre's visits, so that a search costs the same however long the system runs.
LOOK_BACK = timedelta(days=92)

# Words

# 一切都好 may be said of any household; a sentence that returns word for word is worth a look.
MIN_LENGTH = 8
# How many of a hundred of their pairs of characters two texts share. A word or two changed in a longer sentence: 75 and
# more; a report rephrased: 71; another ailment in the same short sentence: 64; the same matter told anew: below 50.
LIKE_WORDS = 70
NOT_WORDS = re.compile(r"[\W_]+")
NOT_WORDS_OR_NUMBERS = re.compile(r"[\W_\d〇零一二三四五六七八九十百千万两]+")
# Whoever it is: 老李, 李大爷. 老人 goes too, from both texts that are compared.
TITLES = "大爷|大妈|大娘|大伯|大叔|大婶|大姐|大哥|奶奶|爷爷|阿姨|叔叔|伯伯|师傅|老师|女士|先生"
FORMS_OF_ADDRESS = re.compile(rf"老\w|\w(?:{TITLES})")

# Pictures: signed 64-bit difference hashes (visits/photo_likeness.py)

ALL_BITS = (1 << 64) - 1
# Among 1.1 million pairs of drawn rooms 7 are so near, of lit and shaded walls 2, of photos 1 in 18,000 (two
# neighbouring pieces of one picture); of a photo encoded anew, resized or brightened 97 in 100, cut by 2 % 84.
LIKE_PICTURES = 6
# How often a hash changes from cell to cell, across and down: photos of things 37 to 66 times. A bare wall lit from a
# window hardly does, and is like every other bare wall.
TELLING_CHANGES = 24
BESIDE = 0x7F7F7F7F7F7F7F7F
BELOW = ALL_BITS >> 8

# Time

BRIEF = timedelta(minutes=3)


def bare(text: str) -> str:
    """Return a text without spaces and punctuation, in one width and case."""
    return _without(NOT_WORDS, text)


def plain(text: str, names: Iterable[str]) -> str:
    """Return what a text says whoever and wherever it is about: `bare`, without names, numbers and forms of address."""
    words = _without(NOT_WORDS_OR_NUMBERS, text)
    for name in names:
        words = words.replace(name, "")
    return FORMS_OF_ADDRESS.sub("", words)


def names_to_leave_out(people: Iterable[str], places: Iterable[str]) -> list[str]:
    """Return how a household's people and its village may be called in a text, the longest names first."""
    whole = [_without(NOT_WORDS_OR_NUMBERS, name) for name in (*people, *places)]
    given = [name[1:] for name in whole if len(name) > 2]
    # 缸窑村 is 缸窑, 三潭社区 is 三潭.
    short = [re.sub(r"(村|社区|镇|乡|街道)$", "", name) for name in whole]
    return sorted({name for name in (*whole, *given, *short) if len(name) > 1}, key=len, reverse=True)


def _without(what: re.Pattern[str], text: str) -> str:
    return what.sub("", unicodedata.normalize("NFKC", text)).casefold()


def pairs_of(words: str) -> frozenset[str]:
    """Return all pairs of neighbouring characters; none of a text that is too short to be compared."""
    return frozenset(map(str.__add__, words, words[1:])) if len(words) >= MIN_LENGTH else frozenset()


def are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two texts whose pairs these are say nearly the same."""
    if len(one) * 100 < len(other) * LIKE_WORDS or len(other) * 100 < len(one) * LIKE_WORDS:
        return False
    shared = len(one & other)
    return shared * 100 >= LIKE_WORDS * (len(one) + len(other) - shared) > 0


class Texts:
    """Texts to compare others with, by their pairs; finding the like ones costs little however many there are."""

    def __init__(self, texts: Sequence[frozenset[str]]) -> None:
        self._texts = texts
        self._by_pair: defaultdict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(texts):
            for pair in _first_pairs(text):
                self._by_pair[pair].append(number)

    def like(self, text: frozenset[str]) -> list[int]:
        """Return the places of those that are nearly equal to a text."""
        near = {number for pair in _first_pairs(text) for number in self._by_pair.get(pair, ())}
        return sorted(number for number in near if are_alike(text, self._texts[number]))


def _first_pairs(text: frozenset[str]) -> list[str]:
    # Texts that are alike have one of these in common: in one order for all, what follows them in a text is less than
    # it would have to share.
    enough = len(text) * LIKE_WORDS // 100
    return sorted(text)[: len(text) - enough + 1]


def unsigned(dhash: int) -> int:
    """Return a stored hash as the 64 bits that it is."""
    return dhash & ALL_BITS


def is_telling(bits: int) -> bool:
    """Say whether a picture has enough in it to be told from others."""
    across = (bits ^ bits >> 1) & BESIDE
    down = (bits ^ bits >> 8) & BELOW
    return across.bit_count() + down.bit_count() >= TELLING_CHANGES


def like_pictures(bits: int, others: Sequence[int]) -> list[int]:
    """Return the places of those that seem to be the same picture, the likest first."""
    if not is_telling(bits):
        return []
    # A loop of one expression: a page may ask for a million of these.
    near = [place for place, other in enumerate(others) if (bits ^ other).bit_count() <= LIKE_PICTURES]
    telling = [place for place in near if is_telling(others[place])]
    return sorted(telling, key=lambda place: (bits ^ others[place]).bit_count())


def was_brief(started_at: datetime, ended_at: datetime, begun_on: date, visited_on: date) -> bool:
    """Say whether a record was begun and finished within three minutes, both told by the phone that made it.

    Not one that was written up on a later day, as its date says; an end before the beginning tells of a clock set anew.
    """
    return begun_on == visited_on and timedelta(0) <= ended_at - started_at < BRIEF
