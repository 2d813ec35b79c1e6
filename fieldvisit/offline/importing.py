"""Taking over what a phone that can't connect any more has exported: each write as if the phone had sent it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.loader import IMPORTED_FOR
from fieldvisit.capture.kept import AGE_HEADER
from fieldvisit.capture.once import KEY_HEADER, VERSION_HEADER

FORMAT, VERSION = "fieldvisit-outbox", 1
# What phones keep: nothing else can be done by way of a file.
PLACES = re.compile(r"/visits/|/followups/|/households/(new\b|[0-9a-f-]{36}/concerns/)")
HEADERS = frozenset({"accept", "content-type", "hx-request", "hx-request-type", "hx-target", "x-device"})


class ExportError(Exception):
    """The file is none that a phone has exported; the message says where and why, for the command line."""


@dataclass(frozen=True)
class Write:
    """One write of a phone: its key, where it goes, what it says, and when it was made."""

    key: UUID
    version: str
    url: str
    headers: dict[str, str]
    body: bytes
    at: datetime
    what: str


@dataclass(frozen=True)
class Export:
    """Whose writes a file holds, in the order in which they were made."""

    cadre_id: int
    writes: Sequence[Write]


@dataclass(frozen=True)
class Imported:
    """What became of a write: the status of its answer, and the server's words when it was refused."""

    write: Write
    status: int
    words: str

    @property
    def arrived(self) -> bool:
        """Say whether it has had its effect, now or before."""
        return self.status < 300


def read_export(path: Path) -> Export:
    """Read an exported file whole, or raise ExportError: half a file is imported by nobody."""
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        head, rows = lines[0], lines[1:]
        if head["format"] != FORMAT:
            raise ExportError("this is no exported outbox")
        if head["version"] != VERSION:
            raise ExportError(f"version {head['version']} of the format is not known here")
        return Export(int(head["cadre"]), [_write(row) for row in rows])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, binascii.Error) as error:
        raise ExportError(f"the file is not whole, or not an exported outbox ({error!r})") from error


def _write(row: dict[str, Any]) -> Write:
    url = str(row["url"])
    if not PLACES.match(url):
        raise ExportError(f"{url} is no place to which phones write")
    headers = {str(name): str(value) for name, value in row["headers"] if str(name).lower() in HEADERS}
    at = datetime.fromisoformat(str(row["at"]).replace("Z", "+00:00"))
    if at.tzinfo is None:
        raise ExportError(f"{at} has no time zone")
    body = base64.b64decode(row["body"], validate=True)
    return Write(UUID(row["key"]), str(row["version"]), url, headers, body, at, str(row["what"]))


def replay(app: Flask, export: Export) -> Iterator[Imported]:
    """Send each write to the application as its cadre; one that arrived before has no second effect.

    A visit is not finished over a write of it that was refused: that could not be made good afterwards.
    """
    client = app.test_client(use_cookies=False)
    unfinished: set[str] = set()
    for write in export.writes:
        visit = write.url.split("/")[2]
        if visit in unfinished and write.url.partition("?")[0].endswith("/finish"):
            yield Imported(write, 424, "这次走访还有内容没有收下，先不完成。处理好后再导入一次。")
            continue
        age_s = max(0, int((clock.now() - write.at).total_seconds()))
        named = {KEY_HEADER: str(write.key), VERSION_HEADER: write.version, AGE_HEADER: str(age_s)}
        headers = write.headers | named | {"Sec-Fetch-Site": "same-origin"}
        # A context of its own, as a server gives every request: who is signed in and what was asked are kept in it.
        with app.app_context():
            answer = client.post(
                write.url, data=write.body, headers=headers, environ_overrides={IMPORTED_FOR: export.cadre_id}
            )
            words = answer.get_data(as_text=True) if answer.status_code >= 300 else ""
        if answer.status_code >= 300:
            unfinished.add(visit)
        yield Imported(write, answer.status_code, words)
