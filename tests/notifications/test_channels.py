"""Facts about the page of units' addresses."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.config import Settings
from fieldvisit.extensions import db
from fieldvisit.notifications import outbox
from fieldvisit.notifications.models import NotificationChannel, OutgoingMessage, State
from fieldvisit.notifications.rules import Kind
from fieldvisit.organisation.models import Unit
from tests.factories import COUNTY, TOWN, Factory
from tests.notifications.making import KEYS, PASTED, announced, channel_of, states
from tests.notifications.standing_in import ChatTool
from tests.person import Person

OTHERS = [Role.CADRE, Role.SUPERVISOR, Role.HANDLER]


def filled(unit: Unit, kind: Kind = Kind.WECOM, **more: str) -> dict[str, str]:
    """Return the form as somebody fills it in."""
    return {"unit_id": str(unit.id), "kind": kind.value, "address": PASTED[kind], "secret": ""} | more


@pytest.fixture
def undelivered(unit: Unit, officer: Cadre) -> OutgoingMessage:
    """A message that did not arrive."""
    channel_of(unit, officer)
    announced(unit)
    error = "聊天工具自己出了错（500）。"
    db.session.execute(sa.update(OutgoingMessage).values(state=State.UNDELIVERED, error=error))
    db.session.commit()
    return db.session.scalars(sa.select(OutgoingMessage)).one()


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("role", [Role.OFFICE, Role.ADMINISTRATOR])
def test_the_office_and_administrators_add_an_address(
    app: Flask, make: Factory, office_unit: Unit, unit: Unit, role: Role, kind: Kind
) -> None:
    person = Person(app, make.cadre(role, unit=office_unit))
    assert person.post("/channels/new", filled(unit, kind)).status_code == 303
    page = person.get("/channels").text
    assert "区住建局" in page
    assert "还没有发过" in page


@pytest.mark.parametrize("role", OTHERS)
def test_to_everybody_else_the_pages_do_not_exist(
    app: Flask, make: Factory, unit: Unit, office_unit: Unit, officer: Cadre, role: Role
) -> None:
    channel, person = channel_of(unit, officer), Person(app, make.cadre(role, unit=office_unit))
    assert person.get("/channels").status_code == 404
    assert person.get("/channels/new").status_code == 404
    assert person.get(f"/channels/{channel.id}/state").status_code == 404
    for path in ("new", f"{channel.id}/try", f"{channel.id}/end", f"messages/{uuid4()}/again"):
        assert person.post(f"/channels/{path}", filled(unit)).status_code == 404


@pytest.mark.parametrize("role", [Role.OFFICE, Role.ADMINISTRATOR])
def test_another_countys_addresses_do_not_exist(
    app: Flask, make: Factory, unit: Unit, undelivered: OutgoingMessage, role: Role
) -> None:
    person = Person(app, make.cadre(role, unit=make.unit("外县群众工作部")))
    channel_id = undelivered.channel_id
    assert "区住建局" not in person.get("/channels").text
    assert "区住建局" not in person.get("/channels/new").text
    assert person.post("/channels/new", filled(unit)).status_code == 404
    assert person.get(f"/channels/{channel_id}/state").status_code == 404
    for path in (f"{channel_id}/try", f"{channel_id}/end", f"messages/{undelivered.id}/again"):
        assert person.post(f"/channels/{path}").status_code == 404
    assert states() == [State.UNDELIVERED]


def test_an_office_looks_after_the_towns_of_its_county_wherever_they_stand(desk: Person, make: Factory) -> None:
    town = make.unit("繁阳镇人民政府", division=TOWN)
    assert desk.post("/channels/new", filled(town)).status_code == 303
    assert "繁阳镇人民政府" in desk.get("/channels").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit_id": ""}, "请选择单位"),
        ({"kind": "sms"}, "请选择发到哪里"),
        ({"address": ""}, "请填写地址"),
        ({"address": "http://127.0.0.1:8000/x"}, "整条复制地址"),
        ({"address": "x" * 301}, "地址太长了"),
        ({"kind": "mail"}, "请填写一个电子邮箱地址"),
        ({"kind": "dingtalk", "address": PASTED[Kind.DINGTALK], "secret": "不是密钥"}, "加签密钥不对"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    desk: Person, unit: Unit, change: dict[str, str], words: str
) -> None:
    entry = filled(unit) | change
    answer = desk.post("/channels/new", entry)
    assert answer.status_code == 422
    assert words in answer.text
    assert entry["address"][:20] in answer.text


def test_the_same_address_is_added_once(desk: Person, unit: Unit) -> None:
    desk.post("/channels/new", filled(unit))
    answer = desk.post("/channels/new", filled(unit))
    assert answer.status_code == 422
    assert "已经登记过" in answer.text


def test_once_saved_a_robots_secret_is_on_no_page_and_in_no_audit(desk: Person, unit: Unit) -> None:
    for kind in (Kind.WECOM, Kind.DINGTALK, Kind.FEISHU):
        desk.post("/channels/new", filled(unit, kind, secret="SEC" + "b7" * 20))
        key = KEYS[kind]
        page = desk.get("/channels").text
        assert f"……{key[-4:]}" in page
        assert key not in page
        assert "b7b7" not in page
        told = " ".join(map(str, db.session.scalars(sa.select(AuditEvent.detail))))
        assert key not in told
        assert "b7b7" not in told


def test_adding_trying_and_ending_are_on_record(
    app: Flask, sending: Settings, desk: Person, unit: Unit, officer: Cadre
) -> None:
    app.extensions["fieldvisit"] = sending
    desk.post("/channels/new", filled(unit))
    channel_id = db.session.scalars(sa.select(NotificationChannel.id)).one()
    desk.post(f"/channels/{channel_id}/try")
    desk.post(f"/channels/{channel_id}/end")
    rows = db.session.execute(
        sa.select(AuditEvent.action, AuditEvent.actor_id, AuditEvent.subject_id)
        .where(AuditEvent.subject_type == "unit")
        .order_by(AuditEvent.id)
    )
    assert [tuple(row) for row in rows] == [
        (action, officer.id, str(unit.id)) for action in ("channel_added", "channel_tried", "channel_ended")
    ]


def test_a_trial_says_on_the_page_how_it_went(
    app: Flask, sending: Settings, desk: Person, unit: Unit, officer: Cadre, chat_tool: ChatTool
) -> None:
    app.extensions["fieldvisit"] = sending
    channel = channel_of(unit, officer)
    assert "正在发" in desk.post(f"/channels/{channel.id}/try", fragment=True).text
    assert "hx-trigger" in desk.get(f"/channels/{channel.id}/state", fragment=True).text
    chat_tool.answer = (200, {"errcode": 93000})
    outbox.drain(sending)
    state = desk.get(f"/channels/{channel.id}/state", fragment=True).text
    assert "没有收下（93000）" in state
    assert "hx-trigger" not in state
    chat_tool.answer = (200, {"errcode": 0})
    db.session.execute(sa.delete(OutgoingMessage))
    db.session.commit()
    desk.post(f"/channels/{channel.id}/try", fragment=True)
    outbox.drain(sending)
    assert "上次送达" in desk.get(f"/channels/{channel.id}/state", fragment=True).text
    assert "这是一条试发的消息" in chat_tool.texts[-1]


def test_pressing_twice_sends_one_trial(
    app: Flask, sending: Settings, desk: Person, unit: Unit, officer: Cadre, chat_tool: ChatTool
) -> None:
    app.extensions["fieldvisit"] = sending
    channel = channel_of(unit, officer)
    for _ in range(2):
        desk.post(f"/channels/{channel.id}/try")
    outbox.drain(sending)
    assert len(chat_tool.received) == 1


def test_what_is_missing_is_said_and_a_trial_of_it_refused(desk: Person, unit: Unit, officer: Cadre) -> None:
    channel = channel_of(unit, officer, Kind.MAIL)
    page = desk.get("/channels").text
    assert "FIELDVISIT_SMTP_URL" in page
    assert "FIELDVISIT_PUBLIC_URL" in page
    answer = desk.post(f"/channels/{channel.id}/try")
    assert answer.status_code == 422
    assert "还不能发邮件" in answer.text
    assert states() == []


def test_nothing_is_missing_where_all_is_set(app: Flask, sending: Settings, desk: Person) -> None:
    app.extensions["fieldvisit"] = sending
    page = desk.get("/channels").text
    assert "panel-amber" not in page
    assert "还没有单位登记地址" in page


def test_what_did_not_arrive_is_listed_and_sent_again(
    desk: Person, sending: Settings, undelivered: OutgoingMessage, chat_tool: ChatTool
) -> None:
    page = desk.get("/channels").text
    assert "没有送达" in page
    assert "聊天工具自己出了错" in page
    assert "诉-202611-0007" in page
    assert desk.post(f"/channels/messages/{undelivered.id}/again").status_code == 303
    outbox.drain(sending)
    assert states() == [State.SENT]
    assert desk.post(f"/channels/messages/{undelivered.id}/again").status_code == 404
    assert states() == [State.SENT]


def test_an_ended_address_is_gone_with_its_secret_and_may_be_added_anew(desk: Person, unit: Unit) -> None:
    desk.post("/channels/new", filled(unit))
    channel_id = db.session.scalars(sa.select(NotificationChannel.id)).one()
    assert desk.post(f"/channels/{channel_id}/end").status_code == 303
    assert db.session.scalars(sa.select(NotificationChannel.address)).one() == ""
    assert "区住建局" not in desk.get("/channels").text
    assert desk.post(f"/channels/{channel_id}/end").status_code == 404
    assert desk.post("/channels/new", filled(unit)).status_code == 303


def test_a_long_list_goes_on_over_pages(desk: Person, make: Factory, office_unit: Unit, officer: Cadre) -> None:
    for number in range(55):
        channel_of(make.unit(f"单位{number:02}", parent=office_unit, villages=()), officer, Kind.MAIL)
    first = desk.get("/channels").text
    following = re.search(r'href="(/channels\?after=[^"]+)"', first)
    assert following is not None
    second = desk.get(following[1]).text
    assert ("单位49" in first, "单位50" in first) == (True, False)
    assert ("单位49" in second, "单位54" in second) == (False, True)


def test_who_may_see_them_finds_them_under_their_own_page(
    app: Flask, desk: Person, make: Factory, office_unit: Unit
) -> None:
    assert 'href="/channels"' in desk.get("/me").text
    assert 'href="/channels"' not in Person(app, make.cadre(Role.HANDLER)).get("/me").text


def test_an_office_without_an_area_sees_its_own_units_only(app: Flask, make: Factory, unit: Unit) -> None:
    person = Person(app, make.cadre(Role.OFFICE, unit=unit))
    page = person.get("/channels/new").text
    assert "区住建局" in page
    assert "区委群众工作部" not in page
    assert COUNTY not in page
