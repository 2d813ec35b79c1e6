"""What features above households add to a household's page: open commitments, earlier visits."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from fieldvisit.accounts.models import Cadre
from fieldvisit.households.models import Household

Panel = Callable[[Cadre, Household], str]
_panels: list[Panel] = []


def register(panel: Panel) -> Panel:
    """Show what `panel` renders (Markup, or "" for nothing) on every household's page; also a decorator."""
    # An application may be built more than once in a process.
    if panel not in _panels:
        _panels.append(panel)
    return panel


def rendered(who: Cadre, household: Household) -> list[Markup]:
    """Return the panels that have something to say about a household, in the order of their registration."""
    parts = [panel(who, household) for panel in _panels]
    # A plain string is text: only Markup is trusted as HTML.
    return [Markup.escape(part) for part in parts if part]
