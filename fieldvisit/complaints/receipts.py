"""What a receipt's id and code are made of, and how codes and addresses are kept.

Both come from the form's own random word, what was typed in it, and the server's secret. So a second tap, a reload or
a line that broke before the answer gives the same complaint and the same code again, without the code being stored;
and a form that comes back by the back button with other words in it is another complaint.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import NamedTuple
from uuid import UUID

from flask import current_app

from fieldvisit.addresses import network_of
from fieldvisit.complaints import rules


class Slip(NamedTuple):
    """The id of a complaint, and the code that is told once to whoever filed it."""

    id: UUID
    code: str


def slip_of(word: str, typed: dict[str, str]) -> Slip:
    """Return the id and the code of what was typed in the form that has this random word."""
    content = json.dumps([word, sorted(typed.items())])
    return Slip(
        UUID(bytes=_keyed("complaint id", content)[:16], version=4), rules.code_from(_keyed("complaint code", content))
    )


def code_digest(complaint_id: UUID, code: str) -> str:
    """Return the salted SHA-256 by which a code is kept; unlike a keyed one it outlives a change of the secret."""
    return hashlib.sha256(complaint_id.bytes + code.encode()).hexdigest()


def is_code(complaint_id: UUID, kept: str, code: str) -> bool:
    """Say whether a typed code is the kept one, in the same time whatever it is."""
    return hmac.compare_digest(kept, code_digest(complaint_id, code))


def address_digest(what: str, address: str) -> str:
    """Return what is kept of an address that uses a public page: nobody can tell the address from it."""
    return _keyed(f"address {what}", network_of(address)).hex()


def _keyed(what: str, content: str) -> bytes:
    secret: str = current_app.extensions["fieldvisit"].secret_key
    return hmac.digest(secret.encode(), f"{what}\0{content}".encode(), "sha256")
