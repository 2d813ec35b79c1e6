"""Every page in the list, on a phone and at a desk: free of errors, open to all, left as a picture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESK, PHONE, Devices, devices
from tests.browser.demonstration import Demonstration
from tests.browser.pages import PAGES, Visited
from tests.browser.watching import assert_accessible, take_picture


# One visit of a page serves all tests of it, which leave it as they found it.
@pytest.fixture(scope="module", params=PAGES, ids=str)
def visited(request: pytest.FixtureRequest) -> Visited:
    """One page after the other."""
    page: Visited = request.param
    return page


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[Devices]:
    """Devices for this file; errors on any page fail the last test of it."""
    with devices(browser) as opened:
        yield opened


@pytest.fixture(scope="module")
def on_phone(visited: Visited, opened: Devices, demonstration: Demonstration) -> Page:
    """The page on a phone."""
    return demonstration.open(opened, PHONE, visited)


@pytest.fixture(scope="module")
def on_desk(visited: Visited, opened: Devices, demonstration: Demonstration) -> Page:
    """The page at a desk."""
    return demonstration.open(opened, DESK, visited)


def test_the_page_works_on_a_phone(on_phone: Page, opened: Devices, visited: Visited) -> None:
    take_picture(on_phone, f"{visited}-phone")
    assert_accessible(on_phone)
    assert_fits_in_width(on_phone)
    opened.assert_no_problems()


def test_the_page_works_at_a_desk(on_desk: Page, opened: Devices, visited: Visited) -> None:
    take_picture(on_desk, f"{visited}-desk")
    assert_accessible(on_desk)
    assert_fits_in_width(on_desk)
    opened.assert_no_problems()


def test_the_page_is_readable_in_the_dark(on_phone: Page, visited: Visited) -> None:
    on_phone.emulate_media(color_scheme="dark")
    take_picture(on_phone, f"{visited}-dark")
    assert_accessible(on_phone)
    on_phone.emulate_media(color_scheme="light")


def test_what_is_tapped_on_the_page_is_at_least_48_pixels_high(on_phone: Page) -> None:
    small = on_phone.evaluate(SMALL_TARGETS)
    assert not small, "These are hard to tap:\n" + "\n".join(small)


def test_the_page_fits_a_phone_with_text_at_200_percent(on_phone: Page, visited: Visited) -> None:
    # As the browser's own setting for larger text does; sizes in rem follow it.
    on_phone.evaluate("() => { document.documentElement.style.fontSize = '32px'; }")
    take_picture(on_phone, f"{visited}-large-text")
    assert_fits_in_width(on_phone)
    on_phone.evaluate("() => { document.documentElement.style.fontSize = ''; }")


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
    size: dict[str, int] = page.evaluate(f"() => ({{content: {root}.scrollWidth, window: {root}.clientWidth}})")
    assert size["content"] <= size["window"], f"{page.url} is {size['content']} px wide on {size['window']} px"
