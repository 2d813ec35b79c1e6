"""All that is measured, one part after the other: saving, photos, lists, starting."""

from __future__ import annotations

from bench import lists, photos, saving, starting
from bench.table import Row, machine, print_rows

TITLE = "Ratios: ours ÷ floor of the same run; for lists, a million households ÷ a thousand; for a worker, the bar"


def main() -> None:
    """Print one table."""
    print(machine())
    rows: list[Row] = []
    for part in (saving, photos, lists, starting):
        rows += part.measure()
    print_rows(TITLE, rows)


if __name__ == "__main__":
    main()
