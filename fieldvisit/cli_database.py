"""`fieldvisit db`: the database's schema."""

from __future__ import annotations

import click


@click.group("db")
def database() -> None:
    """The database's schema."""


@database.command()
def upgrade() -> None:
    """Bring the database to the present schema; makes everything in an empty one.

    \b
    Example:
      fieldvisit db upgrade
    """
    from fieldvisit import schema
    from fieldvisit.cli import application
    from fieldvisit.extensions import db

    with application():
        schema.upgrade(db.engine)
    click.echo("The database has the present schema.")


@database.command()
def check() -> None:
    """Say whether the database has the present schema; exit 1 when it has not.

    \b
    Example:
      fieldvisit db check && fieldvisit serve
    """
    from fieldvisit.cli import application, require_current_schema

    with application():
        require_current_schema()
    click.echo("The database has the present schema.")


@database.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a new migration from what the models say more than the database (for developers).

    \b
    Example:
      FIELDVISIT_MODE=demo fieldvisit db revision "Concerns"
    """
    from fieldvisit import schema
    from fieldvisit.cli import application
    from fieldvisit.extensions import db

    with application():
        click.echo(f"Look it over before you commit it: {schema.write_revision(db.engine, message)}")
