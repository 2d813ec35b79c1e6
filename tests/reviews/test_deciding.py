"""Reading one visit for review, and deciding about it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.reviews import actions
from fieldvisit.reviews.models import Decision, Review
from fieldvisit.visits.models import Visit, VisitState
from fieldvisit.visits.queries import sent_back
from tests.factories import COUNTY, Factory
from tests.person import Person
from tests.visits.counting import queries_counted
from tests.visits.making import answer_all_well, commit_to, earlier, make_visit, photograph

STALE = "这次走访刚被修改或审阅过"


def decide(person: Person, visit: Visit, decision: str = "read", **options: Any) -> TestResponse:
    data = {"revision": str(visit.revision), "decision": decision} | options.pop("data", {})
    return person.post(f"/reviews/{visit.id}{options.pop('query', '')}", data, **options)


def state_of(visit: Visit) -> VisitState:
    db.session.expire_all()
    return db.session.get_one(Visit, visit.id).state


def finished_again(visit: Visit) -> Visit:
    db.session.expire_all()
    visit = db.session.get_one(Visit, visit.id)
    visit.state, visit.revision, visit.sent_back_reason = VisitState.FINISHED, 2, ""
    db.session.commit()
    return visit


def reviews_of(visit: Visit) -> list[Review]:
    return list(db.session.scalars(sa.select(Review).where(Review.visit_id == visit.id)))


@pytest.mark.parametrize("role", [Role.CADRE, Role.HANDLER, Role.ADMINISTRATOR])
def test_reading_and_deciding_do_not_exist_for_other_roles(app: Flask, make: Factory, visit: Visit, role: Role) -> None:
    person = Person(app, make.cadre(role))
    answers = [person.get(f"/reviews/{visit.id}"), decide(person, visit)]
    answers.append(person.post(f"/reviews/{visit.id}/row", {"revision": "1"}))
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert state_of(visit) is VisitState.FINISHED


def test_another_units_visit_does_not_exist(reader: Person, foreign_visit: Visit) -> None:
    answers = [reader.get(f"/reviews/{foreign_visit.id}"), decide(reader, foreign_visit)]
    answers.append(reader.post(f"/reviews/{foreign_visit.id}/row", {"revision": "1"}))
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert state_of(foreign_visit) is VisitState.FINISHED


@pytest.mark.parametrize("state", [VisitState.DRAFT, VisitState.DISCARDED])
def test_a_draft_does_not_exist(reader: Person, make: Factory, cadre: Cadre, state: VisitState) -> None:
    draft = make_visit(cadre, make.household(), state=state)
    assert reader.get(f"/reviews/{draft.id}").status_code == 404
    assert decide(reader, draft).status_code == 404


@pytest.mark.parametrize("visit_id", ["1", "x", "6f2d7d44-6a0e-4a7b-9c0a-0f4f6d1c9a10"])
def test_unknown_and_malformed_ids_are_not_found(reader: Person, visit_id: str) -> None:
    assert reader.get(f"/reviews/{visit_id}").status_code == 404


def test_a_visit_is_read_in_full(reader: Person, visit: Visit) -> None:
    answer_all_well(visit)
    commit_to(visit, "问清政策")
    page = reader.get(f"/reviews/{visit.id}").text
    for words in ("李桂英", "王敏", "看厨房", "有事随时打电话", "问清政策", "退回补充"):
        assert words in page


def test_marking_as_read_closes_the_visit_and_is_on_record(reader: Person, visit: Visit, supervisor: Cadre) -> None:
    assert decide(reader, visit).status_code == 303
    (review,) = reviews_of(visit)
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "visit_reviewed")).one()
    assert state_of(visit) is VisitState.REVIEWED
    assert (review.decision, review.supervisor_id, review.revision) == (Decision.READ, supervisor.id, 1)
    assert (event.actor_id, event.subject_id) == (supervisor.id, str(visit.id))


def test_sending_back_keeps_the_reason_and_is_on_record(reader: Person, visit: Visit) -> None:
    decide(reader, visit, "sent_back", data={"reason": " 请写清药费，<b>䶮㛃堃</b>👍 "})
    (review,) = reviews_of(visit)
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "visit_sent_back")).one()
    assert state_of(visit) is VisitState.SENT_BACK
    assert review.reason == "请写清药费，<b>䶮㛃堃</b>👍"
    assert event.detail == {"revision": 1, "review": review.id}
    assert "&lt;b&gt;䶮㛃堃&lt;/b&gt;" in reader.get(f"/reviews/{visit.id}").text


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("", "请写一句原因"), (" \x00\n ", "请写一句原因"), ("补" * 201, "最多 200 个字，现在有 201 个")],
)
@pytest.mark.parametrize("fragment", [False, True])
def test_sending_back_needs_a_reason_that_fits(
    reader: Person, visit: Visit, reason: str, sentence: str, fragment: bool
) -> None:
    answer = decide(reader, visit, "sent_back", data={"reason": reason}, fragment=fragment)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert reason.strip(" \x00\n") in answer.text
    assert ("<html" in answer.text) is not fragment
    assert state_of(visit) is VisitState.FINISHED


@pytest.mark.parametrize("data", [{"revision": "x"}, {"revision": ""}, {"decision": "x"}, {"decision": ""}])
def test_a_damaged_decision_changes_nothing(reader: Person, visit: Visit, data: dict[str, str]) -> None:
    assert decide(reader, visit, data=data).status_code == 422
    assert state_of(visit) is VisitState.FINISHED


def test_a_decision_about_what_was_amended_meanwhile_is_refused_with_the_fresh_page(
    reader: Person, visit: Visit
) -> None:
    seen = {"revision": "1", "reason": "我的话"}
    earlier(visit, 1, {}, reason="补了药费")
    db.session.get_one(Visit, visit.id).revision = 2
    db.session.commit()
    answer = decide(reader, visit, "sent_back", data=seen)
    assert answer.status_code == 409
    for words in (STALE, "补了药费", "我的话", 'name="revision" value="2"'):
        assert words in answer.text
    assert state_of(visit) is VisitState.FINISHED


@pytest.mark.parametrize("state", [VisitState.REVIEWED, VisitState.SENT_BACK, VisitState.AMENDING])
@pytest.mark.parametrize("decision", ["read", "sent_back"])
def test_only_a_finished_visit_can_be_decided(
    reader: Person, make: Factory, cadre: Cadre, state: VisitState, decision: str
) -> None:
    visit = make_visit(cadre, make.household(), state=state)
    answer = decide(reader, visit, decision, data={"reason": "请补充"})
    assert (answer.status_code, STALE in answer.text) == (409, True)
    assert state_of(visit) is state


def test_a_revision_is_decided_once_even_when_two_look_at_the_same_moment(
    visit: Visit, supervisor: Cadre, make: Factory
) -> None:
    other = make.cadre(Role.SUPERVISOR)
    actions.decide(supervisor, visit, 1, Decision.READ)
    # What a second transaction would still see, had it read the row before the first one ended.
    visit.state = VisitState.FINISHED
    with pytest.raises(Refused, match=STALE):
        actions.decide(other, visit, 1, Decision.SENT_BACK, "请补充")
    db.session.rollback()


def test_a_second_tap_has_no_second_effect(reader: Person, visit: Visit) -> None:
    decide(reader, visit)
    assert decide(reader, visit).status_code == 409
    assert len(reviews_of(visit)) == 1


def test_nobody_decides_about_the_own_visit(app: Flask, make: Factory) -> None:
    both = make.cadre(Role.CADRE, Role.SUPERVISOR)
    visit, person = make_visit(both, make.household()), Person(app, both)
    page = person.get(f"/reviews/{visit.id}")
    assert (page.status_code, "自己的走访" in page.text, "退回给" in page.text) == (200, True, False)
    assert decide(person, visit).status_code == 422
    assert person.post(f"/reviews/{visit.id}/row", {"revision": "1"}, fragment=True).status_code == 422
    assert state_of(visit) is VisitState.FINISHED


def test_after_a_decision_comes_the_next_visit_to_read_under_the_same_filters(
    reader: Person, make: Factory, cadre: Cadre
) -> None:
    older = make_visit(cadre, make.household())
    make_visit(cadre, make.household(), state=VisitState.REVIEWED)
    visit = make_visit(cadre, make.household())
    newer = make_visit(cadre, make.household())
    query = f"?state=all&cadre={cadre.id}"
    assert decide(reader, visit, query=query).location == f"/reviews/{older.id}{query}"
    # The last one is followed by what has come in above meanwhile, then by the list.
    assert decide(reader, older, query=query).location == f"/reviews/{newer.id}{query}"
    assert decide(reader, newer, query=query).location == f"/reviews{query}"


def test_htmx_is_sent_on_like_a_page(reader: Person, visit: Visit) -> None:
    assert decide(reader, visit, fragment=True).headers["HX-Redirect"] == "/reviews"


def test_the_next_visit_to_read_is_never_the_own_one(app: Flask, make: Factory, cadre: Cadre) -> None:
    both = make.cadre(Role.CADRE, Role.SUPERVISOR)
    make_visit(both, make.household())
    visit = make_visit(cadre, make.household())
    assert decide(Person(app, both), visit).location == "/reviews"


def test_a_visit_leads_to_its_neighbours_in_the_filtered_log(
    reader: Person, make: Factory, cadre: Cadre, foreign_visit: Visit
) -> None:
    older = make_visit(cadre, make.household())
    visit = make_visit(cadre, make.household())
    make_visit(cadre, make.household(), state=VisitState.REVIEWED)
    newer = make_visit(cadre, make.household())
    page = reader.get(f"/reviews/{visit.id}?cadre={cadre.id}").text
    links = dict(re.findall(r'rel="(prev|next)" data-key="[jk]" href="([^"]+)"', page))
    assert links == {
        "prev": f"/reviews/{newer.id}?cadre={cadre.id}",
        "next": f"/reviews/{older.id}?cadre={cadre.id}",
    }


def test_a_row_is_marked_as_read_in_its_place(reader: Person, visit: Visit) -> None:
    answer = reader.post(f"/reviews/{visit.id}/row", {"revision": "1"}, fragment=True)
    assert answer.status_code == 200
    assert f'id="row-{visit.id}"' in answer.text
    assert "已阅</span>" in answer.text
    assert state_of(visit) is VisitState.REVIEWED


def test_a_row_that_is_no_longer_so_says_it(reader: Person, visit: Visit) -> None:
    answer = reader.post(f"/reviews/{visit.id}/row", {"revision": "2"}, fragment=True)
    assert (answer.status_code, STALE in answer.text) == (409, True)


def test_without_script_a_row_comes_back_to_the_filtered_log(reader: Person, visit: Visit) -> None:
    answer = reader.post(f"/reviews/{visit.id}/row?state=all", {"revision": "1"})
    assert (answer.status_code, answer.location) == (303, "/reviews?state=all")


def test_the_history_tells_every_decision(reader: Person, visit: Visit) -> None:
    decide(reader, visit, "sent_back", data={"reason": "请写清药费"})
    again = finished_again(visit)
    assert decide(reader, again).status_code == 303
    page = reader.get(f"/reviews/{visit.id}").text
    assert page.index("第 2 次提交") < page.index("第 1 次提交")
    assert "请写清药费" in page
    assert "周主任" in page


def test_a_cadre_is_asked_to_complete_what_was_sent_back(reader: Person, visit: Visit, cadre: Cadre) -> None:
    decide(reader, visit, "sent_back", data={"reason": "请写清药费"})
    assert [(row.visit_id, row.reason) for row in sent_back(cadre)] == [(visit.id, "请写清药费")]
    finished_again(visit)
    assert sent_back(cadre) == []


def test_reading_a_visit_costs_the_same_however_much_is_in_it(
    app: Flask, make: Factory, cadre: Cadre, visit: Visit
) -> None:
    office = Person(app, make.cadre(Role.OFFICE, unit=make.unit("部", division=COUNTY, villages=())))
    full = make_visit(cadre, make.household())
    answer_all_well(full)
    for _ in range(8):
        photograph(full)
        commit_to(full)
    for revision in (1, 2, 3):
        earlier(full, revision, {})
    costs = []
    for address in [f"/reviews/{one.id}" for one in (visit, full)]:
        with queries_counted() as statements:
            assert office.get(address).status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1]
    assert costs[0] <= 25, "\n".join(statements)
