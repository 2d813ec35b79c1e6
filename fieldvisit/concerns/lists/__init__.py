"""The lists of the ledger as data: channels, natures, domains of two levels, levels. A county may bring its own.

Each file may be replaced by one of the same name in the folder that FIELDVISIT_CONCERN_LISTS names. `external_code` is
what another system calls the entry, for exchange. Codes are stored; one that a newer list no longer has is still shown.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import current_app

SHIPPED = Path(__file__).parent
YES = {"": False, "yes": True}


class ListsError(Exception):
    """A list is wrong; the message says which and where."""


@dataclass(frozen=True)
class Entry:
    """One entry of a list. What is `restricted` goes to the confidential queue."""

    code: str
    label: str
    external_code: str = ""
    restricted: bool = False


@dataclass(frozen=True)
class Domain(Entry):
    """One 涉及领域: of the first level ("02", no parent) or the second ("0207").

    `departments` are names of the department in charge, as units may be called; `words` what points to the domain.
    """

    parent: str = ""
    departments: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class LevelEntry:
    """One level: its words, the kind of its deadline in the due rules, from how many people on it is suggested."""

    code: str
    label: str
    due: str
    people: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Lists:
    """All lists, each by code in its own order."""

    channels: Mapping[str, Entry]
    natures: Mapping[str, Entry]
    domains: Mapping[str, Domain]
    levels: Mapping[str, LevelEntry]

    def is_restricted(self, nature: str, domain: str) -> bool:
        """Say whether a concern of this nature and domain is confidential."""
        entries = (self.natures.get(nature), self.domains.get(domain))
        return any(entry is not None and entry.restricted for entry in entries)

    def domain_label(self, code: str) -> str:
        """Return "城乡建设 · 供水排水"; a code that the list no longer has is shown as it is."""
        domain = self.domains.get(code)
        if domain is None:
            return f"已停用的领域 {code}"
        top = self.domains.get(domain.parent)
        return f"{top.label} · {domain.label}" if top else domain.label

    def top_domains(self) -> list[Domain]:
        """Return the domains of the first level."""
        return [domain for domain in self.domains.values() if not domain.parent]

    def below(self, top: str) -> list[Domain]:
        """Return the domains of the second level under one of the first."""
        return [domain for domain in self.domains.values() if domain.parent == top]


def label_of(entries: Mapping[str, Entry], code: str) -> str:
    """Return an entry's label; a code that the list no longer has is shown as it is."""
    return entries[code].label if code in entries else f"已停用（{code}）"


def lists() -> Lists:
    """Return the lists of this installation."""
    return read_lists(current_app.extensions["fieldvisit"].concern_lists)


@lru_cache(maxsize=8)
def read_lists(own_folder: str = "") -> Lists:
    """Read and check the lists; raise ListsError with the file and the row that is wrong."""
    domain_rows = _rows(own_folder, "domains.csv", ("parent", "restricted", "department", "words"))
    domains = {row["code"]: _domain(row) for row in domain_rows}
    for domain in domains.values():
        if domain.parent and (domain.parent not in domains or domains[domain.parent].parent):
            raise ListsError(f"domains.csv: {domain.code} has no first-level parent {domain.parent!r}")
    return Lists(
        {row["code"]: _entry(row) for row in _rows(own_folder, "channels.csv", ())},
        {row["code"]: _entry(row) for row in _rows(own_folder, "natures.csv", ("restricted",))},
        domains,
        _levels(own_folder),
    )


def _entry(row: Mapping[str, str]) -> Entry:
    return Entry(row["code"], row["label"], row["external_code"], YES[row.get("restricted", "")])


def _domain(row: Mapping[str, str]) -> Domain:
    departments, words = tuple(row["department"].split()), tuple(row["words"].split())
    return Domain(**vars(_entry(row)), parent=row["parent"], departments=departments, words=words)


def _rows(own_folder: str, name: str, also: tuple[str, ...]) -> Iterator[dict[str, str]]:
    path = _path(own_folder, name)
    known: set[str] = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            wanted = ("code", "label", "external_code", *also)
            if any(row.get(column) is None for column in wanted) or None in row:
                raise ListsError(f"{path}: line {number} must have the columns {', '.join(wanted)}")
            if not row["code"] or not row["label"] or row["code"] in known or len(row["code"]) > 24:
                raise ListsError(f"{path}: line {number} needs a label and a code of its own, at most 24 characters")
            if row.get("restricted", "") not in YES:
                raise ListsError(f"{path}: line {number}: restricted is yes or empty")
            known.add(row["code"])
            yield row


def _levels(own_folder: str) -> dict[str, LevelEntry]:
    path = _path(own_folder, "levels.json")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = {
            code: LevelEntry(
                code, str(row["label"]), str(row["due"]), int(row["people"]), tuple(map(str, row["words"]))
            )
            for code, row in data.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ListsError(f"{path}: {type(error).__name__}: {error}") from error
    if set(found) != {"A", "B", "C"}:
        raise ListsError(f"{path}: the levels must be A, B and C")
    return found


def _path(own_folder: str, name: str) -> Path:
    own = Path(own_folder) / name if own_folder else SHIPPED / name
    return own if own.is_file() else SHIPPED / name
