"""Facts about a concern's page and its steps, through HTTP: who may do what; nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.concerns import actions, queries
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Level, Outcome, State
from fieldvisit.extensions import db
from tests.concerns.making import Ledger
from tests.factories import COUNTY
from tests.person import Person

REASON = "理由是这样的 <script>alert(1)</script>"
PEOPLE = ("officer", "handler", "cadre", "supervisor", "mayor")
# Each step: the state from which it is tried, what is sent, who may take it.
SENT: dict[str, dict[str, str]] = {
    "accept": {},
    "dispatch": {},
    "take_up": {},
    "return": {"words": REASON},
    "extend": {"words": REASON},
    "note": {"words": REASON},
    "reply": {"words": REASON, "outcome": "resolved"},
    "close": {"mark": "satisfied"},
    "redo": {"words": REASON},
    "archive": {},
    "redirect": {"words": REASON},
    "merge": {"words": REASON},
    "reject": {"words": REASON},
    "withdraw": {"words": REASON},
    "supervise": {"words": REASON},
    "correct": {},
}
AT_THE_OFFICE, AT_THE_UNIT, REPLIED, CLOSED = "office", "unit", "replied", "closed"
MAY = {
    "accept": (AT_THE_OFFICE, {"officer"}),
    "dispatch": (AT_THE_OFFICE, {"officer"}),
    "take_up": (AT_THE_UNIT, {"handler"}),
    "return": (AT_THE_UNIT, {"handler"}),
    "extend": (AT_THE_UNIT, {"officer", "handler"}),
    "note": (AT_THE_UNIT, {"officer", "handler"}),
    "reply": (AT_THE_UNIT, {"handler"}),
    "close": (REPLIED, {"officer"}),
    "redo": (REPLIED, {"officer"}),
    "archive": (CLOSED, {"officer"}),
    "redirect": (AT_THE_OFFICE, {"officer"}),
    "merge": (AT_THE_OFFICE, {"officer"}),
    "reject": (AT_THE_OFFICE, {"officer"}),
    "withdraw": (AT_THE_UNIT, {"officer", "cadre"}),
    "supervise": (AT_THE_UNIT, {"officer", "supervisor", "mayor"}),
    "correct": (AT_THE_UNIT, {"officer"}),
}


def concern_at(ledger: Ledger, where: str) -> Concern:
    """Bring a concern to where a step can be taken."""
    if where == AT_THE_OFFICE:
        return ledger.at_home()
    if where == AT_THE_UNIT:
        return ledger.dispatched(ledger.at_home())
    concern = ledger.replied(ledger.at_home())
    if where == CLOSED:
        actions.close(ledger.officer, concern, concern.version, "satisfied", "")
        db.session.commit()
    return concern


def sent(ledger: Ledger, step: str, concern: Concern) -> dict[str, str]:
    """Return the filled form of a step, as its page would send it."""
    more: dict[str, str] = {"seen": str(concern.version)}
    if step == "dispatch":
        more["unit_id"] = str(ledger.lead.id)
    if step == "extend":
        assert concern.due_on is not None
        more["day"] = (concern.due_on + timedelta(days=1)).isoformat()
    if step == "merge":
        more["number"] = ledger.register().number
    if step == "correct":
        more |= correction(ledger, concern, level="A")
    return SENT[step] | more


def correction(ledger: Ledger, concern: Concern, **changed: str) -> dict[str, str]:
    """Return the form of a correction as it opens, with some values changed."""
    values = {
        "seen": str(concern.version), "village": "繁阳镇 缸窑村", "place": concern.place, "channel": concern.channel,
        "nature": concern.nature, "top": concern.domain[:2], "domain": concern.domain, "level": concern.level.value,
        "people": str(concern.people), "words": concern.words, "locality_unit_id": str(concern.locality_unit_id or ""),
        "lead_unit_id": str(concern.lead_unit_id or ""), "contact_unit_id": str(concern.contact_unit_id or ""),
    }  # fmt: skip
    return values | changed


def url(concern: Concern, *rest: str) -> str:
    """Return the address of a concern or of a part of it."""
    return "/".join((f"/concerns/{concern.id}", *rest))


def whoever(app: Flask, ledger: Ledger, name: str) -> Person:
    """Sign one of the ledger's people in."""
    who: Cadre = getattr(ledger, name)
    return Person(app, who)


