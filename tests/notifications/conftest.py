"""Units, their addresses, and the places that stand for chat tools and mail servers, all on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.config import Settings
from fieldvisit.notifications import delivery
from fieldvisit.organisation.models import Unit
from tests.factories import COUNTY, Factory
from tests.notifications.standing_in import ChatTool, MailServer
from tests.person import Person

SITE = "https://slx.example.org"


@pytest.fixture
def office_unit(make: Factory) -> Unit:
    """The county's office, above everybody."""
    return make.unit("区委群众工作部", division=COUNTY)


@pytest.fixture
def unit(make: Factory, office_unit: Unit) -> Unit:
    """A unit that handles things."""
    return make.unit("区住建局", parent=office_unit)


@pytest.fixture
def officer(make: Factory, office_unit: Unit) -> Cadre:
    """Somebody of the office."""
    return make.cadre(Role.OFFICE, unit=office_unit)


@pytest.fixture
def desk(app: Flask, officer: Cadre) -> Person:
    """The office's browser."""
    return Person(app, officer)


@pytest.fixture
def handler(make: Factory, unit: Unit) -> Cadre:
    """Somebody who is told."""
    return make.cadre(Role.HANDLER, unit=unit)


@pytest.fixture
def chat_tool(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatTool]:
    """What answers in the place of the three chat tools."""
    monkeypatch.setattr(delivery, "TIMEOUT_S", (0.5, 0.5))
    with ChatTool() as tool:
        for robot, path in ((NotifyWeComBot, "/wecom?key={key}"), (NotifyDingTalk, "/ding?access_token={token}")):
            monkeypatch.setattr(robot, "notify_url", tool.url + path)
        monkeypatch.setattr(NotifyFeishu, "notify_url", tool.url + "/feishu/{token}")
        yield tool


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that keeps what it is given."""
    with MailServer() as server:
        yield server


@pytest.fixture
def sending(settings: Settings, mail_server: MailServer) -> Settings:
    """Settings with which mail goes out."""
    return replace(settings, smtp_url=mail_server.url, mail_from="slx@example.org", public_url=SITE)
