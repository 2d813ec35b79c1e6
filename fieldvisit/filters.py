"""How dates, numbers and names are shaped for reading."""

from __future__ import annotations

import re
from datetime import date, datetime

from flask import Flask

from fieldvisit import clock

WEEKDAYS = "一二三四五六日"
FULL_PHONE = re.compile(r"^(\d{3})(\d{4})(\d{4})$")


def day(value: date) -> str:
    """Write a day as 9月12日, with the year when it is not this one."""
    text = f"{value.month}月{value.day}日"
    return text if value.year == clock.today().year else f"{value.year}年{text}"


def whole_day(value: date) -> str:
    """Write a day as 2026年9月12日, for what people keep."""
    return f"{value.year}年{value.month}月{value.day}日"


def full_day(value: date) -> str:
    """Write a day as 9 月 12 日 星期四."""
    return f"{value.month} 月 {value.day} 日 星期{WEEKDAYS[value.weekday()]}"


def moment(value: datetime) -> str:
    """Write an instant as 今天 10:31, 昨天 16:20 or 9月12日 16:20, in Chinese time."""
    local = clock.local(value)
    days = (clock.today() - local.date()).days
    word = {0: "今天", 1: "昨天"}.get(days) or day(local.date())
    return f"{word} {local:%H:%M}"


def wall_time(value: datetime) -> str:
    """Write an instant's Chinese time of day: 10:42."""
    return f"{clock.local(value):%H:%M}"


def masked_phone(value: str) -> str:
    """Hide the middle of a phone number: 138****0001."""
    if len(value) < 7:
        return "*" * len(value)
    return value[:3] + "*" * (len(value) - 7) + value[-4:]


def spaced_phone(value: str) -> str:
    """Write a mobile number in groups, easier to read out: 138 0553 0001."""
    return FULL_PHONE.sub(r"\1 \2 \3", value)


def init_filters(app: Flask) -> None:
    """Make the filters known to templates."""
    for function in (day, whole_day, full_day, moment, wall_time, masked_phone, spaced_phone):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals["today"] = clock.today
