"""Makes sure that the tests find Chromium, Chinese fonts and PostgreSQL; installs what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import find_chromium  # noqa: E402
from tests.databases import bundled_postgresql, installed_postgresql  # noqa: E402

PACKAGES = ("chromium", "fonts-noto-cjk", "postgresql")


def main() -> None:
    """Provide what is missing, or stop with a sentence."""
    if missing() and os.geteuid() == 0 and shutil.which("apt-get"):
        install_packages()
    if not has_chromium():
        print("Chromium: fetching Playwright's own ...", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not has_chinese_font():
        print("Note: no Chinese font found; pages are tested all the same, but pictures will show boxes.")
    still = missing() - {"fonts-noto-cjk"}
    if bundled_postgresql():
        still -= {"postgresql"}
    if still:
        sys.exit(
            f"Missing for the tests: {', '.join(sorted(still))}. Install them with your system's packages "
            f"(Debian, Ubuntu: apt-get install {' '.join(sorted(still))}) and run `make test` again."
        )


def missing() -> set[str]:
    """Return the names of the packages that would bring what is not there."""
    # Only root may install packages, and only others may run the server out of the wheel where it lies.
    postgresql = installed_postgresql() or (os.geteuid() != 0 and bundled_postgresql())
    found = (has_chromium(), has_chinese_font(), postgresql)
    return {name for name, there in zip(PACKAGES, found, strict=True) if not there}


def has_chromium() -> bool:
    """Say whether a Chromium runs here."""
    with sync_playwright() as playwright:
        return find_chromium(playwright) is not None


def has_chinese_font() -> bool:
    """Say whether some font on this machine draws Chinese."""
    if not shutil.which("fc-list"):
        return False
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(fonts.stdout.strip())


def install_packages() -> None:
    """Install the missing packages with apt-get; what fails is told by `main`."""
    names = sorted(missing())
    print(f"Installing {', '.join(names)} ...", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
    for name in names:
        command = ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", name]
        subprocess.run(command, check=False, **quiet)  # type: ignore[call-overload]


if __name__ == "__main__":
    main()
