"""Where the bars and lines of a report's page stand; templates/macros/charts.html draws them.

Widths are per cent and heights are letters, so that a picture fits a phone as well as a desk, also at 200 % text.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from flask import Flask

from fieldvisit.reports.series import Point, Series, series_of
from fieldvisit.reports.snapshot import Chart, Table

LONGEST_LABEL = 14
# In per cent, at both ends of a line.
EDGE = 4
# In letters.
BAR_PITCH, LINE_TOP, LINE_HEIGHT = 2.7, 1.8, 8


@dataclass(frozen=True)
class Bar:
    """A bar from `left`, `width` wide, both in per cent; `top` is in letters. Without a number it is not drawn."""

    label: str
    words: str
    is_known: bool
    left: float
    width: float
    top: float


@dataclass(frozen=True)
class Dot:
    """A point of a line: per cent from the left, letters from the top; `anchor` and `words` are for its number."""

    across: float
    down: float
    anchor: str
    words: str


@dataclass(frozen=True)
class Tick:
    """A word below a line."""

    across: float
    anchor: str
    words: str


@dataclass(frozen=True)
class Drawing:
    """A picture: what it shows in words, its height in letters, and either bars or a line with its parts."""

    title: str
    text: str
    height: float
    zero: float
    bars: tuple[Bar, ...] = ()
    dots: tuple[Dot, ...] = ()
    strokes: tuple[tuple[Dot, Dot], ...] = ()
    ticks: tuple[Tick, ...] = ()


def init_charts(app: Flask) -> None:
    """Make pictures of tables known to templates."""
    app.jinja_env.filters["drawing_of"] = drawing_of


def drawing_of(table: Table) -> Drawing | None:
    """Return the picture of a table's first numbers; None when there is nothing to draw."""
    series = series_of(table)
    if series is None:
        return None
    title = f"{table.title}：{series.column.label}"
    text = "，".join(f"{point.label} {point.words}" for point in series.points)
    return (_line if table.chart is Chart.LINE else _bars)(series, title, text)


def _bars(series: Series, title: str, text: str) -> Drawing:
    zero = series.share(0)
    bars = []
    for place, point in enumerate(series.points):
        begin, end = sorted((zero, zero if point.number is None else series.share(point.number)))
        left, width = round(begin * 100, 2), round((end - begin) * 100, 2)
        bars.append(Bar(_short(point.label), point.words, point.number is not None, left, width, place * BAR_PITCH))
    return Drawing(title, text, len(bars) * BAR_PITCH, round(zero * 100, 2), bars=tuple(bars))


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def _line(series: Series, title: str, text: str) -> Drawing:
    last = len(series.points) - 1
    told = _told(series)
    dots = [_dot(series, point, place, place in told) for place, point in enumerate(series.points)]
    strokes = tuple((one, other) for one, other in pairwise(dots) if one and other)
    ticks = tuple(
        Tick(_across(place, last), _anchor(place, last), series.points[place].label) for place in sorted({0, last})
    )
    height, zero = LINE_TOP + LINE_HEIGHT + 2, _down(series, 0)
    return Drawing(title, text, height, zero, dots=tuple(filter(None, dots)), strokes=strokes, ticks=ticks)


def _told(series: Series) -> set[int]:
    """Return which points say their number: the ends, the highest and the lowest; the table has them all."""
    known = [(point.number, place) for place, point in enumerate(series.points) if point.number is not None]
    places = [place for _, place in known]
    return {places[0], places[-1], max(known)[1], min(known)[1]}


def _dot(series: Series, point: Point, place: int, is_told: bool) -> Dot | None:
    if point.number is None:
        return None
    last = len(series.points) - 1
    words = point.words if is_told else ""
    return Dot(_across(place, last), _down(series, point.number), _anchor(place, last), words)


def _across(place: int, last: int) -> float:
    return round(EDGE + place * (100 - 2 * EDGE) / max(1, last), 2)


def _down(series: Series, number: int) -> float:
    return round(LINE_TOP + (1 - series.share(number)) * LINE_HEIGHT, 2)


def _anchor(place: int, last: int) -> str:
    return "start" if place == 0 else "end" if place == last else "middle"
