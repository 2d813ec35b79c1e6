"""Dispatching many concerns at once: each as if alone, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import actions, list_queries
from fieldvisit.errors import Refused
from fieldvisit.numbers import small_number

# A page's worth and more; what is ticked comes from one page.
MOST = 100
SUGGESTED = "suggested"
NO_SUGGESTION = "没有建议的承办单位，请打开这件选一个单位"
CONFIDENTIAL = "是密件，请打开单独交办"
GONE = "刚被别人处理，已不在您的列表里"


@dataclass
class Done:
    """How many were dispatched, and which were not and why: (number, sentence); "" for what is no longer seen."""

    dispatched: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    overtaken: int = 0

    @property
    def sentence(self) -> str:
        """Return it in words."""
        parts = [f"{self.dispatched} 件已交办"] if self.dispatched or not self.refused else []
        parts += [f"{self.overtaken} 件刚被别人处理"] if self.overtaken else []
        left = len(self.refused) - self.overtaken
        parts += [f"{left} 件没有交办"] if left else []
        return "，".join(parts) + "。"


class DispatchForm(Form):
    """Which concerns (`pick`: those ticked, `shown`: all of the page, each "id:version") go to which unit."""

    which = StringField()
    unit_choice = StringField(name="unit_choice")

    def wanted(self, form: MultiDict[str, str]) -> dict[int, int]:
        """Return the versions seen, by id; raise Refused when none is ticked."""
        pairs = form.getlist("shown" if self.which.data == "shown" else "pick")[:MOST]
        found = {}
        for pair in pairs:
            concern_id, _, version = pair.partition(":")
            numbers = small_number(concern_id), small_number(version)
            if numbers[0] is not None and numbers[1] is not None:
                found[numbers[0]] = numbers[1]
        if not found:
            raise Refused("请先勾选要交办的诉求。")
        return found

    def unit(self) -> int | None:
        """Return the unit that is to have them all; None: to each its own suggested one."""
        if self.unit_choice.data in (None, "", SUGGESTED):
            return None
        # A word that is no unit's number is a unit that does not exist.
        return small_number(self.unit_choice.data) or 0


def dispatch(who: Cadre, wanted: Mapping[int, int], unit_id: int | None) -> Done:
    """Dispatch each concern as it was seen; what somebody else has changed since stays as it is."""
    done, found = Done(), list_queries.picked(who, wanted)
    for concern_id, seen in wanted.items():
        concern = found.get(concern_id)
        if concern is None:
            done.refused.append(("", GONE))
            done.overtaken += 1
            continue
        if concern.restricted:
            done.refused.append((concern.number, CONFIDENTIAL))
            continue
        target = concern.lead_unit_id if unit_id is None else unit_id
        if target is None:
            done.refused.append((concern.number, NO_SUGGESTION))
            continue
        try:
            actions.dispatch(who, concern, seen, target)
        except Refused as refusal:
            done.refused.append((concern.number, refusal.message))
            done.overtaken += refusal.status == 409
        else:
            done.dispatched += 1
    return done
