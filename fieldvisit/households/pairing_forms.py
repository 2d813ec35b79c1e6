"""Forms of pairings: from which day, until which day, to whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from wtforms import DateField, Field, Form
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.form import BaseForm

from fieldvisit import clock
from fieldvisit.households.forms import OneOf, required


class Needed:
    """Mark a field as needed, for one that refuses emptiness itself."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Refuse nothing."""


class Day(DateField):
    """A day in a sensible range, refused in Chinese."""

    @property
    def day(self) -> date:
        """Return the day of a form that is valid."""
        if self.data is None:
            raise ValueError("no day: validate the form first")
        return self.data

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a day; a wrong one has a sentence."""
        text = valuelist[0].strip() if valuelist else ""
        try:
            self.data = date.fromisoformat(text)
        except ValueError as error:
            self.data = None
            raise ValueError("请选择日期。") from error
        if not date(2000, 1, 1) <= self.data <= date(clock.today().year + 5, 12, 31):
            raise ValueError("日期不对，请选择 2000 年以后、五年以内的一天。")


class PairForm(Form):
    """From which day a cadre is paired."""

    starts_on = Day("从哪天起", [Needed()])


class EndForm(Form):
    """Until which day a cadre was paired."""

    ends_on = Day("到哪天止", [Needed()])


class MoveForm(Form):
    """Who takes a cadre's households over, from which day."""

    to = OneOf("接手的干部", [required("请选择接手的干部。")])
    day = Day("从哪天起", [Needed()])

    def offer(self, people: Iterable[Any]) -> None:
        """Set who may take over: rows with id, name and unit."""
        names = [SelectChoice(str(row.id), f"{row.name}（{row.unit}）") for row in people]
        self.to.choices = [SelectChoice("", "请选择"), *names]
