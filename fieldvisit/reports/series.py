"""What a picture of a table shows: its first column of numbers, row by row."""

from __future__ import annotations

from dataclasses import dataclass

from fieldvisit.reports.snapshot import Chart, Column, Kind, Table, shown


@dataclass(frozen=True)
class Point:
    """One row of a table: its head, its number (None: not known), and the number as it is read."""

    label: str
    number: int | None
    words: str


@dataclass(frozen=True)
class Series:
    """A column of numbers; `place` counts from 0, without the rows' heads."""

    column: Column
    place: int
    points: tuple[Point, ...]

    @property
    def known(self) -> list[int]:
        """Return the numbers that are known."""
        return [point.number for point in self.points if point.number is not None]

    @property
    def low(self) -> int:
        """Return where its scale begins: at 0, or below for negative numbers."""
        return min(0, *self.known)

    @property
    def high(self) -> int:
        """Return where its scale ends, above `low`."""
        return max(0, *self.known) or (0 if self.low else 1)

    def share(self, number: int) -> float:
        """Return where a number lies on the scale, from 0 to 1."""
        return (number - self.low) / (self.high - self.low)


def series_of(table: Table) -> Series | None:
    """Return what to draw of a table; None when it is not to be drawn, or has no number."""
    if table.chart is Chart.NONE:
        return None
    for place, column in enumerate(table.columns):
        if column.kind is not Kind.TEXT:
            series = Series(column, place, _points(table, place))
            return series if series.known else None
    return None


def _points(table: Table, place: int) -> tuple[Point, ...]:
    kind = table.columns[place].kind
    return tuple(
        Point(row.label, value if isinstance(value, int) else None, shown(value, kind))
        for row, value in ((row, row.cells[place]) for row in table.rows)
    )
