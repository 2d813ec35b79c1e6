"""The day's reminder in a real browser, at a server whose clock says that it is a working morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from fieldvisit.config import Settings
from tests.browser.conftest import PHONE, Devices
from tests.browser.serving import ROOT, Server, serving
from tests.browser.watching import assert_accessible
from tests.factories import Factory
from tests.followups.making import promise
from tests.person import Person

MORNING = "2026-11-24T02:00:00+00:00"
# Python loads a module of this name when it starts.
CLOCK = f"""
from datetime import datetime
from fieldvisit import clock
clock.now = lambda: datetime.fromisoformat("{MORNING}")
"""


@pytest.fixture
def in_the_morning(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Server]:
    """A server at which it is 10 o'clock on a Tuesday."""
    (tmp_path / "sitecustomize.py").write_text(CLOCK, encoding="utf-8")
    with serving(settings, root=Path(f"{tmp_path}:{ROOT}")) as server:
        yield server


def test_the_reminder_comes_once_and_leads_to_what_is_due(
    app: Flask, make: Factory, in_the_morning: Server, opened: Devices
) -> None:
    cadre = make.cadre()
    promise(cadre, make.household(paired=cadre), "修路", date(2026, 11, 24))
    with time_machine.travel(MORNING):
        cookie = Person(app, cadre).client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    page = opened.open(PHONE, in_the_morning)
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": in_the_morning.url}])
    page.goto("/households")
    line = page.get_by_text("今天有 1 件要回访")
    line.wait_for()
    assert_accessible(page)
    line.get_by_role("link", name="去看看").click()
    page.wait_for_url("**/followups")
    page.goto("/households", wait_until="networkidle")
    assert line.count() == 0
