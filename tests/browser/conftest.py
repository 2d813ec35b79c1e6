"""What browser tests may ask for: a real server, a real Chromium, a phone, a desk, and a way in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from fieldvisit import create_app
from fieldvisit.accounts.models import Cadre
from fieldvisit.config import Settings, read_settings
from fieldvisit.demo import prepare
from fieldvisit.demo.people import DEMO_PASSWORD
from fieldvisit.extensions import db
from tests.browser.chromium import launch
from tests.browser.pages import Visited
from tests.browser.serving import Server, serving
from tests.browser.watching import Watch, assert_accessible, take_picture
from tests.databases import drop_database, fresh_database_url
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

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for the whole run; every page gets a context of its own."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """A real server process on the database that `app` and `make` of this test use too."""
    with serving(settings) as server:
        yield server


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with the demonstration's data, for tests that only look."""
    folder = tmp_path_factory.mktemp("demo")
    url = fresh_database_url(folder)
    settings = read_settings(
        {"FIELDVISIT_MODE": "demo", "FIELDVISIT_DATA_DIR": str(folder), "FIELDVISIT_DATABASE_URL": url}
    )
    app = create_app(settings)
    prepare(app)
    with app.app_context():
        db.engine.dispose()
    with serving(settings) as server:
        yield server
    drop_database(url)


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Open a page on a device of its own: open_page(PHONE, server); errors on any of them fail the test."""
    watches: list[Watch] = []
    contexts = []

    def open_on(device: dict[str, Any], server: Server, **options: Any) -> Page:
        context = browser.new_context(base_url=server.url, **CHINA, **device | options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        watches.append(Watch(page, server.url))
        return page

    yield open_on
    for context in contexts:
        context.close()
    problems = [problem for watch in watches for problem in watch.problems]
    assert not problems, "The pages were not free of errors:\n" + "\n".join(problems)


@pytest.fixture
def phone(open_page: OpenPage, server: Server) -> Page:
    """A page on a phone of 390 × 844."""
    return open_page(PHONE, server)


@pytest.fixture
def desk(open_page: OpenPage, server: Server) -> Page:
    """A page on a desktop of 1280 × 800."""
    return open_page(DESK, server)


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


@pytest.fixture
def go_to(demo_server: Server) -> Callable[[Page, Visited], None]:
    """The function go_to(page, visited): opens a page of the demonstration as the person who uses it."""

    def go(page: Page, visited: Visited) -> None:
        if visited.user_name is not None:
            sign_in(page, visited.user_name, DEMO_PASSWORD)
        page.goto(visited.path, wait_until="load")
        if visited.link:
            page.get_by_role("link", name=visited.link).first.click()
            page.wait_for_load_state("load")

    return go


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
