"""The demonstration on a real server, and its pages as the people who use them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from playwright.sync_api import Page

from fieldvisit import create_app
from fieldvisit.config import read_settings
from fieldvisit.demo import prepare
from fieldvisit.demo.queries import cadre_named
from fieldvisit.extensions import db
from tests.browser.pages import Visited
from tests.browser.serving import Server, serving
from tests.databases import drop_database, fresh_database_url
from tests.person import Person

if TYPE_CHECKING:
    from tests.browser.conftest import Devices


class Demonstration:
    """A server with the demonstration's data; everybody is signed in once."""

    def __init__(self, app: Flask, server: Server) -> None:
        self.app = app
        self.server = server
        self._cookies: dict[str, dict[str, str]] = {}

    def open(self, devices: Devices, device: dict[str, Any], visited: Visited) -> Page:
        """Open a page on a device of its own, as the person who uses it."""
        page = devices.open(device, self.server)
        if visited.user_name is not None:
            page.context.add_cookies([self._cookie(visited.user_name)])  # type: ignore[list-item]  # plain dict
        page.goto(visited.path, wait_until="load")
        for link in (visited.link, *visited.then.split(" > ")):
            if link:
                page.get_by_role("link", name=link).first.click()
                page.wait_for_load_state("load")
        return page

    def _cookie(self, user_name: str) -> dict[str, str]:
        if user_name not in self._cookies:
            with self.app.app_context():
                person = Person(self.app, cadre_named(user_name))
                db.session.remove()
                # Tests leave no connection open, and the next one must not be handed a closed one.
                db.engine.dispose()
            cookie = person.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
            assert cookie is not None
            self._cookies[user_name] = {"name": cookie.key, "value": cookie.value, "url": self.server.url}
        return self._cookies[user_name]


@contextmanager
def demonstrating(folder: Path) -> Iterator[Demonstration]:
    """Make the demonstration in a folder and serve it until the block ends."""
    url = fresh_database_url(folder)
    settings = read_settings(
        {"FIELDVISIT_MODE": "demo", "FIELDVISIT_DATA_DIR": str(folder), "FIELDVISIT_DATABASE_URL": url}
    )
    app = create_app(settings)
    prepare(app)
    with app.app_context():
        db.engine.dispose()
    with serving(settings) as server:
        yield Demonstration(app, server)
    drop_database(url)
