"""What the phone's outbox says of a write that it kept, and what it is told back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldvisit import clock
from fieldvisit.capture.once import KEY_HEADER

AGE_HEADER = "X-Age"
KEEP_HEADER = "X-Keep-Offline"
OLDEST = timedelta(days=90)
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def init_capture(app: Flask) -> None:
    """Let every answer say what a phone may do with it."""
    app.after_request(_name_the_write)
    app.after_request(_let_keep)


def captured_at() -> datetime:
    """Return when the present write was made: now, less the time that it has lain in the phone's outbox.

    The phone sends that time as its age in seconds: however wrong its clock is, what passed on it is right.
    """
    text = request.headers.get(AGE_HEADER, "")
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return clock.now() - min(timedelta(seconds=seconds), OLDEST)


def kept_offline(view: View) -> View:
    """Mark a page that a cadre's phone keeps, to be read without a network."""
    view.kept_offline = True  # type: ignore[attr-defined]  # read by _let_keep
    return view


def _name_the_write(response: Response) -> Response:
    # Only an answer that names its write is ours: a hotel's sign-in page or a proxy's error is not, and the outbox
    # must not take it for an acknowledgement.
    key = request.headers.get(KEY_HEADER)
    if key is not None:
        response.headers[KEY_HEADER] = key
    return response


def _let_keep(response: Response) -> Response:
    view = current_app.view_functions.get(request.endpoint or "")
    if response.status_code == 200 and getattr(view, "kept_offline", False) and current_user.is_authenticated:
        response.headers[KEEP_HEADER] = str(current_user.id)
    return response
