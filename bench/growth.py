"""How times grow with the ledger: as a table and as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10
from pathlib import Path

Times = Mapping[str, Sequence[float]]

PICTURE = Path(__file__).parent / "growth.svg"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 900, 460, 60, 250, 30, 50
COLOURS = ("#0f766e", "#b45309", "#1d4ed8", "#9d174d")


def table(times: Times, sizes: Sequence[int]) -> str:
    """Write the times as a table in Markdown."""
    lines = ["| ms | " + " | ".join(f"{size:,}" for size in sizes) + " | last ÷ first |"]
    lines.append("|---" * (len(sizes) + 2) + "|")
    for name, row in times.items():
        cells = " | ".join(f"{ms:.1f}" for ms in row)
        lines.append(f"| {name} | {cells} | {row[-1] / row[0]:.2f} |")
    return "\n".join(lines)


def draw(times: Times, sizes: Sequence[int]) -> None:
    """Draw each person's pages as one curve, the median and the slowest of them, over the logarithm of the size."""
    groups: dict[str, list[Sequence[float]]] = {}
    for name, row in times.items():
        groups.setdefault(name.partition(":")[0], []).append(row)
    most = max(max(row) for row in times.values()) * 1.1
    marks = [_axes(sizes, most)]
    for colour, (who, rows) in zip(COLOURS, groups.items(), strict=False):
        columns = list(zip(*rows, strict=True))
        middle = [sorted(column)[len(column) // 2] for column in columns]
        slowest = [max(column) for column in columns]
        marks += [_curve(middle, sizes, most, colour, ""), _curve(slowest, sizes, most, colour, "5 4")]
        marks.append(_label(who, list(groups).index(who), colour))
    body = "\n".join(marks)
    PICTURE.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="14">\n<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _x(size: int, sizes: Sequence[int]) -> float:
    share = (log10(size) - log10(sizes[0])) / (log10(sizes[-1]) - log10(sizes[0]))
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(ms: float, most: float) -> float:
    return HEIGHT - BOTTOM - ms / most * (HEIGHT - TOP - BOTTOM)


def _curve(row: Sequence[float], sizes: Sequence[int], most: float, colour: str, dashes: str) -> str:
    points = " ".join(f"{_x(size, sizes):.1f},{_y(ms, most):.1f}" for size, ms in zip(sizes, row, strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dashes}"/>'


def _label(who: str, at: int, colour: str) -> str:
    x, y = WIDTH - RIGHT + 20, TOP + 20 + at * 24
    line = f'<path d="M{x} {y - 5} h30" stroke="{colour}" stroke-width="2.5"/>'
    return f'{line}<text x="{x + 38}" y="{y}" fill="#222">{who}</text>'


def _axes(sizes: Sequence[int], most: float) -> str:
    step = next(step for step in (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if most / step <= 8)
    parts = []
    for at in range(int(most / step) + 1):
        y = _y(at * step, most)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 5:.1f}" text-anchor="end" fill="#222">{at * step}</text>')
    for size in sizes:
        x = _x(size, sizes)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 22}" text-anchor="middle" fill="#222">{size:,}</text>')
    parts.append(f'<text x="{LEFT}" y="18" fill="#222">ms a page: line the median page, dashes the slowest</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end" fill="#222">households</text>')
    return "\n".join(parts)
