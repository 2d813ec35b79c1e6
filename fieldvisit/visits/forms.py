"""What a phone sends of a visit, read and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from flask import request
from wtforms import Field, Form, SelectMultipleField, StringField
from wtforms.validators import InputRequired, NumberRange, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from fieldvisit import clock
from fieldvisit.capture.kept import captured_at
from fieldvisit.errors import NotYours
from fieldvisit.fields import DayField, NumberField, clean_line, line, text
from fieldvisit.households.rules import holds_id_number
from fieldvisit.visits.checklist import Card, Kind, Tone
from fieldvisit.visits.rules import FURTHEST_DUE, Save, is_due_day, is_visit_day

LONGEST_NOTE = 500
LONGEST_COMMITMENT = 200
LONGEST_REASON = 200
HOUSEHOLD_ID = re.compile(r"[0-9a-fA-F-]{32,36}")
CHECKLIST = re.compile(r"[\w.-]{1,20}")
BROKEN = "这次保存的内容不完整，没有收下。请刷新页面再试。"


def refuse_id_number(field: Field) -> None:
    """Refuse text that holds what looks like an ID-card number."""
    if holds_id_number(field.data or ""):
        raise ValidationError("系统不收身份证号，请删掉号码再保存。")


class Numbered(Protocol):
    """A row that knows the number of the save that wrote it."""

    seq: Any


class SaveForm(Form):
    """What every save carries beside its content: the phone's running number and the revision that its page saw."""

    seq = NumberField(BROKEN, [MayBeEmpty(), NumberRange(1, 2_000_000_000, BROKEN)])
    base = NumberField(BROKEN, [MayBeEmpty(), NumberRange(0, 2_000_000_000, BROKEN)])

    def save(self, stored: Numbered | None) -> Save:
        """Return the save of what is `stored` now; a page without script sends no number and counts as the newest."""
        device = clean_line(request.headers.get("X-Device")) or "page"
        seq = self.seq.data or (stored.seq + 1 if stored else 1)
        return Save(device[:36], seq, self.base.data or 0)


class CardForm(SaveForm):
    """One card: a choice, quick tags, own words."""

    value = StringField(filters=[clean_line])
    tags = SelectMultipleField(validate_choice=False, coerce=str)
    note = text("文字", LONGEST_NOTE)

    def __init__(self, card: Card, data: Any) -> None:
        super().__init__(data)
        self.card = card

    def validate_value(self, field: StringField) -> None:
        """Only the card's own choices are answers."""
        if field.data and self.card.choice(field.data) is None:
            raise ValidationError(BROKEN)

    def validate_tags(self, field: SelectMultipleField) -> None:
        """Only the card's own tags are tags."""
        if not set(field.data or ()) <= set(self.card.tags):
            raise ValidationError(BROKEN)

    def validate_note(self, field: Field) -> None:
        """No ID-card number, nowhere."""
        refuse_id_number(field)

    def content(self) -> dict[str, Any]:
        """Return value, tags and note; tags of what is not good count only while the answer says so."""
        choice = self.card.choice(self.value.data or "")
        tagged = self.card.kind in (Kind.WORDS, Kind.COMMITMENTS) or (choice and choice.tone is Tone.PROBLEM)
        tags = sorted(set(self.tags.data or ()), key=self.card.tags.index) if tagged else []
        return {"value": self.value.data or "", "tags": tags, "note": self.note.data or ""}


def _day(
    check: Callable[[date, date], bool], sentence: str, day: Callable[[], date] = clock.today
) -> Callable[[Form, Any], None]:
    def validate(_form: Form, field: Any) -> None:
        if field.data is not None and not check(field.data, day()):
            raise ValidationError(sentence)

    return validate


def _day_of_capture() -> date:
    return clock.local(captured_at()).date()


class VisitDayForm(SaveForm):
    """The day of the visit."""

    value = DayField(
        "走访日期",
        [InputRequired("请填写走访日期。"), _day(is_visit_day, "走访日期不能在今天之后，也不能早于一年前。")],
    )


class CommitmentForm(SaveForm):
    """One commitment: what, until when."""

    def validate_text(self, field: Field) -> None:
        """No ID-card number, nowhere."""
        refuse_id_number(field)

    text = line("承诺", LONGEST_COMMITMENT, needed=True)
    due_on = DayField(
        "完成日期",
        [
            InputRequired("请选一个完成日期。"),
            # A promise for Friday may reach us on Monday.
            _day(is_due_day, f"完成日期要在今天到 {FURTHEST_DUE.days} 天之内。", _day_of_capture),
        ],
    )


class ReasonForm(Form):
    """Why a finished visit is changed."""

    reason = line("修改原因", LONGEST_REASON, needed=True)


@dataclass(frozen=True)
class WriteContext:
    """What a visit's first write needs to make the visit: carried by each, since any may arrive first."""

    household_id: UUID
    checklist: str


def read_write_context(args: Mapping[str, str]) -> WriteContext:
    """Read the context from a write's address, or raise NotYours when it is none."""
    household, checklist = args.get("household", ""), args.get("checklist", "")
    if not (HOUSEHOLD_ID.fullmatch(household) and CHECKLIST.fullmatch(checklist)):
        raise NotYours
    try:
        return WriteContext(UUID(household), checklist)
    except ValueError:
        raise NotYours from None
