"""People with passwords."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldvisit.accounts import passwords
from fieldvisit.accounts.models import Cadre, Role
from tests.factories import Factory

PASSWORD = "Tian-men-2026"


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little work, and so check quickly; test_passwords.py checks the real strength."""
    monkeypatch.setattr(passwords, "METHOD", "pbkdf2:sha256:1")
    monkeypatch.setattr(passwords, "NOBODYS_HASH", passwords.hash_password("nobody's"))


@pytest.fixture
def with_password(make: Factory) -> Callable[..., Cadre]:
    """Make a person who signs in with PASSWORD."""

    def make_cadre(*roles: Role, **values: Any) -> Cadre:
        return make.cadre(*roles, password_hash=passwords.hash_password(PASSWORD), **values)

    return make_cadre
