"""What may be sent out, where to, and when it is tried again."""

from __future__ import annotations

import enum
import re
from datetime import timedelta

KEPT = timedelta(days=180)
# How long a message that can't be delivered is tried: over a weekend and the day after it.
TRIED = timedelta(days=3)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
MOST_SHOWN = 99
# Words of ours hold numbers of matters (诉-202611-0007); so many digits on end would be somebody's phone.
TOO_MANY_DIGITS = re.compile(r"\d{7}")
MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")


class Kind(enum.StrEnum):
    """By what a unit is told."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    MAIL = "mail"


# What each chat tool shows as its robot's address, with the key in it; a test compares the hosts with apprise's own.
# Nothing is ever sent to another host.
ROBOTS = {
    Kind.WECOM: re.compile(r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([A-Za-z0-9-]{16,128})"),
    Kind.DINGTALK: re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=([A-Za-z0-9]{16,128})"),
    Kind.FEISHU: re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([A-Za-z0-9-]{16,128})/?"),
}
EXAMPLES = {
    Kind.WECOM: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=……",
    Kind.DINGTALK: "https://oapi.dingtalk.com/robot/send?access_token=……",
    Kind.FEISHU: "https://open.feishu.cn/open-apis/bot/v2/hook/……",
}
SECRET = re.compile(r"[A-Za-z0-9]{16,128}")
LONGEST_MAIL = 120


class NotAnAddress(ValueError):
    """What was typed is no address of its kind; the message is a Chinese sentence that says what would be one."""


def address_of(kind: Kind, typed: str, secret: str = "") -> str:
    """Return the address as it is stored: an e-mail address as it is, a robot's as the URL that apprise reads."""
    if kind is Kind.MAIL:
        if len(typed) > LONGEST_MAIL or not MAIL.fullmatch(typed):
            raise NotAnAddress("请填写一个电子邮箱地址，如 zhujianju@example.gov.cn。")
        return typed
    found = ROBOTS[kind].fullmatch(typed)
    if found is None:
        raise NotAnAddress(f"请从群机器人的设置里整条复制地址，它是这样的：{EXAMPLES[kind]}")
    key = found[1]
    if kind is not Kind.DINGTALK:
        return f"{'wecombot' if kind is Kind.WECOM else 'feishu'}://{key}/"
    if secret and not SECRET.fullmatch(secret):
        raise NotAnAddress("加签密钥不对：它以 SEC 开头，只有字母和数字。没有选加签就空着。")
    return f"dingtalk://{secret}@{key}/" if secret else f"dingtalk://{key}/"


def shown(kind: Kind, address: str) -> str:
    """Return an address for reading: of a robot's only the last four characters, as they are its whole secret."""
    return address if kind is Kind.MAIL else f"……{address.rstrip('/')[-4:]}"


def wait_after(failures: int) -> timedelta:
    """Return how long an address is left alone after so many failures on end: 1 minute, 2, 4, ... up to an hour."""
    return min(FIRST_WAIT * (1 << min(max(failures, 1) - 1, 10)), LONGEST_WAIT)


def check_words(words: str) -> None:
    """Raise ValueError for words that must not leave the house: they look as if they held a phone number."""
    if not words.strip() or TOO_MANY_DIGITS.search(words):
        raise ValueError("words that go out hold what happened and the matter's number: no names, no phones")


def check_path(path: str) -> None:
    """Raise ValueError for an address that is not one of our own pages."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError(f"not a page of ours: {path!r}")


def text_of(site: str, words: str, link: str) -> str:
    """Return the whole text that goes out. It begins with the site's name, for robots that ask for a keyword."""
    return f"【{site}】{words}" + (f"\n{link}" if link else "")
