"""Ways from a concern's page to pages of features above the ledger: where it came from, what waits to be done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.models import Concern


class Link(NamedTuple):
    """The words to tap, and the address."""

    words: str
    url: str


# Returns None for whoever may not go there.
Finder = Callable[[Cadre, Concern], Link | None]
_origins: list[Finder] = []
_tasks: list[Finder] = []


def register_origin(finder: Finder) -> None:
    """Show among a concern's facts what it was registered from."""
    # An application may be built more than once in a process.
    if finder not in _origins:
        _origins.append(finder)


def register_task(finder: Finder) -> None:
    """Offer, before the steps of a concern, what the reader has to do about it elsewhere."""
    if finder not in _tasks:
        _tasks.append(finder)


def origins(who: Cadre, concern: Concern) -> list[Link]:
    """Return the ways to what a concern was registered from."""
    return _found(_origins, who, concern)


def tasks(who: Cadre, concern: Concern) -> list[Link]:
    """Return the ways to what the reader has to do about a concern elsewhere."""
    return _found(_tasks, who, concern)


def _found(finders: list[Finder], who: Cadre, concern: Concern) -> list[Link]:
    return [link for finder in finders if (link := finder(who, concern)) is not None]
