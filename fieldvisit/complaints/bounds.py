"""How often one network address may use the public pages, counted in the database so that all processes agree."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.complaints import queries, receipts, rules
from fieldvisit.complaints.models import AddressUse
from fieldvisit.extensions import db
from fieldvisit.rows import get_or_make

FORGET = timedelta(days=1)


def uses(what: str, address: str) -> AddressUse:
    """Return an address's use of a page in the present hour, locked until the transaction ends."""
    now, digest = clock.now(), receipts.address_digest(what, address)
    row, _is_new = get_or_make(lambda: queries.hold_address(digest), lambda: _new(digest))
    if now - row.since >= rules.BOUND_LASTS:
        row.times, row.since = 0, now
    return row


def _new(digest: str) -> AddressUse:
    now = clock.now()
    db.session.execute(sa.delete(AddressUse).where(AddressUse.since < now - FORGET))
    return AddressUse(digest=digest, times=0, since=now)
