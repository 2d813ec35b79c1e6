"""Settings, read from the environment once and checked, with a sentence that says what to mend."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

MIN_SECRET_LENGTH = 32
SMTP_URL = re.compile(r"smtps?://(?:[^\s:@/]+:[^\s@/]+@)?[A-Za-z0-9.\-\[\]:]+?(?::\d{1,5})?/?")
SENDER = re.compile(r"[^\s@<>,]+@[A-Za-z0-9.\-]+")
ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which and how to set it."""


class Mode(StrEnum):
    """How careful the start is: production needs a secret, the demo makes its own."""

    PRODUCTION = "production"
    DEMO = "demo"


class Worker(StrEnum):
    """Where messages are sent from: a thread of the server, or a process of its own (`fieldvisit worker`)."""

    INSIDE = "inside"
    APART = "apart"


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations."""

    mode: Mode
    secret_key: str
    database_url: str
    data_dir: Path
    threads: int = 64
    workers: int = 1
    proxies: int = 0
    plain_http: bool = False
    checklist: str = ""
    due_rules: str = ""
    # Folder of a county's own lists of the ledger: channels.csv, natures.csv, domains.csv, levels.json.
    concern_lists: str = ""
    site_name: str = "双联系"
    # How many of a hundred judged return visits somebody of another unit asks about once more.
    sample_percent: int = 20
    # What they are drawn by. Unless set it is the secret key, so that nobody can foretell the draw.
    sample_seed: str = ""
    public_url: str = ""
    # Mail goes out by this server, robots of group chats need none.
    smtp_url: str = ""
    mail_from: str = ""
    redis_url: str = ""
    worker: Worker = Worker.INSIDE

    @property
    def photo_dir(self) -> Path:
        """Folder of the stored photos."""
        return self.data_dir / "photos"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the `FIELDVISIT_*` variables; raise SettingsError with a sentence that says what to do."""
    mode = _mode(environ)
    data_dir = _data_dir(environ)
    database_url = _database_url(environ, data_dir)
    smtp_url, mail_from = _mail(environ)
    return Settings(
        mode=mode,
        secret_key=_secret_key(environ, mode, data_dir),
        database_url=database_url,
        data_dir=data_dir,
        threads=_number(environ, "FIELDVISIT_THREADS", 64, 1, 1000),
        workers=_number(environ, "FIELDVISIT_WORKERS", 1, 1, 64),
        proxies=_number(environ, "FIELDVISIT_PROXIES", 0, 0, 5),
        plain_http=_yes(environ, "FIELDVISIT_PLAIN_HTTP") or mode is Mode.DEMO,
        checklist=_existing_file(environ, "FIELDVISIT_CHECKLIST"),
        due_rules=_existing_file(environ, "FIELDVISIT_DUE_RULES"),
        concern_lists=_existing_folder(environ, "FIELDVISIT_CONCERN_LISTS"),
        site_name=environ.get("FIELDVISIT_SITE_NAME", "").strip() or "双联系",
        sample_percent=_number(environ, "FIELDVISIT_SAMPLE_PERCENT", 20, 0, 100),
        sample_seed=environ.get("FIELDVISIT_SAMPLE_SEED", ""),
        public_url=_origin(environ, "FIELDVISIT_PUBLIC_URL"),
        smtp_url=smtp_url,
        mail_from=mail_from,
        redis_url=_redis_url(environ),
        worker=_worker(environ, database_url),
    )


def _mode(environ: Mapping[str, str]) -> Mode:
    value = environ.get("FIELDVISIT_MODE", Mode.PRODUCTION)
    if value not in list(Mode):
        raise SettingsError(f"FIELDVISIT_MODE is {value!r}; it must be one of: {', '.join(Mode)}.")
    return Mode(value)


def _data_dir(environ: Mapping[str, str]) -> Path:
    path = Path(environ.get("FIELDVISIT_DATA_DIR") or "data").absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"FIELDVISIT_DATA_DIR {path} can't be made: {error.strerror}.") from error
    if not os.access(path, os.W_OK):
        raise SettingsError(f"FIELDVISIT_DATA_DIR {path} can't be written by this user.")
    return path


def _secret_key(environ: Mapping[str, str], mode: Mode, data_dir: Path) -> str:
    value = environ.get("FIELDVISIT_SECRET_KEY", "")
    if not value and mode is Mode.DEMO:
        return _demo_secret(data_dir / "demo-secret")
    if not value:
        raise SettingsError(
            "FIELDVISIT_SECRET_KEY is not set. Make one with "
            "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` and keep it: "
            "sign-ins end when it changes. (Only trying it out? Set FIELDVISIT_MODE=demo.)"
        )
    if len(value) < MIN_SECRET_LENGTH:
        raise SettingsError(f"FIELDVISIT_SECRET_KEY is too short: at least {MIN_SECRET_LENGTH} characters.")
    return value


def _demo_secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    url = environ.get("FIELDVISIT_DATABASE_URL") or f"sqlite:///{data_dir / 'fieldvisit.db'}"
    # The names that hosting providers hand out, mapped to the driver that the `pg` extra installs.
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError(
            f"FIELDVISIT_DATABASE_URL must start with sqlite:/// or postgresql://, not {url.split(':', 1)[0]!r}."
        )
    return url


def _existing_file(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if value and not Path(value).is_file():
        raise SettingsError(f"{name} {value} is not a file.")
    return value


def _existing_folder(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if value and not Path(value).is_dir():
        raise SettingsError(f"{name} {value} is not a folder.")
    return value


def _origin(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip().rstrip("/")
    if value and not ORIGIN.fullmatch(value):
        raise SettingsError(f"{name} is {value!r}; it must be like https://example.org, without a path.")
    return value


def _mail(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the mail server and the sender. A wrong value is not repeated: it holds a password."""
    url, sender = environ.get("FIELDVISIT_SMTP_URL", ""), environ.get("FIELDVISIT_MAIL_FROM", "").strip()
    if url and not SMTP_URL.fullmatch(url):
        raise SettingsError("FIELDVISIT_SMTP_URL must be like smtps://user:password@host:465 or smtp://host:25.")
    if (url or sender) and not SENDER.fullmatch(sender):
        raise SettingsError("FIELDVISIT_MAIL_FROM must be the e-mail address that FIELDVISIT_SMTP_URL sends from.")
    return url, sender


def _redis_url(environ: Mapping[str, str]) -> str:
    url = environ.get("FIELDVISIT_REDIS_URL", "")
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise SettingsError("FIELDVISIT_REDIS_URL must be like redis://host:6379/0.")
    return url


def _worker(environ: Mapping[str, str], database_url: str) -> Worker:
    value = environ.get("FIELDVISIT_WORKER") or (Worker.INSIDE if database_url.startswith("sqlite") else Worker.APART)
    if value not in list(Worker):
        raise SettingsError(f"FIELDVISIT_WORKER is {value!r}; it must be one of: {', '.join(Worker)}.")
    return Worker(value)


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise SettingsError(f"{name} is {value!r}; it must be a number from {low} to {high}.")
    return int(value)


def _yes(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "0")
    if value not in ("", "0", "1"):
        raise SettingsError(f"{name} is {value!r}; it must be 0 or 1.")
    return value == "1"
