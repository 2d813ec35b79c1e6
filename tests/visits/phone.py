"""A cadre's phone in one visit: numbers its saves and sends what the page would send."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit.accounts.models import Cadre
from fieldvisit.households.models import Household
from fieldvisit.visits.checklist import DEFAULT_VERSION
from tests.person import Person


class Phone:
    """One phone (or page) on which a cadre makes one visit."""

    def __init__(
        self, app: Flask, cadre: Cadre, household: Household, visit_id: UUID | None = None, device: str = ""
    ) -> None:
        self.person = Person(app, cadre)
        self.household = household
        self.visit_id = visit_id or uuid4()
        self.device = device or str(uuid4())
        self.numbers = count(1)
        self.write = f"?household={household.id}&checklist={DEFAULT_VERSION}"
        self.base = f"/visits/{self.visit_id}"

    def save(self, card: str, value: str = "", **fields: Any) -> TestResponse:
        """Save one card; `seq`, `base` and `key` may be given."""
        return self.post(f"/cards/{card}", {"value": value, **fields})

    def day(self, day: str, **fields: Any) -> TestResponse:
        """Save the day of the visit."""
        return self.post("/day", {"value": day, **fields})

    def promise(self, text: str, due_on: str, id: UUID | None = None, **fields: Any) -> TestResponse:
        """Save a commitment."""
        return self.post(f"/commitments/{id or uuid4()}", {"text": text, "due_on": due_on, **fields})

    def photo(self, content: bytes, card: str = "kitchen", id: UUID | None = None, key: str = "") -> TestResponse:
        """Send a photo, under a file name that says nothing."""
        # The test client would put a large body into a temporary file and leave it open.
        head = b'--cut\r\nContent-Disposition: form-data; name="photo"; filename="IMG.jpg"\r\n\r\n'
        return self.person.post(
            f"{self.base}/cards/{card}/photos/{id or uuid4()}{self.write}",
            head + content + b"\r\n--cut--\r\n",
            fragment=True,
            content_type="multipart/form-data; boundary=cut",
            headers=self.headers(key),
        )

    def finish(self, key: str = "") -> TestResponse:
        """Finish the visit."""
        return self.post("/finish", {"seq": ""}, key=key)

    def post(self, path: str, fields: dict[str, Any], key: str = "") -> TestResponse:
        """Send a durable write of this visit."""
        headers = self.headers(fields.pop("key", key))
        data = {"seq": next(self.numbers), **fields}
        return self.person.post(self.base + path + self.write, data, fragment=True, headers=headers)

    def headers(self, key: str) -> dict[str, str]:
        """Return what a durable write says beside its content."""
        return {"Idempotency-Key": key or str(uuid4()), "X-Device": self.device}
