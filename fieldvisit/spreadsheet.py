"""Cells of the workbooks that people take along."""

from __future__ import annotations

from datetime import date
from typing import Any

from fieldvisit.printable import printable


def cell(sheet: Any, value: Any, **style: Any) -> Any:
    """Return a cell for a row of a write-only sheet: text, a number, a day, or None; `style` by openpyxl's names."""
    # 4 MB of memory that only exports and imports need.
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(sheet)
    if isinstance(value, str):
        # Told to be text, whatever it begins with: "=1+1" is no formula.
        text = printable(value)
        made._value, made.data_type = text, "s"
        made.quotePrefix = text.startswith(("=", "+", "-", "@"))
    else:
        made.value = value
        if isinstance(value, date):
            made.number_format = "yyyy-mm-dd"
    for name, given in style.items():
        setattr(made, name, given)
    return made
