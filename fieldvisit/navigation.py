"""Which places a person finds in the main navigation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.workdays import queries as workdays
from fieldvisit.workdays import rules as workday_rules


@dataclass(frozen=True)
class Place:
    """One entry: its endpoint, word, icon, and the beginnings of the endpoints that count as being there."""

    endpoint: str
    label: str
    icon: str
    within: tuple[str, ...]


TODAY = Place("today.index", "今日", "home", ("today.", "followups."))
HOUSEHOLDS = Place("households.index", "住户", "people", ("households.", "cards.", "concerns."))
MY_VISITS = Place("visits.index", "走访", "list", ("visits.",))
REVIEWS = Place("reviews.index", "走访审阅", "list", ("reviews.",))
CONCERNS = Place("concerns.index", "诉求", "inbox", ("concerns.", "hotspots."))
DISSATISFIED = Place(
    "followups.dissatisfied", "不满意", "face", ("followups.dissatisfied", "followups.case", "followups.check_results")
)
REPORTS = Place("reports.index", "民情月报", "chart", ("reports.",))
OWN_REPORT = Place("reports.own_unit", "月报", "chart", ("reports.own_unit",))
COMPLAINTS = Place("complaints.desk", "投诉建议", "letter", ("complaints.",))
MESSAGES = Place("cards.messages", "反映", "message", ("cards.message",))
PAIRINGS = Place("households.pairings", "结对", "link", ("households.pairing",))
PEOPLE = Place("accounts.people", "人员", "person", ("accounts.people", "accounts.person"))
ORGANISATION = Place("organisation.index", "单位", "units", ("organisation.", "workdays."))
ME = Place("accounts.me", "我的", "person", ("accounts.", "notifications."))

# In the order of the navigation; a person with several roles gets each place once.
PLACES: tuple[tuple[frozenset[Role], Place], ...] = (
    (frozenset({Role.CADRE}), TODAY),
    (frozenset({Role.SUPERVISOR, Role.OFFICE}), REVIEWS),
    (frozenset({Role.CADRE, Role.SUPERVISOR, Role.OFFICE, Role.HANDLER}), CONCERNS),
    (frozenset({Role.SUPERVISOR, Role.OFFICE}), DISSATISFIED),
    (frozenset({Role.OFFICE}), REPORTS),
    (frozenset({Role.SUPERVISOR, Role.HANDLER}), OWN_REPORT),
    (frozenset({Role.OFFICE}), COMPLAINTS),
    (frozenset({Role.CADRE, Role.SUPERVISOR, Role.OFFICE, Role.ADMINISTRATOR}), HOUSEHOLDS),
    (frozenset({Role.CADRE}), MY_VISITS),
    (frozenset({Role.CADRE, Role.OFFICE}), MESSAGES),
    (frozenset({Role.ADMINISTRATOR}), PAIRINGS),
    (frozenset({Role.ADMINISTRATOR}), PEOPLE),
    (frozenset({Role.ADMINISTRATOR}), ORGANISATION),
    (frozenset(Role), ME),
)


# What a place has to tell: how many things wait there for the person.
_news: dict[str, Callable[[Cadre], int]] = {}


def register_news(endpoint: str, count: Callable[[Cadre], int]) -> None:
    """Let a place say in the navigation how much waits there, up to 99."""
    _news[endpoint] = count


def _news_of(place: Place) -> str:
    number = _news[place.endpoint](current_user) if place.endpoint in _news else 0
    return "" if not number else str(number) if number < 100 else "99+"


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
        {
            "url": url_for(place.endpoint),
            "label": place.label,
            "icon": place.icon,
            "here": place is here,
            "news": _news_of(place),
        }
        for place in mine
    ]


def missing_workdays() -> list[int]:
    """Return the years without imported days off, to those who can do something about it, where they will read it."""
    if not current_user.has(Role.OFFICE, Role.ADMINISTRATOR):
        return []
    if request.endpoint not in (places()[0].endpoint, "workdays.index"):
        return []
    return workday_rules.missing_years(clock.today(), workdays.table())


def init_navigation(app: Flask) -> None:
    """Let templates say `navigation()` and `missing_workdays()`."""
    app.jinja_env.globals["navigation"] = navigation
    app.jinja_env.globals["missing_workdays"] = missing_workdays
