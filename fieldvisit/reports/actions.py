"""Working on a draft, and issuing it. None of these commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.reports import building, item_queries, packing, queries, snapshot
from fieldvisit.reports.building import Built
from fieldvisit.reports.corrections import Correction, Field, value_of
from fieldvisit.reports.models import MonthlyReport, ReportCorrection
from fieldvisit.reports.months import Month
from fieldvisit.rows import get_or_make

ISSUED = "这一期已经定稿，不能再改。以后的变化会在下一期的“更正”里列出。"
CHANGED = "您打开之后，别人改过这份草稿。请先看一看现在的内容，再改一次。"


def draft_of(county_code: str, month: Month) -> MonthlyReport:
    """Return a month's report, begun now if there is none."""
    report, _ = get_or_make(
        lambda: queries.report_to_change(county_code, month),
        lambda: MonthlyReport(county_code=county_code, month=month.first, texts={}, version=1),
    )
    return report


def built(county_code: str, month: Month, today: date) -> Built:
    """Count a draft as it is now, with its words and corrections."""
    report = queries.report_of(county_code, month)
    return building.build(
        county_code,
        month,
        today,
        texts=report.texts if report else {},
        corrections_made=queries.corrections_of(report.id) if report else [],
        earlier=queries.issued(county_code, (month.back(1), month.back(12))),
    )


def write_texts(who: Cadre, report: MonthlyReport, seen: int, texts: Mapping[str, str]) -> None:
    """Set what stands at the beginning of a draft's sections."""
    _check_open(report, seen)
    report.texts = {key: text for key, text in texts.items() if text}
    report.version += 1
    record(who.id, "report_texts", "monthly_report", report.id)


def correct(who: Cadre, report: MonthlyReport, seen: int, correction: Correction) -> None:
    """Count one fact of a concern otherwise than the ledger says; what the ledger says takes a correction back."""
    _check_open(report, seen)
    items = {item.id: item for item in item_queries.items_of(report.county_code, Month(report.month))}
    if correction.concern_id not in items:
        raise Refused("这一期里没有这件诉求，请核对编号。")
    held = queries.correction(report.id, correction.concern_id, correction.field)
    if value_of(items[correction.concern_id], correction.field) == correction.value:
        if held is None:
            raise Refused("和台账一样，不用更正。")
        db.session.delete(held)
    else:
        held = held or _new_correction(report, correction)
        held.value, held.reason, held.cadre_id, held.at = correction.value, correction.reason, who.id, clock.now()
    report.version += 1
    record(who.id, "report_corrected", "monthly_report", report.id, concern=correction.concern_id)


def _new_correction(report: MonthlyReport, correction: Correction) -> ReportCorrection:
    row = ReportCorrection(report_id=report.id, concern_id=correction.concern_id, field=correction.field)
    db.session.add(row)
    return row


def take_back(who: Cadre, report: MonthlyReport, seen: int, concern_id: int, field: Field) -> None:
    """Take a correction of a draft back."""
    _check_open(report, seen)
    held = queries.correction(report.id, concern_id, field)
    if held is not None:
        db.session.delete(held)
        report.version += 1
        record(who.id, "report_correction_removed", "monthly_report", report.id, concern=concern_id)


def issue(who: Cadre, report: MonthlyReport, seen: int, today: date) -> None:
    """Freeze a month's report as it is now. It never changes again."""
    month = Month(report.month)
    _check_open(report, seen)
    if today <= month.last:
        begins = month.back(-1).first
        raise Refused(f"{month.label}还没有结束，{begins.month}月{begins.day}日起才能定稿。")
    whole = built(report.county_code, month, today)
    report.written = snapshot.written(whole.snapshot)
    report.sha256 = snapshot.digest(report.written)
    report.items = packing.packed(whole.items)
    report.issued_at, report.issued_by = clock.now(), who.id
    report.version += 1
    record(who.id, "report_issued", "monthly_report", report.id, sha256=report.sha256)


def _check_open(report: MonthlyReport, seen: int) -> None:
    if report.is_issued:
        raise Refused(ISSUED, 409)
    if report.version != seen:
        raise Refused(CHANGED, 409)
