"""One-time codes of an authenticator app (TOTP) as a second step after the password."""

from __future__ import annotations

import hmac
import re
from datetime import datetime

import pyotp
import segno

STEP_S = 30
SECRET = re.compile(r"[A-Z2-7]{32}")


def new_secret() -> str:
    """Make a secret for one person's authenticator app."""
    return pyotp.random_base32(32)


def is_secret(text: str) -> bool:
    """Say whether this is a secret as new_secret makes them."""
    return SECRET.fullmatch(text) is not None


def step_of(secret: str, code: str, last_used: int, now: datetime) -> int | None:
    """Return the 30-second step of the code, at most one away from now and later than `last_used`."""
    generator = pyotp.HOTP(secret)
    present = int(now.timestamp()) // STEP_S
    for step in (present, present - 1, present + 1):
        right = hmac.compare_digest(generator.at(step).encode(), code.encode())
        if right and step > last_used:
            return step
    return None


def qr_code(secret: str, user_name: str, site_name: str) -> str:
    """Return the picture that an authenticator app scans, as a data: address."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name=site_name)
    picture: str = segno.make(address, error="m").svg_data_uri(scale=5, border=2, light="#fff")
    return picture
