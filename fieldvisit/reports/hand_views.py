"""月报数据: the office's page of figures that come from elsewhere, and how its reports score."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.concerns import queries as concerns
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Division
from fieldvisit.reports import hand_actions, hand_forms, hand_queries, queries
from fieldvisit.reports.blueprint import bp
from fieldvisit.reports.hand_actions import Overtaken
from fieldvisit.reports.hand_forms import FIGURES, Grid, SettingForm
from fieldvisit.reports.hand_models import HandFigure
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import Weights

SHOWN_MONTHS = 13
# The last of the earliest months that an address can write: 2000-01 and on.
EARLIEST = Month(date(2001, 1, 1))


def chosen_county() -> Division:
    """Return the county that the address names, else the first one of the office; raise NotYours for another's."""
    counties, code = queries.counties_of(current_cadre()), request.args.get("county")
    found = counties[0] if code is None else next((one for one in counties if one.code == code), None)
    if found is None:
        raise NotYours
    return found


def page(template: str, county: Division, *, status: int = 200, **context: Any) -> ResponseReturnValue:
    """Answer with one of the office's pages, which all have the choice of a county."""
    counties = queries.counties_of(current_cadre())
    return render_template(f"reports/{template}", county=county, counties=counties, **context), status


@bp.get("/reports/figures")
@requires(Role.OFFICE)
def figures() -> ResponseReturnValue:
    """Show 13 months of figures as a form: the last ones, or those up to `until`."""
    county, months = chosen_county(), _months()
    held = hand_queries.figures(county.code, months)
    return _figures(county, held, Grid(months, held))


@bp.post("/reports/figures")
@requires(Role.OFFICE)
def save_figures() -> ResponseReturnValue:
    """Keep what was typed anew, all of it or nothing."""
    county, months = chosen_county(), _months()
    grid = Grid(months, {}, request.form)
    changes = grid.changes()
    if grid.has_errors():
        return _figures(county, hand_queries.figures(county.code, months), grid, status=422)
    theirs = hand_actions.set_figures(current_cadre(), county.code, changes, {key: grid.seen(key) for key in changes})
    if theirs:
        held = hand_queries.figures(county.code, months)
        grid.show_theirs(theirs, _editors(held))
        return _figures(county, held, grid, status=409)
    db.session.commit()
    flash(f"已保存 {len(changes)} 个数。" if changes else "没有改动。")
    return redirect(url_for(".figures", county=county.code, until=request.args.get("until")), 303)


def _months() -> list[Month]:
    """Return the months on the page."""
    this = Month.of(clock.today())
    until = Month.read(request.args.get("until", "")) or this
    return min(max(until, EARLIEST), this).up_to_this(SHOWN_MONTHS)


def _editors(held: dict[Month, HandFigure]) -> dict[Month, str]:
    names = concerns.names_of({row.updated_by for row in held.values()})
    return {month: names.get(row.updated_by, "") for month, row in held.items()}


def _figures(county: Division, held: dict[Month, HandFigure], grid: Grid, *, status: int = 200) -> ResponseReturnValue:
    first, last, this = grid.months[0], grid.months[-1], Month.of(clock.today())
    return page(
        "figures.html",
        county,
        status=status,
        grid=grid,
        labels=FIGURES,
        held=held,
        editors=_editors(held),
        earlier=str(first.back(1)) if last > EARLIEST else None,
        later=str(min(last.back(-SHOWN_MONTHS), this)) if last < this else None,
    )


@bp.get("/reports/settings")
@requires(Role.OFFICE)
def settings() -> ResponseReturnValue:
    """Show how the county's reports make scores of outcomes."""
    county = chosen_county()
    return _settings(county, SettingForm.of(hand_queries.weights(county.code)))


@bp.post("/reports/settings")
@requires(Role.OFFICE)
def save_settings() -> ResponseReturnValue:
    """Let the county's next reports score otherwise."""
    county, form = chosen_county(), SettingForm(request.form)
    if not form.validate():
        return _settings(county, form, status=422)
    try:
        hand_actions.set_weights(current_cadre(), county.code, form.weights(), form.has_seen)
    except Overtaken:
        db.session.rollback()
        return _overtaken(form)
    db.session.commit()
    flash("已保存。以后的月报照此计分，已定稿的不变。")
    return redirect(url_for(".settings", county=county.code), 303)


def _overtaken(form: SettingForm) -> ResponseReturnValue:
    county = chosen_county()
    theirs = hand_queries.weights(county.code)
    form.seen.data = hand_forms.written(theirs)
    return _settings(county, form, theirs, status=409)


def _settings(
    county: Division, form: SettingForm, theirs: Weights | None = None, *, status: int = 200
) -> ResponseReturnValue:
    held = hand_queries.setting(county.code)
    return page(
        "settings.html",
        county,
        status=status,
        form=form,
        held=held,
        editor=concerns.name_of(held.updated_by) if held else "",
        theirs=hand_forms.words_of(theirs) if theirs else "",
        usual=hand_forms.words_of(Weights()),
    )
