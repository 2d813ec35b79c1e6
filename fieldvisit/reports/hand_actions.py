"""Keeping what the office enters by hand; every change is on record with what held before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.reports import hand_queries
from fieldvisit.reports.hand_models import HandFigure, Key, ReportSetting, Theme
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import Weights

SETTLED = "这个专题刚被别人办结，您写的没有保存。"


class Overtaken(Refused):
    """Somebody else has changed the same thing since the page was opened; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("您打开之后，别人改过这里，您的还没有保存。", 409)


def set_figures(
    who: Cadre, county_code: str, changes: Mapping[Key, int | None], seen: Mapping[Key, int | None]
) -> dict[Key, int | None]:
    """Set figures that were seen otherwise; `seen` has the same keys.

    Where somebody else has meanwhile set another number than either, nothing is set, and what they have set returned.
    """
    hand_queries.hold(county_code)
    held = hand_queries.figures(county_code, sorted({month for month, _ in changes}))
    present = {(month, name): getattr(held.get(month), name, None) for month, name in changes}
    theirs = {key: value for key, value in present.items() if value not in (seen[key], changes[key])}
    if theirs:
        return theirs
    new = {key: value for key, value in changes.items() if value != present[key]}
    for (month, name), value in new.items():
        if month not in held:
            held[month] = HandFigure(county_code=county_code, month=month.first)
            db.session.add(held[month])
        setattr(held[month], name, value)
        held[month].updated_by, held[month].updated_at = who.id, clock.now()
    if new:
        told = [[str(month), name, present[month, name], value] for (month, name), value in new.items()]
        record(who.id, "report_figures_set", "county", county_code, figures=told)
    return {}


def set_weights(who: Cadre, county_code: str, weights: Weights, seen: Callable[[Weights], bool]) -> None:
    """Let a county score by other weights; raise Overtaken when those that hold are not the ones that were seen."""
    hand_queries.hold(county_code)
    row = hand_queries.setting(county_code)
    before = row.weights if row else Weights()
    if before == weights:
        return
    if not seen(before):
        raise Overtaken
    if row is None:
        row = ReportSetting(county_code=county_code)
        db.session.add(row)
    row.resolved_tenths, row.partly_resolved_tenths = weights.resolved, weights.partly_resolved
    row.unresolved_tenths, row.basis = weights.unresolved, weights.basis
    row.updated_by, row.updated_at = who.id, clock.now()
    record(who.id, "report_weights_set", "county", county_code, before=_plain(before), after=_plain(weights))


def _plain(weights: Weights) -> list[int | str]:
    return [weights.resolved, weights.partly_resolved, weights.unresolved, weights.basis.value]


def open_theme(
    who: Cadre, county_code: str, theme_id: UUID, *, town_code: str | None, domain: str, month: Month, words: str
) -> None:
    """Open a theme; one that the same form has opened already stays as it is."""
    hand_queries.hold(county_code)
    there = hand_queries.made(theme_id)
    if there is not None:
        if there.county_code != county_code:
            raise NotYours
        return
    db.session.add(
        Theme(
            id=theme_id,
            county_code=county_code,
            town_code=town_code,
            domain=domain,
            opened_month=month.first,
            words=words,
            made_by=who.id,
            made_at=clock.now(),
        )
    )
    record(who.id, "theme_opened", "theme", theme_id, town=town_code, domain=domain, month=str(month))


def reword_theme(who: Cadre, theme: Theme, version: int, words: str) -> None:
    """Say otherwise what to look into; raise Overtaken when the theme is another one by now."""
    if theme.settled_month is not None:
        raise Refused(SETTLED, 409)
    if theme.words == words:
        return
    if theme.version != version:
        raise Overtaken
    theme.words, theme.version = words, version + 1
    record(who.id, "theme_reworded", "theme", theme.id)


def settle_theme(who: Cadre, theme: Theme, version: int, month: Month, words: str) -> None:
    """Say what came of a theme, in a month not before it was opened; raise Overtaken as above."""
    if theme.settled_month is not None:
        if (theme.settled_month, theme.settled_words) == (month.first, words):
            return
        raise Refused(SETTLED, 409)
    if theme.version != version:
        raise Overtaken
    if month.first < theme.opened_month:
        raise Refused(f"这个专题从{Month(theme.opened_month).label}才开始列出，请选那个月或以后。")
    theme.settled_month, theme.settled_words, theme.version = month.first, words, version + 1
    record(who.id, "theme_settled", "theme", theme.id, month=str(month))
