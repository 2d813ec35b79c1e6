"""The work lists of the ledger."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import requires
from fieldvisit.concerns import seat_queries
from fieldvisit.concerns.blueprint import bp


@bp.get("/concerns")
@requires(*seat_queries.READERS)
def index() -> ResponseReturnValue:
    """Show a page of a work list; every filter is in the address."""
    return render_template("concerns/index.html")
