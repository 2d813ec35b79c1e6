"""What a password must be, how long a lock lasts, when a sign-in is over, where one may be sent then."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from urllib.parse import urlsplit

FAILURES_PER_ROUND = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
MIN_PASSWORD = 10
MAX_PASSWORD = 128
IDLE_AT_DESK = timedelta(minutes=30)
SIGN_IN_LASTS = timedelta(days=30)
USER_NAME = re.compile(r"[a-z][a-z0-9._-]{2,31}")
MOBILE = re.compile(r"1\d{10}")
LANDLINE = re.compile(r"0\d{9,11}")


def lock_after(failures: int) -> timedelta | None:
    """Return how long the lock lasts that the given failure sets off, or None when it sets off none.

    Every fifth failure locks: 15 minutes first, then twice as long each time, at most a day.
    """
    if failures <= 0 or failures % FAILURES_PER_ROUND:
        return None
    # Beyond 2^7 rounds of 15 minutes the day is reached; the bound keeps huge counts from overflowing.
    rounds = min(failures // FAILURES_PER_ROUND - 1, 7)
    return min(FIRST_LOCK * (1 << rounds), LONGEST_LOCK)


def password_problem(password: str, user_name: str, phone: str | None) -> str | None:
    """Return the Chinese sentence that says what a new password lacks, or None when it will do."""
    if len(password) < MIN_PASSWORD:
        return f"密码至少要 {MIN_PASSWORD} 个字符。"
    if len(password) > MAX_PASSWORD:
        return f"密码最多 {MAX_PASSWORD} 个字符。"
    if _classes(password) < 3:
        return "密码要包含大写字母、小写字母、数字、符号这四类中的至少三类。"
    if any(word and word in password.lower() for word in (user_name.lower(), phone)):
        return "密码不能包含用户名或手机号。"
    return None


def _classes(password: str) -> int:
    """Count the classes of characters; a Chinese character counts as a symbol."""
    kinds = {
        "upper" if c.isupper() else "lower" if c.islower() else "digit" if c.isdecimal() else "symbol" for c in password
    }
    return len(kinds)


def normal_login(text: str) -> str:
    """Bring what was typed as phone number or user name into the form that is stored."""
    word = unicodedata.normalize("NFKC", text).strip().lower()
    digits = normal_phone(word)
    return digits if digits.isascii() and digits.isdigit() else word


def normal_phone(text: str) -> str:
    """Drop the spaces, hyphens and country code with which people write phone numbers."""
    digits = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"^(\+|00)86", "", digits)


def is_phone(digits: str) -> bool:
    """Say whether these are the digits of a mobile number or of a landline with its area code."""
    return bool(digits.isascii() and (MOBILE.fullmatch(digits) or LANDLINE.fullmatch(digits)))


def is_user_name(text: str) -> bool:
    """Say whether a user name is well formed: a letter first, so that none looks like a phone number."""
    return USER_NAME.fullmatch(text) is not None


def has_ended(started_at: datetime, seen_at: datetime, now: datetime, idle_limit: timedelta | None) -> bool:
    """Say whether a sign-in is over by age or, when `idle_limit` is given, by idleness."""
    if now - started_at >= SIGN_IN_LASTS:
        return True
    return idle_limit is not None and now - seen_at >= idle_limit


def own_path(address: str | None) -> str | None:
    """Return the address when it is a path of this site, else None: nobody is sent elsewhere."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    # Browsers read a backslash as a slash and drop control characters, so "/\t/evil" would leave the site.
    if "\\" in address or any(unicodedata.category(c) == "Cc" for c in address):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address
