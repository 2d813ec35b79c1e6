"""The office's import of figures out of a table."""

from __future__ import annotations

from flask import flash, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.concerns import tables
from fieldvisit.concerns.list_views import XLSX
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.organisation.models import Division
from fieldvisit.reports import hand_actions, hand_importing, hand_queries
from fieldvisit.reports.blueprint import bp
from fieldvisit.reports.hand_forms import FIGURES
from fieldvisit.reports.hand_importing import Plan
from fieldvisit.reports.hand_views import SHOWN_MONTHS, chosen_county, page
from fieldvisit.reports.months import Month

MOST_SHOWN = 100
CHANGED_SINCE = "您看过之后，这些数被人改过，还没有导入。请再看一遍下面的，对了再导入。"


@bp.get("/reports/figures/import")
@requires(Role.OFFICE)
def figures_import() -> ResponseReturnValue:
    """Ask for a table."""
    return _page(chosen_county())


@bp.post("/reports/figures/import")
@requires(Role.OFFICE)
def import_figures() -> ResponseReturnValue:
    """Show what a table would change; when told to, change just that, all or nothing."""
    county = chosen_county()
    try:
        told = hand_importing.read(tables.rows_of(_uploaded()), clock.today())
    except Refused as refusal:
        return _page(county, sentence=refusal.message, status=refusal.status)
    if told.errors:
        return _page(county, errors=told.errors, status=422)
    plan = hand_importing.plan(county.code, told)
    if request.form.get("step") != "take":
        return _page(county, plan)
    is_as_seen = request.form.get("seal") == plan.seal
    if not is_as_seen or hand_actions.set_figures(current_cadre(), county.code, plan.changes, plan.present):
        db.session.rollback()
        return _page(county, hand_importing.plan(county.code, told), sentence=CHANGED_SINCE, status=409)
    db.session.commit()
    flash(f"已导入 {len(plan.changes)} 个数。")
    return go_to(url_for(".figures", county=county.code))


@bp.get("/reports/figures/sample.xlsx")
@requires(Role.OFFICE)
def figures_sample() -> ResponseReturnValue:
    """Send the table of the last months to fill in."""
    county, months = chosen_county(), Month.of(clock.today()).up_to_this(SHOWN_MONTHS)
    file = hand_importing.sample(months, hand_queries.figures(county.code, months))
    return send_file(file, XLSX, as_attachment=True, download_name=f"{county.name} 月报数据.xlsx")


def _uploaded() -> bytes:
    file = request.files.get("file")
    if file is None:
        return b""
    with file.stream as stream:
        return stream.read()


def _page(
    county: Division,
    plan: Plan | None = None,
    *,
    errors: list[tuple[int, str]] | None = None,
    sentence: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    result = {"plan": plan, "errors": errors or [], "sentence": sentence, "labels": FIGURES, "most_shown": MOST_SHOWN}
    if wants_fragment():
        return render_template("reports/_figures_import.html", county=county, **result), status
    return page("figures_import.html", county, status=status, most_rows=hand_importing.MOST_ROWS, **result)
