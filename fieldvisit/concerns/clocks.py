"""The clocks of a concern. The statutory ones bound whatever a county sets (信访工作条例)."""

from __future__ import annotations

from datetime import date, timedelta

from fieldvisit.workdays.due import Span
from fieldvisit.workdays.rules import Table, add_working_days

# To tell the resident whether it is taken on, or to send it on.
TELL_DAYS = 15
# To object to a dispatch, in working days.
OBJECTION_WORKING_DAYS = 5
# To bring it to an end after it was taken on; once longer with a reason that is told.
CLOSE_DAYS = 60
EXTENSION_DAYS = 30


def tell_by(registered_on: date) -> date:
    """Return the last day to accept a concern or send it on."""
    return registered_on + timedelta(days=TELL_DAYS)


def last_day(accepted_on: date, is_extended: bool) -> date:
    """Return the last day that the law leaves for an end."""
    return accepted_on + timedelta(days=CLOSE_DAYS + (EXTENSION_DAYS if is_extended else 0))


def due(span: Span, dispatched_on: date, accepted_on: date, is_extended: bool, table: Table) -> date:
    """Return when a concern dispatched on a day is due: after its level's time, never beyond the law's."""
    return min(span.after(dispatched_on, table), last_day(accepted_on, is_extended))


def redo_due(span: Span, begun_on: date, table: Table) -> date:
    """Return when what is done again is due: after half its level's time."""
    return span.halved().after(begun_on, table)


def may_return(dispatched_on: date, today: date, table: Table) -> bool:
    """Say whether a unit may still object to having been given a concern."""
    return today <= return_until(dispatched_on, table)


def return_until(dispatched_on: date, table: Table) -> date:
    """Return the last day on which a unit may object to a dispatch."""
    return add_working_days(dispatched_on, OBJECTION_WORKING_DAYS, table)


def furthest_extension(due_on: date, span: Span, accepted_on: date, table: Table) -> date:
    """Return the last day to which a concern may be extended: its level's time again, never beyond the law's."""
    return min(span.after(due_on, table), last_day(accepted_on, True))


def is_overdue(due_on: date | None, today: date) -> bool:
    """Say whether a due day has passed."""
    return due_on is not None and due_on < today
