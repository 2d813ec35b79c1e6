"""A few invented notices and an address, so that the bell and the list of addresses are not empty."""

from __future__ import annotations

from datetime import date, timedelta

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.notifications import channel_actions
from fieldvisit.notifications.models import Notice
from fieldvisit.notifications.rules import Kind
from fieldvisit.organisation.models import Unit

# How many days ago, and what. They lead nowhere yet: concerns come in a later version.
TOLD = (
    (6, "1 件反映已办结，住户评了“满意”。"),
    (1, "1 件反映明天到期，请抓紧办理并回复。"),
    (0, "有 2 件反映转到区住建局，请接收。"),
)
MORNING = timedelta(hours=8, minutes=40)


def add_notices(cadres: dict[str, Cadre], units: dict[str, Unit], today: date) -> None:
    """Tell the handler three things; give their unit an e-mail address, to which nothing goes without a server."""
    for number, (days_ago, words) in enumerate(TOLD):
        at = min(clock.day_start(today - timedelta(days=days_ago)) + MORNING, clock.now())
        notice = Notice(
            cadre_id=cadres["wutao"].id,
            words=words,
            path="/notices",
            subject_type="demo",
            subject_id=str(number),
            key=f"demo-{number}",
            at=at,
            seen_at=None if days_ago < 2 else at,
        )
        db.session.add(notice)
        db.session.flush()
    channel_actions.add(cadres["sunli"], units["区住建局"], Kind.MAIL, "zhujianju@fanchang.example")
