"""How heavy pages are, as sent over the line, and how soon they show on a bad one."""

from __future__ import annotations

import urllib.request

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Devices
from tests.browser.demonstration import Demonstration
from tests.browser.pages import PAGES, Visited
from tests.browser.watching import Bytes

# One round trip's worth, and what a first visit may need in all.
PAGE_BYTES, FIRST_VISIT_BYTES = 14 * 1024, 60 * 1024
LARGEST_PAINT_MS, MOST_LOADS = 1500, 5
# "Slow 4G" as Lighthouse has it: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back.
SLOW_4G = {"offline": False, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8, "latency": 150}
LARGEST_PAINT = """() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({type: 'largest-contentful-paint', buffered: true});
})"""


@pytest.fixture(params=PAGES, ids=str)
def page(request: pytest.FixtureRequest, opened: Devices, demonstration: Demonstration) -> Page:
    """Each page on a phone."""
    visited: Visited = request.param
    return demonstration.open(opened, PHONE, visited)


def test_the_page_is_light_at_a_first_visit(page: Page) -> None:
    loaded = Bytes(page)
    loaded.client.send("Network.clearBrowserCache")
    page.reload(wait_until="networkidle")
    html = loaded.by_url[page.url]
    # Photos are asked for by whoever opens a visit; the bar is for what every visit needs.
    photos = sum(size for url, size in loaded.by_url.items() if "/photos/" in url)
    assert html <= PAGE_BYTES, f"{page.url} sends {html:,} bytes of HTML"
    assert loaded.total - photos <= FIRST_VISIT_BYTES, f"{page.url} loads {loaded.total:,}:\n{loaded.table()}"


def test_the_largest_part_shows_within_a_second_and_a_half_on_slow_4g(page: Page) -> None:
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", SLOW_4G)
    # The line is what is measured. Other work here can only lengthen a load, so one good load proves it.
    times: list[float] = []
    while not times or (min(times) > LARGEST_PAINT_MS and len(times) < MOST_LOADS):
        client.send("Network.clearBrowserCache")
        page.reload(wait_until="load")
        times.append(page.evaluate(LARGEST_PAINT))
    assert min(times) <= LARGEST_PAINT_MS, f"{page.url} shows its largest part after {min(times):.0f} ms"


def test_what_keeps_work_without_a_line_adds_at_most_twelve_kilobytes_of_script(demonstration: Demonstration) -> None:
    files = [
        "/sw.js",
        "/static/vendor/idb-8.0.4.umd.js",
        *(f"/static/js/worker/{name}.js" for name in ("store", "send", "pages")),
        *(f"/static/js/{name}.js" for name in ("outbox", "kept", "waiting")),
    ]
    sizes = {}
    for file in files:
        asked = urllib.request.Request(demonstration.server.url + file, headers={"Accept-Encoding": "br"})
        with urllib.request.urlopen(asked) as answer:
            sizes[file] = len(answer.read())
    assert sum(sizes.values()) <= 12 * 1024, sizes
