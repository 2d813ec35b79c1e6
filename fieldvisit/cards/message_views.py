"""What residents have reported, for those who look after it."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.cards import actions, concern_queries, message_queries
from fieldvisit.cards.blueprint import bp
from fieldvisit.cards.message_queries import Message
from fieldvisit.concerns.links import Link
from fieldvisit.concerns.models import Concern
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.organisation import queries as organisation
from fieldvisit.paging import Page


@bp.get("/messages")
@requires(Role.CADRE, Role.OFFICE)
def messages() -> ResponseReturnValue:
    """List what one's households have reported: new ones, or all."""
    only_new = request.args.get("state") != "all"
    return _list(message_queries.messages_page(current_cadre(), only_new, request.args.get("after")), only_new)


@bp.get("/messages/<uuid:message_id>")
@requires(Role.CADRE, Role.OFFICE)
def message(message_id: UUID) -> ResponseReturnValue:
    """Show one message by itself."""
    return _list(Page([message_queries.message_for(current_cadre(), message_id)], None), only_new=False)


def concern_origin(who: Cadre, concern: Concern) -> Link | None:
    """Lead from a concern to the message that it was registered from: it bears its id."""
    if not who.has(Role.CADRE, Role.OFFICE) or message_queries.message_with_id(concern.uid) is None:
        return None
    try:
        message_queries.message_for(who, concern.uid)
    except NotYours:
        return None
    return Link("住户自己写的反映", url_for("cards.message", message_id=concern.uid))


def _list(page: Page[Message], only_new: bool, shown_id: UUID | None = None) -> str:
    places = organisation.names_of(message.village_code for message in page.rows)
    registered = concern_queries.registered_from(current_cadre(), [message.row.id for message in page.rows])
    return render_template(
        "cards/messages.html",
        page=page,
        only_new=only_new,
        places=places,
        registered=registered,
        shown_id=shown_id,
    )


@bp.post("/messages/<uuid:message_id>/take")
@requires(Role.CADRE, Role.OFFICE)
def take(message_id: UUID) -> ResponseReturnValue:
    """Note that one knows of a message."""
    message = message_queries.message_for(current_cadre(), message_id)
    actions.take(current_cadre(), message.row)
    db.session.commit()
    if wants_fragment():
        message = message_queries.message_for(current_cadre(), message_id)
        places = organisation.names_of([message.village_code])
        registered = concern_queries.registered_from(current_cadre(), [message_id])
        return render_template(
            "cards/_message.html", message=message, places=places, registered=registered, shown_id=None
        )
    return go_to(url_for("households.detail", household_id=message.row.household_id))


@bp.post("/messages/<uuid:message_id>/phone")
@requires(Role.CADRE, Role.OFFICE)
def show_phone(message_id: UUID) -> ResponseReturnValue:
    """Show the number that a resident left for a call back; the audit record keeps who looked."""
    message = message_queries.message_for(current_cadre(), message_id)
    actions.show_phone(current_cadre(), message.row)
    db.session.commit()
    if wants_fragment():
        return render_template("cards/_phone.html", row=message.row, shown=True)
    return _list(Page([message], None), only_new=False, shown_id=message_id)
