"""Facts about `fieldvisit report`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from fieldvisit.cli import main
from fieldvisit.config import Settings
from tests.factories import Factory
from tests.reports.making import Place


@pytest.fixture
def run(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on this test's installation."""
    monkeypatch.setenv("FIELDVISIT_MODE", "demo")
    monkeypatch.setenv("FIELDVISIT_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("FIELDVISIT_DATABASE_URL", settings.database_url)
    return CliRunner()


def test_it_writes_all_three_files(run: CliRunner, make: Factory, tmp_path: Path) -> None:
    Place(make).july()
    files = {option: tmp_path / f"report{option}" for option in ("--docx", "--xlsx", "--csv")}
    options = [part for option, file in files.items() for part in (option, str(file))]
    result = run.invoke(main, ["report", "2026-07", *options])
    assert result.exit_code == 0, result.output
    assert "a draft, counted up to 2026-07-31" in result.output
    assert all(file.read_bytes().startswith(b"PK") for file in files.values())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["2026-13", "--docx", "x.docx"], "is no month"),
        (["2026-07"], "Say where to write it"),
        (["2026-07", "--docx", "x.docx", "--county", "999999"], "--county must be one of"),
    ],
)
def test_what_it_can_not_do_it_says(run: CliRunner, make: Factory, arguments: list[str], words: str) -> None:
    Place(make)
    result = run.invoke(main, ["report", *arguments])
    assert result.exit_code == 2
    assert words in result.output
