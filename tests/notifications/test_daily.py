"""Facts about daily jobs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.extensions import db
from fieldvisit.notifications import daily
from fieldvisit.notifications.models import DailyRun
from fieldvisit.organisation.models import Unit

HALF_PAST_FOUR = datetime(2026, 11, 20, 4, 30, tzinfo=clock.CHINA)
HOUR = timedelta(hours=1)


@pytest.fixture
def ran(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When the only job, due from five, ran."""
    monkeypatch.setattr(daily, "_jobs", {})
    times: list[datetime] = []
    daily.register_daily("count", 5, lambda: times.append(clock.now()))
    return times


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    """A clock that goes only as told."""
    with time_machine.travel(HALF_PAST_FOUR, tick=False) as traveller:
        yield traveller


def test_a_job_runs_once_on_each_chinese_day_from_its_hour_on(
    ran: list[datetime], time: time_machine.Traveller
) -> None:
    for _ in range(2 * 24 * 4):
        daily.run_due()
        time.shift(HOUR / 4)
    assert ran == [HALF_PAST_FOUR + HOUR / 2, HALF_PAST_FOUR + HOUR / 2 + timedelta(days=1)]


def test_a_worker_that_starts_late_in_the_day_makes_up_for_it_once(
    ran: list[datetime], time: time_machine.Traveller
) -> None:
    time.shift(18 * HOUR)
    assert daily.run_due() == ["count"]
    assert daily.run_due() == []


def test_several_workers_at_once_run_it_once(app: Flask, ran: list[datetime], time: time_machine.Traveller) -> None:
    time.shift(HOUR)

    def work(_number: int) -> list[str]:
        with app.app_context():
            try:
                return daily.run_due()
            finally:
                db.session.remove()

    db.session.remove()
    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(work, range(6))) == [[]] * 5 + [["count"]]
    assert len(ran) == 1


def test_a_job_that_fails_changes_nothing_is_tried_again_in_an_hour_and_holds_up_no_other(
    ran: list[datetime], time: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def fail() -> None:
        tries.append(clock.now())
        db.session.add(Unit(name="不该留下", path="/9/"))
        db.session.flush()
        raise OSError("no disk")

    daily.register_daily("broken", 5, fail)
    time.shift(HOUR)
    assert daily.run_due() == ["count"]
    assert daily.run_due() == []
    assert len(tries) == 1
    time.shift(HOUR)
    daily.run_due()
    assert len(tries) == 2
    assert "The daily job broken failed" in caplog.text
    assert db.session.scalars(sa.select(Unit.name)).all() == []


def test_a_run_that_died_is_made_again_on_the_same_day(ran: list[datetime], time: time_machine.Traveller) -> None:
    time.shift(HOUR)
    assert daily._claim(daily._jobs["count"], date(2026, 11, 20), clock.now())
    assert daily.run_due() == []
    time.shift(HOUR)
    assert daily.run_due() == ["count"]


def test_the_run_and_what_it_did_are_kept_together(ran: list[datetime], time: time_machine.Traveller) -> None:
    daily.register_daily("unit", 0, lambda: db.session.add(Unit(name="夜里加的", path="/9/")))
    daily.run_due()
    db.session.rollback()
    assert db.session.scalars(sa.select(Unit.name)).all() == ["夜里加的"]
    assert db.session.scalars(sa.select(DailyRun.name).where(DailyRun.done_at.is_not(None))).all() == ["unit"]


def test_two_jobs_of_one_name_or_an_hour_that_is_none_are_a_mistake(ran: list[datetime]) -> None:
    with pytest.raises(ValueError, match="two daily jobs"):
        daily.register_daily("count", 5, lambda: None)
    with pytest.raises(ValueError, match="0 to 23"):
        daily.register_daily("other", 24, lambda: None)


def test_the_sweep_of_notices_is_registered(app: Flask) -> None:
    assert "sweep-notices" in daily._jobs
