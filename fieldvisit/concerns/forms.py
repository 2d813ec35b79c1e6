"""What people type with the steps of a concern, and the words for what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import Form, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from fieldvisit.complaints.forms import AtMost
from fieldvisit.concerns.likeness import Alike
from fieldvisit.concerns.rules import OPEN, TRANSITIONS, Says, State, Step, typed_number
from fieldvisit.concerns.words import MARK_WORDS, OUTCOME_WORDS, REPORTED, STATE_WORDS
from fieldvisit.fields import DayField
from fieldvisit.households.forms import OneOf, no_id_number, one_line, required, some_lines
from fieldvisit.numbers import small_number
from fieldvisit.organisation.models import Unit

LONGEST_STEP = 2000
# What the words of each step are called; the hint says who reads them.
WORDS_OF = {
    Step.DISPATCH: "交办说明",
    Step.RETURN: "退回理由",
    Step.EXTEND: "延期理由",
    Step.NOTE: "进展",
    Step.REPLY: "给住户的答复",
    Step.CLOSE: "备注",
    Step.REDO: "重办理由",
    Step.REDIRECT: "转到哪里、为什么",
    Step.MERGE: "并案理由",
    Step.REJECT: "不予受理的理由",
    Step.WITHDRAW: "撤回理由",
    Step.SUPERVISE: "督办要求",
    Step.CORRECT: "更正说明",
}
RETURN_PHRASES = ("不属本单位职责", "应由其他部门牵头", "地点不在本辖区", "内容不清，无法办理", "与已办的重复")


def own_words(label: str, longest: int = LONGEST_STEP, *, needed: bool = True, rows: int = 4) -> TextAreaField:
    """Return a text of several lines that keeps no ID-card number."""
    first = DataRequired(f"请填写{label}。") if needed else Optional()
    return TextAreaField(label, [first, AtMost(longest), no_id_number], filters=[some_lines], render_kw={"rows": rows})


class StepForm(Form):
    """A step, and the version of the concern that the page showed."""

    seen = HiddenField()

    def seen_number(self) -> int:
        """Return that version; none is -1."""
        found = small_number(self.seen.data)
        return -1 if found is None else found


class WordsForm(StepForm):
    """A step that says why, or how things go."""

    words = own_words("理由")

    def name_words(self, step: Step) -> None:
        """Call the words by what they are in this step, and ask for them where the step needs some."""
        field = self.words
        field.label.text = WORDS_OF[step]
        is_needed = TRANSITIONS[step].says is not Says.NOTHING
        first = DataRequired(f"请填写{WORDS_OF[step]}。") if is_needed else Optional()
        field.validators = [first, *list(field.validators)[1:]]
        field.flags.required = is_needed or None


class DispatchForm(WordsForm):
    """To which unit a concern is given."""

    unit_id = OneOf("承办单位", [required("请选择承办单位。")])

    def offer(self, units: Iterable[Unit]) -> None:
        """Set the units to choose from."""
        self.unit_id.choices = unit_choices(units, "请选择")


class ExtendForm(WordsForm):
    """Until when, and why."""

    day = DayField("延到哪天", [InputRequired("请选择日期。")])


class LeadForm(Form):
    """Which unit is in charge of a domain."""

    unit_id = OneOf("主管单位")

    def offer(self, units: Iterable[Unit]) -> None:
        """Set the units to choose from."""
        self.unit_id.choices = unit_choices(units, "不指定，按规则")


class LookUpForm(Form):
    """A receipt's number and code."""

    number = StringField(
        "编号",
        [DataRequired("请填写编号。"), AtMost(40)],
        filters=[one_line],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    code = StringField(
        "查询码",
        [DataRequired("请填写查询码。"), AtMost(40)],
        filters=[one_line],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )

    def validate_number(self, field: Any) -> None:
        """Refuse what is no number at all; whether there is such a one is not told."""
        if typed_number(field.data or "") is None:
            raise ValidationError("编号像这样：繁-202607-0034。请照回执上的填写。")


class ReplyForm(WordsForm):
    """What became of it, in words for the resident."""

    outcome = RadioField(
        "办理结果",
        [InputRequired("请选择办理结果。")],
        choices=[SelectChoice(outcome.value, OUTCOME_WORDS[outcome]) for outcome in REPORTED],
    )


class CloseForm(WordsForm):
    """What the asker said by phone."""

    mark = RadioField(
        "电话里反映人怎么说",
        [InputRequired("请选择反映人怎么说；没有联系方式的，选“未评价”。")],
        choices=[SelectChoice(mark, label) for mark, label in MARK_WORDS.items()],
    )


class MergeForm(WordsForm):
    """Into which one: one of those suggested, or by its number."""

    into = RadioField("并入哪一条", [Optional()], validate_choice=False)
    number = StringField("或填编号", [AtMost(40)], filters=[one_line], render_kw={"autocomplete": "off"})
    picked = ""

    def offer(self, alike: Sequence[Alike]) -> None:
        """Set the suggestions that may be merged into."""
        self.into.choices = [
            SelectChoice(
                one.concern.number, f"{one.concern.number} {STATE_WORDS[State(one.concern.state)]}（{one.why}）"
            )
            for one in alike
            if one.concern.state in OPEN
        ]

    def validate_number(self, field: Any) -> None:
        """Take the number that was typed before one that was ticked."""
        typed = typed_number(field.data) if field.data else self.into.data or ""
        if not typed:
            raise ValidationError("编号像这样：繁-202607-0034。" if field.data else "请选一条，或填编号。")
        self.picked = typed


FORMS: dict[Step, type[StepForm]] = {
    Step.ACCEPT: StepForm,
    Step.TAKE_UP: StepForm,
    Step.ARCHIVE: StepForm,
    Step.DISPATCH: DispatchForm,
    Step.EXTEND: ExtendForm,
    Step.REPLY: ReplyForm,
    Step.CLOSE: CloseForm,
    Step.MERGE: MergeForm,
    **dict.fromkeys(
        (Step.RETURN, Step.NOTE, Step.REDO, Step.REDIRECT, Step.REJECT, Step.WITHDRAW, Step.SUPERVISE), WordsForm
    ),
}
# Nothing is typed with these: a button is enough.
BARE = frozenset(step for step, form in FORMS.items() if form is StepForm)


def unit_choices(units: Iterable[Unit], first: str) -> list[tuple[str, str]]:
    """Return units as choices, after one that stands for none."""
    return [("", first), *((str(unit.id), unit.name) for unit in units)]
