"""What every form of a report says in the same words: its title, its last day, its settings, its numbering."""

from __future__ import annotations

from datetime import date

from fieldvisit.reports.snapshot import Kind, Snapshot, shown

DIGITS = "〇一二三四五六七八九"
WEIGHTS = {"resolved": "化解一件", "partly_resolved": "部分化解一件", "unresolved": "未化解一件"}
LABELS = {"basis": "未化解的口径"}


def title_of(snapshot: Snapshot, is_draft: bool) -> str:
    """Return the title; a draft says so."""
    return f"{snapshot.title}（草稿）" if is_draft else snapshot.title


def until_of(snapshot: Snapshot) -> str:
    """Return up to when is counted: 数据截至2026年7月31日."""
    day = date.fromisoformat(snapshot.until)
    return f"数据截至{day.year}年{day.month}月{day.day}日"


def settings_of(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return the settings by which the report was counted, in words: what, and how much."""
    return [
        (WEIGHTS[key], f"{shown(value, Kind.TENTHS)}分") if key in WEIGHTS else (LABELS.get(key, key), _plain(value))
        for key, value in snapshot.settings.items()
    ]


def _plain(value: int | str | None) -> str:
    return shown(value, Kind.COUNT)


def numeral(number: int) -> str:
    """Write a number from 1 to 99 in Chinese: 十二."""
    tens, ones = divmod(number, 10)
    begin = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return begin + (DIGITS[ones] if ones else "")
