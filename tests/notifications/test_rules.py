"""Facts about addresses, waiting and words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import apprise
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.notifications import rules
from fieldvisit.notifications.rules import Kind, NotAnAddress
from tests.notifications.making import KEYS, PASTED

ROBOTS = (Kind.WECOM, Kind.DINGTALK, Kind.FEISHU)


@pytest.mark.parametrize("kind", ROBOTS)
def test_what_a_chat_tool_shows_becomes_what_apprise_reads(kind: Kind) -> None:
    robot: Any = apprise.Apprise.instantiate(rules.address_of(kind, PASTED[kind]))
    pasted = urlsplit(PASTED[kind])
    assert urlsplit(robot.notify_url).hostname == pasted.hostname
    assert KEYS[kind] == (robot.key if kind is Kind.WECOM else robot.token)


def test_a_signing_secret_of_dingtalk_goes_with_its_address() -> None:
    address = rules.address_of(Kind.DINGTALK, PASTED[Kind.DINGTALK], "SEC" + "a1" * 30)
    robot: Any = apprise.Apprise.instantiate(address)
    assert robot.secret == "SEC" + "a1" * 30


@pytest.mark.parametrize("kind", ROBOTS)
@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("https://", "http://"),
        lambda url: url.replace("https://", "https://user@"),
        lambda url: url.replace("https://", "https://evil.example/"),
        lambda url: url.replace(".c", ".c.evil.example/", 1),
        lambda url: url.replace(".com", ".com:8443").replace(".cn/", ".cn:8443/"),
        lambda url: url + "&debug=1",
        lambda url: url + "#x",
        lambda url: url + "\n",
        lambda url: url + "/../../x",
        lambda url: url[:-60],
        lambda url: "json://127.0.0.1/",
        lambda url: "wecombot://" + "a" * 36,
        lambda url: "",
    ],
)
def test_any_other_address_of_a_robot_is_refused_with_an_example(kind: Kind, change: object) -> None:
    with pytest.raises(NotAnAddress, match="整条复制"):
        rules.address_of(kind, change(PASTED[kind]))  # type: ignore[operator]


@pytest.mark.parametrize("kind", ROBOTS)
def test_one_chat_tools_address_is_not_anothers(kind: Kind) -> None:
    for other in set(ROBOTS) - {kind}:
        with pytest.raises(NotAnAddress):
            rules.address_of(kind, PASTED[other])


@given(st.text(max_size=80))
def test_no_text_leads_to_another_host(text: str) -> None:
    for kind in ROBOTS:
        with pytest.raises(NotAnAddress):
            rules.address_of(kind, text)
    with pytest.raises(NotAnAddress):
        rules.address_of(Kind.DINGTALK, PASTED[Kind.DINGTALK], f"{text}@evil.example/")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "a@b",
        "a@b.c",
        "a b@example.org",
        "a@example.org\nBcc: b@example.org",
        "<a@example.org>",
        "a@example.org,b@example.org",
        "李@example.org",
        "a@" + "b" * 130 + ".org",
        "a@-example.org",
        "a@例子.中国",
    ],
)
def test_what_is_no_mail_address_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAddress, match="电子邮箱"):
        rules.address_of(Kind.MAIL, typed)


@pytest.mark.parametrize("kind", ROBOTS)
def test_of_a_robot_only_four_characters_are_shown(kind: Kind) -> None:
    assert rules.shown(kind, rules.address_of(kind, PASTED[kind])) == "……" + KEYS[kind][-4:]


def test_waits_grow_from_a_minute_to_an_hour() -> None:
    minutes = [rules.wait_after(failures) // timedelta(minutes=1) for failures in range(1, 9)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert rules.wait_after(100_000) == timedelta(hours=1)


@pytest.mark.parametrize("words", ["", "  ", "请联系 13805530001", "电话 05537891234"])
def test_words_with_what_may_be_a_phone_number_do_not_leave_the_house(words: str) -> None:
    with pytest.raises(ValueError, match="no phones"):
        rules.check_words(words)


def test_words_may_hold_the_number_of_a_matter() -> None:
    rules.check_words("有 12 件诉求（诉-202611-0007 等）3 天后到期。")


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example", "concerns", ""])
def test_a_notice_leads_to_a_page_of_ours_only(path: str) -> None:
    with pytest.raises(ValueError, match="not a page"):
        rules.check_path(path)
