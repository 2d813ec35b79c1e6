"""A report as files to take along: Word, Excel and plain tables."""

from __future__ import annotations

from io import BytesIO

from flask import send_file
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import requires
from fieldvisit.accounts.models import Role
from fieldvisit.reports import flat as tables_file
from fieldvisit.reports import reading
from fieldvisit.reports import word as word_file
from fieldvisit.reports import workbook as workbook_file
from fieldvisit.reports.blueprint import bp
from fieldvisit.reports.read_views import opened

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"


@bp.get("/reports/<county_code>/<month>/word")
@requires(Role.OFFICE)
def word(county_code: str, month: str) -> ResponseReturnValue:
    """Send a report as it is read in a meeting, in the layout of official papers."""
    county, one, report = opened(county_code, month)
    snapshot, is_draft = reading.snapshot_of(county.code, one, report), not (report and report.is_issued)
    return _sent(word_file.document(snapshot, is_draft=is_draft), WORD, f"{snapshot.title}.docx")


@bp.get("/reports/<county_code>/<month>/excel")
@requires(Role.OFFICE)
def excel(county_code: str, month: str) -> ResponseReturnValue:
    """Send a report's tables and charts as a workbook."""
    county, one, report = opened(county_code, month)
    snapshot, is_draft = reading.snapshot_of(county.code, one, report), not (report and report.is_issued)
    return _sent(workbook_file.workbook(snapshot, is_draft=is_draft), EXCEL, f"{snapshot.title}.xlsx")


@bp.get("/reports/<county_code>/<month>/csv")
@requires(Role.OFFICE)
def flat(county_code: str, month: str) -> ResponseReturnValue:
    """Send each table of a report as CSV."""
    county, one, report = opened(county_code, month)
    snapshot = reading.snapshot_of(county.code, one, report)
    return _sent(tables_file.archive(snapshot), ZIP, f"{snapshot.title}.zip")


def _sent(data: bytes, kind: str, name: str) -> ResponseReturnValue:
    return send_file(BytesIO(data), kind, as_attachment=True, download_name=name)
