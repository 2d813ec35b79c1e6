"""Ten minutes of villages: four phones make 200 visits while server and lines fail at random. Run `make soak`."""

from __future__ import annotations

import json
import multiprocessing
import random
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import sync_playwright

from fieldvisit import create_app
from fieldvisit.config import read_settings
from fieldvisit.extensions import db
from tests.browser.faults import HAS_PAGE, IS_EMPTY, take_pictures
from tests.browser.installation import Installation
from tests.browser.lasting_phone import LastingPhone
from tests.browser.line import Line, Mishap
from tests.browser.walk import STEPS, Walk, wait_until
from tests.databases import drop_database, fresh_database_url
from tests.factories import Factory
from tests.person import Person

PHONES, VISITS, LASTS_S = 4, 200, 600


@dataclass(frozen=True)
class Round:
    """What one phone has to do: where its line is, who is signed in, whom to visit."""

    url: str
    cookie: dict[str, Any]
    households: list[UUID]
    folder: Path
    photos: Path
    lasts_s: int


def walk_round(work: Round) -> None:
    """Make a phone's visits at an even pace, then wait until the last write is out; runs in a process of its own."""
    with sync_playwright() as playwright:
        phone = LastingPhone(playwright, work.folder, work.url)
        phone.sign_in(work.cookie)
        page = phone.page
        page.goto("/")
        wait_until(page, "() => Outbox.works()")
        page.evaluate("Outbox.say({ stockUp: 'now' })")
        wait_until(page, HAS_PAGE, f"/households/{work.households[-1]}/visit")
        (work.folder.parent / f"{work.folder.name}.ready").touch()
        begun = time.monotonic()
        for number, household_id in enumerate(work.households):
            pace = begun + number * work.lasts_s / len(work.households)
            time.sleep(max(0, pace - time.monotonic()))
            walk = Walk(household_id, work.photos)
            walk.open(page)
            for step in STEPS:
                walk.take(page, step)
        end = time.monotonic() + 300
        while not page.evaluate(IS_EMPTY) and time.monotonic() < end:
            page.evaluate("window.dispatchEvent(new Event('online'))")
            time.sleep(1)
        phone.close()


def trouble(installation: Installation, lines: list[Line]) -> str:
    """Let one thing go wrong, for a moment; return what."""
    line = random.choice(lines)
    what = random.choice(["server killed", "line down", "line slow", "answer lost", "cut"])
    if what == "server killed":
        installation.kill()
        time.sleep(random.uniform(0.2, 3))
        installation.start()
    elif what == "line down":
        line.down = True
        time.sleep(random.uniform(0.2, 4))
        line.down = False
    elif what == "line slow":
        line.delay_s = 1.0
        time.sleep(random.uniform(0.5, 4))
        line.delay_s = 0.0
    else:
        line.mishap = Mishap(replies=True) if what == "answer lost" else Mishap(random.random())
    return what


def rounds_for(app: Flask, lines: list[Line], folder: Path, visits: int, lasts_s: int) -> list[Round]:
    """Make cadres with households, each with a line of their own."""
    make, photos = Factory(), take_pictures(folder / "pictures")
    rounds = []
    for number, line in enumerate(lines):
        cadre = make.cadre(name=f"干部{number + 1}")
        households = [make.household(f"户主{n + 1}", paired=cadre).id for n in range(visits // PHONES)]
        cookie = Person(app, cadre).client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        session = {"name": cookie.key, "value": cookie.value}
        rounds.append(Round(line.url, session, households, folder / f"phone-{number}", photos, lasts_s))
    return rounds


def soak(app: Flask, installation: Installation, folder: Path, visits: int, lasts_s: int) -> dict[str, int]:
    """Let the phones make their visits under trouble; return what happened and what arrived."""
    lines = [Line(installation.port) for _ in range(PHONES)]
    rounds = rounds_for(app, lines, folder, visits, lasts_s)
    spawn = multiprocessing.get_context("spawn")
    phones = [spawn.Process(target=walk_round, args=(work,)) for work in rounds]
    for phone in phones:
        phone.start()
    while not all((folder / f"{work.folder.name}.ready").exists() for work in rounds):
        assert all(phone.is_alive() for phone in phones), "a phone broke before it began"
        time.sleep(0.2)
    happened: dict[str, int] = {}
    end = time.monotonic() + lasts_s
    while any(phone.is_alive() for phone in phones):
        if time.monotonic() < end:
            what = trouble(installation, lines)
            happened[what] = happened.get(what, 0) + 1
        time.sleep(random.uniform(0.3, 2))
    assert all(phone.exitcode == 0 for phone in phones), "a phone broke"
    found = [Walk(household, work.photos).found() for work in rounds for household in work.households]
    return happened | {
        "visits made": len(found),
        "arrived": sum(one.visits > 0 for one in found),
        "doubled": sum(one.visits > 1 for one in found),
        "not whole": sum(not one.is_whole for one in found),
    }


def main() -> int:
    """Soak (`python -m bench.soak VISITS SECONDS` for less); print what happened; 1 if anything is not whole."""
    visits, lasts_s = map(int, sys.argv[1:3] or (VISITS, LASTS_S))
    with tempfile.TemporaryDirectory(prefix="fieldvisit-soak-") as name:
        url = fresh_database_url(Path(name))
        mode = {"FIELDVISIT_MODE": "demo", "FIELDVISIT_DATA_DIR": name, "FIELDVISIT_DATABASE_URL": url}
        settings = read_settings(mode)
        app = create_app(settings)
        with app.app_context(), closing(Installation(settings)) as installation:
            installation.start()
            result = soak(app, installation, Path(name), visits, lasts_s)
            db.session.remove()
            db.engine.dispose()
        drop_database(url)
    print(json.dumps(result, ensure_ascii=False, indent=2))
    return 0 if result["not whole"] == 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
