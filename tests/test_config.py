"""Facts about the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldvisit.config import Mode, SettingsError, Worker, read_settings

SECRET = "s" * 40


def environ(folder: Path, **values: str) -> dict[str, str]:
    """Settings of a production installation, with changes."""
    return {"FIELDVISIT_DATA_DIR": str(folder), "FIELDVISIT_SECRET_KEY": SECRET} | values


def test_production_is_the_default_and_needs_a_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="FIELDVISIT_SECRET_KEY is not set"):
        read_settings({"FIELDVISIT_DATA_DIR": str(tmp_path)})


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="too short"):
        read_settings(environ(tmp_path, FIELDVISIT_SECRET_KEY="short"))


def test_the_demo_makes_a_secret_once_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = {"FIELDVISIT_DATA_DIR": str(tmp_path), "FIELDVISIT_MODE": "demo"}
    assert read_settings(folder).secret_key == read_settings(folder).secret_key
    assert (tmp_path / "demo-secret").stat().st_mode & 0o077 == 0


def test_sqlite_in_the_data_folder_is_the_default(tmp_path: Path) -> None:
    assert read_settings(environ(tmp_path)).database_url == f"sqlite:///{tmp_path}/fieldvisit.db"


@pytest.mark.parametrize("prefix", ["postgres://", "postgresql://"])
def test_the_usual_addresses_of_postgresql_are_understood(tmp_path: Path, prefix: str) -> None:
    settings = read_settings(environ(tmp_path, FIELDVISIT_DATABASE_URL=f"{prefix}u@host/db"))
    assert settings.database_url == "postgresql+psycopg://u@host/db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIELDVISIT_MODE", "test"),
        ("FIELDVISIT_DATABASE_URL", "mysql://x"),
        ("FIELDVISIT_THREADS", "many"),
        ("FIELDVISIT_THREADS", "0"),
        ("FIELDVISIT_WORKERS", "-1"),
        ("FIELDVISIT_PROXIES", "²"),
        ("FIELDVISIT_PLAIN_HTTP", "yes"),
        ("FIELDVISIT_CHECKLIST", "/no/such/file.json"),
        ("FIELDVISIT_DUE_RULES", "/no/such/file.json"),
        ("FIELDVISIT_SMTP_URL", "mail.example.org"),
        ("FIELDVISIT_SMTP_URL", "https://mail.example.org"),
        ("FIELDVISIT_SMTP_URL", "smtp://user@mail.example.org"),
        ("FIELDVISIT_MAIL_FROM", "双联系"),
        ("FIELDVISIT_REDIS_URL", "http://127.0.0.1"),
        ("FIELDVISIT_WORKER", "both"),
        ("FIELDVISIT_PUBLIC_URL", "slx.example.org"),
        ("FIELDVISIT_PUBLIC_URL", "https://slx.example.org/r"),
    ],
)
def test_a_wrong_setting_is_named_in_the_message(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings(environ(tmp_path, **{name: value}))


def test_cookies_go_over_https_only_unless_told_otherwise(tmp_path: Path) -> None:
    assert not read_settings(environ(tmp_path)).plain_http
    assert read_settings(environ(tmp_path, FIELDVISIT_PLAIN_HTTP="1")).plain_http
    assert read_settings(environ(tmp_path)).mode is Mode.PRODUCTION


def test_mail_needs_a_sender(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="FIELDVISIT_MAIL_FROM must be"):
        read_settings(environ(tmp_path, FIELDVISIT_SMTP_URL="smtp://mail.example.org"))


@pytest.mark.parametrize("name", ["FIELDVISIT_SMTP_URL", "FIELDVISIT_REDIS_URL"])
def test_a_wrong_address_with_a_password_is_not_repeated(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(environ(tmp_path, **{name: "imap://user:geheim@example.org"}))
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example.org",
        "smtp://127.0.0.1:25",
        "smtps://user%40x:p%40ss@mail.example.org:465",
        "smtp://[::1]:25",
    ],
)
def test_a_mail_server_is_named_with_or_without_an_account(tmp_path: Path, url: str) -> None:
    given = environ(tmp_path, FIELDVISIT_SMTP_URL=url, FIELDVISIT_MAIL_FROM="slx@example.org")
    assert read_settings(given).smtp_url == url


def test_the_worker_is_inside_on_sqlite_and_apart_on_postgresql_unless_told(tmp_path: Path) -> None:
    on_postgresql = environ(tmp_path, FIELDVISIT_DATABASE_URL="postgresql://u@host/db")
    assert read_settings(environ(tmp_path)).worker is Worker.INSIDE
    assert read_settings(on_postgresql).worker is Worker.APART
    assert read_settings(on_postgresql | {"FIELDVISIT_WORKER": "inside"}).worker is Worker.INSIDE
