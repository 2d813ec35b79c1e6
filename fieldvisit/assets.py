"""Where templates and static files are, and addresses of static files that change with their content."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from functools import lru_cache
from pathlib import Path

import brotli
from flask import Flask, Response, abort, request, send_from_directory, url_for
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as BaseResponse

PACKAGE = Path(__file__).parent
YEAR_S = 365 * 24 * 3600
TEXTS = (".js", ".css", ".svg")
# Comments are for us. Only whole lines: the rest of a script can't be told from a string without reading it.
COMMENT_LINES = re.compile(rb"^\s*//.*\n", re.MULTILINE)


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


def static_file(filename: str) -> BaseResponse:
    """Send a static file; texts without their comments and, to browsers that read it, packed as small as can be."""
    path = safe_join(str(asset_dir("static")), filename)
    if path is None or not Path(path).is_file():
        abort(404)
    if not filename.endswith(TEXTS):
        return send_from_directory(asset_dir("static"), filename, max_age=YEAR_S)
    is_packed = request.accept_encodings.quality("br") > 0
    response = Response(_light(Path(path), Path(path).stat().st_mtime_ns, is_packed))
    response.content_type = f"{mimetypes.guess_type(filename)[0]}; charset=utf-8"
    response.cache_control.public, response.cache_control.max_age = True, YEAR_S
    response.vary.add("Accept-Encoding")
    if is_packed:
        response.headers["Content-Encoding"] = "br"
    response.add_etag()
    return response.make_conditional(request)


@lru_cache(maxsize=128)
def _light(path: Path, _changed_ns: int, is_packed: bool) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".js":
        content = COMMENT_LINES.sub(b"", content)
    return brotli.compress(content) if is_packed else content


def init_assets(app: Flask) -> None:
    """Let templates say `static_url('css/app.css')`, and let such addresses be kept for a year."""
    app.jinja_env.globals["static_url"] = static_url
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=static_file)
