"""A unit's own page of an issued report: its own figures beside the county's mean, never another unit's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldvisit.reports.snapshot import Column, Kind, Snapshot, Table, Value
from fieldvisit.reports.tables import NO_UNIT, UNIT_TABLES


@dataclass(frozen=True)
class OwnFigure:
    """One figure: how it is called and written, the unit's own, and the mean of all units in the table, in tenths."""

    column: Column
    own: Value
    mean: int | None


@dataclass(frozen=True)
class OwnTable:
    """A unit's row of a table."""

    key: str
    title: str
    figures: tuple[OwnFigure, ...]


def own_tables(snapshot: Snapshot, unit_id: int) -> list[OwnTable]:
    """Return a unit's rows of the tables of units; a table in which it does not stand is left out."""
    tables = (snapshot.table(key) for key in UNIT_TABLES)
    return [_own(table, str(unit_id)) for table in tables if any(row.key == str(unit_id) for row in table.rows)]


def _own(table: Table, key: str) -> OwnTable:
    own = table.row(key)
    figures = (OwnFigure(column, own[column.key], _mean(table, column)) for column in table.columns)
    return OwnTable(table.key, table.title, tuple(figures))


def _mean(table: Table, column: Column) -> int | None:
    if column.kind not in (Kind.COUNT, Kind.TENTHS):
        return None
    place = [one.key for one in table.columns].index(column.key)
    values = [value for row in table.rows if row.key != NO_UNIT and isinstance(value := row.cells[place], int)]
    return _tenths(values, 1 if column.kind is Kind.TENTHS else 10) if values else None


def _tenths(values: Sequence[int], factor: int) -> int:
    return round(sum(values) * factor / len(values))
