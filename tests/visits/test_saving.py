"""Facts about saving the cards of a visit."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.capture.models import DurableWrite
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from fieldvisit.visits import queries
from fieldvisit.visits.models import Commitment, DisplacedAnswer, Visit, VisitState
from tests.factories import OTHER_VILLAGE, Factory
from tests.person import Person
from tests.visits.phone import Phone


def count(model: type) -> int:
    """Count a table's rows."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_opening_the_page_makes_no_visit(phone: Phone) -> None:
    assert phone.person.get(f"/households/{phone.household.id}/visit").status_code == 200
    assert count(Visit) == 0


def test_the_first_save_makes_the_visit_with_the_phones_id(phone: Phone, cadre: Cadre) -> None:
    assert phone.save("kitchen", "good").status_code == 200
    visit = queries.own_visit(cadre, phone.visit_id)
    assert (visit.state, visit.visited_on, visit.unit_id) == (VisitState.DRAFT, clock.today(), cadre.unit_id)


def test_what_was_saved_is_on_the_page_again(phone: Phone) -> None:
    phone.save("bedroom", "poor", tags=["屋顶漏雨"], note="东间屋顶漏雨")
    page = phone.person.get(f"/households/{phone.household.id}/visit").text
    assert 'value="poor" data-tone="problem" checked' in page
    assert 'value="屋顶漏雨" checked' in page
    assert "东间屋顶漏雨" in page


def test_tags_of_what_is_not_good_count_only_while_the_answer_says_so(phone: Phone) -> None:
    phone.save("bedroom", "good", tags=["屋顶漏雨"])
    answer = queries.answer(phone.visit_id, "bedroom")
    assert answer is not None
    assert answer.tags == []


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("漏雨😀", "漏雨😀"),
        ("䶮㛃堃家", "䶮㛃堃家"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("  a\x00b\x07 ", "ab"),
        ("一行\r\n二行", "一行\n二行"),
        ("=1+1", "=1+1"),
    ],
)
def test_words_are_kept_as_typed_but_for_control_characters(phone: Phone, words: str, kept: str) -> None:
    assert phone.save("living", "concern", note=words).status_code == 200
    answer = queries.answer(phone.visit_id, "living")
    assert answer is not None
    assert answer.note == kept


def test_html_is_shown_as_text(phone: Phone) -> None:
    phone.save("living", "concern", note="<b onclick=x>粗</b>")
    page = phone.person.get(f"/visits/{phone.visit_id}/edit").text
    assert "&lt;b onclick=x&gt;" in page
    assert "<b onclick" not in page


@pytest.mark.parametrize(
    ("card", "fields", "sentence"),
    [
        ("kitchen", {"value": "wonderful"}, "这次保存的内容不完整"),
        ("kitchen", {"value": "poor", "tags": ["不在清单里"]}, "这次保存的内容不完整"),
        ("living", {"value": "concern", "note": "长" * 501}, "最多 500 个字"),
        ("living", {"value": "concern", "seq": "abc"}, "这次保存的内容不完整"),
        ("living", {"value": "concern", "seq": "99999999999"}, "这次保存的内容不完整"),
        ("living", {"value": "concern", "seq": "-1"}, "这次保存的内容不完整"),
    ],
)
def test_a_wrong_save_is_refused_with_a_sentence_and_changes_nothing(
    phone: Phone, card: str, fields: dict[str, object], sentence: str
) -> None:
    response = phone.post(f"/cards/{card}", fields)
    assert response.status_code == 422
    assert sentence in response.text
    assert count(Visit) == 0
    assert count(DurableWrite) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/cards/attic",
        "/cards/signature",
        "/cards/visited_on",
        "/cards/kitchen/photos/not-an-id",
        "/commitments/7",
    ],
)
def test_an_unknown_part_of_a_visit_is_not_found(phone: Phone, path: str) -> None:
    assert phone.post(path, {"value": "good"}).status_code == 404


