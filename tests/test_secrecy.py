"""What must not leave the database by a side door: file permissions, logs."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit.extensions import db
from tests.factories import Factory

ROOT = Path(__file__).parent.parent


def test_other_users_of_the_machine_read_nothing_of_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "new" / "data"
    for name, value in {
        "FIELDVISIT_MODE": "demo",
        "FIELDVISIT_DATA_DIR": str(data),
        "FIELDVISIT_DATABASE_URL": "",
        "PYTHONPATH": str(ROOT),
    }.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-m", "fieldvisit", "demo", "--no-serve"]
    subprocess.run(command, check=True, capture_output=True, timeout=120, umask=0o022)
    open_to_others = [
        str(path.relative_to(tmp_path))
        for path in (data, *data.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert (data / "fieldvisit.db").is_file()
    assert open_to_others == []


def test_an_error_of_the_database_names_no_values(app: Flask, make: Factory) -> None:
    make.cadre(name="不该出现的名字", user_name="wangmin")
    with pytest.raises(sa.exc.IntegrityError) as caught:
        make.cadre(name="不该出现的名字", user_name="wangmin")
    db.session.rollback()
    assert "不该出现的名字" not in str(caught.value)
