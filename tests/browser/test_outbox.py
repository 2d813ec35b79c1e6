"""What a phone keeps and reads without a line, on real days: shared, full, with a wrong clock, under a new version."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Dialog, Page, expect

from fieldvisit import clock
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from fieldvisit.offline.importing import read_export, replay
from fieldvisit.visits.models import Answer, Photo, Visit
from tests.browser.faults import HAS_PAGE, IS_EMPTY, Bench
from tests.browser.serving import ROOT
from tests.browser.walk import STEPS, Walk, wait_until

pytestmark = pytest.mark.browser
DAY_MS = 24 * 3600 * 1000
KITCHEN = STEPS[1]


def stock_up(bench: Bench, path: str = "/households/new") -> Page:
    """Open Today and wait until the phone has what it should have with it, up to this page."""
    bench.phone.page.goto("/")
    wait_until(bench.phone.page, "() => Outbox.works()")
    # Asked again while it is not there: the phone may be at it already, by a list from before the page was there.
    wait_until(bench.phone.page, f"async (path) => (Outbox.say({{ stockUp: 'now' }}), ({HAS_PAGE})(path))", path)
    return bench.phone.page


def count(model: type) -> int:
    """Count a table's rows."""
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.fixture
def walk(bench: Bench) -> Walk:
    """A visit in a household of the cadre."""
    return Walk(bench.make.household("李桂英", paired=bench.cadre).id, bench.photos)


def test_a_visit_made_wholly_offline_arrives_without_a_tap_though_the_browser_was_killed_twice(
    bench: Bench, walk: Walk
) -> None:
    stock_up(bench, f"/households/{walk.household_id}/visit")
    bench.line.down = True
    walk.open(bench.phone.page)
    for number, step in enumerate(STEPS):
        walk.take(bench.phone.page, step)
        if number in (4, 9):
            bench.phone.kill()
            bench.phone.switch_on()
            walk.open(bench.phone.page)
            walk.assert_read_back(bench.phone.page, list(STEPS[: number + 1]))
    expect(bench.phone.page.get_by_text("走访已完成，存在手机上")).to_be_visible()
    assert count(Visit) == 0
    bench.line.down = False
    bench.wait_until_empty()
    assert walk.found().is_whole


def test_another_person_on_the_phone_neither_sees_nor_sends_what_the_first_one_captured(
    bench: Bench, walk: Walk
) -> None:
    page = bench.phone.page
    walk.open(page)
    bench.line.down = True
    walk.take(page, KITCHEN)
    bench.phone.sign_in(bench.session_of(bench.make.cadre(name="赵磊")))
    bench.line.down = False
    page.goto("/waiting")
    wait_until(page, IS_EMPTY)
    expect(page.get_by_text("都上传了")).to_be_visible()
    expect(page.locator("#outbox")).to_be_hidden()
    bench.try_now()
    page.wait_for_timeout(1000)
    assert count(Visit) == 0
    bench.phone.sign_in(bench.session_of(bench.cadre))
    page.goto("/")
    wait_until(page, "() => Outbox.works()")
    bench.wait_until_empty()
    assert count(Answer) == 1


def test_what_to_keep_is_fetched_for_whoever_the_page_has_just_named(bench: Bench) -> None:
    bench.phone.page.goto("/")
    wait_until(bench.phone.page, "() => Outbox.works()")
    bench.phone.page.evaluate(
        "() => [{ hello: '' }, { hello: Outbox.cadre }, { stockUp: 'now' }]"
        ".forEach((words) => navigator.serviceWorker.controller.postMessage(words))"
    )
    wait_until(bench.phone.page, HAS_PAGE, "/households/new")


def test_another_person_finds_none_of_the_first_one_s_pages(bench: Bench, walk: Walk) -> None:
    page = stock_up(bench, f"/households/{walk.household_id}/visit")
    bench.phone.sign_in(bench.session_of(bench.make.cadre(name="赵磊")))
    page.goto("/")
    wait_until(
        page, "async () => Outbox.works() && (await caches.keys()).filter((n) => n.startsWith('pages-')).length < 2"
    )
    bench.line.down = True
    page.goto(f"/households/{walk.household_id}")
    expect(page.get_by_text("李桂英")).to_have_count(0)


