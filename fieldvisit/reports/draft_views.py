"""Working on a draft: its words, corrections with reasons, and issuing it."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to
from fieldvisit.organisation.models import Division
from fieldvisit.reports import actions, item_queries, queries
from fieldvisit.reports.blueprint import bp
from fieldvisit.reports.building import TITLES
from fieldvisit.reports.corrections import Field
from fieldvisit.reports.forms import CorrectionForm, SeenForm, texts_in
from fieldvisit.reports.models import MonthlyReport
from fieldvisit.reports.months import Month
from fieldvisit.reports.read_views import opened
from fieldvisit.reports.rules import Item


@bp.get("/reports/<county_code>/<month>/texts")
@requires(Role.OFFICE)
def texts(county_code: str, month: str) -> ResponseReturnValue:
    """Show what stands at the beginning of each section, to write it."""
    county, one, report = _draft(county_code, month)
    return _texts_page(county, one, report, dict(report.texts) if report else {})


@bp.post("/reports/<county_code>/<month>/texts")
@requires(Role.OFFICE)
def write_texts(county_code: str, month: str) -> ResponseReturnValue:
    """Save it."""
    county, one, _ = _draft(county_code, month)
    written = {key: request.form.get(f"text-{key}", "") for key in TITLES}
    report = actions.draft_of(county.code, one)
    try:
        actions.write_texts(current_cadre(), report, _seen(), texts_in(request.form, list(TITLES)))
    except Refused as refused:
        db.session.rollback()
        return _texts_page(county, one, queries.report_of(county.code, one), written, refused)
    db.session.commit()
    flash("已保存。", "success")
    return go_to(url_for(".read", county_code=county.code, month=str(one)))


@bp.get("/reports/<county_code>/<month>/concerns/<int:concern_id>")
@requires(Role.OFFICE)
def correction(county_code: str, month: str, concern_id: int) -> ResponseReturnValue:
    """Show how one concern is counted, to put it right."""
    county, one, report = _draft(county_code, month)
    item = _item(county, one, concern_id)
    form = CorrectionForm(data={"version": report.version if report else 1, "field": Field.STANDING.value})
    form.offer(item, queries.units_to_choose(current_cadre(), item.handling_unit))
    return _correction_page(county, one, report, item, form)


@bp.post("/reports/<county_code>/<month>/concerns/<int:concern_id>")
@requires(Role.OFFICE)
def correct(county_code: str, month: str, concern_id: int) -> ResponseReturnValue:
    """Count one fact of a concern otherwise than the ledger says."""
    county, one, _ = _draft(county_code, month)
    item, form = _item(county, one, concern_id), CorrectionForm(request.form)
    form.offer(item, queries.units_to_choose(current_cadre(), item.handling_unit))
    report = actions.draft_of(county.code, one)
    if not form.validate():
        return _correction_page(county, one, report, item, form, 422)
    try:
        actions.correct(current_cadre(), report, form.seen(), form.correction(concern_id))
    except Refused as refused:
        db.session.rollback()
        form.reason.errors = [refused.message]
        return _correction_page(county, one, queries.report_of(county.code, one), item, form, refused.status)
    db.session.commit()
    flash(f"已更正 {item.number}，理由会印在这一期的“更正”里。", "success")
    return go_to(url_for(".read", county_code=county.code, month=str(one), _anchor="changes"))


@bp.post("/reports/<county_code>/<month>/concerns/<int:concern_id>/<field>/remove")
@requires(Role.OFFICE)
def take_back(county_code: str, month: str, concern_id: int, field: str) -> ResponseReturnValue:
    """Take a correction back."""
    county, one, _ = _draft(county_code, month)
    if field not in list(Field):
        raise NotYours
    actions.take_back(current_cadre(), actions.draft_of(county.code, one), _seen(), concern_id, Field(field))
    db.session.commit()
    flash("已撤回这条更正，按台账计。", "success")
    return go_to(url_for(".read", county_code=county.code, month=str(one), _anchor="changes"))


@bp.post("/reports/<county_code>/<month>/issue")
@requires(Role.OFFICE)
def issue(county_code: str, month: str) -> ResponseReturnValue:
    """Freeze the report."""
    county, one, _ = opened(county_code, month)
    actions.issue(current_cadre(), actions.draft_of(county.code, one), _seen(), clock.today())
    db.session.commit()
    flash(f"{one.label}民情月报已定稿，从现在起不再变化。", "success")
    return go_to(url_for(".read", county_code=county.code, month=str(one)))


def _seen() -> int:
    return SeenForm(request.form).seen()


def _draft(county_code: str, month: str) -> tuple[Division, Month, MonthlyReport | None]:
    county, one, report = opened(county_code, month)
    if report is not None and report.is_issued:
        raise Refused(actions.ISSUED, 409)
    return county, one, report


def _item(county: Division, month: Month, concern_id: int) -> Item:
    found = next((item for item in item_queries.items_of(county.code, month) if item.id == concern_id), None)
    if found is None:
        raise NotYours
    return found


def _texts_page(
    county: Division,
    month: Month,
    report: MonthlyReport | None,
    written: dict[str, str],
    refused: Refused | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "reports/texts.html",
        county=county,
        month=month,
        version=report.version if report else 1,
        titles=TITLES,
        written=written,
        error=refused.message if refused else "",
    )
    return page, refused.status if refused else 200


def _correction_page(
    county: Division,
    month: Month,
    report: MonthlyReport | None,
    item: Item,
    form: CorrectionForm,
    status: int = 200,
) -> ResponseReturnValue:
    form.version.data = str(report.version if report else 1)
    held = queries.corrections_of(report.id) if report else []
    page = render_template(
        "reports/correction.html",
        county=county,
        month=month,
        item=item,
        form=form,
        held=[one for one in held if one.concern_id == item.id],
    )
    return page, status
