"""The faults of a phone's day in the villages, and a bench on which a visit is made under them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Error as PageLeft
from playwright.sync_api import Playwright

from fieldvisit.accounts.models import Cadre
from fieldvisit.config import Settings
from tests import photos_factory
from tests.browser.installation import Installation
from tests.browser.lasting_phone import LastingPhone
from tests.browser.line import Line, Mishap
from tests.browser.walk import STEPS, Found, Step, Walk, wait_until
from tests.factories import Factory
from tests.person import Person

PHOTO_CARDS = ("kitchen", "bedroom", "toilet")
IS_EMPTY = "async () => { const left = await Outbox.ask({ name: 'list' }); return left !== null && !left.length; }"
HAS_PAGE = "async (path) => Boolean(await (await caches.open(`pages-${Outbox.cadre}`)).match(path))"
PATIENCE_S = 60


def take_pictures(folder: Path) -> Path:
    """Put a photo for each card that takes one into a new folder; return the folder."""
    folder.mkdir()
    for number, card in enumerate(PHOTO_CARDS):
        (folder / f"{card}.jpg").write_bytes(photos_factory.phone_jpeg(width=1000 + number, height=750))
    return folder


class Bench:
    """A server, a line, a phone and a cadre with a household to visit."""

    def __init__(self, app: Flask, settings: Settings, make: Factory, playwright: Playwright, folder: Path) -> None:
        self.app = app
        self.make = make
        self.cadre: Cadre = make.cadre(name="王敏")
        self.photos = take_pictures(folder / "pictures")
        self.installation = Installation(settings)
        self.installation.start()
        self.line = Line(self.installation.port)
        self.phone = LastingPhone(playwright, folder / "profile", self.line.url)

    def begin(self) -> None:
        """Sign the cadre in on the phone."""
        self.phone.sign_in(self.session_of(self.cadre))
        self.phone.page.goto("/")
        wait_until(self.phone.page, "() => Outbox.works()")

    def close(self) -> None:
        """Put everything away."""
        self.phone.close()
        self.line.close()
        self.installation.close()

    def session_of(self, cadre: Cadre) -> dict[str, Any]:
        """Return the cookie of a new sign-in."""
        cookie = Person(self.app, cadre).client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        return {"name": cookie.key, "value": cookie.value}

    def visit(self, fault: Fault, at: Collection[Step]) -> Found:
        """Make a visit in a household of its own, with the fault at some steps; return what arrived of it."""
        walk = Walk(self.make.household("李桂英", paired=self.cadre).id, self.photos)
        walk.open(self.phone.page)
        for number, step in enumerate(STEPS):
            if step in at:
                fault.before(self)
            walk.take(self.phone.page, step)
            if step in at:
                fault.after(self)
                if fault.reopens and step is STEPS[-1]:
                    self.phone.page.goto("/")
                elif fault.reopens:
                    walk.open(self.phone.page)
                    walk.assert_read_back(self.phone.page, list(STEPS[: number + 1]))
        fault.finally_(self)
        self.wait_until_empty()
        return walk.found()

    def try_now(self) -> None:
        """Tell the page what a phone tells it when the signal is back."""
        self.phone.page.evaluate("window.dispatchEvent(new Event('online'))")

    def wait_until_empty(self) -> None:
        """Wait until nothing waits on the phone; nobody taps anything for it."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            with suppress(PageLeft):  # what arrives may lead on to another page
                self.try_now()
                if self.phone.page.evaluate(IS_EMPTY):
                    return
            time.sleep(0.3)
        left = self.phone.page.evaluate(
            "async () => (await Outbox.ask({ name: 'list' })).map((i) => [i.url, i.state, i.answer])"
        )
        raise AssertionError(f"still on the phone: {left}")

    def restart(self) -> None:
        """Start the server again, and let the phone notice."""
        self.installation.start()
        self.try_now()

    def lose(self, mishap: Mishap) -> None:
        """Let the next write come to grief."""
        self.line.mishap = mishap

    def kill_soon(self) -> None:
        """Kill the server within the milliseconds in which it works on a write."""
        time.sleep(random.random() * 0.006)
        self.installation.kill()


def _nothing(_bench: Bench) -> None:
    pass


@dataclass(frozen=True)
class Fault:
    """What happens before and after a step; `reopens`: the page must be opened again after it."""

    name: str
    before: Callable[[Bench], None] = _nothing
    after: Callable[[Bench], None] = _nothing
    finally_: Callable[[Bench], None] = _nothing
    reopens: bool = False


def _line_down(bench: Bench) -> None:
    bench.line.down = True


def _line_up(bench: Bench) -> None:
    bench.line.down = False
    bench.try_now()


def _kill_browser(bench: Bench) -> None:
    bench.phone.kill()
    bench.phone.switch_on()


def _expire(bench: Bench) -> None:
    bench.phone.sign_out()


def _sign_in_again(bench: Bench) -> None:
    bench.phone.sign_in(bench.session_of(bench.cadre))


def _loses(mishap: Mishap) -> Callable[[Bench], None]:
    return lambda bench: bench.lose(mishap)


def _settle(bench: Bench) -> None:
    # The mishap strikes at the write of this step and at none after it.
    end = time.monotonic() + PATIENCE_S
    while bench.line.mishap is not None and time.monotonic() < end:
        time.sleep(0.02)
    bench.try_now()


def _restart_after_it(bench: Bench) -> None:
    end = time.monotonic() + PATIENCE_S
    while bench.installation.is_running and time.monotonic() < end:
        time.sleep(0.02)
    bench.restart()


FAULTS = (
    Fault("no fault"),
    Fault("no signal", _line_down, _line_up),
    Fault("server killed before the write", lambda bench: bench.installation.kill(), Bench.restart),
    Fault(
        "server killed during the write",
        lambda bench: bench.lose(Mishap(then=bench.kill_soon)),
        _restart_after_it,
    ),
    Fault(
        "server killed after the commit, answer lost",
        lambda bench: bench.lose(Mishap(replies=True, then=bench.installation.kill)),
        _restart_after_it,
    ),
    Fault("answer lost", _loses(Mishap(replies=True)), _settle),
    Fault("cut at 10 %", _loses(Mishap(0.10)), _settle),
    Fault("cut at 50 %", _loses(Mishap(0.50)), _settle),
    Fault("cut at 99 %", _loses(Mishap(0.99)), _settle),
    Fault("browser killed", after=_kill_browser, reopens=True),
    Fault("no signal and browser killed", _line_down, _kill_browser, _line_up, reopens=True),
    Fault("sign-in expired", _expire, _sign_in_again, reopens=True),
)