def test_signing_out_asks_first_keeps_the_outbox_and_forgets_the_pages(bench: Bench, walk: Walk) -> None:
    stock_up(bench, f"/households/{walk.household_id}/visit")
    page = bench.phone.page
    walk.open(page)
    bench.installation.kill()
    walk.take(page, KITCHEN)
    page.goto("/")
    expect(page.locator("#outbox")).to_contain_text("已存本机 1")
    bench.line.lost_writes = True
    bench.installation.start()
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    page.goto("/me")
    expect(page.locator("#outbox")).to_be_visible()
    page.get_by_role("button", name="退出登录").tap()
    page.wait_for_url("**/sign-in")
    assert "还有 1 条没有上传" in asked[0]
    wait_until(page, "async () => !(await caches.keys()).some((name) => name.startsWith('pages-'))")
    assert count(Answer) == 0
    bench.line.lost_writes = False
    bench.phone.sign_in(bench.session_of(bench.cadre))
    page.goto("/")
    wait_until(page, "() => Outbox.works()")
    bench.wait_until_empty()
    assert count(Answer) == 1


def test_a_stranger_s_answer_is_no_acknowledgement(bench: Bench, walk: Walk) -> None:
    page = bench.phone.page
    walk.open(page)
    bench.line.is_portal = True
    walk.take(page, KITCHEN)
    expect(page.locator("#save-state")).to_have_text("已存本机 1")
    bench.line.is_portal = False
    bench.wait_until_empty()
    assert count(Answer) == 1


def test_a_full_phone_says_so_and_keeps_the_form_as_it_is(bench: Bench, walk: Walk) -> None:
    page = bench.phone.page
    walk.open(page)
    # The browser's own quota can't be set for a worker's database: the worker's store refuses in its place.
    worker = bench.phone.context.service_workers[0]
    worker.evaluate("() => { store.add = () => Promise.reject(new DOMException('full', 'QuotaExceededError')); }")
    page.locator("#card-bedroom label:has-text('好')").first.tap()
    expect(page.locator("#card-bedroom .status")).to_contain_text("已保存")
    bench.line.down = True
    page.locator("#card-kitchen label:has-text('好')").first.tap()
    expect(page.locator("#card-kitchen .error")).to_contain_text("手机的存储满了")
    expect(page.locator("#card-kitchen input[value=good]")).to_be_checked()
    expect(page.locator("#save-state")).to_have_text("1 处没存上")


@pytest.mark.parametrize("days", [-1, 1])
def test_a_phone_whose_clock_is_wrong_by_a_day_makes_visits_of_today(bench: Bench, walk: Walk, days: int) -> None:
    page = bench.phone.page
    walk.open(page)
    shift = f"(() => {{ const right = Date.now; Date.now = () => right() + {days * DAY_MS}; }})()"
    bench.phone.context.service_workers[0].evaluate(shift)
    page.evaluate(shift)
    bench.line.down = True
    walk.take(page, KITCHEN)
    bench.line.down = False
    bench.wait_until_empty()
    assert db.session.scalars(sa.select(Visit.visited_on)).one() == clock.today()


def test_a_new_version_sends_what_the_one_before_had_captured(bench: Bench, walk: Walk, tmp_path: Path) -> None:
    page = bench.phone.page
    walk.open(page)
    bench.installation.kill()
    walk.take(page, KITCHEN)
    for folder in ("fieldvisit", "static", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / "new" / folder)
    script = tmp_path / "new" / "static" / "js" / "worker" / "send.js"
    script.write_text(script.read_text() + "\nself.isNewer = true;\n")
    bench.installation.root = tmp_path / "new"
    bench.installation.start()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    wait_until(page, "async () => !(await navigator.serviceWorker.ready).installing && Outbox.works()")
    bench.wait_until_empty()
    assert count(Answer) == 1
    workers = bench.phone.context.service_workers
    assert any(worker.evaluate("Boolean(self.isNewer)") for worker in workers)


def fill_new_household(page: Page, name: str) -> None:
    page.goto("/households/new")
    wait_until(page, "() => Outbox.works()")
    page.locator("#name").fill(name)
    page.get_by_role("button", name="保存").tap()


def test_a_household_met_on_the_way_is_recorded_offline(bench: Bench) -> None:
    page = stock_up(bench)
    bench.line.down = True
    fill_new_household(page, "章大妈")
    page.wait_for_url("**/waiting")
    expect(page.get_by_text("新增住户")).to_be_visible()
    bench.line.down = False
    bench.wait_until_empty()
    assert [row.head_name for row in db.session.scalars(sa.select(Household))] == ["章大妈"]


