"""Forms of households and of their people, with their sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from wtforms import (
    Field,
    Form,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    validators,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.form import BaseForm
from wtforms.widgets import CheckboxInput, ListWidget

from fieldvisit import clock
from fieldvisit.fields import clean_line, clean_text
from fieldvisit.filters import masked_phone
from fieldvisit.households import lists, rules
from fieldvisit.households.models import Household, Resident
from fieldvisit.organisation.models import Division

NAME_LENGTH, DOOR_LENGTH, NOTE_LENGTH, MAX_GROUP, MAX_TAGS = 40, 40, 500, 999, 12
LEAVING_REASONS = ("已搬走", "家中已无人", "已并入另一户", "重复登记", "登记有误")
# Marks that turn the direction of writing can make a name read as another one.
TURNING = re.compile(r"[\u2028-\u202e\u2066-\u2069\ufeff]")
NO_PHONE = "无"
ID_SENTENCE = "这里像是身份证号。系统不收身份证号，请删去后再保存。"
PHONE_SENTENCE = "这里像是电话号码。这些话会给很多人看，请删去后再保存。"


def one_line(text: str | None) -> str:
    """Clean a line: no control characters, single spaces, none at its ends."""
    return TURNING.sub("", clean_line(text) or "")


def some_lines(text: str | None) -> str:
    """Clean a text of several lines."""
    return TURNING.sub("", clean_text(text) or "")


def no_id_number(_form: Form, field: Field) -> None:
    """Refuse what looks like an ID-card number: the system keeps none."""
    if rules.holds_id_number(field.data or ""):
        raise validators.StopValidation(ID_SENTENCE)


def no_phone_number(_form: Form, field: Field) -> None:
    """Refuse what looks like a phone number, where words are read by many."""
    if rules.holds_phone_number(field.data or ""):
        raise validators.StopValidation(PHONE_SENTENCE)


def required(sentence: str) -> validators.DataRequired:
    """Refuse an empty field with a sentence."""
    return validators.DataRequired(sentence)


def at_most(count: int, what: str) -> validators.Length:
    """Refuse a text that is too long, with a sentence."""
    return validators.Length(max=count, message=f"{what}最多 {count} 个字，请写短一些。")


def line(label: str, *checks: Any, **options: Any) -> StringField:
    """Make a field of one line that keeps no ID-card number."""
    return StringField(label, [*checks, no_id_number], filters=[one_line], **options)


def choices(words: Iterable[str]) -> list[SelectChoice]:
    """Make each word a choice, once."""
    return [SelectChoice(word, word) for word in dict.fromkeys(words) if word]


class OneOf(SelectField):
    """One of some choices, refused in Chinese."""

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what is not among the choices."""
        if self.data not in {choice[0] for choice in self.iter_choices()}:
            raise validators.StopValidation(f"请从列表里选择{self.label.text}。")


class Chips(SelectMultipleField):
    """Any of some choices, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what is not among the choices."""
        known = {choice[0] for choice in self.iter_choices()}
        if not set(self.data or []) <= known:
            raise validators.StopValidation("有的标签不在列表里，请重新选择。")


class PersonFields(Form):
    """Name, phone and birth month, as the head and everybody else have them."""

    name = line("姓名", required("请填写姓名。"), at_most(NAME_LENGTH, "姓名"))
    phone = line("电话", at_most(40, "电话"))
    birth_month = line("出生年月", at_most(20, "出生年月"))

    def validate_name(self, field: Field) -> None:
        """Refuse a name of nothing but signs."""
        if not any(character.isalpha() for character in field.data):
            raise ValidationError("姓名里要有字，请重新填写。")

    def validate_phone(self, field: Field) -> None:
        """Store a phone number in one form."""
        number = field.data if field.data == NO_PHONE else rules.phone_number(field.data)
        if number is None:
            raise ValidationError("电话号码不对：手机是 11 位，座机请带区号，如 0553-7812345。")
        field.data = number

    def validate_birth_month(self, field: Field) -> None:
        """Store a birth month in one form."""
        month = rules.birth_month(field.data, clock.today())
        if month is None:
            raise ValidationError("出生年月请写成 1956-11 这样：1900 年以后，且不晚于本月。")
        field.data = month


