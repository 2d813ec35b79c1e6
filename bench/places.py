"""The places, units and people of a seeded county, as many as its households need."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

CITY = "3402"
VILLAGE_SIZE = 400
VILLAGES_A_TOWN = 25
TOWNS_A_COUNTY = 10
# Each unit looks after a few neighbouring villages; a cadre of it after some households there.
VILLAGES_A_UNIT = 2
CADRES_A_UNIT = 20
EVER = "2020-01-01"


@dataclass(frozen=True)
class Plan:
    """How many villages there are, and who asks: the same people at every size."""

    villages: int

    @classmethod
    def for_households(cls, households: int) -> Plan:
        """Return as many villages as so many households fill."""
        return cls(max(VILLAGES_A_UNIT, households // VILLAGE_SIZE))

    def village(self, number: int) -> str:
        """Return the code of a village; numbers begin at 0."""
        town, place = divmod(number, VILLAGES_A_TOWN)
        return f"{self.town(town)}{200 + place}"

    def town(self, number: int) -> str:
        """Return the code of a town."""
        county, place = divmod(number, TOWNS_A_COUNTY)
        return f"{CITY}{10 + county:02}{100 + place}"

    @property
    def towns(self) -> int:
        """Count the towns."""
        return -(-self.villages // VILLAGES_A_TOWN)

    @property
    def units(self) -> int:
        """Count the units with cadres; their ids are 1 to this."""
        return max(1, self.villages // VILLAGES_A_UNIT)

    def unit_of(self, village: int) -> int:
        """Return the id of the unit that looks after a village."""
        return min(village // VILLAGES_A_UNIT, self.units - 1) + 1

    def cadre_of(self, unit_id: int, number: int) -> int:
        """Return the id of one of a unit's cadres."""
        return (unit_id - 1) * CADRES_A_UNIT + number % CADRES_A_UNIT + 1

    @property
    def cadres(self) -> int:
        """Count the cadres; their ids are 1 to this. Those who oversee come after them."""
        return self.units * CADRES_A_UNIT


def insert_places(connection: sqlite3.Connection, plan: Plan) -> None:
    """Write divisions, units, contact points and people."""
    connection.execute("INSERT INTO division VALUES (?, 'city', '芜湖市', '芜湖市', NULL, 1)", (CITY,))
    towns = [(plan.town(number), number) for number in range(plan.towns)]
    counties = sorted({code[:6] for code, _ in towns})
    connection.executemany(
        "INSERT INTO division VALUES (?, 'county', ?, ?, ?, 1)",
        [(code, f"{code[4:]}区", f"{code[4:]}区", CITY) for code in counties],
    )
    connection.executemany(
        "INSERT INTO division VALUES (?, 'town', ?, ?, ?, 1)",
        [(code, f"第{number}镇", f"第{number}镇", code[:6]) for code, number in towns],
    )
    connection.executemany(
        "INSERT INTO division VALUES (?, 'village', ?, ?, ?, 1)",
        [
            (code, f"柳墩{number}村", f"第{number // VILLAGES_A_TOWN}镇 柳墩{number}村", code[:9])
            for number in range(plan.villages)
            for code in (plan.village(number),)
        ],
    )
    _insert_units(connection, plan)
    _insert_people(connection, plan)


def _insert_units(connection: sqlite3.Connection, plan: Plan) -> None:
    insert = "INSERT INTO unit (id, name, path, position, division_code, active) VALUES (?, ?, ?, ?, ?, 1)"
    units: list[tuple[object, ...]] = [
        (number, f"第{number}局", f"/{number}/", number, None) for number in range(1, plan.units + 1)
    ]
    office, town = plan.units + 1, plan.units + 2
    units += [(office, "市双联办", f"/{office}/", 0, CITY), (town, "镇政府", f"/{town}/", 0, plan.town(0))]
    connection.executemany(insert, units)
    connection.executemany(
        "INSERT INTO contact_point (unit_id, village_code, starts_on) VALUES (?, ?, ?)",
        [(plan.unit_of(number), plan.village(number), EVER) for number in range(plan.villages)],
    )


def _insert_people(connection: sqlite3.Connection, plan: Plan) -> None:
    people = [
        (plan.cadre_of(unit_id, number), f"干部{unit_id}-{number}", unit_id, "cadre")
        for unit_id in range(1, plan.units + 1)
        for number in range(CADRES_A_UNIT)
    ]
    people += [
        (plan.cadres + 1, "局长", 1, "supervisor"),
        (plan.cadres + 2, "镇长", plan.units + 2, "supervisor"),
        (plan.cadres + 3, "双联办", plan.units + 1, "office"),
    ]
    connection.executemany(
        "INSERT INTO cadre (id, user_name, name, unit_id, roles, active, password_hash, must_change_password,"
        " totp_step, failures) VALUES (?1, 'person' || ?1, ?2, ?3, ?4, 1, '', 0, 0, 0)",
        people,
    )
