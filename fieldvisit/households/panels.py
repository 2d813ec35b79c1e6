"""What features above households add to a household's page: open commitments, earlier visits."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from fieldvisit.accounts.models import Cadre
from fieldvisit.households.models import Household

Panel = Callable[[Cadre, Household], str]
_panels: list[Panel] = []
_buttons: list[Panel] = []


def register(panel: Panel) -> Panel:
    """Show what `panel` renders (Markup, or "" for nothing) on every household's page; also a decorator."""
    # An application may be built more than once in a process.
    if panel not in _panels:
        _panels.append(panel)
    return panel


def register_button(button: Panel) -> Panel:
    """Show what `button` renders among the first things on every household's page; also a decorator."""
    if button not in _buttons:
        _buttons.append(button)
    return button


def rendered(who: Cadre, household: Household) -> list[Markup]:
    """Return the panels that have something to say about a household, in the order of their registration."""
    return _rendered(_panels, who, household)


def rendered_buttons(who: Cadre, household: Household) -> list[Markup]:
    """Return the buttons for a household, in the order of their registration."""
    return _rendered(_buttons, who, household)


def _rendered(panels: list[Panel], who: Cadre, household: Household) -> list[Markup]:
    parts = [panel(who, household) for panel in panels]
    # A plain string is text: only Markup is trusted as HTML.
    return [Markup.escape(part) for part in parts if part]
