"""总体情况: the month in a few numbers, against the month before and the same month of the year before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fieldvisit.reports import hand_queries, item_queries, rules
from fieldvisit.reports.hand_models import HandFigure
from fieldvisit.reports.item_queries import Monthly
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import Item
from fieldvisit.reports.snapshot import Chart, Column, Kind, Row, Snapshot, Table
from fieldvisit.reports.tables import COMMON

MONTHS = 13
COLUMNS = (
    Column("now", "本月"),
    Column("before", "上月"),
    Column("change", "比上月", Kind.CHANGE),
    Column("year_before", "去年同月"),
    Column("year_change", "比去年同月", Kind.CHANGE),
)
FIGURES = tuple(figure for figure in COMMON if not figure.key.startswith("received_"))
# Those that the ledger can tell of any month; others are known of months whose report was issued.
ALWAYS_KNOWN = ("received", "resolved")
BY_HAND = (("petitions", "信访量（件次）"), ("agency", "代办（件）"))


def tables_of(
    county_code: str, month: Month, items: Sequence[Item], earlier: Mapping[Month, Snapshot]
) -> tuple[Table, ...]:
    """Return the overview and the line of thirteen months, in two queries."""
    months = month.up_to_this(MONTHS)
    by_month, by_hand = item_queries.series(county_code, months), hand_queries.figures(county_code, months)
    reported = {past: earlier[past].table("overview") for past in earlier}
    counts = {figure.key: sum(1 for item in items if figure.counted(item.shape)) for figure in FIGURES}
    before, year_before = month.back(1), month.back(12)

    def figure_row(key: str, label: str) -> Row:
        values = [_known(past, key, reported, by_month) for past in (before, year_before)]
        return _row(key, label, counts[key], *values)

    rows = [figure_row(figure.key, figure.label) for figure in FIGURES]
    for key, label in BY_HAND:
        values = [_by_hand(by_hand, past, key) for past in (month, before, year_before)]
        rows.append(_row(key, label, *values))
    return (_overview(rows), _line(months, by_month, by_hand, month, counts))


def _known(past: Month, key: str, reported: Mapping[Month, Table], by_month: Mapping[Month, Monthly]) -> int | None:
    if past in reported:
        value = reported[past].row(key)["now"]
        return value if isinstance(value, int) else None
    number = getattr(by_month[past], key) if key in ALWAYS_KNOWN else None
    # Before the ledger began nothing is known, which is not the same as nothing.
    return number if number or any(any(by_month[one]) for one in by_month if one <= past) else None


def _by_hand(by_hand: Mapping[Month, HandFigure], month: Month, key: str) -> int | None:
    found = by_hand.get(month)
    return None if found is None else getattr(found, key)


def _row(key: str, label: str, now: int | None, before: int | None, year_before: int | None) -> Row:
    changes = [None if now is None else rules.change(now, past) for past in (before, year_before)]
    return Row(key, label, (now, before, changes[0], year_before, changes[1]))


def _overview(rows: Sequence[Row]) -> Table:
    note = "信访量和代办件数由群众工作部填报。举报和干部作风类诉求按规定单独办理，不在本报中。"
    return Table("overview", "主要数字", "项目", COLUMNS, tuple(rows), note=note)


def _line(
    months: Sequence[Month],
    by_month: Mapping[Month, Monthly],
    by_hand: Mapping[Month, HandFigure],
    month: Month,
    counts: Mapping[str, int],
) -> Table:
    columns = (
        Column("received", "受理"),
        Column("resolved", "化解"),
        *(Column(key, label) for key, label in BY_HAND),
    )
    rows = []
    for one in months:
        numbers = by_month[one] if one != month else Monthly(counts["received"], counts["resolved"])
        rows.append(Row(str(one), one.label, (*numbers, *(_by_hand(by_hand, one, key) for key, _ in BY_HAND))))
    return Table("series", "近十三个月", "月份", columns, tuple(rows), chart=Chart.LINE)