@pytest.mark.parametrize("step", MAY)
def test_each_step_is_offered_to_and_taken_by_those_whose_it_is_and_nobody_else(
    app: Flask, ledger: Ledger, step: str
) -> None:
    where, may = MAY[step]
    for name in PEOPLE:
        concern = concern_at(ledger, where)
        version, person = concern.version, whoever(app, ledger, name)
        page = person.get(url(concern))
        # Before anything was given to it, the unit knows of nothing.
        assert (page.status_code == 404) == (name == "handler" and where == AT_THE_OFFICE)
        offered = f"/concerns/{concern.id}/{step}" in page.text or f"step={step}" in page.text
        assert offered == (name in may), name
        answer = person.post(url(concern, step), sent(ledger, step, concern))
        assert answer.status_code == (303 if name in may else 404), name
        assert db.session.get_one(Concern, concern.id).version == version + (name in may)


@pytest.mark.parametrize("step", [step for step, fields in SENT.items() if "words" in fields])
def test_a_step_without_its_reason_is_refused_beside_the_field_and_says_what_to_do(
    app: Flask, ledger: Ledger, step: str
) -> None:
    where, may = MAY[step]
    concern = concern_at(ledger, where)
    person = whoever(app, ledger, sorted(may)[-1])
    data = sent(ledger, step, concern) | {"words": " "}
    for fragment in (False, True):
        answer = person.post(url(concern, step), data, fragment=fragment)
        assert answer.status_code == 422
        assert f'id="{step}-words-error"' in answer.text
        assert answer.text.startswith("<!doctype html>") != fragment


@pytest.mark.parametrize("step", [step for step, fields in SENT.items() if "words" in fields])
@pytest.mark.parametrize("fragment", [False, True])
def test_what_is_too_long_by_far_is_refused_and_kept(app: Flask, ledger: Ledger, step: str, fragment: bool) -> None:
    where, may = MAY[step]
    concern = concern_at(ledger, where)
    typed = "水" * 20_000
    person = whoever(app, ledger, sorted(may)[-1])
    answer = person.post(url(concern, step), sent(ledger, step, concern) | {"words": typed}, fragment=fragment)
    assert answer.status_code == 422
    assert typed in answer.text
    assert "最多 2000 个字，现在有 20000 个" in answer.text


def test_the_second_of_two_who_act_at_once_is_told_and_loses_nothing(app: Flask, ledger: Ledger) -> None:
    concern = ledger.dispatched()
    data = sent(ledger, "reply", concern)
    actions.note(ledger.officer, concern, concern.version, "催一催")
    db.session.commit()
    handler = Person(app, ledger.handler)
    for fragment in (False, True):
        answer = handler.post(url(concern, "reply"), data, fragment=fragment)
        assert answer.status_code == 409
        assert "孙丽已经记录进展了这件" in answer.text
        assert "理由是这样的 &lt;script&gt;" in answer.text
        # What happened meanwhile stands beside it.
        assert "催一催" in answer.text
        assert "<script>alert" not in answer.text
    assert 'name="seen" value="3"' in answer.text
    assert handler.post(url(concern, "reply"), data | {"seen": "3"}).status_code == 303


def test_a_correction_on_an_old_page_undoes_nothing_that_others_have_put_right(app: Flask, ledger: Ledger) -> None:
    concern = ledger.dispatched()
    data = correction(ledger, concern, people="12", domain="0206")
    actions.correct(ledger.officer, concern, concern.version, {"level": Level.A, "people": 30})
    db.session.commit()
    officer = Person(app, ledger.officer)
    answer = officer.post(url(concern, "correct"), data, fragment=True)
    assert answer.status_code == 409
    assert 'value="12"' in answer.text  # own
    assert 'checked id="correct-level-0" name="level" required type="radio" value="A"' in answer.text  # theirs
    assert '<option selected value="0206">' in answer.text


