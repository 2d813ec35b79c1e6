"""How strongly passwords are kept."""

import importlib

import pytest

from fieldvisit.accounts import passwords, rules


def test_passwords_are_kept_by_scrypt_with_the_agreed_work(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.reload(passwords)
    kept = real.hash_password("Tian-men-2026")
    assert kept.startswith("scrypt:65536:8:2$")
    assert real.is_password(kept, "Tian-men-2026")
    assert not real.is_password(kept, "Tian-men-2027")


def test_an_unknown_name_costs_the_same_work_as_a_known_one() -> None:
    real = importlib.reload(passwords)
    assert real.NOBODYS_HASH.split("$")[0] == real.METHOD
    assert not real.is_password(None, "x")


def test_a_one_time_password_satisfies_the_rule_and_is_new_each_time() -> None:
    made = {passwords.one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert all(rules.password_problem(password, "wangmin", "13805530001") is None for password in made)
