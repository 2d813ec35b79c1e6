"""The tables that do not count concerns by one fact: what is left out, said, promised, visited, rising, changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from fieldvisit import clock, filters
from fieldvisit.concerns.lists import label_of, lists
from fieldvisit.concerns.rules import Step
from fieldvisit.concerns.words import STEP_WORDS
from fieldvisit.followups.rules import Mark
from fieldvisit.hotspots.rules import Hotspot
from fieldvisit.reports import corrections, rules
from fieldvisit.reports.corrections import Correction, Field
from fieldvisit.reports.coverage_queries import Coverage, Place
from fieldvisit.reports.hand_models import Theme
from fieldvisit.reports.item_queries import Changed
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import Item, Standing
from fieldvisit.reports.snapshot import Chart, Column, Kind, Row, Table
from fieldvisit.reports.tables import MARKS, Names, is_asked
from fieldvisit.reports.voice_queries import Promised, Said

STANDINGS = {
    Standing.RESOLVED: "化解",
    Standing.PARTLY_RESOLVED: "部分化解",
    Standing.EXPLAINED: "解释说明",
    Standing.NOT_SUPPORTED: "不支持",
    Standing.REDIRECTED: "转出",
    Standing.WITHDRAWN: "撤回",
    Standing.MERGED: "并案",
    Standing.OPEN: "未办结",
    Standing.OVERDUE: "超期未办结",
}
FIELDS = {Field.LEVEL: "等级", Field.DOMAIN: "涉及领域", Field.HANDLING_UNIT: "承办单位", Field.STANDING: "月底结果"}
RATES_NOTE = f"评价不足 {rules.LEAST_FOR_A_RATE} 件的不算满意率。未评价不算满意。"
TEXT = Kind.TEXT


def left_out(items: Sequence[Item], names: Names) -> Table:
    """List what counts neither for nor against a unit."""
    known, units = lists(), names.rows["outcome"]
    rows = tuple(
        Row(
            item.number,
            item.number,
            (known.domain_label(item.domain), units.get(str(item.handling_unit), ""), STANDINGS[item.shape.standing]),
        )
        for item in items
        if rules.left_out(item.shape)
    )
    columns = (Column("domain", "涉及领域", TEXT), Column("unit", "承办单位", TEXT), Column("standing", "结果", TEXT))
    return Table("left_out", "不计入成效的诉求", "编号", columns, rows)


SATISFACTION = (
    *(Column(key, label) for key, label in MARKS),
    Column("unreached", "其中未联系上"),
    Column("rated", "已评价"),
    Column("rate", "满意率", Kind.SHARE),
)


def satisfaction(items: Sequence[Item], said: Counter[Said]) -> Table:
    """Return what residents said of closed concerns and of promises."""
    of_concerns = Counter(item.mark or "unrated" for item in items if is_asked(item))
    of_promises: Counter[str] = Counter()
    unreached = {True: 0, False: 0}
    for one, number in said.items():
        unreached[one.is_concern] += number if one.unreached else 0
        if not one.is_concern:
            of_promises[one.mark.value] += number
    rows = (
        _satisfaction_row("concerns", "本月办结的诉求", of_concerns, min(unreached[True], of_concerns["unrated"])),
        _satisfaction_row("commitments", "本月回访的承诺", of_promises, unreached[False]),
    )
    return Table("satisfaction", "群众评价", "事项", SATISFACTION, rows, note=RATES_NOTE)


def _satisfaction_row(key: str, label: str, marks: Counter[str], unreached: int) -> Row:
    counts = [marks[mark] for mark, _ in MARKS]
    rated = sum(counts) - marks["unrated"]
    good = marks["satisfied"] + marks["basically_satisfied"]
    return Row(key, label, (*counts, unreached, rated, rules.rate(good, rated)))


def sample(compared: Counter[tuple[Mark, Mark]]) -> Table:
    """Return what cadres recorded beside what an independent caller was told, of the same return visits."""
    rated = {pair: number for pair, number in compared.items() if Mark.UNRATED not in pair}
    whole, good = sum(rated.values()), (Mark.SATISFIED, Mark.BASICALLY_SATISFIED)
    same = sum(number for (recorded, asked), number in rated.items() if recorded is asked)
    by_cadres = sum(number for (recorded, _), number in rated.items() if recorded in good)
    by_others = sum(number for (_, asked), number in rated.items() if asked in good)
    columns = (
        Column("compared", "两次都有评价"),
        Column("same", "评价一致"),
        Column("recorded_rate", "干部回访满意率", Kind.SHARE),
        Column("asked_rate", "独立抽查满意率", Kind.SHARE),
    )
    cells = (whole, same, rules.rate(by_cadres, whole), rules.rate(by_others, whole))
    note = "抽查由其他单位的人电话询问同一件事，两次回答都保留。"
    return Table("sample", "独立抽查与干部回访", "范围", columns, (Row("all", "本月抽查", cells),), note=note)


def commitments(promised: Mapping[int, Promised], units: Mapping[str, str]) -> Table:
    """Return promises by unit, in the order of the organisation list."""
    columns = (
        Column("made", "本月作出"),
        Column("due", "本月到期"),
        Column("kept", "兑现"),
        Column("partly", "部分兑现"),
        Column("not_kept", "未兑现"),
        Column("unknown", "尚未回访"),
    )
    rows = tuple(Row(key, name, _promised(promised[int(key)])) for key, name in units.items())
    whole = tuple(sum(numbers) for numbers in zip(*(_promised(one) for one in promised.values()), strict=True))
    total = Row("total", "合计", whole or (0,) * len(columns))
    return Table("commitments", "承诺", "单位", columns, rows, total)


def _promised(one: Promised) -> tuple[int, ...]:
    return (*one, one.due - one.kept - one.partly - one.not_kept)


def coverage(by_village: Mapping[str, Coverage], places: Sequence[Place]) -> Table:
    """Return by village how many households in need were visited."""
    columns = (
        Column("in_need", "重点户"),
        Column("this_month", "本月走访"),
        Column("lately", "近三个月走访"),
        Column("rate", "近三个月走访面", Kind.SHARE),
    )
    rows = tuple(
        Row(place.code, place.full_name, _covered(by_village[place.code]))
        for place in places
        if place.code in by_village
    )
    whole = Coverage(*(sum(numbers) for numbers in zip(*by_village.values(), strict=True))) if by_village else None
    total = Row("total", "合计", _covered(whole or Coverage(0, 0, 0)))
    note = "只看有需要的户有没有人上门，不统计任何单位和个人的走访次数。"
    return Table("coverage", "各村重点户走访面", "村（社区）", columns, rows, total, note)


def _covered(one: Coverage) -> tuple[int | None, ...]:
    return (*one, rules.rate(one.lately, one.in_need))


def hotspots(spots: Sequence[Hotspot], places: Sequence[Place]) -> Table:
    """Return what stood out in the month, with its numbers."""
    names, known = {place.code: place.name for place in places}, lists()
    columns = (
        Column("now", "本月件数"),
        Column("households", "涉及户数"),
        Column("expected", "往常约", Kind.TENTHS),
        Column("chance", "碰巧的可能", TEXT),
    )
    rows = tuple(
        Row(
            f"{spot.cell.town_code}-{spot.cell.domain}",
            f"{names.get(spot.cell.town_code, spot.cell.town_code)} · {known.domain_label(spot.cell.domain)}",
            (spot.cell.now, spot.cell.households, round(spot.expected * 10), f"{spot.one_in:,} 分之一"),
        )
        for spot in spots
    )
    note = "同一乡镇、同一领域，和此前一年的平均相比明显变多的。只说明事情，不评价单位和个人。"
    return Table("hotspots", "本月热点", "乡镇和领域", columns, rows, note=note, chart=Chart.NONE)


def themes(open_themes: Sequence[Theme], county_name: str, places: Sequence[Place], month: Month) -> Table:
    """Return what is proposed for a closer look, until it is settled."""
    names, known = {place.code: place.name for place in places} | {"": county_name}, lists()
    columns = (
        Column("since", "提出", TEXT),
        Column("words", "建议专题调研", TEXT),
        Column("settled", "办理结果", TEXT),
    )
    rows = tuple(
        Row(
            str(theme.id),
            f"{names.get(theme.town_code or '', '')} · {known.domain_label(theme.domain)}",
            (Month(theme.opened_month).label, theme.words, _settled(theme, month)),
        )
        for theme in open_themes
    )
    return Table("themes", "专题", "乡镇和领域", columns, rows)


def _settled(theme: Theme, month: Month) -> str:
    # One that was settled in a later month was still open in this one.
    is_settled = theme.settled_month is not None and theme.settled_month <= month.first
    return theme.settled_words if is_settled else "调研中"


CHANGE_COLUMNS = (
    Column("field", "项目", TEXT),
    Column("before", "原来", TEXT),
    Column("after", "更正为", TEXT),
    Column("reason", "理由", TEXT),
)


def own_corrections(items: Sequence[Item], made: Sequence[Correction], names: Names) -> Table:
    """List what this report counts otherwise than the ledger says; `items` are as in the ledger."""
    by_id = {item.id: item for item in items}
    rows = tuple(
        Row(
            f"{one.concern_id}-{one.field.value}",
            by_id[one.concern_id].number,
            (
                FIELDS[one.field],
                value_words(one.field, corrections.value_of(by_id[one.concern_id], one.field), names),
                value_words(one.field, one.value, names),
                one.reason,
            ),
        )
        for one in made
        if one.concern_id in by_id
    )
    return Table("own_corrections", "本期更正", "编号", CHANGE_COLUMNS, rows)


def value_words(field: Field, value: str, names: Names) -> str:
    """Put a value of a correction into words."""
    if field is Field.LEVEL:
        return f"{value}级"
    if field is Field.STANDING:
        return STANDINGS[Standing(value)]
    return lists().domain_label(value) if field is Field.DOMAIN else names.rows["outcome"].get(value, "其他单位")


LEDGER_FIELDS = {"level": "等级", "domain": "涉及领域", "nature": "性质", "village_code": "地点", "people": "人数"}
# What is said without its codes.
WITHOUT_VALUES = frozenset({"village_code"})


def later_changes(changed: Sequence[Changed]) -> Table:
    """List what was changed within the month of concerns that earlier reports have counted."""
    rows: list[Row] = []
    for nth, one in enumerate(changed):
        words = [_changed(name, one.details[name]) for name in LEDGER_FIELDS if name in one.details]
        said = "；".join(words) if one.step is Step.CORRECT else "已办结的重新办理"
        if said:
            day = filters.whole_day(clock.local(one.at).date())
            rows.append(Row(str(nth), one.number, (day, STEP_WORDS[one.step], said)))
    columns = (Column("day", "日期", TEXT), Column("step", "事项", TEXT), Column("change", "变化", TEXT))
    return Table("later_changes", "以前月份的更正", "编号", columns, tuple(rows))


def _changed(name: str, pair: Sequence[str | int | None]) -> str:
    if name in WITHOUT_VALUES:
        return f"{LEDGER_FIELDS[name]}有更正"
    before, after = (_ledger_words(name, value) for value in pair)
    return f"{LEDGER_FIELDS[name]}由“{before}”改为“{after}”"


def _ledger_words(name: str, value: str | int | None) -> str:
    known, text = lists(), str(value)
    if name == "domain":
        return known.domain_label(text)
    return label_of(known.natures, text) if name == "nature" else text
