"""What the office enters in a draft."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import Form, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from fieldvisit.concerns.lists import lists
from fieldvisit.errors import Refused
from fieldvisit.households.forms import no_id_number, no_phone_number
from fieldvisit.households.rules import holds_id_number, holds_phone_number
from fieldvisit.numbers import small_number
from fieldvisit.reports.corrections import Correction, Field
from fieldvisit.reports.later_sections import FIELDS, STANDINGS
from fieldvisit.reports.rules import Item
from fieldvisit.reports.tables import LEVELS

MOST_TEXT = 2000
SEEN = "请刷新页面再试。"


class SeenForm(Form):
    """Which version of the draft somebody had before them."""

    version = HiddenField()

    def seen(self) -> int:
        """Return the version; Refused: the page did not say."""
        number = small_number(self.version.data)
        if number is None:
            raise Refused(SEEN)
        return number


def texts_in(form: Mapping[str, str], keys: list[str]) -> dict[str, str]:
    """Return what was written for sections; Refused: too long for a report."""
    texts = {key: form.get(f"text-{key}", "").replace("\r\n", "\n").strip() for key in keys}
    if any(len(text) > MOST_TEXT for text in texts.values()):
        raise Refused(f"每一节的文字最多 {MOST_TEXT} 字，请精简。")
    if any(holds_id_number(text) or holds_phone_number(text) for text in texts.values()):
        raise Refused("报告里不能写身份证号和电话号码，请删去。")
    return texts


class CorrectionForm(SeenForm):
    """One correction: of which fact, what it should be, and why. The concern is known from the address."""

    field = RadioField("更正哪一项", choices=[SelectChoice(field.value, label) for field, label in FIELDS.items()])
    level = SelectField("等级", choices=[SelectChoice(level, f"{level}级") for level in LEVELS])
    standing = SelectField(
        "月底结果", choices=[SelectChoice(standing.value, label) for standing, label in STANDINGS.items()]
    )
    domain = SelectField("涉及领域")
    handling_unit = SelectField("承办单位")
    reason = StringField(
        "理由",
        [
            InputRequired("请写明为什么更正，会印在报告里。"),
            Length(max=200, message="理由最多 200 字。"),
            no_id_number,
            no_phone_number,
        ],
    )

    def offer(self, item: Item, units: list[tuple[str, str]]) -> None:
        """Set the choices, and what holds now."""
        known = lists()
        codes = dict.fromkeys([*(code for code, one in known.domains.items() if one.parent), item.domain])
        self.domain.choices = [SelectChoice(code, known.domain_label(code)) for code in codes]
        self.handling_unit.choices = [SelectChoice(*unit) for unit in units]
        if not self.is_submitted_data():
            self.level.data, self.standing.data = item.shape.level, item.shape.standing.value
            self.domain.data, self.handling_unit.data = item.domain, str(item.handling_unit)

    def is_submitted_data(self) -> bool:
        """Say whether something was sent."""
        return self.field.raw_data is not None and bool(self.field.raw_data)

    def correction(self, concern_id: int) -> Correction:
        """Return the correction that was entered."""
        field = Field(self.field.data)
        return Correction(concern_id, field, str(self[field.value].data), (self.reason.data or "").strip())
