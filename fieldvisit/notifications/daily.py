"""Jobs that run once a day, whichever worker comes first and however often it is started."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.database import write_transactions
from fieldvisit.extensions import db
from fieldvisit.notifications import channel_queries
from fieldvisit.notifications.actions import insert_new
from fieldvisit.notifications.models import DailyRun

log = logging.getLogger(__name__)
# For how long a run belongs to its worker; one that failed or died is made again after that.
LEASE = timedelta(hours=1)


@dataclass(frozen=True)
class Job:
    """What runs once on each Chinese day, at the given hour or as soon after it as a worker runs."""

    name: str
    hour: int
    function: Callable[[], None]


_jobs: dict[str, Job] = {}


def register_daily(name: str, hour: int, function: Callable[[], None]) -> None:
    """Let `function` run once a day from `hour` (0 to 23, Chinese time) on.

    It runs in the application's context in one write transaction, which is committed with the mark that it ran; it
    does not commit itself, and must be short: on SQLite nobody else writes meanwhile. One that raises changes
    nothing, and is tried again an hour later on the same day. Register when the module of the views is loaded.
    """
    if not 0 <= hour <= 23:
        raise ValueError("an hour is 0 to 23")
    if _jobs.get(name, Job(name, hour, function)).function is not function:
        raise ValueError(f"two daily jobs are called {name!r}")
    _jobs[name] = Job(name, hour, function)


def run_due() -> list[str]:
    """Run the jobs that are due and have not run today; return their names. Commits after each."""
    local = clock.local(clock.now())
    settled = channel_queries.settled_runs(local.date(), clock.now())
    db.session.rollback()
    due = [job for job in _jobs.values() if job.hour <= local.hour and job.name not in settled]
    return [job.name for job in due if _claim(job, local.date(), clock.now()) and _run(job, local.date())]


def _claim(job: Job, day: date, now: datetime) -> bool:
    lapsed = sa.and_(
        DailyRun.name == job.name, DailyRun.day == day, DailyRun.done_at.is_(None), DailyRun.leased_until <= now
    )
    with write_transactions():
        is_mine = insert_new(DailyRun, [{"name": job.name, "day": day, "leased_until": now + LEASE}]) == 1
        if not is_mine:
            taken = sa.update(DailyRun).where(lapsed).values(leased_until=now + LEASE).returning(DailyRun.name)
            is_mine = db.session.execute(taken).first() is not None
        db.session.commit()
    return is_mine


def _run(job: Job, day: date) -> bool:
    with write_transactions():
        try:
            job.function()
            ran = sa.and_(DailyRun.name == job.name, DailyRun.day == day)
            db.session.execute(sa.update(DailyRun).where(ran).values(done_at=clock.now()))
            db.session.commit()
        except Exception:
            # One job's fault must not keep the others from running.
            db.session.rollback()
            log.exception("The daily job %s failed; it is tried again in an hour.", job.name)
            return False
    return True
