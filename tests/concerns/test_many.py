"""Facts about many concerns at once: dispatched together, taken along as a table, imported from another system."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.concerns import actions, queries, registering
from fieldvisit.concerns.models import Concern, ConcernStep, ConcernUnit
from fieldvisit.concerns.rules import State, Step
from fieldvisit.extensions import db
from tests.concerns.making import Ledger
from tests.factories import COUNTY, TOWN, VILLAGE
from tests.person import Person

Form = dict[str, Any]


def dispatch(app: Flask, who: Cadre, concerns: list[Concern], **form: Any) -> TestResponse:
    pairs = [f"{concern.id}:{concern.version}" for concern in concerns]
    fields: Form = {"which": "ticked", "unit_choice": "suggested", "pick": pairs} | form
    return Person(app, who).post("/concerns/dispatch?list=new", fields, fragment=True)


# Dispatch


def test_ticked_ones_go_each_to_its_suggested_unit(app: Flask, ledger: Ledger) -> None:
    pipe, left, other = ledger.register(), ledger.register(), ledger.register(domain="0205")
    answer = dispatch(app, ledger.officer, [pipe, other])
    assert "2 件已交办。" in answer.text
    assert [c.handling_unit_id for c in (pipe, other)] == [ledger.lead.id, ledger.lead.id]
    assert left.state is State.REGISTERED
    assert queries.last_step(pipe.id).step is Step.DISPATCH


def test_all_shown_go_to_one_chosen_unit(app: Flask, ledger: Ledger) -> None:
    made = [ledger.register(), ledger.register()]
    pairs = [f"{concern.id}:{concern.version}" for concern in made]
    answer = dispatch(app, ledger.officer, [], which="shown", shown=pairs, unit_choice=str(ledger.town.id))
    assert "2 件已交办。" in answer.text
    assert {concern.handling_unit_id for concern in made} == {ledger.town.id}


def test_what_somebody_else_has_handled_meanwhile_stays_and_is_told(app: Flask, ledger: Ledger) -> None:
    mine, theirs = ledger.register(), ledger.register()
    pairs = [f"{concern.id}:{concern.version}" for concern in (mine, theirs)]
    actions.dispatch(ledger.officer, theirs, theirs.version, ledger.town.id)
    db.session.commit()
    answer = dispatch(app, ledger.officer, [], pick=pairs)
    assert "1 件已交办，1 件刚被别人处理。" in answer.text
    assert f"{theirs.number}：您打开之后，孙丽已经交办了这件" in answer.text
    assert (mine.handling_unit_id, theirs.handling_unit_id) == (ledger.lead.id, ledger.town.id)


def test_one_without_a_suggested_unit_is_left_and_told(app: Flask, ledger: Ledger) -> None:
    concern = ledger.register(domain="0101")
    answer = dispatch(app, ledger.officer, [concern])
    assert "1 件没有交办" in answer.text
    assert "没有建议的承办单位" in answer.text
    assert concern.state is State.REGISTERED


@pytest.mark.parametrize("unit", ["x", "0", "999999", "99999999999"])
def test_a_unit_that_does_not_exist_gets_nothing(app: Flask, ledger: Ledger, unit: str) -> None:
    concern = ledger.register()
    assert "请选择承办单位" in dispatch(app, ledger.officer, [concern], unit_choice=unit).text
    assert concern.state is State.REGISTERED


def test_none_ticked_is_said(app: Flask, ledger: Ledger) -> None:
    for picked in ([], ["x:1", "1", ":", "99999999999:1"]):
        answer = dispatch(app, ledger.officer, [], pick=picked)
        assert answer.status_code == 422
        assert "请先勾选" in answer.text


def test_a_confidential_one_about_the_office_itself_is_neither_given_nor_named(app: Flask, ledger: Ledger) -> None:
    secret = ledger.register(nature="report", reported_cadre_id=ledger.officer.id)
    answer = dispatch(app, ledger.officer, [secret])
    assert secret.number not in answer.text
    assert secret.state is State.REGISTERED


def test_a_confidential_one_is_never_given_away_with_others(app: Flask, ledger: Ledger) -> None:
    secret, other = ledger.register(nature="report"), ledger.register()
    answer = dispatch(app, ledger.officer, [secret, other])
    assert f"{secret.number}：是密件，请打开单独交办" in answer.text
    assert (secret.state, other.state) == (State.REGISTERED, State.ASSIGNED)


@pytest.mark.parametrize("who", ["cadre", "supervisor", "mayor", "handler"])
def test_only_the_office_dispatches_or_imports_many(app: Flask, ledger: Ledger, who: str) -> None:
    concern = ledger.register()
    assert dispatch(app, getattr(ledger, who), [concern]).status_code == 404
    assert Person(app, getattr(ledger, who)).get("/concerns/import").status_code == 404
    assert Person(app, getattr(ledger, who)).post("/concerns/import").status_code == 404


# Taken along


def taken(app: Flask, who: Cadre, query: str = "list=all") -> list[tuple[Any, ...]]:
    answer = Person(app, who).post(f"/concerns/export?{query}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert sheet.freeze_panes == "B2"
    return list(sheet.iter_rows(values_only=True))


def test_the_table_has_real_dates_and_numbers_and_no_names(app: Flask, ledger: Ledger) -> None:
    concern = ledger.at_home(people=12, asker_name="赵六一", asker_phone="13805530001")
    heads, row = taken(app, ledger.officer)
    values = dict(zip(heads, row, strict=True))
    assert (values["编号"], values["人数"]) == (concern.number, 12)
    assert values["登记日期"] == datetime.combine(clock.today(), datetime.min.time())
    assert not any(word in str(row) for word in ("赵六一", "李桂英", "5530001"))


@pytest.mark.parametrize("words", ["=1+1", "+86", "-5", "@SUM(A1)", '=HYPERLINK("x")\x07'])
def test_what_looks_like_a_formula_stays_text(app: Flask, ledger: Ledger, words: str) -> None:
    ledger.register(words=words)
    answer = Person(app, ledger.officer).post("/concerns/export?list=all")
    cell = load_workbook(io.BytesIO(answer.data)).worksheets[0]["H2"]
    assert (cell.value, cell.data_type) == (words.replace("\x07", ""), "s")


def test_the_table_is_the_list_as_shown_on_all_pages(
    app: Flask, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldvisit.concerns.list_queries.EXPORT_PAGE", 2)
    made = [ledger.register().number for _ in range(5)]
    ledger.register(domain="0101", words="路灯不亮")
    assert [row[0] for row in taken(app, ledger.officer, "list=all&domain=0207")[1:]] == made[::-1]
    assert [row[0] for row in taken(app, ledger.officer, "list=new&q=水管")[1:]] == made[::-1]
    monkeypatch.setattr("fieldvisit.concerns.export.MOST_ROWS", 3)
    assert len(taken(app, ledger.officer)) == 4


def test_who_took_which_list_is_on_record_without_the_words(app: Flask, ledger: Ledger) -> None:
    ledger.register()
    taken(app, ledger.officer, "list=all&q=水管")
    event = db.session.query(AuditEvent).order_by(AuditEvent.id.desc()).first()
    assert event is not None
    assert (event.actor_id, event.action) == (ledger.officer.id, "concerns_exported")
    assert event.detail == {"rows": 1, "seat": "office", "list": "all"}


@pytest.mark.parametrize("who", ["cadre", "supervisor", "mayor"])
def test_a_confidential_one_is_in_no_table_of_theirs(app: Flask, ledger: Ledger, who: str) -> None:
    household = ledger.make.household("李桂英", paired=ledger.cadre)
    ledger.dispatched(ledger.register(nature="report", household_id=household.id))
    for chip in ("all", "in_hand", "secret"):
        assert len(taken(app, getattr(ledger, who), f"list={chip}")) == 1


# Imported

HEADS = ["工单编号", "反映内容", "社区", "乡镇", "地址", "类型", "领域", "等级", "人数", "来电人", "来电号码"]
PIPE = ["GD001", "水管破了三天", "缸窑村", "繁阳镇", "5组", "求助", "供水排水", "A", "12", "赵六一", "13805530001"]


def as_csv(*rows: list[str], encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEADS, *rows])
    return text.getvalue().encode(encoding)


def as_xlsx(*rows: list[Any]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in (HEADS, *rows):
        book.worksheets[0].append(row)
    book.save(file)
    return file.getvalue()


def send(app: Flask, who: Cadre, content: bytes, step: str = "register", **options: Any) -> TestResponse:
    form = {"file": (io.BytesIO(content), "12345.csv"), "step": step}
    return Person(app, who).post("/concerns/import", form, content_type="multipart/form-data", **options)


@pytest.mark.parametrize(
    "content",
    [as_csv(PIPE), as_csv(PIPE, encoding="gb18030"), as_xlsx([*PIPE[:8], 12, "赵六一", 13805530001])],
    ids=["utf-8", "gb18030", "xlsx"],
)
def test_a_row_becomes_a_concern_as_if_registered_by_hand(app: Flask, ledger: Ledger, content: bytes) -> None:
    by_hand = ledger.register(ledger.officer, channel="hotline_12345")
    assert send(app, ledger.officer, content).status_code == 303
    concern = db.session.query(Concern).order_by(Concern.id.desc()).first()
    assert concern is not None
    assert concern.number == f"{by_hand.number[:-4]}0002"
    same = ("county_code", "village_code", "channel", "nature", "domain", "state", "stage", "clock_on", "registered_on",
            "locality_unit_id", "lead_unit_id", "contact_unit_id", "registered_by", "version")  # fmt: skip
    assert [getattr(concern, name) for name in same] == [getattr(by_hand, name) for name in same]
    assert (concern.external_number, concern.level, concern.people) == ("GD001", "A", 12)
    assert (concern.asker_name, concern.asker_phone, concern.place) == ("赵六一", "13805530001", "5组")
    units = [{row.unit_id for row in queries.units_of(c.id)} for c in (by_hand, concern)]
    assert units[0] == units[1]
    assert queries.last_step(concern.id).step is Step.REGISTER
    assert concern.number in Person(app, ledger.officer).get("/concerns?list=all&q=三天").text


def test_a_preview_registers_nothing(app: Flask, ledger: Ledger) -> None:
    answer = send(app, ledger.officer, as_csv(PIPE), "preview", fragment=True)
    assert "可以登记 1 件" in answer.text
    assert "城乡建设 · 供水排水" in answer.text
    assert db.session.query(Concern).count() == 0


def test_what_was_imported_before_or_stands_twice_is_passed_over(app: Flask, ledger: Ledger) -> None:
    send(app, ledger.officer, as_csv(PIPE))
    content = as_csv(PIPE, ["GD002", *PIPE[1:]], ["GD002", *PIPE[1:]])
    assert "2 件以前登记过" in send(app, ledger.officer, content, "preview").text
    send(app, ledger.officer, content)
    assert [row.external_number for row in db.session.query(Concern).order_by(Concern.id)] == ["GD001", "GD002"]


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        (0, "", "没有编号"),
        (0, "长" * 41, "编号太长，最多 40 个字"),
        (1, "", "没有写内容"),
        (1, "长" * 2001, "内容太长，最多 2000 个字"),
        (1, "身份证 340212196105120012", "像是有身份证号"),
        (2, "不存在村", "不在本辖区的区划里"),
        (5, "胡说", "性质“胡说”不在列表里"),
        (7, "甲", "等级“甲”不对"),
        (8, "很多", "人数“很多”不对"),
        (10, "12", "电话不对"),
    ],
)
def test_a_wrong_row_is_told_by_its_line_and_left_out(
    app: Flask, ledger: Ledger, place: int, value: str, sentence: str
) -> None:
    wrong = [*PIPE]
    wrong[place] = value
    content = as_csv(["GD009", *PIPE[1:]], wrong)
    preview = send(app, ledger.officer, content, "preview").text
    assert "第 3 行：" in preview
    assert sentence in preview
    send(app, ledger.officer, content)
    assert [row.external_number for row in db.session.query(Concern)] == ["GD009"]


def test_places_go_by_code_by_name_with_the_town_or_are_the_whole_county(app: Flask, ledger: Ledger) -> None:
    ways = [(VILLAGE, ""), ("缸窑村", ""), ("缸窑村", "繁阳镇"), ("", "繁阳镇"), ("", "")]
    rows = [[f"N{n}", *PIPE[1:2], village, town, *PIPE[4:]] for n, (village, town) in enumerate(ways)]
    send(app, ledger.officer, as_csv(*rows))
    codes = [row.village_code for row in db.session.query(Concern).order_by(Concern.id)]
    assert codes == [VILLAGE, VILLAGE, VILLAGE, TOWN, COUNTY]


def test_what_is_left_open_is_suggested_and_a_report_is_confidential(app: Flask, ledger: Ledger) -> None:
    rows = [
        ["N1", "停水两天", *PIPE[2:5], "", "水务类", "", "", "", ""],
        ["N2", "说不清", *PIPE[2:5], "举报", *[""] * 5],
    ]
    send(app, ledger.officer, as_csv(*rows))
    first, second = db.session.query(Concern).order_by(Concern.id)
    assert (first.nature, first.domain, first.level, first.is_anonymous) == ("help", "0207", "A", True)
    assert (second.domain, second.restricted, "密" in second.number) == ("9901", True, True)
    assert queries.units_of(second.id) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "请选择一个"),
        (b"PK\x03\x04 broken", "打不开"),
        ("姓名,电话\n".encode(), "没有“编号”“内容”这一列"),
        (b"\xff\xfe\x00", "编码认不出来"),
        (b"\"unfinished", "打不开"),
        (b"," * 100_001, "文件太大"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told_in_words(
    app: Flask, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, content: bytes, sentence: str
) -> None:
    monkeypatch.setattr("fieldvisit.concerns.tables.MOST_BYTES", 100_000)
    for step in ("preview", "register"):
        answer = send(app, ledger.officer, content, step)
        assert answer.status_code == 422
        assert sentence in answer.text


def test_too_many_rows_are_refused(app: Flask, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fieldvisit.concerns.importing.MOST_ROWS", 1)
    assert "一次最多导入 1 行" in send(app, ledger.officer, as_csv(PIPE, PIPE)).text


def test_an_office_that_governs_nothing_imports_nothing(app: Flask, ledger: Ledger) -> None:
    nowhere = ledger.make.cadre(Role.OFFICE, unit=ledger.make.unit("县外办", villages=()))
    assert "没有设管辖范围" in send(app, nowhere, as_csv(PIPE)).text


def test_an_import_is_all_or_nothing(app: Flask, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fieldvisit.concerns.import_queries.registered_numbers", lambda _who, _wanted: set())
    send(app, ledger.officer, as_csv(PIPE))
    answer = send(app, ledger.officer, as_csv(["GD002", *PIPE[1:]], PIPE))
    assert answer.status_code == 409
    assert "一行都没有登记" in answer.text
    assert db.session.query(Concern).count() == 1
    assert registering.register_many(ledger.officer, [ledger.entry()])[0].number.endswith("-0002")


def test_many_are_registered_with_few_queries(app: Flask, ledger: Ledger) -> None:
    concerns = registering.register_many(ledger.officer, [ledger.entry() for _ in range(300)])
    db.session.commit()
    assert [concern.number[-4:] for concern in concerns] == [f"{n:04}" for n in range(1, 301)]
    assert [concern.id for concern in concerns] == sorted(concern.id for concern in concerns)
    assert db.session.query(ConcernStep).count() == 300
    assert db.session.query(ConcernUnit).count() == 900
    assert {concern.registered_on for concern in concerns} == {clock.today()}
