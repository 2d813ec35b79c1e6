"""Facts about what waits: it goes out at least once, it is tried for three days, and two workers share it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit.accounts.models import Cadre
from fieldvisit.config import Settings
from fieldvisit.extensions import db
from fieldvisit.notifications import actions, channel_actions, delivery, outbox
from fieldvisit.notifications.models import OutgoingMessage, State
from fieldvisit.notifications.rules import Kind
from fieldvisit.organisation.models import Unit
from tests.notifications.making import announced, channel_of, fresh, states
from tests.notifications.standing_in import ChatTool, MailServer

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    """A clock that goes only as told."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_what_is_announced_goes_to_each_address_of_the_unit_once(
    sending: Settings, unit: Unit, officer: Cadre, chat_tool: ChatTool, mail_server: MailServer
) -> None:
    channel_of(unit, officer)
    channel_of(unit, officer, Kind.MAIL)
    for _ in range(3):
        announced(unit)
        outbox.drain(sending)
    assert len(chat_tool.texts) == len(mail_server.letters) == 1
    expected = "【双联系】有 1 件新的诉求（诉-202611-0007）请接收。\nhttps://slx.example.org/concerns/7"
    assert chat_tool.texts == [expected]
    assert states() == [State.SENT] * 2


def test_what_is_not_committed_is_never_sent(
    sending: Settings, unit: Unit, officer: Cadre, chat_tool: ChatTool
) -> None:
    channel_of(unit, officer)
    actions.announce(unit, "有事", "/concerns/7", "k")
    db.session.rollback()
    outbox.drain(sending)
    assert chat_tool.received == []


def test_a_unit_without_an_address_is_told_nothing(sending: Settings, unit: Unit, office_unit: Unit) -> None:
    assert actions.announce(unit, "有事", "/concerns/7", "k") == 0
    assert states() == []


def test_without_the_sites_address_a_message_has_no_link(
    sending: Settings, unit: Unit, officer: Cadre, chat_tool: ChatTool
) -> None:
    channel_of(unit, officer)
    announced(unit, words="有事")
    outbox.drain(replace(sending, public_url=""))
    assert chat_tool.texts == ["【双联系】有事"]


def test_a_robot_that_is_down_for_a_day_is_tried_ever_less_often_and_then_told_all(
    sending: Settings, unit: Unit, officer: Cadre, chat_tool: ChatTool, time: time_machine.Traveller
) -> None:
    channel = channel_of(unit, officer)
    announced(unit, "a", "第一件")
    time.shift(timedelta(seconds=1))
    announced(unit, "b", "第二件")
    chat_tool.answer = (500, "down")
    tries = []
    for minute in range(24 * 60):
        before = len(chat_tool.received)
        outbox.drain(sending)
        if len(chat_tool.received) > before:
            tries.append(minute)
        time.shift(MINUTE)
    # Both wait together: the address is tried, not each message.
    assert tries[:9] == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert max(b - a for a, b in pairwise(tries)) == 60
    assert "自己出了错" in fresh(channel).error
    assert states() == [State.WAITING] * 2
    chat_tool.answer = (200, {"errcode": 0})
    chat_tool.received.clear()
    time.shift(60 * MINUTE)
    outbox.drain(sending)
    assert [text.split("\n")[0] for text in chat_tool.texts] == ["【双联系】第一件", "【双联系】第二件"]
    assert (fresh(channel).failures, channel.error, channel.retry_at) == (0, "", None)


def test_after_three_days_a_message_is_undelivered_with_the_last_error(
    sending: Settings, unit: Unit, officer: Cadre, chat_tool: ChatTool, time: time_machine.Traveller
) -> None:
    channel_of(unit, officer)
    announced(unit)
    chat_tool.answer = (404, "gone")
    for _ in range(72):
        outbox.drain(sending)
        assert states() == [State.WAITING]
        time.shift(60 * MINUTE)
    outbox.drain(sending)
    assert states() == [State.UNDELIVERED]
    assert "可能已被删除" in db.session.scalars(sa.select(OutgoingMessage.error)).one()
    tried = len(chat_tool.received)
    time.shift(60 * MINUTE)
    outbox.drain(sending)
    assert len(chat_tool.received) == tried


