"""Pages of lists at a million households beside the same pages at a thousand. Run `python -m bench.lists`.

`--households N` measures a smaller ledger; `--growth` four sizes, as a table and as bench/growth.svg. The databases
are made once (a few minutes and 6 GB for a million) and kept in bench/data/.
"""

from __future__ import annotations

import argparse
import gc
import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import quote

from bench import growth
from bench.places import Plan
from bench.seeding import PENDING, TAGS, VISITS_EACH, phone, seeded
from bench.serving import our_environ
from bench.table import Row, machine, print_rows
from fieldvisit import create_app
from fieldvisit.accounts.models import Cadre
from fieldvisit.config import read_settings
from fieldvisit.extensions import db
from fieldvisit.paging import encode_cursor
from tests.person import Person

BAR = 2
SMALL, LARGE = 1_000, 1_000_000
GROWTH = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS = 15
CADRE, UNIT, TOWN, OFFICE = "cadre", "unit supervisor", "town supervisor", "office"


@dataclass(frozen=True)
class PageAsked:
    """A page: who asks for it, its words in the table, its address, and the key that a deep one begins after."""

    who: str
    what: str
    address: str
    after: str = ""


def _household_pages(who: str) -> list[PageAsked]:
    searches = [("李", "a surname"), ("lgy", "initials"), ("17号", "a door"), (phone(100)[-4:], "a phone's end")]
    village = Plan.for_households(LARGE).village(0)
    every = "/households?mine=0"
    return [
        PageAsked(who, "households", every),
        PageAsked(who, "households, deep", every, "middle" if who == OFFICE else "near"),
        PageAsked(who, "of a village", f"{every}&area={village}"),
        PageAsked(who, "with a tag", f"{every}&tag={quote(TAGS[0])}"),
        *(PageAsked(who, f"found by {what}", f"{every}&q={quote(typed)}") for typed, what in searches),
    ]


def _log_pages(who: str) -> list[PageAsked]:
    return [
        PageAsked(who, "log, unread", "/reviews"),
        PageAsked(who, "log, unread, deep", "/reviews", "unread"),
        PageAsked(who, "log, all", "/reviews?state=all"),
        PageAsked(who, "log, all, deep", "/reviews?state=all", "visit"),
        PageAsked(who, "log, of a cadre", "/reviews?state=all&unit=1&cadre=1"),
        PageAsked(who, "log, last month", "/reviews?state=all&period=last_month"),
        PageAsked(who, "log, by a name", f"/reviews?state=all&name={quote('李桂英')}"),
    ]


PAGES = (
    PageAsked(CADRE, "today", "/"),
    PageAsked(CADRE, "own visits", "/visits"),
    PageAsked(CADRE, "own visits, deep", "/visits", "own"),
    PageAsked(CADRE, "return visits", "/followups"),
    PageAsked(CADRE, "own households", "/households"),
    *_household_pages(CADRE),
    *_household_pages(OFFICE),
    *_log_pages(UNIT),
    *_log_pages(TOWN),
    *_log_pages(OFFICE),
    PageAsked(CADRE, "residents: messages", "/messages?state=all"),
    PageAsked(OFFICE, "residents: messages", "/messages?state=all"),
    PageAsked(OFFICE, "residents: new messages", "/messages"),
    PageAsked(OFFICE, "residents: complaints, open", "/complaints/desk"),
    PageAsked(OFFICE, "residents: complaints, all", "/complaints/desk?state=all"),
    PageAsked(UNIT, "residents: not satisfied", "/dissatisfied"),
    PageAsked(OFFICE, "residents: not satisfied", "/dissatisfied?state=redo"),
    PageAsked(OFFICE, "residents: checks", "/checks/results"),
)


