"""What the office types by hand for its monthly reports, and the words for what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from wtforms import Field, Form, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired

from fieldvisit.complaints.forms import AtMost
from fieldvisit.concerns.lists import Lists
from fieldvisit.errors import Refused
from fieldvisit.households.forms import OneOf, no_id_number, no_phone_number, one_line, some_lines, written_id
from fieldvisit.organisation.models import Division
from fieldvisit.reports.hand_models import HandFigure, Key
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import Basis, Weights
from fieldvisit.reports.snapshot import Kind, shown

MOST = 1_000_000
MOST_TENTHS = 100
NUMBERS = ("resolved", "partly_resolved", "unresolved")
LONGEST_WORDS = 500
# By their names in HandFigure.
FIGURES = {"petitions": "信访量", "agency": "代办量"}
POINTS = re.compile(r"([+-]?)(\d{1,2})(?:\.(\d))?")
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
BASIS_WORDS = {Basis.UNRESOLVED: "月底没有办结的都算", Basis.OVERDUE: "只算超过期限的，没到期的不算"}


def plain(text: str) -> str:
    """Return typed digits and signs in one spelling."""
    return unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").strip()


def figure(text: str) -> int | None:
    """Return the number that was typed, None for nothing; raise Refused with what is wrong."""
    typed = plain(text)
    if THOUSANDS.fullmatch(typed):
        typed = typed.replace(",", "")
    if not typed:
        return None
    if re.fullmatch(r"-\d+(\.\d+)?", typed):
        raise Refused("不能是负数。")
    if re.fullmatch(r"\d*\.\d+", typed):
        raise Refused("要填整数，不要小数。")
    if not (typed.isascii() and typed.isdigit()):
        raise Refused("请填数字；没有就空着。")
    if len(typed) > len(str(MOST)) or int(typed) > MOST:
        raise Refused(f"数字太大，最多 {MOST}。")
    return int(typed)


@dataclass
class Cell:
    """One figure as it is typed; `seen` is what the page showed when it was opened."""

    typed: str
    seen: str
    error: str = ""


class Grid:
    """The figures of some months as a form."""

    def __init__(
        self, months: Iterable[Month], held: Mapping[Month, HandFigure], typed: Mapping[str, str] | None = None
    ) -> None:
        self.months = list(months)
        self.cells = {(month, name): _cell(month, name, held, typed) for month in self.months for name in FIGURES}

    def changes(self) -> dict[Key, int | None]:
        """Return the figures that were typed anew, or none with sentences beside the cells that are wrong."""
        found: dict[Key, int | None] = {}
        for key, cell in self.cells.items():
            try:
                value = figure(cell.typed)
            except Refused as refused:
                cell.error = refused.message
            else:
                if value != self.seen(key):
                    found[key] = value
        return {} if self.has_errors() else found

    def seen(self, key: Key) -> int | None:
        """Return the figure that the page showed."""
        seen = self.cells[key].seen
        return int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= len(str(MOST)) else None

    def has_errors(self) -> bool:
        """Say whether something is wrong with a cell."""
        return any(cell.error for cell in self.cells.values())

    def show_theirs(self, theirs: Mapping[Key, int | None], by: Mapping[Month, str]) -> None:
        """Show what others have saved meanwhile beside what was typed; saving once more then replaces it."""
        for key, value in theirs.items():
            self.cells[key].seen = "" if value is None else str(value)
            says = f"改成了 {value}" if value is not None else "清空了这一格"
            self.cells[key].error = f"{by.get(key[0], '别人')}刚{says}。要用您填的，请再保存一次。"


def _cell(month: Month, name: str, held: Mapping[Month, HandFigure], data: Mapping[str, str] | None) -> Cell:
    number = getattr(held[month], name) if month in held else None
    present = "" if number is None else str(number)
    if data is None:
        return Cell(present, present)
    seen = data.get(f"seen-{name}-{month}", "")
    # A cell that did not come along was not touched.
    return Cell(data.get(f"{name}-{month}", seen)[:40], seen)


def tenths(text: str) -> int | None:
    """Return the points that were typed in tenths, None where they are none with at most one decimal."""
    found = POINTS.fullmatch(plain(text))
    if not found or not plain(text).isascii():
        return None
    number = int(found[2]) * 10 + int(found[3] or 0)
    return -number if found[1] == "-" else number


def points(label: str) -> StringField:
    """Return a field for points."""
    return StringField(
        label, [DataRequired("请填分数。"), _in_bounds], filters=[one_line], render_kw={"autocomplete": "off"}
    )


def _in_bounds(_form: Form, field: Field) -> None:
    value = tenths(field.data)
    if value is None:
        raise ValidationError("请填分数，最多一位小数，例如 1.0 或 -0.3。")
    if abs(value) > MOST_TENTHS:
        raise ValidationError("请填 -10 到 10 之间的分数。")


class SettingForm(Form):
    """How outcomes become a score; `seen` is what held when the page was opened, as `written` writes it."""

    seen = HiddenField()
    resolved = points("化解一件")
    partly_resolved = points("部分化解一件")
    unresolved = points("没有办结一件")
    basis = RadioField(
        "哪些算没有办结",
        [InputRequired("请选择一种。")],
        choices=[SelectChoice(basis.value, words) for basis, words in BASIS_WORDS.items()],
    )

    @classmethod
    def of(cls, held: Weights) -> SettingForm:
        """Make the form as the setting is now."""
        numbers = {name: shown(getattr(held, name), Kind.TENTHS) for name in NUMBERS}
        return cls(data={**numbers, "basis": held.basis.value, "seen": written(held)})

    def weights(self) -> Weights:
        """Return the weights of a valid form."""
        resolved, partly_resolved, unresolved = (tenths(self[name].data) or 0 for name in NUMBERS)
        return Weights(resolved, partly_resolved, unresolved, Basis(self.basis.data))

    def has_seen(self, held: Weights) -> bool:
        """Say whether these are the weights that the page showed."""
        return self.seen.data == written(held)


def written(held: Weights) -> str:
    """Write weights so that a form can tell whether they are still the same."""
    return f"{held.resolved} {held.partly_resolved} {held.unresolved} {held.basis.value}"


def words_of(held: Weights) -> str:
    """Say in one line how a county scores."""
    resolved, partly, against = (
        shown(value, Kind.TENTHS) for value in (held.resolved, held.partly_resolved, held.unresolved)
    )
    return f"化解 {resolved}，部分化解 {partly}，没有办结 {against}（{BASIS_WORDS[held.basis]}）"


def theme_words(label: str) -> TextAreaField:
    """Return a text that keeps neither ID-card nor phone numbers."""
    checks = [DataRequired(f"请填写{label}。"), AtMost(LONGEST_WORDS), no_id_number, no_phone_number]
    return TextAreaField(label, checks, filters=[some_lines], render_kw={"rows": 3})


class NewThemeForm(Form):
    """A new theme. `id` is made with the form: a second tap makes no second one."""

    id = HiddenField()
    place = OneOf("范围", [DataRequired("请选择范围。")])
    domain = OneOf("领域", [DataRequired("请选择领域。")])
    month = OneOf("从哪个月的月报起列出", [DataRequired("请选择月份。")])
    words = theme_words("建议调研什么")

    def offer(self, county: Division, towns: Iterable[Division], known: Lists, months: Sequence[Month]) -> None:
        """Set the choices, and give the form its id unless it has one."""
        self.place.choices = [(county.code, f"{county.name}全域"), *((town.code, town.name) for town in towns)]
        self.place.data = self.place.data or county.code
        self.domain.choices = [SelectChoice("", "请选择"), *_domains(known)]
        self.month.choices = month_choices(months)
        self.month.data = self.month.data or str(months[0])
        if written_id(self.id.data) is None:
            self.id.data = str(uuid4())

    def made_id(self) -> UUID:
        """Return the id that was made with the form."""
        uid = written_id(self.id.data)
        assert uid is not None
        return uid

    def values(self, county: Division) -> dict[str, Any]:
        """Return what a valid form says of the theme."""
        return {
            "town_code": None if self.place.data == county.code else self.place.data,
            "domain": self.domain.data,
            "month": Month.read(self.month.data),
            "words": self.words.data,
        }


def _domains(known: Lists) -> list[SelectChoice]:
    # What is said of officials' conduct is confidential, and so is where it is said.
    return [
        SelectChoice(entry.code, entry.label if entry.parent else f"{entry.label}（整个领域）", optgroup=top.label)
        for top in known.top_domains()
        for entry in (top, *known.below(top.code))
        if not entry.restricted and not top.restricted
    ]


def month_choices(months: Iterable[Month]) -> list[tuple[str, str]]:
    """Return months as choices."""
    return [(str(month), month.label) for month in months]


class ThemeForm(Form):
    """A change of a theme, and the version that the page showed."""

    version = HiddenField()

    def tell_apart(self, theme_id: UUID) -> None:
        """Give the fields ids of their own: there is a form for each theme on the page."""
        for field in self:
            field.id = f"{type(self).__name__}-{field.name}-{theme_id}"


class ThemeWordsForm(ThemeForm):
    """Other words for it."""

    words = theme_words("建议调研什么")


class SettleForm(ThemeForm):
    """What came of it."""

    month = OneOf("在哪个月办结", [DataRequired("请选择月份。")])
    words = theme_words("结果")

    def offer(self, months: Sequence[Month]) -> None:
        """Set the months to choose from."""
        self.month.choices = month_choices(months)
        self.month.data = self.month.data or str(months[0])
