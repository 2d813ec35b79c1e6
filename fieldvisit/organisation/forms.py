"""What administrators type about places, units and contact points."""

from __future__ import annotations

import csv
import io
from typing import ClassVar

from wtforms import BooleanField, FileField, Form, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from fieldvisit.errors import Refused
from fieldvisit.fields import DayField, NumberField, clean_line
from fieldvisit.organisation import rules
from fieldvisit.organisation.divisions import COLUMNS
from fieldvisit.uploads import decoded

# Far more than the 50,000 villages of a large province need.
MAX_IMPORT_BYTES = 8 * 1024 * 1024

POSITIONS = f"请填写 0 到 {rules.LAST_POSITION} 的数字。"


class ChineseForm(Form):
    """A form whose built-in messages are Chinese too."""

    class Meta:
        """WTForms' settings."""

        locales = ("zh",)


class Name:
    """Checks a name by the rule."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, _form: Form, field: StringField) -> None:
        """Refuse a name with the rule's sentence."""
        problem = rules.name_problem(field.data or "")
        if problem:
            raise ValidationError(problem)


class UnitForm(ChineseForm):
    """A unit."""

    name = StringField("单位名称", [Name()], filters=[clean_line], render_kw={"autocomplete": "off"})
    parent_id = SelectField("上级单位", coerce=int, default=0)
    division_code = SelectField("管辖范围", default="")
    position = NumberField(
        POSITIONS,
        [InputRequired("请填写数字。"), NumberRange(0, rules.LAST_POSITION, POSITIONS)],
        label="排列顺序",
        default=0,
        render_kw={"inputmode": "numeric"},
    )
    active = BooleanField("单位在用", default=True)


class ContactPointForm(ChineseForm):
    """A unit's new tie to a village."""

    village_code = SelectField("村（社区）", [InputRequired("请选择村或社区。")])
    starts_on = DayField("从哪天起", [InputRequired("请选择日期。")])


class EndForm(ChineseForm):
    """The last day of a tie."""

    ends_on = DayField("到哪天为止", [InputRequired("请选择日期。")])


class DivisionForm(ChineseForm):
    """A place's name and whether it is in use."""

    name = StringField("名称", [Name()], filters=[clean_line], render_kw={"autocomplete": "off"})
    active = BooleanField("在用", default=True)


class NewDivisionForm(ChineseForm):
    """A new place."""

    code = StringField(
        "统计用区划代码",
        [InputRequired("请填写代码。")],
        filters=[clean_line],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    name = StringField("名称", [Name()], filters=[clean_line], render_kw={"autocomplete": "off"})


class ImportForm(ChineseForm):
    """A table of places."""

    file = FileField("CSV 文件", [InputRequired()], render_kw={"accept": ".csv,text/csv"})


def read_table(content: bytes) -> list[dict[str, str | None]]:
    """Read an uploaded CSV, UTF-8 or GB18030 (Excel in China); raise Refused when it is none of ours."""
    if not content:
        raise Refused("请选择一个 CSV 文件。")
    if len(content) > MAX_IMPORT_BYTES:
        raise Refused("文件太大，最多 8 MB。请分几次导入。")
    try:
        reader = csv.DictReader(io.StringIO(decoded(content), newline=""), strict=True)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        # Blank lines are passed over, so each row says which line it is.
        rows = [] if missing else [row | {"line": str(reader.line_num)} for row in reader]
    except csv.Error as error:
        raise Refused("文件不是完整的 CSV，请从表格软件里另存为 CSV 再试。") from error
    if missing:
        raise Refused(f"第一行缺少这些列名：{'、'.join(missing)}。第一行要写：{','.join(COLUMNS)}。")
    if not rows:
        raise Refused("文件里除了列名没有内容。")
    return rows
