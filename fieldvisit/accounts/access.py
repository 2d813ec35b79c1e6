"""Who may call what, and what a person may see: the one place for both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.htmx import current_path, go_to, wants_fragment
from fieldvisit.organisation import queries as organisation

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

DESK_ROLES = frozenset({Role.SUPERVISOR, Role.OFFICE, Role.HANDLER, Role.ADMINISTRATOR})
PUBLIC = "public"
ANYBODY = "anybody signed in"
# All that a one-time password is good for.
OPEN_BEFORE_PASSWORD_CHANGE = frozenset({"accounts.change_password", "accounts.sign_out"})


def public(view: View) -> View:
    """Mark a view that needs no sign-in."""
    view.audience = PUBLIC  # type: ignore[attr-defined]  # read by _guard
    return view


def signed_in(view: View) -> View:
    """Mark a view for everybody who is signed in, whatever their role."""
    view.audience = ANYBODY  # type: ignore[attr-defined]  # read by _guard
    return view


def requires(*roles: Role) -> Callable[[View], View]:
    """Mark a view for people with at least one of the roles; to everybody else it does not exist (404)."""

    def mark(view: View) -> View:
        view.audience = frozenset(roles)  # type: ignore[attr-defined]  # read by _guard
        return view

    return mark


def current_cadre() -> Cadre:
    """Return the signed-in person; only for views that need a sign-in."""
    return cast(Cadre, current_user._get_current_object())


def init_access(app: Flask) -> None:
    """Guard every route by its stated audience; one that states none is closed to everybody."""
    app.before_request(lambda: _guard(app))


def _guard(app: Flask) -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    audience: Any = getattr(app.view_functions[request.endpoint], "audience", None)
    if audience == PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    cadre = current_cadre()
    if _is_durable() and (cadre.must_change_password or not _is_of(cadre)):
        abort(401)
    if audience != ANYBODY and not (isinstance(audience, frozenset) and cadre.has(*audience)):
        abort(404)
    if cadre.must_change_password and request.endpoint not in OPEN_BEFORE_PASSWORD_CHANGE:
        return go_to(url_for("accounts.change_password"))
    return None


def _is_durable() -> bool:
    return "Idempotency-Key" in request.headers


def _is_of(cadre: Cadre) -> bool:
    """Say whether a write was captured by this person: on a shared phone somebody else may have signed in since."""
    return request.headers.get("X-Cadre", str(cadre.id)) == str(cadre.id)


def _ask_to_sign_in() -> ResponseReturnValue:
    # A durable write is not sent away from its page: what was typed there stays, and the answer says what to do.
    if _is_durable():
        abort(401)
    if wants_fragment():
        return go_to(url_for("accounts.sign_in", next=current_path()), 401)
    next_url = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=next_url))


@dataclass(frozen=True)
class Scope:
    """What a person may see.

    `areas` are division codes: everything in these villages, towns or counties. `confided` are those in which
    they may also read what is private to a household: not those that they see as an administrator only.
    `unit_ids` are the units whose cadres' work the person supervises. `own_id` is the person, for what is theirs
    alone.
    """

    own_id: int
    unit_ids: frozenset[int]
    areas: tuple[str, ...]
    confided: tuple[str, ...]

    def within(self, column: Any) -> sa.ColumnElement[bool]:
        """Build the condition "this village code lies in my areas"."""
        return _in_one_of(self.areas, column)

    def within_confided(self, column: Any) -> sa.ColumnElement[bool]:
        """Build the condition "this village code lies where I may read what is private"."""
        return _in_one_of(self.confided, column)


def _in_one_of(areas: tuple[str, ...], column: Any) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(organisation.in_area(column, area) for area in areas))


def scope_of(cadre: Cadre) -> Scope:
    """Return what a person may see of households and of the visit log; once per request."""
    known: dict[int, Scope] = g.setdefault("scopes", {})
    if cadre.id not in known:
        known[cadre.id] = _scope_of(cadre)
    return known[cadre.id]


def _scope_of(cadre: Cadre) -> Scope:
    unit = organisation.unit(cadre.unit_id)
    governed = (unit.division_code,) if unit.division_code else ()
    if cadre.has(Role.OFFICE, Role.ADMINISTRATOR):
        confided = governed if cadre.has(Role.OFFICE, Role.SUPERVISOR) else _points(cadre, {unit.id})
        return Scope(cadre.id, frozenset(organisation.unit_ids_below(unit)), governed, confided)
    unit_ids = frozenset(organisation.unit_ids_below(unit)) if cadre.has(Role.SUPERVISOR) else frozenset()
    points = _points(cadre, unit_ids or {unit.id})
    areas = (*governed, *points) if cadre.has(Role.SUPERVISOR) else points
    return Scope(cadre.id, unit_ids, areas, areas)


def _points(cadre: Cadre, unit_ids: Iterable[int]) -> tuple[str, ...]:
    """Return the villages to which the units are tied, for those who have to do with visits."""
    if not cadre.has(Role.CADRE, Role.SUPERVISOR):
        return ()
    return tuple(organisation.contact_village_codes(unit_ids, clock.today()))


def colleagues(cadre: Cadre) -> sa.Select[int]:
    """Select the ids of the people in the units that a person supervises."""
    return sa.select(Cadre.id).where(Cadre.unit_id.in_(scope_of(cadre).unit_ids))
