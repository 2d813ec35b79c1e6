"""Form fields that clean what people type and word their errors in one way."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from wtforms import DateField, Form, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

Filter = Callable[[Any], Any]


def clean_text(value: str | None) -> str | None:
    """Trim text and drop control characters and lone surrogates; emoji and rare characters stay."""
    if value is None:
        return None
    kept = (c for c in value.replace("\r\n", "\n") if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def clean_line(value: str | None) -> str | None:
    """Clean text that is one line: line breaks become spaces."""
    cleaned = clean_text(value)
    return None if cleaned is None else " ".join(cleaned.split())


def _validators(label: str, longest: int, needed: bool) -> list[Any]:
    too_long = Length(max=longest, message=f"{label}太长了，最多 {longest} 个字。")
    # DataRequired looks at the cleaned text: blanks are nothing.
    return [DataRequired(f"请填写{label}。") if needed else Optional(), too_long]


def line(label: str, longest: int, *, needed: bool = False) -> StringField:
    """Return a one-line text field of at most `longest` characters."""
    return StringField(label, _validators(label, longest, needed), filters=[clean_line])


def text(label: str, longest: int, *, needed: bool = False) -> TextAreaField:
    """Return a text field of several lines and at most `longest` characters."""
    return TextAreaField(label, _validators(label, longest, needed), filters=[clean_text])


class DayField(DateField):
    """A day; what is not one gets a Chinese sentence and stays in the field."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read yyyy-mm-dd."""
        if not valuelist or not valuelist[0]:
            return
        try:
            self.data = date.fromisoformat(valuelist[0])
        except ValueError:
            self.data = None
            raise ValueError("请填写日期，如 2026-09-19。") from None


class NumberField(IntegerField):
    """A whole number; what is not one gets the given sentence."""

    def __init__(self, sentence: str, validators: list[Any], **options: Any) -> None:
        super().__init__(validators=validators, **options)
        self.sentence = sentence

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read digits."""
        if not valuelist or not valuelist[0]:
            return
        try:
            self.data = int(valuelist[0])
        except ValueError:
            self.data = None
            raise ValueError(self.sentence) from None


def first_error(form: Form) -> str:
    """Return one sentence for what is wrong with a form, for places that have room for one."""
    for field in form:
        for error in field.errors:
            return str(error)
    return "填写的内容有误，请检查。"
