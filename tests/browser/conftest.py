"""What browser tests may ask for: a real server, a real Chromium, a phone, a desk, and a way in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from fieldvisit.accounts.models import Cadre
from fieldvisit.config import Settings
from tests.browser.chromium import launch
from tests.browser.demonstration import Demonstration, demonstrating
from tests.browser.faults import Bench
from tests.browser.serving import Server, serving
from tests.browser.watching import Watch, assert_accessible, take_picture
from tests.factories import Factory
from tests.person import Person

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
    "user_agent": (
        "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Mobile Safari/537.36"
    ),
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
CHINA: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
PATIENCE_MS = 15_000


class Devices:
    """Opens pages, each on a device of its own, and watches them all for errors."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.watches: list[Watch] = []
        # Words in problems that a test brings about on purpose.
        self.forgiven: list[str] = []

    def open(self, device: dict[str, Any], server: Server, **options: Any) -> Page:
        """Open an empty page: devices.open(PHONE, server)."""
        context = self.browser.new_context(base_url=server.url, **CHINA, **device | options)
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        page = context.new_page()
        self.watches.append(Watch(page, server.url))
        return page

    def assert_no_problems(self) -> None:
        """Fail when a page had an error of script, console or policy, or asked a third party."""
        problems = [problem for watch in self.watches for problem in watch.problems]
        problems = [problem for problem in problems if not any(words in problem for words in self.forgiven)]
        assert not problems, "The pages were not free of errors:\n" + "\n".join(problems)


@contextmanager
def devices(browser: Browser) -> Iterator[Devices]:
    """Give devices; put them away when the block ends, and fail if there was an error on any."""
    opened = Devices(browser)
    yield opened
    for context in opened.contexts:
        context.close()
    opened.assert_no_problems()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, one for the whole run; every page gets a context of its own."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """A real server process on the database that `app` and `make` of this test use too."""
    with serving(settings) as server:
        yield server


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """A real server with the demonstration's data, for tests that only look."""
    with demonstrating(tmp_path_factory.mktemp("demo")) as demonstration:
        yield demonstration


@pytest.fixture
def opened(browser: Browser) -> Iterator[Devices]:
    """Devices of this test: opened.open(PHONE, server); errors on any of them fail the test."""
    with devices(browser) as opened:
        yield opened


@pytest.fixture
def phone(opened: Devices, server: Server) -> Page:
    """A page on a phone of 390 × 844."""
    return opened.open(PHONE, server)


@pytest.fixture
def desk(opened: Devices, server: Server) -> Page:
    """A page on a desktop of 1280 × 800."""
    return opened.open(DESK, server)


@pytest.fixture
def bench(app: Flask, settings: Settings, make: Factory, playwright: Playwright, tmp_path: Path) -> Iterator[Bench]:
    """A server that may be killed, a bad line, a phone that lasts, and a cadre, of this test's own."""
    with closing(Bench(app, settings, make, playwright, tmp_path)) as bench:
        bench.begin()
        yield bench


def sign_in(page: Page, user_name: str, password: str) -> None:
    """Sign in by the form, as a person does."""
    page.goto("/sign-in")
    page.locator("input[autocomplete=username]").fill(user_name)
    page.locator("input[type=password]").fill(password)
    page.locator("main form button[type=submit], main form button:not([type])").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def enter(page: Page, app: Flask, cadre: Cadre, server: Server) -> None:
    """Sign a person in without the form, for tests that are about something else."""
    cookie = Person(app, cadre).client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])


@pytest.fixture(name="enter")
def enter_fixture(app: Flask, server: Server) -> Callable[[Page, Cadre], None]:
    """The function enter(page, cadre): signs somebody of this test's database in without the form."""
    return lambda page, cadre: enter(page, app, cadre, server)


@pytest.fixture(name="sign_in")
def sign_in_fixture() -> Callable[[Page, str, str], None]:
    """The function sign_in(page, user_name, password)."""
    return sign_in


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """The function axe(page): asserts that nothing on it shuts people out."""
    return assert_accessible


@pytest.fixture
def picture() -> Callable[[Page, str], Path]:
    """The function picture(page, name): leaves a screenshot in pictures/."""
    return take_picture
