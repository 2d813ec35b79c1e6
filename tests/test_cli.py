"""The command line: serving as real processes, the rest within this one."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result

from fieldvisit.cli import main
from fieldvisit.config import Settings

ROOT = Path(__file__).parent.parent
ADMIN = (
    "user",
    "add",
    "--user-name",
    "admin",
    "--name",
    "管理员",
    "--unit",
    "区委",
    "--role",
    "administrator",
)


def person(user_name: str = "wangmin", unit: str = "区委", role: str = "office", **more: str) -> tuple[str, ...]:
    fields = {"user-name": user_name, "name": "王敏", "unit": unit, "role": role} | more
    return ("user", "add", *(word for name, value in fields.items() for word in (f"--{name}", value)))


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment with an empty data folder and nothing else."""
    for name in [name for name in os.environ if name.startswith("FIELDVISIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FIELDVISIT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FIELDVISIT_MODE", "demo")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


@pytest.fixture
def installation(empty: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment with a migrated database."""
    monkeypatch.setenv("FIELDVISIT_DATABASE_URL", settings.database_url)
    return empty


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def process(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fieldvisit", *words], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def served(installation: Path) -> Iterator[str]:
    """The address of a running server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-u", "-m", "fieldvisit", "serve", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert f"http://127.0.0.1:{port}" in server.stdout.readline()
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    assert server.wait(60) == 0
    server.stdout.close()


COMMANDS = ["", "serve", "worker", "demo", "db", "db upgrade", "db check", "user", "user add", "user list"]


@pytest.mark.parametrize("command", [*COMMANDS, "import-workdays", "user reset-password", "user unlock"])
def test_every_command_has_help_whatever_the_settings(
    empty: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("FIELDVISIT_MODE", "nonsense")
    done = run(*command.split(), "--help")
    assert done.exit_code == 0
    assert "Usage:" in done.stdout


def test_help_does_not_load_the_web_framework() -> None:
    code = "import sys, fieldvisit.cli; sys.exit('flask' in sys.modules or 'sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("command", ["serve", "db upgrade", "db check", "user list", "user unlock x"])
def test_production_without_a_secret_says_so_in_one_line(
    empty: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("FIELDVISIT_MODE", "production")
    done = run(*command.split())
    assert done.exit_code == 2
    assert done.stderr.startswith("fieldvisit: FIELDVISIT_SECRET_KEY is not set.")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "address", ["sqlite:///no/such/folder.db", "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2"]
)
def test_a_database_that_is_not_there_is_said_in_one_line(
    empty: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("FIELDVISIT_DATABASE_URL", address)
    done = run("db", "upgrade")
    assert done.exit_code == 2
    assert done.stderr.startswith("fieldvisit: The database can't be used")
    assert len(done.stderr.splitlines()) == 1


def test_serving_needs_the_present_schema(empty: Path) -> None:
    done = process("serve")
    assert done.returncode == 1
    assert "run `fieldvisit db upgrade`" in done.stderr


def test_check_says_by_its_exit_code_whether_the_schema_is_present(empty: Path) -> None:
    assert run("db", "check").exit_code == 1
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "check").exit_code == 0


def test_the_server_answers_and_ends_when_told(served: str) -> None:
    with urlopen(f"{served}/sign-in") as answer:
        assert answer.status == 200
        assert "登录" in answer.read().decode()


def test_a_port_in_use_is_said_in_one_sentence(installation: Path, served: str) -> None:
    done = process("serve", "--port", served.rsplit(":", 1)[1])
    assert done.returncode == 1
    assert "is in use" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_first_user_brings_their_unit(installation: Path) -> None:
    done = run(*ADMIN)
    assert re.search(r"One-time password of admin: \S{14}$", done.stdout, re.MULTILINE)
    assert run("user", "list").stdout == "admin\t管理员\t区委\tadministrator\tactive\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (ADMIN, "--user-name is taken"),
        (person("x"), "--user-name must begin"),
        (person(role="cadre"), "--phone is needed"),
        (person(phone="12"), "--phone must be"),
        (person(unit="别的"), "No unit is called"),
        (person(name=""), "--name must not be empty"),
        (("user", "unlock", "nobody"), "Nobody has"),
        (("user", "reset-password", "nobody"), "Nobody has"),
    ],
)
def test_a_wrong_entry_is_said_in_one_sentence(installation: Path, words: tuple[str, ...], sentence: str) -> None:
    assert run(*ADMIN).exit_code == 0
    done = run(*words)
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert len(run("user", "list").stdout.splitlines()) == 1


def test_a_reset_password_is_a_new_one(installation: Path) -> None:
    first = run(*ADMIN).stdout
    second = run("user", "reset-password", "admin").stdout
    assert "One-time password of admin" in second
    assert first != second


def test_unlocking_says_who_may_sign_in_again(installation: Path) -> None:
    run(*ADMIN)
    assert run("user", "unlock", "Admin").stdout == "admin may sign in again.\n"


def test_a_years_days_off_are_imported_from_a_file(installation: Path) -> None:
    file = installation / "2026.csv"
    file.write_text("日期,休|班\n2026-01-01,休\n2026-05-01,休\n2026-10-01,休\n", encoding="gb18030")
    done = run("import-workdays", str(file))
    assert done.exit_code == 0
    assert done.stdout == "Imported 3 days of 2026.\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"2026-01-01,x", "2026.csv:1: 第二格是“x”"), (b"\xff\xff", "文字编码"), (b"", "没有内容")],
)
def test_a_wrong_file_of_days_off_is_told_and_not_imported(installation: Path, content: bytes, words: str) -> None:
    file = installation / "2026.csv"
    file.write_bytes(content)
    done = run("import-workdays", str(file))
    assert done.exit_code == 1
    assert words in done.stderr
