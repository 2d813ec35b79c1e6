"""The pages that every browser check visits, as the person who uses them. Add new pages here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Visited:
    """One page of the demonstration: a name for its picture, who looks at it (None: nobody), its address."""

    name: str
    user_name: str | None
    path: str
    # Or the way there from `path`: the text of a link, for pages whose address has an id.
    link: str = ""

    def __str__(self) -> str:
        """Name the page in test ids."""
        return self.name


PAGES = (
    Visited("sign-in", None, "/sign-in"),
    Visited("today", "wangmin", "/"),
    Visited("follow-ups", "wangmin", "/followups"),
    Visited("households", "wangmin", "/households"),
    Visited("household", "wangmin", "/households", link="李桂英"),
    Visited("visit", "wangmin", "/visits", link="许长河"),
    Visited("my-visits", "wangmin", "/visits"),
    Visited("me", "wangmin", "/me"),
    Visited("password", "wangmin", "/me/password"),
    Visited("supervisor-home", "chenjing", "/"),
    Visited("office-home", "sunli", "/"),
    Visited("handler-home", "wutao", "/"),
    Visited("people", "admin", "/people"),
    Visited("person-new", "admin", "/people/new"),
)
