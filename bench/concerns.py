"""The work lists of the ledger and the search in them, at 1,000,000 concerns beside 1,000, on both databases."""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import quote

from bench import concern_seeding, growth
from bench.seeding import DATA
from bench.serving import our_environ
from bench.table import Row, machine, print_rows
from fieldvisit import create_app
from fieldvisit.accounts.models import Cadre
from fieldvisit.config import read_settings
from fieldvisit.extensions import db
from fieldvisit.paging import encode_cursor
from tests.databases import fresh_database_url
from tests.person import Person

BAR, ROUNDS = 2, 9
# With BENCH_CPU=1 the processor's time, which a busy machine disturbs less; not for PostgreSQL, a process of its own.
CLOCK = time.process_time if os.environ.get("BENCH_CPU") else time.perf_counter
SIZES = (1_000, 10_000, 100_000, 1_000_000)
WORDS = {
    "a common word": "水管", "a rare word": "蓝藻", "two words": "停水 老人", "one character": "水",
    "a rare character": "藻", "nothing": "没有的话",
}  # fmt: skip
CHIPS = {
    "city office": ("new", "to_dispatch", "in_hand", "overdue", "replied", "done", "secret", "all"),
    "county office": ("new", "to_dispatch", "in_hand", "overdue", "replied", "done", "secret", "all"),
    "department": ("in_hand", "soon", "overdue", "replied", "all"),
    "unit": ("new", "in_hand", "overdue", "replied", "done", "all"),
    "town": ("new", "in_hand", "overdue", "replied", "done", "all"),
    "cadre": ("in_hand", "replied", "done"),
}


@dataclass(frozen=True)
class Asked:
    """A page: who asks, its words in the table, its address; a deep one begins in the middle."""

    who: str
    what: str
    query: str
    is_deep: bool = False


def _pages() -> list[Asked]:
    pages = [Asked(who, chip, f"list={chip}") for who, chips in CHIPS.items() for chip in chips]
    for who in CHIPS:
        last = CHIPS[who][-1]
        pages.append(Asked(who, f"{last}, deep", f"list={last}", True))
        pages += [Asked(who, f"by {what}", f"list={last}&q={quote(typed)}") for what, typed in WORDS.items()]
    filters = {"a domain": "domain=0207", "last month": "month=2026-10", "a long ago month": "month=2025-06"}
    pages += [Asked("city office", f"of {what}", f"list=all&{query}") for what, query in filters.items()]
    # Nobody has one of this domain: as much as is looked through at all is looked through.
    seats = ("city office", "county office", "department", "unit", "town")
    pages += [Asked(who, "of a domain without any", "list=all&domain=0405") for who in seats]
    pages += [Asked("city office", f"in hand, by {w}", f"list=in_hand&q={quote(t)}") for w, t in WORDS.items()]
    return pages


class Ledger:
    """An installation with so many concerns, and the people who ask, signed in."""

    def __init__(self, concerns: int) -> None:
        self.concerns = concerns
        folder = DATA / f"concerns-{concerns}"
        url = fresh_database_url(folder) if os.environ.get("FIELDVISIT_TEST_DATABASE") == "postgresql" else ""
        ids = concern_seeding.make(folder, concerns, url)
        app = create_app(read_settings(our_environ(folder) | ({"FIELDVISIT_DATABASE_URL": url} if url else {})))
        self.app, self.people = app, {}
        for who, cadre_id in ids.people.items():
            with app.app_context():
                self.people[who] = Person(app, db.session.get_one(Cadre, cadre_id))

    def get(self, page: Asked) -> float:
        """Ask for a page; return the ms that it took."""
        after = f"&after={encode_cursor([str(self.concerns // 2)])}" if page.is_deep else ""
        start = CLOCK()
        answer = self.people[page.who].get(f"/concerns?{page.query}{after}", fragment=True)
        spent = (CLOCK() - start) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status} for {page.who}: {page.query}")
        return spent


def main() -> None:
    """Print this part; FIELDVISIT_TEST_DATABASE=postgresql measures there."""
    arguments = argparse.ArgumentParser(prog="bench.concerns")
    arguments.add_argument("--growth", action="store_true", help="measure four sizes")
    arguments.add_argument("--most", type=int, default=SIZES[-1], help="how many concerns the large ledger has")
    chosen = arguments.parse_args()
    sizes = [size for size in SIZES if size < chosen.most] if chosen.growth else SIZES[:1]
    sizes = [*sizes, chosen.most]
    print(machine())
    times = _times([Ledger(size) for size in sizes])
    if chosen.growth:
        print(growth.table(times, sizes))
        return
    rows = [Row(name, f"{row[0]:.1f} ms", f"{row[-1]:.1f} ms", row[-1] / row[0], BAR) for name, row in times.items()]
    print_rows("Work lists of the ledger; medians", rows, f"{sizes[0]:,}", f"{sizes[-1]:,}")


def _times(ledgers: Sequence[Ledger]) -> dict[str, list[float]]:
    """Return each page's median in ms at each size; the sizes take turns."""
    found = {}
    for page in _pages():
        spent: list[list[float]] = [[] for _ in ledgers]
        for ledger in ledgers:
            ledger.get(page)  # fills the caches
        gc.collect()
        for _ in range(ROUNDS):
            for ledger, times in zip(ledgers, spent, strict=True):
                times.append(ledger.get(page))
        found[f"{page.who}: {page.what}"] = [median(times) for times in spent]
    return found


if __name__ == "__main__":
    main()
