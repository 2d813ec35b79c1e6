"""The office's import of what another system has written down."""

from __future__ import annotations

import sqlalchemy as sa
from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.audit.actions import record
from fieldvisit.concerns import importing, registering, tables
from fieldvisit.concerns.blueprint import bp
from fieldvisit.concerns.importing import Prepared
from fieldvisit.concerns.lists import label_of, lists
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.organisation import queries as organisation
from fieldvisit.security import takes_long_text

MOST_SHOWN = 100
SAMPLES = 20
NOTHING_NEW = "没有可以登记的行。"


@bp.get("/concerns/import")
@requires(Role.OFFICE)
def import_page() -> ResponseReturnValue:
    """Ask for a table."""
    return _page(None)


@bp.post("/concerns/import")
@requires(Role.OFFICE)
@takes_long_text
def import_table() -> ResponseReturnValue:
    """Show what a table comes to; when told to, register what is right and new in it, all or nothing."""
    who = current_cadre()
    try:
        rows = _rows(_uploaded(), request.form.get("pasted", ""))
        prepared = importing.prepare(who, rows, lists())
        if request.form.get("step") != "register":
            return _page(prepared)
        if not prepared.entries:
            raise Refused(NOTHING_NEW)
        registering.register_many(who, [entry for _, entry in prepared.entries])
        record(who.id, "concerns_imported", "concern", "-", rows=len(prepared.entries))
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        return _page(None, refusal.message, refusal.status)
    except sa.exc.IntegrityError:
        db.session.rollback()
        return _page(None, "刚才有人导入了同样的编号，这次一行都没有登记。请再看一次。", 409)
    flash(f"已登记 {len(prepared.entries)} 件{_left_out(prepared)}。")
    return go_to(url_for(".index", _external=False, seat="office", list="new"))


def _rows(content: bytes, pasted: str) -> list[list[str]]:
    if not pasted.strip():
        return tables.rows_of(content)
    if content:
        raise Refused("选了文件，又粘贴了表格，分不清要哪一个。请清空一个再试。")
    return tables.rows_pasted(pasted)


def _uploaded() -> bytes:
    file = request.files.get("file")
    if file is None:
        return b""
    with file.stream as stream:
        return stream.read()


def _left_out(prepared: Prepared) -> str:
    words = [f"{len(prepared.known)} 件以前登记过"] if prepared.known else []
    words += [f"{len(prepared.errors)} 行有错没有登记，改好后可以再导入一次"] if prepared.errors else []
    return "；" + "，".join(words) if words else ""


def _page(prepared: Prepared | None, sentence: str = "", status: int = 0) -> ResponseReturnValue:
    samples = prepared.entries[:SAMPLES] if prepared else []
    return render_template(
        "concerns/_import.html" if wants_fragment() else "concerns/import.html",
        prepared=prepared,
        sentence=sentence,
        samples=samples,
        names=organisation.names_of(entry.village_code for _, entry in samples),
        most_shown=MOST_SHOWN,
        most_rows=importing.MOST_ROWS,
        columns=importing.COLUMNS,
        pasted=request.form.get("pasted", ""),
        lists=lists(),
        label_of=label_of,
    ), status or 200
