"""A county's monthly report beside one bare GROUP BY of its month, at two sizes of the ledger, on both databases."""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections.abc import Callable
from statistics import median

import sqlalchemy as sa

from bench import concern_seeding
from bench.seeding import DATA
from bench.serving import our_environ
from bench.table import Row, machine, print_rows
from fieldvisit import clock, create_app
from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.models import Concern
from fieldvisit.config import read_settings
from fieldvisit.database import write_transactions
from fieldvisit.extensions import db
from fieldvisit.organisation import queries as organisation
from fieldvisit.reports import actions, item_queries, queries
from fieldvisit.reports.months import Month
from tests.databases import fresh_database_url
from tests.person import Person

ROUNDS = 9
SMALL, LARGE = 1_000, 1_000_000
# Of one bare GROUP BY, for a draft that is counted anew; an issued report has its own bar.
BAR, FROZEN_MS = 3, 50


class Office:
    """A ledger of so many concerns, and the office of its first county."""

    def __init__(self, concerns: int) -> None:
        folder = DATA / f"reports-{concerns}"
        url = fresh_database_url(folder) if os.environ.get("FIELDVISIT_TEST_DATABASE") == "postgresql" else ""
        ids = concern_seeding.make(folder, concerns, url)
        self.app = create_app(read_settings(our_environ(folder) | ({"FIELDVISIT_DATABASE_URL": url} if url else {})))
        self.draft, self.issued = Month.of(clock.today()).back(1), Month.of(clock.today()).back(2)
        with self.app.app_context():
            cadre = db.session.get_one(Cadre, ids.people["county office"])
            self.county = organisation.unit(cadre.unit_id).division_code or ""
            self.person = Person(self.app, cadre)
            with write_transactions():
                report = actions.draft_of(self.county, self.issued)
                actions.issue(cadre, report, report.version, clock.today())
                db.session.commit()

    def bare(self) -> int:
        """Group the draft's month by domain and level, and no more; return how many concerns it has."""
        rows = db.session.execute(
            sa.select(Concern.domain, Concern.level, sa.func.count())
            .where(
                Concern.county_code == self.county,
                Concern.registered_on.between(self.draft.first, self.draft.last),
                Concern.restricted.is_(False),
            )
            .group_by(Concern.domain, Concern.level)
        )
        return sum(row[2] for row in rows)

    def items(self) -> int:
        """Read the month's concerns, received and carried in."""
        return len(item_queries.items_of(self.county, self.draft))

    def built(self) -> int:
        """Count the whole report."""
        return len(actions.built(self.county, self.draft, clock.today()).items)

    def frozen(self) -> int:
        """Open the issued report, hash and all."""
        report = queries.report_of(self.county, self.issued)
        assert report is not None
        return len(queries.frozen(report).sections)

    def page(self, month: Month) -> int:
        """Ask for a report's page."""
        answer = self.person.get(f"/reports/{self.county}/{month}")
        assert answer.status_code == 200, answer.status
        return len(answer.data)

    def spent(self, what: Callable[[], int]) -> tuple[float, int]:
        """Return the median in ms, and what was found."""
        with self.app.app_context():
            found = what()
            gc.collect()
            times = []
            for _ in range(ROUNDS):
                start = time.perf_counter()
                what()
                times.append((time.perf_counter() - start) * 1000)
                db.session.rollback()
        return median(times), found


def main() -> None:
    """Print this part; FIELDVISIT_TEST_DATABASE=postgresql measures there."""
    arguments = argparse.ArgumentParser(prog="bench.reports")
    arguments.add_argument("--most", type=int, default=LARGE, help="how many concerns the large ledger has")
    sizes = (SMALL, arguments.parse_args().most)
    print(machine())
    for size in sizes:
        office = Office(size)
        bare, received = office.spent(office.bare)
        rows = []
        for what, done in (
            ("the month's concerns are read", office.items),
            ("a draft is counted", office.built),
            ("a draft's page", lambda office=office: office.page(office.draft)),
        ):
            took, _ = office.spent(done)
            rows.append(Row(what, f"{took:.1f} ms", f"{bare:.1f} ms", took / bare, BAR))
        for what, done in (
            ("an issued report is read", office.frozen),
            ("its page", lambda office=office: office.page(office.issued)),
        ):
            took, _ = office.spent(done)
            rows.append(Row(what, f"{took:.1f} ms", f"{FROZEN_MS} ms (bar)", took / FROZEN_MS, 1))
        print_rows(f"{size:,} concerns, {received:,} of the county's month", rows, "ours", "one GROUP BY")


if __name__ == "__main__":
    main()
