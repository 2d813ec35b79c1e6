"""Which unit is in charge of which domain in a county, for the office to say."""

from __future__ import annotations

from typing import NamedTuple

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.concerns import choice_queries, desk_entry, leading, unit_queries
from fieldvisit.concerns.blueprint import bp
from fieldvisit.concerns.forms import LeadForm
from fieldvisit.concerns.lists import Domain, lists
from fieldvisit.concerns.unit_queries import Lead
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.numbers import small_number
from fieldvisit.organisation.models import Division


class LeadRow(NamedTuple):
    """One domain: the unit put in charge of it, and the one that the rule finds otherwise ("" for none)."""

    domain: Domain
    lead: Lead | None
    by_rule: str


@bp.get("/concerns/leads")
@requires(Role.OFFICE)
def leads() -> ResponseReturnValue:
    """Show all domains of a county; `domain` in the address opens the form of one."""
    counties = _counties()
    county = next((one for one in counties if one.code == request.args.get("county")), counties[0])
    domain = request.args.get("domain", "")
    form = _form(county, domain) if domain in lists().domains else None
    if form is not None and wants_fragment():
        return render_template("concerns/_lead_form.html", form=form, county=county, domain=lists().domains[domain])
    return _page(county, form, domain)


@bp.post("/concerns/leads/<county_code>/<domain>")
@requires(Role.OFFICE)
def put_in_charge(county_code: str, domain: str) -> ResponseReturnValue:
    """Put a unit in charge of a domain, or leave it to the rule."""
    county = next((one for one in _counties() if one.code == county_code), None)
    if county is None or domain not in lists().domains:
        raise NotYours
    form = _form(county, domain)
    form.process(request.form)
    if not form.validate():
        return _page(county, form, domain, status=422)
    try:
        leading.put_in_charge(current_cadre(), county.code, domain, small_number(form.unit_id.data))
    except Refused as refused:
        db.session.rollback()
        form.unit_id.errors = [refused.message]
        return _page(_county(county_code), form, domain, status=refused.status)
    db.session.commit()
    flash(f"已保存：{lists().domain_label(domain)}。新登记的诉求照此，已登记的不变。", "success")
    return go_to(url_for(".leads", county=county_code, _anchor=f"domain-{lists().domains[domain].parent or domain}"))


def _counties() -> list[Division]:
    found = list(choice_queries.counties(desk_entry.areas_of(current_cadre())))
    if not found:
        raise NotYours
    return found


def _county(code: str) -> Division:
    return next(one for one in _counties() if one.code == code)


def _form(county: Division, domain: str) -> LeadForm:
    held = unit_queries.leads_of(county.code).get(domain)
    form = LeadForm(data={"unit_id": str(held.unit_id) if held and held.active else ""})
    form.offer(choice_queries.units_of(county.code))
    return form


def _page(county: Division, form: LeadForm | None, domain: str, *, status: int = 200) -> ResponseReturnValue:
    known, held = lists(), unit_queries.leads_of(county.code)
    by_rule = {top.code: unit_queries.lead_by_name(county.code, top.code, known) for top in known.top_domains()}
    names = unit_queries.names_of_units(by_rule.values())

    def row(entry: Domain) -> LeadRow:
        above = held.get(entry.parent) if entry.parent else None
        found = above.name if above and above.active else names.get(by_rule[entry.parent or entry.code] or 0, "")
        return LeadRow(entry, held.get(entry.code), found)

    return render_template(
        "concerns/leads.html",
        county=county,
        counties=_counties(),
        groups=[(row(top), [row(entry) for entry in known.below(top.code)]) for top in known.top_domains()],
        form=form,
        opened=domain if form is not None else "",
    ), status
