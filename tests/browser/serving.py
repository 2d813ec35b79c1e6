"""The real server as its own process, as in production."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fieldvisit.config import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 30


@dataclass
class Server:
    """A running `fieldvisit serve`; `url` has no slash at its end."""

    url: str
    settings: Settings
    process: subprocess.Popen[bytes]


@contextmanager
def serving(
    settings: Settings, port: int | None = None, root: Path = ROOT, more: dict[str, str] | None = None
) -> Iterator[Server]:
    """Serve an installation whose database is migrated, on a port of its own, until the block ends.

    `root` is the checkout whose code serves it; `more` are settings besides those that a server of tests has.
    """
    port = port or free_port()
    log = settings.data_dir / "server.log"
    with log.open("ab") as output:
        command = [sys.executable, "-m", "fieldvisit", "serve", "--port", str(port)]
        process = subprocess.Popen(
            command, env=environ_of(settings, root) | (more or {}), cwd=settings.data_dir, stdout=output, stderr=output
        )
    server = Server(f"http://127.0.0.1:{port}", settings, process)
    try:
        _wait_for(server, log)
        yield server
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server that may have ended already; at once, as by Ctrl+C, since nobody uses it any more."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(15)


def environ_of(settings: Settings, root: Path = ROOT) -> dict[str, str]:
    """Return the environment in which commands work on an installation."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FIELDVISIT_")}
    return environ | {
        "PYTHONPATH": str(root),
        "FIELDVISIT_SECRET_KEY": settings.secret_key,
        "FIELDVISIT_DATABASE_URL": settings.database_url,
        "FIELDVISIT_DATA_DIR": str(settings.data_dir),
        "FIELDVISIT_PLAIN_HTTP": "1",
        "FIELDVISIT_THREADS": "16",
    }


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(server: Server, log: Path) -> None:
    for _ in range(PATIENCE_S * 20):
        if server.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(server.url + "/sign-in"):
                return
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')}")
