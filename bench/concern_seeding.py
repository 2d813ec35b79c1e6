"""Ledgers of concerns of any size, in SQLite or PostgreSQL, for measuring the work lists and the search."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from bench.places import Plan, insert_places
from bench.serving import our_environ
from fieldvisit import clock, create_app, schema
from fieldvisit.concerns.indexing import terms_for
from fieldvisit.concerns.rules import Outcome
from fieldvisit.config import read_settings
from fieldvisit.database import Base
from fieldvisit.extensions import db

DAYS, CHUNK, PATTERNS = 700, 20_000, 20_000
# What is not at its end lies among the newest.
OPEN_SHARE = 0.03
OPEN = (("new", "registered"), ("to_dispatch", "accepted"), ("in_hand", "assigned"), ("replied", "replied"))
WEIGHTS = (1, 1, 6, 4)
PEOPLE = ("cadre", "unit", "town", "city office", "county office", "department")
# Each said by its share of people, in a thousand; a rare one by a few in a million.
SAYINGS = {
    "水管破了": 30, "路灯不亮": 40, "停水两天": 20, "噪声太大": 40, "垃圾没人清": 40, "低保没有办下来": 30,
    "村道坑洼不平": 50, "屋顶漏雨": 30, "工资被拖欠": 20, "下水道堵了": 30, "电压不稳": 20, "公交车太少": 20,
}  # fmt: skip
RARE = "发现蓝藻"
TAILS = (
    "请来看看",
    "已经反映过两次",
    "老人出行不便",
    "希望尽快处理",
    "邻居都这样说",
    "夜里尤其严重",
    "的问题一直没有解决",
)
DOMAINS = ("0101", "0207", "0208", "0501", "0601", "0702", "0901", "1004", "1205", "9901")
OUTCOMES = (Outcome.RESOLVED, Outcome.RESOLVED, Outcome.RESOLVED, Outcome.EXPLAINED)
CHANNELS, NATURES = ("home_visit", "phone", "hotline_12345", "letter"), ("help", "complaint", "consultation", "praise")


class Ids(NamedTuple):
    """Whose accounts ask, and the department that has a tenth of everything."""

    people: dict[str, int]
    department: int


def make(folder: Path, concerns: int, url: str = "") -> Ids:
    """Fill a fresh installation in a folder (or the database at `url`) with so many concerns."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    plan, start = Plan.for_households(concerns), time.perf_counter()
    ids = _places(folder, plan)
    app = create_app(read_settings(our_environ(folder) | ({"FIELDVISIT_DATABASE_URL": url} if url else {})))
    with app.app_context():
        if url:
            _copy_places(folder)
        with db.engine.connect() as connection:
            _fill(connection, plan, concerns, ids.department)
        db.engine.dispose()
    print(f"seeded {concerns:,} concerns in {time.perf_counter() - start:.0f} s", flush=True)
    return ids


def _places(folder: Path, plan: Plan) -> Ids:
    app = create_app(read_settings(our_environ(folder)))
    with app.app_context():
        schema.upgrade(db.engine)
        db.engine.dispose()
    office, last, department, bureau = plan.units + 1, plan.cadres + 3, plan.units + 4, plan.units + 3
    with closing(sqlite3.connect(folder / "fieldvisit.db")) as connection:
        insert_places(connection, plan)
        unit = "INSERT INTO unit (id, name, path, position, division_code, active) VALUES (?, ?, ?, 0, ?, 1)"
        connection.execute(unit, (bureau, "县群众工作部", f"/{bureau}/", plan.town(0)[:6]))
        connection.execute(unit, (department, "住建局", f"/{office}/{department}/", None))
        for number, (of_unit, roles) in enumerate(((bureau, "office"), (department, "handler")), 1):
            connection.execute(
                "INSERT INTO cadre (id, user_name, name, unit_id, roles, active, password_hash, must_change_password,"
                " totp_step, failures, reminders_muted) VALUES (?1, 'desk' || ?1, '张三', ?2, ?3, 1, '', 0, 0, 0, 0)",
                (last + number, of_unit, roles),
            )
        connection.commit()
    numbers = (1, plan.cadres + 1, plan.cadres + 2, plan.cadres + 3, last + 1, last + 2)
    return Ids(dict(zip(PEOPLE, numbers, strict=True)), department)


