"""The lists that a county may change: tags of households, and how people are related to the head."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

TAGS_FILE = Path(__file__).parent / "tags.json"
HEAD = "户主"
RELATIONS = (
    HEAD,
    "妻子",
    "丈夫",
    "儿子",
    "女儿",
    "儿媳",
    "女婿",
    "父",
    "母",
    "公公",
    "婆婆",
    "岳父",
    "岳母",
    "孙子女",
    "外孙子女",
    "祖父母",
    "外祖父母",
    "兄弟姐妹",
    "其他",
)
OTHER_RELATION = RELATIONS[-1]


@dataclass(frozen=True)
class Tag:
    """One tag of households; `key_group` says that such households need looking after sooner."""

    name: str
    key_group: bool


@lru_cache
def tags() -> tuple[Tag, ...]:
    """Return the tags of tags.json, in its order."""
    rows = json.loads(TAGS_FILE.read_text(encoding="utf-8"))
    return tuple(Tag(str(row["name"]), bool(row["key_group"])) for row in rows)


def key_group_tags() -> frozenset[str]:
    """Return the names of the tags that make a household one of the key group."""
    return frozenset(tag.name for tag in tags() if tag.key_group)
