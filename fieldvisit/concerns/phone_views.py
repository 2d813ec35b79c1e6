"""Registering a concern in a home, online or not, and what became of it on the household's page."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import make_response, render_template
from flask import request as sent
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.capture.kept import captured_at, kept_offline
from fieldvisit.capture.once import durable
from fieldvisit.concerns import actions, phone_queries, suggesting, words
from fieldvisit.concerns.blueprint import bp
from fieldvisit.concerns.lists import Lists, lists
from fieldvisit.concerns.phone_forms import PhoneConcernForm, domain_choices
from fieldvisit.concerns.registering import register
from fieldvisit.errors import NotYours, Refused
from fieldvisit.fields import first_error
from fieldvisit.households import panels
from fieldvisit.households import queries as households
from fieldvisit.households.models import Household
from fieldvisit.visits import slots
from fieldvisit.visits.checklist import Kind
from fieldvisit.visits.sheet import Sheet

WRITERS = (Role.CADRE, Role.OFFICE)
# Cards that may tell of something to be done.
ASKING = frozenset({Kind.CONDITION, Kind.SITUATION})
WRONGLY = "登记错了，由登记人撤回。"


@bp.get("/households/<uuid:household_id>/concerns/new")
@requires(*WRITERS)
@kept_offline
def add(household_id: UUID) -> ResponseReturnValue:
    """Offer the form for a concern of a household."""
    household = households.confided_household(current_cadre(), household_id)
    known = lists()
    return render_template(
        "concerns/add.html",
        household=household,
        uid=uuid4(),
        domains=domain_choices(known),
        natures=list(known.natures.values()),
        secret_domains=_secret_domains(known),
    )


@bp.post("/households/<uuid:household_id>/concerns/<uuid:uid>")
@requires(*WRITERS)
@durable
def write_down(household_id: UUID, uid: UUID) -> ResponseReturnValue:
    """Register a concern of a household under the id that the phone made."""
    who = current_cadre()
    household = households.confided_household(who, household_id)
    form = PhoneConcernForm(sent.form)
    if not form.validate():
        raise Refused(first_error(form))
    visit_id = phone_queries.own_visit_in(who, form.visit_id(), household.id)
    concern = register(who, uid, form.entry(household, visit_id), captured_at())
    return render_template("concerns/_registered.html", concern=concern)


@bp.post("/households/<uuid:household_id>/concerns/<uuid:uid>/withdraw")
@requires(*WRITERS)
@durable
def take_back(household_id: UUID, uid: UUID) -> ResponseReturnValue:
    """Withdraw what one has registered by mistake; the answer is empty, so that it leaves the page."""
    who = current_cadre()
    households.confided_household(who, household_id)
    concern = phone_queries.registered_by(who, uid, household_id)
    if concern is None or concern.restricted:
        raise NotYours
    actions.withdraw(who, concern, concern.version, WRONGLY)
    return make_response("")


@slots.register
def below_cards(who: Cadre, sheet: Sheet) -> Mapping[str, Markup]:
    """Offer to register what looks like a problem below its card, and show what was registered there."""
    known = lists()
    there = phone_queries.of_visit(who, sheet.visit.id) if sheet.visit else []
    cards = [card for card in sheet.checklist.cards() if card.kind in ASKING]
    parts = {
        card.key: _rendered(
            "concerns/_offer.html",
            card=card,
            concerns=[concern for concern in there if concern.card == card.key],
            household_id=sheet.household.id,
            state_words=words.STATE_WORDS,
            by_tag={tag: _open_domain(tag, card.domain, known) for tag in card.tags},
        )
        for card in cards
    }
    end = _rendered(
        "concerns/_pattern.html",
        household_id=sheet.household.id,
        domains=domain_choices(known),
        secret_domains=_secret_domains(known),
    )
    return {**parts, slots.END: end}


def _open_domain(tag: str, top: str, known: Lists) -> str:
    """Return the domain that a tag points to; never a confidential one, which nobody should choose by a slip."""
    code = suggesting.domain(tag, known.domains.items(), top)
    return "" if code in _secret_domains(known) else code


def _secret_domains(known: Lists) -> list[str]:
    return [domain.code for domain in known.domains.values() if domain.restricted]


@panels.register
def household_panel(who: Cadre, household: Household) -> str:
    """Show what became of a household's concerns, to those who may know of them."""
    shown = phone_queries.of_household(who, household.id)
    if not shown:
        return ""
    return _rendered(
        "concerns/_panel.html",
        shown=shown,
        state_words=words.STATE_WORDS,
        outcome_words=words.OUTCOME_WORDS,
        mark_words=words.MARK_WORDS,
    )


def household_button(who: Cadre, household: Household) -> str:
    """Offer to register a concern, to those who may write in the household."""
    if not who.has(*WRITERS) or not household.active or not households.is_confidant(who, household):
        return ""
    return _rendered("concerns/_button.html", household_id=household.id)


# Comes after the button for a visit, which is registered as soon as its module is read.
@bp.record
def _offer_after_visits(_state: BlueprintSetupState) -> None:
    panels.register_button(household_button)


def _rendered(template: str, **context: object) -> Markup:
    return Markup(render_template(template, **context))  # noqa: S704  (Jinja has escaped it)
