"""Headers and checks that every answer and every write gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request, session
from flask.typing import ResponseReturnValue

MAX_BODY_BYTES = 21 * 1024 * 1024
MAX_TEXT_BYTES = 512 * 1024
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' blob: data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # The burden rules as a fact: no page of ours can ask the browser for a position.
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def init_security(app: Flask) -> None:
    """Install the check of where writes come from, the order of body and database, and the headers."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_TEXT_BYTES
    app.before_request(_receive_write)
    app.after_request(_set_headers)


def takes_long_text(view: View) -> View:
    """Mark a view to which somebody who is signed in may paste more than MAX_TEXT_BYTES."""
    view.takes_long_text = True  # type: ignore[attr-defined]  # read by _receive_write
    return view


def _receive_write() -> None:
    if request.method in SAFE_METHODS:
        return
    if not is_same_origin():
        abort(403)
    # gunicorn ends a body that was cut on the way as if it were whole. Told to count for itself, werkzeug answers 400:
    # half a form must not be taken for what somebody wrote.
    if request.content_length is not None:
        request.environ.pop("wsgi.input_terminated", None)
    view = current_app.view_functions.get(request.endpoint or "")
    # Of the session only its signature is checked here; whoever never signed in fills no memory.
    if getattr(view, "takes_long_text", False) and "token" in session:
        request.max_form_memory_size = MAX_BODY_BYTES
    # A body may take minutes on a village line. It is read whole before the first query, so that a slow phone
    # never holds SQLite's write lock.
    request.form  # noqa: B018
    g.writing = True


def is_same_origin() -> bool:
    """Say whether a write comes from one of our own pages.

    The browser says so itself in Sec-Fetch-Site, older ones in Origin; neither can be set by another site's page.
    Unlike tokens in forms this holds for pages that were kept on the phone for weeks.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    try:
        host = urlsplit(request.headers.get("Origin", "")).netloc
    except ValueError:
        return False
    # An opaque origin ("null") has no host at all, and is nobody's page.
    return bool(host) and host == request.host


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        # Pages hold personal data: no cache but our own worker's may keep them.
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response
