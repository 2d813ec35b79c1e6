"""All views of the ledger, for the application to register."""

from __future__ import annotations

from fieldvisit.concerns import import_views, list_views, read_views
from fieldvisit.concerns.blueprint import bp

__all__ = ["bp", "import_views", "list_views", "read_views"]
