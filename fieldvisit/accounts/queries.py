"""Reading people and their sign-ins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre, Role, SignIn, UnknownName
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.numbers import small_number
from fieldvisit.organisation.models import Unit
from fieldvisit.paging import PAGE_SIZE, Page, after, cut, decode_cursor

# Built once, because every request asks it.
SIGNED_IN = (
    sa.select(Cadre, SignIn.started_at, SignIn.seen_at)
    .join(SignIn, SignIn.cadre_id == Cadre.id)
    .where(SignIn.token_sha256 == sa.bindparam("token_sha256"), SignIn.ended_at.is_(None), Cadre.active)
)


def has_role(role: Role, person: Any = Cadre) -> sa.ColumnElement[bool]:
    """Build the condition "the person (Cadre or an alias of it) has this role"."""
    # Roles are words in one column, and no other word holds one of them.
    return sa.type_coerce(person.roles, sa.String).contains(role.value)


def signed_in_cadre(token_sha256: str) -> tuple[Cadre, datetime, datetime] | None:
    """Return the active person of a sign-in that has not ended, and when that began and was last seen."""
    row = db.session.execute(SIGNED_IN, {"token_sha256": token_sha256}).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def active_cadre(cadre_id: int) -> Cadre | None:
    """Return a person whose account is in use."""
    found = db.session.get(Cadre, cadre_id)
    return found if found is not None and found.active else None


def cadre_of_calendar(token_sha256: str) -> Cadre:
    """Return the active cadre whose calendar link this is, or raise NotYours; for whoever has the link."""
    found: Cadre | None = db.session.scalar(sa.select(Cadre).where(Cadre.calendar_sha256 == token_sha256, Cadre.active))
    if found is None or not found.has(Role.CADRE):
        raise NotYours
    return found


def cadre_by_login(login: str) -> Cadre | None:
    """Return the person with this user name or phone number (in normal form), active or not."""
    return db.session.scalar(sa.select(Cadre).where(sa.or_(Cadre.user_name == login, Cadre.phone == login)))


def unknown_name(digest: str) -> UnknownName | None:
    """Return what is known about a name that nobody has."""
    return db.session.get(UnknownName, digest)


def hold_unknown(digest: str) -> UnknownName | None:
    """Return the same, fresh and locked until the transaction ends."""
    return db.session.get(UnknownName, digest, populate_existing=True, with_for_update=True)


def hold(cadre_id: int) -> Cadre:
    """Return a person, fresh and locked until the transaction ends, or raise NotYours."""
    found = db.session.get(Cadre, cadre_id, populate_existing=True, with_for_update=True)
    if found is None:
        raise NotYours
    return found


def cadre(cadre_id: int) -> Cadre:
    """Return a person, or raise NotYours; for administrators, who see everybody."""
    found = db.session.get(Cadre, cadre_id)
    if found is None:
        raise NotYours
    return found


def login_taken(login: str, other_than: int | None) -> bool:
    """Say whether somebody else has this user name or phone number."""
    found = cadre_by_login(login)
    return found is not None and found.id != other_than


def active_people(unit_id: int) -> int:
    """Count the active people of a unit."""
    return db.session.scalars(
        sa.select(sa.func.count()).select_from(Cadre).where(Cadre.unit_id == unit_id, Cadre.active)
    ).one()


def everybody() -> Sequence[tuple[Cadre, str]]:
    """Return all people with their units' names, by user name."""
    rows = db.session.execute(
        sa.select(Cadre, Unit.name).join(Unit, Unit.id == Cadre.unit_id).order_by(Cadre.user_name)
    )
    return [(row[0], row[1]) for row in rows]


PEOPLE_KEY = (Unit.position, Cadre.unit_id, Cadre.name, Cadre.id)


@dataclass(frozen=True)
class PeopleFilter:
    """Which people an administrator looks for."""

    words: str = ""
    unit_id: int | None = None
    active: bool = True


def people(wanted: PeopleFilter, cursor: str | None) -> Page[tuple[Cadre, str]]:
    """Return a page of people with their units' names, in the units' order; for administrators, who see everybody."""
    statement = (
        sa.select(Cadre, Unit.name, Unit.position)
        .join(Unit, Unit.id == Cadre.unit_id)
        .where(Cadre.active == wanted.active)
        .order_by(*PEOPLE_KEY)
        .limit(PAGE_SIZE + 1)
    )
    if wanted.words:
        fields = (Cadre.name, Cadre.user_name, Cadre.phone, Unit.name)
        statement = statement.where(sa.or_(*(f.icontains(wanted.words, autoescape=True) for f in fields)))
    if wanted.unit_id is not None:
        statement = statement.where(Cadre.unit_id == wanted.unit_id)
    last = decode_cursor(cursor, 4)
    if last is not None:
        position, unit_id, name, cadre_id = last
        numbers = [small_number(text) for text in (position, unit_id, cadre_id)]
        if None not in numbers:
            statement = statement.where(after(PEOPLE_KEY, (numbers[0], numbers[1], name, numbers[2])))
    rows = [(row[0], row[1], row[2]) for row in db.session.execute(statement)]
    page = cut(rows, lambda row: (str(row[2]), str(row[0].unit_id), row[0].name, str(row[0].id)))
    return Page([(cadre, unit_name) for cadre, unit_name, _ in page.rows], page.next)
