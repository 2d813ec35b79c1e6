"""What is sent from the residents' page, read and checked."""

from __future__ import annotations

from wtforms import BooleanField, Field, Form
from wtforms.validators import ValidationError

from fieldvisit.fields import line, text
from fieldvisit.households.rules import phone_number
from fieldvisit.visits.forms import refuse_id_number

LONGEST_MESSAGE = 1000


class ReportForm(Form):
    """Something new that a resident reports, with a number for a call back."""

    words = text("您要反映的情况", LONGEST_MESSAGE, needed=True)
    phone = line("回电号码", 40)
    is_hidden = BooleanField("不给走访干部看")

    def validate_words(self, field: Field) -> None:
        """No ID-card number, nowhere."""
        refuse_id_number(field)

    def validate_phone(self, field: Field) -> None:
        """A number that can be called, or none."""
        if phone_number(field.data or "") is None:
            raise ValidationError("号码不对，请写手机号，或带区号的座机号，如 0553-1234567。")

    def number(self) -> str:
        """Return the number as it is stored, "" for none."""
        return phone_number(self.phone.data or "") or ""
