"""Where templates and static files are, and addresses of static files that change with their content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for

PACKAGE = Path(__file__).parent
YEAR_S = 365 * 24 * 3600


def asset_dir(name: str) -> Path:
    """Return the folder of `static` or `templates`: inside the package when installed, beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


@lru_cache(maxsize=256)
def _digest(path: Path, _changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def static_url(filename: str) -> str:
    """Return a static file's address with a digest of its content, so that phones may keep it for a year."""
    path = asset_dir("static") / filename
    return url_for("static", filename=filename, v=_digest(path, path.stat().st_mtime_ns))


def init_assets(app: Flask) -> None:
    """Let templates say `static_url('css/app.css')`, and let such addresses be kept for a year."""
    app.jinja_env.globals["static_url"] = static_url
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR_S
