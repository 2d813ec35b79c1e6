"""Contact cards: on the phone to be scanned, on paper to be left, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.capture.kept import kept_offline
from fieldvisit.cards import (
    actions,
    concern_queries,
    message_queries,
    message_views,
    queries,
    register_views,  # noqa: F401  (likewise)
    resident_views,  # noqa: F401  (puts its routes on the blueprint)
    rules,
    tokens,
    words,
)
from fieldvisit.cards.blueprint import bp as bp
from fieldvisit.cards.models import ResidentLink
from fieldvisit.concerns.links import register_origin
from fieldvisit.database import write_transactions
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.households import panels
from fieldvisit.households import queries as households
from fieldvisit.households.forms import whole_number, written_id
from fieldvisit.households.models import Household
from fieldvisit.htmx import go_to
from fieldvisit.organisation import queries as organisation


@bp.get("/households/<uuid:household_id>/card")
@requires(Role.CADRE)
@kept_offline
def card(household_id: UUID) -> ResponseReturnValue:
    """Show the code that a resident scans from the cadre's phone."""
    me = current_cadre()
    household = _household(me, household_id)
    link = _links(me, [household])[household.id]
    return render_template(
        "cards/card.html",
        household=household,
        places=organisation.names_of([household.village_code]),
        me=me,
        unit_name=organisation.unit(me.unit_id).name,
        link=link,
        picture=tokens.picture_of(link.id),
    )


@bp.get("/cards/sheet")
@requires(Role.CADRE)
def sheet() -> ResponseReturnValue:
    """Show cards to print: of one household, or of those that one is paired with, along the road."""
    me = current_cadre()
    if "household" in request.args:
        wanted: Sequence[Household] = [_household(me, _named(request.args["household"]))]
    else:
        wanted = households.paired_households(me, clock.today())
    part = max(whole_number(request.args.get("part")) or 1, 1)
    rows = wanted[(part - 1) * rules.MOST_CARDS : part * rules.MOST_CARDS]
    links = _links(me, rows)
    cards = [(household, tokens.picture_of(links[household.id].id)) for household in rows]
    return render_template(
        "cards/sheet.html",
        sheets=[cards[start : start + rules.CARDS_PER_SHEET] for start in range(0, len(cards), rules.CARDS_PER_SHEET)],
        count=len(cards),
        part=part,
        parts=-(-len(wanted) // rules.MOST_CARDS),
        me=me,
        unit_name=organisation.unit(me.unit_id).name,
        back=request.args.get("household", ""),
    )


@bp.post("/households/<uuid:household_id>/card/renew")
@requires(Role.CADRE)
def renew(household_id: UUID) -> ResponseReturnValue:
    """Make a new card for a household; the old one stops working."""
    actions.renew(current_cadre(), _household(current_cadre(), household_id))
    db.session.commit()
    flash("已换新卡，旧卡上的二维码不能用了。请把新卡交给住户。")
    return go_to(url_for(".card", household_id=household_id))


@bp.post("/cards/<uuid:link_id>/revoke")
@requires(Role.CADRE, Role.OFFICE)
def revoke(link_id: UUID) -> ResponseReturnValue:
    """Let a card work no more."""
    link = queries.link_to_revoke(current_cadre(), link_id)
    actions.revoke(current_cadre(), link)
    db.session.commit()
    flash("联系卡已作废，卡上的二维码不能用了。")
    return go_to(url_for("households.detail", household_id=link.household_id))


def _named(text: str) -> UUID:
    found = written_id(text)
    if found is None:
        raise NotYours
    return found


def _household(me: Cadre, household_id: UUID) -> Household:
    household = households.confided_household(me, household_id)
    if not household.active:
        raise Refused("这一户已停用，不能出联系卡。如果停用错了，请先在这一户的页面上点“恢复”。", 409)
    return household


def _links(me: Cadre, rows: Sequence[Household]) -> dict[UUID, ResidentLink]:
    """Return the links for some cards; those that are missing are made now, which shows to nobody else."""
    live = queries.live_links(me, [row.id for row in rows])
    if all(actions.is_good(live.get(row.id)) for row in rows):
        return live
    # A transaction that has read must not turn into one that writes: SQLite refuses when another wrote in between.
    db.session.commit()
    with write_transactions():
        made = actions.links_for(me, rows)
        db.session.commit()
    return made


def card_button(who: Cadre, household: Household) -> str:
    """Offer the contact card to cadres."""
    if not who.has(Role.CADRE) or not household.active:
        return ""
    return Markup(render_template("cards/_button.html", household_id=household.id))  # noqa: S704  (Jinja has escaped it)


def household_panel(who: Cadre, household: Household) -> str:
    """Show what the household has reported, and its cards, to those who look after them."""
    if not who.has(Role.CADRE, Role.OFFICE):
        return ""
    rows = message_queries.messages_of_household(who, household)
    links = queries.links_of_household(who, household.id, clock.today())
    registered = concern_queries.registered_from(who, [message.row.id for message in rows])
    panel = render_template(
        "cards/_panel.html",
        household=household,
        messages=rows,
        registered=registered,
        links=links,
        who=who,
        places={},
        shown_id=None,
    )
    return Markup(panel)  # noqa: S704  (Jinja has escaped it)


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["card_words"] = words
    # Here and not on import, so that they come after those of the features below.
    panels.register(household_panel)
    panels.register_button(card_button)
    register_origin(message_views.concern_origin)
