"""The one way out of the house: mail by the standard library, robots of group chats by apprise."""

from __future__ import annotations

import importlib.util
import logging
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit
from uuid import UUID

from fieldvisit import clock
from fieldvisit.config import Settings
from fieldvisit.notifications.rules import Kind

# Seconds to connect, and seconds without a byte. Whoever is slower is tried again later.
TIMEOUT_S = (5.0, 8.0)
MAIL_TIMEOUT_S = 15.0
# An answer is a line of JSON; of anything else the beginning is enough.
MOST_BYTES = 4096
OK, REDIRECTED, CLIENT_ERROR, SERVER_ERROR = 200, 300, 400, 500
# Where the robots' answers keep their number: 0 is success, whatever the status of HTTP.
ERROR_NUMBERS = ("errcode", "code", "StatusCode")


class Undelivered(Exception):
    """A message has not arrived; the message is a Chinese sentence that says why."""


def missing(settings: Settings) -> dict[Kind, str]:
    """Return the kinds of address that can't be served here, with the sentence that says what is missing."""
    found = {}
    if not settings.smtp_url:
        found[Kind.MAIL] = "还不能发邮件，先在这里等着：请系统管理员设置 FIELDVISIT_SMTP_URL 和 FIELDVISIT_MAIL_FROM。"
    if importlib.util.find_spec("apprise") is None:
        words = "还不能往群里发，先在这里等着：请系统管理员安装 pip install 'fieldvisit[notify]'。"
        found |= {kind: words for kind in Kind if kind is not Kind.MAIL}
    return found


def send(settings: Settings, kind: Kind, address: str, message_id: UUID, words: str, text: str) -> None:
    """Send one message; raise Undelivered when it did not arrive for certain."""
    if kind is Kind.MAIL:
        _send_mail(settings, address, message_id, words, text)
    else:
        _send_to_robot(kind, address, text)


def _send_mail(settings: Settings, address: str, message_id: UUID, words: str, text: str) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = settings.mail_from, address
    letter["Subject"] = f"【{settings.site_name}】{words}"
    letter["Date"] = format_datetime(clock.now())
    # The same at each try, so that mail programs show a letter once that had to be sent twice.
    letter["Message-ID"] = f"<{message_id}@{settings.mail_from.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    try:
        server = _connected(settings.smtp_url)
        try:
            server.send_message(letter)
            # It has been taken; whoever is slow to say goodbye must not get it again.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()
    except smtplib.SMTPAuthenticationError:
        raise Undelivered("发信服务器不认这个账号或密码。") from None
    except smtplib.SMTPRecipientsRefused:
        raise Undelivered("发信服务器不收这个收件地址，请核对邮箱。") from None
    except smtplib.SMTPException:
        raise Undelivered("发信服务器没有收下这封邮件。") from None
    except TimeoutError:
        raise Undelivered("发信服务器没有及时回答。") from None
    except OSError:
        raise Undelivered("连不上发信服务器。") from None


def _connected(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=MAIL_TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=MAIL_TIMEOUT_S)
    try:
        server.ehlo_or_helo_if_needed()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        elif parts.scheme == "smtp" and parts.username:
            # A password is never said aloud on the line.
            raise Undelivered("发信服务器没有加密，不能把密码发给它；请改用 smtps:// 地址。")
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _send_to_robot(kind: Kind, address: str, text: str) -> None:
    robot, asset = _robots()[kind]
    if not robot(**robot.parse_url(address), asset=asset).notify(body=text):
        raise Undelivered("消息没有发出去。")


@lru_cache
def _robots() -> dict[Kind, tuple[Any, Any]]:
    """Load apprise, once and only when something goes to a robot; of its hundred services these three."""
    import requests
    from apprise import AppriseAsset
    from apprise.plugins import dingtalk, feishu, wecombot

    # Its logs hold the addresses, which are secrets, and so do those of the connections below it.
    logging.getLogger("apprise").disabled = True
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
    modules: tuple[Any, ...] = (wecombot, dingtalk, feishu)
    for module in modules:
        module.requests = _Guarded(requests)
    asset = AppriseAsset(http_redirects=False)
    return {
        Kind.WECOM: (wecombot.NotifyWeComBot, asset),
        Kind.DINGTALK: (dingtalk.NotifyDingTalk, asset),
        Kind.FEISHU: (feishu.NotifyFeishu, asset),
    }


class _Guarded:
    """Stands for the module `requests` within apprise's robots.

    Apprise takes status 200 for success, but the robots of WeCom and DingTalk refuse with 200 and a number in the
    answer; it says only that something failed, not what; and it reads answers of any length.
    """

    def __init__(self, requests: Any) -> None:
        self._requests = requests

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)

    def post(self, url: str, **options: Any) -> Any:
        """Post once, follow nothing, and raise Undelivered for everything but success."""
        options |= {"timeout": TIMEOUT_S, "allow_redirects": False, "stream": True}
        try:
            with self._requests.post(url, **options) as answer:
                answer._content = answer.raw.read(MOST_BYTES, decode_content=True)
        except self._requests.exceptions.SSLError:
            raise Undelivered("聊天工具的证书不对，为安全起见没有发。") from None
        except (self._requests.exceptions.Timeout, TimeoutError):
            raise Undelivered("聊天工具没有及时回答。") from None
        # Also what breaks off in the middle of an answer. The error's own words hold the address: not a word of it.
        except Exception:  # noqa: BLE001
            raise Undelivered("连不上聊天工具。") from None
        _judge(answer)
        return answer


def _judge(answer: Any) -> None:
    status = answer.status_code
    if status >= SERVER_ERROR:
        raise Undelivered(f"聊天工具自己出了错（{status}）。")
    if status >= CLIENT_ERROR:
        raise Undelivered(f"聊天工具不认这个机器人（{status}），它可能已被删除。")
    if status >= REDIRECTED:
        raise Undelivered(f"对方要把消息转到别的地址（{status}），没有照办。")
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        _refuse_unknown()
    numbers = [told[name] for name in ERROR_NUMBERS if name in told]
    if not numbers:
        _refuse_unknown()
    if numbers[0] != 0:
        raise Undelivered(f"聊天工具没有收下（{str(numbers[0])[:12]}），请核对机器人的地址和安全设置。")


def _refuse_unknown() -> NoReturn:
    # A firewall's page, for one.
    raise Undelivered("回答的不像是聊天工具，消息可能被中途拦下了。")
