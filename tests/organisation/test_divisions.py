"""Places: browsing, changing, importing."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from fieldvisit.accounts.models import Role
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.organisation import divisions, queries
from fieldvisit.organisation.models import Level
from tests.factories import COUNTY, TOWN, VILLAGE, Factory
from tests.person import Person

HEAD = "code,level,name,parent_code\n"
NEW_TOWN = "340212101,town,荻港镇,340212\n340212101200,village,杨湾村,340212101\n"


@pytest.fixture
def administrator(app: Flask, make: Factory) -> Person:
    return Person(app, make.cadre(Role.ADMINISTRATOR, unit=make.unit("区委", villages=())))


def upload(person: Person, content: bytes | str) -> str:
    raw = content.encode() if isinstance(content, str) else content
    answer = person.post("/organisation/divisions/import", {"file": (io.BytesIO(raw), "places.csv")})
    return answer.get_data(as_text=True) if answer.status_code == 422 else str(answer.location)


def name_of(code: str) -> str:
    return queries.division(code).full_name


def test_one_browses_from_the_county_down_to_a_village(administrator: Person) -> None:
    pages = ["/organisation/divisions"] + [f"/organisation/divisions/{code}" for code in (COUNTY, TOWN, VILLAGE)]
    for page, below in zip(pages, [COUNTY, TOWN, VILLAGE, None], strict=True):
        shown = administrator.get(page).get_data(as_text=True)
        assert below is None or f'href="/organisation/divisions/{below}"' in shown


def test_a_renamed_town_is_renamed_in_its_villages_names(administrator: Person) -> None:
    administrator.post(f"/organisation/divisions/{TOWN}", {"name": "繁阳街道", "active": "y"})
    assert name_of(VILLAGE) == "繁阳街道 缸窑村"


def test_a_renamed_village_keeps_its_town(administrator: Person) -> None:
    administrator.post(f"/organisation/divisions/{VILLAGE}", {"name": "新缸窑村", "active": "y"})
    assert name_of(VILLAGE) == "繁阳镇 新缸窑村"


def test_a_new_village_is_named_with_its_town(administrator: Person) -> None:
    administrator.post(f"/organisation/divisions/{TOWN}/add", {"code": "340212100300", "name": "䶮山村"})
    assert name_of("340212100300") == "繁阳镇 䶮山村"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"code": "", "name": "村"}, "请填写代码"),
        ({"code": "3402121003", "name": "村"}, "12 位数字"),
        ({"code": "34021210030x", "name": "村"}, "12 位数字"),
        ({"code": "340213100300", "name": "村"}, "开头"),
        ({"code": VILLAGE, "name": "村"}, "已经有了"),
        ({"code": "340212100300", "name": ""}, "请填写名称"),
        ({"code": "340212100300", "name": "长" * 61}, "最多 60"),
    ],
)
def test_a_wrong_new_place_is_told_and_not_added(administrator: Person, data: dict[str, Any], words: str) -> None:
    answer = administrator.post(f"/organisation/divisions/{TOWN}/add", data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert queries.find_division("340212100300") is None


def test_nothing_is_below_a_village(administrator: Person) -> None:
    answer = administrator.post(f"/organisation/divisions/{VILLAGE}/add", {"code": VILLAGE + "1", "name": "组"})
    assert answer.status_code == 422


def test_a_place_that_is_needed_stays_in_use(app: Flask, make: Factory) -> None:
    make.unit()
    for code, words in ((TOWN, "下面还有"), (VILLAGE, "还有单位")):
        with pytest.raises(Refused, match=words):
            divisions.change_division(None, queries.division(code), "名称", active=False)


def test_a_table_is_imported_in_any_order_of_its_lines(administrator: Person) -> None:
    lines = NEW_TOWN.splitlines(keepends=True)
    assert upload(administrator, HEAD + "".join(reversed(lines))) == "/organisation/divisions"
    assert name_of("340212101200") == "荻港镇 杨湾村"
    assert queries.division("340212101").level is Level.TOWN


def test_importing_again_changes_nothing(app: Flask, make: Factory) -> None:
    make.divisions()
    row = {"code": VILLAGE, "level": "village", "name": "缸窑村", "parent_code": TOWN}
    done = divisions.import_divisions(None, [row])
    assert (done.added, done.renamed, done.unchanged) == (0, 0, 1)


def test_an_import_renames_a_town_and_its_villages_full_names(app: Flask, make: Factory) -> None:
    make.divisions()
    row = {"code": TOWN, "level": "town", "name": "繁阳街道", "parent_code": COUNTY}
    assert divisions.import_divisions(None, [row]).renamed == 1
    db.session.commit()
    assert name_of(VILLAGE) == "繁阳街道 缸窑村"


def test_a_county_alone_becomes_the_top(app: Flask) -> None:
    row = {"code": "340281", "level": "county", "name": "无为市", "parent_code": "3402"}
    assert divisions.import_divisions(None, [row]).added == 1
    assert queries.division("340281").parent_code is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("340212102,town,孙村镇,340299", "第 4 行：上级 340299 不在"),
        ("340212102,hamlet,孙村镇,340212", "第 4 行：level 列是“hamlet”"),
        ("34021210,town,孙村镇,340212", "第 4 行：乡镇街道的代码要 9 位数字"),
        ("340213102,town,孙村镇,340212", "第 4 行：代码要以上级的代码 340212 开头"),
        ("340212102,town,,340212", "第 4 行：请填写名称"),
        ("340212101,town,孙村镇,340212", "第 4 行：代码 340212101 和第 2 行重复"),
        ("340212102200,village,某村,340212", "第 4 行：上级 340212 不是"),
        ("", None),
        ("340212102", "第 4 行：level 列是“”"),
        ("340212102,town,<b>镇</b>,999", "上级 999"),
    ],
)
def test_a_wrong_line_is_told_with_its_number_and_nothing_is_imported(
    administrator: Person, line: str, words: str | None
) -> None:
    page = upload(administrator, HEAD + NEW_TOWN + line + "\n")
    if words is None:
        assert page == "/organisation/divisions"
        return
    assert words in page
    assert queries.find_division("340212101") is None


def test_blank_lines_do_not_shift_the_line_numbers(administrator: Person) -> None:
    assert "第 4 行：" in upload(administrator, HEAD + "\n\n340212102,town,孙村镇,340299\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_the_encodings_that_spreadsheets_write(administrator: Person, encoding: str) -> None:
    upload(administrator, (HEAD + NEW_TOWN).replace("\n", "\r\n").encode(encoding))
    assert name_of("340212101200") == "荻港镇 杨湾村"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "请选择一个 CSV 文件"),
        (b"code,name\n1,2\n", "缺少这些列名：level、parent_code"),
        (HEAD.encode(), "没有内容"),
        (b"\x89PNG\r\n\x1a\n\xff\xff\x00\x00", "文字编码"),
        (HEAD.encode() + b'1,"2', "不是完整的 CSV"),
        (HEAD.encode() + b"340212102,town,a\0b,340212\n", "控制字符"),
    ],
)
def test_a_file_that_is_no_table_of_ours_is_refused_with_its_reason(
    administrator: Person, content: bytes, words: str
) -> None:
    assert words in upload(administrator, content)


def test_no_file_is_refused_with_its_reason(administrator: Person) -> None:
    answer = administrator.post("/organisation/divisions/import", {})
    assert answer.status_code == 422
    assert "请选择一个 CSV 文件" in answer.get_data(as_text=True)
