"""A person's browser, without the browser: a test client that sends what a browser would."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Person:
    """Gets and posts like a browser on one of our pages; `fragment=True` like htmx there."""

    def __init__(self, app: Flask, cadre: Cadre | None = None) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.cadre = cadre
        if cadre is not None:
            self._take_session(app, cadre)

    def _take_session(self, app: Flask, cadre: Cadre) -> None:
        from flask import session

        from fieldvisit.accounts.actions import start_sign_in

        with app.test_request_context():
            start_sign_in(db.session.merge(cadre))
            db.session.commit()
            token = session["token"]
        with self.client.session_transaction() as held:
            held["token"] = token
            held.permanent = True

    def get(self, url: str, *, fragment: bool = False, **options: Any) -> TestResponse:
        """GET a page, or as htmx does a fragment."""
        return self._send("GET", url, fragment, **options)

    def post(self, url: str, data: Any = None, *, fragment: bool = False, **options: Any) -> TestResponse:
        """POST a form from one of our own pages, or as htmx does."""
        return self._send("POST", url, fragment, data=data, **options)

    def _send(self, method: str, url: str, fragment: bool, **options: Any) -> TestResponse:
        headers = {"Sec-Fetch-Site": "same-origin"} | (FRAGMENT if fragment else {})
        headers |= options.pop("headers", {})
        # A context of its own, as a server gives every request: else `g`, and with it who is signed in, would
        # be that of the request before.
        with self.app.app_context():
            answer = self.client.open(url, method=method, headers=headers, **{"buffered": True} | options)
        # The test's own session, if this thread has one, looks afresh afterwards.
        if has_app_context():
            db.session.rollback()
            db.session.expire_all()
        return answer
