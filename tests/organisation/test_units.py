"""Units, their tree and their contact points."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit.accounts.models import Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.organisation import actions, queries
from fieldvisit.organisation.models import ContactPoint, Unit
from tests.factories import OTHER_VILLAGE, TOWN, VILLAGE, Factory
from tests.person import Person


@pytest.fixture
def administrator(app: Flask, make: Factory) -> Person:
    return Person(app, make.cadre(Role.ADMINISTRATOR, unit=make.unit("区委")))


def entry(unit: Unit | None = None, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": "区住建局", "parent_id": "0", "division_code": "", "position": "0"}
    if unit is not None:
        fields |= {
            "name": unit.name,
            "parent_id": unit.parent_id or 0,
            "position": unit.position,
            "active": "y",
        }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def change(person: Person, unit: Unit, **changes: Any) -> str:
    answer = person.post(f"/organisation/units/{unit.id}", entry(unit, **changes))
    return answer.get_data(as_text=True) if answer.status_code == 422 else answer.location or str(answer.status_code)


def true_path(unit: Unit) -> str:
    above = true_path(queries.unit(unit.parent_id)) if unit.parent_id else "/"
    return f"{above}{unit.id}/"


PAGES = ["GET ", "GET /units/new", "POST /units/new", "GET /units/{unit}", "POST /units/{unit}"]
PAGES += [
    "POST /units/{unit}/contact-points",
    "GET /contact-points/{point}/end",
    "POST /contact-points/{point}/end",
]
PAGES += ["GET /divisions", "GET /divisions/340212", "POST /divisions/340212", "POST /divisions/340212/add"]
PAGES += ["GET /divisions/import", "POST /divisions/import"]


def ask(person: Person, page: str, unit: int, point: int) -> int:
    method, path = page.split(" ")
    url = "/organisation" + path.format(unit=unit, point=point)
    return (person.get(url) if method == "GET" else person.post(url)).status_code


@pytest.mark.parametrize("role", [Role.CADRE, Role.SUPERVISOR, Role.HANDLER, Role.OFFICE])
def test_to_everybody_but_administrators_the_pages_do_not_exist(app: Flask, make: Factory, role: Role) -> None:
    person = Person(app, make.cadre(role))
    point = db.session.scalars(sa.select(ContactPoint.id)).first()
    assert {page: ask(person, page, make.unit().id, point or 0) for page in PAGES} == dict.fromkeys(PAGES, 404)


def test_what_is_unknown_is_not_found(administrator: Person) -> None:
    pages = [page for page in PAGES if "{" in page]
    assert {page: ask(administrator, page, 999, 999) for page in pages} == dict.fromkeys(pages, 404)
    for code in ("340299", "x", "%00", "34021210021799999", "３４０２１２"):
        assert administrator.get(f"/organisation/divisions/{code}").status_code == 404


def test_a_new_unit_stands_under_its_parent(administrator: Person, make: Factory) -> None:
    administrator.post("/organisation/units/new", entry(parent_id=make.unit("区委").id, division_code=TOWN))
    unit = queries.unit_named("区住建局")
    assert unit is not None
    assert unit.path == f"/{make.unit('区委').id}/{unit.id}/"
    assert unit.division_code == TOWN


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "请填写名称"),
        ({"name": "长" * 61}, "最多 60"),
        ({"name": "区委"}, "同名"),
        ({"position": "-1"}, "0 到 9999"),
        ({"position": "x"}, "0 到 9999"),
        ({"parent_id": "999"}, "不是有效的"),
        ({"division_code": VILLAGE}, "不是有效的"),
    ],
)
def test_a_wrong_entry_is_told_and_changes_nothing(administrator: Person, changes: dict[str, Any], words: str) -> None:
    answer = administrator.post("/organisation/units/new", entry(**changes))
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Unit)) == 1


def test_a_unit_moves_with_everything_below_it(administrator: Person, make: Factory) -> None:
    top = make.unit("甲")
    middle = make.unit("乙", parent=top)
    bottom = make.unit("丙", parent=middle)
    # Its id begins with the same digits, its path with the same characters: no relative.
    stranger = make.unit("丁")
    change(administrator, middle, parent_id=stranger.id)
    assert middle.path == f"/{stranger.id}/{middle.id}/"
    assert bottom.path == f"/{stranger.id}/{middle.id}/{bottom.id}/"
    assert top.path == f"/{top.id}/"
    change(administrator, middle, parent_id="0")
    assert bottom.path == f"/{middle.id}/{bottom.id}/"


def test_a_unit_cannot_move_under_itself_or_its_own_units(administrator: Person, make: Factory) -> None:
    top = make.unit("甲")
    bottom = make.unit("丙", parent=make.unit("乙", parent=top))
    assert "它自己或它的下级" in change(administrator, top, parent_id=bottom.id)
    assert "它自己或它的下级" in change(administrator, top, parent_id=top.id)
    assert top.path == f"/{top.id}/"


def test_after_many_moves_every_path_still_tells_the_way_from_the_top(app: Flask, make: Factory) -> None:
    dice = random.Random(7)
    units = [make.unit(f"单位{number}", villages=()) for number in range(14)]
    refused = 0
    for _ in range(150):
        try:
            actions.move_unit(dice.choice(units), dice.choice([None, *units]))
        except Refused:
            refused += 1
        db.session.flush()
        assert all(unit.path == true_path(unit) for unit in units)
    assert 0 < refused < 150


def test_a_unit_with_people_or_units_below_stays_in_use(administrator: Person, make: Factory) -> None:
    top = make.unit("甲")
    child = make.unit("乙", parent=top)
    cadre = make.cadre(unit=child)
    assert "1 个在用账号" in change(administrator, child, active=None)
    assert "还有在用的单位" in change(administrator, top, active=None)
    cadre.active = False
    db.session.commit()
    change(administrator, child, active=None)
    change(administrator, top, active=None)
    assert not child.active
    assert not top.active


def test_units_are_listed_below_their_parents_in_their_order(app: Flask, make: Factory) -> None:
    top = make.unit("甲", villages=())
    for name, position in (("乙", 2), ("丙", 1)):
        make.unit(name, parent=top, villages=()).position = position
    make.unit("丁", parent=make.unit("丙"), villages=())
    db.session.commit()
    listed = [(unit.name, depth) for unit, depth in queries.units_with_depth()]
    assert listed == [("甲", 0), ("丙", 1), ("丁", 2), ("乙", 1)]


def test_a_contact_point_is_added_and_ended(administrator: Person, make: Factory) -> None:
    unit = make.unit("甲", villages=())
    url = f"/organisation/units/{unit.id}/contact-points"
    administrator.post(url, {"village_code": VILLAGE, "starts_on": "2026-01-01"})
    point = db.session.scalars(sa.select(ContactPoint).where(ContactPoint.unit_id == unit.id)).one()
    administrator.post(f"/organisation/contact-points/{point.id}/end", {"ends_on": "2026-06-30"})
    assert point.ends_on == date(2026, 6, 30)
    assert list(queries.contact_village_codes([unit.id], date(2026, 6, 30))) == [VILLAGE]
    assert list(queries.contact_village_codes([unit.id], date(2026, 7, 1))) == []


def test_the_same_tie_may_come_again_but_not_overlap(app: Flask, make: Factory) -> None:
    unit, other = make.unit("甲", villages=()), make.unit("乙", villages=())
    actions.add_contact_point(None, unit.id, VILLAGE, date(2026, 1, 1), date(2026, 6, 30))
    with pytest.raises(Refused, match="已经是"):
        actions.add_contact_point(None, unit.id, VILLAGE, date(2026, 6, 30))
    with pytest.raises(Refused, match="已经是"):
        actions.add_contact_point(None, unit.id, VILLAGE, date(2025, 1, 1))
    actions.add_contact_point(None, unit.id, VILLAGE, date(2026, 7, 1))
    actions.add_contact_point(None, unit.id, OTHER_VILLAGE, date(2026, 1, 1))
    actions.add_contact_point(None, other.id, VILLAGE, date(2026, 1, 1))
    db.session.commit()


def test_an_ended_tie_cannot_be_stretched_over_the_next(app: Flask, make: Factory) -> None:
    unit = make.unit("甲", villages=())
    first = actions.add_contact_point(None, unit.id, VILLAGE, date(2026, 1, 1), date(2026, 6, 30))
    actions.add_contact_point(None, unit.id, VILLAGE, date(2026, 7, 1))
    with pytest.raises(Refused, match="重叠"):
        actions.end_contact_point(None, first, date(2026, 7, 1))
    with pytest.raises(Refused, match="早于"):
        actions.end_contact_point(None, first, date(2025, 12, 31))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "请选择村或社区"),
        ({"village_code": VILLAGE, "starts_on": ""}, "请选择日期"),
        ({"village_code": VILLAGE, "starts_on": "x"}, "请填写日期"),
        ({"village_code": VILLAGE, "starts_on": "3000-01-01"}, "核对年份"),
        ({"village_code": TOWN, "starts_on": "2026-01-01"}, "不是有效的"),
        ({"village_code": "\0", "starts_on": "2026-01-01"}, "不是有效的"),
    ],
)
def test_a_wrong_contact_point_is_told_beside_its_field(
    administrator: Person, make: Factory, data: dict[str, str], words: str
) -> None:
    unit = make.unit("甲", villages=())
    answer = administrator.post(f"/organisation/units/{unit.id}/contact-points", data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_the_list_of_units_costs_the_same_queries_for_many_as_for_few(administrator: Person, make: Factory) -> None:
    counts = []
    for size in (2, 12):
        for number in range(size):
            make.unit(f"单位{size}-{number}")
        statements: list[str] = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *a, s=statements: s.append(a[2]))
        assert administrator.get("/organisation").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6


def test_every_change_is_in_the_audit(administrator: Person, make: Factory) -> None:
    administrator.post("/organisation/units/new", entry())
    unit = queries.unit_named("区住建局")
    assert unit is not None
    change(administrator, unit, name="区住房局")
    administrator.post(
        f"/organisation/units/{unit.id}/contact-points", {"village_code": VILLAGE, "starts_on": "2026-01-01"}
    )
    told = db.session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.subject_type == "unit").order_by(AuditEvent.id)
    )
    assert list(told) == ["unit_added", "unit_changed", "contact_point_added"]


def test_a_new_unit_is_offered_the_place_after_the_last(administrator: Person, make: Factory) -> None:
    make.unit("水利局", position=41)
    assert 'value="42"' in administrator.get("/organisation/units/new").get_data(as_text=True)