def test_what_is_sent_twice_by_one_key_happens_once(app: Flask, ledger: Ledger) -> None:
    concern = ledger.dispatched()
    handler = Person(app, ledger.handler)
    key = {"Idempotency-Key": "0b0f7a5a-3d0e-4a3c-9a0f-6a1f2f3b4c5d"}
    answers = [
        handler.post(url(concern, "note"), {"seen": "2", "words": "在路上"}, fragment=True, headers=key) for _ in "12"
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert db.session.get_one(Concern, concern.id).version == 3


def test_a_handler_who_gives_it_back_is_led_to_the_list(app: Flask, ledger: Ledger) -> None:
    concern = ledger.dispatched()
    answer = Person(app, ledger.handler).post(url(concern, "return"), sent(ledger, "return", concern))
    assert answer.headers["Location"].endswith("/concerns")


def test_the_department_is_suggested_and_one_that_gave_it_back_no_more(app: Flask, ledger: Ledger) -> None:
    concern = ledger.register()
    officer = Person(app, ledger.officer)
    form = officer.get(url(concern) + "?step=dispatch", fragment=True).text
    assert "建议：区住建局（城乡建设 · 供水排水的主管部门）" in form
    assert f'<option selected value="{ledger.lead.id}">区住建局</option>' in form
    actions.dispatch(ledger.officer, concern, concern.version, ledger.lead.id)
    actions.return_to_office(ledger.handler, concern, concern.version, "不归我们管")
    db.session.commit()
    assert "建议：繁阳镇人民政府（属地单位）" in officer.get(url(concern) + "?step=dispatch", fragment=True).text


def test_a_deadline_that_has_passed_takes_the_step_away(app: Flask, ledger: Ledger) -> None:
    concern = ledger.dispatched()
    handler = Person(app, ledger.handler)
    assert "退回期限" in handler.get(url(concern)).text
    concern.dispatched_on = clock.today() - timedelta(days=30)
    db.session.commit()
    page = handler.get(url(concern)).text
    assert "退回期限" not in page
    assert "step=return" not in page
    refused = handler.post(url(concern, "return"), sent(ledger, "return", concern))
    assert refused.status_code == 422
    assert "5 个工作日内退回" in refused.text
    assert "理由是这样的" in refused.text


def test_the_timeline_says_what_changed_and_what_was_told(app: Flask, ledger: Ledger) -> None:
    concern = ledger.replied(ledger.at_home())
    actions.correct(ledger.officer, concern, concern.version, {"level": Level.A})
    db.session.commit()
    page = Person(app, ledger.officer).get(url(concern)).text
    assert "B 类（一般）</span> → A 类（急办）" in page
    assert "承办单位：区住建局" in page
    assert page.count("已告知住户") == 1


def test_how_things_go_is_not_read_by_the_cadre(app: Flask, ledger: Ledger) -> None:
    concern = ledger.dispatched(ledger.at_home())
    actions.note(ledger.handler, concern, concern.version, "管材缺货")
    db.session.commit()
    read = {name: "管材缺货" in whoever(app, ledger, name).get(url(concern)).text for name in PEOPLE}
    assert read == {"officer": True, "handler": True, "cadre": False, "supervisor": True, "mayor": True}


def test_the_household_is_named_to_those_only_who_may_see_it(app: Flask, ledger: Ledger) -> None:
    concern = ledger.dispatched(ledger.at_home())
    named = {name: "李桂英" in whoever(app, ledger, name).get(url(concern)).text for name in PEOPLE}
    assert named == {"officer": True, "handler": False, "cadre": True, "supervisor": True, "mayor": True}
    assert "某住户" in whoever(app, ledger, "handler").get(url(concern)).text


def test_the_phone_is_shown_to_those_who_work_on_it_and_each_look_is_on_record(app: Flask, ledger: Ledger) -> None:
    concern = ledger.dispatched(
        ledger.register(ledger.officer, channel="phone", asker_name="刘先生", asker_phone="13805530001")
    )
    for name in ("officer", "handler"):
        person = whoever(app, ledger, name)
        assert "138****0001" in person.get(url(concern)).text
        assert "13805530001" not in person.get(url(concern)).text
        assert "13805530001" in person.post(url(concern, "phone"), fragment=True).text
    for name in ("supervisor", "mayor"):
        page = whoever(app, ledger, name)
        assert "刘先生" not in page.get(url(concern)).text
        assert "****0001" not in page.get(url(concern)).text
        assert page.post(url(concern, "phone")).status_code == 404
    looks = db.session.query(AuditEvent).filter_by(action="concern_phone_shown").count()
    assert looks == 2


def test_merged_ones_are_named_both_ways_to_those_who_may_know(app: Flask, ledger: Ledger) -> None:
    one, other = ledger.register(), ledger.register()
    officer = Person(app, ledger.officer)
    assert officer.post(url(one, "merge"), sent(ledger, "merge", one) | {"number": other.number}).status_code == 303
    assert other.number in officer.get(url(one)).text
    assert one.number in officer.get(url(other)).text


def test_a_number_is_taken_as_people_type_it_and_nobodys_is_refused_in_words(app: Flask, ledger: Ledger) -> None:
    one, other = ledger.register(), ledger.register()
    officer = Person(app, ledger.officer)
    data = sent(ledger, "merge", one)
    for typed, status in (("繁-209901-0001", 422), ("哪一条", 422), (other.number.replace("-", " "), 303)):
        assert officer.post(url(one, "merge"), data | {"number": typed}).status_code == status


def test_nobody_merges_into_a_confidential_one_that_is_about_themselves(app: Flask, ledger: Ledger) -> None:
    secret = ledger.register(nature="report", reported_cadre_id=ledger.officer.id)
    one = ledger.register()
    answer = Person(app, ledger.officer).post(url(one, "merge"), sent(ledger, "merge", one) | {"number": secret.number})
    assert answer.status_code == 422
    assert "没有这个编号的诉求" in answer.text


@pytest.mark.parametrize("part", ["", "?step=dispatch", "/receipt"])
def test_a_confidential_concern_is_not_there_for_anybody_else(app: Flask, ledger: Ledger, part: str) -> None:
    secret = ledger.register(
        nature="report", reported_unit_id=ledger.contact.id, words="某某收了我两条烟", asker_phone="13805530001"
    )
    second = ledger.make.cadre(Role.OFFICE, unit=ledger.contact)
    others = [*(getattr(ledger, name) for name in PEOPLE if name != "officer"), second]
    for who in others:
        assert Person(app, who).get(url(secret) + part).status_code == 404
        assert Person(app, who).post(url(secret, "phone")).status_code == 404
        assert Person(app, who).post(url(secret, "note"), {"seen": "1", "words": "x"}).status_code == 404
    assert Person(app, ledger.officer).get(url(secret) + part).status_code == 200


def test_nothing_that_is_written_becomes_part_of_a_page(app: Flask, ledger: Ledger) -> None:
    evil = "<img src=x onerror=alert(1)>"
    concern = ledger.register(ledger.officer, words=evil, place=evil, asker_name=evil, channel="letter")
    ledger.dispatched(concern)
    actions.reply(ledger.handler, concern, concern.version, Outcome.EXPLAINED, evil)
    db.session.commit()
    page = Person(app, ledger.officer).get(url(concern)).text
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x") >= 4


@pytest.mark.parametrize("seen", ["", "-1", "x", "99999999999999999999", "１"])
def test_an_odd_version_is_an_old_one(app: Flask, ledger: Ledger, seen: str) -> None:
    concern = ledger.dispatched()
    answer = Person(app, ledger.handler).post(url(concern, "note"), {"seen": seen, "words": "在路上"})
    assert answer.status_code == 409
    assert "在路上" in answer.text


def test_a_unit_of_another_county_is_not_to_be_chosen(app: Flask, ledger: Ledger) -> None:
    concern = ledger.register()
    data: dict[str, Any] = sent(ledger, "dispatch", concern) | {"unit_id": "99999"}
    answer = Person(app, ledger.officer).post(url(concern, "dispatch"), data)
    assert answer.status_code == 422
    assert "请从列表里选择承办单位" in answer.text


def test_the_steps_of_a_person_of_several_roles_are_all_there(app: Flask, ledger: Ledger) -> None:
    both = ledger.make.cadre(Role.OFFICE, Role.HANDLER, unit=ledger.make.unit("区府办", division=COUNTY, villages=()))
    concern = ledger.register()
    actions.dispatch(ledger.officer, concern, concern.version, both.unit_id)
    db.session.commit()
    page = Person(app, both).get(url(concern)).text
    assert "step=reply" in page
    assert "step=correct" in page
    assert Person(app, both).post(url(concern, "take_up"), {"seen": "2"}).status_code == 303
    assert db.session.get_one(Concern, concern.id).state is State.IN_PROGRESS
    assert queries.last_step(concern.id).cadre_id == both.id
