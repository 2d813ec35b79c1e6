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
# So many hits of the index are looked at before a list is read through, and more before one of many branches is.
FEW_HITS, MORE_HITS, MANY_BRANCHES = 3000, 9000, 10
Key = tuple[Any, ...]


def is_sought(typed: str) -> bool:
    """Say whether something is typed that can be sought."""
    return bool(bigrams.phrases(typed))


def found(typed: str, branches: Sequence[Branch], asked: Sequence[Condition], key: Key | None, limit: int) -> list[int]:
    """Return the ids of the newest concerns after a key that have all that was typed; `asked` says all else."""
    wanted, ids = bigrams.phrases(typed), list[int]()
    last = key
    if db.engine.dialect.name == "sqlite":
        most = MORE_HITS if len(branches) > MANY_BRANCHES else FEW_HITS
        ids, last = _by_newest_hits(wanted, asked, key, limit, most)
        if len(ids) >= limit or last is None:
            return ids
    more, last = _read_through(wanted, branches, asked, last, limit - len(ids))
    ids += more
    if len(ids) >= limit or last is None:
        return ids
    return ids + _by_index(wanted, asked, last, limit - len(ids))


def _by_newest_hits(
    wanted: Sequence[Phrase], asked: Sequence[Condition], key: Key | None, limit: int, most: int
) -> tuple[list[int], Key | None]:
    """Return what is found among the newest hits of the index, and the key of the last hit; None when it was all.

    FTS5 gives its rows from the newest on and stops when it is told to; PostgreSQL's index knows no order.
    """
    matches, row_id = _index(wanted)
    hits = sa.select(row_id.label("id")).where(matches, *_beyond(row_id, key))
    hits = hits.order_by(row_id.desc()).limit(most)
    newest = hits.subquery()
    ids = list(
        db.session.scalars(
            sa.select(newest.c.id)
            .join(Concern, Concern.id == newest.c.id)
            .where(*asked)
            .order_by(newest.c.id.desc())
            .limit(limit)
        )
    )
    if len(ids) >= limit:
        return ids, None
    number, last = db.session.execute(sa.select(sa.func.count(), sa.func.min(newest.c.id)).select_from(newest)).one()
    return ids, (last,) if number >= most else None


def _read_through(
    wanted: Sequence[Phrase], branches: Sequence[Branch], asked: Sequence[Condition], key: Key | None, limit: int
) -> tuple[list[int], Key | None]:
    """Return what is found among the newest, and the key of the last one read; None when that was all there is."""
    keys = branch_queries.merged(branches, asked, key, READ_THROUGH, by_clock=False)
    rows = db.session.execute(
        sa.select(Concern.id, Concern.number, Concern.words, Concern.place)
        .where(Concern.id.in_(sa.select(keys.c.id)))
        .order_by(Concern.id.desc())
    ).all()
    ids = [row.id for row in rows if bigrams.holds(f"{row.number}\n{row.words}\n{row.place}", wanted)]
    return ids[:limit], (rows[-1].id,) if len(rows) >= READ_THROUGH else None


def _by_index(wanted: Sequence[Phrase], asked: Sequence[Condition], key: Key | None, limit: int) -> list[int]:
    matches, row_id = _index(wanted)
    select = sa.select(row_id).join(Concern, Concern.id == row_id).where(matches, *asked, *_beyond(row_id, key))
    return list(db.session.scalars(select.order_by(row_id.desc()).limit(limit)))


def _beyond(row_id: Any, key: Key | None) -> list[Condition]:
    return [] if key is None else [row_id < key[0]]


def _index(wanted: Sequence[Phrase]) -> tuple[Condition, Any]:
    """Return the index's condition for what is sought, and its column of ids."""
    dialect = db.engine.dialect.name
    sought: sa.BindParameter[str] = sa.bindparam("sought", indexing.expression(dialect, wanted))
    if dialect == "sqlite":
        index = sa.table("concern_fts", sa.column("rowid"), sa.column("concern_fts"))
        return index.c.concern_fts.op("MATCH")(sought), index.c.rowid
    index = sa.table("concern_fts", sa.column("concern_id"), sa.column("terms"))
    return index.c.terms.op("@@")(sa.cast(sought, TSQUERY)), index.c.concern_id