def test_a_household_met_on_the_way_is_visited_offline_too(bench: Bench) -> None:
    page = stock_up(bench, "/visits/blank")
    bench.line.down = True
    fill_new_household(page, "章<大>妈")
    page.wait_for_url("**/waiting")
    page.get_by_role("link", name="走访这一户").tap()
    expect(page.get_by_role("heading", name="章<大>妈")).to_be_visible()
    walk = Walk(UUID(page.url.split("/")[-2]), bench.photos)
    for step in STEPS:
        walk.take(page, step)
    bench.line.down = False
    bench.wait_until_empty()
    assert db.session.get_one(Household, walk.household_id).head_name == "章<大>妈"
    assert walk.found().is_whole


def test_a_visit_waits_for_its_household_to_be_put_right(bench: Bench) -> None:
    bench.make.household("章大妈", paired=bench.cadre)
    page = stock_up(bench, "/visits/blank")
    bench.line.down = True
    fill_new_household(page, "章大妈")
    page.wait_for_url("**/waiting")
    page.get_by_role("link", name="走访这一户").tap()
    page.locator("#card-kitchen label:has-text('好')").first.tap()
    expect(page.locator("#save-state")).to_have_text("已存本机 2")
    bench.line.down = False
    page.goto("/waiting")
    expect(page.get_by_text("这一户可能已经登记过")).to_be_visible()
    page.get_by_role("button", name="不是同一户，继续新增").tap()
    page.wait_for_url("**/households/*")
    bench.wait_until_empty()
    assert (count(Household), count(Answer)) == (2, 1)


def test_a_household_that_may_be_there_already_is_put_right_where_it_waits(bench: Bench) -> None:
    bench.make.household("章大妈", paired=bench.cadre)
    page = stock_up(bench)
    bench.line.down = True
    fill_new_household(page, "章大妈")
    page.wait_for_url("**/waiting")
    bench.line.down = False
    bench.try_now()
    expect(page.get_by_text("这一户可能已经登记过")).to_be_visible()
    expect(page.locator("#outbox")).to_have_text("需处理 1")
    page.get_by_role("button", name="不是同一户，继续新增").tap()
    page.wait_for_url("**/households/*")
    wait_until(page, IS_EMPTY)
    assert count(Household) == 2


def test_a_page_that_is_not_on_the_phone_says_so_and_lists_those_that_are(bench: Bench, walk: Walk) -> None:
    page = stock_up(bench, f"/households/{walk.household_id}/visit")
    bench.line.down = True
    page.goto("/me")
    expect(page.get_by_text("不在手机上")).to_be_visible()
    expect(page.locator(f"a[href='/households/{walk.household_id}']")).to_be_visible()
    page.locator(f"a[href='/households/{walk.household_id}/visit']").tap()
    expect(page.locator("#card-kitchen")).to_be_visible()


def test_an_exported_outbox_is_imported_and_not_doubled_when_the_phone_connects_after_all(
    app: Flask, bench: Bench, walk: Walk, tmp_path: Path
) -> None:
    page = stock_up(bench, f"/households/{walk.household_id}/visit")
    bench.line.down = True
    walk.open(page)
    for step in STEPS:
        walk.take(page, step)
    page.goto("/waiting")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出成文件").tap()
    download.value.save_as(tmp_path / "export.jsonl")
    results = list(replay(app, read_export(tmp_path / "export.jsonl")))
    assert all(result.arrived for result in results), [result.words for result in results]
    assert walk.found().is_whole
    bench.line.down = False
    bench.wait_until_empty()
    assert walk.found().is_whole


def test_two_households_on_one_way_are_two_though_the_page_is_the_same(bench: Bench) -> None:
    page = stock_up(bench)
    bench.line.down = True
    for name in ("章大妈", "陶二爷"):
        fill_new_household(page, name)
        page.wait_for_url("**/waiting")
    bench.line.down = False
    bench.wait_until_empty()
    assert {row.head_name for row in db.session.scalars(sa.select(Household))} == {"章大妈", "陶二爷"}


def test_after_signing_in_again_the_visit_shows_what_the_phone_keeps(bench: Bench, walk: Walk) -> None:
    page = bench.phone.page
    walk.open(page)
    bench.phone.sign_out()
    walk.take(page, KITCHEN)
    page.get_by_role("link", name="重新登录").tap()
    page.wait_for_url("**/sign-in**")
    wait_until(page, "async () => !(await caches.keys()).some((name) => name.startsWith('pages-'))")
    # The form asks for the password; a new session and the address that it leads to are the same.
    bench.phone.sign_in(bench.session_of(bench.cadre))
    page.goto(f"/households/{walk.household_id}/visit")
    expect(page.locator("#card-kitchen input[value=good]")).to_be_checked()
    bench.wait_until_empty()
    walk.take(page, STEPS[3])
    bench.wait_until_empty()
    assert (count(Visit), count(Answer)) == (1, 2)


