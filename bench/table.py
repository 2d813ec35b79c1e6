"""How results are printed."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One result: what was measured, the floor's figure and ours, and how many times the floor that is."""

    what: str
    floor: str
    ours: str
    ratio: float
    bar: float

    @property
    def verdict(self) -> str:
        """Say whether the bar is held."""
        return "held" if self.ratio <= self.bar else "MISSED"


def print_rows(title: str, rows: list[Row], floor: str = "floor", ours: str = "ours") -> None:
    """Print results as a table."""
    print(f"\n{title}")
    print(f"{'':<50}{floor:>14}{ours:>14}{'ratio':>9}{'bar':>7}")
    for row in rows:
        print(f"{row.what:<50}{row.floor:>14}{row.ours:>14}{row.ratio:>7.2f} ×{row.bar:>7g}  {row.verdict}")


def machine() -> str:
    """Say in a line what the figures were measured on."""
    memory = next(int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line)
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {memory / 2**20:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, load {load:.1f}"
    )
