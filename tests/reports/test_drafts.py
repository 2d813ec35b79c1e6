"""Facts about a draft on its way to being issued, and about what was issued."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Level, Outcome, State
from fieldvisit.extensions import db
from fieldvisit.notifications.models import Notice
from fieldvisit.organisation.models import Division
from fieldvisit.organisation.models import Level as Level_
from fieldvisit.reports import packing, queries, scheduling
from fieldvisit.reports.models import MonthlyReport, ReportCorrection
from fieldvisit.reports.months import Month
from tests.factories import COUNTY, Factory
from tests.person import Person
from tests.reports.making import JULY, Place
from tests.visits.counting import queries_counted

PATH = f"/reports/{COUNTY}/2026-07"
AUGUST = datetime(2026, 8, 5, 2, tzinfo=UTC)


@pytest.fixture
def place(make: Factory) -> Iterator[Place]:
    """The county, on the 5th of August."""
    with clock.as_of(AUGUST):
        yield Place(make)


@pytest.fixture
def office(app: Flask, place: Place) -> Person:
    """Who reports."""
    return Person(app, place.officer)


def report() -> MonthlyReport:
    """Return July's report as it is now."""
    db.session.rollback()
    found = queries.report_of(COUNTY, JULY)
    assert found is not None
    return found


def issue(office: Person, version: int = 1) -> Any:
    """Issue July's report."""
    return office.post(f"{PATH}/issue", data={"version": str(version)})


def test_the_month_is_there_at_one_click_with_its_numbers_leading_to_their_concerns(
    place: Place, office: Person
) -> None:
    place.july()
    page = office.get(PATH)
    assert "134" in page.text
    assert "草稿" in page.text
    traced = office.get(f"{PATH}/concerns?table=outcome&row={place.market.id}&column=resolved")
    assert traced.text.count("更正</a>") == 2
    assert "2 件" in traced.text


def test_what_was_issued_never_changes(place: Place, office: Person) -> None:
    place.july()
    assert issue(office).status_code == 303
    before = office.get(PATH).text
    db.session.execute(sa.update(Concern).values(domain="0105", level=Level.C))
    place.concern(place.market)
    db.session.commit()
    assert office.get(PATH).text.replace("已定稿，从现在起不再变化", "") == office.get(PATH).text
    after = office.get(PATH).text
    assert "134" in after
    assert [line for line in before.splitlines() if "<td" in line] == [
        line for line in after.splitlines() if "<td" in line
    ]
    traced = office.get(f"{PATH}/concerns?table=outcome&row={place.market.id}&column=resolved")
    assert "2 件" in traced.text
    assert "更正</a>" not in traced.text


def test_the_database_itself_refuses_to_change_or_delete_what_was_issued(place: Place, office: Person) -> None:
    issue(office)
    for statement in (sa.update(MonthlyReport).values(sha256="0"), sa.delete(MonthlyReport)):
        db.session.rollback()
        with pytest.raises(sa.exc.DBAPIError, match="never changes"):
            db.session.execute(statement)
    db.session.rollback()


def test_what_does_not_agree_with_its_hash_is_not_shown(place: Place, office: Person) -> None:
    row = MonthlyReport(county_code=COUNTY, month=JULY.first, texts={}, version=2, issued_at=AUGUST)
    row.issued_by, row.written, row.sha256, row.items = place.officer.id, "{}", "0" * 64, packing.packed([])
    db.session.add(row)
    db.session.commit()
    page = office.get(PATH)
    assert page.status_code == 500
    assert "校验码对不上" in page.text


def test_of_two_who_issue_at_once_the_second_is_told(place: Place, office: Person) -> None:
    assert issue(office).status_code == 303
    again = issue(office)
    assert again.status_code == 409
    assert "已经定稿" in again.text
    assert len(db.session.scalars(sa.select(MonthlyReport)).all()) == 1


def test_a_draft_that_somebody_has_changed_is_not_issued_by_who_had_not_seen_it(place: Place, office: Person) -> None:
    office.post(f"{PATH}/texts", data={"version": "1", "text-overview": "七月总体平稳。"})
    refused = issue(office)
    assert refused.status_code == 409
    assert "别人改过" in refused.text
    assert issue(office, 2).status_code == 303
    assert "七月总体平稳。" in office.get(PATH).text


def test_a_month_that_is_not_over_can_be_seen_and_not_issued(place: Place, office: Person) -> None:
    place.concern(place.market, registered_on=date(2026, 8, 3))
    db.session.commit()
    august = f"/reports/{COUNTY}/2026-08"
    assert "数据截至 2026年8月5日" in office.get(august).text
    refused = office.post(f"{august}/issue", data={"version": "1"})
    assert refused.status_code == 422
    assert "9月1日起才能定稿" in refused.text


def test_months_to_come_and_wrong_ones_are_not_there(office: Person) -> None:
    for month in ("2026-09", "2026-13", "july"):
        assert office.get(f"/reports/{COUNTY}/{month}").status_code == 404


