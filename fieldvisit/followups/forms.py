"""What is sent from the pages of a return visit, read and checked."""

from __future__ import annotations

import enum
from typing import Any, TypeVar

from wtforms import BooleanField, Field, Form, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, ValidationError

from fieldvisit.fields import DayField, clean_line, line, text
from fieldvisit.followups import words
from fieldvisit.followups.actions import Entered
from fieldvisit.followups.rules import Mark, Outcome, Ruling, Way, Why
from fieldvisit.visits.forms import BROKEN, Numbered, SaveForm, refuse_id_number

LONGEST_WORDS = 500
Word = TypeVar("Word", bound=enum.StrEnum)
LAPSED = ("已搬走", "老人已去世", "其他原因，不用再回访")


class OneOf(StringField):
    """One word of an enum, or nothing; what is none of them is not taken."""

    def __init__(self, kind: type[enum.StrEnum], **options: Any) -> None:
        super().__init__(filters=[clean_line], **options)
        self.kind = kind

    def pre_validate(self, form: Any) -> None:
        """Refuse a word that a page of ours does not offer."""
        if self.data and self.data not in [word.value for word in self.kind]:
            raise ValidationError(BROKEN)

    def word(self, kind: type[Word]) -> Word | None:
        """Return the word chosen."""
        return kind(self.data) if self.data else None


class EntryForm(SaveForm):
    """What the cadre's page says of one follow-up."""

    outcome = OneOf(Outcome)
    note = text("做了什么", LONGEST_WORDS)
    mark = OneOf(Mark)
    why = OneOf(Why)
    comment = text("住户的话", LONGEST_WORDS)

    def validate_note(self, field: Field) -> None:
        """No ID-card number, nowhere."""
        refuse_id_number(field)

    def validate_comment(self, field: Field) -> None:
        """No ID-card number, nowhere."""
        refuse_id_number(field)

    def entered(self, stored: Numbered | None) -> Entered:
        """Return what to save over what is `stored` now."""
        save, mark = self.save(stored), self.mark.word(Mark)
        return Entered(
            outcome=self.outcome.word(Outcome),
            note=self.note.data or "",
            mark=mark,
            why=self.why.word(Why) if mark is Mark.UNRATED else None,
            comment=self.comment.data or "",
            device=save.device,
            seq=save.seq,
        )


class FinishForm(Form):
    """How a return visit was made."""

    way = RadioField(
        "怎么回访的",
        [InputRequired("请选是上门还是打电话。")],
        choices=[SelectChoice(Way.AT_THE_DOOR.value, "上门"), SelectChoice(Way.BY_PHONE.value, "打电话")],
    )


class PutOffForm(Form):
    """To which day a return visit is put off, and why."""

    day = DayField("改到哪天", [InputRequired("请选一个日期。")])
    reason = line("改期原因", 200, needed=True)

    def validate_reason(self, field: Field) -> None:
        """No ID-card number, nowhere."""
        refuse_id_number(field)


class LapseForm(Form):
    """Why nobody need come back."""

    reason = RadioField(
        "原因", [InputRequired("请选一个原因。")], choices=[SelectChoice(word, word) for word in LAPSED]
    )


class JudgementForm(Form):
    """What the resident says by their own hand."""

    mark = RadioField(
        "评价",
        [InputRequired("请点一个评价。")],
        choices=[SelectChoice(mark.value, words.MARKS[mark]) for mark in Mark if mark is not Mark.UNRATED],
    )
    comment = text("您的话", LONGEST_WORDS)
    is_hidden = BooleanField("不给走访干部看")

    def validate_comment(self, field: Field) -> None:
        """No ID-card number, nowhere."""
        refuse_id_number(field)


class RulingForm(Form):
    """What the office decides, and why."""

    ruling = RadioField(
        "处理",
        [InputRequired("请选一种处理。")],
        choices=[SelectChoice(ruling.value, words.RULINGS[ruling]) for ruling in Ruling],
    )
    reason = line("理由", 200, needed=True)

    def validate_reason(self, field: Field) -> None:
        """No ID-card number, nowhere."""
        refuse_id_number(field)
