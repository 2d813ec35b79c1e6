"""建议专题调研: what the office suggests to look into, month by month until something came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.concerns.lists import lists
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.households.forms import whole_number
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import Division
from fieldvisit.reports import hand_actions, hand_queries
from fieldvisit.reports.blueprint import bp
from fieldvisit.reports.hand_actions import Overtaken
from fieldvisit.reports.hand_forms import NewThemeForm, SettleForm, ThemeForm, ThemeWordsForm
from fieldvisit.reports.hand_models import Theme
from fieldvisit.reports.hand_views import chosen_county, page
from fieldvisit.reports.months import Month

YEAR = 12
READ_AGAIN = "您打开之后，别人改过这一条，现在的话见上面。要用您写的，请再保存一次。"


class OpenTheme(NamedTuple):
    """An open theme with its two forms, and which of them lies open."""

    theme: Theme
    words_form: ThemeWordsForm
    settle_form: SettleForm
    failing: ThemeForm | None


@bp.get("/reports/themes")
@requires(Role.OFFICE)
def themes() -> ResponseReturnValue:
    """Show a county's open themes, and those settled in the last year; the address may fill in a new one."""
    county, given = chosen_county(), {name: request.args.get(name) for name in ("place", "domain", "month")}
    return _themes(county, new=_offered(NewThemeForm(data=given), county))


@bp.post("/reports/themes")
@requires(Role.OFFICE)
def open_theme() -> ResponseReturnValue:
    """Open a theme."""
    county = chosen_county()
    form = _offered(NewThemeForm(request.form), county)
    if not form.validate():
        return _themes(county, new=form, status=422)
    hand_actions.open_theme(current_cadre(), county.code, form.made_id(), **form.values(county))
    db.session.commit()
    flash("已列入专题。")
    return redirect(url_for(".themes", county=county.code), 303)


@bp.post("/reports/themes/<uuid:theme_id>/words")
@requires(Role.OFFICE)
def reword_theme(theme_id: UUID) -> ResponseReturnValue:
    """Say otherwise what to look into."""
    county, form = chosen_county(), ThemeWordsForm(request.form)

    def act(theme: Theme) -> None:
        hand_actions.reword_theme(current_cadre(), theme, whole_number(form.version.data), form.words.data or "")

    return _changed(county, theme_id, form, act, "已改好。")


@bp.post("/reports/themes/<uuid:theme_id>/settle")
@requires(Role.OFFICE)
def settle_theme(theme_id: UUID) -> ResponseReturnValue:
    """Say what came of a theme."""
    county, form = chosen_county(), SettleForm(request.form)
    form.offer(_months())

    def act(theme: Theme) -> None:
        month = Month.read(form.month.data) or _months()[0]
        version = whole_number(form.version.data)
        hand_actions.settle_theme(current_cadre(), theme, version, month, form.words.data or "")

    return _changed(county, theme_id, form, act, "已办结。")


def _changed(
    county: Division, theme_id: UUID, form: ThemeWordsForm | SettleForm, act: Callable[[Theme], None], done: str
) -> ResponseReturnValue:
    theme = hand_queries.theme_for(county.code, theme_id)
    if not form.validate():
        return _themes(county, failing=form, at=theme_id, status=422)
    try:
        act(theme)
    except Overtaken as refused:
        db.session.rollback()
        form.version.data = str(theme.version)
        form.words.errors = [READ_AGAIN]
        return _themes(county, failing=form, at=theme_id, status=refused.status)
    except Refused as refused:
        db.session.rollback()
        if theme.settled_month is not None:
            return _themes(county, lost=form.words.data or "", sentence=refused.message, status=refused.status)
        form["month"].errors = [refused.message]
        return _themes(county, failing=form, at=theme_id, status=refused.status)
    db.session.commit()
    flash(done)
    return redirect(url_for(".themes", county=county.code), 303)


def _months() -> list[Month]:
    """Return the months that are being reported: this one, and the one before, whose report is still made in it."""
    this = Month.of(clock.today())
    return [this, this.back(1)]


def _offered(form: NewThemeForm, county: Division) -> NewThemeForm:
    form.offer(county, hand_queries.towns_of(county.code), lists(), _months())
    return form


def _themes(
    county: Division,
    *,
    new: NewThemeForm | None = None,
    failing: ThemeForm | None = None,
    at: UUID | None = None,
    sentence: str = "",
    lost: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    found = hand_queries.themes_since(county.code, _months()[0].back(YEAR))
    return page(
        "themes.html",
        county,
        status=status,
        open_themes=[_open(theme, failing if theme.id == at else None) for theme in found if not theme.settled_month],
        settled=sorted(filter(_settled_month, found), key=_settled_month, reverse=True),
        new=new or _offered(NewThemeForm(), county),
        names=organisation.names_of(theme.town_code or county.code for theme in found),
        label_of=lists().domain_label,
        month_of=Month,
        sentence=sentence,
        lost=lost,
    )


def _settled_month(theme: Theme) -> str:
    return str(theme.settled_month or "")


def _open(theme: Theme, failing: ThemeForm | None) -> OpenTheme:
    words_form = failing if isinstance(failing, ThemeWordsForm) else ThemeWordsForm(data={"words": theme.words})
    settle_form = failing if isinstance(failing, SettleForm) else SettleForm()
    settle_form.offer(_months())
    for form in (words_form, settle_form):
        form.version.data = form.version.data or str(theme.version)
        form.tell_apart(theme.id)
    return OpenTheme(theme, words_form, settle_form, failing)
