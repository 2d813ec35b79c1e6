"""One's own calendar link: made, shown once, renewed, revoked."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts import actions, queries
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.blueprint import bp
from fieldvisit.accounts.models import Role
from fieldvisit.addresses import public_address
from fieldvisit.extensions import db


@bp.get("/me/calendar")
@requires(Role.CADRE)
def calendar() -> ResponseReturnValue:
    return render_template("accounts/calendar.html", has_link=current_cadre().calendar_sha256 is not None)


@bp.post("/me/calendar")
@requires(Role.CADRE)
def calendar_make() -> ResponseReturnValue:
    token = actions.make_calendar_link(queries.hold(current_cadre().id))
    db.session.commit()
    address = public_address("followups.calendar", token=token)
    return render_template("accounts/calendar_made.html", address=address)


@bp.post("/me/calendar/revoke")
@requires(Role.CADRE)
def calendar_revoke() -> ResponseReturnValue:
    actions.revoke_calendar_link(queries.hold(current_cadre().id))
    db.session.commit()
    flash("日历链接已停用，订阅过它的日历不再更新。")
    return redirect(url_for(".me"), 303)
