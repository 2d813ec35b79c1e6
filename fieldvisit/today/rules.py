"""Why a household should be visited, its own need and never a quota of the cadre; when one may be reminded of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from fieldvisit.workdays.rules import Table, is_working_day

# 老年优待证 is due to everybody who reaches this age.
ENTITLED_AGE = 70
REMIND_FROM, REMIND_UNTIL = time(8, 30), time(17, 30)


@dataclass(frozen=True)
class Need:
    """Reasons to visit a household, in words, and how pressing they are (greater first)."""

    reasons: tuple[str, ...]
    weight: int


def entitled_birth_month(today: date) -> str:
    """Return the month of birth ("1956-11") of those who reach the entitled age this month."""
    return f"{today.year - ENTITLED_AGE:04}-{today.month:02}"


def need(last_visited: date | None, after_days: int, reaches_age: bool, today: date) -> Need:
    """Return why a household should be visited now; no reasons mean that nothing presses.

    `after_days` is how long a household like this one may go unvisited.
    """
    reasons, weight = [], 0
    # Brought along at a visit this month, the card is no reason for another.
    if reaches_age and (last_visited is None or last_visited < today.replace(day=1)):
        reasons.append("老年优待证本月到龄")
        weight += 1000
    if last_visited is None:
        reasons.append("首次走访")
        weight += 500
    else:
        days = (today - last_visited).days
        if days >= after_days:
            reasons.append(f"{days} 天未走访")
            weight += min(days, 400)
    return Need(tuple(reasons), weight)


def greeting(hour: int) -> str:
    """Return a greeting for an hour of the day (0-23)."""
    if hour < 5 or hour >= 19:
        return "晚上好"
    if hour < 12:
        return "上午好"
    return "中午好" if hour < 14 else "下午好"


def may_remind(now: datetime, last_on: date | None, muted: bool, table: Table) -> bool:
    """Say whether a reminder may be shown: in working hours, once a day, not to whoever muted them.

    `now` is Chinese wall-clock time, `last_on` the day of the last reminder.
    """
    today = now.date()
    if muted or (last_on is not None and last_on >= today):
        return False
    return REMIND_FROM <= now.time() < REMIND_UNTIL and is_working_day(today, table)


def reminder_words(due: int, overdue: int) -> str:
    """Say how many return visits are due today and overdue: 今天有 2 件要回访，1 件超期; "" for none."""
    told = [f"今天有 {due} 件要回访"] * bool(due)
    return "，".join([*told, *[f"{overdue} 件超期" if told else f"有 {overdue} 件回访超期"] * bool(overdue)])
