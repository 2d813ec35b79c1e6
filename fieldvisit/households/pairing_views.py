"""The administrator's pages of pairings: by unit, of one cadre."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires, scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.households import forms, list_queries, pairing_actions, pairing_forms, pairing_queries
from fieldvisit.households.blueprint import bp
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.numbers import small_number
from fieldvisit.organisation import choice_queries
from fieldvisit.organisation import queries as organisation

MAX_AT_ONCE = 200


@bp.get("/pairings")
@requires(Role.ADMINISTRATOR)
def pairings() -> ResponseReturnValue:
    """List the units, and the cadres of one of them or with a name."""
    me = current_cadre()
    unit_id, name = small_number(request.args.get("unit")), forms.one_line(request.args.get("q"))[:40]
    asked = unit_id is not None or bool(name)
    return render_template(
        "households/_pairing_cadres.html" if wants_fragment() else "households/pairings.html",
        units=pairing_queries.units(me),
        cadres=pairing_queries.cadres(me, unit_id, name, clock.today()) if asked else [],
        unit_id=unit_id,
        name=name,
        asked=asked,
    )


@bp.get("/pairings/<int:cadre_id>")
@requires(Role.ADMINISTRATOR)
def pairing_cadre(cadre_id: int) -> ResponseReturnValue:
    """Show to whom a cadre is tied, and find more households."""
    me = current_cadre()
    cadre = pairing_queries.cadre_for(me, cadre_id)
    if wants_fragment():
        return render_template("households/_pairing_found.html", cadre=cadre, ticked=set(), again=True, **_found(me))
    return _page(me, cadre)


def _page(me: Cadre, cadre: Cadre, **changed: Any) -> str:
    today = clock.today()
    present = pairing_queries.pairings_of(cadre, today)
    past = pairing_queries.past_pairings_of(cadre, today)
    move = pairing_forms.MoveForm(data={"day": today})
    move.offer(pairing_queries.successors(me, cadre))
    shown: dict[str, Any] = {
        "cadre": cadre,
        "unit_name": organisation.unit(cadre.unit_id).name,
        "present": present,
        "past": past,
        "names": organisation.names_of(row.village_code for row in (*present, *past)),
        "move": move,
        "pair": pairing_forms.PairForm(data={"starts_on": today}),
        "pair_error": "",
        "ticked": set(),
        "may_pair": cadre.active and cadre.has(Role.CADRE),
    }
    return render_template("households/pairing_cadre.html", **shown | _found(me) | {"again": False} | changed)


def _found(me: Cadre) -> dict[str, Any]:
    """Return the households that the search on the page finds; none before anything is asked."""
    filters = list_queries.Filters(
        typed=forms.one_line(request.args.get("q"))[:60], area=forms.one_line(request.args.get("area"))[:12]
    )
    asked = bool(filters.typed or filters.area)
    after = request.args.get("after")
    page = list_queries.households_page(me, filters, after) if asked else None
    rows = page.rows if page else []
    return {
        "filters": filters,
        "places": choice_queries.places(scope_of(me).areas, filters.area),
        "asked": asked,
        "page": page,
        "partners": pairing_queries.partners((row.id for row in rows), clock.today()),
        "found_names": organisation.names_of(row.village_code for row in rows),
    }


def _to_cadre(cadre: Cadre) -> ResponseReturnValue:
    return go_to(url_for("households.pairing_cadre", cadre_id=cadre.id))


@bp.post("/pairings/<int:cadre_id>/pair")
@requires(Role.ADMINISTRATOR)
def pairing_add(cadre_id: int) -> ResponseReturnValue:
    """Tie a cadre to the ticked households."""
    me = current_cadre()
    cadre = pairing_queries.cadre_for(me, cadre_id)
    form = pairing_forms.PairForm(request.form)
    ids = {forms.written_id(text) for text in request.form.getlist("household")}
    valid = form.validate()
    if not ids or len(ids) > MAX_AT_ONCE or None in ids:
        sentence = f"请先勾选要结对的住户，一次最多 {MAX_AT_ONCE} 户。"
        return _page(me, cadre, pair=form, pair_error=sentence), 422
    if not valid:
        return _page(me, cadre, pair=form, ticked=ids), 422
    households = pairing_queries.households_for(me, (one for one in ids if isinstance(one, UUID)))
    for household in households:
        pairing_actions.pair(cadre, household, form.starts_on.day, by=me)
    db.session.commit()
    flash(f"已给{cadre.name}结对 {len(households)} 户。", "done")
    return _to_cadre(cadre)


@bp.post("/pairings/<int:cadre_id>/<int:pairing_id>/end")
@requires(Role.ADMINISTRATOR)
def pairing_end(cadre_id: int, pairing_id: int) -> ResponseReturnValue:
    """End one pairing on a day."""
    me = current_cadre()
    cadre = pairing_queries.cadre_for(me, cadre_id)
    pairing = pairing_queries.pairing_of(cadre, pairing_id)
    form = pairing_forms.EndForm(request.form)
    if not form.validate():
        raise Refused(" ".join(form.ends_on.errors))
    pairing_actions.end_pairing(pairing, form.ends_on.day, by=me)
    db.session.commit()
    flash("已结束结对。", "done")
    return _to_cadre(cadre)


@bp.post("/pairings/<int:cadre_id>/move")
@requires(Role.ADMINISTRATOR)
def pairing_move(cadre_id: int) -> ResponseReturnValue:
    """Give all of a cadre's households to another one."""
    me = current_cadre()
    cadre = pairing_queries.cadre_for(me, cadre_id)
    form = pairing_forms.MoveForm(request.form)
    form.offer(pairing_queries.successors(me, cadre))
    if not form.validate():
        return _page(me, cadre, move=form), 422
    successor = pairing_queries.cadre_for(me, int(form.to.data))
    count = pairing_actions.move_pairings(cadre, successor, form.day.day, by=me)
    db.session.commit()
    flash(f"已把 {count} 户转给{successor.name}。", "done")
    return _to_cadre(cadre)
