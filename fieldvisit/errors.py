"""What can't be done as asked, for whatever reason a person should read."""

from __future__ import annotations


class Refused(Exception):
    """Something can't be done as asked; `message` is a plain Chinese sentence that says why and what to do."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class NotYours(Exception):
    """The thing does not exist or is not the caller's to see; both answer 404 alike."""
