"""A resident's complaint in a real browser: form, receipt, a reload, a wrong form, the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from fieldvisit.accounts.models import Cadre, Role
from tests.browser.conftest import Devices
from tests.browser.watching import assert_accessible
from tests.complaints.filing import complaints, the_one
from tests.factories import COUNTY, Factory

Picture = Callable[[Page, str], Path]


@pytest.fixture
def officer(app: Flask, make: Factory) -> Cadre:
    """Somebody of the office, which answers."""
    return make.cadre(Role.OFFICE, unit=make.unit("区委群众工作部", division=COUNTY), name="孙丽")


def file_one(phone: Page) -> tuple[str, str]:
    """Fill the form from the sign-in page on, send it, and return number and code."""
    phone.goto("/sign-in")
    phone.get_by_role("link", name="投诉建议").click()
    phone.get_by_label("内容").fill("村口的路灯坏了两个月。\n晚上看不见路。")
    phone.get_by_label("请回电话给我").check()
    phone.get_by_role("textbox", name="电话").fill("139 0553 0009")
    phone.get_by_role("button", name="提交").click()
    number, code = phone.locator(".secret").all_inner_texts()
    return number, code


def test_a_resident_files_keeps_the_receipt_and_reads_the_answer(
    phone: Page, desk: Page, officer: Cadre, enter: Callable[[Page, Cadre], None], picture: Picture
) -> None:
    number, code = file_one(phone)
    picture(phone, "complaint-receipt")
    assert_accessible(phone)

    enter(desk, officer)
    desk.goto("/complaints/desk")
    desk.get_by_role("link", name=number).click()
    desk.get_by_role("button", name="显示号码").click()
    expect(desk.get_by_role("link", name="139 0553 0009")).to_be_visible()
    desk.get_by_label("答复", exact=True).fill("周五前修好。")
    desk.get_by_role("button", name="提交答复").click()
    expect(desk.get_by_text("答复已登记")).to_be_visible()
    picture(desk, "complaint-just-answered")

    phone.get_by_role("link", name="查答复").click()
    phone.get_by_label("回执编号").fill(number)
    phone.get_by_label("查询码").fill(code)
    phone.get_by_role("button", name="查询").click()
    expect(phone.get_by_text("周五前修好。")).to_be_visible()
    picture(phone, "complaint-state")
    assert_accessible(phone)


def test_reloading_the_receipt_files_nothing_more(phone: Page, officer: Cadre) -> None:
    receipt = file_one(phone)
    phone.reload()
    assert tuple(phone.locator(".secret").all_inner_texts()) == receipt
    assert the_one().number == receipt[0]


def test_the_receipt_prints_without_buttons_and_with_number_and_code(
    phone: Page, officer: Cadre, picture: Picture
) -> None:
    file_one(phone)
    phone.emulate_media(media="print")
    picture(phone, "complaint-receipt-print")
    expect(phone.get_by_role("link")).to_have_count(0)
    expect(phone.locator(".secret").last).to_be_visible()


def test_a_wrong_form_says_so_at_its_field_and_keeps_the_words(
    phone: Page, officer: Cadre, opened: Devices, picture: Picture
) -> None:
    opened.forgiven.append("422")
    phone.goto("/complaints")
    phone.get_by_label("内容").fill("路灯坏了")
    phone.get_by_label("请回电话给我").check()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("textbox", name="电话")).to_have_attribute("aria-invalid", "true")
    expect(phone.get_by_text("要回电话，请留下电话号码")).to_have_count(2)
    expect(phone.get_by_label("内容")).to_have_value("路灯坏了")
    picture(phone, "complaint-form-wrong")
    assert_accessible(phone)
    assert re.search("/complaints$", phone.url)
    assert complaints() == []
