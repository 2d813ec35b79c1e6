"""Each fault at each step of a visit of its own, as a table for README. Run `make faults` (a quarter of an hour)."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from fieldvisit import create_app
from fieldvisit.config import read_settings
from fieldvisit.extensions import db
from tests.browser.faults import FAULTS, Bench, Fault
from tests.browser.walk import STEPS, Found, Step
from tests.databases import drop_database, fresh_database_url
from tests.factories import Factory


@contextmanager
def a_bench() -> Iterator[Bench]:
    """Give a bench outside pytest."""
    with tempfile.TemporaryDirectory(prefix="fieldvisit-faults-") as name, sync_playwright() as playwright:
        folder = Path(name)
        url = fresh_database_url(folder)
        mode = {"FIELDVISIT_MODE": "demo", "FIELDVISIT_DATA_DIR": name, "FIELDVISIT_DATABASE_URL": url}
        settings = read_settings(mode)
        app = create_app(settings)
        with app.app_context():
            with closing(Bench(app, settings, Factory(), playwright, folder)) as bench:
                bench.begin()
                yield bench
            db.session.remove()
            db.engine.dispose()
        drop_database(url)


def visited(bench: Bench, fault: Fault, step: Step) -> Found:
    """Make one visit with a fault at one step; what stays on the phone for ever is not whole."""
    try:
        return bench.visit(fault, at=(step,))
    except (AssertionError, PlaywrightError) as error:
        return Found(0, [str(error)])


def row(fault: Fault, found: list[Found]) -> str:
    """Sum up what became of a fault's visits."""
    arrived = sum(one.visits > 0 for one in found)
    doubled = sum(one.visits > 1 for one in found)
    whole = sum(one.is_whole for one in found)
    return f"| {fault.name} | {len(STEPS)} | {len(found)} | {arrived} | {doubled} | {len(found) - whole} |"


def main() -> int:
    """Print the table; return 1 if anything was lost or doubled."""
    print("| fault | steps at which it struck | visits made | arrived | doubled | not whole |")
    print("|---|---|---|---|---|---|", flush=True)
    bad = 0
    for fault in FAULTS:
        # A phone of its own for each fault: what one leaves behind must not help the next.
        with a_bench() as bench:
            found = [visited(bench, fault, step) for step in STEPS]
        bad += sum(not one.is_whole for one in found)
        print(row(fault, found), flush=True)
        for step, one in zip(STEPS, found, strict=True):
            if not one.is_whole:
                print(f"  at {step.name}: {one}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
