"""Every page in the list, on a phone and at a desk: free of errors, open to all, left as a picture."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.pages import PAGES, Visited
from tests.browser.serving import Server
from tests.browser.watching import assert_accessible, take_picture

DEVICES = {"phone": PHONE, "desk": DESK}
DARK = {"color_scheme": "dark"}
GoTo = Callable[[Page, Visited], None]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("visited", PAGES, ids=str)
def test_the_page_has_no_errors_and_shuts_nobody_out(
    open_page: OpenPage, demo_server: Server, go_to: GoTo, visited: Visited, device: str
) -> None:
    page = open_page(DEVICES[device], demo_server)
    go_to(page, visited)
    take_picture(page, f"{visited}-{device}")
    assert_accessible(page)
    assert_fits_in_width(page)


@pytest.mark.parametrize("visited", PAGES, ids=str)
def test_the_page_is_readable_in_the_dark(
    open_page: OpenPage, demo_server: Server, go_to: GoTo, visited: Visited
) -> None:
    page = open_page(PHONE, demo_server, **DARK)
    go_to(page, visited)
    take_picture(page, f"{visited}-dark")
    assert_accessible(page)


@pytest.mark.parametrize("visited", PAGES, ids=str)
def test_the_page_fits_a_phone_with_text_at_200_percent(
    open_page: OpenPage, demo_server: Server, go_to: GoTo, visited: Visited
) -> None:
    page = open_page(PHONE, demo_server)
    go_to(page, visited)
    # As the browser's own setting for larger text does; sizes in rem follow it.
    page.evaluate("() => { document.documentElement.style.fontSize = '32px'; }")
    take_picture(page, f"{visited}-large-text")
    assert_fits_in_width(page)


@pytest.mark.parametrize("visited", PAGES, ids=str)
def test_what_is_tapped_on_the_page_is_at_least_48_pixels_high(
    open_page: OpenPage, demo_server: Server, go_to: GoTo, visited: Visited
) -> None:
    page = open_page(PHONE, demo_server)
    go_to(page, visited)
    small = page.evaluate(SMALL_TARGETS)
    assert not small, "These are hard to tap:\n" + "\n".join(small)


# Links within running text are exempt, as in WCAG. A label counts as its control's target; so does the row
# or card that a link fills by its ::after.
SMALL_TARGETS = """() => {
  const height = (box) => box?.getBoundingClientRect().height ?? 0;
  const fills = (link) => getComputedStyle(link, '::after').position === 'absolute';
  const exempt = 'p *, dd *, .skip, .out-of-sight, [type=hidden], [type=file]';
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((element) => !element.matches(exempt) && element.checkVisibility({checkVisibilityCSS: true}))
    .filter((element) => Math.max(
      height(element),
      height(element.closest('label')),
      fills(element) ? height(element.closest('li, tr, .card')) : 0,
    ) < 47.5)
    .map((element) => element.outerHTML.slice(0, 140));
}"""


def assert_fits_in_width(page: Page) -> None:
    """Assert that the page does not scroll sideways."""
    root = "document.documentElement"
    size: dict[str, int] = page.evaluate(
        f"() => ({{content: {root}.scrollWidth, window: {root}.clientWidth}})"
    )
    assert size["content"] <= size["window"], (
        f"{page.url} is {size['content']} px wide on {size['window']} px"
    )
