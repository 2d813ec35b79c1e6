"""What a link is made of: its token, how that is kept, and the picture that phones scan."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

import segno
from flask import current_app
from markupsafe import Markup

from fieldvisit.addresses import network_of, public_address

# 18 bytes: 144 bits that nobody guesses, and 24 characters of base64 without a rest.
TOKEN_BYTES = 18


def token_of(link_id: UUID) -> str:
    """Return a link's token, 24 URL-safe characters; with another secret key it is another one."""
    return base64.urlsafe_b64encode(_keyed("resident link", link_id.bytes)[:TOKEN_BYTES]).decode()


def digest_of(token: str) -> str:
    """Return the SHA-256 (hex) by which a token is kept and found."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of_guesser(address: str | None) -> str:
    """Return the keyed hash (hex) by which an internet address is kept: without the key nobody can try them all."""
    return _keyed("guesser", network_of(address or "").encode()).hex()


def address_of(link_id: UUID) -> str:
    """Return the whole address that a card carries."""
    return public_address("cards.resident", token=token_of(link_id))


def picture_of(link_id: UUID) -> Markup:
    """Return a link's QR code as an inline SVG that fills its place, dark on white with its quiet zone."""
    # Level M bears a crease or a stain on a card of paper.
    code = segno.make(address_of(link_id), error="m", micro=False)
    picture = code.svg_inline(border=4, light="#fff", svgclass="qr-code", lineclass=None, omitsize=True)
    return Markup(picture)  # noqa: S704  (made of numbers only)


def _keyed(purpose: str, message: bytes) -> bytes:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, purpose.encode() + b"\0" + message, "sha256")
