"""Tying cadres to households and untying them; what was stays readable as from–to."""

from __future__ import annotations

from datetime import date, timedelta

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.actions import record
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.households import pairing_queries
from fieldvisit.households.events import pairings_changed
from fieldvisit.households.models import Household, Pairing


def pair(cadre: Cadre, household: Household, starts_on: date, *, by: Cadre | None = None) -> Pairing:
    """Tie a cadre to a household from a day on; a pairing that holds then is kept, and no second one made."""
    if not cadre.active or not cadre.has(Role.CADRE):
        raise Refused(f"{cadre.name}不是在岗的走访干部，不能结对。请先在“人员”里给这个人“干部”角色。")
    known = pairing_queries.pairing_between(cadre, household, starts_on)
    if known is not None:
        if known.ends_on is not None or known.starts_on > starts_on:
            known.starts_on, known.ends_on = min(known.starts_on, starts_on), None
            _record(by, "paired", known, starts_on=known.starts_on.isoformat())
            pairings_changed.send(household, by=by)
        return known
    pairing = Pairing(cadre_id=cadre.id, household_id=household.id, starts_on=starts_on)
    db.session.add(pairing)
    db.session.flush()
    _record(by, "paired", pairing, starts_on=starts_on.isoformat())
    pairings_changed.send(household, by=by)
    return pairing


def end_pairing(pairing: Pairing, ends_on: date, *, by: Cadre | None = None) -> None:
    """Let a pairing hold until a day, that day included."""
    if ends_on < pairing.starts_on:
        raise Refused(f"结束的日期不能早于结对的日期（{pairing.starts_on:%Y-%m-%d}），请改一下。")
    pairing.ends_on = ends_on
    _record(by, "pairing_ended", pairing, ends_on=ends_on.isoformat())
    pairings_changed.send(db.session.get_one(Household, pairing.household_id), by=by)


def move_pairings(leaving: Cadre, successor: Cadre, day: date, *, by: Cadre | None = None) -> int:
    """Give all of a cadre's households to another one from a day on; return how many."""
    if leaving.id == successor.id:
        raise Refused("接手的干部和原来的干部是同一个人，请另选一位。")
    pairings = pairing_queries.open_pairings(leaving, day)
    for pairing in pairings:
        household = db.session.get_one(Household, pairing.household_id)
        pair(successor, household, max(day, pairing.starts_on), by=by)
        if pairing.starts_on < day:
            end_pairing(pairing, day - timedelta(days=1), by=by)
        else:
            # It had not begun by then: there is nothing to remember.
            _record(by, "pairing_withdrawn", pairing)
            db.session.delete(pairing)
            pairings_changed.send(household, by=by)
    return len(pairings)


def _record(by: Cadre | None, action: str, pairing: Pairing, **detail: str) -> None:
    household = str(pairing.household_id)
    record(by.id if by else None, action, "cadre", pairing.cadre_id, household=household, **detail)
