"""What a division's code must look like, and where a unit may go in the tree."""

from __future__ import annotations

from datetime import date

LEVELS = ("city", "county", "town", "village")
LEVEL_NAMES = {"city": "市", "county": "县区", "town": "乡镇街道", "village": "村（社区）"}
CODE_LENGTHS = {"city": 4, "county": 6, "town": 9, "village": 12}
MAX_NAME = 60
LAST_POSITION = 9999


def child_level(level: str) -> str | None:
    """Return the level below, None for a village."""
    return None if level == LEVELS[-1] else LEVELS[LEVELS.index(level) + 1]


def code_problem(code: str, level: str, parent_code: str | None) -> str | None:
    """Return the Chinese sentence that says what is wrong with a code, or None."""
    if not (code.isascii() and code.isdigit() and len(code) == CODE_LENGTHS[level]):
        return f"{LEVEL_NAMES[level]}的代码要 {CODE_LENGTHS[level]} 位数字。"
    if parent_code is not None and not code.startswith(parent_code):
        return f"代码要以上级的代码 {parent_code} 开头。"
    return None


def name_problem(name: str) -> str | None:
    """Return the Chinese sentence that says what is wrong with a name, or None."""
    if not name:
        return "请填写名称。"
    if len(name) > MAX_NAME:
        return f"名称最多 {MAX_NAME} 个字。"
    return None if name.isprintable() else "名称里有看不见的控制字符，请重新输入。"


def full_name(level: str, name: str, parent_name: str | None) -> str:
    """Return how lists name a division: a village with its town, because villages' names repeat."""
    return f"{parent_name} {name}" if level == "village" and parent_name else name


def is_below(path: str, top_path: str) -> bool:
    """Say whether a unit's path lies in (or is) the subtree of another's: "/1/7/" is below "/1/"."""
    return path.startswith(top_path)


def moved_path(path: str, old_top: str, new_top: str) -> str:
    """Return the path of a unit whose ancestor (or itself) moved from one path to another."""
    return new_top + path.removeprefix(old_top)


def overlap(starts_on: date, ends_on: date | None, other_start: date, other_end: date | None) -> bool:
    """Say whether two periods share a day; both ends count, None means still."""
    return starts_on <= (other_end or date.max) and other_start <= (ends_on or date.max)
