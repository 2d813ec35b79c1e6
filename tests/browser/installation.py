"""A server that dies: killed with SIGKILL, and started again on the same port and data."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from pathlib import Path

from fieldvisit.config import Settings
from tests.browser.serving import ROOT, Server, free_port, serving


class Installation:
    """Runs `fieldvisit serve` for some settings until closed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.root = ROOT
        self.port = free_port()
        self._stack = ExitStack()
        self._server: Server | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self._server is None:
            self._server = self._stack.enter_context(serving(self.settings, self.port, self.root))

    @property
    def is_running(self) -> bool:
        """Say whether it has been started and not killed since."""
        return self._server is not None

    def kill(self) -> None:
        """End it as a power cut would; by the ids of its own processes."""
        if self._server is None:
            return
        master = self._server.process
        workers = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
        for pid in (master.pid, *map(int, workers)):
            os.kill(pid, signal.SIGKILL)
        master.wait(15)
        self._server = None

    def close(self) -> None:
        """End it, as usual."""
        self._stack.close()
