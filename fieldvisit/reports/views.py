"""民情月报: its pages hang on one blueprint; the daily job readies the draft of the month that is over."""

from __future__ import annotations

from fieldvisit.notifications.daily import register_daily
from fieldvisit.reports import (
    draft_views,
    file_views,
    hand_import_views,
    hand_views,
    read_views,
    scheduling,
    theme_views,
    unit_views,
)
from fieldvisit.reports.blueprint import bp

__all__ = [
    "bp",
    "draft_views",
    "file_views",
    "hand_import_views",
    "hand_views",
    "read_views",
    "theme_views",
    "unit_views",
]

register_daily("monthly_report_draft", 7, scheduling.ready_drafts)
