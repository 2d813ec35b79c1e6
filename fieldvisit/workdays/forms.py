"""What administrators paste or upload."""

from __future__ import annotations

from wtforms import FileField, Form, TextAreaField

MAX_BYTES = 64 * 1024


class NoticeForm(Form):
    """A year's days as lines, typed or as a file."""

    lines = TextAreaField("一行一天", render_kw={"class": "lines", "spellcheck": "false", "autocomplete": "off"})
    file = FileField("CSV 文件", render_kw={"accept": ".csv,.txt,text/csv,text/plain"})
