"""Administrators' pages of places."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.organisation import divisions, queries, rules
from fieldvisit.organisation.blueprint import bp
from fieldvisit.organisation.forms import DivisionForm, ImportForm, NewDivisionForm, read_table
from fieldvisit.organisation.models import Division, Level


@bp.get("/divisions")
@requires(Role.ADMINISTRATOR)
def division_roots() -> ResponseReturnValue:
    return render_template("organisation/divisions.html", children=queries.children(None))


@bp.route("/divisions/<code>", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
def division(code: str) -> ResponseReturnValue:
    found, form = queries.division(code), DivisionForm(request.form)
    if request.method != "POST":
        form.process(obj=found)
    elif form.validate():
        try:
            divisions.change_division(current_cadre().id, found, form.name.data or "", active=bool(form.active.data))
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            form.name.errors = [refusal.message]
        else:
            flash("已保存。")
            return redirect(url_for(".division", code=code), 303)
    return _division_page(found, form, NewDivisionForm())


@bp.post("/divisions/<code>/add")
@requires(Role.ADMINISTRATOR)
def division_add(code: str) -> ResponseReturnValue:
    parent, new_form = queries.division(code), NewDivisionForm(request.form)
    level = rules.child_level(parent.level)
    if level is None:
        raise Refused("村（社区）下面不能再加区划。")
    if new_form.validate():
        try:
            divisions.add_division(
                current_cadre().id, new_form.code.data or "", Level(level), new_form.name.data or "", parent
            )
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            new_form.code.errors = [refusal.message]
        else:
            flash("已添加。")
            return redirect(url_for(".division", code=code, _anchor="below"), 303)
    form = DivisionForm()
    form.process(obj=parent)
    return _division_page(parent, form, new_form)


def _division_page(place: Division, form: DivisionForm, new_form: NewDivisionForm) -> ResponseReturnValue:
    status = 422 if any(field.errors for field in (*form, *new_form)) else 200
    below = rules.child_level(place.level)
    return render_template(
        "organisation/division.html",
        place=place,
        above=queries.ancestors(place),
        children=queries.children(place.code),
        level_name=rules.LEVEL_NAMES[place.level],
        child_level_name=rules.LEVEL_NAMES[below] if below else None,
        form=form,
        new_form=new_form,
    ), status


@bp.route("/divisions/import", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
def division_import() -> ResponseReturnValue:
    form, done = ImportForm(), None
    if request.method == "POST":
        uploaded = request.files.get("file")
        try:
            rows = read_table(uploaded.read() if uploaded else b"")
            done = divisions.import_divisions(current_cadre().id, rows)
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            form.file.errors = [refusal.message]
        if done and not done.errors:
            flash(f"导入完成：新增 {done.added} 个，改名 {done.renamed} 个，没有变化 {done.unchanged} 个。")
            return redirect(url_for(".division_roots"), 303)
    errors = done.errors if done else []
    status = 422 if errors or form.file.errors else 200
    return render_template("organisation/division_import.html", form=form, errors=errors), status