def _copy_places(folder: Path) -> None:
    source = sa.create_engine(f"sqlite:///{folder / 'fieldvisit.db'}")
    with source.connect() as there, db.engine.begin() as here:
        for name in ("division", "unit", "contact_point", "cadre"):
            table = Base.metadata.tables[name]
            order = [sa.func.length(table.c.code)] if name == "division" else [table.c.id]
            rows = [dict(row._mapping) for row in there.execute(sa.select(table).order_by(*order))]
            here.execute(sa.insert(table), rows)
    source.dispose()


def _fill(connection: sa.Connection, plan: Plan, concerns: int, department: int) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    patterns = _patterns(min(PATTERNS, concerns), connection.dialect.name)
    index = sa.text(
        "INSERT INTO concern_fts (rowid, terms) VALUES (:id, :terms)" if is_sqlite else
        "INSERT INTO concern_fts (concern_id, terms) VALUES (:id, CAST(:terms AS tsvector))"
    )  # fmt: skip
    chunk: list[dict[str, Any]] = []
    for row in _concerns(plan, concerns, department, [words for words, _ in patterns]):
        chunk.append(row)
        if len(chunk) == CHUNK or row["id"] == concerns:
            connection.execute(sa.insert(Base.metadata.tables["concern"]), chunk)
            connection.execute(
                sa.insert(Base.metadata.tables["concern_unit"]), [unit for row in chunk for unit in _units(row)]
            )
            connection.execute(index, [{"id": r["id"], "terms": patterns[r["id"] % len(patterns)][1]} for r in chunk])
            connection.commit()
            chunk = []
    if not is_sqlite:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def _patterns(number: int, dialect: str) -> list[tuple[str, str]]:
    chance = random.Random(1)
    found = []
    for at in range(number):
        said = chance.choices(list(SAYINGS), list(SAYINGS.values()))[0] if at % number != number // 2 else RARE
        words = f"{chance.randrange(1, 30)}组{said}，{chance.choice(TAILS)}，{chance.choice(TAILS)}。"
        found.append((words, terms_for(dialect, words)))
    return found


def _concerns(plan: Plan, concerns: int, department: int, words: list[str]) -> Iterator[dict[str, Any]]:
    chance, today, now = random.Random(2), clock.today(), clock.now()
    for at in range(1, concerns + 1):
        village = at * 7919 % plan.villages
        unit, code = plan.unit_of(village), plan.village(village)
        is_open = at > concerns * (1 - OPEN_SHARE)
        stage, state = chance.choices(OPEN, WEIGHTS)[0] if is_open else ("done", "closed")
        lead = department if chance.random() < 0.1 else unit
        clock_on = today + timedelta(days=chance.randrange(-10, 30)) if stage not in ("replied", "done") else None
        registered_on = today - timedelta(days=int(DAYS * (1 - at / concerns)))
        yield {
            "id": at, "uid": UUID(int=at), "number": f"繁-{registered_on:%Y%m}-{at}", "county_code": code[:6],
            "village_code": code, "place": "", "card": "", "channel": chance.choice(CHANNELS),
            "nature": chance.choice(NATURES), "domain": chance.choice(DOMAINS), "words": words[at % len(words)],
            "asker_name": "", "asker_phone": "", "is_anonymous": False, "people": 1,
            "level": chance.choice("ABC"), "restricted": chance.random() < 0.005,
            "lead_unit_id": lead, "contact_unit_id": unit,
            "handling_unit_id": lead if stage in ("in_hand", "replied", "done") else None,
            "registered_by": plan.cadre_of(unit, at // plan.villages), "registered_at": now,
            "registered_on": registered_on, "state": state, "stage": stage, "due_on": clock_on, "clock_on": clock_on,
            "is_extended": False, "round_no": 1, "mark": "", "version": 1,
            "closed_on": min(today, registered_on + timedelta(days=at % 40)) if stage == "done" else None,
            "outcome": chance.choice(OUTCOMES) if stage == "done" else None,
        }  # fmt: skip


def _units(row: dict[str, Any]) -> list[dict[str, Any]]:
    if row["restricted"]:
        return []
    return [
        {"unit_id": unit, "concern_id": row["id"], "stage": row["stage"]}
        for unit in {row["lead_unit_id"], row["contact_unit_id"]}
    ]