@pytest.mark.parametrize("unknown", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_visit_to_no_household_is_not_found(phone: Phone, unknown: str) -> None:
    phone.write = f"?household={unknown}&checklist=2026-1"
    assert phone.save("kitchen", "good").status_code == 404


@pytest.mark.parametrize("version", ["", "1999-1", "../../etc/passwd", "2026-1/../x"])
def test_a_visit_by_an_unknown_checklist_is_not_found(phone: Phone, version: str) -> None:
    phone.write = f"?household={phone.household.id}&checklist={version}"
    assert phone.save("kitchen", "good").status_code == 404


def test_a_household_of_another_village_can_not_be_visited(app: Flask, make: Factory, cadre: Cadre) -> None:
    stranger = make.household(village_code=OTHER_VILLAGE)
    assert Phone(app, cadre, stranger).save("kitchen", "good").status_code == 404
    assert Person(app, cadre).get(f"/households/{stranger.id}/visit").status_code == 404


def test_nobody_saves_into_anothers_visit(app: Flask, make: Factory, phone: Phone, household: Household) -> None:
    phone.save("kitchen", "good")
    other = Phone(app, make.cadre(), household, phone.visit_id)
    answers = (
        other.save("kitchen", "poor"),
        other.day(clock.today().isoformat()),
        other.promise("修路", clock.today().isoformat()),
        other.finish(),
        other.person.post(f"/visits/{phone.visit_id}/discard"),
        other.person.post(f"/visits/{phone.visit_id}/amend", {"reason": "改"}),
        other.person.get(f"/visits/{phone.visit_id}/edit"),
        other.person.get(f"/visits/{phone.visit_id}"),
    )
    assert [answer.status_code for answer in answers] == [404] * len(answers)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.HANDLER, Role.OFFICE, Role.ADMINISTRATOR])
def test_only_cadres_make_visits(app: Flask, make: Factory, household: Household, role: Role) -> None:
    other = Phone(app, make.cadre(role), household)
    assert other.person.get(f"/households/{household.id}/visit").status_code == 404
    assert other.save("kitchen", "good").status_code == 404


def test_a_signed_out_phone_is_told_to_sign_in_and_nothing_is_saved(app: Flask, phone: Phone) -> None:
    phone.person = Person(app)
    response = phone.save("kitchen", "good")
    assert response.status_code == 401
    assert "重新登录" in response.text
    assert "HX-Redirect" not in response.headers


class TestTwoPhones:
    def test_the_newest_save_wins_and_the_other_words_are_kept(
        self, app: Flask, cadre: Cadre, household: Household, phone: Phone
    ) -> None:
        other = Phone(app, cadre, household, phone.visit_id)
        phone.save("living", "concern", note="腿脚不便")
        answer = other.save("living", "concern", note="看病花费大", base="0")
        assert "腿脚不便" in answer.text
        stored = queries.answer(phone.visit_id, "living")
        assert stored is not None
        assert stored.note == "看病花费大"
        page = phone.person.get(f"/visits/{phone.visit_id}/edit").text
        assert "另一台手机" in page
        assert "腿脚不便" in page

    def test_going_on_on_another_phone_is_no_conflict(
        self, app: Flask, cadre: Cadre, household: Household, phone: Phone
    ) -> None:
        phone.save("living", "concern", note="腿脚不便")
        other = Phone(app, cadre, household, phone.visit_id)
        other.save("living", "concern", note="腿脚不便，已联系医生", base="1")
        assert count(DisplacedAnswer) == 0

    def test_a_late_old_save_changes_nothing(self, phone: Phone) -> None:
        phone.save("living", "concern", note="新", seq=5)
        phone.save("living", "concern", note="旧", seq=4)
        stored = queries.answer(phone.visit_id, "living")
        assert stored is not None
        assert stored.note == "新"

    def test_a_commitment_written_on_both_keeps_both_texts(
        self, app: Flask, cadre: Cadre, household: Household, phone: Phone
    ) -> None:
        same, day = uuid4(), (clock.today() + timedelta(days=7)).isoformat()
        phone.promise("修屋顶", day, same)
        Phone(app, cadre, household, phone.visit_id).promise("联系镇上修屋顶", day, same)
        assert [row.text for row in queries.commitments(phone.visit_id)] == ["联系镇上修屋顶"]
        assert "修屋顶" in phone.person.get(f"/visits/{phone.visit_id}/edit").text

    def test_two_phones_that_say_the_same_show_no_conflict(
        self, app: Flask, cadre: Cadre, household: Household, phone: Phone
    ) -> None:
        phone.save("kitchen", "good")
        answer = Phone(app, cadre, household, phone.visit_id).save("kitchen", "good")
        assert "另一台手机" not in answer.text
        assert "另一台手机" not in phone.person.get(f"/visits/{phone.visit_id}/edit").text


