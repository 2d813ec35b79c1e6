"""Facts about the way out: real apprise and real smtplib against servers on loopback."""

from __future__ import annotations

import logging
import traceback
from contextlib import suppress
from dataclasses import replace
from email import message_from_string
from email.header import decode_header, make_header
from typing import Any
from uuid import uuid4

import pytest

from fieldvisit.config import Settings
from fieldvisit.notifications import delivery, rules
from fieldvisit.notifications.delivery import Undelivered
from fieldvisit.notifications.rules import Kind
from tests.notifications.making import KEYS, PASTED
from tests.notifications.standing_in import ChatTool, MailServer

ROBOTS = (Kind.WECOM, Kind.DINGTALK, Kind.FEISHU)
ACCEPTED = {
    Kind.WECOM: {"errcode": 0, "errmsg": "ok"},
    Kind.DINGTALK: {"errcode": 0, "errmsg": "ok"},
    Kind.FEISHU: {"code": 0, "data": {}, "msg": "success"},
}


def send(settings: Settings, kind: Kind = Kind.WECOM) -> None:
    address = rules.address_of(kind, PASTED[kind])
    text = rules.text_of("双联系", "有 1 件新的诉求", "https://slx.example.org/c/7")
    delivery.send(settings, kind, address, uuid4(), "有 1 件新的诉求", text)


@pytest.mark.parametrize("kind", ROBOTS)
def test_a_group_reads_what_happened_and_a_link(settings: Settings, chat_tool: ChatTool, kind: Kind) -> None:
    chat_tool.answer = (200, ACCEPTED[kind])
    send(settings, kind)
    assert len(chat_tool.received) == 1
    path, body = chat_tool.received[0]
    assert KEYS[kind] in path
    assert "【双联系】有 1 件新的诉求\\nhttps://slx.example.org/c/7" in repr(body)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((500, "oops"), "自己出了错（500）"),
        ((404, "gone"), "可能已被删除"),
        ((200, {"errcode": 93000, "errmsg": "invalid webhook url"}), "没有收下（93000）"),
        ((200, {"code": 19024, "msg": "Key Words Not Found"}), "没有收下（19024）"),
        ((200, b"<html>please sign in</html>"), "不像是聊天工具"),
        ((200, []), "不像是聊天工具"),
        ((200, {}), "不像是聊天工具"),
        ("hang", "没有及时回答"),
        ("break", "连不上"),
    ],
)
@pytest.mark.parametrize("kind", ROBOTS)
def test_a_robot_that_does_not_take_it_says_why_in_chinese(
    settings: Settings, chat_tool: ChatTool, kind: Kind, answer: Any, words: str
) -> None:
    chat_tool.answer = answer
    with pytest.raises(Undelivered, match=words):
        send(settings, kind)


def test_a_chat_tool_that_is_not_there_says_so(settings: Settings, chat_tool: ChatTool) -> None:
    chat_tool.__exit__()
    with pytest.raises(Undelivered, match="连不上聊天工具"):
        send(settings)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(settings: Settings, chat_tool: ChatTool, status: int) -> None:
    with ChatTool() as elsewhere:
        chat_tool.answer, chat_tool.location = (status, ""), f"{elsewhere.url}/secret"
        with pytest.raises(Undelivered, match="没有照办"):
            send(settings)
        assert elsewhere.received == []


@pytest.mark.parametrize("answer", [(200, {"errcode": 0}), (200, {"errcode": 1}), (500, "x"), "hang", "break"])
def test_no_log_holds_the_secret_of_a_robot(
    settings: Settings, chat_tool: ChatTool, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    chat_tool.answer = answer
    with caplog.at_level(logging.DEBUG), suppress(Undelivered):
        send(settings)
    assert KEYS[Kind.WECOM] not in caplog.text


@pytest.mark.parametrize("answer", [(200, {"errcode": 1}), (500, "x"), "hang", "break"])
def test_no_error_holds_the_secret_of_a_robot(settings: Settings, chat_tool: ChatTool, answer: Any) -> None:
    chat_tool.answer = answer
    with pytest.raises(Undelivered) as caught:
        send(settings)
    assert KEYS[Kind.WECOM] not in "".join(traceback.format_exception(caught.value))


def test_a_letter_says_the_same(sending: Settings, mail_server: MailServer) -> None:
    send(sending, Kind.MAIL)
    letter = message_from_string(mail_server.letters[0])
    assert str(make_header(decode_header(letter["Subject"]))) == "【双联系】有 1 件新的诉求"
    assert (letter["From"], letter["To"]) == ("slx@example.org", PASTED[Kind.MAIL])
    content = letter.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert "https://slx.example.org/c/7" in content.decode()


def test_a_letter_that_is_sent_twice_has_one_id(sending: Settings, mail_server: MailServer) -> None:
    message_id = uuid4()
    for _ in range(2):
        delivery.send(sending, Kind.MAIL, PASTED[Kind.MAIL], message_id, "有事", "有事")
    first, second = (message_from_string(text)["Message-ID"] for text in mail_server.letters)
    assert first == second == f"<{message_id}@example.org>"


@pytest.mark.parametrize(
    ("command", "answer", "words"),
    [
        ("RCPT", "550 no such user", "不收这个收件地址"),
        ("DATA", "554 spam", "没有收下"),
        ("EHLO", "421 busy", "没有收下"),
    ],
)
def test_a_mail_server_that_refuses_is_told_in_chinese(
    sending: Settings, mail_server: MailServer, command: str, answer: str, words: str
) -> None:
    mail_server.refuse = {command: answer} | ({"HELO": answer} if command == "EHLO" else {})
    with pytest.raises(Undelivered, match=words):
        send(sending, Kind.MAIL)


def test_a_mail_server_that_does_not_say_goodbye_has_taken_the_letter(
    sending: Settings, mail_server: MailServer
) -> None:
    mail_server.refuse = {"QUIT": "500 what"}
    send(sending, Kind.MAIL)
    assert len(mail_server.letters) == 1


def test_a_mail_server_that_is_not_there_says_so(sending: Settings, mail_server: MailServer) -> None:
    with pytest.raises(Undelivered, match="连不上发信服务器"):
        send(replace(sending, smtp_url="smtp://127.0.0.1:1"), Kind.MAIL)


def test_a_mail_server_that_hangs_is_left(
    sending: Settings, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAIL_TIMEOUT_S", 0.3)
    mail_server.acknowledge.clear()
    with pytest.raises(Undelivered, match="发信服务器没有"):
        send(sending, Kind.MAIL)


def test_a_password_is_never_said_on_an_open_line(sending: Settings, mail_server: MailServer) -> None:
    url = mail_server.url.replace("smtp://", "smtp://user:pass@")
    with pytest.raises(Undelivered, match="没有加密"):
        send(replace(sending, smtp_url=url), Kind.MAIL)


def test_what_is_missing_is_told_by_kind(
    settings: Settings, sending: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "FIELDVISIT_SMTP_URL" in delivery.missing(settings)[Kind.MAIL]
    assert delivery.missing(sending) == {}
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "fieldvisit[notify]" in delivery.missing(sending)[Kind.FEISHU]
