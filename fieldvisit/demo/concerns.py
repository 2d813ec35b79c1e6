"""Thirteen months of invented concerns, made by the real steps, each at the instant at which it was taken."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.concerns import actions, suggesting
from fieldvisit.concerns.lists import lists
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.registering import Entry, register
from fieldvisit.concerns.rules import Level, Outcome
from fieldvisit.demo import photos
from fieldvisit.demo.history import Told
from fieldvisit.demo.households import words
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Unit

NAMESPACE = UUID(int=20260902)
REGISTERED, MORNING, AFTERNOON = timedelta(hours=9, minutes=10), timedelta(hours=10), timedelta(hours=15)
DAYS_TO_REPLY, DAYS_TO_JUDGE, DAYS_TO_ARCHIVE, DAYS_TO_SUPERVISE = 4, 2, 30, 36
WHOSE = "sunli"
# The steps by which a story comes to where it stands.
REPLIED = ("dispatch", "take_up", "reply")
STORIES: dict[str, tuple[str, ...]] = {
    "new": (),
    "accepted": ("accept",),
    "assigned": ("dispatch",),
    "working": ("dispatch", "take_up"),
    "overdue": ("dispatch", "take_up"),
    "supervised": ("dispatch", "take_up", "supervise"),
    "extended": ("dispatch", "take_up", "extend"),
    "returned": ("dispatch", "send_back"),
    "replied": REPLIED,
    "redo": (*REPLIED, "redo"),
    "closed": (*REPLIED, "close"),
    "redirected": ("redirect",),
    "rejected": ("reject",),
    "merged": ("merge",),
    "withdrawn": ("withdraw",),
}


class Event(NamedTuple):
    """Something that happens at an instant; ordered as it happened, since numbers go by month."""

    at: datetime
    nth: int
    do: Callable[[], None]


def add_concerns(
    cadres: dict[str, Cadre], units: dict[str, Unit], visits: list[Told], drawn: photos.Drawn, today: date
) -> None:
    """Add the concerns with all their steps up to now, and the photo that one of them speaks of."""
    ledger = _Ledger(cadres, units, visits, drawn)
    latest = clock.now()
    events = (event for told in words("concerns.json") for event in ledger.story(told, today))
    for event in sorted(events, key=lambda event: event[:2]):
        if event.at <= latest:
            with clock.as_of(event.at):
                event.do()
    db.session.flush()


class _Ledger:
    def __init__(
        self, cadres: dict[str, Cadre], units: dict[str, Unit], visits: list[Told], drawn: photos.Drawn
    ) -> None:
        self.cadres, self.units, self.visits, self.drawn = cadres, units, visits, drawn
        self.office = cadres[WHOSE]
        self.handlers = {row.unit_id: row for row in cadres.values() if row.has(Role.HANDLER)}
        # Of its own, so that what else is drawn stays as it was.
        self.dice = random.Random(20260902)  # noqa: S311  (not for secrets)
        self.made: dict[str, Concern] = {}
        self.count = 0

    def story(self, told: dict[str, Any], today: date) -> Iterator[Event]:
        """Go through what happens to one concern."""
        nth = self.count = self.count + 1
        key = told.setdefault("key", str(nth))
        day = clock.day_start(today - timedelta(days=told["ago"]))
        begun = day + REGISTERED if told["ago"] else max(day, clock.now() - timedelta(minutes=20))
        yield Event(begun, nth, lambda: self._register(key, told))
        for name, at in self._steps(told, day):
            yield Event(at, nth, lambda name=name: getattr(self, f"_{name}")(self.made[key], told))  # type: ignore[misc]

    def _steps(self, told: dict[str, Any], day: datetime) -> Iterator[tuple[str, datetime]]:
        is_away = told["story"] == "archived"
        names = STORIES[told.get("ends") or ("closed" if is_away else told["story"])]
        replied = told.get("days", DAYS_TO_REPLY)
        first = day + timedelta(days=0 if replied < 3 else 1) + MORNING
        later = {
            "take_up": first + timedelta(hours=4),
            "send_back": first + timedelta(days=1),
            "extend": day + timedelta(days=replied) + AFTERNOON,
            "reply": day + timedelta(days=replied) + AFTERNOON,
            "redo": day + timedelta(days=replied + DAYS_TO_JUDGE) + MORNING,
            "close": day + timedelta(days=replied + DAYS_TO_JUDGE) + MORNING,
            "supervise": day + timedelta(days=DAYS_TO_SUPERVISE) + MORNING,
        }
        at = first
        for name in names:
            at = later.get(name, first)
            yield name, at
        if is_away:
            yield "archive", at + timedelta(days=DAYS_TO_ARCHIVE)

    def _register(self, key: str, told: dict[str, Any]) -> None:
        who = self.cadres[told.get("by", WHOSE)]
        visit = self._visit(told)
        nature, people = told.get("nature", "help"), told.get("people", 1)
        about = self.cadres[told["about"]] if "about" in told else None
        if visit and "photo" in told:
            photos.add_photos(self.dice, self.drawn, [replace(visit, photos={told["card"]: told["photo"]})])
        entry = Entry(
            village_code=told["village"],
            channel=told.get("channel", "home_visit"),
            nature=nature,
            domain=told["domain"],
            words=told["words"],
            level=Level(told.get("level") or suggesting.level(told["words"], nature, people, lists().levels).code),
            people=people,
            household_id=self._household(told),
            visit_id=visit.id if visit else None,
            card=told["card"] if visit else "",
            reported_unit_id=about.unit_id if about else None,
            reported_cadre_id=about.id if about else None,
        )
        self.made[key] = register(who, uuid5(NAMESPACE, key), entry)

    def _visit(self, told: dict[str, Any]) -> Told | None:
        """Return the visit in which it was heard: of its household, and of its day."""
        made = (visit for visit in self.visits if "card" in told and self._is_home(visit, told))
        today = clock.today()
        return next((visit for visit in made if visit.on == today), None)

    def _household(self, told: dict[str, Any]) -> UUID | None:
        return next((visit.home.id for visit in self.visits if self._is_home(visit, told)), None)

    @staticmethod
    def _is_home(visit: Told, told: dict[str, Any]) -> bool:
        home = visit.home
        return home.people[0].name == told.get("household") and home.cadre.user_name == told["by"]

    def _handler(self, concern: Concern) -> Cadre:
        assert concern.handling_unit_id is not None
        return self.handlers[concern.handling_unit_id]

    # --- steps, by the names in STORIES ---

    def _accept(self, concern: Concern, _told: dict[str, Any]) -> None:
        actions.accept(self.office, concern, concern.version)

    def _dispatch(self, concern: Concern, told: dict[str, Any]) -> None:
        actions.dispatch(self.office, concern, concern.version, self.units[told["unit"]].id)

    def _take_up(self, concern: Concern, _told: dict[str, Any]) -> None:
        actions.take_up(self._handler(concern), concern, concern.version)

    def _send_back(self, concern: Concern, told: dict[str, Any]) -> None:
        actions.return_to_office(self._handler(concern), concern, concern.version, told["back"])

    def _extend(self, concern: Concern, told: dict[str, Any]) -> None:
        assert concern.due_on is not None
        day = concern.due_on + timedelta(days=told["ext"])
        actions.extend(self._handler(concern), concern, concern.version, day, told["extend"])

    def _reply(self, concern: Concern, told: dict[str, Any]) -> None:
        outcome = Outcome(told.get("outcome", "resolved"))
        actions.reply(self._handler(concern), concern, concern.version, outcome, told["told"])

    def _close(self, concern: Concern, told: dict[str, Any]) -> None:
        # What the residents said when the office called.
        actions.close(self.office, concern, concern.version, told["mark"], told.get("close", ""))

    def _redo(self, concern: Concern, told: dict[str, Any]) -> None:
        actions.redo(self.office, concern, concern.version, told["redo"])

    def _supervise(self, concern: Concern, told: dict[str, Any]) -> None:
        actions.supervise(self.office, concern, concern.version, told["supervise"])

    def _redirect(self, concern: Concern, told: dict[str, Any]) -> None:
        actions.redirect(self.office, concern, concern.version, told["redirect"])

    def _reject(self, concern: Concern, told: dict[str, Any]) -> None:
        actions.reject(self.office, concern, concern.version, told["reject"])

    def _merge(self, concern: Concern, told: dict[str, Any]) -> None:
        actions.merge(self.office, concern, concern.version, self.made[told["into"]], told["merge"])

    def _withdraw(self, concern: Concern, told: dict[str, Any]) -> None:
        actions.withdraw(self.cadres[told["by"]], concern, concern.version, told["reason"])

    def _archive(self, concern: Concern, _told: dict[str, Any]) -> None:
        actions.archive(self.office, concern, concern.version)
