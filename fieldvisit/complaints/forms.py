"""What people type into the box and the office types about it, and the words for what is wrong with it."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from uuid import uuid4

from wtforms import (
    BooleanField,
    Field,
    Form,
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.form import BaseForm
from wtforms.validators import AnyOf, DataRequired, Length

from fieldvisit.complaints import rules
from fieldvisit.complaints.models import Kind
from fieldvisit.households.forms import OneOf, one_line, required, some_lines
from fieldvisit.households.rules import holds_id_number, phone_number
from fieldvisit.numbers import small_number
from fieldvisit.organisation.models import Division

MAX_WORDS, MAX_PLACE, MAX_NAME, MAX_NOTE = 2000, 60, 40, 200
# Of the select of counties: chosen by who does not know.
NO_COUNTY = "none"
KIND_WORDS = {Kind.COMPLAINT: "投诉", Kind.SUGGESTION: "建议", Kind.SYSTEM: "系统使用问题"}
# Of the form, not of what is typed into it: random, so that two people's forms are never the same.
WORD = re.compile(r"[0-9a-f]{32}")


class Wanted(enum.StrEnum):
    """Which complaints the office's list shows."""

    OPEN = "open"
    ANSWERED = "answered"
    CALLING = "calling"
    ALL = "all"


WANTED_WORDS = {Wanted.OPEN: "待答复", Wanted.ANSWERED: "已答复", Wanted.CALLING: "待回电", Wanted.ALL: "全部"}


def read_wanted(args: Mapping[str, str]) -> Wanted:
    """Read the list's filter from an address; what makes no sense counts as not asked for."""
    return next((wanted for wanted in Wanted if wanted.value == args.get("state")), Wanted.OPEN)


class AtMost(Length):
    """Refuse a text that is too long, and say how long it is."""

    def __init__(self, longest: int) -> None:
        super().__init__(max=longest)

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Count characters as people do."""
        if len(field.data or "") > self.max:
            label = field.label.text
            raise ValidationError(f"{label}最多 {self.max} 个字，现在有 {len(field.data)} 个，请写短一些。")


def _no_id_number(_form: BaseForm, field: Field) -> None:
    if holds_id_number(field.data or ""):
        raise ValidationError("这里像是身份证号。系统不收身份证号，请删去后再提交。")


class FilingForm(Form):
    """One complaint, suggestion or question."""

    word = HiddenField()
    kind = RadioField(
        "类别",
        choices={kind.value: words for kind, words in KIND_WORDS.items()},
        default=Kind.COMPLAINT.value,
        validate_choice=False,
        validators=[AnyOf([kind.value for kind in Kind], message="请选择类别。")],
    )
    words = TextAreaField(
        "内容",
        [DataRequired("请写下您要反映的事。"), AtMost(MAX_WORDS), _no_id_number],
        filters=[some_lines],
        render_kw={"rows": 6},
    )
    county = OneOf("区县", [required("请选择区县，不知道就选“不清楚”。")], choices=[])
    place = StringField(
        "地点", [AtMost(MAX_PLACE), _no_id_number], filters=[one_line], render_kw={"autocomplete": "off"}
    )
    call_back = BooleanField("请回电话给我")
    phone = StringField("电话", [AtMost(40)], filters=[one_line], render_kw={"inputmode": "tel", "autocomplete": "tel"})
    name = StringField(
        "称呼", [AtMost(MAX_NAME), _no_id_number], filters=[one_line], render_kw={"autocomplete": "name"}
    )
    # Only people who are signed in are asked.
    own_name = BooleanField("附上我账号里的姓名和电话")
    account_phone = ""
    only_county: str | None = None

    def offer(self, counties: Sequence[Division], usual: str | None) -> None:
        """Ask for the county where there are several, with the `usual` one chosen beforehand; else ask nothing."""
        if len(counties) < 2:
            self.only_county = counties[0].code if counties else None
            del self.county
            return
        names = [SelectChoice(county.code, county.full_name) for county in counties]
        self.county.choices = [SelectChoice("", "请选择"), *names, SelectChoice(NO_COUNTY, "不清楚")]
        if self.county.data is None:
            self.county.data = usual if any(usual == county.code for county in counties) else ""

    def county_code(self) -> str | None:
        """Return the county that was chosen, or the only one; None when it is not known."""
        if self.county is None:
            return self.only_county
        code: str = self.county.data
        return None if code == NO_COUNTY else code

    def validate_phone(self, field: Field) -> None:
        """Take a phone number in any usual spelling; it is needed for a call-back only."""
        number = phone_number(field.data or "")
        if number is None:
            raise ValidationError("电话号码不对：手机是 11 位，座机请带区号，如 0553-7812345。")
        own = self.account_phone if self.own_name.data else ""
        if self.call_back.data and not number and not own:
            raise ValidationError("要回电话，请留下电话号码；不用回电话，就去掉上面的勾。")
        field.data = number

    def renew(self) -> None:
        """Give the form its random word, unless it has one."""
        if not WORD.fullmatch(self.word.data or ""):
            self.word.data = uuid4().hex

    def typed(self) -> dict[str, str]:
        """Return all that was typed and ticked, as text."""
        return {field.name: str(field.data or "") for field in self if field is not self.word}


class LookUpForm(Form):
    """A receipt's number and code."""

    number = StringField(
        "回执编号",
        [DataRequired("请填写回执编号。"), Length(max=40, message="回执编号像这样：投-202611-0007。")],
        filters=[one_line],
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": False},
    )
    code = StringField(
        "查询码",
        [DataRequired("请填写查询码。"), Length(max=40, message=f"查询码是 {rules.CODE_LENGTH} 位字母和数字。")],
        filters=[one_line],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": False},
    )

    def validate_number(self, field: Field) -> None:
        """Refuse what is no number at all; whether there is such a one is not told."""
        if rules.typed_number(field.data or "") is None:
            raise ValidationError("回执编号像这样：投-202611-0007。请照回执上的填写。")


class SeenForm(Form):
    """How many entries of its kind the page showed that the form was on."""

    seen = HiddenField()

    def seen_number(self) -> int:
        """Return that number; none that was there can be -1."""
        found = small_number(self.seen.data)
        return -1 if found is None else found


class AnswerForm(SeenForm):
    """The office's answer."""

    words = TextAreaField(
        "答复",
        [DataRequired("请写下答复。"), AtMost(MAX_WORDS), _no_id_number],
        filters=[some_lines],
        render_kw={"rows": 6},
    )


class CallForm(SeenForm):
    """How a call-back went."""

    reached = RadioField(
        "回电结果",
        choices={"yes": "已接通，说清了", "no": "没打通"},
        validate_choice=False,
        validators=[AnyOf(["yes", "no"], message="请选择电话有没有打通。")],
    )
    note = StringField("备注", [AtMost(MAX_NOTE), _no_id_number], filters=[one_line], render_kw={"autocomplete": "off"})
