"""Tables on paper: how wide each column is, at which size of letters, and the whole as WordprocessingML."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldvisit.reports.snapshot import Column, Kind, Row, Table, shown
from fieldvisit.reports.word_layout import HEI, NAMESPACE, SONG, TEXT_WIDTH, fonts, run, spacing

# In half points, the largest that fits is taken: 五号, 小五, 六号.
SIZES = (21, 18, 15)
# In twips.
PADDING = 60
# So many rows stay with the next one.
TOGETHER = 2
# In characters: so wide a column of words is at least, unless it needs less; most rows take one line if they can.
READABLE, MOST, SHORT_HEAD = 6, 0.9, 3
# So wide a column of numbers is where there is room; and what is added, so that what just fits does fit.
AIRY, SLACK = 6, 0.15
HALF_WIDTH = 0.55
LAST_HALF_WIDTH = "\u2e7f"


@dataclass(frozen=True)
class Head:
    """A column on paper: its head, and how it is set ("left", "right", "center")."""

    words: str
    side: str


@dataclass(frozen=True)
class Grid:
    """A table as words. The last of `lines` is the total if there is one."""

    heads: tuple[Head, ...]
    lines: tuple[tuple[str, ...], ...]
    has_total: bool


def grid(table: Table, is_numbered: bool) -> Grid:
    """Put a table into words; `is_numbered`: with the running numbers that its picture shows."""
    number = (Head("序号", "center"),) if is_numbered else ()
    heads = (*number, Head(table.head, "left"), *(Head(one.label, _side(one)) for one in table.columns))
    lines = [(*((str(nth),) if is_numbered else ()), *_words(row, table)) for nth, row in enumerate(table.rows, 1)]
    if table.total:
        lines.append((*(("",) if is_numbered else ()), *_words(table.total, table)))
    return Grid(heads, tuple(lines), table.total is not None)


def _side(column: Column) -> str:
    return "left" if column.kind is Kind.TEXT else "right"


def _words(row: Row, table: Table) -> tuple[str, ...]:
    cells = zip(row.cells, table.columns, strict=True)
    return (row.label, *(shown(value, column.kind) for value, column in cells))


def layout(grid: Grid, width: int = TEXT_WIDTH) -> tuple[int, list[int]]:
    """Return the size of letters in half points, and the width of each column in twips; together they fill `width`."""
    worded = [place for place, head in enumerate(grid.heads) if head.side == "left"]
    for size in SIZES:
        needs = {place: _need(grid, place, size, 1) for place in range(len(grid.heads))}
        rest = width - sum(need for place, need in needs.items() if place not in worded)
        least = {place: min(needs[place], _wide(READABLE, size)) for place in worded}
        if sum(least.values()) <= rest:
            break
    rest = max(rest, sum(least.values()))
    # First what most rows need, then what the longest ones do.
    shared = _shared({place: _need(grid, place, size, MOST) for place in worded}, rest)
    more = _shared({place: needs[place] - shared[place] for place in worded}, rest - sum(shared.values()))
    widths = needs | {place: shared[place] + more[place] for place in worded}
    return size, _filled(list(widths.values()), [head.side for head in grid.heads], size, width)


def _need(grid: Grid, place: int, size: int, most: float) -> int:
    """Return how wide a column must be for the words of most rows on one line each and its head on two."""
    head = max(2, characters(grid.heads[place].words))
    lengths = sorted([0.0, *(characters(line[place]) for line in grid.lines)])
    enough = lengths[math.ceil(most * (len(lengths) - 1))]
    return _wide(max(enough, head if head <= SHORT_HEAD else math.ceil(head / 2)), size)


def _wide(number: float, size: int) -> int:
    return math.ceil((number + SLACK) * size * 10) + 2 * PADDING


def characters(text: str) -> float:
    """Return how many Chinese characters wide a text is."""
    return sum(1 if letter > LAST_HALF_WIDTH else HALF_WIDTH for letter in text)


def _shared(needs: Mapping[int, int], rest: int) -> dict[int, int]:
    """Give columns of words what they need while it lasts; those that need more share what is left."""
    given: dict[int, int] = {}
    for nth, place in enumerate(sorted(needs, key=lambda place: needs[place])):
        given[place] = min(needs[place], (rest - sum(given.values())) // (len(needs) - nth))
    return given


def _filled(widths: Sequence[int], sides: Sequence[str], size: int, width: int) -> list[int]:
    """Fill the width: numbers get some air, then words the rest; what is too wide becomes narrower in proportion."""
    widths = list(widths)
    for place in [place for place, side in enumerate(sides) if side == "right"]:
        left = max(0, width - sum(widths))
        widths[place] += min(left, max(0, _wide(AIRY, size) - widths[place]))
    worded = [place for place, side in enumerate(sides) if side == "left"]
    for nth, place in enumerate(worded):
        widths[place] += max(0, width - sum(widths)) // (len(worded) - nth)
    ends = [round(sum(widths[: place + 1]) * width / sum(widths)) for place in range(len(widths))]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def table_xml(grid: Grid) -> str:
    """Return a table: heads on every page, rows whole, numbers to the right."""
    size, widths = layout(grid)
    sides = [head.side for head in grid.heads]
    last = len(grid.lines) - 1
    head = _row([head.words for head in grid.heads], widths, ["center"] * len(sides), size, HEI, True, True)
    # Neither the first rows nor a total or a note are left alone on a page.
    rows = [
        _row(line, widths, sides, size, SONG, False, nth < TOGETHER or nth >= last - grid.has_total)
        for nth, line in enumerate(grid.lines)
    ]
    columns = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    return f"<w:tbl {NAMESPACE}>{_properties()}<w:tblGrid>{columns}</w:tblGrid>{head}{''.join(rows)}</w:tbl>"


def _properties() -> str:
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    inner = "".join(f'<w:{side} w:w="{PADDING}" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
    return (
        f'<w:tblPr><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{edges}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{inner}</w:tblCellMar></w:tblPr>'
    )


def _row(
    words: Sequence[str],
    widths: Sequence[int],
    sides: Sequence[str],
    size: int,
    font: str,
    is_head: bool,
    is_kept_with_next: bool,
) -> str:
    keep = "<w:keepNext/>" if is_kept_with_next else ""
    letters = f'{fonts(font)}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr>{keep}{spacing(size * 14)}<w:jc w:val="{side}"/></w:pPr>{run(text, letters)}</w:p></w:tc>'
        for text, width, side in zip(words, widths, sides, strict=True)
    )
    header = "<w:tblHeader/>" if is_head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{cells}</w:tr>"
