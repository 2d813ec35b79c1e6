"""A section's save and a whole finished visit, against bare Flask with raw sqlite3. Run `python -m bench.saving`.

Both servers run at once and take turns: the same requests, the same bytes, the same gunicorn settings. The floor
makes each body durable by one insert and knows nothing else: no sign-in, no form, no picture, no page.
"""

from __future__ import annotations

import argparse
import json
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.phones import Phone, install
from bench.serving import ROOT, Server, floor_server, our_server
from bench.table import Row, machine, print_rows

BAR = 5
ROUNDS = 5
MANY = 8
Tasks = Callable[[Phone, int], list[list[bytes]]]


@dataclass(frozen=True)
class Load:
    """What phones do in one round: each this many visits or judgements, by this many phones side by side."""

    name: str
    tasks: Tasks
    visits: int
    phones: int


LOADS = (
    Load("section save", Phone.sections, 20, 1),
    Load("section save", Phone.sections, 5, MANY),
    Load("whole visit, 15 requests", Phone.whole_visits, 5, 1),
    Load("whole visit, 15 requests", Phone.whole_visits, 2, MANY),
    Load("resident's judgement", Phone.judgements, 8, 1),
    Load("resident's judgement", Phone.judgements, 2, MANY),
)


@dataclass(frozen=True)
class Measured:
    """One round: the median time of a task in ms, and tasks in a second."""

    ms: float
    per_s: float


def main() -> None:
    """Print this part alone."""
    arguments = argparse.ArgumentParser(prog="bench.saving")
    arguments.add_argument("--only", default="", help="only loads with this in their name")
    chosen = arguments.parse_args()
    print(machine())
    print_rows("Saving: medians of a task at one phone, tasks in a second at eight", measure(chosen.only))


def measure(only: str = "") -> list[Row]:
    """Return the comparisons whose name has this in it."""
    with tempfile.TemporaryDirectory(prefix="fieldvisit-bench-") as name:
        folder = Path(name)
        phones = install(folder, MANY)
        with floor_server(folder) as floor, our_server(folder) as ours:
            loads = [load for load in LOADS if only in load.name]
            for load in loads:
                send_round(ours, load, phones, folder)  # warms up
            return [row for load in loads for row in _compare(load, phones, floor, ours, folder)]


def _compare(load: Load, phones: list[Phone], floor: Server, ours: Server, folder: Path) -> list[Row]:
    pairs = [(send_round(floor, load, phones, folder), send_round(ours, load, phones, folder)) for _ in range(ROUNDS)]
    what = f"{load.name}, {load.phones} phone{'s' if load.phones > 1 else ''}"
    if load.phones == 1:
        times = [median(side[at].ms for side in pairs) for at in (0, 1)]
        return [Row(what, f"{times[0]:.2f} ms", f"{times[1]:.2f} ms", times[1] / times[0], BAR)]
    rates = [median(side[at].per_s for side in pairs) for at in (0, 1)]
    return [Row(what, f"{rates[0]:.0f} /s", f"{rates[1]:.0f} /s", rates[0] / rates[1], BAR)]


def send_round(server: Server, load: Load, phones: list[Phone], folder: Path) -> Measured:
    """Let the phones do one round's work at a server, from a process of their own."""
    file = folder / "requests"
    file.write_bytes(pickle.dumps([load.tasks(phone, load.visits) for phone in phones[: load.phones]]))
    command = [sys.executable, "-m", "bench.client", str(server.port), str(file)]
    output = subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout
    result = json.loads(output)
    if result["failures"]:
        raise RuntimeError(result["failures"][0])
    return Measured(median(result["ms"]), len(result["ms"]) / result["s"])


if __name__ == "__main__":
    main()
