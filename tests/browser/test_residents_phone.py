"""A contact card from paper to the resident's own phone: scanned, opened without script, judged, reported, printed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.followups.rules import FollowUpState, Mark, Outcome, Way
from fieldvisit.households.models import Household
from tests.browser.conftest import DESK, PHONE, Devices
from tests.browser.serving import Server
from tests.browser.watching import PICTURES, Bytes, assert_accessible, take_picture
from tests.cards.making import TODAY, Resident, judgements
from tests.factories import Factory
from tests.followups.making import promise

MOST_BYTES = 30 * 1024
WITHOUT_SCRIPT: dict[str, Any] = PHONE | {"java_script_enabled": False}
CARD_MM, MM_PER_INCH, CSS_PIXELS_PER_INCH = (90, 54), 25.4, 96
Enter = Callable[[Page, Cadre], None]


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """The cadre who hands the card out; a name and a unit as long as they come."""
    unit = make.unit("繁昌区住房和城乡建设局（区人民防空办公室）")
    return make.cadre(name="欧阳志远", phone="13805530001", unit=unit)


@pytest.fixture
def household(make: Factory, cadre: Cadre) -> Household:
    """The household that has it."""
    return make.household("李桂英", paired=cadre, group_no=5, door="17 号")


def scanned(place: Locator) -> list[str]:
    """Return what a decoder reads in a picture of a part of the page."""
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(place.screenshot())).convert("L"))]


def test_the_code_on_the_phone_and_on_paper_is_the_link_that_opens_the_page(
    opened: Devices, server: Server, phone: Page, enter: Enter, app: Flask, cadre: Cadre, household: Household
) -> None:
    enter(phone, cadre)
    phone.goto(f"/households/{household.id}/card")
    (on_phone,) = scanned(phone.locator(".scan"))
    assert on_phone == f"{server.url}/r/{Resident(app, cadre, household).token}"
    phone.get_by_role("link", name="打印这一户的卡").click()
    assert scanned(phone.locator(".paper-code")) == [on_phone]
    resident = opened.open(WITHOUT_SCRIPT, server)
    answer = resident.goto(on_phone, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200


def test_without_script_a_resident_opens_judges_and_reports(
    opened: Devices, server: Server, app: Flask, cadre: Cadre, household: Household
) -> None:
    promise(cadre, household, "联系镇里看屋顶，给出维修方案", outcome=Outcome.KEPT, reported_at=clock.now())
    card = Resident(app, cadre, household)
    page = opened.open(WITHOUT_SCRIPT, server)
    page.goto(f"/r/{card.token}")
    page.get_by_text("我来评价").tap()
    page.get_by_role("radio", name="不满意").tap()
    page.get_by_placeholder("还想说点什么").fill("屋顶还在漏水")
    page.get_by_role("button", name="提交评价").tap()
    expect(page.get_by_text("谢谢您，已经记下")).to_be_in_viewport()
    expect(page.get_by_text("正在重办")).to_be_visible()
    page.get_by_label("有什么事，请写在这里").fill("门口的路灯坏了")
    page.get_by_label("回电号码").fill("13805530002")
    page.get_by_role("button", name="提交", exact=True).tap()
    expect(page.get_by_text("已经收到")).to_be_in_viewport()
    expect(page.get_by_text("门口的路灯坏了")).to_be_visible()
    page.reload()
    assert [(row.mark, row.way, row.comment) for row in judgements()] == [
        (Mark.DISSATISFIED, Way.OWN_PHONE, "屋顶还在漏水")
    ]
    page.get_by_role("link", name="隐私说明").tap()
    expect(page.get_by_role("heading", name="谁能看到")).to_be_visible()


def fill(cadre: Cadre, household: Household) -> None:
    """Promise a household much, of every kind."""
    now = clock.now()
    later = TODAY + timedelta(days=6)
    long_words = "联系镇村镇建设办公室和水利站一起上门查看屋顶、院墙和门前排水沟，一周内给出维修方案并说明补助怎么申请"
    note = "已联系镇里两次，师傅看过了，材料下周到。"
    promise(cadre, household, long_words, outcome=Outcome.PARTLY, done_note=note, reported_at=now)
    promise(cadre, household, "问清高龄津贴", TODAY - timedelta(days=2))
    promise(cadre, household, "门前路灯报修", later)
    promise(cadre, household, "修水管", later, round_no=2)
    done: dict[str, Any] = {"state": FollowUpState.DONE, "closed_at": now}
    promise(cadre, household, "办老年优待证", mark=Mark.SATISFIED, way=Way.OWN_PHONE, **done)
    promise(cadre, household, "帮忙卖土鸡蛋", mark=Mark.BASICALLY_SATISFIED, way=Way.AT_THE_DOOR, **done)
    promise(cadre, household, "路口装反光镜", state=FollowUpState.DECIDED, round_no=2, closed_at=now)
    promise(cadre, household, "送医药箱", state=FollowUpState.LAPSED, closed_at=now)


SMALL = """() => [...document.querySelectorAll('a[href], button, input, textarea, summary')]
  .filter((e) => !e.matches('.skip, [type=hidden]') && e.checkVisibility())
  .map((e) => e.closest('label') ?? e).filter((e) => e.getBoundingClientRect().height < 59.5)
  .map((e) => e.outerHTML.slice(0, 120))"""


def test_the_page_is_large_light_and_open_to_all(
    opened: Devices, server: Server, app: Flask, cadre: Cadre, household: Household
) -> None:
    fill(cadre, household)
    card = Resident(app, cadre, household)
    card.report("村口的桥面有个洞，晚上走路看不见，请来看看" * 4)
    card.report("只给部里看的", is_hidden="y")
    for device, name in ((PHONE, "phone"), (DESK, "desk")):
        page = opened.open(device, server)
        loaded = Bytes(page)
        page.goto(f"/r/{card.token}", wait_until="networkidle")
        assert loaded.total <= MOST_BYTES, f"{loaded.total:,}:\n{loaded.table()}"

        assert page.evaluate("() => getComputedStyle(document.body).fontSize") == "20px"
        take_picture(page, f"resident-{name}")
        for folded in page.locator("summary").all():
            folded.click()
        assert_accessible(page)
        assert page.evaluate(SMALL) == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        take_picture(page, f"resident-{name}-open")
        page.emulate_media(color_scheme="dark")
        take_picture(page, f"resident-{name}-dark")
        assert_accessible(page)
        page.goto(f"/r/{card.token}/privacy")
        assert_accessible(page)
        take_picture(page, f"resident-privacy-{name}")


def test_what_was_not_taken_is_shown_at_its_place_with_everything_typed(
    opened: Devices, server: Server, app: Flask, cadre: Cadre, household: Household
) -> None:
    fill(cadre, household)
    page = opened.open(WITHOUT_SCRIPT, server)
    page.goto(f"/r/{Resident(app, cadre, household).token}")
    page.get_by_text("我来评价").nth(1).tap()
    page.get_by_role("radio", name="满意", exact=True).tap()
    words = page.get_by_placeholder("还想说点什么").locator("visible=true")
    words.fill("身份证340221195611240018，请查")
    page.get_by_role("button", name="提交评价").locator("visible=true").tap()
    expect(page.get_by_role("alert").get_by_text("系统不收身份证号")).to_be_in_viewport()
    expect(page.get_by_placeholder("还想说点什么").locator("visible=true")).to_have_value(re.compile("340221"))
    take_picture(page, "resident-refused-phone")


def test_a_sheet_prints_ten_cards_on_each_page_of_a4(
    opened: Devices, server: Server, enter: Enter, make: Factory, cadre: Cadre
) -> None:
    for number in range(23):
        make.household(paired=cadre, group_no=number % 4, door=f"{number + 1} 号" if number % 5 else "")
    page = opened.open(DESK, server)
    enter(page, cadre)
    page.goto("/cards/sheet")
    take_picture(page, "contact-card-sheet-many-desk")
    page.emulate_media(media="print")
    for card in page.locator(".paper-card").all()[:11]:
        box = card.bounding_box()
        assert box is not None
        size = [round(box[side] * MM_PER_INCH / CSS_PIXELS_PER_INCH) for side in ("width", "height")]
        assert size == list(CARD_MM)
        words = card.locator(".paper-words")
        assert words.evaluate("(e) => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.parentElement.clientHeight")
    pdf = page.pdf(prefer_css_page_size=True)
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "contact-cards.pdf").write_bytes(pdf)
    # 23 cards: ten, ten, three.
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}


def test_what_residents_report_is_read_on_a_phone_and_taken_note_of_in_place(
    phone: Page, server: Server, enter: Enter, app: Flask, cadre: Cadre, household: Household
) -> None:
    card = Resident(app, cadre, household)
    card.report("门口的路灯坏了")
    card.report("村口的桥面有个洞，晚上走路看不见，请来看看。" * 8, phone="13805530002")
    enter(phone, cadre)
    phone.goto("/messages")
    assert_accessible(phone)
    take_picture(phone, "messages-some-phone")
    phone.get_by_role("button", name="显示号码").tap()
    expect(phone.get_by_role("link", name="138 0553 0002")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("button", name="已知悉").first.tap()
    expect(phone.get_by_role("button", name="已知悉")).to_have_count(1)
    phone.goto(f"/households/{household.id}")
    phone.get_by_text("联系卡（1 张有效）").tap()
    assert_accessible(phone)
    take_picture(phone, "household-reported-phone")
