"""Which places a person finds in the main navigation."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from fieldvisit.accounts.models import Role


@dataclass(frozen=True)
class Place:
    """One entry: its endpoint, word, icon, and the beginnings of the endpoints that count as being there."""

    endpoint: str
    label: str
    icon: str
    within: tuple[str, ...]


TODAY = Place("today.index", "今日", "home", ("today.", "followups."))
HOUSEHOLDS = Place("households.index", "住户", "people", ("households.", "cards."))
MY_VISITS = Place("visits.index", "走访", "list", ("visits.",))
REVIEWS = Place("reviews.index", "走访审阅", "list", ("reviews.",))
MESSAGES = Place("cards.messages", "反映", "message", ("cards.messages",))
PAIRINGS = Place("households.pairings", "结对", "link", ("households.pairing",))
PEOPLE = Place("accounts.people", "人员", "person", ("accounts.people", "accounts.person"))
ORGANISATION = Place("organisation.index", "单位", "units", ("organisation.",))
ME = Place("accounts.me", "我的", "person", ("accounts.",))

# In the order of the navigation; a person with several roles gets each place once.
PLACES: tuple[tuple[frozenset[Role], Place], ...] = (
    (frozenset({Role.CADRE}), TODAY),
    (frozenset({Role.SUPERVISOR, Role.OFFICE}), REVIEWS),
    (frozenset({Role.CADRE, Role.SUPERVISOR, Role.OFFICE, Role.ADMINISTRATOR}), HOUSEHOLDS),
    (frozenset({Role.CADRE}), MY_VISITS),
    (frozenset({Role.CADRE, Role.OFFICE}), MESSAGES),
    (frozenset({Role.ADMINISTRATOR}), PAIRINGS),
    (frozenset({Role.ADMINISTRATOR}), PEOPLE),
    (frozenset({Role.ADMINISTRATOR}), ORGANISATION),
    (frozenset(Role), ME),
)


def places() -> list[Place]:
    """Return the signed-in person's places; the first one is their home."""
    known = current_app.view_functions
    return [place for roles, place in PLACES if place.endpoint in known and current_user.has(*roles)]


def home_url() -> str:
    """Return the address of the signed-in person's first place."""
    return url_for(places()[0].endpoint)


def navigation() -> list[dict[str, object]]:
    """Return the entries for the template, with the present one marked."""
    endpoint = request.endpoint or ""
    mine = places()
    # The longest match wins: 结对 is a page of households but a place of its own.
    here = max(mine, key=lambda place: max(len(w) if endpoint.startswith(w) else 0 for w in place.within))
    return [
        {"url": url_for(place.endpoint), "label": place.label, "icon": place.icon, "here": place is here}
        for place in mine
    ]


def init_navigation(app: Flask) -> None:
    """Let templates say `navigation()`."""
    app.jinja_env.globals["navigation"] = navigation
