"""How the ledger's states, steps and outcomes are said."""

from __future__ import annotations

from datetime import date

from fieldvisit.concerns.rules import Outcome, State, Step

STATE_WORDS = {
    State.REGISTERED: "待受理",
    State.ACCEPTED: "待交办",
    State.ASSIGNED: "已交办",
    State.IN_PROGRESS: "办理中",
    State.REPLIED: "已答复",
    State.CLOSED: "已办结",
    State.ARCHIVED: "已归档",
    State.RETURNED: "被退回",
    State.REDO: "重办中",
    State.REDIRECTED: "已转出",
    State.MERGED: "已并案",
    State.REJECTED: "不予受理",
}
STEP_WORDS = {
    Step.REGISTER: "登记",
    Step.ACCEPT: "受理",
    Step.DISPATCH: "交办",
    Step.TAKE_UP: "签收",
    Step.RETURN: "退回",
    Step.EXTEND: "延期",
    Step.NOTE: "记录进展",
    Step.REPLY: "答复",
    Step.CLOSE: "办结",
    Step.REDO: "重办",
    Step.ARCHIVE: "归档",
    Step.REDIRECT: "转出",
    Step.MERGE: "并案",
    Step.REJECT: "不予受理",
    Step.WITHDRAW: "撤回",
    Step.SUPERVISE: "督办",
    Step.CORRECT: "更正",
}
OUTCOME_WORDS = {
    Outcome.RESOLVED: "已化解",
    Outcome.PARTLY_RESOLVED: "部分化解",
    Outcome.EXPLAINED: "解释说明",
    Outcome.NOT_SUPPORTED: "不予支持",
    Outcome.REDIRECTED: "转其他途径",
    Outcome.WITHDRAWN: "住户撤回",
}
# What a unit may report with its reply.
REPORTED = (Outcome.RESOLVED, Outcome.PARTLY_RESOLVED, Outcome.EXPLAINED, Outcome.NOT_SUPPORTED)


def due_in_words(clock_on: date, today: date) -> str:
    """Say how long there is until a day, or since: 还有 3 天, 今天到期, 3 天超期."""
    days = (clock_on - today).days
    if days < 0:
        return f"{-days} 天超期"
    return f"还有 {days} 天" if days else "今天到期"
