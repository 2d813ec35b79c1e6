"""One household's page, adding, changing and leaving: who may, what is refused, what stays true."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from markupsafe import Markup

from fieldvisit.accounts.models import Role
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.households import actions, panels, queries
from fieldvisit.households.models import Household, Resident
from tests.factories import OTHER_VILLAGE, VILLAGE, Factory
from tests.households.conftest import Add, Sign
from tests.households.helpers import audited, cadre_of, fresh, new_form, people_of
from tests.person import Person

NEW = "/households/new"


def page_of(household: Household, part: str = "") -> str:
    return f"/households/{household.id}{part}"


def all_households() -> list[Household]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Household)))


# Seeing


def test_the_page_says_when_nobody_is_tied_to_a_household(sign: Sign, add: Add, make: Factory) -> None:
    household, told = add(), "还没有结对干部"
    person = sign()
    assert told in person.get(page_of(household)).text
    make.pairing(make.cadre(), household)
    assert told not in person.get(page_of(household)).text


def test_a_household_s_page_shows_people_tags_and_the_way_to_the_visit(sign: Sign, add: Add) -> None:
    person = {"phone": "13805530001", "birth_month": "1956-01"}
    household = add(tags=["独居"], note="耳背，要大声些", door="17 号", **person)
    page = sign().get(page_of(household)).text
    told = ("李桂英", "户主", "独居", "耳背，要大声些", "繁阳镇 缸窑村 17 号")
    for words in (*told, "138****0001", " 岁", "开始走访"):
        assert words in page
    assert "13805530001" not in page
    assert f"/households/{household.id}/visit" in page


@pytest.mark.parametrize("role", [Role.CADRE, Role.SUPERVISOR, Role.OFFICE, Role.ADMINISTRATOR])
@pytest.mark.parametrize("part", ["", "/edit", "/leave", "/people/new"])
def test_another_unit_s_household_does_not_exist(role: Role, part: str, sign: Sign, add: Add, make: Factory) -> None:
    person = sign(role, unit=make.unit("别的镇", villages=()))
    assert person.get(page_of(add(), part)).status_code == 404


@pytest.mark.parametrize("part", ["/edit", "/leave", "/restore", "/people/new"])
def test_another_unit_s_household_takes_no_changes(part: str, stranger: Person, add: Add) -> None:
    household = add()
    assert stranger.post(page_of(household, part), {"reason": "已搬走"}).status_code == 404
    assert fresh(household).version == 1


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR, Role.HANDLER])
@pytest.mark.parametrize("part", ["new", "{}/edit", "{}/leave", "{}/restore", "{}/people/new"])
def test_only_cadres_and_the_office_change_households(role: Role, part: str, sign: Sign, add: Add) -> None:
    household = add()
    url = "/households/" + part.format(household.id)
    assert sign(role).post(url, new_form()).status_code == 404
    assert len(all_households()) == 1


def test_a_handler_sees_no_household_even_if_paired(sign: Sign, add: Add, make: Factory) -> None:
    person, household = sign(Role.HANDLER), add()
    make.pairing(cadre_of(person), household)
    assert person.get(page_of(household)).status_code == 404


def test_other_features_get_no_household_for_a_handler_either(make: Factory, add: Add) -> None:
    handler, household = make.cadre(Role.HANDLER), add()
    make.pairing(handler, household)
    with pytest.raises(NotYours):
        queries.household_for(handler, household.id)


def test_an_administrator_sees_neither_notes_nor_whole_phones(administrator: Person, add: Add) -> None:
    household = add(note="耳背，要大声些", phone="13805530001")
    page = administrator.get(page_of(household)).text
    assert "138****0001" in page
    assert "耳背" not in page
    assert "显示号码" not in page
    phone = page_of(household, f"/people/{people_of(household)[0].id}/phone")
    assert administrator.post(phone).status_code == 404


def test_an_administrator_sees_no_panels(
    administrator: Person, office: Person, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "_panels", [lambda who, household: Markup("<p>走访记录</p>")])
    household = add()
    assert "走访记录" not in administrator.get(page_of(household)).text
    assert "<p>走访记录</p>" in office.get(page_of(household)).text


def test_a_panel_s_plain_text_is_not_html(office: Person, add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_panels", [lambda who, household: "<b>", lambda who, household: ""])
    assert "&lt;b&gt;" in office.get(page_of(add())).text


def test_showing_a_phone_number_is_noted(sign: Sign, add: Add) -> None:
    household = add(phone="13805530001")
    resident, person = people_of(household)[0], sign()
    answer = person.post(page_of(household, f"/people/{resident.id}/phone"), fragment=True)
    assert "138 0553 0001" in answer.text
    assert 'href="tel:13805530001"' in answer.text
    assert "<html" not in answer.text
    [event] = audited("phone_shown")
    assert (event.actor_id, event.subject_id) == (cadre_of(person).id, str(resident.id))
    assert "1380553" not in str(event.detail)


def test_a_phone_number_is_shown_without_scripts_too(sign: Sign, add: Add) -> None:
    household = add(phone="13805530001")
    url = page_of(household, f"/people/{people_of(household)[0].id}/phone")
    assert "138 0553 0001" in sign().post(url).text


def test_nobody_else_s_phone_number_is_shown(stranger: Person, sign: Sign, add: Add) -> None:
    household = add(phone="13805530001")
    other = add("陈大勇", village_code=OTHER_VILLAGE, phone="13805530002")
    [head], [outsider] = people_of(household), people_of(other)
    assert stranger.post(page_of(household, f"/people/{head.id}/phone")).status_code == 404
    # One's own household does not open somebody else's.
    assert sign().post(page_of(household, f"/people/{outsider.id}/phone")).status_code == 404
    assert not audited("phone_shown")


def test_names_and_notes_are_text_on_the_page(sign: Sign, add: Add) -> None:
    page = sign().get(page_of(add("<b>李</b>", note="<script>x</script>", door="<i>"))).text
    assert "<b>李" not in page
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


# Adding


def test_a_cadre_adds_a_household_with_its_head(sign: Sign) -> None:
    person = sign()
    form = new_form(phone="138 0553 0001", birth_month="195611", tags=["独居", "低保"], note="耳背")
    answer = person.post(NEW, form)
    [household] = all_households()
    [head] = people_of(household)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/households/{form['id']}")
    assert (household.head_name, household.group_no, household.door) == ("李桂英", 5, "17 号")
    assert (household.tags, household.note, household.door_order) == (["独居", "低保"], "耳背", "00017号")
    assert household.created_by == cadre_of(person).id
    assert (head.phone, head.birth_month) == ("13805530001", "1956-11")
    assert (head.relation, head.is_head) == ("户主", True)
    [event] = audited("household_added")
    assert "李桂英" not in str(event.detail)


def test_the_form_holds_the_contact_point_and_the_typed_name(sign: Sign) -> None:
    page = sign().get(NEW, query_string={"name": "王秀兰"}).text
    assert 'value="王秀兰"' in page
    assert f'selected value="{VILLAGE}"' in page
    assert OTHER_VILLAGE not in page


def test_the_form_holds_the_village_of_most_of_one_s_households(sign: Sign, add: Add, make: Factory) -> None:
    person = sign(unit=make.unit("两村的局", villages=(VILLAGE, OTHER_VILLAGE)))
    make.pairing(cadre_of(person), add(village_code=OTHER_VILLAGE))
    assert f'selected value="{OTHER_VILLAGE}"' in person.get(NEW).text


def test_a_typed_number_is_not_taken_for_a_name(sign: Sign) -> None:
    assert 'value="0001"' not in sign().get(NEW, query_string={"name": "0001"}).text


def test_a_cadre_without_a_contact_point_is_told_so(stranger: Person) -> None:
    assert "还没有联系点" in stranger.get(NEW).text or "没有联系点" in stranger.get(NEW).text


def test_a_double_tap_makes_one_household(sign: Sign) -> None:
    person, form = sign(), new_form()
    assert person.post(NEW, form).location == person.post(NEW, form).location
    assert len(all_households()) == 1


def test_the_id_of_somebody_else_s_household_leads_nowhere(sign: Sign, add: Add) -> None:
    other = add("陈大勇", village_code=OTHER_VILLAGE)
    assert sign().post(NEW, new_form(id=str(other.id))).status_code == 404
    assert fresh(other).head_name == "陈大勇"


@pytest.mark.parametrize("id", ["", "x", "../..", "<b>"])
def test_a_household_without_a_sound_id_gets_one(id: str, sign: Sign) -> None:
    assert sign().post(NEW, new_form(id=id)).status_code == 303
    assert isinstance(all_households()[0].id, UUID)


@pytest.mark.parametrize("name", ["䶮㛃堃", "阿卜杜·买买提", "李👵", "Anna-Maria", "王" * 40, "  李 桂英 "])
def test_unusual_names_are_kept(name: str, sign: Sign) -> None:
    sign().post(NEW, new_form(name=name))
    assert all_households()[0].head_name == " ".join(name.split())


ID_NUMBER = "340212195611230029"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "请填写户主姓名"),
        ("name", "   ", "请填写户主姓名"),
        ("name", "\x00\x07", "请填写户主姓名"),
        ("name", "王" * 41, "姓名最多 40 个字"),
        ("name", "！！", "姓名里要有字"),
        ("name", "李桂英" + ID_NUMBER, "系统不收身份证号"),
        ("phone", "123", "电话号码不对"),
        ("phone", "打给儿子", "电话号码不对"),
        ("phone", "1" * 5000, "最多 40 个字"),
        ("phone", ID_NUMBER, "系统不收身份证号"),
        ("birth_month", "3000-01", "出生年月请写成"),
        ("birth_month", "1850-01", "出生年月请写成"),
        ("birth_month", "<b>", "出生年月请写成"),
        ("birth_month", ID_NUMBER, "系统不收身份证号"),
        ("village_code", "", "村（社区）"),
        ("village_code", OTHER_VILLAGE, "请从列表里选择村"),
        ("village_code", "' OR 1=1", "请从列表里选择村"),
        ("group_no", "五", "村民小组请填"),
        ("group_no", "-1", "村民小组请填"),
        ("group_no", "1000", "村民小组请填"),
        ("group_no", "٣", "村民小组请填"),
        ("door", "号" * 41, "门牌最多 40 个字"),
        ("door", ID_NUMBER, "系统不收身份证号"),
        ("tags", ["不存在的标签"], "有的标签不在列表里"),
        ("note", "字" * 501, "备注最多 500 个字"),
        ("note", f"身份证 {ID_NUMBER[:6]} {ID_NUMBER[6:14]} {ID_NUMBER[14:]}", "系统不收身份证号"),
    ],
)
def test_a_new_household_is_refused_with_a_sentence(field: str, value: object, sentence: str, sign: Sign) -> None:
    answer = sign().post(NEW, new_form(**{"note": "别的话", field: value}))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not all_households()
    if field != "note":
        assert "别的话" in answer.text


@pytest.mark.parametrize("typed", ["5", "５", "5组", "005", ""])
def test_a_group_may_be_written_in_many_ways(typed: str, sign: Sign) -> None:
    sign().post(NEW, new_form(group_no=typed))
    assert all_households()[0].group_no == (5 if typed else 0)


@pytest.mark.parametrize(
    ("name", "door", "reason"),
    [("李桂英", "99 号", "姓名相近"), ("李桂瑛", "", "姓名相近"), ("王秀兰", "17号", "门牌相同")],
)
def test_a_likely_duplicate_is_shown_and_can_be_overruled(
    name: str, door: str, reason: str, sign: Sign, add: Add
) -> None:
    other, person = add("李桂英", group_no=5, door="17 号"), sign()
    form = new_form(name=name, door=door, note="别的话")
    answer = person.post(NEW, form)
    assert answer.status_code == 422
    assert reason in answer.text
    assert f"/households/{other.id}" in answer.text
    assert "别的话" in answer.text
    assert len(all_households()) == 1
    assert person.post(NEW, form | {"confirmed": "1"}).status_code == 303
    assert len(all_households()) == 2


@pytest.mark.parametrize("changed", [{"door": "18 号"}, {"group_no": "6"}, {"door": ""}])
def test_a_different_household_raises_no_warning(changed: dict[str, str], sign: Sign, add: Add) -> None:
    add("李桂英", group_no=5, door="17 号")
    assert sign().post(NEW, new_form(name="陈大勇", **changed)).status_code == 303


def test_a_namesake_in_another_village_or_one_that_left_raises_no_warning(sign: Sign, add: Add, make: Factory) -> None:
    person = sign()
    add("李桂英", village_code=OTHER_VILLAGE)
    actions.deactivate(cadre_of(person), add("李桂英", door="17 号", group_no=5), "已搬走")
    db.session.commit()
    assert person.post(NEW, new_form()).status_code == 303


# Changing


def edit_form(household: Household, **changed: object) -> dict[str, object]:
    known: dict[str, object] = {"village_code": household.village_code, "group_no": str(household.group_no)}
    known |= {"door": household.door, "tags": household.tags, "note": household.note}
    return known | {"version": str(household.version)} | changed


def test_a_change_is_kept_counted_and_found(sign: Sign, add: Add) -> None:
    household, person = add(door="17 号"), sign()
    answer = person.post(page_of(household, "/edit"), edit_form(household, door="2 栋 301", tags=["高龄"]))
    assert answer.status_code == 303
    changed = fresh(household)
    assert (changed.door, changed.door_order, changed.tags) == ("2 栋 301", "00002栋00301", ["高龄"])
    assert changed.version == 2
    assert "<strong>李桂英" in person.get("/households", query_string={"mine": "0", "q": "301"}).text
    assert "<strong>李桂英" not in person.get("/households", query_string={"mine": "0", "q": "17号"}).text
    assert "<strong>李桂英" in person.get("/households", query_string={"mine": "0", "tag": "高龄"}).text
    assert audited("household_edited")[0].detail == {"changed": ["door", "tags"]}


def test_of_two_who_change_at_once_the_second_sees_what_the_first_wrote(sign: Sign, add: Add) -> None:
    household, first, second = add(note="旧"), sign(), sign()
    mine = edit_form(household, note="第二个人写的", door="9 号")
    first.post(page_of(household, "/edit"), edit_form(household, note="第一个人写的"))
    answer = second.post(page_of(household, "/edit"), mine)
    assert answer.status_code == 422
    assert "别人刚改成：第一个人写的" in answer.text
    assert "第二个人写的" in answer.text
    assert 'value="9 号"' in answer.text
    assert fresh(household).note == "第一个人写的"
    # Saved once more, after both were read: the second's words count.
    assert second.post(page_of(household, "/edit"), mine | {"version": "2"}).status_code == 303
    assert fresh(household).note == "第二个人写的"


def test_two_who_write_the_same_do_not_disturb_each_other(sign: Sign, add: Add) -> None:
    household, person = add(), sign()
    form = edit_form(household, note="一样的话")
    assert person.post(page_of(household, "/edit"), form).status_code == 303
    assert person.post(page_of(household, "/edit"), form).status_code == 303


@pytest.mark.parametrize("version", ["", "x", "-1", "0", "99999999999999999999"])
def test_a_strange_version_overwrites_nothing(version: str, sign: Sign, add: Add) -> None:
    household = add(note="旧")
    answer = sign().post(page_of(household, "/edit"), edit_form(household, note="新", version=version))
    assert answer.status_code == 422
    assert fresh(household).note == "旧"


def test_a_household_can_not_be_moved_to_a_village_of_others(sign: Sign, add: Add) -> None:
    household = add()
    form = edit_form(household, village_code=OTHER_VILLAGE)
    assert sign().post(page_of(household, "/edit"), form).status_code == 422
    assert fresh(household).village_code == VILLAGE


def test_fields_that_no_form_shows_are_not_taken(sign: Sign, add: Add) -> None:
    household = add()
    extra = {"head_name": "别人", "active": "", "created_by": "1", "id": str(uuid4())}
    sign().post(page_of(household, "/edit"), edit_form(household, note="新", **extra))
    changed = fresh(household)
    assert (changed.head_name, changed.active, changed.note) == ("李桂英", True, "新")


def test_a_tag_that_the_county_has_dropped_can_stay(sign: Sign, add: Add) -> None:
    household = add(tags=["旧标签"])
    assert sign().post(page_of(household, "/edit"), edit_form(household, note="新")).status_code == 303
    assert fresh(household).tags == ["旧标签"]


# Leaving


def test_a_household_that_left_is_in_no_list_but_stays_readable(sign: Sign, add: Add) -> None:
    household, person = add(), sign()
    assert person.post(page_of(household, "/leave"), {"reason": "已搬走"}).status_code == 303
    assert "李桂英" not in person.get("/households?mine=0").text
    page = person.get(page_of(household)).text
    assert "已停用：已搬走" in page
    assert "开始走访" not in page
    assert audited("household_deactivated")[0].detail == {"reason": "已搬走"}
    assert person.post(page_of(household, "/edit"), edit_form(household)).status_code == 422


@pytest.mark.parametrize("reason", ["", "别的", "<b>"])
def test_leaving_needs_a_reason_of_the_list(reason: str, sign: Sign, add: Add) -> None:
    household = add()
    assert sign().post(page_of(household, "/leave"), {"reason": reason}).status_code == 422
    assert fresh(household).active


def test_a_household_comes_back(sign: Sign, add: Add) -> None:
    household, person = add(), sign()
    person.post(page_of(household, "/leave"), {"reason": "登记有误"})
    assert person.post(page_of(household, "/restore")).status_code == 303
    assert "李桂英" in person.get("/households?mine=0").text


def test_a_second_tap_on_leaving_is_noted_once(sign: Sign, add: Add) -> None:
    household, person = add(), sign()
    for _ in range(2):
        person.post(page_of(household, "/leave"), {"reason": "已搬走"})
    assert len(audited("household_deactivated")) == 1


# People


def person_form(**changed: str) -> dict[str, str]:
    known = {"id": str(uuid4()), "version": "1", "name": "王有田", "relation": "妻子", "phone": ""}
    return known | {"birth_month": ""} | changed


def test_a_person_is_added_once_and_found(sign: Sign, add: Add) -> None:
    household, person, form = add(), sign(), person_form(phone="0553-7812345", birth_month="1955.3")
    for _ in range(2):
        assert person.post(page_of(household, "/people/new"), form).status_code == 303
    head, spouse = people_of(household)
    assert (spouse.name, spouse.phone, spouse.birth_month) == ("王有田", "0553-7812345", "1955-03")
    assert (head.is_head, spouse.is_head) == (True, False)
    assert "<strong>李桂英" in person.get("/households", query_string={"mine": "0", "q": "wyt"}).text
    assert fresh(household).version == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", ID_NUMBER),
        ("relation", ""),
        ("relation", "邻居"),
        ("phone", "1"),
        ("birth_month", "1"),
    ],
)
def test_a_person_is_refused_with_what_was_typed_kept(field: str, value: str, sign: Sign, add: Add) -> None:
    household = add()
    answer = sign().post(page_of(household, "/people/new"), person_form(**{"name": "王有田", field: value}))
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert field == "name" or "王有田" in answer.text
    assert len(people_of(household)) == 1


def test_a_new_head_takes_the_old_one_s_place(sign: Sign, add: Add) -> None:
    household = add()
    sign().post(page_of(household, "/people/new"), person_form(relation="户主"))
    old, new = people_of(household)
    assert (old.is_head, old.relation) == (False, "其他")
    assert (new.is_head, new.relation) == (True, "户主")
    assert fresh(household).head_name == "王有田"


def test_the_head_s_new_name_is_the_household_s(sign: Sign, add: Add) -> None:
    household, person = add(), sign()
    [head] = people_of(household)
    url = page_of(household, f"/people/{head.id}")
    assert person.post(url, person_form(name="李贵英", relation="户主")).status_code == 303
    assert fresh(household).head_name == "李贵英"
    assert "<strong>李贵英" in person.get("/households", query_string={"mine": "0", "q": "贵英"}).text


def test_the_only_head_can_not_stop_being_it(sign: Sign, add: Add) -> None:
    household = add()
    [head] = people_of(household)
    answer = sign().post(page_of(household, f"/people/{head.id}"), person_form(relation="妻子"))
    assert answer.status_code == 422
    assert "一户要有一位户主" in answer.text
    assert "王有田" in answer.text
    assert people_of(household)[0].is_head


def test_the_head_can_not_be_removed(sign: Sign, add: Add) -> None:
    household = add()
    [head] = people_of(household)
    answer = sign().post(page_of(household, f"/people/{head.id}/remove"))
    assert answer.status_code == 422
    assert "户主，不能移除" in answer.text
    assert len(people_of(household)) == 1


def test_a_removed_person_is_found_no_more_and_a_second_tap_does_no_harm(sign: Sign, add: Add) -> None:
    household, person = add(), sign()
    resident = actions.add_resident(None, household, name="王有田", relation="妻子")
    db.session.commit()
    remove = page_of(household, f"/people/{resident.id}/remove")
    for _ in range(2):
        assert person.post(remove).status_code == 303
    assert [one.name for one in people_of(household)] == ["李桂英"]
    assert "<strong>李桂英" not in person.get("/households", query_string={"mine": "0", "q": "王有田"}).text
    assert len(audited("resident_removed")) == 1


def test_the_form_of_a_person_shows_the_phone_masked_and_keeps_it(sign: Sign, add: Add) -> None:
    household, person = add(phone="13805530001"), sign()
    [head] = people_of(household)
    url = page_of(household, f"/people/{head.id}")
    page = person.get(url).text
    assert "13805530001" not in page
    assert "138****0001" in page
    person.post(url, person_form(name="李桂英", relation="户主", phone=""))
    assert people_of(household)[0].phone == "13805530001"
    person.post(url, person_form(name="李桂英", relation="户主", phone="无", version="2"))
    assert people_of(household)[0].phone == ""


def test_of_two_who_change_a_person_the_second_sees_the_first_s_words(sign: Sign, add: Add) -> None:
    household, first, second = add(), sign(), sign()
    url = page_of(household, f"/people/{people_of(household)[0].id}")
    first.post(url, person_form(name="李贵英", relation="户主"))
    answer = second.post(url, person_form(name="李桂瑛", relation="户主"))
    assert answer.status_code == 422
    assert "别人刚改成：李贵英" in answer.text
    assert 'value="李桂瑛"' in answer.text


def test_a_person_of_another_household_is_not_changed_through_one_s_own(sign: Sign, add: Add) -> None:
    mine, other, person = add(), add("陈大勇", village_code=OTHER_VILLAGE), sign()
    [outsider] = people_of(other)
    for part in (f"/people/{outsider.id}", f"/people/{outsider.id}/remove"):
        assert person.post(page_of(mine, part), person_form(relation="户主")).status_code == 404
    answer = person.post(page_of(mine, "/people/new"), person_form(id=str(outsider.id)))
    assert answer.status_code == 404
    assert people_of(other)[0].name == "陈大勇"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Resident)) == 2


def test_a_relation_that_the_list_does_not_hold_can_stay(sign: Sign, add: Add) -> None:
    household = add()
    resident = actions.add_resident(None, household, name="王小田", relation="子女")
    db.session.commit()
    answer = sign().post(
        page_of(household, f"/people/{resident.id}"), person_form(name="王大田", relation="子女", version="2")
    )
    assert answer.status_code == 303


# Recorded where there was no line


def send(person: Person, key: str, **changed: str) -> tuple[int, str]:
    """Send a new household as an outbox does; return the status and where the page goes."""
    headers = {"Idempotency-Key": key}
    answer = person.post(NEW, new_form(**changed), fragment=True, headers=headers)
    return answer.status_code, answer.headers.get("HX-Redirect", "")


def test_a_household_that_is_sent_twice_is_added_once_and_answered_alike(sign: Sign) -> None:
    person, key, household_id = sign(), str(uuid4()), str(uuid4())
    answers = {send(person, key, id=household_id) for _ in range(3)}
    assert answers == {(200, f"/households/{household_id}")}
    assert len(all_households()) == 1


def test_a_likely_duplicate_is_asked_about_in_a_form_of_its_own(sign: Sign, add: Add) -> None:
    add()
    answer = sign().post(NEW, new_form(), fragment=True, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 422
    assert "这一户可能已经登记过" in answer.text
    assert "<html" not in answer.text


def test_after_a_refusal_the_same_household_may_be_confirmed(sign: Sign, add: Add) -> None:
    add()
    person, household_id = sign(), str(uuid4())
    assert send(person, str(uuid4()), id=household_id)[0] == 422
    assert send(person, str(uuid4()), id=household_id, confirmed="1")[0] == 200
    assert len(all_households()) == 2


def test_another_household_under_a_known_id_is_refused_and_not_swallowed(sign: Sign) -> None:
    person, household_id = sign(), str(uuid4())
    assert send(person, str(uuid4()), id=household_id)[0] == 200
    assert send(person, str(uuid4()), id=household_id, name="陶二爷")[0] == 409
    assert [row.head_name for row in all_households()] == ["李桂英"]
