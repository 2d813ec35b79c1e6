"""All views of the ledger, for the application to register."""

from __future__ import annotations

from fieldvisit.concerns import (
    desk_views,
    import_views,
    lead_views,
    list_views,
    look_up_views,
    phone_views,
    photo_views,
    read_views,
    step_views,
)
from fieldvisit.concerns.blueprint import bp

__all__ = [
    "bp",
    "desk_views",
    "import_views",
    "lead_views",
    "list_views",
    "look_up_views",
    "phone_views",
    "photo_views",
    "read_views",
    "step_views",
]
