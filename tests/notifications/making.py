"""Making addresses and looking at what became of messages."""

from __future__ import annotations

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.database import write_transactions
from fieldvisit.extensions import db
from fieldvisit.notifications import actions, channel_actions, rules
from fieldvisit.notifications.models import NotificationChannel, OutgoingMessage, State
from fieldvisit.organisation.models import Unit

KEYS = {
    rules.Kind.WECOM: "693a91f6-7a0c-4bc4-97a0-0ec2sifa5aaa",
    rules.Kind.DINGTALK: "f1e2d3" * 10 + "abcd",
    rules.Kind.FEISHU: "b2c4e6f8-1111-2222-3333-444455556666",
}
PASTED = {
    rules.Kind.WECOM: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + KEYS[rules.Kind.WECOM],
    rules.Kind.DINGTALK: "https://oapi.dingtalk.com/robot/send?access_token=" + KEYS[rules.Kind.DINGTALK],
    rules.Kind.FEISHU: "https://open.feishu.cn/open-apis/bot/v2/hook/" + KEYS[rules.Kind.FEISHU],
    rules.Kind.MAIL: "zhujianju@example.gov.cn",
}


def channel_of(unit: Unit, who: Cadre, kind: rules.Kind = rules.Kind.WECOM) -> NotificationChannel:
    """Give a unit an address and return it."""
    channel_actions.add(who, unit, kind, rules.address_of(kind, PASTED[kind]))
    db.session.commit()
    return db.session.scalars(sa.select(NotificationChannel).order_by(NotificationChannel.id.desc()).limit(1)).one()


def announced(unit: Unit, key: str = "concern-7", words: str = "有 1 件新的诉求（诉-202611-0007）请接收。") -> None:
    """Announce one thing to a unit, as a request does: a worker may write at the same time."""
    db.session.rollback()
    with write_transactions():
        actions.announce(unit, words, "/concerns/7", key)
        db.session.commit()


def states() -> list[State]:
    """Return what became of the messages, the oldest first."""
    db.session.rollback()
    rows = db.session.scalars(sa.select(OutgoingMessage.state).order_by(OutgoingMessage.at, OutgoingMessage.key))
    return list(rows)


def fresh(channel: NotificationChannel) -> NotificationChannel:
    """Return an address as it is now."""
    db.session.rollback()
    db.session.refresh(channel)
    return channel
