"""Pictures of tables for paper: black and white, and digits only, so that no Chinese font is needed.

Rows are named by their running numbers, which the table below the picture shows too.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldvisit.reports.series import Series
from fieldvisit.reports.snapshot import Chart

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font = FreeTypeFont | ImageFont

# In pixels; ten of them are a millimetre on paper.
WIDTH = 1560
PER_MM = 10
BAR, LINE_HEIGHT, LETTER = 60, 480, 36
EDGE, GUTTER, ROOM = 30, 110, 190
WHITE, GREY, MIDDLE, BLACK = 255, 190, 150, 0
# More bars than these fill a page and say nothing.
MOST_BARS = 30


@dataclass(frozen=True)
class Picture:
    """A PNG and its height in millimetres; it is 156 mm wide."""

    png: bytes
    height_mm: float


def drawn(series: Series, chart: Chart) -> Picture | None:
    """Draw bars or a line; None when there are too many bars for a page."""
    if chart is Chart.BARS and len(series.points) > MOST_BARS:
        return None
    # Pillow is needed by photos anyway, but a report's page does without it.
    from PIL import Image, ImageDraw, ImageFont

    height = BAR * len(series.points) + 2 * EDGE if chart is Chart.BARS else LINE_HEIGHT
    image = Image.new("L", (WIDTH, height), WHITE)
    (_bars if chart is Chart.BARS else _line)(ImageDraw.Draw(image), ImageFont.load_default(LETTER), series, height)
    made = io.BytesIO()
    image.save(made, "PNG", optimize=True, dpi=(25.4 * PER_MM, 25.4 * PER_MM))
    return Picture(made.getvalue(), height / PER_MM)


def _bars(draw: ImageDraw, font: Font, series: Series, height: int) -> None:
    span = WIDTH - GUTTER - ROOM
    zero = GUTTER + round(series.share(0) * span)
    for place, point in enumerate(series.points):
        middle = EDGE + place * BAR + BAR // 2
        draw.text((GUTTER - 25, middle), str(place + 1), BLACK, font, anchor="rm")
        if point.number is None:
            continue
        ends = sorted((zero, GUTTER + round(series.share(point.number) * span)))
        draw.rectangle((ends[0], middle - BAR // 3, ends[1], middle + BAR // 3), GREY, BLACK, 2)
        draw.text((ends[1] + 15, middle), _typed(point.words), BLACK, font, anchor="lm")
    draw.line((zero, EDGE // 2, zero, height - EDGE // 2), BLACK, 3)


def _line(draw: ImageDraw, font: Font, series: Series, height: int) -> None:
    top, bottom = 2 * EDGE + LETTER, height - 2 * EDGE - LETTER
    step = (WIDTH - 2 * GUTTER) / max(1, len(series.points) - 1)

    def down(number: int) -> int:
        return bottom - round(series.share(number) * (bottom - top))

    draw.line((GUTTER // 2, down(0), WIDTH - GUTTER // 2, down(0)), BLACK, 2)
    before: tuple[int, int] | None = None
    for place, point in enumerate(series.points):
        across = GUTTER + round(place * step)
        draw.text((across, height - EDGE), str(place + 1), BLACK, font, anchor="ms")
        draw.line((across, bottom, across, bottom + EDGE // 2), MIDDLE, 2)
        at = None if point.number is None else (across, down(point.number))
        if at and before:
            draw.line((*before, *at), BLACK, 5)
        before = at
    for place, point in enumerate(series.points):
        if point.number is not None:
            across, high = GUTTER + round(place * step), down(point.number)
            draw.ellipse((across - 9, high - 9, across + 9, high + 9), WHITE, BLACK, 4)
            draw.text(
                (across, high - 20), _typed(point.words), BLACK, font, anchor="ms", stroke_width=6, stroke_fill=WHITE
            )


def _typed(words: str) -> str:
    """Write a number with what the built-in font has."""
    return words.replace("−", "-")
