"""Facts about importing a year's days off, and about the warning while one is missing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.accounts.models import Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.workdays import actions, queries
from fieldvisit.workdays.models import StoredDay
from fieldvisit.workdays.notice import SHIPPED, Notice, read_notice
from fieldvisit.workdays.rules import Kind, SpecialDay, is_working_day
from tests.factories import Factory
from tests.person import Person

TODAY = date(2026, 11, 24)
WHOLE = "2027-01-01,休,元旦\n2027/2/6,休,春节\n2027-02-13,班,春节\n2027-05-01,休,劳动节\n2027-10-01,休,国庆节\n"
NOON = "2026-11-24T04:00:00Z"


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    """It is the end of November 2026."""
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def administrator(app: Flask, make: Factory) -> Person:
    return Person(app, make.cadre(Role.ADMINISTRATOR))


def stored() -> list[date]:
    return list(db.session.scalars(sa.select(StoredDay.day).order_by(StoredDay.day)))


def send(person: Person, lines: str = "", file: bytes | None = None) -> str:
    uploaded = {} if file is None else {"file": (io.BytesIO(file), "2027.csv")}
    answer = person.post("/workdays", {"lines": lines} | uploaded, content_type="multipart/form-data")
    return answer.text if answer.status_code == 422 else str(answer.location)


def test_a_year_is_imported_from_the_box(administrator: Person) -> None:
    assert send(administrator, WHOLE) == "/workdays"
    table = queries.table()
    assert 2027 in table.years
    assert not is_working_day(date(2027, 2, 6), table)
    assert is_working_day(date(2027, 2, 13), table)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_year_is_imported_from_a_file_as_spreadsheets_write_it(administrator: Person, encoding: str) -> None:
    content = ("日期,休|班,名称\n" + WHOLE).replace("\n", "\r\n").encode(encoding)
    assert send(administrator, "nonsense that the file overrides", content) == "/workdays"
    assert len(stored()) == 5


def test_a_year_is_replaced_as_a_whole_and_others_stay(administrator: Person) -> None:
    send(administrator, WHOLE + WHOLE.replace("2027", "2028").replace("2028-02-13", "2028-02-12"))
    send(administrator, WHOLE.replace("2027-02-13,班,春节\n", ""))
    assert [day.year for day in stored()] == [2027] * 4 + [2028] * 5


def test_an_imported_year_takes_the_place_of_the_one_that_comes_with_the_program(administrator: Person) -> None:
    own = WHOLE.replace("2027", "2026").replace("2026-02-13,班,春节\n", "")
    send(administrator, own)
    table = queries.table()
    assert is_working_day(date(2026, 2, 16), table)
    assert table.years == {2025, 2026}


def test_new_year_may_begin_in_the_december_before(app: Flask) -> None:
    notice = read_notice("2026-12-31,休,元旦\n" + WHOLE, TODAY)
    assert notice.errors == ()
    assert notice.years == [2027]
    actions.import_notice(None, notice)
    db.session.commit()
    assert {2025, 2026, 2027} == queries.table().years
    assert not is_working_day(date(2026, 12, 31), queries.table())
    assert not is_working_day(date(2026, 10, 1), queries.table())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2027-13-01,休", "第 6 行：日期“2027-13-01”不对"),
        ("2027-02-30,休", "第 6 行：日期“2027-02-30”不对"),
        ("二月六日,休", "第 6 行：日期“二月六日”不对"),
        ("２０２７-01-02,休", "第 6 行：日期"),
        ("2027-01/02,休", "第 6 行：日期“2027-01/02”不对"),
        ("2072-01-01,休", "第 6 行：2072 年不对"),
        ("2019-01-01,休", "第 6 行：2019 年不对"),
        ("2027-01-02", "第 6 行：要写成"),
        ("2027-01-02,休,元旦,多", "第 6 行：要写成"),
        ("2027-01-02,放", "第 6 行：第二格是“放”"),
        ("2027-01-04,班", "第 6 行：2027-01-04 是星期一，本来就上班"),
        ("2027-01-01,休", "第 6 行：2027-01-01 和第 1 行重复"),
        ("2027-01-02,休," + "长" * 21, "第 6 行：名称最多 20"),
        ("2027-01-02,<b>", "第 6 行：第二格是“&lt;b&gt;”"),
    ],
)
def test_a_wrong_line_is_told_with_its_number_and_nothing_is_stored(
    administrator: Person, line: str, words: str
) -> None:
    page = send(administrator, WHOLE + line)
    assert words in page
    assert "2027/2/6,休,春节" in page, "what was typed stays"
    assert stored() == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("", "没有内容"),
        ("日期,休|班\n\n , \n", "没有内容"),
        ("2027-01-01,休\n2027-05-01,休", "2027 年没有写国庆节（10月1日）休"),
        ("2027-10-01,休\n2027-05-01,休", "2027 年没有写元旦（1月1日）休"),
        ("2027-01-01,休\n" * 1001, "行数太多"),
        ("x" * (64 * 1024 + 1), "内容太多"),
    ],
)
def test_what_is_no_whole_year_is_refused(administrator: Person, lines: str, words: str) -> None:
    assert words in send(administrator, lines)
    assert stored() == []


@pytest.mark.parametrize(("content", "words"), [(b"\x89PNG\xff\xff\x00", "文字编码"), (b"1" * 70_000, "内容太多")])
def test_a_file_that_is_none_of_ours_is_refused(administrator: Person, content: bytes, words: str) -> None:
    assert words in send(administrator, "", content)


def test_pasted_tabs_full_width_commas_and_empty_third_cells_are_understood() -> None:
    notice = read_notice("2027-01-01\t休\t元旦\n2027/5/1，休\n2027.10.1,休,\n", TODAY)
    assert [(entry.day, entry.kind, entry.name) for entry in notice.entries] == [
        (date(2027, 1, 1), Kind.HOLIDAY, "元旦"),
        (date(2027, 5, 1), Kind.HOLIDAY, ""),
        (date(2027, 10, 1), Kind.HOLIDAY, ""),
    ]
    assert notice.errors == ()


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    notice = read_notice(text, TODAY)
    assert notice.errors or notice.entries


def test_a_notice_with_errors_is_never_stored(app: Flask) -> None:
    entry = SpecialDay(date(2027, 1, 1), 2027, Kind.HOLIDAY)
    for notice in (Notice((entry,), ((1, "错"),)), Notice((), ())):
        with pytest.raises(Refused):
            actions.import_notice(None, notice)
    assert stored() == []


def test_the_shipped_file_reads_as_an_administrators_would() -> None:
    assert read_notice(SHIPPED.read_text(encoding="utf-8"), TODAY).errors == ()


def test_an_import_is_on_record_with_its_years(administrator: Person) -> None:
    send(administrator, WHOLE)
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "workdays_imported")).one()
    assert event.detail == {"years": [2027], "days": 5}
    assert administrator.cadre is not None
    assert event.actor_id == administrator.cadre.id


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_see_or_change_the_days(app: Flask, make: Factory, role: Role) -> None:
    person = Person(app, make.cadre(role))
    assert person.get("/workdays").status_code == 404
    assert person.post("/workdays", {"lines": WHOLE}).status_code == 404
    assert stored() == []


# The warning


@pytest.mark.parametrize(
    ("role", "page"),
    [(Role.OFFICE, "/reviews"), (Role.ADMINISTRATOR, "/households"), (Role.ADMINISTRATOR, "/workdays")],
)
def test_a_missing_year_is_told_where_it_is_read_until_it_is_imported(
    app: Flask, make: Factory, administrator: Person, role: Role, page: str
) -> None:
    cadre = make.cadre(role)
    assert "明年（2027 年）的放假安排还没有导入，到期日暂按周一到周五推算" in Person(app, cadre).get(page).text
    with time_machine.travel("2026-10-30T04:00:00Z"):
        assert "还没有导入" not in Person(app, cadre).get(page).text
    send(administrator, WHOLE)
    assert "还没有导入" not in Person(app, cadre).get(page).text
    with time_machine.travel("2028-03-01T04:00:00Z"):
        assert "今年（2028 年）的放假安排还没有导入" in Person(app, cadre).get(page).text


@pytest.mark.parametrize(
    ("role", "page"), [(Role.CADRE, "/"), (Role.SUPERVISOR, "/reviews"), (Role.HANDLER, "/me"), (Role.OFFICE, "/me")]
)
def test_nobody_else_and_no_other_page_is_bothered_with_it(app: Flask, make: Factory, role: Role, page: str) -> None:
    assert "还没有导入" not in Person(app, make.cadre(role)).get(page).text
