"""Administrators' pages of people."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts import administration, lockout, passwords, queries
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.blueprint import bp
from fieldvisit.accounts.forms import ROLE_NAMES, PersonForm
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.extensions import db
from fieldvisit.fields import clean_line
from fieldvisit.htmx import wants_fragment
from fieldvisit.numbers import small_number
from fieldvisit.organisation import queries as organisation


@bp.get("/people")
@requires(Role.ADMINISTRATOR)
def people() -> ResponseReturnValue:
    wanted = queries.PeopleFilter(
        words=(clean_line(request.args.get("q")) or "")[:60],
        unit_id=small_number(request.args.get("unit")),
        active=request.args.get("state") != "off",
    )
    page = queries.people(wanted, request.args.get("cursor"))
    template = "accounts/_people.html" if wants_fragment() else "accounts/people.html"
    return render_template(
        template,
        page=page,
        wanted=wanted,
        units=organisation.units_with_depth(),
        role_names=ROLE_NAMES,
        is_locked=lockout.is_locked,
    )


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
def person_new() -> ResponseReturnValue:
    form = _person_form(None)
    if request.method != "POST":
        form.roles.data = [Role.CADRE.value]
    elif not (found := administration.problems(entered := replace(form.particulars(), active=True))):
        by, password = current_cadre(), passwords.one_time_password()
        # Hashing is slow: it must hold neither SQLite's write lock nor a connection.
        db.session.commit()
        password_hash = passwords.hash_password(password)
        cadre = administration.add_cadre(by, entered, password_hash)
        db.session.commit()
        return render_template("accounts/one_time_password.html", cadre=cadre, password=password, is_new=True)
    else:
        form.show(found)
    return _person_page(form, None)


@bp.route("/people/<int:cadre_id>", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
def person(cadre_id: int) -> ResponseReturnValue:
    cadre = queries.cadre(cadre_id)
    form = _person_form(cadre)
    if request.method != "POST":
        form.fill(cadre)
    elif not (found := administration.problems(form.particulars(), cadre)):
        administration.change_cadre(current_cadre(), cadre, form.particulars())
        db.session.commit()
        flash("已保存。")
        return redirect(url_for(".person", cadre_id=cadre.id), 303)
    else:
        form.show(found)
    return _person_page(form, cadre)


def _person_form(cadre: Cadre | None) -> PersonForm:
    form = PersonForm(request.form)
    present = cadre.unit_id if cadre else None
    # A preselected unit would be everybody's who forgets to choose.
    form.unit_id.choices = ({} if cadre else {"0": "请选择"}) | {
        str(unit.id): "　" * depth + unit.name
        for unit, depth in organisation.units_with_depth()
        if unit.active or unit.id == present
    }
    return form


def _person_page(form: PersonForm, cadre: Cadre | None) -> ResponseReturnValue:
    status = 422 if any(field.errors for field in form) else 200
    template = "accounts/person.html" if cadre else "accounts/person_new.html"
    return render_template(
        template, form=form, cadre=cadre, is_locked=lockout.is_locked(cadre), me=current_cadre()
    ), status


@bp.post("/people/<int:cadre_id>/reset-password")
@requires(Role.ADMINISTRATOR)
def person_reset_password(cadre_id: int) -> ResponseReturnValue:
    by, cadre, password = current_cadre(), queries.cadre(cadre_id), passwords.one_time_password()
    db.session.commit()
    password_hash = passwords.hash_password(password)
    administration.reset_password(by, queries.hold(cadre.id), password_hash)
    db.session.commit()
    return render_template("accounts/one_time_password.html", cadre=cadre, password=password, is_new=False)


@bp.post("/people/<int:cadre_id>/reset-two-step")
@requires(Role.ADMINISTRATOR)
def person_reset_two_step(cadre_id: int) -> ResponseReturnValue:
    administration.reset_two_step(current_cadre(), queries.hold(cadre_id))
    db.session.commit()
    flash("两步登录已关闭，本人可以在“我的”里重新开启。")
    return redirect(url_for(".person", cadre_id=cadre_id), 303)


@bp.post("/people/<int:cadre_id>/unlock")
@requires(Role.ADMINISTRATOR)
def person_unlock(cadre_id: int) -> ResponseReturnValue:
    administration.unlock(current_cadre(), queries.hold(cadre_id))
    db.session.commit()
    flash("已解锁，可以马上登录。")
    return redirect(url_for(".person", cadre_id=cadre_id), 303)
