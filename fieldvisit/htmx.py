"""The only reader and writer of HX-* headers."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

REDIRECT_HEADER = "HX-Redirect"


def wants_fragment() -> bool:
    """Say whether htmx asks for a part of a page (not for a whole page or a restored one)."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Request-Type", "partial") == "partial"
        and "HX-History-Restore-Request" not in request.headers
    )


def current_path() -> str | None:
    """Return the address, without its origin, of the page from which htmx asks; None when it doesn't say."""
    try:
        parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "") or None


def go_to(url: str, status: int = 200) -> BaseResponse:
    """Send the reader to another page, from a fragment request as from an ordinary one."""
    if not wants_fragment():
        return redirect(url, 303)
    response = make_response("", status)
    response.headers[REDIRECT_HEADER] = url
    return response


def vary(response: Response) -> Response:
    """Tell caches that the answer depends on whether a fragment was asked for."""
    response.vary.update(["HX-Request", "HX-Request-Type"])
    return response
