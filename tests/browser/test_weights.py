"""How heavy pages are, as sent over the line, and how soon they show on a bad one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.pages import PAGES, Visited
from tests.browser.serving import Server
from tests.browser.watching import Bytes

GoTo = Callable[[Page, Visited], None]
# One round trip's worth, and what a first visit may need in all.
PAGE_BYTES, FIRST_VISIT_BYTES = 14 * 1024, 60 * 1024
LARGEST_PAINT_MS = 1500
# Chromium's own "Slow 4G" as Lighthouse uses it: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back.
SLOW_4G = {"offline": False, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8, "latency": 150}
LARGEST_PAINT = """() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({type: 'largest-contentful-paint', buffered: true});
})"""


@pytest.mark.parametrize("visited", PAGES, ids=str)
def test_the_html_of_a_page_comes_in_one_round_trip(
    open_page: OpenPage, demo_server: Server, go_to: GoTo, visited: Visited
) -> None:
    page = open_page(PHONE, demo_server)
    go_to(page, visited)
    loaded = Bytes(page)
    page.reload(wait_until="networkidle")
    size = loaded.by_url[page.url]
    assert size <= PAGE_BYTES, f"{page.url} sends {size:,} bytes of HTML"


@pytest.mark.parametrize("visited", PAGES, ids=str)
def test_a_first_visit_stays_within_60_kilobytes(
    open_page: OpenPage, demo_server: Server, go_to: GoTo, visited: Visited
) -> None:
    page = open_page(PHONE, demo_server)
    go_to(page, visited)
    loaded = Bytes(page)
    loaded.client.send("Network.clearBrowserCache")
    page.reload(wait_until="networkidle")
    # Photos are asked for by whoever opens a visit; the bar is for what every visit needs.
    photos = sum(size for url, size in loaded.by_url.items() if "/photos/" in url)
    assert loaded.total - photos <= FIRST_VISIT_BYTES, f"{page.url} loads {loaded.total:,}:\n{loaded.table()}"


@pytest.mark.parametrize("visited", PAGES, ids=str)
def test_the_largest_part_shows_within_a_second_and_a_half_on_slow_4g(
    open_page: OpenPage, demo_server: Server, go_to: GoTo, visited: Visited
) -> None:
    page = open_page(PHONE, demo_server)
    go_to(page, visited)
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", SLOW_4G)
    # The line is what is measured: of three loads the best one is the least disturbed by other work here.
    times = []
    for _ in range(3):
        client.send("Network.clearBrowserCache")
        page.reload(wait_until="load")
        times.append(page.evaluate(LARGEST_PAINT))
    assert min(times) <= LARGEST_PAINT_MS, f"{page.url} shows its largest part after {min(times):.0f} ms"
