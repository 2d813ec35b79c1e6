"""The command line: `fieldvisit serve | worker | demo | report | import-outbox | import-workdays | db | user | ...`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

# Only the standard library and click up here: `fieldvisit --help` must not wait for Flask and SQLAlchemy.
from fieldvisit.cli_database import database
from fieldvisit.cli_photos import fingerprint_photos
from fieldvisit.cli_report import report
from fieldvisit.cli_user import user
from fieldvisit.cli_worker import worker
from fieldvisit.config import SettingsError, read_settings

if TYPE_CHECKING:
    from flask import Flask

USAGE_ERROR = 2
DAY_S = 24 * 3600


class Commands(click.Group):
    """A group whose commands end with one clear line, not a traceback, when the surroundings are wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say what is wrong with the settings or the database, and exit 2."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            _give_up(str(error))
        except ImportError as error:
            if error.name != "psycopg":
                raise
            _give_up("PostgreSQL needs the extra: pip install 'fieldvisit[pg]'.")
        except Exception as error:
            # Known by name, so that SQLAlchemy need not be loaded for the question.
            if type(error).__name__ not in ("OperationalError", "ProgrammingError"):
                raise
            _give_up(f"The database can't be used: {_first_line(error)} (No tables yet? fieldvisit db upgrade)")


def _give_up(sentence: str) -> NoReturn:
    click.echo(f"fieldvisit: {sentence}", err=True)
    raise SystemExit(USAGE_ERROR)


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).strip().splitlines()[0]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="fieldvisit", message="%(version)s")
def main() -> None:
    """fieldvisit: household visits for the 双联系 system.

    Settings come from the environment (FIELDVISIT_SECRET_KEY, FIELDVISIT_DATABASE_URL,
    FIELDVISIT_DATA_DIR, ...); the README explains them all.

    \b
    Try it out:      fieldvisit demo
    Real use:        fieldvisit db upgrade
                     fieldvisit user add --user-name admin --name 管理员 --unit 区委社会工作部 \\
                         --role administrator
                     fieldvisit serve
    """
    # Database, photos and secrets are for this user alone, whatever the shell's habit.
    os.umask(0o077)


main.add_command(user)
main.add_command(fingerprint_photos)
main.add_command(worker)
main.add_command(report)
main.add_command(database)


def build(environ: Mapping[str, str] = os.environ) -> Flask:
    """Build the application from the environment."""
    from fieldvisit.app import build_app

    return build_app(read_settings(environ))


