"""What a supervisor's decision does to a visit."""

from __future__ import annotations

from fieldvisit.errors import Refused
from fieldvisit.visits.models import Visit, VisitState
from fieldvisit.visits.rules import Step, may

STALE = "这次走访刚被修改或审阅过，下面是最新的内容，请再看一看。"


def mark_reviewed(visit: Visit) -> None:
    """Close a finished visit: it takes no more amendments."""
    _decide(visit, VisitState.REVIEWED)


def mark_sent_back(visit: Visit, reason: str) -> None:
    """Give a finished visit back to its author, who reads the reason."""
    _decide(visit, VisitState.SENT_BACK)
    visit.sent_back_reason = reason


def _decide(visit: Visit, state: VisitState) -> None:
    if not may(Step.REVIEW, visit.state):
        raise Refused(STALE, 409)
    visit.state = state
