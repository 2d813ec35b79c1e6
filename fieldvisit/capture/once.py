"""One effect for one write, however often it arrives: the server's side of durable capture."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import wraps
from uuid import UUID

import sqlalchemy as sa
from flask import Response, g, make_response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldvisit import clock
from fieldvisit.capture import queries
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.htmx import REDIRECT_HEADER

KEY_HEADER = "Idempotency-Key"
# How phones name and keep their writes. A later way gets a new number, and the earlier ones stay accepted: an outbox
# may be months old when it empties.
VERSION_HEADER = "X-Outbox-Version"
VERSIONS = frozenset({"1"})
ATTEMPTS = 5
KEEP = sa.insert(queries.WRITES)


def durable(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Make a view's write happen once per Idempotency-Key; commits for the view, key and effect together.

    The same key with the same request gets the first answer again; with another request, 409. A refusal (4xx) keeps
    no key, so that the same write may be tried again. Without the header the view just runs and is committed.
    """

    @wraps(view)
    def durably(**arguments: object) -> ResponseReturnValue:
        return once(lambda: view(**arguments))

    return durably


def once(effect: Callable[[], ResponseReturnValue]) -> Response:
    """Run `effect` and commit it, unless the request's key has had its effect: then answer as the first time.

    A repeated write is rare, so it is not looked for beforehand: it is found out by its key, which can be kept only
    once, or by what its effect has run into. All that it did is then rolled back.
    """
    key = _key()
    digest = _digest() if key else ""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _take_effect(effect, key, digest)
        except (sa.exc.IntegrityError, Refused, NotYours) as trouble:
            db.session.rollback()
            answer = key and _earlier_answer(key, digest)
            if answer:
                return answer
            # On PostgreSQL, writes that make the same row run side by side, and all but the first fail. Tried again
            # they find the row.
            if not isinstance(trouble, sa.exc.IntegrityError) or attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def earlier_answer() -> Response | None:
    """Return the answer that this request's key got before, for views that work before they write."""
    key = _key()
    return _earlier_answer(key, _digest()) if key else None


def _take_effect(effect: Callable[[], ResponseReturnValue], key: UUID | None, digest: str) -> Response:
    response = make_response(effect())
    if response.status_code >= 400:
        db.session.rollback()
        return (key and _earlier_answer(key, digest)) or response
    if key:
        _keep(key, digest, response)
    db.session.commit()
    return response


def _key() -> UUID | None:
    value = request.headers.get(KEY_HEADER)
    if value is None:
        return None
    if request.headers.get(VERSION_HEADER, "1") not in VERSIONS:
        raise Refused("这台手机上的程序和服务器对不上，这一条没有收下，还留在手机上。请联网刷新页面后再传。", 400)
    try:
        return UUID(value)
    except ValueError:
        raise Refused("这次提交的编号不对，没有收下。请刷新页面再试。", 400) from None


def _digest() -> str:
    """Return the digest of what is asked, made once for a request: its files may be large."""
    if "asked_sha256" not in g:
        g.asked_sha256 = _digest_of_request()
    digest: str = g.asked_sha256
    return digest


def _digest_of_request() -> str:
    """Digest method, address, fields and files."""
    digest = hashlib.sha256()
    for part in _parts():
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _parts() -> Iterator[bytes]:
    yield request.method.encode()
    yield request.full_path.encode()
    for name, value in request.form.items(multi=True):
        yield name.encode()
        yield value.encode("utf-8", "surrogatepass")
    for name, file in request.files.items(multi=True):
        yield name.encode()
        yield file.stream.read()
        file.stream.seek(0)


def _earlier_answer(key: UUID, digest: str) -> Response | None:
    write = queries.earlier_write(current_user.id, key)
    if write is None:
        return None
    if write.request_sha256 != digest:
        raise Refused("这个编号已用于另一次提交，这次没有收下。请刷新页面再试。", 409)
    response = make_response(write.body, write.status)
    if write.location:
        response.headers[REDIRECT_HEADER if write.status == 200 else "Location"] = write.location
    return response


def _keep(key: UUID, digest: str, response: Response) -> None:
    location = response.headers.get(REDIRECT_HEADER) or response.headers.get("Location")
    row = {
        "cadre_id": current_user.id,
        "key": key,
        "request_sha256": digest,
        "status": response.status_code,
        "location": location,
        "body": response.get_data(as_text=True),
        "at": clock.now(),
    }
    db.session.execute(KEEP, row)
