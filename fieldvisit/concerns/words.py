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
# The same for whoever asked and looks it up.
TOLD_STATES = {
    State.REGISTERED: "已登记，等待受理",
    State.ACCEPTED: "已受理，正在安排承办单位",
    State.ASSIGNED: "已交给承办单位",
    State.IN_PROGRESS: "承办单位正在办理",
    State.REPLIED: "承办单位已答复，正在听您的意见",
    State.CLOSED: "已办结",
    State.ARCHIVED: "已办结",
    State.RETURNED: "正在重新安排承办单位",
    State.REDO: "正在重新办理",
    State.REDIRECTED: "已转到其他途径办理",
    State.MERGED: "已和同一件事的另一条诉求一起办理",
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
# What the asker said, as the office hears it by phone; the words are those of return visits.
MARK_WORDS = {
    "satisfied": "满意",
    "basically_satisfied": "基本满意",
    "dissatisfied": "不满意",
    "unrated": "未评价",
}


def due_in_words(clock_on: date, today: date) -> str:
    """Say how long there is until a day, or since: 还有 3 天, 今天到期, 3 天超期."""
    days = (clock_on - today).days
    if days < 0:
        return f"{-days} 天超期"
    return f"还有 {days} 天" if days else "今天到期"
