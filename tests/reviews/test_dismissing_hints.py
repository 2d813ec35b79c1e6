"""没有问题，不再提示: once, for everybody who reads the visit, and back again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from fieldvisit.reviews.models import HintDismissal
from fieldvisit.visits.models import Visit
from tests.factories import COUNTY, Factory
from tests.person import Person
from tests.visits.making import answer, make_visit, photograph

SENTENCE = "老人身体还好，就是夜里腿疼。"


@pytest.fixture
def hinted(make: Factory, cadre: Cadre) -> Visit:
    """A visit with the photo and the words of an earlier one."""
    visits = [make_visit(cadre, make.household()) for _ in range(2)]
    for visit in visits:
        photograph(visit, sha256="a" * 64)
        answer(visit, "living", "concern", note=SENTENCE)
    return visits[-1]


def address(visit: Visit, step: str = "dismiss", kind: str = "photo") -> str:
    return f"/reviews/{visit.id}/hints/{kind}/{step}"


def dismissals() -> list[HintDismissal]:
    return list(db.session.scalars(sa.select(HintDismissal)))


def audited() -> list[tuple[str, object]]:
    rows = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action.like("hint%")).order_by(AuditEvent.id))
    return [(row.action, row.detail) for row in rows]


def test_a_dismissed_hint_is_gone_for_every_reader(app: Flask, make: Factory, reader: Person, hinted: Visit) -> None:
    assert reader.post(address(hinted), fragment=True).status_code == 200
    other = Person(app, make.cadre(Role.OFFICE, unit=make.unit("区委", division=COUNTY)))
    for person in (reader, other):
        assert "照片和以前的相同" not in person.get(f"/reviews/{hinted.id}").text
        row = person.get("/reviews").text
        assert "照片与" not in row
        assert "次走访文字相同" in row


def test_the_answer_offers_to_undo_it_and_undoing_brings_the_hint_back(reader: Person, hinted: Visit) -> None:
    answered = reader.post(address(hinted), fragment=True).text
    assert address(hinted, "restore") in answered
    assert "撤销" in answered
    assert "照片和以前的相同" in reader.post(address(hinted, "restore"), fragment=True).text
    assert dismissals() == []
    assert "照片和以前的相同" in reader.get(f"/reviews/{hinted.id}").text


def test_dismissing_twice_is_dismissing_once(reader: Person, hinted: Visit) -> None:
    for _ in range(2):
        assert reader.post(address(hinted), fragment=True).status_code == 200
    assert [(row.visit_id, row.kind, row.cadre_id) for row in dismissals()] == [
        (hinted.id, "photo", reader.cadre.id if reader.cadre else 0)
    ]
    assert audited() == [("hint_dismissed", {"kind": "photo"})]


def test_undoing_twice_is_undoing_once(reader: Person, hinted: Visit) -> None:
    reader.post(address(hinted), fragment=True)
    for _ in range(2):
        assert reader.post(address(hinted, "restore"), fragment=True).status_code == 200
    assert audited() == [("hint_dismissed", {"kind": "photo"}), ("hint_restored", {"kind": "photo"})]


def test_without_script_one_comes_back_to_the_visit(reader: Person, hinted: Visit) -> None:
    answered = reader.post(address(hinted) + "?state=all")
    assert (answered.status_code, answered.location) == (303, f"/reviews/{hinted.id}?state=all")
    assert "已记下" in reader.get(answered.location or "").text


def test_one_visits_dismissal_says_nothing_of_another(
    make: Factory, cadre: Cadre, reader: Person, hinted: Visit
) -> None:
    later = make_visit(cadre, make.household())
    photograph(later, sha256="a" * 64)
    reader.post(address(hinted), fragment=True)
    assert "照片和以前的相同" in reader.get(f"/reviews/{later.id}").text


@pytest.mark.parametrize("step", ["dismiss", "restore"])
@pytest.mark.parametrize("role", [Role.CADRE, Role.HANDLER, Role.ADMINISTRATOR])
def test_other_roles_can_do_neither(app: Flask, make: Factory, hinted: Visit, role: Role, step: str) -> None:
    assert Person(app, make.cadre(role)).post(address(hinted, step), fragment=True).status_code == 404
    assert dismissals() == []


@pytest.mark.parametrize("step", ["dismiss", "restore"])
def test_another_units_visit_does_not_exist(reader: Person, foreign_visit: Visit, step: str) -> None:
    assert reader.post(address(foreign_visit, step), fragment=True).status_code == 404


def test_an_unknown_kind_does_not_exist(reader: Person, hinted: Visit) -> None:
    assert reader.post(address(hinted, kind="person"), fragment=True).status_code == 404


def test_nobody_dismisses_a_hint_about_their_own_visit(app: Flask, make: Factory) -> None:
    both = make.cadre(Role.CADRE, Role.SUPERVISOR)
    visits = [make_visit(both, make.household()) for _ in range(2)]
    for visit in visits:
        photograph(visit, sha256="a" * 64)
    person = Person(app, both)
    page = person.get(f"/reviews/{visits[-1].id}").text
    assert "照片和以前的相同" in page
    assert "不再提示" not in page
    answered = person.post(address(visits[-1]), fragment=True)
    assert answered.status_code == 422
    assert "自己走访的提示要由别人来看" in answered.text
    assert dismissals() == []
