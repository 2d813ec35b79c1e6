"""Adding and changing households and their people."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.capture.kept import kept_offline
from fieldvisit.capture.once import durable
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.households import actions, forms, lists, queries, rules
from fieldvisit.households.blueprint import bp
from fieldvisit.households.models import Household, Resident
from fieldvisit.htmx import go_to, wants_fragment

SAME_DOOR = "门牌相同"


def _to_household(household_id: UUID) -> ResponseReturnValue:
    return go_to(url_for("households.detail", household_id=household_id))


def _editable(household_id: UUID) -> Household:
    household = queries.confided_household(current_cadre(), household_id)
    if not household.active:
        raise Refused("这一户已停用，不能修改。如果停用错了，请先在这一户的页面上点“恢复”。")
    return household


@bp.get("/households/new")
@requires(*queries.WRITERS)
@kept_offline
def new() -> ResponseReturnValue:
    """Show an empty form, with the name that was searched for in vain."""
    me = current_cadre()
    villages = queries.villages_for(me)
    codes = [village.code for village in villages]
    usual = queries.usual_village(me, clock.today())
    first = usual if usual in codes else next(iter(codes), None)
    typed = forms.one_line(request.args.get("name"))[: forms.NAME_LENGTH]
    name = typed if typed and not any(character.isdigit() for character in typed) else ""
    form = forms.NewHouseholdForm(data={"id": str(uuid4()), "village_code": first, "name": name})
    form.offer(villages)
    return render_template("households/new.html", form=form, alike=[], has_villages=bool(villages))


@bp.post("/households/new")
@requires(*queries.WRITERS)
@durable
def add() -> ResponseReturnValue:
    """Add a household; likely duplicates are shown first, and never forbid it."""
    me = current_cadre()
    villages = queries.villages_for(me)
    form = forms.NewHouseholdForm(request.form)
    form.offer(villages)
    household_id = forms.written_id(form.id.data)
    # The second tap of two: the household is there already.
    if household_id and (there := queries.household_with_id(household_id)):
        known = queries.household_for(me, there.id)
        if known.head_name != form.name.data:
            raise Refused("这个编号已用于另一户，这一户没有收下。请重新填写。", 409)
        return _to_household(known.id)
    valid = form.validate()
    alike = [] if not valid or "confirmed" in request.form else _alike(form)
    if not valid or alike:
        template = "households/_new_form.html" if wants_fragment() else "households/new.html"
        return render_template(template, form=form, alike=alike, has_villages=bool(villages)), 422
    person = {key: form.data[key] for key in ("name", "phone", "birth_month")}
    person["phone"] = "" if person["phone"] == forms.NO_PHONE else person["phone"]
    # Should another tap's transaction be a moment faster, @durable tries again, and the household is there.
    household = actions.add_household(me, id=household_id or uuid4(), **person, **form.values())
    flash(f"已新增{household.head_name}家。", "done")
    return _to_household(household.id)


def _alike(form: forms.NewHouseholdForm) -> list[dict[str, Any]]:
    """Return the village's households that may be the one being added, with the reason."""
    group, door, name = int(form.group_no.data or 0), form.door.data or "", form.name.data or ""
    found = []
    for other in queries.neighbours(form.village_code.data):
        near = other.group_no == group and rules.same_door(other.door, door)
        if near or rules.similar_names(other.head_name, name):
            found.append({"row": other, "reason": SAME_DOOR if near else "姓名相近"})
    # The same door says more than a similar name.
    return sorted(found, key=lambda alike: alike["reason"] != SAME_DOOR)[:10]


@bp.route("/households/<uuid:household_id>/edit", methods=["GET", "POST"])
@requires(*queries.WRITERS)
def edit(household_id: UUID) -> ResponseReturnValue:
    """Change where a household is and what is known of it."""
    me, household = current_cadre(), _editable(household_id)
    villages = queries.villages_for(me, [household.village_code])
    form = forms.HouseholdForm(request.form) if request.method == "POST" else forms.HouseholdForm.of(household)
    form.offer(villages, household.tags)
    theirs: dict[str, str] = {}
    if request.method == "POST" and form.validate():
        if actions.edit_household(me, household, forms.whole_number(form.version.data), form.values()):
            db.session.commit()
            flash("已保存。", "done")
            return _to_household(household.id)
        theirs = forms.their_values(household, form, villages)
        # What is saved next is meant against what is shown now.
        form.version.data = str(household.version)
    page = render_template("households/edit.html", household=household, form=form, theirs=theirs, has_villages=True)
    return page, 422 if request.method == "POST" else 200


