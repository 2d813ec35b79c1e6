"""Where units are told: adding, trying out and ending their addresses, and what did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.notifications import channel_actions, channel_queries, delivery, rules, tasks
from fieldvisit.notifications.blueprint import bp
from fieldvisit.notifications.forms import KIND_WORDS, ChannelForm
from fieldvisit.organisation.models import Unit


@bp.get("/channels")
@requires(Role.OFFICE, Role.ADMINISTRATOR)
def channels() -> ResponseReturnValue:
    """List the addresses of the units that one looks after, and what did not arrive there."""
    me = current_cadre()
    return render_template(
        "notifications/channels.html",
        page=channel_queries.page(me, request.args.get("after"), clock.now()),
        continued=bool(request.args.get("after")),
        undelivered=channel_queries.undelivered(me),
        has_links=bool(current_app.extensions["fieldvisit"].public_url),
        **_words(),
    )


@bp.route("/channels/new", methods=["GET", "POST"])
@requires(Role.OFFICE, Role.ADMINISTRATOR)
def channel_new() -> ResponseReturnValue:
    """Take a new address."""
    form, units = ChannelForm(request.form), channel_queries.units(current_cadre())
    form.unit_id.choices = [("", "请选择")] + [(str(unit.id), unit.name) for unit in units]
    if request.method == "POST" and form.validate():
        try:
            kind, address = form.read_address()
            channel_actions.add(current_cadre(), _chosen(form, units), kind, address)
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            form.address.errors = [refusal.message]
        else:
            flash("地址已添加。先“发一条试试”，看群里或邮箱里收到没有。", "success")
            return go_to(url_for(".channels"))
    status = 422 if form.errors or form.address.errors else 200
    return render_template("notifications/channel_new.html", form=form, examples=rules.EXAMPLES), status


def _chosen(form: ChannelForm, units: Sequence[Unit]) -> Unit:
    for unit in units:
        if str(unit.id) == form.unit_id.data:
            return unit
    raise NotYours


@bp.get("/channels/<int:channel_id>/state")
@requires(Role.OFFICE, Role.ADMINISTRATOR)
def channel_state(channel_id: int) -> ResponseReturnValue:
    """Show how it stands with an address; the list asks for it while a message is on its way."""
    row = channel_queries.row(current_cadre(), channel_id, clock.now())
    return render_template("notifications/_channel.html", row=row, **_words())


@bp.post("/channels/<int:channel_id>/try")
@requires(Role.OFFICE, Role.ADMINISTRATOR)
def channel_try(channel_id: int) -> ResponseReturnValue:
    """Send a first message to an address."""
    channel = channel_queries.channel(current_cadre(), channel_id)
    missing = delivery.missing(current_app.extensions["fieldvisit"])
    if channel.kind in missing:
        raise Refused(missing[channel.kind])
    channel_actions.try_out(current_cadre(), channel)
    db.session.commit()
    tasks.soon()
    return channel_state(channel_id) if wants_fragment() else go_to(url_for(".channels"))


@bp.post("/channels/<int:channel_id>/end")
@requires(Role.OFFICE, Role.ADMINISTRATOR)
def channel_end(channel_id: int) -> ResponseReturnValue:
    """End an address."""
    channel_actions.end(current_cadre(), channel_queries.channel(current_cadre(), channel_id))
    db.session.commit()
    flash("这个地址已停用，不再往那里发消息。")
    return go_to(url_for(".channels"))


@bp.post("/channels/messages/<uuid:message_id>/again")
@requires(Role.OFFICE, Role.ADMINISTRATOR)
def message_again(message_id: UUID) -> ResponseReturnValue:
    """Let a message that did not arrive be tried again."""
    channel_actions.send_again(current_cadre(), *channel_queries.undelivered_one(current_cadre(), message_id))
    db.session.commit()
    tasks.soon()
    flash("这条消息会马上再发。")
    return go_to(url_for(".channels"))


def _words() -> dict[str, object]:
    missing = delivery.missing(current_app.extensions["fieldvisit"])
    return {"kinds": KIND_WORDS, "shown": rules.shown, "missing": missing}
