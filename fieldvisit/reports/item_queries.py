"""Reading the concerns of a county's month, as they stood when it ended. Confidential ones are in no report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.concerns.models import CHANGING, Concern, ConcernStep
from fieldvisit.concerns.rules import OPEN, STAGE_OF, Outcome, Stage, Step
from fieldvisit.extensions import db
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import UNRESOLVED, Came, Item, Shape, standing

OPEN_STAGES = sorted({STAGE_OF[state] for state in OPEN})


class _Row(NamedTuple):
    id: int
    number: str
    registered_on: date
    channel: str
    nature: str
    domain: str
    level: str
    village_code: str
    locality_unit_id: int | None
    lead_unit_id: int | None
    contact_unit_id: int | None
    handling_unit_id: int | None
    closed_on: date | None
    outcome: str | None
    merged_into_id: int | None
    due_on: date | None
    mark: str
    round_no: int


COLUMNS = tuple(
    sa.cast(getattr(Concern, name), sa.String).label(name) if name in ("level", "outcome") else getattr(Concern, name)
    for name in _Row._fields
)


def items_of(county_code: str, month: Month) -> list[Item]:
    """Return the month's concerns, received or carried in, in the order in which they were registered; two queries."""
    rows = [_Row._make(row) for row in db.session.execute(_candidates(county_code, month))]
    first, last = month.first, month.last
    reopened = _ended_before(month, [row.id for row in rows if _may_have_been_reopened(row, last)])
    items = (_item(row, first, last, reopened.get(row.id)) for row in rows)
    return [item for item in items if item is not None]


def _candidates(county_code: str, month: Month) -> sa.CompoundSelect[*tuple[Any, ...]]:
    # Three ranges of three indexes; a concern lies in one of them.
    here = (Concern.county_code == county_code, Concern.restricted.is_(False))
    before = Concern.registered_on < month.first
    parts = (
        (Concern.registered_on.between(month.first, month.last),),
        (before, Concern.closed_on >= month.first),
        (before, Concern.stage.in_(OPEN_STAGES)),
    )
    whole = sa.union_all(*(sa.select(*COLUMNS).where(*here, *part) for part in parts))
    return whole.order_by("id")


def _may_have_been_reopened(row: _Row, last: date) -> bool:
    # Only a redo lets what was closed be open again: what the row says now may come after the month.
    return row.round_no > 1 and (row.closed_on is None or row.closed_on > last)


class _Ended(NamedTuple):
    closed_on: date
    outcome: str | None


def _ended_before(month: Month, concern_ids: Sequence[int]) -> dict[int, _Ended]:
    """Map those of some concerns that were closed when the month ended to how; they have been reopened since."""
    if not concern_ids:
        return {}
    end = clock.day_start(month.last + timedelta(days=1))
    steps = db.session.execute(
        sa.select(ConcernStep.concern_id, ConcernStep.state, ConcernStep.step, ConcernStep.at, ConcernStep.details)
        .where(ConcernStep.concern_id.in_(concern_ids))
        .order_by(ConcernStep.concern_id, ConcernStep.nth)
    )
    ended: dict[int, _Ended] = {}
    open_again: set[int] = set()
    for concern_id, state, step, at, details in steps:
        if at < end:
            _note(ended, concern_id, STAGE_OF[state] is Stage.DONE, at)
        elif step is Step.REDO and concern_id in ended and concern_id not in open_again:
            # The first reopening after the month says what stood until then.
            open_again.add(concern_id)
            ended[concern_id] = ended[concern_id]._replace(outcome=details.get("outcome", [None])[0])
    return ended


def _note(ended: dict[int, _Ended], concern_id: int, is_done: bool, at: datetime) -> None:
    if not is_done:
        ended.pop(concern_id, None)
    elif concern_id not in ended:
        ended[concern_id] = _Ended(clock.local(at).date(), None)


def _item(row: _Row, first: date, last: date, ended: _Ended | None) -> Item | None:
    closed_on, outcome = (ended.closed_on, ended.outcome) if ended else (row.closed_on, row.outcome)
    if row.registered_on < first and closed_on is not None and closed_on < first:
        return None
    came = Came.RECEIVED if row.registered_on >= first else Came.CARRIED_IN
    where = standing(closed_on, outcome, row.merged_into_id is not None, row.due_on, last)
    return Item(
        id=row.id,
        number=row.number,
        shape=Shape(came, row.level, where),
        channel=row.channel,
        nature=row.nature,
        domain=row.domain,
        village_code=row.village_code,
        locality_unit=row.locality_unit_id or 0,
        lead_unit=row.lead_unit_id or 0,
        contact_unit=row.contact_unit_id or 0,
        handling_unit=row.handling_unit_id or 0,
        mark="" if where in UNRESOLVED else row.mark,
    )


class Monthly(NamedTuple):
    """How many concerns were received in a month, and how many resolved."""

    received: int
    resolved: int


def series(county_code: str, months: Sequence[Month]) -> dict[Month, Monthly]:
    """Return the numbers of some months in one query, counted in indexes alone."""
    here = (Concern.county_code == county_code, Concern.restricted.is_(False))
    columns = []
    for month in months:
        came = sa.select(sa.func.count()).where(*here, Concern.registered_on.between(month.first, month.last))
        ended = sa.select(sa.func.count()).where(
            *here, Concern.closed_on.between(month.first, month.last), Concern.outcome == Outcome.RESOLVED
        )
        columns += [came.scalar_subquery(), ended.scalar_subquery()]
    row = db.session.execute(sa.select(*columns)).one()
    return {month: Monthly(row[2 * n], row[2 * n + 1]) for n, month in enumerate(months)}


class Changed(NamedTuple):
    """A later change of what an earlier report has counted: by which step, on which day, of what."""

    number: str
    registered_on: date
    step: Step
    at: datetime
    details: dict[str, Any]


def changed_since(county_code: str, month: Month) -> list[Changed]:
    """Return what was corrected or reopened within a month of concerns registered before it, in order."""
    start, end = clock.day_start(month.first), clock.day_start(month.last + timedelta(days=1))
    rows = db.session.execute(
        sa.select(Concern.number, Concern.registered_on, ConcernStep.step, ConcernStep.at, ConcernStep.details)
        .join(Concern, Concern.id == ConcernStep.concern_id)
        .where(
            # These very words, to be served by the partial index.
            sa.text(f"concern_step.{CHANGING}"),
            ConcernStep.at >= start,
            ConcernStep.at < end,
            Concern.county_code == county_code,
            Concern.restricted.is_(False),
            Concern.registered_on < month.first,
        )
        .order_by(ConcernStep.at, ConcernStep.id)
    )
    return [Changed._make(row) for row in rows]
