"""Facts about registering: numbers, responsible units, what arrives twice, what is confidential."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from fieldvisit import clock
from fieldvisit.concerns import numbering, queries, seat_queries
from fieldvisit.concerns.lists import ListsError, lists, read_lists
from fieldvisit.concerns.models import Concern, DomainLead
from fieldvisit.concerns.registering import register
from fieldvisit.concerns.rules import Stage, State
from fieldvisit.database import write_transactions
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from tests.concerns.making import Ledger
from tests.factories import COUNTY, TOWN, VILLAGE

WRITERS, EACH = 8, 5


def test_a_concern_gets_the_number_of_its_county_and_month(ledger: Ledger) -> None:
    numbers = [ledger.register().number for _ in range(3)]
    month = f"{clock.today():%Y%m}"
    assert numbers == [f"繁-{month}-0001", f"繁-{month}-0002", f"繁-{month}-0003"]


def test_eight_writers_at_once_leave_no_gap_and_no_double(app: Flask, ledger: Ledger) -> None:
    cadre_id, entry = ledger.cadre.id, ledger.entry()

    def write(_writer: int) -> None:
        from fieldvisit.accounts.models import Cadre

        with app.app_context(), write_transactions():
            for _ in range(EACH):
                who = db.session.get(Cadre, cadre_id)
                register(who, uuid4(), entry)
                db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    given = sorted(int(row.number[-4:]) for row in db.session.query(Concern))
    assert given == list(range(1, WRITERS * EACH + 1))


def test_one_concern_sent_by_many_lines_at_once_is_one(app: Flask, ledger: Ledger) -> None:
    cadre_id, entry, uid = ledger.cadre.id, ledger.entry(), uuid4()

    def write(_line: int) -> int:
        from fieldvisit.accounts.models import Cadre

        with app.app_context(), write_transactions():
            concern_id = register(db.session.get(Cadre, cadre_id), uid, entry).id
            db.session.commit()
            db.session.remove()
            return concern_id

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(write, range(5)))) == 1
    assert ledger.register().number.endswith("-0002")


def test_an_id_that_another_concern_has_is_refused(ledger: Ledger) -> None:
    uid = ledger.register().uid
    with pytest.raises(Refused, match="已被另一条"):
        register(ledger.officer, uid, ledger.entry())


def test_the_three_responsible_units_are_found_by_rule(ledger: Ledger) -> None:
    concern = ledger.register()
    assert (concern.locality_unit_id, concern.lead_unit_id, concern.contact_unit_id) == (
        ledger.town.id, ledger.lead.id, ledger.contact.id,
    )  # fmt: skip
    assert concern.handling_unit_id is None


def test_a_county_may_put_another_unit_in_charge_of_a_domain(ledger: Ledger) -> None:
    db.session.add(DomainLead(county_code=COUNTY, domain="0207", unit_id=ledger.contact.id))
    db.session.commit()
    assert ledger.register().lead_unit_id == ledger.contact.id
    assert ledger.register(domain="0206").lead_unit_id == ledger.lead.id


def test_a_dissolved_unit_is_never_responsible(ledger: Ledger) -> None:
    ledger.lead.active = ledger.town.active = ledger.contact.active = False
    db.session.commit()
    concern = ledger.register()
    assert (concern.locality_unit_id, concern.lead_unit_id, concern.contact_unit_id) == (None, None, None)


def test_a_concern_of_a_whole_town_has_no_contact_unit(ledger: Ledger) -> None:
    concern = ledger.register(ledger.officer, village_code=TOWN, channel="hotline_12345")
    assert (concern.locality_unit_id, concern.contact_unit_id) == (ledger.town.id, None)


def test_it_waits_for_the_office_with_the_law_s_fifteen_days(ledger: Ledger) -> None:
    concern = ledger.register()
    assert (concern.state, concern.stage) == (State.REGISTERED, Stage.NEW)
    assert concern.clock_on == clock.today() + timedelta(days=15)


def test_a_domain_that_the_list_no_longer_has_is_refused_in_words(ledger: Ledger) -> None:
    for domain in ("0299", "02"):
        with pytest.raises(Refused, match="重新选择涉及领域"):
            ledger.register(domain=domain)


def test_what_is_confidential_counts_in_a_series_of_its_own(ledger: Ledger) -> None:
    ledger.register()
    secret = [ledger.register(nature="report").number, ledger.register(domain="1401").number]
    assert [number[:3] for number in secret] == ["繁密-", "繁密-"]
    assert ledger.register().number.endswith("-0002")


def test_what_is_confidential_is_known_to_the_office_alone(ledger: Ledger) -> None:
    household = ledger.make.household("李桂英", paired=ledger.cadre)
    secret = ledger.register(nature="report", household_id=household.id)
    assert seat_queries.concern_for(ledger.officer, secret.id) is secret
    for who in (ledger.cadre, ledger.supervisor, ledger.mayor, ledger.handler):
        with pytest.raises(NotYours):
            seat_queries.concern_for(who, secret.id)
    assert queries.units_of(secret.id) == []


def test_the_reported_unit_and_person_know_nothing_of_it_even_in_the_office(ledger: Ledger) -> None:
    about_unit = ledger.register(nature="report", reported_unit_id=ledger.office_unit.id)
    about_person = ledger.register(nature="report", reported_cadre_id=ledger.officer.id)
    for secret in (about_unit, about_person):
        with pytest.raises(NotYours):
            seat_queries.concern_for(ledger.officer, secret.id)


def test_each_sees_the_concerns_that_they_have_to_do_with(ledger: Ledger) -> None:
    concern = ledger.at_home()
    stranger_unit = ledger.make.unit("区民政局", villages=())
    strangers = [ledger.make.cadre(role, unit=stranger_unit) for role in seat_queries.READERS]
    for who in (ledger.officer, ledger.cadre, ledger.supervisor, ledger.mayor):
        assert seat_queries.concern_for(who, concern.id) is concern
    for who in (*strangers, ledger.handler):
        with pytest.raises(NotYours):
            seat_queries.concern_for(who, concern.id)


def test_the_query_code_is_told_again_and_matches_nothing_else(ledger: Ledger) -> None:
    first, second = ledger.register(), ledger.register()
    code = numbering.code_of(first.uid)
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{8}", code)
    assert numbering.is_code(first.uid, f" {code.lower()} ")
    assert not numbering.is_code(second.uid, code)


def test_a_county_s_own_list_takes_the_place_of_the_shipped_one(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "channels.csv").write_text("code,label,external_code\nfair,赶集摆摊,X1\n", encoding="utf-8")
    own = read_lists(str(tmp_path))
    assert [entry.label for entry in own.channels.values()] == ["赶集摆摊"]
    assert own.domains == lists().domains


@pytest.mark.parametrize(
    "content",
    ["code,label\na,b\n", "code,label,external_code\na,,\n", "code,label,external_code\na,b,\na,c,\n"],
)
def test_a_wrong_list_is_told_by_file_and_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "channels.csv").write_text(content, encoding="utf-8")
    with pytest.raises(ListsError, match=r"channels.csv: line \d"):
        read_lists(str(tmp_path))


def test_the_shipped_lists_are_whole(app: Flask) -> None:
    known = lists()
    assert [len(known.channels), len(known.natures), len(known.top_domains())] == [16, 7, 15]
    assert sum(len(known.below(top.code)) for top in known.top_domains()) == 81
    assert [domain.label for domain in known.domains.values() if domain.restricted] == ["干部作风"]
    assert known.domain_label("0207") == "城乡建设 · 供水排水"
    assert known.domain_label("0299") == "已停用的领域 0299"


def test_the_day_on_which_it_was_written_down_is_kept_with_the_first_step(ledger: Ledger) -> None:
    at = clock.now() - timedelta(days=2)
    concern = register(ledger.cadre, uuid4(), ledger.entry(village_code=VILLAGE), at)
    db.session.commit()
    assert queries.last_step(concern.id).at == at
    assert concern.registered_on == clock.today()
