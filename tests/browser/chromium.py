"""Finding and starting a real Chromium."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# The first lets it run as root in a container; others keep it from using the network for itself.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def find_chromium(playwright: Playwright) -> str | None:
    """Return the program of a Chromium that runs here: the machine's own, else Playwright's, else None."""
    candidates = [found for name in NAMES if (found := shutil.which(name))]
    candidates.append(playwright.chromium.executable_path)
    return next((path for path in candidates if _runs(path)), None)


def _runs(path: str) -> bool:
    # Some systems install a stub under this name that only tells how to get the real one.
    if not Path(path).exists():
        return False
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def launch(playwright: Playwright) -> Browser:
    """Start Chromium without a window."""
    path = find_chromium(playwright)
    if path is None:
        raise RuntimeError("No Chromium found: run `make test`, which provides one.")
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
