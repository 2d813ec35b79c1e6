"""Administrators' pages of units and contact points."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts import queries as accounts
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.organisation import actions, division_views, queries
from fieldvisit.organisation.blueprint import bp
from fieldvisit.organisation.forms import ContactPointForm, EndForm, UnitForm
from fieldvisit.organisation.models import Unit

__all__ = ["bp", "division_views"]


@bp.get("")
@requires(Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    return render_template(
        "organisation/units.html",
        units=queries.units_with_depth(),
        villages=queries.village_names_by_unit(clock.today()),
        places={place.code: place.full_name for place in queries.governable()},
    )


@bp.route("/units/new", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
def unit_new() -> ResponseReturnValue:
    form = _unit_form(None)
    if request.method != "POST":
        form.parent_id.data = request.args.get("parent", 0, type=int)
        form.position.data = queries.next_position()
    elif form.validate():
        try:
            added = actions.add_unit(
                current_cadre().id,
                form.name.data or "",
                _parent(form),
                position=form.position.data or 0,
                division_code=form.division_code.data or None,
            )
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            form.name.errors = [refusal.message]
        else:
            flash("单位已添加，可以接着加联系点。")
            return redirect(url_for(".unit", unit_id=added.id), 303)
    return render_template("organisation/unit_new.html", form=form), _status(form)


@bp.route("/units/<int:unit_id>", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
def unit(unit_id: int) -> ResponseReturnValue:
    if request.method == "POST":
        actions.lock_tree()
    found = queries.unit(unit_id)
    form = _unit_form(found)
    if request.method != "POST":
        form.process(obj=found, parent_id=found.parent_id or 0, division_code=found.division_code or "")
    elif form.validate():
        try:
            actions.change_unit(current_cadre().id, found, _entry(form), accounts.active_people(unit_id))
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            form.name.errors = [refusal.message]
        else:
            flash("已保存。")
            return redirect(url_for(".unit", unit_id=unit_id), 303)
    return _unit_page(found, form, _contact_form(), _status(form))


def _unit_form(unit: Unit | None) -> UnitForm:
    form = UnitForm(request.form)
    present = unit.parent_id if unit else None
    form.parent_id.choices = {"0": "（没有上级）"} | {
        str(other.id): "　" * depth + other.name
        for other, depth in queries.units_with_depth()
        if other.active or other.id == present
    }
    places = queries.governable()
    names = {place.code: place.full_name for place in places}
    if unit and unit.division_code:
        names.setdefault(unit.division_code, f"{unit.division_code}（已停用）")
    form.division_code.choices = {"": "没有，只有联系点"} | names
    return form


def _parent(form: UnitForm) -> Unit | None:
    return queries.unit(form.parent_id.data) if form.parent_id.data else None


def _entry(form: UnitForm) -> actions.UnitEntry:
    return actions.UnitEntry(
        name=form.name.data or "",
        parent=_parent(form),
        position=form.position.data or 0,
        division_code=form.division_code.data or None,
        active=bool(form.active.data),
    )


def _contact_form() -> ContactPointForm:
    form = ContactPointForm(request.form if request.endpoint == "organisation.contact_point_add" else None)
    choices: dict[str, str | dict[str, str]] = {"": "请选择"}
    for village in queries.all_villages():
        town = village.full_name.removesuffix(village.name).strip()
        in_town = choices.setdefault(town, {})
        if isinstance(in_town, dict):
            in_town[village.code] = village.name
    form.village_code.choices = choices
    if form.starts_on.data is None and not form.starts_on.raw_data:
        form.starts_on.data = clock.today()
    return form


def _unit_page(unit: Unit, form: UnitForm, contact_form: ContactPointForm, status: int) -> ResponseReturnValue:
    return render_template(
        "organisation/unit.html",
        unit=unit,
        form=form,
        contact_form=contact_form,
        points=queries.contact_points_with_names(unit.id),
        active_people=accounts.active_people(unit.id),
    ), status


def _status(form: UnitForm | ContactPointForm) -> int:
    return 422 if any(field.errors for field in form) else 200


@bp.post("/units/<int:unit_id>/contact-points")
@requires(Role.ADMINISTRATOR)
def contact_point_add(unit_id: int) -> ResponseReturnValue:
    found, contact_form = queries.unit(unit_id), _contact_form()
    if contact_form.validate() and contact_form.starts_on.data:
        try:
            actions.add_contact_point(
                current_cadre().id, unit_id, contact_form.village_code.data, contact_form.starts_on.data
            )
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            contact_form.village_code.errors = [refusal.message]
        else:
            flash("联系点已添加。")
            return redirect(url_for(".unit", unit_id=unit_id, _anchor="points"), 303)
    form = _unit_form(found)
    form.process(obj=found, parent_id=found.parent_id or 0, division_code=found.division_code or "")
    return _unit_page(found, form, contact_form, _status(contact_form))


@bp.route("/contact-points/<int:point_id>/end", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
def contact_point_end(point_id: int) -> ResponseReturnValue:
    point, form = queries.contact_point(point_id), EndForm(request.form)
    if request.method != "POST":
        form.ends_on.data = point.ends_on or clock.today()
    elif form.validate() and form.ends_on.data:
        try:
            actions.end_contact_point(current_cadre().id, point, form.ends_on.data)
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            form.ends_on.errors = [refusal.message]
        else:
            flash("联系点的结束日期已记下。")
            return redirect(url_for(".unit", unit_id=point.unit_id, _anchor="points"), 303)
    return render_template(
        "organisation/contact_point_end.html",
        form=form,
        point=point,
        unit=queries.unit(point.unit_id),
        village=queries.division(point.village_code),
    ), (422 if form.errors else 200)
