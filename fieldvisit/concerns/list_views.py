"""The work lists of the ledger, the dispatch of many at once, and the list as a table to take along."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue

from fieldvisit import clock, paging
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.audit.actions import record
from fieldvisit.concerns import bulk, export, list_forms, seat_queries
from fieldvisit.concerns.blueprint import bp
from fieldvisit.concerns.list_forms import CHIP_WORDS, CHIPS, COUNTED, SEAT_WORDS, Chip, Filters
from fieldvisit.concerns.list_queries import Work
from fieldvisit.concerns.lists import label_of, lists
from fieldvisit.concerns.seat_queries import Seat
from fieldvisit.concerns.words import STATE_WORDS, due_in_words
from fieldvisit.database import read_transactions
from fieldvisit.extensions import db
from fieldvisit.htmx import wants_fragment
from fieldvisit.organisation import choice_queries

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DISPATCHED_FROM = frozenset({Chip.NEW, Chip.TO_DISPATCH})


@bp.get("/concerns")
@requires(*seat_queries.READERS)
def index() -> ResponseReturnValue:
    """Show a page of a work list; every filter is in the address."""
    return _list(_filters())


@bp.post("/concerns/dispatch")
@requires(Role.OFFICE)
def dispatch_many() -> ResponseReturnValue:
    """Give the ticked concerns, or all shown, to the units suggested or to one, and say what became of each."""
    who, form = current_cadre(), bulk.DispatchForm(request.form)
    done = bulk.dispatch(who, form.wanted(request.form), form.unit())
    db.session.commit()
    return _list(_filters(), done=done)


@bp.post("/concerns/export")
@requires(*seat_queries.READERS)
def take_along() -> ResponseReturnValue:
    """Send the list, all pages of it, as a table; who took which list is on record."""
    filters, who_id = _filters(), current_cadre().id
    # Nobody else's write waits while the table is made.
    db.session.rollback()
    with read_transactions():
        file, number = export.table(Work(current_cadre(), filters))
        db.session.rollback()
    record(who_id, "concerns_exported", "concern", "-", rows=number, **_without_words(filters))
    db.session.commit()
    return send_file(file, XLSX, as_attachment=True, download_name=f"诉求 {clock.today():%Y-%m-%d}.xlsx")


def _without_words(filters: Filters) -> dict[str, str]:
    """Return the filters for the record, which can't forget: what was typed may be somebody's name."""
    return replace(filters, typed="").as_args()


def _filters() -> Filters:
    return list_forms.read_filters(request.args, seat_queries.seats_of(current_cadre()))


def _list(filters: Filters, done: bulk.Done | None = None) -> ResponseReturnValue:
    who = current_cadre()
    template = "concerns/_list.html" if wants_fragment() else "concerns/index.html"
    may_dispatch = filters.seat is Seat.OFFICE and filters.chip in DISPATCHED_FROM
    page = Work(who, filters).page(request.args.get("after"))
    return render_template(
        template,
        page=page,
        looks_on=page.next is not None and len(page.rows) < paging.PAGE_SIZE,
        filters=filters,
        query=filters.as_args(),
        seats=[(seat, SEAT_WORDS[seat]) for seat in seat_queries.seats_of(who)],
        chips=[(chip, CHIP_WORDS[chip], _count(filters, chip)) for chip in CHIPS[filters.seat]],
        continued=bool(request.args.get("after")),
        done=done,
        may_dispatch=may_dispatch,
        units=seat_queries.units_to_choose(who, filters.seat, filters.unit_id),
        areas=choice_queries.places(seat_queries.areas_of(who, filters.seat), filters.area),
        may_import=who.has(Role.OFFICE),
        **_words(),
    )


def _count(filters: Filters, chip: Chip) -> int | None:
    if chip not in COUNTED[filters.seat]:
        return None
    return Work(current_cadre(), Filters(filters.seat, chip)).count()


def _words() -> dict[str, Any]:
    known = lists()
    return {
        "lists": known,
        "label_of": label_of,
        "state_words": STATE_WORDS,
        "months": list_forms.months_to_choose(clock.today()),
        "due_in_words": due_in_words,
    }
