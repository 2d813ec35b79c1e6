"""fieldvisit: household visits for the 双联系 system."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from fieldvisit.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Build the web application; settings come from the environment when none are given."""
    # Imported late, so that rules and settings load without Flask.
    from fieldvisit.app import build_app

    return build_app(settings)