def test_a_correction_counts_with_its_reason_and_can_be_taken_back(place: Place, office: Person) -> None:
    concern = place.concern(place.market, Level.A, State.CLOSED, Outcome.RESOLVED)
    db.session.commit()
    address = f"{PATH}/concerns/{concern.id}"
    assert "月底结果" in office.get(address).text
    data = {"version": "1", "field": "standing", "standing": "explained", "level": "A", "domain": concern.domain}
    data |= {"handling_unit": str(place.market.id)}
    assert office.post(address, data=data).status_code == 422
    assert office.post(address, data=data | {"reason": "只是解释，没有办成"}).status_code == 303
    page = office.get(PATH).text
    assert "只是解释，没有办成" in page
    assert 'row=total&amp;column=left_out">1<' in page
    stale = office.post(address, data=data | {"reason": "再来"})
    assert stale.status_code == 409
    assert "别人改过" in stale.text
    removed = office.post(f"{address}/standing/remove", data={"version": "2"})
    assert removed.status_code == 303
    assert db.session.scalars(sa.select(ReportCorrection)).all() == []


def test_corrections_are_frozen_with_the_report(place: Place, office: Person) -> None:
    concern = place.concern(place.market, Level.A)
    db.session.commit()
    address = f"{PATH}/concerns/{concern.id}"
    data = {"version": "1", "field": "level", "level": "C", "standing": "open", "domain": concern.domain}
    office.post(address, data=data | {"handling_unit": "0", "reason": "登记时等级定高了"})
    issue(office, 2)
    snapshot = queries.frozen(report())
    assert snapshot.table("own_corrections").rows[0].cells == ("等级", "A级", "C级", "登记时等级定高了")
    assert office.post(address, data=data | {"version": "3", "reason": "再改"}).status_code == 409


def test_a_section_too_long_for_a_report_keeps_what_was_written(place: Place, office: Person) -> None:
    words = "长" * 2001
    page = office.post(f"{PATH}/texts", data={"version": "1", "text-overview": words})
    assert page.status_code == 422
    assert words in page.text
    assert "最多 2000 字" in page.text


def test_who_issued_is_on_record_with_the_hash(place: Place, office: Person) -> None:
    issue(office)
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "report_issued")).one()
    assert event.detail["sha256"] == report().sha256


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFFICE])
def test_nobody_but_the_office_reads_or_changes_a_report(app: Flask, place: Place, role: Role) -> None:
    other = Person(app, place.make.cadre(role, unit=place.office_unit))
    for path in (
        "/reports",
        PATH,
        f"{PATH}/meeting",
        f"{PATH}/texts",
        f"{PATH}/concerns?table=level&row=A&column=closed",
    ):
        assert other.get(path).status_code == 404
    for path in (f"{PATH}/issue", f"{PATH}/texts"):
        assert other.post(path, data={"version": "1"}).status_code == 404


def test_an_office_without_an_area_is_told_so(app: Flask, place: Place) -> None:
    nowhere = Person(app, place.make.cadre(Role.OFFICE, unit=place.trade))
    for path in (PATH, "/reports"):
        refused = nowhere.get(path)
        assert refused.status_code == 422
        assert "没有设管辖范围" in refused.text


def test_a_unit_sees_its_own_figures_beside_the_mean_of_all_and_no_other_units(
    app: Flask, place: Place, office: Person
) -> None:
    place.july()
    own = Person(app, place.handler)
    assert "还没有定稿的月报" in own.get("/reports/own").text
    issue(office)
    page = own.get("/reports/own").text
    assert "1.7" in page
    assert "区商务局" not in page
    assert own.get("/reports/own?month=2026-06").status_code == 404


def test_the_worker_readies_the_last_months_draft_once_and_tells_the_office(place: Place) -> None:
    for _ in range(2):
        scheduling.ready_drafts()
        db.session.commit()
    assert [row.month for row in db.session.scalars(sa.select(MonthlyReport))] == [JULY.first]
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.cadre_id, notice.path) == (place.officer.id, PATH)
    assert Month(notice_month()) == JULY


def notice_month() -> date:
    """Return the month of the one draft."""
    return db.session.scalars(sa.select(MonthlyReport.month)).one()


def test_the_office_of_another_county_reads_and_changes_nothing_here(app: Flask, place: Place) -> None:
    db.session.add(Division(code="340208", level=Level_.COUNTY, name="三山区", full_name="三山区"))
    db.session.commit()
    there = place.make.unit("三山区群众工作部", division="340208", villages=())
    other = Person(app, place.make.cadre(Role.OFFICE, unit=there))
    for path in (PATH, f"{PATH}/word", f"{PATH}/excel", f"{PATH}/csv", f"{PATH}/meeting"):
        assert other.get(path).status_code == 404
    assert issue(other).status_code == 404
    assert "三山区" in other.get("/reports").text


def test_a_report_is_counted_and_read_in_a_constant_number_of_queries(place: Place, office: Person) -> None:
    place.concern(place.market)
    db.session.commit()
    with queries_counted() as few:
        office.get(PATH)
    place.july()
    with queries_counted() as many:
        office.get(PATH)
    assert len(many) <= len(few) + 1  # a page of reopened ones is asked for once
    issue(office)
    with queries_counted() as frozen:
        office.get(PATH)
    assert len(frozen) < len(few) / 2


def test_a_hotspot_is_proposed_as_a_theme_with_what_is_known_of_it(place: Place, office: Person) -> None:
    for _ in range(9):
        place.concern(place.market, domain="0405", household_id=place.make.household("张三").id)
    db.session.commit()
    page = office.get(PATH).text
    address = f"/reports/themes?county={COUNTY}&amp;place=340212100&amp;domain=0405&amp;month=2026-07"
    assert address in page
    form = office.get(address.replace("&amp;", "&")).text
    assert re.search(r'<option selected value="0405">', form)
    assert re.search(r'<option selected value="340212100">', form)
