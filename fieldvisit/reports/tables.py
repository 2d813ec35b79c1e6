"""The tables that count concerns. A number in them is a row's key and a figure: one rule counts and traces it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fieldvisit.reports import rules
from fieldvisit.reports.rules import Counted, Item, Shape, Weights
from fieldvisit.reports.snapshot import Chart, Column, Kind, Row, Table, Value

RowOf = Callable[[Item], str]


@dataclass(frozen=True)
class Figure:
    """A column that counts concerns."""

    key: str
    label: str
    counted: Counted


@dataclass(frozen=True)
class Breakdown:
    """A table that counts concerns by one of their facts."""

    key: str
    title: str
    head: str
    row_of: RowOf
    figures: tuple[Figure, ...]
    chart: Chart = Chart.NONE
    note: str = ""


LEVELS = ("A", "B", "C")
CAME = tuple(Figure(f"received_{level}", f"{level}级", rules.of_level(level, rules.received)) for level in LEVELS)
COMMON = (
    Figure("received", "本月受理", rules.received),
    *CAME,
    Figure("carried_in", "上月结转", rules.carried_in),
    Figure("closed", "本月办结", rules.closed),
    Figure("resolved", "其中化解", rules.resolved),
    Figure("unresolved", "月底未办结", rules.unresolved),
    Figure("overdue", "其中超期", rules.overdue),
)
# A level's own table needs no columns of levels.
WITHOUT_LEVELS = tuple(figure for figure in COMMON if figure not in CAME)
RESPONSIBILITY = (
    *(
        figure
        for level in LEVELS
        for figure in (
            Figure(f"received_{level}", f"{level}级受理", rules.of_level(level, rules.received)),
            Figure(
                f"closed_{level}", f"{level}级办结", rules.of_level(level, rules.both(rules.received, rules.closed))
            ),
        )
    ),
    Figure("carried_in", "上月结转", rules.carried_in),
    Figure("carried_closed", "结转办结", rules.both(rules.carried_in, rules.closed)),
    Figure("unresolved", "月底未办结", rules.unresolved),
)
OUTCOME = (
    *(Figure(f"scored_{level}", f"{level}级", rules.of_level(level, rules.scored)) for level in LEVELS),
    Figure("resolved", "化解", rules.resolved),
    Figure("partly_resolved", "部分化解", rules.partly_resolved),
    Figure("unresolved", "未化解", rules.unresolved),
    Figure("overdue", "其中超期", rules.overdue),
    Figure("left_out", "不计", rules.left_out),
)
TOWN_DIGITS = 9
# The key of what no unit is responsible for yet.
NO_UNIT = "0"
# Channels by which cadres find out themselves; by all others people bring it.
FOUND_BY_CADRES = frozenset({"home_visit", "station", "forum", "grid"})
LEFT_OUT_NOTE = "解释说明、不支持、转出、撤回、并案的不计入成效，列在下表。"


def origin_of(item: Item) -> str:
    """Return whether cadres found out or people brought it."""
    return "found" if item.channel in FOUND_BY_CADRES else "brought"


BREAKDOWNS: Mapping[str, Breakdown] = {
    breakdown.key: breakdown
    for breakdown in (
        Breakdown("origin", "干部发现和群众反映", "来源", origin_of, COMMON),
        Breakdown("channel", "按表达渠道", "渠道", lambda item: item.channel, COMMON),
        Breakdown("nature", "按诉求性质", "性质", lambda item: item.nature, COMMON),
        Breakdown("domain", "按涉及领域", "领域", lambda item: item.domain[:2], COMMON, Chart.BARS),
        Breakdown("subdomain", "按涉及领域（二级）", "领域", lambda item: item.domain, COMMON),
        Breakdown("level", "按等级", "等级", lambda item: item.shape.level, WITHOUT_LEVELS),
        Breakdown("town", "按乡镇", "乡镇", lambda item: item.village_code[:TOWN_DIGITS], COMMON, Chart.BARS),
        Breakdown("locality", "属地责任", "单位", lambda item: str(item.locality_unit), RESPONSIBILITY),
        Breakdown("lead", "主管部门责任", "单位", lambda item: str(item.lead_unit), RESPONSIBILITY),
        Breakdown("contact", "双联系单位责任", "单位", lambda item: str(item.contact_unit), RESPONSIBILITY),
        Breakdown(
            "outcome", "责任单位当月化解成效", "单位", lambda item: str(item.handling_unit), OUTCOME, note=LEFT_OUT_NOTE
        ),
    )
}
UNIT_TABLES = ("locality", "lead", "contact", "outcome")


@dataclass(frozen=True)
class Names:
    """How rows are called: by table, the keys in their order with their words; others come after, as `fallback`."""

    rows: Mapping[str, Mapping[str, str]]
    fallback: str

    def in_order(self, table: str, keys: Iterable[str]) -> list[tuple[str, str]]:
        """Return the keys that there are, in the table's order, with their words."""
        known, present = self.rows[table], set(keys)
        ordered = [key for key in known if key in present]
        others = sorted(present - set(known))
        return [(key, known[key]) for key in ordered] + [(key, self.fallback.format(key)) for key in others]


