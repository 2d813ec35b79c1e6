"""A phone that keeps what is on it: a Chromium with a profile of its own, which can be killed and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright

from tests.browser.chromium import ARGUMENTS, find_chromium

DEVICE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}


class LastingPhone:
    """One phone; `page` is its open page."""

    def __init__(self, playwright: Playwright, profile: Path, url: str) -> None:
        self._playwright = playwright
        self._profile = profile
        self._url = url
        self._context: BrowserContext | None = None
        self._cookie: dict[str, Any] | None = None
        self.page = self.switch_on()

    def switch_on(self) -> Page:
        """Start the browser with what its profile holds; return its page."""
        self._context = self._playwright.chromium.launch_persistent_context(
            str(self._profile),
            executable_path=find_chromium(self._playwright),
            args=list(ARGUMENTS),
            base_url=self._url,
            **DEVICE,
        )
        self._context.set_default_timeout(15_000)
        if self._cookie:
            self.sign_in(self._cookie)
        self.page = self._context.pages[0] if self._context.pages else self._context.new_page()
        return self.page

    def sign_in(self, cookie: dict[str, Any]) -> None:
        """Give it a signed-in session that lasts over restarts."""
        # Chromium writes cookies down only twice a minute, and people sign in long before their battery ends.
        self._cookie = cookie
        assert self._context
        week_on = time.time() + 7 * 86400
        self._context.add_cookies([cookie | {"url": self._url, "expires": week_on}])  # type: ignore[list-item]

    def sign_out(self) -> None:
        """Take its session away."""
        self._cookie = None
        assert self._context
        self._context.clear_cookies()

    @property
    def context(self) -> BrowserContext:
        """The browser as it runs now."""
        assert self._context
        return self._context

    def kill(self) -> None:
        """End the browser as an empty battery would; only processes with this profile's path."""
        mark = str(self._profile).encode()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and mark in _command(entry):
                _end(int(entry.name))
        assert self._context
        with contextlib.suppress(Error):  # there is nobody left to answer
            self._context.close()
        for lock in self._profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def close(self) -> None:
        """Switch it off."""
        assert self._context
        self._context.close()


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
