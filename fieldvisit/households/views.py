"""The list of households and one household's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires, scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.capture.kept import kept_offline
from fieldvisit.extensions import db
from fieldvisit.households import (
    actions,
    edit_views,  # noqa: F401  (puts its routes on the blueprint)
    list_queries,
    lists,
    pairing_views,  # noqa: F401  (puts its routes on the blueprint)
    panels,
    queries,
    rules,
)
from fieldvisit.households.blueprint import bp as bp
from fieldvisit.households.forms import one_line
from fieldvisit.households.models import Household
from fieldvisit.htmx import wants_fragment
from fieldvisit.organisation import choice_queries
from fieldvisit.organisation import queries as organisation

MAX_TYPED = 60


@bp.get("/households")
@requires(*queries.READERS)
@kept_offline
def index() -> ResponseReturnValue:
    """List the households that the person may see, or those found by what is typed."""
    me = current_cadre()
    filters = _filters(me)
    page = list_queries.households_page(me, filters, request.args.get("after"))
    shown = _list_context(me, page.rows) | {"page": page, "filters": filters}
    if wants_fragment() and request.args.get("after"):
        return render_template("households/_rows.html", **shown)
    shown["places"] = choice_queries.places(scope_of(me).areas, filters.area)
    if wants_fragment():
        return render_template("households/_list.html", **shown, again=True)
    return render_template("households/index.html", **shown, again=False, tags=lists.tags())


def _filters(me: Cadre) -> list_queries.Filters:
    return list_queries.Filters(
        typed=one_line(request.args.get("q"))[:MAX_TYPED],
        # A cadre goes to the own households; the others of the village are one tap away.
        mine=request.args.get("mine") != "0" and me.has(Role.CADRE),
        area=one_line(request.args.get("area"))[:12],
        tag=one_line(request.args.get("tag"))[:20],
    )


def _list_context(me: Cadre, rows: Any) -> dict[str, Any]:
    return {
        "mine": list_queries.marked_as_mine(me, [row.id for row in rows]) if me.has(Role.CADRE) else set(),
        "village_names": organisation.names_of(row.village_code for row in rows),
        "may_filter_mine": me.has(Role.CADRE),
        "may_edit": me.has(*queries.WRITERS),
    }


@bp.get("/households/<uuid:household_id>")
@requires(*queries.READERS)
@kept_offline
def detail(household_id: UUID) -> ResponseReturnValue:
    """Show one household."""
    me = current_cadre()
    household = queries.household_for(me, household_id)
    return _detail_page(me, household)


@bp.post("/households/<uuid:household_id>/people/<uuid:resident_id>/phone")
@requires(*queries.CONFIDANTS)
def show_phone(household_id: UUID, resident_id: UUID) -> ResponseReturnValue:
    """Show a whole phone number in place of the masked one; the audit record keeps who looked."""
    me = current_cadre()
    household, resident = queries.resident_for(me, household_id, resident_id)
    actions.show_phone(me, household, resident)
    db.session.commit()
    if wants_fragment():
        return render_template(
            "households/_phone.html", household=household, resident=resident, shown=True, may_show=True
        )
    return _detail_page(me, household, shown_id=resident.id)


def _detail_page(me: Cadre, household: Household, shown_id: UUID | None = None) -> ResponseReturnValue:
    today = clock.today()
    people = queries.residents_of(household)
    trusted = queries.is_confidant(me, household)
    return render_template(
        "households/detail.html",
        household=household,
        village_name=organisation.names_of([household.village_code])[household.village_code],
        people=[(person, rules.age(person.birth_month, today)) for person in people],
        mine=me.has(Role.CADRE) and queries.is_paired(me, household.id, today),
        shown_id=shown_id,
        may_show=trusted,
        may_edit=trusted and me.has(*queries.WRITERS) and household.active,
        may_restore=trusted and me.has(*queries.WRITERS) and not household.active,
        untied=me.has(Role.CADRE) and household.active and not queries.has_pairing(household.id, today),
        left=None if household.active else queries.why_inactive(household),
        buttons=panels.rendered_buttons(me, household) if trusted else [],
        panels=panels.rendered(me, household) if trusted else [],
    )
