"""Hints say where to look: a photo or a sentence that was there before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fieldvisit.accounts.models import Cadre
from fieldvisit.reviews.hint_queries import LOOK_BACK, Hint, hints_for
from fieldvisit.visits.models import Visit, VisitState
from tests.factories import Factory
from tests.person import Person
from tests.visits.counting import queries_counted
from tests.visits.making import answer, make_visit, photograph

SENTENCE = "老人身体还好，就是夜里腿疼。"


def hint_of(visit: Visit) -> Hint | None:
    return hints_for([visit.id]).get(visit.id)


@pytest.fixture
def before(make: Factory, cadre: Cadre) -> Visit:
    return make_visit(cadre, make.household(), visited_on=date(2026, 8, 14))


@pytest.fixture
def now(make: Factory, cadre: Cadre, before: Visit) -> Visit:
    return make_visit(cadre, make.household())


def test_a_visit_like_no_other_has_no_hint(before: Visit, now: Visit) -> None:
    photograph(before)
    photograph(now)
    answer(now, "living", "concern", note=SENTENCE)
    assert hint_of(now) is None


def test_the_same_photo_in_an_earlier_visit_is_told_with_its_day(before: Visit, now: Visit) -> None:
    photograph(before, sha256="a" * 64)
    photograph(now, sha256="a" * 64)
    assert hint_of(now) == Hint(same_photo_on=date(2026, 8, 14))
    assert hint_of(before) is None


@pytest.mark.parametrize("removed_from", ["before", "now"])
def test_a_removed_photo_gives_no_hint(before: Visit, now: Visit, removed_from: str) -> None:
    photograph(before, sha256="a" * 64, removed=removed_from == "before")
    photograph(now, sha256="a" * 64, removed=removed_from == "now")
    assert hint_of(now) is None


def test_the_same_photo_twice_in_one_visit_gives_no_hint(now: Visit) -> None:
    photograph(now, "kitchen", sha256="a" * 64)
    photograph(now, "bedroom", sha256="a" * 64)
    assert hint_of(now) is None


def test_a_photo_in_a_draft_gives_no_hint(make: Factory, cadre: Cadre, now: Visit) -> None:
    photograph(make_visit(cadre, make.household(), state=VisitState.DRAFT), sha256="a" * 64)
    photograph(now, sha256="a" * 64)
    assert hint_of(now) is None


@pytest.mark.parametrize("note", [SENTENCE, "老人身体还好 就是夜里腿疼", "老人身体还好，\n就是夜里腿疼！"])
def test_the_same_words_count_whatever_their_spaces_and_stops(before: Visit, now: Visit, note: str) -> None:
    answer(before, "living", "concern", note=SENTENCE)
    answer(now, "living", "concern", note=note)
    assert hint_of(now) == Hint(same_words=1)


@pytest.mark.parametrize("note", ["一切都好。", "老人身体还好，就是夜里腰疼。"])
def test_few_words_and_other_words_give_no_hint(before: Visit, now: Visit, note: str) -> None:
    answer(before, "living", "fine", note="一切都好。" if len(note) < 8 else SENTENCE)
    answer(now, "living", "fine", note=note)
    assert hint_of(now) is None


def test_another_cadres_words_give_no_hint(make: Factory, now: Visit) -> None:
    answer(
        make_visit(make.cadre(), make.household(), finished_at=now.started_at - timedelta(days=1)),
        "living",
        note=SENTENCE,
    )
    answer(now, "living", "concern", note=SENTENCE)
    assert hint_of(now) is None


def test_words_of_long_ago_give_no_hint(make: Factory, cadre: Cadre, now: Visit) -> None:
    assert now.finished_at is not None
    long_ago = make_visit(cadre, make.household(), finished_at=now.finished_at - LOOK_BACK)
    answer(long_ago, "living", "concern", note=SENTENCE)
    answer(now, "living", "concern", note=SENTENCE)
    assert hint_of(now) is None


def test_each_earlier_visit_counts_once_however_many_cards_say_the_same(before: Visit, now: Visit) -> None:
    for visit in (before, now):
        answer(visit, "living", "concern", note=SENTENCE)
        answer(visit, "work", "concern", note=SENTENCE)
    assert hint_of(now) == Hint(same_words=1)


def test_hints_of_many_visits_cost_three_queries(make: Factory, cadre: Cadre) -> None:
    visits = [make_visit(cadre, make.household()) for _ in range(5)]
    for visit in visits:
        answer(visit, "living", "concern", note=SENTENCE)
    ids = [visit.id for visit in visits]
    with queries_counted() as statements:
        hints_for(ids)
    assert len(statements) == 3


def test_the_log_and_the_visit_show_the_hints_in_words(reader: Person, before: Visit, now: Visit) -> None:
    photograph(before, sha256="a" * 64)
    photograph(now, sha256="a" * 64)
    answer(before, "living", "concern", note=SENTENCE)
    answer(now, "living", "concern", note=SENTENCE)
    for url in ("/reviews", f"/reviews/{now.id}"):
        page = reader.get(url).text
        assert "照片与 8月14日的走访相同" in page
        assert "文字与此前 1 次走访相同" in page
