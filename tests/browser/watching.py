"""What a browser test looks at besides its own question: errors, accessibility, pictures, bytes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = ROOT / "pictures"
TALLEST = 2600
AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
# A refused form is an ordinary answer, but Chromium writes each such answer to the console as an error.
ORDINARY_REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


class Watch:
    """Collects what goes wrong on a page: errors of scripts and console (the CSP's too), foreign requests."""

    def __init__(self, page: Page, origin: str) -> None:
        self.problems: list[str] = []
        self.origin = origin
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        where = message.location.get("url", "")
        if ORDINARY_REFUSAL.match(message.text) and "/static/" not in where:
            return
        self.problems.append(f"console {message.type}: {message.text} ({where})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "blob:", "data:")):
            self.problems.append(f"request to a third party: {request.url}")


def assert_accessible(page: Page) -> None:
    """Assert that axe finds nothing on the page as it is now; the failure lists rule, reason and element."""
    # Evaluated from outside the page, so the page's own policy against inline scripts stays in force.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate(
        "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", list(RULES)
    )
    found = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    {node['html'][:160]}\n    "
        + " ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
    assert not found, f"axe on {page.url}:\n" + "\n".join(found)


def take_picture(page: Page, name: str) -> Path:
    """Leave a screenshot of the whole page in pictures/; git ignores the folder."""
    PICTURES.mkdir(exist_ok=True)
    path = PICTURES / f"{name}.png"
    window = page.viewport_size
    assert window is not None
    # The window grows with the page, so that bars at its bottom are where a reader sees them: below everything.
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size({"width": window["width"], "height": min(max(height, window["height"]), TALLEST)})
    page.screenshot(path=path, animations="disabled")
    page.set_viewport_size(window)
    return path


class Bytes:
    """Counts what the network brings, as sent: compressed, with headers."""

    def __init__(self, page: Page) -> None:
        self.by_url: dict[str, int] = {}
        self._urls: dict[str, str] = {}
        self.client = page.context.new_cdp_session(page)
        self.client.on("Network.requestWillBeSent", self._sent)
        self.client.on("Network.loadingFinished", self._finished)
        self.client.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        self._urls[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        url = self._urls.get(event["requestId"], "?")
        self.by_url[url] = self.by_url.get(url, 0) + int(event["encodedDataLength"])

    @property
    def total(self) -> int:
        """Bytes of everything so far."""
        return sum(self.by_url.values())

    def table(self) -> str:
        """List what was loaded, the largest first."""
        rows = sorted(self.by_url.items(), key=lambda row: -row[1])
        return "\n".join(f"{size:>8,}  {url}" for url, size in rows)
