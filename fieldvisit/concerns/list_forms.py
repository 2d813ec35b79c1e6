"""Reading a work list's filters from the address."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fieldvisit.concerns.rules import Level, Stage
from fieldvisit.concerns.seat_queries import Seat
from fieldvisit.fields import clean_line
from fieldvisit.numbers import small_number

MAX_TYPED = 60
SENSIBLE_YEARS = range(2000, 2101)
MONTHS_OFFERED = 24
MOST_CODE = 24


class Chip(enum.StrEnum):
    """One work list of a seat."""

    NEW = "new"
    TO_DISPATCH = "to_dispatch"
    IN_HAND = "in_hand"
    SOON = "soon"
    OVERDUE = "overdue"
    REPLIED = "replied"
    DONE = "done"
    SECRET = "secret"  # noqa: S105  # the confidential ones, not a password
    ALL = "all"


CHIP_WORDS = {
    Chip.NEW: "待受理",
    Chip.TO_DISPATCH: "待交办",
    Chip.IN_HAND: "办理中",
    Chip.SOON: "快到期",
    Chip.OVERDUE: "超期",
    Chip.REPLIED: "已答复",
    Chip.DONE: "办结",
    Chip.SECRET: "密件",
    Chip.ALL: "全部",
}
SEAT_WORDS = {
    Seat.OFFICE: "群众工作部门",
    Seat.HANDLER: "承办单位",
    Seat.SUPERVISOR: "本单位",
    Seat.CADRE: "我的住户",
}
_BY_STAGE = (Chip.NEW, Chip.TO_DISPATCH, Chip.IN_HAND, Chip.OVERDUE, Chip.REPLIED, Chip.DONE)
# The first one is what the page opens with.
CHIPS: Mapping[Seat, tuple[Chip, ...]] = {
    Seat.OFFICE: (*_BY_STAGE, Chip.SECRET, Chip.ALL),
    Seat.HANDLER: (Chip.IN_HAND, Chip.SOON, Chip.OVERDUE, Chip.REPLIED, Chip.ALL),
    Seat.SUPERVISOR: (Chip.IN_HAND, *(chip for chip in _BY_STAGE if chip is not Chip.IN_HAND), Chip.ALL),
    Seat.CADRE: (Chip.IN_HAND, Chip.REPLIED, Chip.DONE),
}
# Work that waits for whoever looks: these lists say how many, up to 99.
COUNTED: Mapping[Seat, tuple[Chip, ...]] = {
    Seat.OFFICE: (Chip.NEW, Chip.TO_DISPATCH, Chip.OVERDUE),
    Seat.HANDLER: (Chip.IN_HAND, Chip.SOON, Chip.OVERDUE),
    Seat.SUPERVISOR: (Chip.OVERDUE,),
    Seat.CADRE: (),
}
BY_CLOCK = frozenset({Chip.SOON, Chip.OVERDUE})
RUNNING = (Stage.NEW, Stage.TO_DISPATCH, Stage.IN_HAND)
_STAGES = {
    Chip.NEW: (Stage.NEW,),
    Chip.TO_DISPATCH: (Stage.TO_DISPATCH,),
    Chip.IN_HAND: (Stage.IN_HAND,),
    Chip.SOON: RUNNING,
    Chip.OVERDUE: RUNNING,
    Chip.REPLIED: (Stage.REPLIED,),
    Chip.DONE: (Stage.DONE,),
}


def stages_of(seat: Seat, chip: Chip) -> tuple[Stage, ...]:
    """Return the stages in which the concerns of a work list stand."""
    if seat is Seat.HANDLER:
        # What is with the office again is no longer theirs.
        found = (Stage.IN_HAND,) if chip in BY_CLOCK else _STAGES.get(chip, (Stage.IN_HAND, Stage.REPLIED, Stage.DONE))
    elif seat is Seat.CADRE and chip is Chip.IN_HAND:
        # To a resident, all is being worked on from the day they spoke.
        found = RUNNING
    else:
        found = _STAGES.get(chip, tuple(Stage))
    return found


@dataclass(frozen=True)
class Filters:
    """What a reader asks a list for. `domain` is of the first or the second level; `month` is its first day."""

    seat: Seat
    chip: Chip
    typed: str = ""
    domain: str = ""
    level: Level | None = None
    nature: str = ""
    channel: str = ""
    area: str = ""
    unit_id: int | None = None
    month: date | None = None

    def as_args(self, **changed: str) -> dict[str, str]:
        """Return them for an address, without what is empty."""
        args = {
            "seat": self.seat.value,
            "list": self.chip.value,
            "q": self.typed,
            "domain": self.domain,
            "level": self.level.value if self.level else "",
            "nature": self.nature,
            "channel": self.channel,
            "area": self.area,
            "unit": str(self.unit_id or ""),
            "month": f"{self.month:%Y-%m}" if self.month else "",
        }
        return {key: value for key, value in (args | changed).items() if value}

    @property
    def narrows(self) -> bool:
        """Say whether they ask for less than the whole list."""
        return bool(self.typed) or self.is_folded

    @property
    def is_folded(self) -> bool:
        """Say whether one of the filters that lie folded away is set."""
        return any((self.domain, self.level, self.nature, self.channel, self.area, self.unit_id, self.month))

    @property
    def days(self) -> tuple[date, date] | None:
        """Return the first and the last day of the month asked for."""
        if self.month is None:
            return None
        return self.month, (self.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def read_filters(args: Mapping[str, str], seats: list[Seat]) -> Filters:
    """Read the filters of an address for a person with these seats; what makes no sense counts as not asked for."""
    seat = next((seat for seat in seats if seat.value == args.get("seat")), seats[0])
    chips = CHIPS[seat]
    area = args.get("area", "")
    return Filters(
        seat=seat,
        chip=next((chip for chip in chips if chip.value == args.get("list")), chips[0]),
        typed=(clean_line(args.get("q")) or "")[:MAX_TYPED],
        domain=_code(args.get("domain", "")),
        level=next((level for level in Level if level.value == args.get("level")), None),
        nature=_code(args.get("nature", "")),
        channel=_code(args.get("channel", "")),
        area=area if area.isascii() and area.isdigit() and 4 <= len(area) <= 12 else "",
        unit_id=small_number(args.get("unit")) or None,
        month=_month(args.get("month", "")),
    )


def months_to_choose(today: date) -> list[date]:
    """Return the first days of this month and of those before it, the latest first."""
    found = [today.replace(day=1)]
    while len(found) < MONTHS_OFFERED:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def _code(value: str) -> str:
    return value if value.isascii() and value.replace("_", "").isalnum() and len(value) <= MOST_CODE else ""


def _month(value: str) -> date | None:
    try:
        day = date.fromisoformat(f"{value}-01")
    except ValueError:
        return None
    return day if day.year in SENSIBLE_YEARS else None
