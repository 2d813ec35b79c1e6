"""Numbers, codes, days and bounds of the complaint box, from plain values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

# 信访工作条例: within 15 days the person is told.
ANSWER_WITHIN = timedelta(days=15)
# Who can't be reached at the third attempt reads the answer on the look-up page.
MOST_CALLS = 3
# How much one network address may do within BOUND_LASTS. A mobile carrier puts thousands of subscribers, and a village
# committee all its visitors, behind one address: so many that a day on which all of them write is not shut out, so few
# that a script fills the office's desk at one a minute only.
MOST_FILED = 60
# Wrong look-ups. A number's code is one of 31^8 = 850,000,000,000. An address that guesses without a pause for a year
# tries 530,000 of them: one chance in 1,600,000 to open a number that it has chosen, and one in 160 to open any of
# 10,000. So a number itself needs no lock, by which anybody could shut out whoever has its receipt.
MOST_GUESSES = 60
BOUND_LASTS = timedelta(hours=1)

# No 0 O, 1 I L: read out over the phone, written down by hand.
CODE_CHARACTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
NUMBER = re.compile(r"投?-?(20\d{2}(?:0[1-9]|1[0-2]))-?(\d{4,9})")
DASHES = re.compile(r"[‐-―−ー]")


COUNTY_DIGITS = 6


def answering_area(areas: Sequence[str]) -> str | None:
    """Return the one of an office's areas for which it answers complaints: a county, or what holds several."""
    return next((area for area in areas if len(area) <= COUNTY_DIGITS), None)


def is_wide(area: str) -> bool:
    """Say whether an area holds several counties."""
    return len(area) < COUNTY_DIGITS


def month_of(day: date) -> str:
    """Return the month by which numbers are counted: "202611"."""
    return f"{day:%Y%m}"


def number_of(month: str, running: int) -> str:
    """Return a receipt number: 投-202611-0007."""
    return f"投-{month}-{running:04}"


def typed_number(text: str) -> str | None:
    """Return the receipt number that somebody means who types it with or without 投, dashes and spaces, or None."""
    plain = DASHES.sub("-", "".join(unicodedata.normalize("NFKC", text).split()))
    found = NUMBER.fullmatch(plain) if plain.isascii() or plain[:1] == "投" else None
    return None if found is None else number_of(found[1], int(found[2]))


def code_from(secret: bytes) -> str:
    """Spell at least 16 secret, evenly spread bytes as a query code of 8 characters."""
    rest, letters = int.from_bytes(secret, "big"), []
    for _ in range(CODE_LENGTH):
        rest, place = divmod(rest, len(CODE_CHARACTERS))
        letters.append(CODE_CHARACTERS[place])
    return "".join(letters)


def typed_code(text: str) -> str:
    """Return a code as it was given out, from how people type it."""
    return re.sub(r"[\s-]", "", DASHES.sub("-", unicodedata.normalize("NFKC", text))).upper()


def answer_by(filed_on: date) -> date:
    """Return the last day for the answer."""
    return filed_on + ANSWER_WITHIN


def days_over(due: date, today: date, *, is_answered: bool) -> int:
    """Return by how many days an answer is late, 0 when it is not."""
    return 0 if is_answered else max((today - due).days, 0)


def is_calling(wished: bool, reached: list[bool]) -> bool:
    """Say whether a call-back is still owed after these attempts."""
    return wished and not any(reached) and len(reached) < MOST_CALLS
