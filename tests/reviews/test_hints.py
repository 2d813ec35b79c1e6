"""Hints say where to look: a picture or a sentence that was there before, or a record that was soon done."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.reviews.hint_queries import hints_for
from fieldvisit.reviews.hints import Hint, LikePhoto
from fieldvisit.reviews.models import HintKind
from fieldvisit.reviews.rules import LOOK_BACK
from fieldvisit.visits.checklist import SIGNATURE
from fieldvisit.visits.models import Visit, VisitState
from tests.factories import Factory
from tests.person import Person
from tests.visits.counting import queries_counted
from tests.visits.making import START, answer, make_visit, photograph

PACKAGE = Path(__file__).resolve().parents[2] / "fieldvisit"
SENTENCE = "老人身体还好，就是夜里腿疼。"
# A picture with much in it, the same encoded anew (3 bits apart), and another one.
KITCHEN, KITCHEN_AGAIN, BEDROOM = 0x1B4D6A93C5275E8A, 0x1B4D6A93C5275E8D, 0x6CA35B92D8174EB1
AUGUST = date(2026, 8, 14)


def hint_of(visit: Visit) -> Hint:
    return hints_for([visit.id]).get(visit.id, Hint())


def only_photo_of(visit: Visit) -> tuple[date, bool] | None:
    likes = hint_of(visit).photos
    assert len(likes) < 2
    return (likes[0].on, likes[0].exact) if likes else None


def words_of(visit: Visit) -> list[bool]:
    """Say of each earlier note like one of this visit whether it is the very same."""
    return [words.exact for words in hint_of(visit).words]


@pytest.fixture
def before(make: Factory, cadre: Cadre) -> Visit:
    return make_visit(cadre, make.household("陈大勇"), visited_on=AUGUST)


@pytest.fixture
def now(make: Factory, cadre: Cadre, before: Visit) -> Visit:
    return make_visit(cadre, make.household())


def test_a_visit_like_no_other_has_no_hint(before: Visit, now: Visit) -> None:
    photograph(before, dhash=BEDROOM)
    photograph(now, dhash=KITCHEN)
    answer(now, "living", "concern", note=SENTENCE)
    assert hints_for([now.id]) == {}


# Photos


def test_the_same_photo_in_an_earlier_visit_is_told_with_its_day(before: Visit, now: Visit) -> None:
    photograph(before, sha256="a" * 64)
    photograph(now, sha256="a" * 64)
    assert only_photo_of(now) == (AUGUST, True)
    assert not hint_of(before)


def test_the_same_picture_encoded_anew_is_told_with_its_day(before: Visit, now: Visit) -> None:
    other, mine = photograph(before, dhash=KITCHEN), photograph(now, dhash=KITCHEN_AGAIN)
    assert hint_of(now).photos == (LikePhoto(mine.id, "kitchen", other.id, before.id, AUGUST, exact=False),)
    assert not hint_of(before)


def test_a_photo_that_is_the_same_file_is_told_once(before: Visit, now: Visit) -> None:
    for visit in (before, now):
        photograph(visit, sha256="a" * 64, dhash=KITCHEN)
    assert only_photo_of(now) == (AUGUST, True)


def test_the_likest_earlier_photo_is_told(make: Factory, cadre: Cadre, before: Visit, now: Visit) -> None:
    nearer = make_visit(cadre, make.household(), visited_on=date(2026, 8, 20), finished_at=before.finished_at)
    photograph(before, dhash=KITCHEN_AGAIN ^ 0b11000)
    photograph(nearer, dhash=KITCHEN_AGAIN)
    photograph(now, dhash=KITCHEN)
    assert only_photo_of(now) == (date(2026, 8, 20), False)


@pytest.mark.parametrize("removed_from", ["before", "now"])
@pytest.mark.parametrize("what", [{"sha256": "a" * 64}, {"dhash": KITCHEN}], ids=["file", "picture"])
def test_a_removed_photo_gives_no_hint(before: Visit, now: Visit, removed_from: str, what: dict[str, Any]) -> None:
    photograph(before, **what, removed=removed_from == "before")
    photograph(now, **what, removed=removed_from == "now")
    assert not hint_of(now)


@pytest.mark.parametrize("what", [{"sha256": "a" * 64}, {"dhash": KITCHEN}], ids=["file", "picture"])
def test_the_same_photo_twice_in_one_visit_gives_no_hint(now: Visit, what: dict[str, Any]) -> None:
    photograph(now, "kitchen", **what)
    photograph(now, "bedroom", **what)
    assert not hint_of(now)


@pytest.mark.parametrize("what", [{"sha256": "a" * 64}, {"dhash": KITCHEN}], ids=["file", "picture"])
def test_a_photo_in_a_draft_gives_no_hint(make: Factory, cadre: Cadre, now: Visit, what: dict[str, Any]) -> None:
    photograph(make_visit(cadre, make.household(), state=VisitState.DRAFT), **what)
    photograph(now, **what)
    assert not hint_of(now)


def test_a_bare_wall_gives_no_hint(before: Visit, now: Visit) -> None:
    for visit in (before, now):
        photograph(visit, dhash=0x0F0F0F0F0F0F0F0F)
    assert not hint_of(now)


def test_a_photo_of_an_earlier_version_without_fingerprint_gives_no_hint(before: Visit, now: Visit) -> None:
    photograph(before)
    photograph(now, dhash=KITCHEN)
    assert not hint_of(now)


def test_the_same_hand_signing_alike_gives_no_hint(before: Visit, now: Visit) -> None:
    for visit in (before, now):
        photograph(visit, SIGNATURE, dhash=KITCHEN)
    assert not hint_of(now)


def test_another_cadres_like_picture_gives_no_hint(make: Factory, now: Visit) -> None:
    theirs = make_visit(make.cadre(), make.household(), finished_at=now.started_at - timedelta(days=1))
    photograph(theirs, dhash=KITCHEN)
    photograph(now, dhash=KITCHEN)
    assert not hint_of(now)


def test_a_like_picture_of_the_same_household_is_told_whoever_took_it_and_when(make: Factory, cadre: Cadre) -> None:
    household = make.household()
    now = make_visit(cadre, household)
    assert now.finished_at is not None
    long_ago = make_visit(make.cadre(), household, finished_at=now.finished_at - 3 * LOOK_BACK, visited_on=AUGUST)
    photograph(long_ago, dhash=KITCHEN)
    photograph(now, dhash=KITCHEN_AGAIN)
    assert only_photo_of(now) == (AUGUST, False)


@pytest.mark.parametrize("hash_of", [KITCHEN, KITCHEN - (1 << 63)])
def test_hashes_with_and_without_a_sign_are_compared(before: Visit, now: Visit, hash_of: int) -> None:
    photograph(before, dhash=hash_of)
    photograph(now, dhash=hash_of)
    assert only_photo_of(now) == (AUGUST, False)


@pytest.mark.parametrize(("ago", "told"), [(LOOK_BACK, False), (LOOK_BACK - timedelta(seconds=1), True)])
def test_the_season_before_is_looked_through(
    make: Factory, cadre: Cadre, now: Visit, ago: timedelta, told: bool
) -> None:
    assert now.finished_at is not None
    long_ago = make_visit(cadre, make.household(), finished_at=now.finished_at - ago)
    for visit in (long_ago, now):
        photograph(visit, dhash=KITCHEN)
        answer(visit, "living", "concern", note=SENTENCE)
    hint = hint_of(now)
    assert (bool(hint.photos), bool(hint.words)) == (told, told)


# Words


@pytest.mark.parametrize("note", [SENTENCE, "老人身体还好 就是夜里腿疼", "老人身体还好，\n就是夜里腿疼！"])
def test_the_same_words_count_whatever_their_spaces_and_stops(before: Visit, now: Visit, note: str) -> None:
    answer(before, "living", "concern", note=SENTENCE)
    answer(now, "living", "concern", note=note)
    assert words_of(now) == [True]


@pytest.mark.parametrize("note", ["一切都好。", "老人身体还好，就是夜里腰疼。"])
def test_few_words_and_other_words_give_no_hint(before: Visit, now: Visit, note: str) -> None:
    answer(before, "living", "fine", note="一切都好。" if len(note) < 8 else SENTENCE)
    answer(now, "living", "fine", note=note)
    assert not hint_of(now)


def test_words_with_other_names_places_and_numbers_are_nearly_the_same(before: Visit, now: Visit) -> None:
    answer(before, "living", "concern", note="陈大勇家 3 口人，缸窑村去年修的路又坏了，出行不便。")
    answer(now, "living", "concern", note="李桂英家 5 口人，缸窑去年修的路又坏了，出行不便。")
    assert words_of(now) == [False]


def test_another_cadres_words_give_no_hint(make: Factory, now: Visit) -> None:
    theirs = make_visit(make.cadre(), make.household(), finished_at=now.started_at - timedelta(days=1))
    for visit in (theirs, now):
        answer(visit, "living", "concern", note=SENTENCE)
    assert not hint_of(now)


def test_the_same_words_on_another_card_give_no_hint(before: Visit, now: Visit) -> None:
    answer(before, "work", "concern", note=SENTENCE)
    answer(now, "living", "concern", note=SENTENCE)
    assert not hint_of(now)


def test_each_earlier_visit_counts_once_however_many_cards_say_the_same(before: Visit, now: Visit) -> None:
    for visit in (before, now):
        answer(visit, "living", "concern", note=SENTENCE)
        answer(visit, "work", "concern", note=SENTENCE)
    assert hint_of(now).visits_with_like_words == {before.id}


# Time


@pytest.mark.parametrize(("seconds", "told"), [(0, True), (179, True), (180, False), (-1, False)])
def test_a_record_begun_and_ended_within_three_minutes_is_told(
    make: Factory, cadre: Cadre, seconds: int, told: bool
) -> None:
    visit = make_visit(cadre, make.household(), started_at=START, ended_at=START + timedelta(seconds=seconds))
    assert hint_of(visit).kinds == ([HintKind.BRIEF] if told else [])


def test_a_record_written_up_on_a_later_day_is_not_told(make: Factory, cadre: Cadre) -> None:
    visit = make_visit(cadre, make.household(), started_at=START, ended_at=START, visited_on=AUGUST)
    assert not hint_of(visit)


def test_of_visits_of_earlier_versions_nobody_knows_how_long_they_took(now: Visit) -> None:
    assert now.ended_at is None
    assert not hint_of(now)


# Reading them


def test_hints_of_many_visits_cost_the_same_few_queries(make: Factory, cadre: Cadre) -> None:
    visits = [make_visit(cadre, make.household()) for _ in range(5)]
    for visit in visits:
        answer(visit, "living", "concern", note=SENTENCE)
        photograph(visit, dhash=KITCHEN)
    with queries_counted() as statements:
        hints_for([visit.id for visit in visits])
    assert len(statements) == 8


def test_the_log_tells_in_few_words(reader: Person, before: Visit, now: Visit) -> None:
    for visit in (before, now):
        photograph(visit, sha256="a" * 64)
        answer(visit, "living", "concern", note=SENTENCE)
    page = reader.get("/reviews").text
    assert "照片与 8月14日的相同" in page
    assert "与 1 次走访文字相同" in page


def test_the_visit_shows_both_pictures_and_leads_to_the_other_visit(reader: Person, before: Visit, now: Visit) -> None:
    photos = [photograph(visit, dhash=KITCHEN) for visit in (before, now)]
    page = reader.get(f"/reviews/{now.id}").text
    assert f'<a href="/reviews/{before.id}">8月14日走访陈大勇家</a>' in page
    assert "照片和以前的很像" in page
    for photo in photos:
        assert f'src="/photos/{photo.id}/small.jpg"' in page


def test_the_visit_shows_like_words_beside_each_other(reader: Person, before: Visit, now: Visit) -> None:
    answer(before, "living", "concern", note="陈大勇家 3 口人，缸窑村去年修的路又坏了，出行不便。")
    answer(now, "living", "concern", note="李桂英家 5 口人，缸窑村去年修的路又坏了，出行不便。")
    page = reader.get(f"/reviews/{now.id}").text
    assert "文字和以前的相近" in page
    assert "陈大勇家 3 口人" in page


def test_of_a_visit_that_the_reader_may_not_read_only_the_day_is_told(
    make: Factory, reader: Person, cadre: Cadre
) -> None:
    elsewhere = make_visit(cadre, make.household("外村人"), unit_id=make.unit("别的局").id, visited_on=AUGUST)
    now = make_visit(cadre, make.household())
    theirs = photograph(elsewhere, dhash=KITCHEN)
    photograph(now, dhash=KITCHEN_AGAIN)
    answer(elsewhere, "living", note="外村人家 3 口人，去年修的路又坏了，出行不便。")
    answer(now, "living", note="李桂英家 5 口人，去年修的路又坏了，出行不便。")
    page = reader.get(f"/reviews/{now.id}").text
    assert page.count("8月14日的另一次走访（不在您审阅的范围内）") == 2
    assert "外村人" not in page
    assert str(elsewhere.id) not in page
    assert str(theirs.id) not in page


def test_a_brief_record_is_told_with_its_time_and_without_blame(reader: Person, make: Factory, cadre: Cadre) -> None:
    visit = make_visit(cadre, make.household(), started_at=START, ended_at=START + timedelta(seconds=130))
    page = reader.get(f"/reviews/{visit.id}").text
    assert "手机上过了 2 分 10 秒" in page
    assert "这不是走访用了多久" in page


@pytest.mark.parametrize("role", [Role.CADRE, Role.HANDLER, Role.ADMINISTRATOR])
def test_nobody_but_readers_sees_hints(app: Flask, make: Factory, before: Visit, now: Visit, role: Role) -> None:
    for visit in (before, now):
        photograph(visit, sha256="a" * 64)
    person = Person(app, make.cadre(role))
    for url in ("/reviews", f"/reviews/{now.id}", f"/visits/{now.id}"):
        assert "和以前的" not in person.get(url).text


def test_hints_are_shown_with_a_visit_and_used_for_nothing_else() -> None:
    programs = {path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}
    about = re.compile(r"\bhint_queries\b|HintDismissal")
    here = {name for name, text in programs.items() if about.search(text)}
    allowed = {f"reviews/{name}.py" for name in ("actions", "hint_queries", "hint_views", "models", "views")}
    # No report, no export, no other page knows of them: a hint is about a record, and for its reader.
    assert here <= allowed
    asking = "".join(text for name, text in programs.items() if re.match(r"reviews/\w*hint\w*\.py", name))
    assert not re.findall(r"func\.count|group_by|order_by|\.count\(", asking), "Hints are never counted or sorted."
    choosing = programs["reviews/log_queries.py"] + programs["reviews/forms.py"]
    assert not re.findall(r"Hint|dhash|ended_at|Photo|Answer", choosing), "The log is never narrowed by hints."


def test_every_route_about_hints_is_about_one_visit(app: Flask) -> None:
    # What is suggested while a concern is written down is called so, too, and says nothing of a visit.
    others = (rule for rule in app.url_map.iter_rules() if rule.endpoint != "concerns.desk_hints")
    rules = [rule.rule for rule in others if "hint" in rule.endpoint or "hint" in rule.rule]
    assert len(rules) == 2
    assert all(rule.startswith("/reviews/<uuid:visit_id>/hints/") for rule in rules)


def test_the_log_has_no_filter_for_hints(reader: Person, before: Visit, now: Visit) -> None:
    for visit in (before, now):
        photograph(visit, sha256="a" * 64)
    plain, asked = (reader.get(f"/reviews{query}").text for query in ("", "?hint=photo&hints=1&sort=hint"))
    assert plain == asked
    assert "有提示" not in plain
