"""Reading one visit: what is on the page, who may open it, and what it costs."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from flask import Flask, render_template

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.visits.checklist import Tone
from fieldvisit.visits.models import DisplacedAnswer, Visit, VisitState
from fieldvisit.visits.reading import readable_visit
from fieldvisit.visits.record import CardRecord, VisitRecord, record_of
from tests.factories import COUNTY, OTHER_VILLAGE, TOWN, Factory
from tests.visits.counting import queries_counted
from tests.visits.making import answer, answer_all_well, commit_to, earlier, make_visit, photograph


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    return make.cadre()


@pytest.fixture
def visit(make: Factory, cadre: Cadre) -> Visit:
    return make_visit(cadre, make.household())


def card_of(record: VisitRecord, key: str) -> CardRecord:
    return next(card for group in record.groups for card in group.cards if card.card.key == key)


def test_a_record_says_where_who_and_by_whom(make: Factory, visit: Visit, cadre: Cadre) -> None:
    record = record_of(visit.id)
    assert (record.head_name, record.cadre_name, record.unit_name) == ("李桂英", cadre.name, "区市场监管局")
    assert record.address.startswith("繁阳镇 缸窑村 5 组 ")


def test_an_answer_is_read_in_the_words_of_the_checklist(visit: Visit) -> None:
    answer(visit, "toilet", "poor", ["地面湿滑"], "想装扶手")
    said = card_of(record_of(visit.id), "toilet").said
    assert (said.label, said.tone, said.tags, said.note) == ("差", Tone.PROBLEM, ("地面湿滑",), "想装扶手")


def test_a_card_without_an_answer_is_named_as_missing(visit: Visit) -> None:
    answer_all_well(visit)
    assert record_of(visit.id).missing == ("留承诺",)
    commit_to(visit)
    assert record_of(visit.id).missing == ()


def test_not_looked_at_is_a_full_answer(visit: Visit) -> None:
    answer(visit, "bedroom", "not_seen")
    assert not card_of(record_of(visit.id), "bedroom").missing


def test_removed_photos_and_commitments_are_not_shown(visit: Visit) -> None:
    photograph(visit, removed=True)
    commit_to(visit).removed = True
    db.session.commit()
    record = record_of(visit.id)
    assert not card_of(record, "kitchen").photos
    assert not record.commitments


def test_a_signature_is_shown_apart_from_the_photos(visit: Visit) -> None:
    signature, photo = photograph(visit, "signature"), photograph(visit, "kitchen")
    record = record_of(visit.id)
    assert record.signature is not None
    assert record.signature.id == signature.id
    assert [shown.id for shown in card_of(record, "kitchen").photos] == [photo.id]


def test_what_another_phone_had_written_stays_readable(visit: Visit) -> None:
    answer(visit, "living", "fine")
    db.session.add(
        DisplacedAnswer(
            visit_id=visit.id,
            card="living",
            value="concern",
            tags=[],
            note="药费高",
            device="other",
            seq=1,
            saved_at=clock.now(),
        )
    )
    db.session.commit()
    (other,) = card_of(record_of(visit.id), "living").displaced
    assert (other.said.label, other.said.note) == ("有情况", "药费高")


def said_then(value: str, note: str = "") -> dict[str, object]:
    return {"value": value, "tags": [], "note": note}


def test_an_earlier_version_marks_what_was_changed_and_nothing_else(visit: Visit) -> None:
    answer(visit, "kitchen", "good")
    answer(visit, "toilet", "poor")
    earlier(visit, 1, {"answers": {"kitchen": said_then("good"), "toilet": said_then("fair")}})
    (before,) = record_of(visit.id).earlier
    assert [card.title for card in before.cards if card.changed] == ["看厕所"]


def test_an_earlier_version_is_compared_with_the_one_that_followed_it(visit: Visit) -> None:
    answer(visit, "kitchen", "poor")
    earlier(visit, 1, {"answers": {"kitchen": said_then("good")}})
    earlier(visit, 2, {"answers": {"kitchen": said_then("poor")}})
    second, first = record_of(visit.id).earlier
    assert (second.revision, second.changed) == (2, False)
    assert (first.revision, first.changed) == (1, True)


def test_a_commitment_that_was_reworded_is_marked_in_the_earlier_version(visit: Visit) -> None:
    commitment = commit_to(visit, "问清政策")
    before = {"id": str(commitment.id), "text": "看看", "due_on": "2026-09-10"}
    earlier(visit, 1, {"commitments": [before]})
    (promise,) = record_of(visit.id).earlier[0].commitments
    assert (promise.text, promise.due_on, promise.changed) == ("看看", date(2026, 9, 10), True)


def test_a_photo_taken_down_since_is_counted_in_the_earlier_version(visit: Visit) -> None:
    kept = photograph(visit, "kitchen")
    photos = [{"id": str(photo_id), "card": "kitchen", "sha256": "0"} for photo_id in (kept.id, uuid4())]
    earlier(visit, 1, {"photos": photos})
    (card,) = [card for card in record_of(visit.id).earlier[0].cards if card.photos_removed]
    assert (card.title, card.photos_removed) == ("看厨房", 1)


def test_a_full_record_costs_six_queries(visit: Visit) -> None:
    answer_all_well(visit)
    for card in ("kitchen", "bedroom", "signature"):
        photograph(visit, card)
    commit_to(visit)
    earlier(visit, 1, {})
    earlier(visit, 2, {})
    db.session.expunge_all()
    with queries_counted() as statements:
        record_of(visit.id)
    assert len(statements) == 6


def test_the_page_shows_text_as_text_and_marks_what_was_before(app: Flask, visit: Visit) -> None:
    answer(visit, "suggestions", "concern", note="<b>路灯</b>")
    earlier(visit, 1, {"answers": {"suggestions": said_then("fine")}}, reason="漏了一条")
    with app.test_request_context():
        page = render_template("visits/_record.html", record=record_of(visit.id))
    assert "&lt;b&gt;路灯&lt;/b&gt;" in page
    assert "改前" in page
    assert "漏了一条" in page


READERS = {
    "author": True,
    "supervisor of the unit": True,
    "supervisor of the town": True,
    "office of the county": True,
    "cadre of a unit tied to the village": True,
    "cadre paired with the household": True,
    "supervisor of another unit": False,
    "cadre of another village": False,
    "administrator of the county": False,
    "administrator who is a cadre of another village": False,
    "handler of the unit": False,
}


def reader(kind: str, make: Factory, visit: Visit, author: Cadre) -> Cadre:
    """Make a person of a kind of READERS."""
    far = make.unit("别的局", villages=(OTHER_VILLAGE,))
    county = make.unit("区委", division=COUNTY, villages=())
    people = {
        "author": lambda: author,
        "supervisor of the unit": lambda: make.cadre(Role.SUPERVISOR),
        "supervisor of the town": lambda: make.cadre(
            Role.SUPERVISOR, unit=make.unit("繁阳镇政府", division=TOWN, villages=())
        ),
        "office of the county": lambda: make.cadre(Role.OFFICE, unit=county),
        "cadre of a unit tied to the village": lambda: make.cadre(unit=make.unit("区农业农村局")),
        "cadre paired with the household": lambda: paired(make, visit, make.cadre(unit=far)),
        "supervisor of another unit": lambda: make.cadre(Role.SUPERVISOR, unit=far),
        "cadre of another village": lambda: make.cadre(unit=far),
        "administrator of the county": lambda: make.cadre(Role.ADMINISTRATOR, unit=county),
        "administrator who is a cadre of another village": lambda: make.cadre(
            Role.ADMINISTRATOR,
            Role.CADRE,
            unit=make.unit("区府办", division=COUNTY, villages=(OTHER_VILLAGE,)),
        ),
        "handler of the unit": lambda: make.cadre(Role.HANDLER),
    }
    return people[kind]()


def paired(make: Factory, visit: Visit, cadre: Cadre) -> Cadre:
    from fieldvisit.households.models import Household

    make.pairing(cadre, db.session.get_one(Household, visit.household_id))
    return cadre


@pytest.mark.parametrize("kind", READERS)
def test_who_may_read_a_finished_visit(app: Flask, make: Factory, visit: Visit, cadre: Cadre, kind: str) -> None:
    who = reader(kind, make, visit, cadre)
    with app.test_request_context():
        if READERS[kind]:
            assert readable_visit(who, visit.id).id == visit.id
        else:
            with pytest.raises(NotYours):
                readable_visit(who, visit.id)


@pytest.mark.parametrize("kind", [kind for kind in READERS if kind != "author"])
def test_a_draft_is_readable_to_nobody_but_its_author(app: Flask, make: Factory, cadre: Cadre, kind: str) -> None:
    draft = make_visit(cadre, make.household(), state=VisitState.DRAFT)
    who = reader(kind, make, draft, cadre)
    with app.test_request_context(), pytest.raises(NotYours):
        readable_visit(who, draft.id)


def test_a_pairing_that_has_ended_opens_nothing(app: Flask, make: Factory, visit: Visit) -> None:
    from fieldvisit.households.models import Household

    who = make.cadre(unit=make.unit("别的局", villages=(OTHER_VILLAGE,)))
    make.pairing(who, db.session.get_one(Household, visit.household_id), ends_on=date(2026, 1, 1))
    with app.test_request_context(), pytest.raises(NotYours):
        readable_visit(who, visit.id)
