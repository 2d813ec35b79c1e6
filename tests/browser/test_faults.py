"""Whatever breaks, at every step of a visit: all of it arrives, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Playwright

from fieldvisit.config import Settings
from tests.browser.faults import FAULTS, Bench, Fault
from tests.browser.walk import STEPS
from tests.factories import Factory

pytestmark = pytest.mark.browser


@pytest.fixture
def bench(app: Flask, settings: Settings, make: Factory, playwright: Playwright, tmp_path: Path) -> Iterator[Bench]:
    """A server, a line, a phone and a cadre of this test's own."""
    with closing(Bench(app, settings, make, playwright, tmp_path)) as bench:
        bench.begin()
        yield bench


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_nothing_is_lost_or_doubled_when_it_happens_at_every_step(bench: Bench, fault: Fault) -> None:
    found = bench.visit(fault, at=STEPS)
    assert found.is_whole, found