def plain(breakdown: Breakdown, items: Iterable[Item], names: Names) -> Table:
    """Count concerns by a fact, with a total."""
    shapes = rules.shapes_by(items, breakdown.row_of)
    rows = [
        Row(key, label, _counts(breakdown.figures, shapes[key])) for key, label in names.in_order(breakdown.key, shapes)
    ]
    return _table(breakdown, _columns(breakdown.figures), rows, _counts(breakdown.figures, _sum(shapes)))


def responsibility(breakdown: Breakdown, items: Iterable[Item], names: Names, places: Mapping[str, str]) -> Table:
    """Count concerns by a responsible unit, with the villages that it is tied to."""
    table = plain(breakdown, items, names)
    columns = (Column("places", "联系点", Kind.TEXT), *table.columns)
    rows = [Row(row.key, row.label, (places.get(row.key, ""), *row.cells)) for row in table.rows]
    assert table.total is not None
    return _table(breakdown, columns, rows, ("", *table.total.cells))


MARKS = (("satisfied", "满意"), ("basically_satisfied", "基本满意"), ("dissatisfied", "不满意"), ("unrated", "未评价"))


def outcome(items: Sequence[Item], names: Names, places: Mapping[str, str], weights: Weights) -> Table:
    """Return 化解成效 of each handling unit: what counts, the score in tenths, and what the residents said."""
    breakdown = BREAKDOWNS["outcome"]
    shapes, marks = rules.shapes_by(items, breakdown.row_of), marks_by(items, breakdown.row_of)
    rows = []
    for key, label in names.in_order(breakdown.key, shapes):
        counts = _counts(breakdown.figures, shapes[key])
        # What no unit has been given yet is nobody's success or failure.
        points = rules.score(shapes[key], weights) if key != NO_UNIT else None
        rows.append(Row(key, label, (places.get(key, ""), *counts, points, said(marks.get(key, Counter())))))
    total = sum(rules.score(shapes[key], weights) for key in shapes if key != NO_UNIT)
    columns = (
        Column("places", "联系点", Kind.TEXT),
        *_columns(breakdown.figures),
        Column("score", "得分", Kind.TENTHS),
        Column("marks", "诉求人满意", Kind.TEXT),
    )
    whole = ("", *_counts(breakdown.figures, _sum(shapes)), total, said(sum(marks.values(), Counter())))
    return _table(breakdown, columns, rows, whole)


def marks_by(items: Iterable[Item], row_of: RowOf) -> dict[str, Counter[str]]:
    """Count by row what the residents said of what was closed and put to them."""
    rows: dict[str, Counter[str]] = {}
    for item in items:
        if is_asked(item):
            rows.setdefault(row_of(item), Counter())[item.mark or "unrated"] += 1
    return rows


def is_asked(item: Item) -> bool:
    """Say whether residents are asked about it: a unit has answered, and it was not sent on, merged or withdrawn."""
    elsewhere = (rules.Standing.REDIRECTED, rules.Standing.MERGED, rules.Standing.WITHDRAWN)
    is_answered = item.handling_unit != int(NO_UNIT)
    return is_answered and rules.closed(item.shape) and item.shape.standing not in elsewhere


def said(marks: Mapping[str, int]) -> str:
    """Put marks into words: "满意 2 · 未评价 1"; "" when nobody was asked."""
    return " · ".join(f"{word} {marks[mark]}" for mark, word in MARKS if marks.get(mark))


def traced(items: Iterable[Item], table: str, row: str, column: str) -> list[Item]:
    """Return the concerns behind one number; `row` "total" means all rows. KeyError: there is no such number."""
    breakdown = BREAKDOWNS[table]
    counted = {figure.key: figure.counted for figure in breakdown.figures}[column]
    return [
        item for item in items if (row == "total" or breakdown.row_of(item) == row) and counted(item.shape)
    ]  # fmt: skip


def _columns(figures: Iterable[Figure]) -> tuple[Column, ...]:
    return tuple(Column(figure.key, figure.label) for figure in figures)


def _counts(figures: Iterable[Figure], shapes: Mapping[Shape, int]) -> tuple[Value, ...]:
    return tuple(rules.count(shapes, figure.counted) for figure in figures)


def _sum(shapes: Mapping[str, Counter[Shape]]) -> Counter[Shape]:
    return sum(shapes.values(), Counter())


def _table(breakdown: Breakdown, columns: tuple[Column, ...], rows: Iterable[Row], total: tuple[Value, ...]) -> Table:
    return Table(
        key=breakdown.key,
        title=breakdown.title,
        head=breakdown.head,
        columns=columns,
        rows=tuple(rows),
        total=Row("total", "合计", total),
        note=breakdown.note,
        chart=breakdown.chart,
        traced=True,
    )
