"""A cadre's due days as an iCalendar text (RFC 5545).

Calendars are kept by other companies and shown on lock screens: an event says what kind of thing is due in which
village, and nothing about the household. It has no alarm: reminders are once a day, in working hours, by the page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from fieldvisit.followups.calendar_queries import DueDay

if TYPE_CHECKING:
    from icalendar import Event

PROMISE, CONCERN = "回访承诺", "回访诉求"
ASK_AGAIN = timedelta(hours=6)


def calendar_text(name: str, days: Sequence[DueDay], places: Mapping[str, str]) -> bytes:
    """Return the calendar `name` with an all-day event per due day; the same days give the same bytes."""
    # Loading it takes a tenth of a second, which no start of the server should wait for.
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//fieldvisit//due//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for day in days:
        calendar.add_component(_event(day, places.get(day.village_code, "")))
    text: bytes = calendar.to_ical()
    return text


def _event(day: DueDay, place: str) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{_uid(day.id)}@fieldvisit")
    event.add("dtstamp", day.scheduled_at)
    event.add("dtstart", day.due_on)
    event.add("dtend", day.due_on + timedelta(days=1))
    kind = CONCERN if day.is_concern else PROMISE
    event.add("summary", f"{kind} · {place}" if place else kind)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event


def _uid(follow_up_id: UUID) -> str:
    """Return a name of the event that stays the same and is no address of ours."""
    return hashlib.sha256(b"calendar event " + follow_up_id.bytes).hexdigest()[:32]
