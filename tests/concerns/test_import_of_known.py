"""Facts about what an import says of numbers that are there already, when the importer may not know of them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.concerns import actions
from fieldvisit.concerns.models import Concern
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Division, Level
from tests.concerns.making import Ledger
from tests.concerns.test_many import PIPE, as_csv
from tests.factories import COUNTY
from tests.person import Person

REPORT = [*PIPE[:5], "举报", *PIPE[6:]]


def send(app: Flask, who: Cadre, row: list[str], step: str) -> str:
    """Import one row by htmx; return what is answered, or where it leads to."""
    person = Person(app, who)
    form = {"file": (io.BytesIO(as_csv(row)), "12345.csv"), "step": step}
    answer = person.post("/concerns/import", form, content_type="multipart/form-data", fragment=True)
    assert answer.status_code == 200
    return answer.text or person.get(answer.headers["HX-Redirect"]).text


def about(ledger: Ledger, **values: Any) -> Concern:
    """Register a confidential concern that has the number of the row."""
    return ledger.register(nature="report", channel="hotline_12345", external_number=PIPE[0], **values)


def about_the_office(ledger: Ledger) -> Concern:
    return about(ledger, reported_unit_id=ledger.office_unit.id)


@pytest.mark.parametrize("row", [PIPE, REPORT], ids=["ordinary", "confidential"])
@pytest.mark.parametrize("whom", ["unit", "person"])
def test_the_number_of_a_confidential_one_about_the_importer_is_as_if_it_were_new(
    app: Flask, ledger: Ledger, row: list[str], whom: str
) -> None:
    nothing_there = send(app, ledger.officer, row, "preview")
    about_the_office(ledger) if whom == "unit" else about(ledger, reported_cadre_id=ledger.officer.id)
    assert send(app, ledger.officer, row, "preview") == nothing_there
    assert "已登记 1 件。" in send(app, ledger.officer, row, "register")
    assert db.session.query(Concern).filter_by(external_number=PIPE[0]).count() == 2
    # From now on there is one that the importer knows.
    assert "1 件以前登记过" in send(app, ledger.officer, row, "preview")


@pytest.mark.parametrize("row", [PIPE, REPORT], ids=["ordinary", "confidential"])
def test_a_confidential_one_that_the_importer_knows_is_passed_over(app: Flask, ledger: Ledger, row: list[str]) -> None:
    about(ledger)
    assert "1 件以前登记过" in send(app, ledger.officer, row, "preview")


def test_an_office_of_another_unit_knows_what_is_about_the_first(app: Flask, ledger: Ledger) -> None:
    about_the_office(ledger)
    other = ledger.make.cadre(Role.OFFICE, unit=ledger.make.unit("区信访局", division=COUNTY, villages=()))
    assert "1 件以前登记过" in send(app, other, PIPE, "preview")


def test_a_confidential_one_of_another_county_is_not_told_of(app: Flask, ledger: Ledger) -> None:
    concern = about(ledger)
    db.session.add(Division(code="340281", level=Level.COUNTY, name="无为市", full_name="无为市"))
    db.session.flush()
    concern.county_code = concern.village_code = "340281"
    db.session.commit()
    assert "可以登记 1 件。" in send(app, ledger.officer, PIPE, "preview").replace("</strong>", "")


def test_a_confidential_one_is_not_made_ordinary_while_another_has_its_number(app: Flask, ledger: Ledger) -> None:
    about_the_office(ledger)
    send(app, ledger.officer, PIPE, "register")
    other = ledger.make.cadre(Role.OFFICE, unit=ledger.make.unit("区信访局", division=COUNTY, villages=()))
    secret = db.session.query(Concern).filter_by(restricted=True).one()
    with pytest.raises(Refused, match="同一编号"):
        actions.correct(other, secret, secret.version, {"nature": "help"})
