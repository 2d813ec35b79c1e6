"""The demonstration: a county with invented people and four months of visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from fieldvisit.demo.people import DemoSignIn


def prepare(app: Flask) -> list[DemoSignIn]:
    """Bring the database up to date, fill it when it is empty, and return who may sign in."""
    from fieldvisit.demo.preparing import prepare_app

    return prepare_app(app)