def test_a_refused_promise_that_is_taken_away_does_not_hold_up_the_finish(bench: Bench, walk: Walk) -> None:
    page = bench.phone.page
    walk.open(page)
    walk.take(page, KITCHEN)
    page.locator("[data-step-to=leave]").tap()
    page.get_by_role("button", name="＋ 写一条承诺").tap()
    page.locator("[data-due-days='7']").first.tap()
    page.locator("[data-due-days='3']").first.tap()
    expect(page.locator("#save-state")).to_contain_text("需处理")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="删掉", exact=True).tap()
    expect(page.locator("[data-commitment]")).to_have_count(0)
    expect(page.locator("#save-state")).to_contain_text("已保存")
    walk.take(page, STEPS[-1])
    bench.wait_until_empty()
    assert db.session.scalars(sa.select(Visit.revision)).one() == 1


def test_what_was_refused_behind_a_finish_can_be_put_right(bench: Bench, walk: Walk) -> None:
    page = stock_up(bench, f"/households/{walk.household_id}/visit")
    bench.line.down = True
    walk.open(page)
    page.locator("[data-step-to=ask]").tap()
    page.locator("#card-suggestions label:has-text('有情况')").first.tap()
    page.locator("#note-suggestions").fill("身份证号 340222196001011234")
    page.locator("#note-suggestions").blur()
    expect(page.locator("#card-suggestions .status")).to_contain_text("已存本机")
    walk.take(page, STEPS[-1])
    bench.line.down = False
    bench.try_now()
    expect(page.locator("#outbox")).to_have_text("需处理 1")
    walk.open(page)
    page.locator("[data-step-to=ask]").tap()
    page.locator("#note-suggestions").fill("想修路")
    page.locator("#note-suggestions").blur()
    bench.wait_until_empty()
    visit = db.session.scalars(sa.select(Visit)).one()
    assert visit.revision == 1
    assert db.session.get_one(Answer, (visit.id, "suggestions")).note == "想修路"


def test_signing_out_without_a_line_leaves_nobody_s_pages_and_is_made_good_later(bench: Bench, walk: Walk) -> None:
    page = stock_up(bench, f"/households/{walk.household_id}/visit")
    page.goto("/me")
    bench.line.down = True
    page.get_by_role("button", name="退出登录").tap()
    expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
    bench.line.down = False
    page.goto("/")
    page.wait_for_url("**/sign-in**")


def test_a_kept_page_does_not_say_again_what_was_done_when_it_came(bench: Bench, walk: Walk) -> None:
    page = stock_up(bench, f"/households/{walk.household_id}/visit")
    walk.open(page)
    walk.take(page, KITCHEN)
    bench.wait_until_empty()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/households/{walk.household_id}/visit")
    page.locator("[data-step-to=leave]").tap()
    page.get_by_role("button", name="删除这份草稿").tap()
    expect(page.get_by_text("草稿已删除。")).to_be_visible()
    bench.line.down = True
    page.reload()
    expect(page.get_by_role("heading", name="今日走访")).to_be_visible()
    expect(page.get_by_text("草稿已删除。")).to_have_count(0)


@pytest.mark.parametrize("without_line", [False, True])
def test_an_arrived_photo_that_a_kept_page_shows_from_the_phone_can_be_taken_away(
    bench: Bench, walk: Walk, without_line: bool
) -> None:
    page = stock_up(bench, f"/households/{walk.household_id}/visit")
    walk.open(page)
    for step in STEPS[:3]:
        walk.take(page, step)
    bench.wait_until_empty()
    bench.line.down = True
    # The page is from before the photo, which the phone still has.
    walk.open(page)
    expect(page.locator("#card-kitchen .photo")).to_have_count(1)
    bench.line.down = without_line
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#card-kitchen .photo-remove").tap()
    expect(page.locator("#card-kitchen .photo")).to_have_count(0)
    bench.line.down = False
    bench.wait_until_empty()
    db.session.rollback()
    assert [photo.removed for photo in db.session.scalars(sa.select(Photo))] == [True]
