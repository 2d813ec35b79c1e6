"""How often one network address may use the public pages, counted in the database so that all processes agree."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.complaints import queries, receipts, rules
from fieldvisit.complaints.models import AddressUse
from fieldvisit.extensions import db

FORGET = timedelta(days=1)


def uses(what: str, address: str) -> AddressUse:
    """Return an address's use of a page in the present hour, locked until the transaction ends."""
    now, digest = clock.now(), receipts.address_digest(what, address)
    found = queries.hold_address(digest)
    if found is None:
        db.session.execute(sa.delete(AddressUse).where(AddressUse.since < now - FORGET))
        found = _add(AddressUse(digest=digest, times=0, since=now))
    if now - found.since >= rules.BOUND_LASTS:
        found.times, found.since = 0, now
    return found


def _add(row: AddressUse) -> AddressUse:
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except sa.exc.IntegrityError:
        # Another request from the same address came first.
        held = queries.hold_address(row.digest)
        assert held is not None
        return held
    return row
