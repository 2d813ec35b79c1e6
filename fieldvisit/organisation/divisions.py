"""Changing places: one by one, or many from a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from fieldvisit.audit.actions import record
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.organisation import queries, rules
from fieldvisit.organisation.models import Division, Level

COLUMNS = ("code", "level", "name", "parent_code")
MAX_ERRORS = 100


def add_division(by_id: int | None, code: str, level: Level, name: str, parent: Division | None) -> Division:
    """Add one place below another one, or on top."""
    name = name.strip()
    problem = rules.code_problem(code, level, parent.code if parent else None) or rules.name_problem(name)
    if problem:
        raise Refused(problem)
    if queries.find_division(code) is not None:
        raise Refused("这个代码已经有了，请核对。")
    division = Division(
        code=code,
        level=level,
        name=name,
        full_name=rules.full_name(level, name, parent.name if parent else None),
        parent_code=parent.code if parent else None,
    )
    db.session.add(division)
    db.session.flush()
    record(by_id, "division_added", "division", code, name=name)
    return division


def change_division(by_id: int | None, division: Division, name: str, *, active: bool) -> None:
    """Rename a place, with the names of the villages that show it, and take it out of use or back."""
    name = name.strip()
    problem = rules.name_problem(name)
    if problem:
        raise Refused(problem)
    if division.active and not active:
        _refuse_if_needed(division)
    parent = queries.division(division.parent_code) if division.parent_code else None
    division.name, division.active = name, active
    division.full_name = rules.full_name(division.level, name, parent.name if parent else None)
    for child in queries.children(division.code):
        child.full_name = rules.full_name(child.level, child.name, name)
    record(by_id, "division_changed", "division", division.code, name=name, active=active)


def _refuse_if_needed(division: Division) -> None:
    if any(child.active for child in queries.children(division.code)):
        raise Refused("下面还有在用的区划，请先停用它们。")
    if queries.is_in_use(division.code):
        raise Refused("还有单位联系或管辖这里，请先结束联系点或改单位的辖区。")


@dataclass
class Imported:
    """What an import did, or, when there are errors, would not do: then nothing is changed."""

    added: int = 0
    renamed: int = 0
    unchanged: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    line: int
    code: str
    level: str
    name: str
    parent_code: str


def import_divisions(by_id: int | None, table: Iterable[Mapping[str, str | None]]) -> Imported:
    """Add the places of a table with the columns code, level, name, parent_code, and rename known ones.

    Errors name the line in `line`, else they count as in a file whose first line names the columns. A city, or
    a county whose parent is nowhere, becomes a root. With any error nothing at all is changed.
    """
    rows = [_row(int(entry.get("line") or line), entry) for line, entry in enumerate(table, start=2)]
    present = {division.code: division for division in queries.all_divisions()}
    done = Imported(errors=_errors(rows, present)[:MAX_ERRORS])
    if not done.errors:
        _apply(rows, present, done)
        record(by_id, "divisions_imported", "division", "-", added=done.added, renamed=done.renamed)
    return done


def _row(line: int, entry: Mapping[str, str | None]) -> _Row:
    return _Row(line, *((entry.get(column) or "").strip() for column in COLUMNS))


def _errors(rows: list[_Row], present: Mapping[str, Division]) -> list[tuple[int, str]]:
    first_lines: dict[str, int] = {}
    for row in rows:
        first_lines.setdefault(row.code, row.line)
    levels = {code: str(division.level) for code, division in present.items()}
    levels |= {row.code: row.level for row in rows}
    found = []
    for row in rows:
        problem = _problem(row, levels, present)
        if problem is None and first_lines[row.code] != row.line:
            problem = f"代码 {row.code} 和第 {first_lines[row.code]} 行重复。"
        if problem:
            found.append((row.line, problem))
    return found


def _problem(row: _Row, levels: Mapping[str, str], present: Mapping[str, Division]) -> str | None:
    if row.level not in rules.LEVELS:
        return f"level 列是“{row.level[:20]}”，要写 {'、'.join(rules.LEVELS)} 之一。"
    parent_code = _parent_code(row, levels)
    if parent_code is None and row.level not in ("city", "county"):
        return f"上级 {row.parent_code[:20] or '（空）'} 不在表里，也不在系统里。"
    problem = rules.code_problem(row.code, row.level, parent_code) or rules.name_problem(row.name)
    if problem:
        return problem
    if parent_code is not None and rules.child_level(levels[parent_code]) != row.level:
        return f"上级 {parent_code} 不是{rules.LEVEL_NAMES[row.level]}的上一级。"
    known = present.get(row.code)
    # A village keeps its town for good: households and visits are found by the code.
    if known is not None and known.level != row.level:
        return f"代码 {row.code} 在系统里是{rules.LEVEL_NAMES[known.level]}。"
    return None


def _parent_code(row: _Row, levels: Mapping[str, str]) -> str | None:
    is_root = row.level == "city" or row.parent_code not in levels
    return None if is_root else row.parent_code


def _apply(rows: list[_Row], present: dict[str, Division], done: Imported) -> None:
    levels = dict.fromkeys(present, "") | {row.code: row.level for row in rows}
    names = {code: division.name for code, division in present.items()} | {row.code: row.name for row in rows}
    new = [row for row in rows if row.code not in present]
    new.sort(key=lambda row: rules.LEVELS.index(row.level))  # parents first
    for row in rows:
        if row.code in present and present[row.code].name != row.name:
            present[row.code].name = row.name
            done.renamed += 1
    for known in present.values():
        known.full_name = rules.full_name(known.level, known.name, names.get(known.parent_code or ""))
    if new:
        values = [_values(row, _parent_code(row, levels), names) for row in new]
        db.session.execute(sa.insert(Division), values)
    done.added, done.unchanged = len(new), len(rows) - len(new) - done.renamed


def _values(row: _Row, parent_code: str | None, names: Mapping[str, str]) -> dict[str, object]:
    return {
        "code": row.code,
        "level": Level(row.level),
        "name": row.name,
        "full_name": rules.full_name(row.level, row.name, names.get(parent_code or "")),
        "parent_code": parent_code,
        "active": True,
    }
