"""Builds the wheel, installs it in a clean place, and fetches a page and a stylesheet from it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECRET = "only-for-checking-the-wheel-0123456789"
PATIENCE_S = 30


def main() -> None:
    """Check the wheel, or stop with a sentence."""
    with tempfile.TemporaryDirectory(prefix="fieldvisit-wheel-") as name:
        place = Path(name)
        wheel = build_wheel(place)
        installed = install(place, wheel)
        with serving(installed, place) as address:
            page, stylesheet = fetch_page_and_stylesheet(address)
    print(f"The wheel {wheel.name} serves a page ({page:,} bytes) and a stylesheet ({stylesheet:,} bytes).")


def build_wheel(place: Path) -> Path:
    """Build with the locked hatchling of this environment, not with one fetched anew."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(place.glob("fieldvisit-*.whl"))


def install(place: Path, wheel: Path) -> Path:
    """Install the locked requirements and the wheel into a fresh environment; return its programs' folder."""
    subprocess.run([sys.executable, "-m", "venv", str(place / "venv")], check=True)
    programs = place / "venv" / "bin"
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    locked = ROOT / "requirements" / "run.txt"
    subprocess.run([*pip, "--require-hashes", "-r", str(locked)], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    return programs


@contextmanager
def serving(programs: Path, place: Path) -> Iterator[str]:
    """Run the installed `fieldvisit serve`, away from the checkout; give its address."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("FIELDVISIT_", "PYTHON"))}
    environ |= {
        "FIELDVISIT_SECRET_KEY": SECRET,
        "FIELDVISIT_DATA_DIR": str(place / "data"),
        "FIELDVISIT_PLAIN_HTTP": "1",
    }
    command = str(programs / "fieldvisit")
    subprocess.run([command, "db", "upgrade"], check=True, env=environ, cwd=place)
    port = free_port()
    server = subprocess.Popen([command, "serve", "--port", str(port)], env=environ, cwd=place)
    try:
        yield wait_for(server, f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(15)


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(server: subprocess.Popen[bytes], address: str) -> str:
    """Wait until the server answers; return its address."""
    for _ in range(PATIENCE_S * 10):
        if server.poll() is not None:
            sys.exit(f"`fieldvisit serve` from the wheel ended with {server.returncode}.")
        try:
            with urllib.request.urlopen(f"{address}/sign-in"):
                return address
        except urllib.error.HTTPError as error:
            sys.exit(f"{address}/sign-in answered {error.code}.")
        except OSError:
            time.sleep(0.1)
    sys.exit(f"`fieldvisit serve` from the wheel did not answer within {PATIENCE_S} s.")


def fetch_page_and_stylesheet(address: str) -> tuple[int, int]:
    """Fetch the sign-in page and the stylesheet that it names; return their sizes."""
    page = fetch(f"{address}/sign-in", "text/html")
    link = re.search(r'<link rel="stylesheet" href="([^"]+)"', page)
    if link is None:
        sys.exit("The sign-in page names no stylesheet.")
    stylesheet = fetch(address + link[1], "text/css")
    if ":root" not in stylesheet:
        sys.exit("The stylesheet does not read like ours.")
    return len(page.encode()), len(stylesheet.encode())


def fetch(url: str, kind: str) -> str:
    """Return the text at a URL, which must be of a kind."""
    with urllib.request.urlopen(url) as response:
        if not response.headers["Content-Type"].startswith(kind):
            sys.exit(f"{url} is {response.headers['Content-Type']}, not {kind}.")
        text: str = response.read().decode()
        return text


if __name__ == "__main__":
    main()
