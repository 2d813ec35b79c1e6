"""All views of the ledger, for the application to register."""

from __future__ import annotations

from fieldvisit.concerns import (
    desk_views,
    import_views,
    lead_views,
    list_views,
    look_up_views,
    notifying,
    phone_views,
    photo_views,
    read_views,
    step_views,
)
from fieldvisit.concerns.blueprint import bp
from fieldvisit.notifications.daily import register_daily

# In the morning of working days, like every reminder.
register_daily("concerns_due", 9, notifying.remind_units)

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
