"""Reading the log's filters from the address, and a supervisor's decision from a form."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from wtforms import Form, HiddenField, IntegerField, TextAreaField, ValidationError
from wtforms.validators import AnyOf, InputRequired

from fieldvisit.fields import clean_line, clean_text
from fieldvisit.numbers import small_number
from fieldvisit.reviews.models import Decision

Member = TypeVar("Member", bound=enum.StrEnum)

MAX_REASON = 200
MAX_NAME = 40
SENSIBLE_YEARS = range(2000, 2101)
QUICK_REASONS = (
    "请补充住户反映的具体情况",
    "请写清承诺办什么、谁来办",
    "请核对承诺的日期",
    "照片看不清，方便时再补",
)


class Wanted(enum.StrEnum):
    """Which visits the log shows, by where they stand."""

    PENDING = "pending"
    READ = "read"
    SENT_BACK = "sent_back"
    ALL = "all"


class Period(enum.StrEnum):
    """When the visits were finished."""

    EVER = "ever"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    LAST_30_DAYS = "last_30_days"
    CHOSEN = "chosen"


WANTED_WORDS = {Wanted.PENDING: "待阅", Wanted.READ: "已阅", Wanted.SENT_BACK: "退回", Wanted.ALL: "全部"}
PERIOD_WORDS = {
    Period.EVER: "不限时间",
    Period.THIS_MONTH: "本月",
    Period.LAST_MONTH: "上月",
    Period.LAST_30_DAYS: "近 30 天",
    Period.CHOSEN: "自选日期",
}


@dataclass(frozen=True)
class Filters:
    """What a reader asks the log for; `trouble` says what was wrong with the chosen days."""

    state: Wanted = Wanted.PENDING
    area: str = ""
    unit_id: int | None = None
    cadre_id: int | None = None
    period: Period = Period.EVER
    first: date | None = None
    last: date | None = None
    name: str = ""
    trouble: str = ""

    def as_args(self) -> dict[str, str]:
        """Return them for an address, without what is as usual."""
        args = {
            "state": "" if self.state is Wanted.PENDING else self.state.value,
            "area": self.area,
            "unit": str(self.unit_id or ""),
            "cadre": str(self.cadre_id or ""),
            "period": "" if self.period is Period.EVER else self.period.value,
            "first": self.first.isoformat() if self.first else "",
            "last": self.last.isoformat() if self.last else "",
            "name": self.name,
        }
        return {key: value for key, value in args.items() if value}

    @property
    def narrows(self) -> bool:
        """Say whether they ask for certain visits, whenever and in whatever state."""
        return bool(self.area or self.unit_id or self.cadre_id or self.name)

    def days(self, today: date) -> tuple[date | None, date | None]:
        """Return the first and the last day asked for, both included; None: no bound."""
        month = today.replace(day=1)
        if self.period is Period.THIS_MONTH:
            return month, None
        if self.period is Period.LAST_MONTH:
            return (month - timedelta(days=1)).replace(day=1), month - timedelta(days=1)
        if self.period is Period.LAST_30_DAYS:
            return today - timedelta(days=29), None
        if self.period is Period.CHOSEN and not self.trouble:
            return self.first, self.last
        return None, None


def read_filters(args: Mapping[str, str]) -> Filters:
    """Read the filters of an address; what makes no sense counts as not asked for."""
    first, last, trouble = _chosen_days(args)
    area = args.get("area", "")
    return Filters(
        state=_member(Wanted, args.get("state"), Wanted.PENDING),
        area=area if area.isascii() and area.isdigit() and 4 <= len(area) <= 12 else "",
        unit_id=_id(args.get("unit", "")),
        cadre_id=_id(args.get("cadre", "")),
        period=_member(Period, args.get("period"), Period.EVER),
        first=first,
        last=last,
        name=(clean_line(args.get("name")) or "")[:MAX_NAME],
        trouble=trouble,
    )


def _member(kind: type[Member], value: str | None, default: Member) -> Member:
    return next((member for member in kind if member.value == value), default)


def _id(value: str) -> int | None:
    return small_number(value) or None


def _chosen_days(args: Mapping[str, str]) -> tuple[date | None, date | None, str]:
    if args.get("period") != Period.CHOSEN:
        return None, None, ""
    try:
        first, last = (date.fromisoformat(args[key]) if args.get(key) else None for key in ("first", "last"))
    except ValueError:
        return None, None, "日期不对，请写成 2026-09-01 这样。先按不限时间列出。"
    if any(day and day.year not in SENSIBLE_YEARS for day in (first, last)):
        return first, last, "日期不对，请检查年份。先按不限时间列出。"
    if first and last and last < first:
        return first, last, "结束日期早于开始日期，请改一下。先按不限时间列出。"
    return first, last, ""


class DecisionForm(Form):
    """已阅 or 退回补充, about the revision that the reader has seen."""

    revision = IntegerField(validators=[InputRequired()])
    decision = HiddenField(validators=[AnyOf([member.value for member in Decision])])
    reason = TextAreaField("退回的原因", filters=[clean_text])

    def decided(self) -> tuple[int, Decision, str]:
        """Return the revision seen, the decision and the reason of a form that is valid."""
        return self.revision.data or 0, Decision(self.decision.data or ""), self.reason.data or ""

    def validate_reason(self, field: TextAreaField) -> None:
        """Ask for a reason when the visit goes back, and keep it to what fits."""
        if self.decision.data != Decision.SENT_BACK:
            return
        if not field.data:
            raise ValidationError("请写一句原因，让干部知道要补充什么。")
        if len(field.data) > MAX_REASON:
            raise ValidationError(f"原因最多 {MAX_REASON} 个字，现在有 {len(field.data)} 个，请写短一点。")
