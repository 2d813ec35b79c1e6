"""The demonstration's households: some with a story of their own, the others drawn by lot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from itertools import chain, count
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.demo import queries
from fieldvisit.extensions import db
from fieldvisit.households import rules
from fieldvisit.households.models import Household, HouseholdTerm, Pairing, Resident
from fieldvisit.households.search import terms_for

PAIRED_SINCE = date(2025, 3, 1)
# How many households each of the first two has, and everybody else.
ROUNDS = {"wangmin": 40, "zhaolei": 25}
USUAL_ROUND = 14
FIRST_RESIDENT_PHONE = 13805530100


def words(name: str) -> Any:
    """Read one of the package's JSON files."""
    return json.loads(resources.files("fieldvisit.demo").joinpath(name).read_text(encoding="utf-8"))


def lot_id(dice: Random) -> UUID:
    """Draw an id, the same in every demonstration."""
    return UUID(int=dice.getrandbits(128), version=4)


@dataclass
class Person:
    """Somebody who lives in a household; `turns` says that the birthday is this month."""

    name: str
    relation: str
    age: int
    turns: bool = False


@dataclass
class Home:
    """A household before it becomes rows; `visits` is its story, or None when that is drawn by lot too."""

    id: UUID
    cadre: Cadre
    village_code: str
    group: int
    door: str
    people: list[Person]
    tags: list[str] = field(default_factory=list)
    note: str = ""
    visits: list[dict[str, Any]] | None = None


def add_households(dice: Random, cadres: dict[str, Cadre], today: date) -> list[Home]:
    """Add households with people and pairings; return them for their history."""
    homes = list(_homes(dice, cadres))
    phones = count(FIRST_RESIDENT_PHONE)
    db.session.execute(sa.insert(Household), [_household(home) for home in homes])
    residents = {home.id: list(_residents(dice, home, phones, today)) for home in homes}
    db.session.execute(sa.insert(Resident), list(chain.from_iterable(residents.values())))
    terms = [row for home in homes for row in _terms(home, residents[home.id])]
    db.session.execute(sa.insert(HouseholdTerm), terms)
    pairings = [{"cadre_id": home.cadre.id, "household_id": home.id, "starts_on": PAIRED_SINCE} for home in homes]
    db.session.execute(sa.insert(Pairing), pairings)
    return homes


def _homes(dice: Random, cadres: dict[str, Cadre]) -> Iterator[Home]:
    villages = queries.villages_of_units()
    told = words("households.json")
    lots = words("words.json")
    for user_name, cadre in cadres.items():
        if Role.CADRE not in cadre.roles:
            continue
        # 王敏 looks after 缸窑村, 赵磊 after the unit's other village.
        codes = villages[cadre.unit_id]
        code = codes[-1] if user_name == "zhaolei" else codes[0]
        stories = [entry for entry in told if entry["cadre"] == user_name]
        doors = {entry["door"] for entry in stories}
        for entry in stories:
            yield _told(dice, cadre, code, entry)
        for _ in range(ROUNDS.get(user_name, USUAL_ROUND) - len(stories)):
            yield _drawn(dice, cadre, code, lots, doors)


def _told(dice: Random, cadre: Cadre, code: str, entry: dict[str, Any]) -> Home:
    head = Person(entry["head"], "户主", entry["age"], entry.get("turns", False))
    others = [Person(**other) for other in entry.get("others", ())]
    return Home(
        id=lot_id(dice),
        cadre=cadre,
        village_code=code,
        group=entry["group"],
        door=entry["door"],
        people=[head, *others],
        tags=entry["tags"],
        note=entry.get("note", ""),
        visits=entry["visits"],
    )


def _drawn(dice: Random, cadre: Cadre, code: str, lots: dict[str, Any], doors: set[str]) -> Home:
    surname, age = dice.choice(lots["surnames"]), dice.randint(32, 86)
    people = [Person(surname + dice.choice(lots["men"] + lots["women"]), "户主", age)]
    if dice.random() < 0.75:
        people.append(Person(dice.choice(lots["surnames"]) + dice.choice(lots["women"]), "妻子", age - 2))
    if dice.random() < 0.55 and age > 40:
        people.append(Person(surname + dice.choice(lots["men"]), "子女", age - 25))
    door = next(door for door in iter(lambda: f"{dice.randint(1, 99)} 号", "") if door not in doors)
    doors.add(door)
    tags = dice.choice(lots["tags"]) if dice.random() < 0.35 else []
    return Home(lot_id(dice), cadre, code, dice.randint(1, 8), door, people, tags)


def _household(home: Home) -> dict[str, object]:
    return {
        "id": home.id,
        "village_code": home.village_code,
        "group_no": home.group,
        "door": home.door,
        "door_order": rules.door_order(home.door),
        "head_name": home.people[0].name,
        "tags": home.tags,
        "note": home.note,
        "created_at": clock.day_start(PAIRED_SINCE),
        "created_by": home.cadre.id,
    }


def _residents(dice: Random, home: Home, phones: Iterator[int], today: date) -> Iterator[dict[str, Any]]:
    for position, person in enumerate(home.people):
        month = today.month if person.turns else dice.randint(1, 12)
        # Somebody whose birthday is still to come this year was born a year earlier.
        year = today.year - person.age - (month > today.month)
        yield {
            "id": lot_id(dice),
            "household_id": home.id,
            "name": person.name,
            "relation": person.relation,
            "is_head": position == 0,
            "phone": str(next(phones)) if position == 0 or dice.random() < 0.4 else "",
            "birth_month": f"{year}-{month:02}",
            "position": position,
        }


def _terms(home: Home, residents: list[dict[str, Any]]) -> list[dict[str, object]]:
    names = [resident["name"] for resident in residents]
    phones = [resident["phone"] for resident in residents if resident["phone"]]
    terms = sorted(terms_for(names, phones, home.door, home.tags))
    return [{"term": term, "household_id": home.id} for term in terms]
