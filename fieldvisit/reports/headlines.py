"""The four numbers that stand above a report."""

from __future__ import annotations

from typing import NamedTuple

from fieldvisit.reports.rules import rate
from fieldvisit.reports.snapshot import Kind, Snapshot, Value, shown


class Headline(NamedTuple):
    """One number: how it is called, the number itself, and what puts it into proportion."""

    label: str
    number: str
    words: str


def headlines_of(snapshot: Snapshot) -> list[Headline]:
    """Return a report's headlines: received, resolved, level A, and what the residents said."""
    overview, level, said = (snapshot.table(key) for key in ("overview", "level", "satisfaction"))
    received, resolved, closed = (overview.row(key) for key in ("received", "resolved", "closed"))
    pressing: dict[str, Value] = level.row("A") if any(row.key == "A" for row in level.rows) else {}
    judged = said.row("concerns")
    unhappy = f"不满意 {judged['dissatisfied']} · 未评价 {judged['unrated']}"
    return [
        Headline("群众诉求", shown(received["now"], Kind.COUNT), _compared(received)),
        Headline("当月化解", shown(resolved["now"], Kind.COUNT), _share(resolved["now"], closed["now"])),
        Headline("A 级诉求", shown(pressing.get("received", 0), Kind.COUNT), f"办结 {pressing.get('closed', 0)}"),
        Headline("群众满意", shown(judged["rate"], Kind.SHARE), unhappy),
    ]


def _compared(row: dict[str, Value]) -> str:
    changes = (("比上月", row["change"]), ("比去年同月", row["year_change"]))
    return " · ".join(f"{words} {shown(value, Kind.CHANGE)}" for words, value in changes if value is not None)


def _share(part: Value, whole: Value) -> str:
    assert isinstance(part, int)
    assert isinstance(whole, int)
    share = rate(part, whole)
    return f"办结 {whole}" if share is None else f"占办结的 {shown(share, Kind.SHARE)}"
