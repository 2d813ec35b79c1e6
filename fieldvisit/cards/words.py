"""How a promise, a concern and a message are said to the resident: plain, short, without reproach."""

from __future__ import annotations

from dataclasses import dataclass

from fieldvisit.cards import rules
from fieldvisit.cards.models import MessageState, ResidentMessage
from fieldvisit.cards.queries import Promise
from fieldvisit.cards.rules import Standing
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Stage, State
from fieldvisit.filters import day
from fieldvisit.followups.rules import FollowUpState, Mark, Outcome, Way
from fieldvisit.followups.words import MARKS

REPORTED = {
    Outcome.KEPT: "办好了，请您评价",
    Outcome.PARTLY: "办了一部分，请您评价",
    Outcome.NOT_KEPT: "还没办成，请您评价",
    None: "到了说好的日子，请您评价",
}

REPLIED = "已经答复，请您评价"


@dataclass(frozen=True)
class Words:
    """What is said of a promise: a short line, a further sentence or "", and the colour of the line."""

    short: str
    further: str
    tone: str


def of(promise: Promise) -> Words:
    """Return how a promise is said."""
    row, how = promise.follow_up, promise.standing
    if how is Standing.WORKING:
        return Words(f"还在办 · {day(row.due_on)}前", "到期后请您评价。", "jade")
    if how is Standing.AGAIN:
        # A round of a promise that is judged badly always has a next one, whose day is known; a concern has its own.
        due_on = promise.subject.promised_for if promise.subject.is_concern else row.due_on
        until = f" · {day(due_on)}前" if due_on and _is_at_work(promise) else ""
        return Words(f"正在重办{until}", "办好后再请您评价。", "amber")
    if how is Standing.ASKED:
        again = "这是重办后的结果。" if row.round_no > 1 else ""
        asks = REPLIED if promise.subject.is_concern else REPORTED[row.outcome if row.reported_at else None]
        return Words(asks, again, "amber")
    if how is Standing.JUDGED:
        return _judged(promise)
    if row.state is FollowUpState.TO_DECIDE:
        return Words("已交群众工作部处理", "您评了不满意，群众工作部会处理，结果会告诉您。", "amber")
    if row.state is FollowUpState.DECIDED:
        return Words("群众工作部已处理", "还有意见，请在下面反映。", "jade")
    return Words("这件事已经结束", "不用再评价了。", "plain")


def _is_at_work(promise: Promise) -> bool:
    return promise.subject.is_concern or promise.follow_up.state is FollowUpState.OPEN


def _judged(promise: Promise) -> Words:
    row = promise.follow_up
    if promise.closed_on is None:
        return Words("已评价", "", "jade")
    until = f"{day(rules.revisable_until(promise.closed_on))}前可以改。" if promise.may_judge else ""
    if row.mark is None or row.mark is Mark.UNRATED:
        return Words("您还没有评价", f"想评价的话，{until.replace('改', '评')}" if until else "", "amber")
    told = {Way.AT_THE_DOOR: "这是干部上门时问的。", Way.BY_PHONE: "这是干部打电话问的。"}
    said = told.get(row.way, "") if row.way else ""
    return Words(f"您已评价：{MARKS[row.mark]}", said + until, "jade")


CONCERNS = {
    State.REGISTERED: "已登记，等群众工作部受理",
    State.ACCEPTED: "已受理，正在安排单位办",
    State.RETURNED: "已受理，正在重新安排单位办",
    State.ASSIGNED: "已交给有关单位",
    State.IN_PROGRESS: "有关单位正在办",
    State.REDO: "正在重办",
    State.REPLIED: "单位已答复，会来问您满不满意",
    State.CLOSED: "已办结",
    State.ARCHIVED: "已办结",
    State.REDIRECTED: "已转给别的部门",
    State.MERGED: "和同样的事一起办",
    State.REJECTED: "没有受理",
}


def of_concern(concern: Concern) -> str:
    """Return how far a concern has come."""
    until = f"，{day(concern.due_on)}前办完" if concern.stage is Stage.IN_HAND and concern.due_on else ""
    return CONCERNS[concern.state] + until


def of_message(message: ResidentMessage) -> str:
    """Return how far a message has come."""
    if message.state is MessageState.NEW or message.taken_at is None:
        return "已收到，等工作人员看"
    return "工作人员已经知道了"