@dataclass
class Ledger:
    """An installation with so many households, and the people who ask, signed in."""

    households: int
    people: dict[str, Person] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        folder = seeded(self.households)
        app = create_app(read_settings(our_environ(folder)))
        cadres = Plan.for_households(self.households).cadres
        ids = {CADRE: 1, UNIT: cadres + 1, TOWN: cadres + 2, OFFICE: cadres + 3}
        for who, cadre_id in ids.items():
            with app.app_context():
                self.people[who] = Person(app, db.session.get_one(Cadre, cadre_id))
        with closing(sqlite3.connect(folder / "fieldvisit.db")) as connection:
            self.cursors = _cursors(connection, self.households)

    def get(self, page: PageAsked) -> tuple[float, int]:
        """Ask for a page; return the ms that it took and its length."""
        address = page.address
        if page.after:
            address += f"{'&' if '?' in address else '?'}after={self.cursors[page.after]}"
        start = time.perf_counter()
        answer = self.people[page.who].get(address)
        spent = (time.perf_counter() - start) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status} for {page.who}: {address}")
        return spent, len(answer.data)


def _cursors(connection: sqlite3.Connection, households: int) -> dict[str, str]:
    """Return the keys after which deep pages begin."""
    visits = households * VISITS_EACH
    road = "village_code, group_no, door_order, id"
    moment = "strftime('%Y-%m-%dT%H:%M:%f000+00:00', finished_at), id"
    keys = {
        "near": (road, "household", 400),
        "middle": (road, "household", households // 2),
        "visit": (moment, "visit", visits // 2),
        "unread": (moment, "visit", int(visits * (1 - PENDING / 2))),
        "own": ("visited_on, id", "visit", visits // 2),
    }
    rows = {
        name: connection.execute(f"SELECT {key} FROM {table} WHERE rowid = {at}").fetchone()
        for name, (key, table, at) in keys.items()
    }
    return {name: encode_cursor([str(value) for value in row]) for name, row in rows.items()}


def main() -> None:
    """Print this part alone."""
    arguments = argparse.ArgumentParser(prog="bench.lists")
    arguments.add_argument("--households", type=int, default=_large(), help="how large the large ledger is")
    arguments.add_argument("--growth", action="store_true", help="measure four sizes, and draw bench/growth.svg")
    arguments.add_argument("--only", default="", help="only pages with this in their name")
    chosen = arguments.parse_args()
    pages = [page for page in PAGES if chosen.only in f"{page.who}: {page.what}"]
    print(machine())
    if chosen.growth:
        times = _times(pages, GROWTH)
        print(growth.table(times, GROWTH))
        growth.draw(times, GROWTH)
    else:
        _print(_rows(pages, chosen.households), chosen.households)


def measure() -> list[Row]:
    """Return each page at the large size beside the same page at the small one."""
    return _rows(PAGES, _large())


def _large() -> int:
    return int(os.environ.get("BENCH_HOUSEHOLDS", LARGE))


def _rows(pages: Sequence[PageAsked], households: int) -> list[Row]:
    return [
        Row(name, f"{small:.1f} ms", f"{large:.1f} ms", large / small, BAR)
        for name, (small, large) in _times(pages, (SMALL, households)).items()
    ]


def _print(rows: list[Row], households: int) -> None:
    title = f"Pages of lists at {SMALL:,} and at {households:,} households, five times as many visits; medians"
    print_rows(title, rows, f"{SMALL:,}", f"{households:,}")


def _times(pages: Sequence[PageAsked], sizes: Sequence[int]) -> dict[str, list[float]]:
    """Return each page's median in ms at each size; the sizes take turns."""
    ledgers = [Ledger(size) for size in sizes]
    return {f"{page.who}: {page.what}": _medians(page, ledgers) for page in pages}


def _medians(page: PageAsked, ledgers: Sequence[Ledger]) -> list[float]:
    spent: list[list[float]] = [[] for _ in ledgers]
    for ledger in ledgers:
        ledger.get(page)  # fills the caches
    gc.collect()
    for _ in range(ROUNDS):
        for ledger, times in zip(ledgers, spent, strict=True):
            times.append(ledger.get(page)[0])
    return [median(times) for times in spent]


if __name__ == "__main__":
    main()
