"""What can be decided about a household from plain values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date

EARLIEST_BIRTH_YEAR = 1900
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))(\d{7,8})")
# 18 unbroken digits, or digits in groups whose middle is a birthday: two phone numbers in a note are neither.
UNBROKEN_ID = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
GROUPED_ID = re.compile(
    r"(?<![0-9])[1-9][0-9]{5}[ \-]*(?:18|19|20)[0-9]{2}[ \-]*(?:0[1-9]|1[0-2])[ \-]*"
    r"(?:0[1-9]|[12][0-9]|3[01])[ \-]*[0-9]{3}[ \-]*[0-9Xx](?![0-9A-Za-z])"
)
# Within a text: a mobile number, also in groups, or a landline with its area code; no part of a longer number.
WRITTEN_PHONE = re.compile(
    r"(?<![0-9])(?:(?:\+|00)?86[ \-]*)?(?:1[3-9][0-9][ .\-]?[0-9]{4}[ .\-]?[0-9]{4}"
    r"|\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[ \-]?[2-9][0-9]{3}[ \-]?[0-9]{3,4})(?![0-9])"
)
SEPARATORS = re.compile(r"[\s·•・‧.\-]+")
BIRTH_MONTH = re.compile(r"(\d{4})\s*(?:[-./年]\s*)?(\d{1,2})\s*月?")
DIGITS = re.compile(r"\d+")


def holds_id_number(text: str) -> bool:
    """Say whether a text holds something that looks like an 18-digit ID-card number."""
    plain = unicodedata.normalize("NFKC", text)
    return bool(UNBROKEN_ID.search(plain) or GROUPED_ID.search(plain))


def holds_phone_number(text: str) -> bool:
    """Say whether a text holds something that looks like a phone number."""
    return bool(WRITTEN_PHONE.search(re.sub(r"[–—−]", "-", unicodedata.normalize("NFKC", text))))


def phone_number(text: str) -> str | None:
    """Return a mobile or landline number with area code as it is stored, "" for none, None if neither."""
    digits = re.sub(r"[\s\-()—–]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+86|0086)", "", digits)
    if not digits or (digits.isascii() and MOBILE.fullmatch(digits)):
        return digits
    landline = LANDLINE.fullmatch(digits) if digits.isascii() else None
    return f"{landline[1]}-{landline[2]}" if landline else None


def birth_month(text: str, today: date) -> str | None:
    """Return "1956-11" for 1956-11, 1956.11, 195611 or 1956年11月, "" for none, None if it can't be one."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return ""
    found = BIRTH_MONTH.fullmatch(plain)
    if not found or not plain[:4].isascii():
        return None
    year, month = int(found[1]), int(found[2])
    if not 1 <= month <= 12 or year < EARLIEST_BIRTH_YEAR or (year, month) > (today.year, today.month):
        return None
    return f"{year:04}-{month:02}"


def age(month_of_birth: str, today: date) -> int | None:
    """Return the age in years at the end of today's month, or None when no birth month is known."""
    if not month_of_birth:
        return None
    year, month = (int(part) for part in month_of_birth.split("-"))
    return max(0, today.year - year - (today.month < month))


def in_key_group(tags: Iterable[str], key_group: Collection[str]) -> bool:
    """Say whether one of a household's tags belongs to the key group."""
    return any(tag in key_group for tag in tags)


def plain_name(name: str) -> str:
    """Return a name as it is compared: without spaces and middle dots, in one case."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def similar_names(one: str, other: str) -> bool:
    """Say whether two names may be one person's: the same, or one character after the surname differs."""
    one, other = plain_name(one), plain_name(other)
    if one == other:
        return bool(one)
    # Of two characters, a common surname alone would make half the village similar.
    if len(one) != len(other) or len(one) < 3 or one[0] != other[0]:
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1


def plain_door(door: str) -> str:
    """Return a door as it is compared and found: half-width, lower case, without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", door)).casefold()


def door_order(door: str) -> str:
    """Return a door with its numbers padded, so that 2 号 comes before 17 号; at most 60 characters."""
    return DIGITS.sub(lambda number: number[0].zfill(5), plain_door(door))[:60]


def same_door(one: str, other: str) -> bool:
    """Say whether two doors are one: 17 号, 17号 and 17 are."""
    first, second = (plain_door(door).removesuffix("号") for door in (one, other))
    return first == second != ""
