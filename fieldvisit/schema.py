"""Bringing a database to the present schema."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine


def alembic_config(engine: Engine | None = None) -> Config:
    """Return the configuration of our migrations, bound to an engine when one is given."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; creates everything in an empty one."""
    command.upgrade(alembic_config(engine), "head")


def write_revision(engine: Engine, message: str) -> str:
    """Write the migration that leads from the database to the models; return its path. Numbers go on: 0003, 0004."""
    number = int(ScriptDirectory.from_config(alembic_config()).get_current_head() or 0) + 1
    script = command.revision(alembic_config(engine), message, autogenerate=True, rev_id=f"{number:04}")
    assert not isinstance(script, list)
    assert script is not None
    return str(script.path)


def is_current(engine: Engine) -> bool:
    """Say whether the database has the newest schema."""
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        return MigrationContext.configure(connection).get_current_revision() == newest
