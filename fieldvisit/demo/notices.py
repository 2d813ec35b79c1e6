"""An address of a unit, and the notices of concerns as they would be by now: those of earlier days are seen."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.notifications import channel_actions
from fieldvisit.notifications.models import Notice
from fieldvisit.notifications.rules import Kind
from fieldvisit.organisation.models import Unit


def add_address(cadres: dict[str, Cadre], units: dict[str, Unit]) -> None:
    """Give a unit an e-mail address, to which nothing goes without a server."""
    channel_actions.add(cadres["sunli"], units["区住建局"], Kind.MAIL, "zhujianju@fanchang.example")


def read_old_notices(today: date) -> None:
    """Let everybody have seen what is older than three days."""
    old = Notice.at < clock.day_start(today - timedelta(days=3))
    db.session.execute(sa.update(Notice).where(old).values(seen_at=Notice.at))
