"""From `fieldvisit serve` to the first page, and the memory of a worker. `python -m bench.starting`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from bench.phones import install
from bench.saving import LOADS, Load, send_round
from bench.serving import our_server
from bench.table import Row, machine, print_rows

STARTS = 5
START_BAR_S, MEMORY_BAR_MB = 1.0, 110
WORK = LOADS[-1]
TITLE = "One worker: to its first page, and its memory after whole visits with photos; the floor is the bar itself"


def main() -> None:
    """Print this part alone."""
    print(machine())
    print_rows(TITLE, measure(), "bar")


def measure() -> list[Row]:
    """Return the two figures beside their bars."""
    with tempfile.TemporaryDirectory(prefix="fieldvisit-bench-") as name:
        folder = Path(name)
        phones = install(folder, WORK.phones)
        seconds, memory = [], 0.0
        for _ in range(STARTS):
            with our_server(folder) as server:
                seconds.append(server.started_in_s)
                if len(seconds) == STARTS:
                    send_round(server, Load(WORK.name, WORK.tasks, 3, WORK.phones), phones, folder)
                    memory = server.worker_rss_mb()
    start = median(seconds)
    return [
        Row("start to first page", f"{START_BAR_S:.2f} s", f"{start:.2f} s", start / START_BAR_S, 1),
        Row("memory of one worker", f"{MEMORY_BAR_MB} MB", f"{memory:.0f} MB", memory / MEMORY_BAR_MB, 1),
    ]


if __name__ == "__main__":
    main()