class TestDays:
    @pytest.mark.parametrize("day", ["3000-01-01", "1999-01-01", "x", "", "2026-13-01"])
    def test_an_impossible_visit_day_is_refused(self, phone: Phone, day: str) -> None:
        assert phone.day(day).status_code == 422

    def test_a_visit_may_be_written_down_some_days_later(self, phone: Phone, cadre: Cadre) -> None:
        day = clock.today() - timedelta(days=3)
        assert phone.day(day.isoformat()).status_code == 200
        assert queries.own_visit(cadre, phone.visit_id).visited_on == day

    @pytest.mark.parametrize("days", [-1, 400])
    def test_a_commitment_due_in_the_past_or_far_away_is_refused(self, phone: Phone, days: int) -> None:
        response = phone.promise("修屋顶", (clock.today() + timedelta(days=days)).isoformat())
        assert response.status_code == 422
        assert "完成日期要在今天到" in response.text

    @pytest.mark.parametrize("day", ["3000-01-01", "明天", "", "0001-01-01"])
    def test_a_commitment_needs_a_real_day(self, phone: Phone, day: str) -> None:
        assert phone.promise("修屋顶", day).status_code == 422


class TestCommitments:
    DAY = (date.today() + timedelta(days=7)).isoformat()

    @pytest.mark.parametrize(
        ("text", "sentence"), [("", "请填写承诺"), ("  ", "请填写承诺"), ("长" * 201, "最多 200 个字")]
    )
    def test_a_commitment_says_something_of_bearable_length(self, phone: Phone, text: str, sentence: str) -> None:
        response = phone.promise(text, self.DAY)
        assert response.status_code == 422
        assert sentence in response.text

    def test_saving_one_again_changes_it(self, phone: Phone) -> None:
        same = uuid4()
        phone.promise("修屋顶", self.DAY, same)
        phone.promise("修屋顶和墙", self.DAY, same)
        assert [row.text for row in queries.commitments(phone.visit_id)] == ["修屋顶和墙"]

    def test_a_removed_one_does_not_come_back_by_a_late_save(self, phone: Phone) -> None:
        same = uuid4()
        phone.promise("修屋顶", self.DAY, same, seq=3)
        assert phone.post(f"/commitments/{same}/remove", {}).status_code == 200
        phone.promise("修屋顶", self.DAY, same, seq=9)
        assert queries.commitments(phone.visit_id) == []

    def test_one_removed_before_it_arrived_does_not_appear(self, phone: Phone) -> None:
        same = uuid4()
        phone.post(f"/commitments/{same}/remove", {})
        phone.promise("修屋顶", self.DAY, same)
        assert queries.commitments(phone.visit_id) == []

    def test_a_commitment_of_another_visit_is_not_found(
        self, app: Flask, make: Factory, cadre: Cadre, phone: Phone
    ) -> None:
        same = uuid4()
        phone.promise("修屋顶", self.DAY, same)
        other = Phone(app, cadre, make.household(paired=cadre))
        other.save("kitchen", "good")
        assert other.promise("改掉", self.DAY, same).status_code == 404
        assert other.post(f"/commitments/{same}/remove", {}).status_code == 404


class TestOneEffect:
    def test_the_same_write_twice_gets_the_same_answer_and_one_effect(self, phone: Phone) -> None:
        key, same = str(uuid4()), UUID(int=7)
        day = (clock.today() + timedelta(days=7)).isoformat()
        first = phone.promise("修屋顶", day, same, seq=1, key=key)
        again = phone.promise("修屋顶", day, same, seq=1, key=key)
        assert (again.status_code, again.text) == (first.status_code, first.text)
        assert (count(Commitment), count(DurableWrite)) == (1, 1)

    def test_the_same_key_with_another_content_is_refused(self, phone: Phone) -> None:
        key = str(uuid4())
        phone.save("kitchen", "good", seq=1, key=key)
        assert phone.save("kitchen", "poor", seq=1, key=key).status_code == 409
        stored = queries.answer(phone.visit_id, "kitchen")
        assert stored is not None
        assert stored.value == "good"

    def test_a_refused_write_may_be_tried_again_with_its_key(self, phone: Phone) -> None:
        key = str(uuid4())
        assert phone.save("kitchen", "wrong", seq=1, key=key).status_code == 422
        assert phone.save("kitchen", "good", seq=1, key=key).status_code == 200

    def test_a_key_that_is_no_id_is_refused(self, phone: Phone) -> None:
        assert phone.save("kitchen", "good", key="abc").status_code == 400

    def test_finishing_twice_with_one_key_leads_to_the_same_page(self, phone: Phone) -> None:
        phone.save("kitchen", "good")
        key = str(uuid4())
        first, again = phone.finish(key), phone.finish(key)
        assert first.headers["HX-Redirect"] == again.headers["HX-Redirect"] == f"/visits/{phone.visit_id}"
        assert db.session.get_one(Visit, phone.visit_id).revision == 1
