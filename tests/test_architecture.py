"""House rules as tests: each failure says what to do. Rules about the code read the files themselves."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from flask import Flask

import fieldvisit.models
from fieldvisit.accounts.access import ANYBODY, PUBLIC
from fieldvisit.database import Base

ROOT = Path(__file__).resolve().parent.parent
PACKAGE, TEMPLATES, STATIC = ROOT / "fieldvisit", ROOT / "templates", ROOT / "static"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
PAGES = sorted(TEMPLATES.rglob("*.html"))
# Files of macros take values, not what is around them, and begin with their signatures instead.
FRAGMENTS = [path for path in PAGES if path.name.startswith("_") and path.name != "_macros.html"]
OWN_ASSETS = sorted(path for path in STATIC.rglob("*") if path.suffix in (".js", ".css"))
OWN_ASSETS = [path for path in OWN_ASSETS if "vendor" not in path.parts]
RULES = sorted(path for path in PACKAGE.glob("*/rules.py"))
MODELS = sorted(path for path in PACKAGE.glob("*/models.py"))

MOST_LINES_OF_A_FUNCTION, MOST_LINES_OF_A_MODULE = 45, 300


def name_of(path: Path) -> str:
    """Name a file in test ids and failures."""
    return str(path.relative_to(ROOT))


def lines_that_match(paths: list[Path], pattern: str, flags: int = 0) -> list[str]:
    """List "file:line: text" of every line in the files that matches."""
    wanted = re.compile(pattern, flags)
    return [
        f"{name_of(path)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if wanted.search(line)
    ]


def without(paths: list[Path], *exempt: str) -> list[Path]:
    """Leave out files whose path in the package, or whose file name, is named."""
    return [
        path
        for path in paths
        if path.name not in exempt and not name_of(path).removeprefix("fieldvisit/").startswith(exempt)
    ]


def told(found: list[str], what_to_do: str) -> str:
    """Word a failure: what to do, then where."""
    return what_to_do + "\n  " + "\n  ".join(found)


# Where lines live


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    silent = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not _is_audience(app.view_functions[rule.endpoint])
    ]
    assert not silent, told(silent, "Put @public, @signed_in or @requires(Role...) right under the route:")


def _is_audience(view: object) -> bool:
    audience = getattr(view, "audience", None)
    return audience in (PUBLIC, ANYBODY) or (isinstance(audience, frozenset) and bool(audience))


def test_the_routes_open_to_everybody_are_the_few_that_must_be(app: Flask) -> None:
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and getattr(app.view_functions[rule.endpoint], "audience", None) == PUBLIC
    }
    allowed = {
        "accounts.sign_in",
        "accounts.sign_in_code",
        "followups.calendar",
        "complaints.form",
        "complaints.file",
        "complaints.look_up",
        # Whoever asked holds a number and a code.
        "concerns.look_up",
        "offline.worker",
        "offline.manifest",
        "offline.plain",
        # Residents have no account; the link is what they hold.
        "cards.resident",
        "cards.judge",
        "cards.report",
        "cards.privacy",
    }
    assert public <= allowed, told(
        sorted(public - allowed), "Is it really for people who are not signed in? Then add it here:"
    )


@pytest.mark.parametrize("path", MODELS, ids=name_of)
def test_every_feature_registers_its_models(path: Path) -> None:
    feature = path.parent.name
    assert feature in fieldvisit.models.__all__, f"Import {feature}'s models in fieldvisit/models.py."


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_rules_load_with_the_standard_library_alone(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    program = (
        "import sys\n"
        "for name in ('flask', 'sqlalchemy', 'wtforms', 'PIL', 'werkzeug'): sys.modules[name] = None\n"
        f"import {module}\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, (
        f"{name_of(path)} must import nothing but the standard library and other rules; "
        f"pass in what it needs as plain values.\n{run.stderr}"
    )


def test_only_htmx_py_knows_the_headers_of_htmx() -> None:
    found = lines_that_match(without(MODULES, "htmx.py"), r"HX-")
    assert not found, told(found, "Give fieldvisit/htmx.py a function for it and call that:")


def test_only_clock_py_asks_for_the_time() -> None:
    found = lines_that_match(without(MODULES, "clock.py"), r"datetime\.now\(|date\.today\(|\.utcnow\(")
    assert not found, told(found, "Take the time from fieldvisit.clock, or let the caller pass `today`:")


def test_rows_are_read_in_queries() -> None:
    readers = r"(\w+_)?queries\.py$|models\.py$|access\.py$|database\.py$"
    here = [path for path in MODULES if not re.match(readers, path.name)]
    # Two files of queries that are named for what they return.
    here = without(here, "visits/reading.py", "visits/record.py")
    found = lines_that_match(here, r"(?<![\w.])select\(|\bsa\.select\(|\.query\(")
    assert not found, told(found, "Move it to a named function in queries.py that takes who is asking:")


def test_only_views_and_commands_commit() -> None:
    commanding = r"(\w+_)?views(_\w+)?\.py$|cli(_\w+)?\.py$"
    here = [path for path in MODULES if not re.match(commanding, path.name)]
    here = without(here, "demo/", "migrations/", "capture/once.py", "notifications/outbox.py", "notifications/daily.py")
    found = lines_that_match(here, r"\.commit\(\)")
    assert not found, told(found, "Actions change rows and never commit; the view does, once and last:")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_stay_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES_OF_A_MODULE, (
        f"{name_of(path)} has {lines} lines. Move one of its subjects into a file named for it."
    )


def test_functions_stay_short() -> None:
    found = [
        f"{name_of(path)}:{function.lineno}: {function.name} ({length} lines)"
        for path in MODULES
        for function in _functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]
    assert not found, told(found, "Give a part of it a name and make that a function of its own:")


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def test_static_and_templates_hold_no_programs() -> None:
    found = [name_of(path) for folder in (STATIC, TEMPLATES) for path in folder.rglob("*.py")]
    assert not found, told(found, "Python belongs in fieldvisit/; these folders are served or rendered:")


def test_every_vendored_file_is_listed() -> None:
    folder = STATIC / "vendor"
    listed = (folder / "VENDOR.md").read_text(encoding="utf-8")
    found = [path.name for path in folder.iterdir() if path.name != "VENDOR.md" and path.name not in listed]
    assert not found, told(found, "Add name, version, origin and licence to static/vendor/VENDOR.md:")


# Templates


def test_every_template_compiles(app: Flask) -> None:
    found = []
    for path in PAGES:
        try:
            app.jinja_env.get_template(path.relative_to(TEMPLATES).as_posix())
        except jinja2.TemplateError as error:
            found.append(f"{name_of(path)}: {error}")
    assert not found, told(found, "Mend these templates:")


@pytest.mark.parametrize("path", FRAGMENTS, ids=name_of)
def test_every_fragment_says_what_it_needs(path: Path) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert re.match(r"\{#-? needs:", first), f"Begin {name_of(path)} with {{# needs: the names it uses #}}."


def test_templates_hold_no_inline_script_or_style() -> None:
    found = lines_that_match(PAGES, r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|\bhx-on\b|javascript:|\bjs:")
    assert not found, told(found, "Our policy blocks it: put script in static/js, style in static/css/app.css:")


def test_nothing_comes_from_a_third_party() -> None:
    allowed = r"(?!//www\.w3\.org/)"
    found = lines_that_match([*PAGES, *OWN_ASSETS], rf"""https?:{allowed}//|(?:src|href|url)\s*[=(]\s*["']?//""")
    assert not found, told(found, "Put the file in static/vendor and serve it ourselves:")


