"""Servers as processes of their own: the real one and the floor, under the same gunicorn settings."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECRET = "only-for-measuring-" * 3
THREADS = 64
PATIENCE_S = 60


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, its master process, and how long it took to its first page."""

    port: int
    pid: int
    started_in_s: float

    def worker_rss_mb(self) -> float:
        """Return the memory of its one worker in MB (Linux)."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        status = Path(f"/proc/{children[0]}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def our_environ(folder: Path) -> dict[str, str]:
    """Return the settings of an installation in `folder`, as in production behind no proxy."""
    return {
        "FIELDVISIT_SECRET_KEY": SECRET,
        "FIELDVISIT_DATA_DIR": str(folder),
        "FIELDVISIT_PLAIN_HTTP": "1",
        "FIELDVISIT_THREADS": str(THREADS),
    }


@contextmanager
def our_server(folder: Path) -> Iterator[Server]:
    """Run `fieldvisit serve` on the database in `folder`."""
    port = _free_port()
    with _running(["fieldvisit", "serve", "--port", str(port)], our_environ(folder), folder, port) as server:
        yield server


@contextmanager
def floor_server(folder: Path) -> Iterator[Server]:
    """Run the floor with a database of its own in `folder`."""
    port = _free_port()
    settings = f"-b 127.0.0.1:{port} -k gthread -w 1 --threads {THREADS} --keep-alive 15 --log-level warning"
    tmp = ["--worker-tmp-dir", "/dev/shm"] if Path("/dev/shm").is_dir() else []
    command = ["gunicorn", *settings.split(), *tmp, "bench.floor_app:app"]
    with _running(command, {"FLOOR_DATABASE": str(folder / "floor.db")}, folder, port) as server:
        yield server


@contextmanager
def _running(command: list[str], extra: dict[str, str], folder: Path, port: int) -> Iterator[Server]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FIELDVISIT_")}
    environ |= {"PYTHONPATH": str(ROOT)} | extra
    start = time.perf_counter()
    with (folder / f"server-{port}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", *command], env=environ, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for(process, port, Path(log.name))
        yield Server(port, process.pid, time.perf_counter() - start)
    finally:
        _stop(process)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=10):
                return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(15)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
