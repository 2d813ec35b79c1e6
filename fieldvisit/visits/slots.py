"""What features above visits add to the visit's page: below a card, and at the end of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from markupsafe import Markup

from fieldvisit.accounts.models import Cadre
from fieldvisit.visits.sheet import Sheet

# What goes below cards, by the card's key; and under END what the whole page needs once.
Filler = Callable[[Cadre, Sheet], Mapping[str, Markup]]
END = ""
_fillers: list[Filler] = []


def register(filler: Filler) -> Filler:
    """Show what `filler` renders on every visit's page; also a decorator."""
    # An application may be built more than once in a process.
    if filler not in _fillers:
        _fillers.append(filler)
    return filler


def filled(who: Cadre, sheet: Sheet) -> dict[str, Markup]:
    """Return what is to be shown below the cards of a visit's page, by card, and at its END."""
    parts: dict[str, Markup] = {key: Markup() for key in (END, *sheet.states)}
    for filler in _fillers:
        for key, part in filler(who, sheet).items():
            parts[key] += part
    return parts
