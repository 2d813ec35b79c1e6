"""Databases of any size in SQLite, written in bulk once and kept in bench/data/ until the schema changes.

Python writes the places and some thousand patterns of households; SQLite multiplies them.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.places import CADRES_A_UNIT, Plan, insert_places
from bench.serving import ROOT, our_environ
from fieldvisit import clock, create_app, schema
from fieldvisit.config import read_settings
from fieldvisit.extensions import db
from fieldvisit.households import rules, search
from fieldvisit.visits.checklist import DEFAULT_VERSION

DATA = ROOT / "bench" / "data"
VISITS_EACH = 5
PATTERNS = 20_000
# The latest visits are not read yet; only of the last ones the answers and photos are written here.
PENDING, ANSWERED = 0.05, 0.03
DAYS = 700
# The commonest surnames come first, with their share in a thousand.
SURNAMES = dict(
    zip(
        "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎",
        [72, 79, 68, 54, 45, 31, 23, 22, 21, 20, 18, 16, 15, 14, 13, 12, 12, 12, 12] + [8] * 30 + [5] * 30,
        strict=False,
    )
)
GIVEN = "桂秀建国志明玉兰英华文军红丽春梅金福德永世庆生贵家宝仁义礼智信海江山川河云龙凤松柏青林芳荣光辉平安康健伟强勇"
TAGGED = 0.12
TAGS = ("独居", "低保", "残疾", "慢病", "留守老人", "退役军人")
CARDS = ("kitchen", "bedroom", "toilet", "living", "work", "suggestions", "care_words", "contact")
BIG_TABLES = (
    "household", "household_term", "resident", "pairing", "visit", "answer", "photo", "commitment", "follow_up",
    "judgement", "independent_check", "resident_link", "resident_message", "complaint",
)  # fmt: skip


def seeded(households: int) -> Path:
    """Return a data folder with so many households and five times as many visits, made now or before."""
    folder = DATA / f"{_schema_digest()}-{households}"
    if folder.is_dir():
        return folder
    unfinished = DATA / f"unfinished-{households}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    _remove_outdated(households)
    start = time.perf_counter()
    _create(unfinished)
    with closing(sqlite3.connect(unfinished / "fieldvisit.db", isolation_level=None)) as connection:
        _fill(connection, households)
    unfinished.rename(folder)
    print(f"seeded {households:,} households in {time.perf_counter() - start:.0f} s", flush=True)
    return folder


def phone(at: int) -> str:
    """Return the phone number of the head of a household; numbers begin at 0."""
    # A prime walks through all tails in disorder.
    return f"138{at * 7_654_321 % 10**8:08}"


def _schema_digest() -> str:
    text = "".join(path.read_text() for path in sorted((ROOT / "fieldvisit" / "migrations" / "versions").glob("*.py")))
    text += "".join((ROOT / "bench" / name).read_text() for name in ("seeding.py", "places.py"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _remove_outdated(households: int) -> None:
    for folder in DATA.glob(f"????????????-{households}"):
        shutil.rmtree(folder)


def _create(folder: Path) -> None:
    app = create_app(read_settings(our_environ(folder)))
    with app.app_context():
        schema.upgrade(db.engine)
        db.engine.dispose()


def _fill(connection: sqlite3.Connection, households: int) -> None:
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-1500000", "temp_store=FILE"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("reversed", 1, lambda text: text[::-1], deterministic=True)
    connection.execute("BEGIN")
    indexes = _drop_indexes(connection)
    plan = Plan.for_households(households)
    insert_places(connection, plan)
    _insert_patterns(connection, min(PATTERNS, households))
    _insert_spots(connection, plan, households)
    for statement in (*HOUSEHOLDS, *VISITS, *RESIDENTS):
        connection.execute(statement, _numbers(households) if ":" in statement else {})
    for statement in indexes:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")


def _drop_indexes(connection: sqlite3.Connection) -> list[str]:
    """Drop the indexes of the big tables; return the statements that make them again."""
    marks = ", ".join("?" * len(BIG_TABLES))
    indexes = connection.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})",
        BIG_TABLES,
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    return [statement for _, statement in indexes]


def _numbers(households: int) -> dict[str, object]:
    visits = households * VISITS_EACH
    end = datetime.combine(clock.today(), datetime.min.time(), UTC)
    return {
        "households": households,
        "patterns": min(PATTERNS, households),
        "visits": visits,
        "unread": visits * (1 - PENDING),
        "answered": visits * (1 - ANSWERED),
        "begin": (end - timedelta(days=DAYS)).timestamp(),
        "step": DAYS * 86400 / visits,
        "checklist": DEFAULT_VERSION,
        "cadres": CADRES_A_UNIT,
    }


def _insert_patterns(connection: sqlite3.Connection, number: int) -> None:
    """Write what households are like: names, doors, tags, and the terms that find them."""
    chance = random.Random(1)
    connection.execute("CREATE TEMP TABLE pattern (number INTEGER PRIMARY KEY, head, spouse, door, door_order, tags)")
    connection.execute("CREATE TEMP TABLE pattern_term (number INTEGER, term)")
    for at in range(number):
        head, spouse, door = _name(chance) if at else "李桂英", _name(chance), _door(chance)
        tags = [chance.choice(TAGS)] if chance.random() < TAGGED else []
        connection.execute(
            "INSERT INTO pattern VALUES (?, ?, ?, ?, ?, ?)",
            (at, head, spouse, door, rules.door_order(door), json.dumps(tags)),
        )
        terms = search.terms_for([head, spouse], (), door, tags)
        connection.executemany("INSERT INTO pattern_term VALUES (?, ?)", [(at, term) for term in terms])


def _insert_spots(connection: sqlite3.Connection, plan: Plan, households: int) -> None:
    """Write where each household is, in which unit's care, and its phone number."""
    chance = random.Random(2)
    connection.execute("CREATE TEMP TABLE spot (number INTEGER PRIMARY KEY, id, village_code, unit_id, phone)")
    connection.executemany(
        "INSERT INTO spot VALUES (?, ?, ?, ?, ?)",
        (
            (at, chance.randbytes(16).hex(), plan.village(village), plan.unit_of(village), phone(at))
            for at in range(households)
            for village in (at * plan.villages // households,)
        ),
    )


def _name(chance: random.Random) -> str:
    surname = chance.choices(list(SURNAMES), list(SURNAMES.values()))[0]
    return surname + chance.choice(GIVEN) + chance.choice(GIVEN)


def _door(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return f"{chance.randrange(1, 40)} 栋 {chance.randrange(1, 7)}0{chance.randrange(1, 5)}"
    return f"{chance.randrange(1, 200)} 号"


RANDOM_ID = "lower(hex(randomblob(16)))"
HOUSEHOLDS = (
    """
    INSERT INTO household
    SELECT spot.id, village_code, spot.number % 12 + 1, door, door_order, head, tags, '', 1, 1,
        '2025-01-01 00:00:00.000000', NULL
    FROM spot JOIN pattern ON pattern.number = spot.number % :patterns ORDER BY spot.number
    """,
    f"""
    INSERT INTO resident
    SELECT {RANDOM_ID}, id, head, '户主', 1, phone, '1961-05', 0
    FROM spot JOIN pattern ON pattern.number = spot.number % :patterns
    """,
    f"""
    INSERT INTO resident
    SELECT {RANDOM_ID}, id, spouse, '配偶', 0, '', '1963-08', 1
    FROM spot JOIN pattern ON pattern.number = spot.number % :patterns
    """,
    "CREATE INDEX temp.pattern_terms ON pattern_term (number, term)",
    f"""
    INSERT INTO household_term
    SELECT term, id FROM spot JOIN pattern_term ON pattern_term.number = spot.number % :patterns
    UNION ALL SELECT '{search.PHONE_MARK}' || reversed(phone), id FROM spot
    ORDER BY 1, 2
    """,
    # Every second household has its cadre.
    """
    INSERT INTO pairing (cadre_id, household_id, starts_on)
    SELECT (unit_id - 1) * :cadres + number / 2 % :cadres + 1, id, '2025-01-01' FROM spot WHERE number % 2 = 0
    """,
)
VISITS = (
    # In the order of time; the prime takes them to all places in turn.
    f"""
    INSERT INTO visit
    WITH RECURSIVE counter (at, finished) AS (
        SELECT 1, :begin UNION ALL SELECT at + 1, :begin + :step * at FROM counter WHERE at < :visits
    )
    SELECT {RANDOM_ID}, id, (unit_id - 1) * :cadres + abs(random() % :cadres) + 1, unit_id, village_code,
        CASE WHEN at < :unread THEN 'reviewed' WHEN at % 40 = 0 THEN 'sent_back' ELSE 'finished' END,
        date(finished, 'unixepoch'), :checklist, strftime('%Y-%m-%d %H:%M:%f000', finished - 1200, 'unixepoch'),
        strftime('%Y-%m-%d %H:%M:%f000', finished, 'unixepoch'), '', 1
    FROM counter JOIN spot ON spot.number = at * 7919 % :households
    """,
    f"""
    INSERT INTO commitment
    SELECT {RANDOM_ID}, id, household_id, '帮忙问清旱厕改造的政策并回话', date(visited_on, '+14 days'), 'page', 1, 0
    FROM visit WHERE rowid % 5 = 0
    """,
    # One cadre never got round to it: a list of return visits that is worth reading. Every tenth was judged badly.
    f"""
    INSERT INTO follow_up (id, commitment_id, household_id, cadre_id, unit_id, due_on, scheduled_at, round_no,
        done_note, photo_agreed, tries, reason, state, mark, way, closed_at)
    SELECT {RANDOM_ID}, commitment.id, commitment.household_id, cadre_id, unit_id, due_on, finished_at, 1, '', 0, 0,
        '', ending,
        CASE ending WHEN 'done' THEN 'satisfied' WHEN 'redo' THEN 'dissatisfied' END,
        CASE WHEN ending <> 'open' THEN 'own_phone' END,
        CASE WHEN ending <> 'open' THEN strftime('%Y-%m-%d %H:%M:%f000', finished_at, '+14 days') END
    FROM (
        SELECT rowid AS at, *, CASE rowid % 10 WHEN 0 THEN 'open' WHEN 1 THEN 'redo' ELSE 'done' END AS ending
        FROM commitment
    ) AS commitment JOIN visit ON visit.rowid = at * 5
    """,
    "UPDATE follow_up SET state = 'open', mark = NULL, way = NULL, closed_at = NULL WHERE cadre_id = 1",
    f"""
    INSERT INTO answer
    SELECT visit.id, card.value, CASE WHEN card.key < 3 THEN 'good' ELSE 'fine' END, '[]', '说过，记下了。', 'page',
        1, 1, finished_at
    FROM visit, json_each('{json.dumps(CARDS)}') AS card WHERE visit.rowid > :answered
    """,
    f"""
    INSERT INTO photo
    SELECT {RANDOM_ID}, visit.id, card.value, lower(hex(randomblob(32))), lower(hex(randomblob(32))), 1600, 1200,
        finished_at, 0
    FROM visit, json_each('["kitchen", "bedroom"]') AS card WHERE visit.rowid > :answered
    """,
)
# What residents say by themselves: of every tenth return visit a check, of every twentieth household a message; few
# complain.
RESIDENTS = (
    f"""
    INSERT INTO judgement (id, follow_up_id, mark, way, comment, is_hidden, stands, at)
    SELECT {RANDOM_ID}, id, mark, way, '还是没办好，请再来看看。', 1, 1, closed_at FROM follow_up WHERE state = 'redo'
    """,
    f"""
    INSERT INTO independent_check (id, follow_up_id, asker_id, drawn_at, tries, mark, comment, closed_at)
    SELECT {RANDOM_ID}, id, 1, closed_at, 0, 'satisfied', '', closed_at
    FROM follow_up WHERE state = 'done' AND rowid % 10 = 3
    """,
    f"""
    INSERT INTO resident_link (id, household_id, made_by, token_sha256, made_at, expires_on, written)
    SELECT {RANDOM_ID}, household_id, cadre_id, lower(hex(randomblob(32))), '2026-01-01 00:00:00.000000', '2099-01-01',
        0
    FROM pairing WHERE rowid % 10 = 1
    """,
    f"""
    INSERT INTO resident_message (id, household_id, link_id, words, phone, is_hidden, at, state)
    SELECT {RANDOM_ID}, household_id, id, '门口的路灯坏了，晚上看不见路。', '13805530000', rowid % 3 = 0,
        strftime('%Y-%m-%d %H:%M:%f000', :begin + rowid * 60, 'unixepoch'),
        CASE rowid % 2 WHEN 0 THEN 'new' ELSE 'taken' END
    FROM resident_link
    """,
    f"""
    INSERT INTO complaint (id, number, kind, county_code, words, place, name, phone, call_back, code_sha256, filed_at,
        answer_by, state, calling)
    SELECT {RANDOM_ID}, printf('投-202601-%06d', number), 'complaint', substr(village_code, 1, 6),
        '村口的路灯坏了两个月，晚上看不见路。', '村口', '', '', 0, '',
        strftime('%Y-%m-%d %H:%M:%f000', :begin + number * 60, 'unixepoch'), '2026-01-15',
        CASE number % 4 WHEN 0 THEN 'open' ELSE 'answered' END, 0
    FROM spot WHERE number % 100 = 0 OR number < 240
    """,
)
