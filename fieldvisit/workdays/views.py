"""The administrators' page of days off."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.uploads import decoded
from fieldvisit.workdays import actions, queries, rules
from fieldvisit.workdays.forms import MAX_BYTES, NoticeForm
from fieldvisit.workdays.notice import Notice, read_notice

bp = Blueprint("workdays", __name__)


@bp.route("/workdays", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    form, notice = NoticeForm(request.form), None
    if request.method == "POST":
        try:
            form.lines.data, chosen = _told(form.lines.data or "")
            notice = read_notice(form.lines.data, clock.today())
        except Refused as refusal:
            form.file.errors = [refusal.message]
        else:
            if not notice.errors:
                return _imported(notice)
            form.lines.errors = [f"{chosen}有错，都没有导入。请照上面的提示改。"]
    errors = notice.errors if notice else ()
    known = queries.special_days()
    return render_template(
        "workdays/index.html",
        form=form,
        errors=errors,
        years=[(year, rules.festivals(entries)) for year, entries in groupby(known, lambda entry: entry.year)][::-1],
    ), (422 if errors or form.file.errors else 200)


def _told(lines: str) -> tuple[str, str]:
    """Return the uploaded text, else the typed one, and a word for it; raise Refused when it can't be read."""
    uploaded = request.files.get("file")
    content = uploaded.read(MAX_BYTES + 1) if uploaded else b""
    if len(content) > MAX_BYTES or len(lines) > MAX_BYTES:
        raise Refused("内容太多。一年的放假安排只有几十行，请核对文件。")
    # What was uploaded is shown for correction, so that nothing has to be uploaded twice.
    return (decoded(content), "文件") if content else (lines, "内容")


def _imported(notice: Notice) -> ResponseReturnValue:
    actions.import_notice(current_cadre().id, notice)
    db.session.commit()
    years = "、".join(map(str, notice.years))
    flash(f"{years} 年的放假安排已导入，共 {len(notice.entries)} 天，到期日从现在起按它推算。")
    return redirect(url_for(".index"), 303)
