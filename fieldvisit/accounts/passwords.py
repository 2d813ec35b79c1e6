"""Hashing and checking passwords: slow on purpose, so never with a transaction open."""

from __future__ import annotations

import secrets
from threading import BoundedSemaphore

from werkzeug.security import check_password_hash, generate_password_hash

METHOD = "scrypt:65536:8:2"
# Of no password at all: checking it costs as much as checking a real one, so unknown names answer as slowly.
NOBODYS_HASH = (
    "scrypt:65536:8:2$smdAMKFPw5jE8NJQ$5f3419f98406fee14ef3566b62d7d91f139f8671d8bf35da12872a37b7d3e9e7"
    "3ab55387ff6832a836a24412d6356c0439cc1412ac3dd1fd82d1200cd4a75342"
)
# Letters and digits that nobody mistakes for another when a password is read out or copied from paper.
UPPER, LOWER, DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789"
# Each takes 64 MB; a flood of sign-ins queues here instead of filling the memory.
_at_once = BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """Return the scrypt hash to store; takes a third of a second."""
    with _at_once:
        return generate_password_hash(password, METHOD)


def is_password(password_hash: str | None, password: str) -> bool:
    """Say whether the password has this hash; takes as long when there is no hash."""
    with _at_once:
        right = check_password_hash(password_hash or NOBODYS_HASH, password)
    return right and password_hash is not None


def one_time_password() -> str:
    """Make a random password for a person's first sign-in: "Kd7m-Pq9x-Wt3n", 54 bits, easy to copy."""
    blocks = ("".join(_block()) for _ in range(3))
    return "-".join(blocks)


def _block() -> list[str]:
    return [
        secrets.choice(UPPER),
        secrets.choice(LOWER),
        secrets.choice(DIGITS),
        secrets.choice(UPPER + LOWER + DIGITS),
    ]