@contextmanager
def application() -> Iterator[Flask]:
    """Give a command the application in its context, in which every transaction may write."""
    from fieldvisit.database import write_transactions
    from fieldvisit.extensions import db

    app = build()
    with app.app_context(), write_transactions():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def listening(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where to listen."""
    function = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))(function)
    return click.option(
        "--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for every one."
    )(function)


@main.command("import-outbox")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_outbox(file: Path) -> None:
    """Import what a phone that can't connect has exported on its page 待上传.

    Each write is made as the cadre who captured it, once: importing a file twice, or a write that
    the phone has sent after all, changes nothing.

    \b
    Example:
      fieldvisit import-outbox 待上传-2026-07-01.jsonl
    """
    from fieldvisit.audit.actions import record
    from fieldvisit.extensions import db
    from fieldvisit.offline.importing import ExportError, read_export, replay

    try:
        export = read_export(file)
    except ExportError as error:
        _give_up(f"{file.name}: {error}.")
    with application() as app:
        results = list(replay(app, export))
        arrived = sum(result.arrived for result in results)
        record(None, "outbox_imported", "cadre", export.cadre_id, writes=len(results), arrived=arrived)
        db.session.commit()
    for result in results:
        if not result.arrived:
            words = " ".join(re.sub(r"<[^>]+>", " ", result.words).split())
            click.echo(f"Refused ({result.status}): {result.write.what}: {words}", err=True)
    click.echo(f"{arrived} of {len(results)} writes are in the database.")
    if arrived < len(results):
        raise SystemExit(1)


@main.command()
@listening
def serve(host: str, port: int) -> None:
    """Serve the application.

    \b
    Examples:
      fieldvisit serve
      fieldvisit serve --host 0.0.0.0 --port 8080
    Behind a reverse proxy with HTTPS set FIELDVISIT_PROXIES=1. Ctrl+C ends it after the running requests.
    """
    with application() as app:
        require_current_schema()
    _run(app, host, port)


def require_current_schema() -> None:
    from fieldvisit import schema
    from fieldvisit.extensions import db

    if not schema.is_current(db.engine):
        raise click.ClickException("The database does not have the present schema: run `fieldvisit db upgrade`.")


def _run(app: Flask, host: str, port: int) -> None:
    from fieldvisit.server import CannotListen, serve_until_stopped

    try:
        serve_until_stopped(app, host, port)
    except CannotListen as error:
        raise click.ClickException(str(error)) from error


@main.command("import-workdays")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_workdays(file: Path) -> None:
    """Import a year's days off and the weekend days worked for them; a known year is replaced.

    \b
    One day a line, UTF-8 or GB18030: 日期,休|班[,名称]
    Example:
      fieldvisit import-workdays 2027.csv
    """
    from fieldvisit import clock
    from fieldvisit.errors import Refused
    from fieldvisit.extensions import db
    from fieldvisit.uploads import decoded
    from fieldvisit.workdays.actions import import_notice
    from fieldvisit.workdays.notice import read_notice

    try:
        notice = read_notice(decoded(file.read_bytes()), clock.today())
    except Refused as refusal:
        raise click.ClickException(refusal.message) from refusal
    for line, sentence in notice.errors:
        click.echo(f"{file.name}:{line}: {sentence}", err=True)
    if notice.errors:
        raise click.ClickException("Nothing was imported.")
    with application():
        import_notice(None, notice)
        db.session.commit()
    click.echo(f"Imported {len(notice.entries)} days of {', '.join(map(str, notice.years))}.")


@main.command()
def sweep() -> None:
    """Remove what nobody needs any more, and pass on what somebody has left; run it once a day.

    \b
    Photo files that no visit, return visit or concern names (removed ones; what a crash has left), a day old at least.
    Keys of writes that a phone may repeat, after 90 days.
    Return visits of a cadre whose pairing has ended go to who is paired with the household since.
    """
    from fieldvisit.capture.actions import forget_old_writes
    from fieldvisit.concerns import photo_queries as asked
    from fieldvisit.extensions import db
    from fieldvisit.followups import passing
    from fieldvisit.followups import photo_queries as returned
    from fieldvisit.visits import photo_queries as visited
    from fieldvisit.visits.photo_store import PhotoStore

    def is_named(sha256: str) -> bool:
        return visited.is_named(sha256) or returned.is_named(sha256) or asked.is_named(sha256)

    with application() as app:
        writes, passed = forget_old_writes(), passing.of_everybody()
        db.session.commit()
        files = PhotoStore(app.extensions["fieldvisit"].photo_dir).sweep(is_named, DAY_S)
    click.echo(f"Removed {files} photo files and {writes} old write keys; passed on {passed} return visits and checks.")


@main.command()
@listening
@click.option("--no-serve", is_flag=True, help="Only make the database with its demo data.")
def demo(host: str, port: int, no_serve: bool) -> None:
    """Make demo data (once) and serve it.

    \b
    Examples:
      fieldvisit demo
      fieldvisit demo --port 8123
    The data stays: start it again and go on. Needs no settings.
    """
    from fieldvisit.demo import prepare

    app = build({"FIELDVISIT_MODE": "demo"} | os.environ)
    for sign_in in prepare(app):
        click.echo(f"  {sign_in.user_name:<12}{sign_in.password}  {sign_in.duty} {sign_in.name} {sign_in.unit}")
    if not no_serve:
        _run(app, host, port)
