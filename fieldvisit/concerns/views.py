"""All views of the ledger, for the application to register."""

from __future__ import annotations

from fieldvisit.concerns import list_views, phone_views, read_views
from fieldvisit.concerns.blueprint import bp

__all__ = ["bp", "list_views", "phone_views", "read_views"]