@bp.route("/households/<uuid:household_id>/people/new", methods=["GET", "POST"])
@requires(*queries.WRITERS)
def add_person(household_id: UUID) -> ResponseReturnValue:
    """Add a person to a household."""
    me, household = current_cadre(), _editable(household_id)
    if request.method != "POST":
        form = forms.ResidentForm(data={"id": str(uuid4()), "version": str(household.version), "relation": ""})
        form.ask_relation()
        return _person_page(household, form, None)
    form = forms.ResidentForm(request.form)
    form.ask_relation()
    resident_id = forms.written_id(form.id.data)
    if resident_id and (there := queries.resident_with_id(resident_id)):
        if there.household_id != household.id:
            raise NotYours
        return _to_household(household.id)
    if not form.validate():
        return _person_page(household, form, None), 422
    actions.add_resident(me, household, id=resident_id, **form.values())
    db.session.commit()
    _say_saved(form)
    return _to_household(household.id)


@bp.route("/households/<uuid:household_id>/people/<uuid:resident_id>", methods=["GET", "POST"])
@requires(*queries.WRITERS)
def edit_person(household_id: UUID, resident_id: UUID) -> ResponseReturnValue:
    """Change a person of a household."""
    me, household = current_cadre(), _editable(household_id)
    _, resident = queries.resident_for(me, household_id, resident_id)
    if request.method != "POST":
        # The number stays masked here too: who wants another one types it.
        known = {key: getattr(resident, key) for key in ("name", "relation", "birth_month")}
        form = forms.ResidentForm(data=known | {"version": str(household.version)})
        form.offer(resident.relation)
        return _person_page(household, form, resident)
    form = forms.ResidentForm(request.form)
    form.offer(resident.relation)
    if not form.validate():
        return _person_page(household, form, resident), 422
    version = forms.whole_number(form.version.data)
    try:
        saved = actions.edit_resident(me, household, resident, version, form.values())
    except Refused as refusal:
        form.relation.errors = [refusal.message]
        return _person_page(household, form, resident), 422
    if saved:
        db.session.commit()
        _say_saved(form)
        return _to_household(household.id)
    theirs = forms.their_person(resident, form)
    form.version.data = str(household.version)
    return _person_page(household, form, resident, theirs), 422


def _say_saved(form: forms.ResidentForm) -> None:
    if form.relation.data == lists.HEAD:
        flash(f"已保存。户主是{form.name.data}；其他人与户主的关系，请核对一下。", "done")
    else:
        flash("已保存。", "done")


def _person_page(
    household: Household,
    form: forms.ResidentForm,
    resident: Resident | None,
    theirs: dict[str, str] | None = None,
) -> str:
    return render_template(
        "households/person.html", household=household, form=form, resident=resident, theirs=theirs or {}
    )


@bp.post("/households/<uuid:household_id>/people/<uuid:resident_id>/remove")
@requires(*queries.WRITERS)
def remove_person(household_id: UUID, resident_id: UUID) -> ResponseReturnValue:
    """Remove a person from a household."""
    me, household = current_cadre(), _editable(household_id)
    resident = queries.resident_with_id(resident_id)
    # Gone already: the second tap of two.
    if resident is not None:
        _, resident = queries.resident_for(me, household_id, resident_id)
        actions.remove_resident(me, household, resident)
        db.session.commit()
    flash("已移除。", "done")
    return _to_household(household.id)


@bp.route("/households/<uuid:household_id>/leave", methods=["GET", "POST"])
@requires(*queries.WRITERS)
def leave(household_id: UUID) -> ResponseReturnValue:
    """Take a household out of the lists, with a reason."""
    me = current_cadre()
    household = queries.confided_household(me, household_id)
    form = forms.LeavingForm(request.form)
    if request.method == "POST" and form.validate():
        actions.deactivate(me, household, form.reason.data)
        db.session.commit()
        flash("已停用。以前的走访还可以看。", "done")
        return _to_household(household.id)
    page = render_template("households/leave.html", household=household, form=form, today=clock.today())
    return page, 422 if request.method == "POST" else 200


@bp.post("/households/<uuid:household_id>/restore")
@requires(*queries.WRITERS)
def restore(household_id: UUID) -> ResponseReturnValue:
    """Bring a household back into the lists."""
    me = current_cadre()
    household = queries.confided_household(me, household_id)
    actions.restore(me, household)
    db.session.commit()
    flash("已恢复。", "done")
    return _to_household(household.id)
