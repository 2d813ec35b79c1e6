"""The migrations make what the models say."""

import pytest
import sqlalchemy as sa
from alembic import command
from flask import Flask

from fieldvisit import schema
from fieldvisit.audit.actions import record
from fieldvisit.extensions import db


def test_the_migrations_make_what_the_models_say(app: Flask) -> None:
    command.check(schema.alembic_config(db.engine))


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_the_audit_record(app: Flask, statement: str) -> None:
    record(None, "tried", "test", 1)
    db.session.commit()
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()
