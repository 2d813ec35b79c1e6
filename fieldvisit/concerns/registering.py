"""Registering a concern: its place, its number, who is responsible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record, record_many
from fieldvisit.concerns import clocks, indexing, notifying, numbering, queries, unit_queries
from fieldvisit.concerns.lists import Lists, lists
from fieldvisit.concerns.models import Concern, ConcernStep, ConcernUnit
from fieldvisit.concerns.rules import Level, Stage, State, Step
from fieldvisit.concerns.unit_queries import Responsible
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.rows import get_or_make

COUNTY_DIGITS = unit_queries.COUNTY_DIGITS
USED = "这个编号已被另一条诉求使用，请刷新后重试。"


@dataclass(frozen=True)
class Entry:
    """What is written down of a concern. `village_code` is a county's or town's where no village is known."""

    village_code: str
    channel: str
    nature: str
    domain: str
    words: str
    level: Level
    place: str = ""
    people: int = 1
    household_id: UUID | None = None
    visit_id: UUID | None = None
    card: str = ""
    asker_name: str = ""
    asker_phone: str = ""
    is_anonymous: bool = False
    reported_unit_id: int | None = None
    reported_cadre_id: int | None = None
    external_number: str | None = None


def register(who: Cadre | None, uid: UUID, entry: Entry, at: datetime | None = None) -> Concern:
    """Register a concern under the id that was made where it was written down; the same id again is the same one.

    `who` is None when a resident wrote it; `at` is when it was written down, if not now. Its number and its clocks
    are those of the day on which it arrives.
    """
    # The same write may come by another line at the same moment; the number taken for it is then given back.
    concern, is_new = get_or_make(lambda: queries.registered(uid), lambda: _checked(who, uid, entry))
    if not is_new:
        return _the_same(concern, entry, who)
    db.session.add(ConcernStep(**_first_step(concern, who, at or clock.now())))
    record(who.id if who else None, "concern_registered", "concern", concern.id)
    notifying.tell(concern, Step.REGISTER, who)
    return concern


def _checked(who: Cadre | None, uid: UUID, entry: Entry) -> Concern:
    known = lists()
    _check(entry, known)
    return _add(who, uid, entry, known)


def _the_same(there: Concern, entry: Entry, who: Cadre | None) -> Concern:
    is_same = (there.household_id, there.registered_by) == (entry.household_id, who.id if who else None)
    if not is_same:
        raise Refused(USED, 409)
    return there


def _check(entry: Entry, known: Lists) -> None:
    domain = known.domains.get(entry.domain)
    if domain is None or not domain.parent:
        raise Refused("这个领域已经停用或不存在，请重新选择涉及领域。")
    if entry.nature not in known.natures or entry.channel not in known.channels:
        raise Refused("渠道或性质已经停用，请重新选择。")


def _add(who: Cadre | None, uid: UUID, entry: Entry, known: Lists) -> Concern:
    today = clock.today()
    county, is_restricted = entry.village_code[:COUNTY_DIGITS], known.is_restricted(entry.nature, entry.domain)
    responsible = unit_queries.responsible_for(entry.village_code, entry.domain, today, known)
    number = numbering.next_number(county, f"{today:%Y%m}", is_restricted)
    concern = _concern(who, uid, entry, number, is_restricted, responsible)
    db.session.add(concern)
    db.session.flush()
    put_on_lists(concern)
    indexing.add([concern])
    return concern


def _concern(
    who: Cadre | None, uid: UUID, entry: Entry, number: str, is_restricted: bool, responsible: Responsible
) -> Concern:
    today = clock.today()
    return Concern(
        **vars(entry),
        uid=uid,
        number=number,
        county_code=entry.village_code[:COUNTY_DIGITS],
        restricted=is_restricted,
        locality_unit_id=responsible.locality,
        lead_unit_id=responsible.lead,
        contact_unit_id=responsible.contact,
        registered_by=who.id if who else None,
        registered_at=clock.now(),
        registered_on=today,
        state=State.REGISTERED,
        stage=Stage.NEW,
        clock_on=clocks.tell_by(today),
    )


def register_many(who: Cadre, entries: Sequence[Entry]) -> list[Concern]:
    """Register many new concerns at once, in their order: as register does one, with few queries for all."""
    known, today = lists(), clock.today()
    numbers, responsible = _numbers(entries, known, f"{today:%Y%m}"), _responsible(entries, known)
    concerns = []
    for entry in entries:
        _check(entry, known)
        is_restricted = known.is_restricted(entry.nature, entry.domain)
        number = next(numbers[entry.village_code[:COUNTY_DIGITS], is_restricted])
        who_else = responsible[entry.village_code, entry.domain]
        concerns.append(_concern(who, uuid4(), entry, number, is_restricted, who_else))
    db.session.add_all(concerns)
    db.session.flush()
    units = [{"unit_id": unit, "concern_id": c.id, "stage": c.stage} for c in concerns for unit in _units_of(c)]
    if units:
        db.session.execute(sa.insert(ConcernUnit), units)
    db.session.execute(sa.insert(ConcernStep), [_first_step(concern, who, clock.now()) for concern in concerns])
    record_many(who.id, "concern_registered", "concern", [concern.id for concern in concerns])
    indexing.add(concerns)
    return concerns


def _numbers(entries: Sequence[Entry], known: Lists, month: str) -> dict[tuple[str, bool], Iterator[str]]:
    """Take as many numbers of each series as are needed, the series always in one order: two imports never wait."""
    needed = Counter(
        (entry.village_code[:COUNTY_DIGITS], known.is_restricted(entry.nature, entry.domain)) for entry in entries
    )
    return {key: iter(numbering.next_numbers(key[0], month, key[1], needed[key])) for key in sorted(needed)}


def _responsible(entries: Sequence[Entry], known: Lists) -> dict[tuple[str, str], Responsible]:
    pairs = {(entry.village_code, entry.domain) for entry in entries}
    return {pair: unit_queries.responsible_for(*pair, clock.today(), known) for pair in pairs}


def _units_of(concern: Concern) -> set[int]:
    """Return on whose work lists a concern is. A confidential one is on that of the unit that handles it alone."""
    responsible = () if concern.restricted else (
        concern.locality_unit_id, concern.lead_unit_id, concern.contact_unit_id
    )  # fmt: skip
    return {unit_id for unit_id in (*responsible, concern.handling_unit_id) if unit_id is not None}


def put_on_lists(concern: Concern) -> None:
    """Put a concern on the work lists of the units that have to do with it, and off those of others."""
    wanted = _units_of(concern)
    there = {row.unit_id: row for row in queries.units_of(concern.id)}
    for unit_id in there.keys() - wanted:
        db.session.delete(there[unit_id])
    for unit_id in wanted & there.keys():
        there[unit_id].stage = concern.stage
    db.session.add_all(
        ConcernUnit(unit_id=unit_id, concern_id=concern.id, stage=concern.stage) for unit_id in wanted - there.keys()
    )


def _first_step(concern: Concern, who: Cadre | None, at: datetime) -> dict[str, Any]:
    return {
        "concern_id": concern.id,
        "nth": 1,
        "step": Step.REGISTER,
        "state": concern.state,
        "cadre_id": who.id if who else None,
        "unit_id": who.unit_id if who else None,
        "details": {},
        "at": at,
    }
