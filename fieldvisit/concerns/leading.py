"""Putting units in charge of domains."""

from __future__ import annotations

from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.concerns import unit_queries
from fieldvisit.concerns.models import DomainLead
from fieldvisit.errors import Refused
from fieldvisit.extensions import db


def put_in_charge(who: Cadre, county_code: str, domain: str, unit_id: int | None) -> None:
    """Put a unit in charge of a domain in a county; None leaves it to the rule. Old concerns stay."""
    if unit_id is not None and unit_queries.active_unit(unit_id) is None:
        raise Refused("这个单位已经撤销，请选别的单位。")
    row = unit_queries.lead_row(county_code, domain)
    if unit_id is None:
        if row is not None:
            db.session.delete(row)
    elif row is not None:
        row.unit_id = unit_id
    else:
        db.session.add(DomainLead(county_code=county_code, domain=domain, unit_id=unit_id))
    record(who.id, "domain_lead_set", "domain", f"{county_code}/{domain}", unit_id=unit_id)
