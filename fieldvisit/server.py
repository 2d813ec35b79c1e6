"""Serving the application with gunicorn's threads."""

from __future__ import annotations

import errno
import os
import socket
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from fieldvisit.config import Settings, Worker
from fieldvisit.extensions import db
from fieldvisit.notifications.worker import Inside

# Long enough for a photo on a village line to end before a restart.
GRACE_S = 30
# A save computes for about as long as Python lets a thread run by default (5 ms): with many phones at once, most
# would be interrupted just before their end, for nothing.
TURN_S = 0.02


class CannotListen(Exception):
    """The address can't be listened on; the message says why and what to do."""


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn, set by our settings instead of its own command line."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self.served = app
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        settings: Settings = self.served.extensions["fieldvisit"]
        values: dict[str, Any] = {
            "bind": self.address,
            "worker_class": "gthread",
            "workers": settings.workers,
            "threads": settings.threads,
            "graceful_timeout": GRACE_S,
            "keepalive": 15,
            "loglevel": "warning",
            "when_ready": lambda _server: click.echo(f"fieldvisit is at http://{self.address} (Ctrl+C ends it)"),
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108  (heartbeats only)
        }
        if settings.worker is Worker.INSIDE:
            # In each process, after the fork: one of them gets to work, the others stand by.
            inside = Inside(self.served)
            values["post_worker_init"] = lambda _worker: inside.start()
            values["worker_exit"] = lambda _server, _worker: inside.end()
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Give each worker the application that was built and checked before the fork."""
        return self.served


def serve_until_stopped(app: Flask, host: str, port: int) -> None:
    """Serve until the process is told to stop; raise CannotListen when the address is not free."""
    _try_address(host, port)
    with app.app_context():
        # A database connection must not be shared by the processes of a fork.
        db.engine.dispose()
    sys.setswitchinterval(TURN_S)
    Server(app, host, port).run()


def _try_address(host: str, port: int) -> None:
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotListen(_why(error, host, port)) from error


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use; end the other program or choose another port with --port."
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {port}; choose one above 1023 with --port."
    return f"Can't listen on {host}: {os.strerror(error.errno) if error.errno and error.errno > 0 else error}."
