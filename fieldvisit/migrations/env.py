"""Alembic's entry: runs the migrations on the engine that fieldvisit.schema hands over."""

from __future__ import annotations

from alembic import context

import fieldvisit.models  # noqa: F401  (makes every table known)
from fieldvisit.database import Base

engine = context.config.attributes["engine"]
IS_SQLITE = engine.dialect.name == "sqlite"


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Say whether a table is one of the models': the full text index differs by database, and is made by hand."""
    return kind != "table" or not (name or "").startswith("concern_fts")


def check_references(on: bool) -> None:
    """Switch SQLite's foreign keys: a table that is built anew is dropped for a moment, whatever refers to it."""
    if IS_SQLITE:
        # Not by way of the connection, which would begin a transaction first: within one this says nothing.
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


with engine.connect() as connection:
    check_references(False)
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, include_name=is_ours)
    with context.begin_transaction():
        context.run_migrations()
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all() if IS_SQLITE else []
    if broken:
        raise RuntimeError(f"rows refer to nothing: {broken[:3]}")
    # Our SQLite engines begin and end transactions explicitly, so nothing is kept without this.
    connection.commit()
    check_references(True)