# Burden and privacy: these are not configurable


def test_nothing_asks_for_a_position() -> None:
    here = [path for path in MODULES if not re.match(r"security\.py$|jpeg_segments\.py$|photo\w*\.py$", path.name)]
    found = lines_that_match(
        [*here, *PAGES, *OWN_ASSETS],
        r"geolocation|watchPosition|getCurrentPosition|\bgps\b|latitude",
        re.IGNORECASE,
    )
    assert not found, told(found, "No check-in, no track, no watermark: nobody is asked where they are:")


def test_no_page_may_ask_the_browser_for_a_position(anonymous: object, app: Flask) -> None:
    policy = app.test_client().get("/sign-in").headers["Permissions-Policy"]
    assert "geolocation=()" in policy, "Keep geolocation=() in fieldvisit/security.py."


def test_the_code_of_photos_reads_no_position() -> None:
    here = [path for path in MODULES if path.name.startswith(("photo", "jpeg"))]
    found = lines_that_match(here, r"GPSInfo|get_ifd|GPSTAGS|IFD\.GPS|0x8825")
    assert not found, told(found, "Metadata is removed unread; of EXIF only the orientation is looked at:")


def test_no_photo_is_a_duty() -> None:
    inputs = [
        f"{name_of(path)}: {tag[:120]}"
        for path in PAGES
        for tag in re.findall(r"<input[^>]*>", path.read_text(encoding="utf-8"))
        if re.search(r"type=[\"']?file", tag) and re.search(r"\brequired\b", tag)
    ]
    assert not inputs, told(inputs, "A photo is always optional: take `required` away:")
    # The file of an import of places is no photo.
    here = without(MODULES, "organisation/forms.py")
    fields = lines_that_match(here, r"FileRequired|(?:File|Photo)\w*Field\(.*(?:InputRequired|DataRequired)")
    assert not fields, told(fields, "A photo is always optional: take the validator away:")


def test_nobody_is_ranked_or_counted() -> None:
    words = "排名|排行|名次|积分|打卡|签到|在线时长|登录次数|安装量|活跃度|达标率|走访任务|完成率"
    data = sorted(path for path in PACKAGE.rglob("*.json"))
    found = lines_that_match([*PAGES, *MODULES, *OWN_ASSETS, *data], words)
    assert not found, told(found, "No points, no ranking, no quota of people, not even as a word:")


def test_no_column_holds_an_id_card_number_or_a_position() -> None:
    smells = re.compile(r"id_?card|identity|(^|_)(lat|lng|lon|latitude|longitude|gps|geo|coords?)($|_)|sfz")
    found = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if smells.search(column.name)
    ]
    assert not found, told(found, "Collect the minimum: no ID-card numbers and no positions, nowhere:")


def test_the_audit_record_has_no_column_for_names_or_phones() -> None:
    columns = set(Base.metadata.tables["audit_event"].columns.keys())
    assert not columns & {"name", "phone"}, "The audit record points to people by id only."
