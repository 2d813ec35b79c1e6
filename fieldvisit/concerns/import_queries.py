"""What an import must know: the places of an area by name, and which numbers are there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.models import ORDINARY, RESTRICTED, Concern
from fieldvisit.concerns.seat_queries import Seat, sees
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Division
from fieldvisit.organisation.queries import in_area

CHUNK = 500


@dataclass(frozen=True)
class Places:
    """The codes of an area's places by code, name and full name; `whole` is the area itself."""

    by_name: Mapping[str, list[str]]
    whole: str

    def codes(self, text: str) -> list[str]:
        """Return the codes of the places so called; for no text the area itself."""
        return self.by_name.get(text.replace(" ", ""), []) if text else [self.whole]


def places_in(area: str) -> Places:
    """Return the active places of an area, and the area itself."""
    by_name: dict[str, list[str]] = {}
    rows = db.session.execute(
        sa.select(Division.code, Division.name, Division.full_name).where(in_area(Division.code, area), Division.active)
    )
    for code, name, full_name in rows:
        for word in {code, name, full_name.replace(" ", "")}:
            by_name.setdefault(word, []).append(code)
    return Places(by_name, area)


def registered_numbers(who: Cadre, wanted: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of these (channel, number in the other system) have been registered, as far as `who` may know."""
    by_channel: dict[str, list[str]] = {}
    for channel, number in wanted:
        by_channel.setdefault(channel, []).append(number)
    found = _confidential_numbers(who)
    for channel, numbers in by_channel.items():
        for at in range(0, len(numbers), CHUNK):
            rows = db.session.scalars(
                sa.select(Concern.external_number).where(
                    Concern.channel == channel,
                    Concern.external_number.in_(numbers[at : at + CHUNK]),
                    sa.text(ORDINARY),
                )
            )
            found |= {(channel, number) for number in rows if number is not None}
    return found


def _confidential_numbers(who: Cadre) -> set[tuple[str, str]]:
    """Return those of the confidential ones that an office may know of: few, and all in one range of their index."""
    rows = db.session.execute(
        sa.select(Concern.channel, Concern.external_number).where(
            sa.text(RESTRICTED), sees(who, Seat.OFFICE), Concern.external_number.is_not(None)
        )
    )
    return {(channel, number) for channel, number in rows if number is not None}


def is_number_taken(concern: Concern) -> bool:
    """Say whether another concern, not confidential, has the number of this one in the system that it came from."""
    return (
        concern.external_number is not None
        and db.session.scalar(
            sa.select(Concern.id).where(
                Concern.channel == concern.channel,
                Concern.external_number == concern.external_number,
                Concern.id != concern.id,
                sa.text(ORDINARY),
            )
        )
        is not None
    )