def test_a_worker_that_was_off_for_a_week_still_sends_what_waits(
    sending: Settings, unit: Unit, officer: Cadre, chat_tool: ChatTool, time: time_machine.Traveller
) -> None:
    channel_of(unit, officer)
    announced(unit)
    time.shift(timedelta(days=7))
    outbox.drain(sending)
    assert states() == [State.SENT]


def test_one_broken_address_does_not_hold_up_another(
    sending: Settings, unit: Unit, officer: Cadre, chat_tool: ChatTool, mail_server: MailServer
) -> None:
    channel_of(unit, officer)
    channel_of(unit, officer, Kind.MAIL)
    chat_tool.answer = "hang"
    for number in range(5):
        announced(unit, str(number))
    outbox.drain(sending)
    assert len(mail_server.letters) == 5
    assert len(chat_tool.received) == 1


def test_what_can_not_be_sent_here_waits_and_ends_after_three_days(
    settings: Settings, unit: Unit, officer: Cadre, time: time_machine.Traveller
) -> None:
    channel_of(unit, officer, Kind.MAIL)
    announced(unit)
    outbox.drain(settings)
    assert states() == [State.WAITING]
    time.shift(timedelta(days=3))
    outbox.drain(settings)
    assert states() == [State.UNDELIVERED]


def test_what_waited_for_a_setting_goes_out_with_it(
    settings: Settings, sending: Settings, unit: Unit, officer: Cadre, mail_server: MailServer
) -> None:
    channel_of(unit, officer, Kind.MAIL)
    announced(unit)
    outbox.drain(settings)
    outbox.drain(sending)
    assert len(mail_server.letters) == 1


def test_a_trial_is_made_once_and_not_kept_when_it_fails(
    sending: Settings, unit: Unit, officer: Cadre, chat_tool: ChatTool
) -> None:
    channel = channel_of(unit, officer)
    chat_tool.answer = (404, "gone")
    channel_actions.try_out(officer, channel)
    db.session.commit()
    outbox.drain(sending)
    assert states() == []
    assert "可能已被删除" in fresh(channel).error


def test_an_ended_address_gets_nothing_more(sending: Settings, unit: Unit, officer: Cadre, chat_tool: ChatTool) -> None:
    channel = channel_of(unit, officer)
    announced(unit, "before")
    channel_actions.end(officer, channel)
    db.session.commit()
    announced(unit, "after")
    outbox.drain(sending)
    assert chat_tool.received == []
    assert states() == []


def test_a_worker_that_died_after_its_claim_leaves_the_message_to_the_next_one(
    sending: Settings, unit: Unit, officer: Cadre, chat_tool: ChatTool, time: time_machine.Traveller
) -> None:
    channel_of(unit, officer)
    announced(unit)
    assert outbox._claim(set(Kind)) is not None
    outbox.drain(sending)
    assert states() == [State.WAITING]
    time.shift(outbox.LEASE)
    outbox.drain(sending)
    assert states() == [State.SENT]


def test_a_worker_whose_claim_has_lapsed_says_nothing_of_a_failure(
    sending: Settings, unit: Unit, officer: Cadre, chat_tool: ChatTool, time: time_machine.Traveller
) -> None:
    channel = channel_of(unit, officer)
    announced(unit)
    slow = outbox._claim(set(Kind))
    assert slow is not None
    time.shift(outbox.LEASE)
    assert outbox._claim(set(Kind)) is not None
    outbox._note_failure(slow, "慢了")
    assert fresh(channel).failures == 0


def test_two_workers_at_once_send_each_message_once(
    app: Flask, sending: Settings, unit: Unit, officer: Cadre, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel_of(unit, officer)
    for number in range(40):
        announced(unit, str(number), f"第 {number} 件")
    sent: Counter[str] = Counter()
    workers: set[int] = set()
    together = threading.Barrier(2)

    def send(_settings: Settings, _kind: Kind, _address: str, _id: object, words: str, _text: str) -> None:
        workers.add(threading.get_ident())
        sent[words] += 1
        if words in ("第 0 件", "第 1 件"):
            # Both have claimed one before either goes on.
            together.wait(20)

    def work() -> None:
        with app.app_context():
            outbox.drain(sending)
            db.session.remove()

    monkeypatch.setattr(delivery, "send", send)
    db.session.remove()
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work) for _ in range(2)]:
            done.result()
    assert sent == Counter({f"第 {number} 件": 1 for number in range(40)})
    assert len(workers) == 2
    assert states() == [State.SENT] * 40
