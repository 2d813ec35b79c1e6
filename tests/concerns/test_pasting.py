"""Facts about importing a table that is pasted from a spreadsheet."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import importing, tables
from fieldvisit.concerns.models import Concern
from fieldvisit.extensions import db
from fieldvisit.security import MAX_BODY_BYTES, MAX_TEXT_BYTES
from tests.concerns.making import Ledger
from tests.concerns.test_many import HEADS, PIPE, as_csv
from tests.person import Person


def copied(*rows: list[str]) -> str:
    return "\r\n".join("\t".join(row) for row in (HEADS, *rows)) + "\r\n"


def paste(app: Flask, who: Cadre | None, text: str, step: str = "register", file: bytes = b"") -> TestResponse:
    # Made by hand: werkzeug's own maker of forms leaves the file open through which it sends large ones.
    fields = {'name="pasted"': text.encode(), 'name="step"': step.encode(), 'name="file"; filename="x"': file}
    parts = [b"--b\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (k.encode(), v) for k, v in fields.items()]
    body = b"".join([*parts, b"--b--\r\n"])
    kind = "multipart/form-data; boundary=b"
    return Person(app, who).post("/concerns/import", body, content_type=kind, fragment=True)


def numbers() -> list[str | None]:
    return [row.external_number for row in db.session.query(Concern).order_by(Concern.id)]


def test_a_pasted_table_is_checked_and_registered_as_a_file_is(app: Flask, ledger: Ledger) -> None:
    text = copied(PIPE, ["GD002", "", *PIPE[2:]], PIPE)
    by_file = Person(app, ledger.officer).post(
        "/concerns/import",
        {"file": (io.BytesIO(as_csv(PIPE, ["GD002", "", *PIPE[2:]], PIPE)), "12345.csv"), "step": "preview"},
        content_type="multipart/form-data",
        fragment=True,
    )
    preview = paste(app, ledger.officer, text, "preview").text
    assert preview == by_file.text
    for words in ("可以登记 1 件", "1 件以前登记过或在表里重复", "第 3 行：没有写内容"):
        assert words in preview
    assert numbers() == []
    assert paste(app, ledger.officer, text).status_code == 200
    assert numbers() == ["GD001"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\tb\rc\t\r", [["a", "b"], ["c", ""]]),
        ("\n\na\t\tb\n\n\t\n", [["a", "", "b"]]),
        ('a\t"第一行\n第""二""行"\nc', [["a", '第一行\n第"二"行'], ["c"]]),
        ('"没有合上\tb\nc\td', [['"没有合上', "b"], ["c", "d"]]),
        ('"急"件\t"b"\nc', [['"急"件', "b"], ["c"]]),
        ('5"管\tb', [['5"管', "b"]]),
    ],
)
def test_cells_are_read_as_spreadsheets_copy_them(text: str, rows: list[list[str]]) -> None:
    assert tables.rows_pasted(text) == rows


def test_five_thousand_long_rows_are_registered_and_one_more_is_refused(app: Flask, ledger: Ledger) -> None:
    rows = [[f"GD{n:05}", f"{n}组水管破了，{'请来看看，' * 30}", *PIPE[2:]] for n in range(importing.MOST_ROWS + 1)]
    assert len(copied(*rows).encode()) > MAX_TEXT_BYTES
    refused = paste(app, ledger.officer, copied(*rows), "preview")
    assert (refused.status_code, "一次最多导入 5000 行，这个表有 5001 行" in refused.text) == (422, True)
    assert "可以登记 5000 件" in paste(app, ledger.officer, copied(*rows[:-1]), "preview").text
    paste(app, ledger.officer, copied(*rows[:-1]))
    assert numbers() == [row[0] for row in rows[:-1]]


@pytest.mark.parametrize(
    ("text", "status", "sentence"),
    [
        (" \r\n\t", 422, "请选择一个 Excel（.xlsx）或 CSV 文件，或者粘贴表格"),
        ("路灯坏了", 422, "没有“编号”“内容”这一列"),
        ("字" * (tables.MOST_BYTES // 3 + 1), 422, "粘贴的内容太多，最多 8 MB"),
        ("字" * (MAX_BODY_BYTES // 3), 413, "表格请分几次导入"),
    ],
)
def test_what_is_no_table_or_too_much_is_told_in_words(
    app: Flask, ledger: Ledger, text: str, status: int, sentence: str
) -> None:
    answer = paste(app, ledger.officer, text, "preview")
    assert (answer.status_code, sentence in answer.text) == (status, True)


def test_a_file_and_a_pasted_table_at_once_are_not_guessed_between(app: Flask, ledger: Ledger) -> None:
    answer = paste(app, ledger.officer, copied(PIPE), file=as_csv(PIPE))
    assert (answer.status_code, "分不清要哪一个" in answer.text) == (422, True)
    assert numbers() == []


def test_what_was_pasted_is_still_there_without_a_script(app: Flask, ledger: Ledger) -> None:
    form = {"pasted": f"\n{copied(['GD<1>', *PIPE[1:]])}", "step": "preview"}
    answer = Person(app, ledger.officer).post("/concerns/import", form, content_type="multipart/form-data")
    assert "可以登记 1 件" in answer.text
    # A browser drops the line break after the tag.
    assert f">\n\n{HEADS[0]}\t" in answer.text
    assert "GD&lt;1&gt;\t" in answer.text


@pytest.mark.parametrize("who", ["cadre", "supervisor", "mayor", "handler"])
def test_only_the_office_pastes(app: Flask, ledger: Ledger, who: str) -> None:
    assert paste(app, getattr(ledger, who), copied(PIPE)).status_code == 404
    assert numbers() == []


def test_nobody_who_is_not_signed_in_sends_long_text(app: Flask, ledger: Ledger) -> None:
    assert paste(app, None, "字" * MAX_TEXT_BYTES).status_code == 413
