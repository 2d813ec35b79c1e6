"""Facts about the checklist as data."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from fieldvisit import create_app
from fieldvisit.accounts.models import Cadre
from fieldvisit.config import Settings, SettingsError
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from fieldvisit.visits.checklist import DEFAULT_VERSION, SHIPPED, ChecklistError, checklist, read_checklist
from tests.visits.phone import Phone


def shipped() -> dict[str, Any]:
    """Read the shipped file as data."""
    data: dict[str, Any] = json.loads((SHIPPED / f"{DEFAULT_VERSION}.json").read_text(encoding="utf-8"))
    return data


def write(folder: Path, data: Any) -> Path:
    """Write a county's own file."""
    path = folder / "own.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_the_shipped_checklist_has_three_times_three_cards() -> None:
    assert [len(group.cards) for group in checklist(DEFAULT_VERSION).groups] == [3, 3, 3]


def test_every_choice_and_key_fits_its_column() -> None:
    for card in checklist(DEFAULT_VERSION).cards():
        assert len(card.key) <= 24
        assert all(len(choice.value) <= 24 for choice in card.choices)


def test_a_doubled_card_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    data = shipped()
    data["groups"][0]["cards"][1]["key"] = "kitchen"
    with pytest.raises(ChecklistError, match=r"own\.json.*unique"):
        read_checklist(write(tmp_path, data))


@pytest.mark.parametrize("data", [[], {}, {"version": "1"}, 7])
def test_a_file_without_what_it_needs_is_an_error(tmp_path: Path, data: Any) -> None:
    with pytest.raises(ChecklistError):
        read_checklist(write(tmp_path, data))


def test_a_wrong_file_ends_the_start_with_a_sentence(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="FIELDVISIT_CHECKLIST"):
        create_app(replace(settings, checklist=str(write(tmp_path, {}))))


def test_a_county_words_new_visits_its_own_way_and_old_ones_keep_their_words(
    app: Flask, settings: Settings, phone: Phone, cadre: Cadre, household: Household, tmp_path: Path
) -> None:
    phone.save("kitchen", "good")
    phone.finish()
    data = shipped() | {"version": "county-7"}
    data["groups"][0]["cards"][0]["title"] = "看灶屋"
    other = create_app(replace(settings, checklist=str(write(tmp_path, data))))
    with other.app_context():
        page = Phone(other, cadre, household)
        assert "看灶屋" in page.person.get(f"/households/{household.id}/visit").text
        page.write = f"?household={household.id}&checklist=county-7"
        assert page.save("kitchen", "good").status_code == 200
        old = page.person.get(f"/visits/{phone.visit_id}").text
        db.session.remove()
        db.engine.dispose()
    assert "看厨房" in old
    assert "看灶屋" not in old
