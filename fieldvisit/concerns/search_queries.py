"""Finding concerns by words, the newest first, within what a list holds.

Words that are common in a list are soon met when it is read from its newest end; rare ones are few in the index. So the
newest of the list are read through first, and only when they do not fill the page the index is asked for the rest: a
small list needs no index at all, and what is rare at the newest end of a large one is seldom common in all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from fieldvisit import bigrams
from fieldvisit.bigrams import Phrase
from fieldvisit.concerns import branch_queries, indexing
from fieldvisit.concerns.branch_queries import Branch
from fieldvisit.concerns.models import Concern
from fieldvisit.extensions import db

Condition = sa.ColumnElement[bool]
# So many of a list are read through at its newest end.
READ_THROUGH = 1500


def is_sought(typed: str) -> bool:
    """Say whether something is typed that can be sought."""
    return bool(bigrams.phrases(typed))


def found(
    typed: str, branches: Sequence[Branch], asked: Sequence[Condition], key: tuple[Any, ...] | None, limit: int,
    *, is_wide: bool,
) -> list[int]:  # fmt: skip
    """Return the ids of the newest concerns after a key that have all that was typed, in at most two queries.

    `asked` says all that holds for the list; `is_wide` that it is a good part of the ledger.
    """
    wanted = bigrams.phrases(typed)
    if db.engine.dialect.name == "sqlite" and is_wide:
        # FTS5 gives its rows from the newest on and stops when it is told to: the list need not be read.
        return _by_index(wanted, asked, key, limit)
    ids, last = _read_through(wanted, branches, asked, key, limit)
    if len(ids) >= limit or last is None:
        return ids[:limit]
    return ids + _by_index(wanted, asked, (last,), limit - len(ids))


def _read_through(
    wanted: Sequence[Phrase], branches: Sequence[Branch], asked: Sequence[Condition], key: tuple[Any, ...] | None,
    limit: int,
) -> tuple[list[int], int | None]:  # fmt: skip
    """Return what is found among the newest, and the key of the last one read; None when that was all there is."""
    keys = branch_queries.merged(branches, asked, key, READ_THROUGH, by_clock=False)
    rows = db.session.execute(
        sa.select(Concern.id, Concern.number, Concern.words, Concern.place)
        .where(Concern.id.in_(sa.select(keys.c.id)))
        .order_by(Concern.id.desc())
    ).all()
    ids: list[int] = []
    for row in rows:
        if bigrams.holds(f"{row.number}\n{row.words}\n{row.place}", wanted):
            ids.append(row.id)
            if len(ids) >= limit:
                break
    return ids, rows[-1].id if len(rows) >= READ_THROUGH else None


def _by_index(
    wanted: Sequence[Phrase], asked: Sequence[Condition], key: tuple[Any, ...] | None, limit: int
) -> list[int]:
    dialect = db.engine.dialect.name
    sought: sa.BindParameter[str] = sa.bindparam("sought", indexing.expression(dialect, wanted))
    if dialect == "sqlite":
        index = sa.table("concern_fts", sa.column("rowid"), sa.column("concern_fts"))
        row_id: Any = index.c.rowid
        matches: Condition = index.c.concern_fts.op("MATCH")(sought)
    else:
        index = sa.table("concern_fts", sa.column("concern_id"), sa.column("terms"))
        row_id = index.c.concern_id
        matches = index.c.terms.op("@@")(sa.cast(sought, TSQUERY))
    select = sa.select(row_id).select_from(index).join(Concern, Concern.id == row_id).where(matches, *asked)
    if key is not None:
        select = select.where(row_id < key[0])
    return list(db.session.scalars(select.order_by(row_id.desc()).limit(limit)))
