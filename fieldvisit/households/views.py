"""The list of households and one household's page."""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.households import panels, queries
from fieldvisit.households.blueprint import bp as bp


@bp.get("/households")
@requires(*queries.READERS)
def index() -> ResponseReturnValue:
    """List the households that the person may see."""
    return render_template("households/index.html")


@bp.get("/households/<uuid:household_id>")
@requires(*queries.READERS)
def detail(household_id: UUID) -> ResponseReturnValue:
    """Show one household."""
    me = current_cadre()
    household = queries.household_for(me, household_id)
    return render_template(
        "households/detail.html", household=household, panels=panels.rendered(me, household)
    )
