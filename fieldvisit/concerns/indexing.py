"""The full text index of the ledger: words, place and number of each concern, never the name of a person.

It stands in `concern_fts`: an FTS5 table without contents on SQLite, a tsvector on PostgreSQL. It knows nothing of who
may read what: list_queries joins that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from fieldvisit import bigrams
from fieldvisit.bigrams import Phrase
from fieldvisit.concerns.models import Concern
from fieldvisit.extensions import db

ADD = {
    "sqlite": "INSERT INTO concern_fts (rowid, terms) VALUES (:id, :terms)",
    "postgresql": "INSERT INTO concern_fts (concern_id, terms) VALUES (:id, CAST(:terms AS tsvector))",
}
# FTS5 keeps no contents: what is taken out must be told.
REMOVE = {
    "sqlite": "INSERT INTO concern_fts (concern_fts, rowid, terms) VALUES ('delete', :id, :terms)",
    "postgresql": "DELETE FROM concern_fts WHERE concern_id = :id",
}


def text_of(concern: Concern) -> str:
    """Return what of a concern is found by its words."""
    return f"{concern.number}\n{concern.words}\n{concern.place}"


def add(concerns: Iterable[Concern]) -> None:
    """Put new concerns, which have their ids, into the index."""
    rows = [{"id": concern.id, "terms": terms_for(db.engine.dialect.name, text_of(concern))} for concern in concerns]
    if rows:
        db.session.execute(sa.text(ADD[db.engine.dialect.name]), rows)


def replace(concern: Concern, before: str) -> None:
    """Bring a concern's entry to its present text; `before` is the text that the index has."""
    if text_of(concern) == before:
        return
    dialect = db.engine.dialect.name
    remove = sa.text(REMOVE[dialect])
    db.session.execute(remove, {"id": concern.id, "terms": terms_for(dialect, before)} if dialect == "sqlite" else
                       {"id": concern.id})  # fmt: skip
    add([concern])


def terms_for(dialect: str, text: str) -> str:
    """Write a text's terms as a database's index takes them; they are letters and digits only."""
    terms = bigrams.terms(text)
    if dialect == "sqlite":
        return " ".join(terms)
    return " ".join(f"{term}:{place}" for place, term in enumerate(terms, 1))


def expression(dialect: str, wanted: Sequence[Phrase]) -> str:
    """Write what is sought as a database's index takes it."""
    if dialect == "sqlite":
        return " ".join(f'"{" ".join(p.terms)}"{"*" if p.is_beginning else ""}' for p in wanted)
    return " & ".join(f"({' <-> '.join(p.terms)}{':*' if p.is_beginning else ''})" for p in wanted)
