"""Charts of a workbook, drawn by the program that opens it from the cells themselves."""

from __future__ import annotations

from typing import Any

from fieldvisit.printable import printable
from fieldvisit.reports.series import Series
from fieldvisit.reports.snapshot import Chart, Table

WIDTH_CM, LINE_CM, BAR_CM, AROUND_CM = 18, 9, 0.8, 3


def add_chart(sheet: Any, table: Table, series: Series, head_row: int) -> None:
    """Draw the table's first numbers beside it; its heads stand in `head_row`, its rows below."""
    from openpyxl.chart import Reference
    from openpyxl.chart.label import DataLabelList
    from openpyxl.utils import get_column_letter

    chart, column, last = _of_kind(table), series.place + 2, head_row + len(table.rows)
    chart.add_data(Reference(sheet, min_col=column, min_row=head_row, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=head_row + 1, max_row=last))
    chart.title = printable(f"{table.title}：{series.column.label}")
    # Each bar and point says its number, so that it needs neither colours nor a grid.
    chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    chart.legend, chart.y_axis.majorGridlines = None, None
    chart.x_axis.delete, chart.y_axis.delete, chart.x_axis.tickLblPos = False, False, "low"
    if table.chart is Chart.LINE:
        chart.series[0].smooth, chart.series[0].marker.symbol = False, "circle"
        chart.dataLabels.position = "t"
    sheet.add_chart(chart, f"{get_column_letter(len(table.columns) + 3)}{head_row}")


def _of_kind(table: Table) -> Any:
    from openpyxl.chart import BarChart, LineChart

    if table.chart is Chart.LINE:
        chart = LineChart()
        chart.height = LINE_CM
    else:
        chart = BarChart()
        chart.type, chart.gapWidth = "bar", 60
        # The first row on top, as in the table.
        chart.x_axis.scaling.orientation = "maxMin"
        chart.height = AROUND_CM + BAR_CM * len(table.rows)
    chart.width = WIDTH_CM
    return chart
