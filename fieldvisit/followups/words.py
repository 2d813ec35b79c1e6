"""How states, marks and the like are said."""

from __future__ import annotations

from fieldvisit.followups.rules import FollowUpState, Mark, Outcome, Ruling, Way, Why

OUTCOMES = {Outcome.KEPT: "兑现了", Outcome.PARTLY: "部分兑现", Outcome.NOT_KEPT: "还没兑现"}
MARKS = {
    Mark.SATISFIED: "满意",
    Mark.BASICALLY_SATISFIED: "基本满意",
    Mark.DISSATISFIED: "不满意",
    Mark.UNRATED: "未评价",
}
WAYS = {
    Way.AT_THE_DOOR: "上门问的",
    Way.BY_PHONE: "电话问的",
    Way.HANDED_OVER: "住户在干部手机上自己评的",
    Way.OWN_PHONE: "住户在自己手机上评的",
}
WHYS = {Why.NOBODY_HOME: "没人在家", Why.NO_ANSWER: "电话没打通", Why.UNWILLING: "不愿评价"}
STATES = {
    FollowUpState.OPEN: "待回访",
    FollowUpState.DONE: "已评价",
    FollowUpState.REDO: "重办中",
    FollowUpState.REDONE: "已重办",
    FollowUpState.TO_DECIDE: "待群众工作部处理",
    FollowUpState.DECIDED: "群众工作部已处理",
    FollowUpState.WITHDRAWN: "已撤回",
    FollowUpState.LAPSED: "已结束",
}
RULINGS = {
    Ruling.REDO: "再办一次",
    Ruling.EXPLAINED: "已解释清楚，办结",
    Ruling.UNREASONABLE: "诉求不合理，办结",
}
