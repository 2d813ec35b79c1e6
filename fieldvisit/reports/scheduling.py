"""The draft of the month that is over, readied by the worker, and the offices told of it once."""

from __future__ import annotations

from fieldvisit import clock
from fieldvisit.notifications import actions as notifications
from fieldvisit.reports import actions, queries
from fieldvisit.reports.months import Month

# For so many days it is made up for, when no worker ran on the first.
WITHIN_DAYS = 7


def ready_drafts() -> None:
    """Begin the last month's draft of each county that has an office, and tell its people."""
    today = clock.today()
    if today.day > WITHIN_DAYS:
        return
    month = Month.of(today).back(1)
    for county_code, office_ids in queries.offices().items():
        if queries.report_of(county_code, month) is None:
            report = actions.draft_of(county_code, month)
            path = f"/reports/{county_code}/{month}"
            words = f"{month.label}民情月报的草稿好了，请核对后定稿。"
            subject = ("monthly_report", report.id)
            notifications.notify(office_ids, words, path, subject=subject, key=f"report-{county_code}-{month}")
