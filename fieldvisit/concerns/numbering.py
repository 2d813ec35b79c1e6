"""Numbers without gaps by county and month, safe in parallel; and the query codes that go with them."""

from __future__ import annotations

import hmac
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from fieldvisit.complaints.rules import code_from, typed_code
from fieldvisit.concerns import queries, rules
from fieldvisit.concerns.models import ConcernMonth, CountyMark
from fieldvisit.extensions import db
from fieldvisit.organisation import queries as organisation
from fieldvisit.rows import get_or_make

CONFIDENTIAL = "密"


def next_number(county_code: str, month: str, is_restricted: bool) -> str:
    """Take the next number of a county's month; the counter stays locked until the commit.

    Confidential concerns count in a series of their own, or gaps in the open one would tell of them.
    """
    return next_numbers(county_code, month, is_restricted, 1)[0]


def next_numbers(county_code: str, month: str, is_restricted: bool, how_many: int) -> list[str]:
    """Take the next so many numbers of a county's month, as next_number takes one."""
    mark = _mark(county_code) + (CONFIDENTIAL if is_restricted else "")
    series = f"{mark}-{month}"
    # The month's first two may come side by side.
    counter, _is_new = get_or_make(lambda: queries.hold_series(series), lambda: ConcernMonth(series=series, last=0))
    first = counter.last + 1
    counter.last += how_many
    return [rules.number_of(mark, month, nth) for nth in range(first, first + how_many)]


def _mark(county_code: str) -> str:
    found = queries.mark_of(county_code)
    if found is not None:
        return found.mark
    name = organisation.division(county_code).name
    row = CountyMark(county_code=county_code, mark=rules.mark_for(name, queries.marks()))
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except sa.exc.IntegrityError:
        # Another one has given this county its mark meanwhile, or taken the same one for its own.
        return _mark(county_code)
    return row.mark


def code_of(uid: UUID) -> str:
    """Return the query code of a concern: by the secret, so that it is stored nowhere and can be told again."""
    secret: str = current_app.extensions["fieldvisit"].secret_key
    digest = hmac.digest(secret.encode(), b"concern code\0" + uid.bytes, "sha256")
    return code_from(digest)


def is_code(uid: UUID, typed: str) -> bool:
    """Say whether a typed code is a concern's, in the same time whatever it is."""
    return hmac.compare_digest(code_of(uid).encode(), typed_code(typed).encode())
