"""The checklist of a visit as data: what the nine cards ask, in the words of one county and one version."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "checklists"
DEFAULT_VERSION = "2026-1"
CONSENT = "photo_consent"
SIGNATURE = "signature"


class ChecklistError(Exception):
    """A checklist file is wrong; the message says where."""


class Kind(enum.StrEnum):
    """How a card is answered."""

    CONSENT = "consent"
    CONDITION = "condition"
    SITUATION = "situation"
    WORDS = "words"
    COMMITMENTS = "commitments"
    CONTACT = "contact"


class Tone(enum.StrEnum):
    """What an answer means: all is well, something to look after, or a full answer that says neither."""

    GOOD = "good"
    PROBLEM = "problem"
    PLAIN = "plain"


@dataclass(frozen=True)
class Choice:
    """One answer that a single tap gives."""

    value: str
    label: str
    tone: Tone


@dataclass(frozen=True)
class Card:
    """One of the nine cards (or the consent to photos): its words, choices and quick tags."""

    key: str
    kind: Kind
    title: str
    short: str
    question: str
    choices: tuple[Choice, ...]
    tags: tuple[str, ...] = ()
    photos: bool = False
    domain: str = ""

    def choice(self, value: str) -> Choice | None:
        """Return the choice with this value."""
        return next((choice for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True)
class Group:
    """三必看, 三必问 or 三必留."""

    key: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Checklist:
    """One version of the whole checklist."""

    version: str
    consent: Card
    groups: tuple[Group, ...]

    def cards(self) -> Iterator[Card]:
        """Go through the nine cards in order."""
        for group in self.groups:
            yield from group.cards

    def card(self, key: str) -> Card | None:
        """Return a card by key; the consent counts as one."""
        if key == CONSENT:
            return self.consent
        return next((card for card in self.cards() if card.key == key), None)


def read_checklist(path: Path) -> Checklist:
    """Read and check a checklist file; raise ChecklistError with the place that is wrong."""
    try:
        return _checklist(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ChecklistError(f"{path}: {type(error).__name__}: {error}") from error


def _checklist(data: Mapping[str, Any]) -> Checklist:
    choices = {kind: _choices(entries) for kind, entries in data["choices"].items()}
    groups = tuple(
        Group(group["key"], group["title"], tuple(_card(card, choices) for card in group["cards"]))
        for group in data["groups"]
    )
    keys = [card.key for group in groups for card in group.cards]
    if len(set(keys)) != len(keys) or {CONSENT, SIGNATURE} & set(keys):
        raise ValueError("card keys must be unique and not a reserved word")
    consent = data["consent"]
    asked = Card(
        CONSENT, Kind.CONSENT, consent["title"], consent["title"], consent["question"], _choices(consent["choices"])
    )
    return Checklist(data["version"], asked, groups)


def _choices(entries: list[Mapping[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(entry["value"], entry["label"], Tone(entry["tone"])) for entry in entries)


def _card(card: Mapping[str, Any], choices: Mapping[str, tuple[Choice, ...]]) -> Card:
    kind = Kind(card["kind"])
    return Card(
        card["key"],
        kind,
        card["title"],
        card["short"],
        card["question"],
        choices[kind],
        tuple(card.get("tags", ())),
        card.get("photos", False),
        card.get("domain", ""),
    )


@lru_cache(maxsize=32)
def checklist(version: str, own_file: str = "") -> Checklist:
    """Return the checklist of a version: the county's own file if it has that version, else a shipped one."""
    if own_file:
        own = read_checklist(Path(own_file))
        if own.version == version:
            return own
    # A version comes from the database, not from a request; still it must be a plain file name.
    return read_checklist(SHIPPED / Path(f"{version}.json").name)
