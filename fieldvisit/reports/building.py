"""Building a month's report: what is read, counted by the rules, and set into sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fieldvisit.concerns.lists import Entry, label_of, lists
from fieldvisit.hotspots import queries as hotspots
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import Division
from fieldvisit.reports import (
    corrections,
    coverage_queries,
    hand_queries,
    item_queries,
    later_sections,
    overview,
    tables,
    voice_queries,
)
from fieldvisit.reports.corrections import Correction
from fieldvisit.reports.coverage_queries import Place
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import Basis, Item, Weights
from fieldvisit.reports.snapshot import Section, Snapshot, Table, Value
from fieldvisit.reports.tables import BREAKDOWNS, NO_UNIT, UNIT_TABLES, Names

MOST_PLACES_NAMED = 3
KINDS = ("origin", "channel", "nature", "domain", "subdomain", "level", "town")
RESPONSIBLE = tuple(key for key in UNIT_TABLES if key != "outcome")
Tables = tuple[Table, ...]
TITLES = {
    "overview": "总体情况",
    "kinds": "诉求分类",
    "responsibility": "责任落实",
    "outcome": "化解成效",
    "voice": "群众评价",
    "coverage": "重点户走访",
    "hotspots": "热点与专题",
    "changes": "更正",
}
BASES = {Basis.UNRESOLVED: "月底未办结的都扣", Basis.OVERDUE: "只扣月底已超期的"}


@dataclass(frozen=True)
class Built:
    """A report with the concerns behind its figures."""

    snapshot: Snapshot
    items: Sequence[Item]


def build(
    county_code: str,
    month: Month,
    today: date,
    *,
    texts: Mapping[str, str],
    corrections_made: Sequence[Correction],
    earlier: Mapping[Month, Snapshot],
) -> Built:
    """Count a month anew. `earlier` holds issued reports to compare with, of the month before and a year before."""
    county, weights = organisation.division(county_code), hand_queries.weights(county_code)
    places = coverage_queries.places_of(county_code)
    as_in_ledger = item_queries.items_of(county_code, month)
    items = corrections.corrected(as_in_ledger, corrections_made)
    names = _names(items, places)
    tables_by_section = {
        "overview": overview.tables_of(county_code, month, items, earlier),
        **_counted(items, names, _tied(items, county_code, month), weights),
        **_seen_there(county, month, items, places),
        "changes": (
            later_sections.own_corrections(as_in_ledger, corrections_made, names),
            later_sections.later_changes(item_queries.changed_since(county_code, month)),
        ),
    }
    snapshot = Snapshot(
        county_code=county_code,
        county_name=county.name,
        month=str(month),
        title=f"{county.name}{month.label}民情月报",
        until=min(month.last, today).isoformat(),
        settings=_settings(weights),
        sections=tuple(Section(key, TITLES[key], texts.get(key, ""), tables_by_section[key]) for key in TITLES),
    )
    return Built(snapshot, items)


def _counted(items: Sequence[Item], names: Names, tied: Mapping[str, str], weights: Weights) -> dict[str, Tables]:
    """Return the sections that count concerns."""
    return {
        "kinds": tuple(tables.plain(BREAKDOWNS[key], items, names) for key in KINDS),
        "responsibility": tuple(tables.responsibility(BREAKDOWNS[key], items, names, tied) for key in RESPONSIBLE),
        "outcome": (tables.outcome(items, names, tied, weights), later_sections.left_out(items, names)),
    }


def _seen_there(county: Division, month: Month, items: Sequence[Item], places: Sequence[Place]) -> dict[str, Tables]:
    """Return the sections of what was said, promised, visited and stood out in the county."""
    villages = [place.code for place in places if place.is_village]
    promised = voice_queries.promised(villages, month)
    spots = hotspots.hotspots_in(county.code, hotspots.Period(month.first, month.last))
    return {
        "voice": (
            later_sections.satisfaction(items, voice_queries.said(county.code, month)),
            later_sections.sample(voice_queries.compared(county.code, month)),
            later_sections.commitments(promised, coverage_queries.units_in_order(list(promised))),
        ),
        "coverage": (later_sections.coverage(coverage_queries.coverage(county.code, villages, month), places),),
        "hotspots": (
            later_sections.hotspots(spots, places),
            later_sections.themes(hand_queries.themes(county.code, month), county.name, places, month),
        ),
    }


def _settings(weights: Weights) -> dict[str, Value]:
    return {
        "resolved": weights.resolved,
        "partly_resolved": weights.partly_resolved,
        "unresolved": weights.unresolved,
        "basis": BASES[weights.basis],
    }


def _names(items: Sequence[Item], places: Sequence[Place]) -> Names:
    known = lists()
    ids = {
        unit
        for item in items
        for unit in (item.locality_unit, item.lead_unit, item.contact_unit, item.handling_unit)
        if unit
    }
    units = coverage_queries.units_in_order(sorted(ids)) | {NO_UNIT: "尚未明确"}
    domains = {code: known.domain_label(code) for code in known.domains}
    towns = {place.code: place.name for place in places if not place.is_village}
    return Names(
        {
            "origin": {"found": "干部走访发现", "brought": "群众反映"},
            "channel": _words(known.channels),
            "nature": _words(known.natures),
            "domain": {code: label for code, label in domains.items() if len(code) == 2},
            "subdomain": domains,
            "level": {level: f"{level}级" for level in tables.LEVELS},
            "town": towns,
            **dict.fromkeys(RESPONSIBLE, units),
            "outcome": units | {NO_UNIT: "尚未交办"},
        },
        "其他（{}）",
    )


def _words(entries: Mapping[str, Entry]) -> dict[str, str]:
    return {code: label_of(entries, code) for code in entries}


def _tied(items: Sequence[Item], county_code: str, month: Month) -> dict[str, str]:
    ids = {
        unit for item in items for unit in (item.locality_unit, item.lead_unit, item.contact_unit, item.handling_unit)
    }
    tied = coverage_queries.tied_villages(sorted(ids - {0}), county_code, month)
    return {unit: _some(names) for unit, names in tied.items()}


def _some(names: Sequence[str]) -> str:
    shown = "、".join(names[:MOST_PLACES_NAMED])
    return shown if len(names) <= MOST_PLACES_NAMED else f"{shown}等{len(names)}个"
