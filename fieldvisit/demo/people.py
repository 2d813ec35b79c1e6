"""The demonstration's accounts."""

from __future__ import annotations

from typing import NamedTuple

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.demo.places import table
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Unit

# One for all, printed at the start and in the README: it guards invented people only.
DEMO_PASSWORD = "Fanchang-2026"  # noqa: S105


class DemoSignIn(NamedTuple):
    """An account to try: what the person does here, their name and unit, and how to sign in."""

    duty: str
    name: str
    unit: str
    user_name: str
    password: str


def demo_sign_ins() -> list[DemoSignIn]:
    """Return the accounts that are shown to whoever tries the demonstration."""
    return [
        DemoSignIn(row["duty"], row["name"], row["unit"], row["user_name"], DEMO_PASSWORD)
        for row in table("people.csv")
        if row["duty"]
    ]


def add_cadres(units: dict[str, Unit], password_hash: str) -> dict[str, Cadre]:
    """Add the accounts; return them by user name."""
    cadres = {
        row["user_name"]: Cadre(
            user_name=row["user_name"],
            name=row["name"],
            phone=row["phone"],
            unit_id=units[row["unit"]].id,
            roles=frozenset(Role(word) for word in row["roles"].split()),
            password_hash=password_hash,
            must_change_password=False,
        )
        for row in table("people.csv")
    }
    db.session.add_all(cadres.values())
    db.session.flush()
    return cadres
