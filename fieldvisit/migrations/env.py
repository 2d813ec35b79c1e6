"""Alembic's entry: runs the migrations on the engine that fieldvisit.schema hands over."""

from __future__ import annotations

from alembic import context

import fieldvisit.models  # noqa: F401  (makes every table known)
from fieldvisit.database import Base

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    # Our SQLite engines begin and end transactions explicitly, so nothing is kept without this.
    connection.commit()
