"""Rows of which there is one for each key, and that two requests may want to make at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from fieldvisit.extensions import db

Row = TypeVar("Row")


def get_or_make(find: Callable[[], Row | None], make: Callable[[], Row]) -> tuple[Row, bool]:
    """Return the row that `find` finds, else the one that `make` makes, and whether it was made.

    When another transaction has put in a row with the same key meanwhile, `make`'s savepoint is rolled back with all
    that it did, and theirs is returned. So `find` must see what others have committed since: a select, or
    `session.get(…, populate_existing=True)`; with a lock in it, the row returned is locked whoever made it.
    """
    found = find()
    if found is not None:
        return found, False
    try:
        with db.session.begin_nested():
            made = make()
            db.session.add(made)
    except sa.exc.IntegrityError:
        found = find()
        if found is None:
            # Not the key: something else is wrong with the row.
            raise
        return found, False
    return made, True
