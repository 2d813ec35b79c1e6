"""What residents have reported, for those who look after it."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.cards import actions, concern_queries, queries
from fieldvisit.cards.blueprint import bp
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.organisation import queries as organisation


@bp.get("/messages")
@requires(Role.CADRE, Role.OFFICE)
def messages() -> ResponseReturnValue:
    """List what one's households have reported: new ones, or all."""
    only_new = request.args.get("state") != "all"
    page = queries.messages_page(current_cadre(), only_new, request.args.get("after"))
    places = organisation.names_of(message.village_code for message in page.rows)
    registered = concern_queries.registered_from(current_cadre(), [message.row.id for message in page.rows])
    return render_template("cards/messages.html", page=page, only_new=only_new, places=places, registered=registered)


@bp.post("/messages/<uuid:message_id>/take")
@requires(Role.CADRE, Role.OFFICE)
def take(message_id: UUID) -> ResponseReturnValue:
    """Note that one knows of a message."""
    message = queries.message_for(current_cadre(), message_id)
    actions.take(current_cadre(), message.row)
    db.session.commit()
    if wants_fragment():
        message = queries.message_for(current_cadre(), message_id)
        places = organisation.names_of([message.village_code])
        registered = concern_queries.registered_from(current_cadre(), [message_id])
        return render_template("cards/_message.html", message=message, places=places, registered=registered)
    return go_to(url_for("households.detail", household_id=message.row.household_id))