class PlaceFields(Form):
    """Where a household is and what is known of it."""

    version = HiddenField()
    village_code = OneOf("村（社区）", [required("请选择村（社区）。")])
    group_no = StringField("村民小组", filters=[one_line])
    door = line("门牌", at_most(DOOR_LENGTH, "门牌"))
    tags = Chips("标签")
    note = TextAreaField("备注", [at_most(NOTE_LENGTH, "备注"), no_id_number], filters=[some_lines])

    def validate_group_no(self, field: Field) -> None:
        """Store the group as a number, or nothing."""
        text = unicodedata.normalize("NFKC", field.data).removesuffix("组").strip()
        if text and not (text.isascii() and text.isdigit() and len(text) <= 3):
            raise ValidationError(f"村民小组请填 0 到 {MAX_GROUP} 的数字，没有小组就不填。")
        field.data = str(int(text)) if text else ""

    def offer(self, villages: Sequence[Division], tags: Sequence[str] = ()) -> None:
        """Set the choices: villages by town; the county's tags and those the household has already."""
        self.village_code.choices = [
            SelectChoice(village.code, village.name, optgroup=_town(village)) for village in villages
        ]
        self.tags.choices = choices([*(tag.name for tag in lists.tags()), *tags])

    def values(self) -> dict[str, Any]:
        """Return the household's values."""
        return {
            "village_code": self.village_code.data,
            "group_no": int(self.group_no.data or 0),
            "door": self.door.data,
            "tags": list(self.tags.data or []),
            "note": self.note.data,
        }


class NewHouseholdForm(PlaceFields, PersonFields):
    """A new household with its head. `id` is made with the form: a second tap makes no second one."""

    id = HiddenField()
    name = line("户主姓名", required("请填写户主姓名。"), at_most(NAME_LENGTH, "姓名"))


class HouseholdForm(PlaceFields):
    """An existing household."""

    @classmethod
    def of(cls, household: Household) -> HouseholdForm:
        """Make the form as a household is now."""
        return cls(data=_shown(household) | {"version": str(household.version)})


class ResidentForm(PersonFields):
    """One person of a household."""

    id = HiddenField()
    version = HiddenField()
    relation = OneOf("与户主的关系", [required("请选择关系。")], choices=choices(lists.RELATIONS))

    def ask_relation(self) -> None:
        """Begin without a relation: a preselected one would make every newcomer the head."""
        self.relation.choices = [("", "请选择"), *choices(lists.RELATIONS)]

    def offer(self, relation: str) -> None:
        """Let a person keep a relation that the list does not hold."""
        self.relation.choices = choices([*lists.RELATIONS, relation])

    def values(self) -> dict[str, str]:
        """Return the person's values; the phone only when one was typed, "" when it is to be forgotten."""
        values = {key: self.data[key] for key in ("name", "relation", "birth_month")}
        if self.phone.data:
            values["phone"] = "" if self.phone.data == NO_PHONE else self.phone.data
        return values


class LeavingForm(Form):
    """Why a household is taken out of the lists."""

    reason = OneOf("原因", [required("请选择原因。")], choices=choices(LEAVING_REASONS))


def _town(village: Division) -> str:
    return village.full_name.removesuffix(village.name).strip() or "村（社区）"


def _shown(household: Household) -> dict[str, Any]:
    return {
        "village_code": household.village_code,
        "group_no": str(household.group_no or ""),
        "door": household.door,
        "tags": household.tags,
        "note": household.note,
    }


def their_values(household: Household, form: HouseholdForm, villages: Sequence[Division]) -> dict[str, str]:
    """Say, for each field that another person has left otherwise, what it holds now."""
    theirs, mine = _shown(household), form.values()
    mine["group_no"] = str(mine["group_no"] or "")
    names = {village.code: village.full_name for village in villages}
    words = theirs | {
        "village_code": names.get(household.village_code, ""),
        "tags": "、".join(household.tags),
    }
    return {key: words[key] or "（空）" for key in theirs if theirs[key] != mine[key]}


def their_person(resident: Resident, form: ResidentForm) -> dict[str, str]:
    """Say, for each field that another person has left otherwise, what it holds now."""
    mine = form.values()
    theirs = {key: getattr(resident, key) for key in mine if getattr(resident, key) != mine[key]}
    if "phone" in theirs:
        theirs["phone"] = masked_phone(theirs["phone"])
    return {key: value or "（空）" for key, value in theirs.items()}


def whole_number(text: str | None) -> int:
    """Return a hidden number; one that was tampered with is 0, which no version is."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def written_id(text: str | None) -> UUID | None:
    """Return a hidden UUID, or None when it was tampered with."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
