"""Facts about the work lists: what is on them for whom, filters, pages, search."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.concerns import actions
from fieldvisit.concerns.list_forms import CHIPS, Chip
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.registering import put_on_lists
from fieldvisit.concerns.seat_queries import Seat
from fieldvisit.extensions import db
from tests.concerns.making import Ledger
from tests.factories import COUNTY, OTHER_VILLAGE, TOWN, VILLAGE
from tests.person import Person

DAY = timedelta(days=1)


def numbers(app: Flask, who: Cadre, query: str = "") -> set[str]:
    """Return the ends of the numbers on a page."""
    answer = Person(app, who).get(f"/concerns?{query}", fragment=True)
    assert answer.status_code == 200
    return {line.partition(" ")[0] for line in answer.text.split("-202")[1:]}


def shows(app: Flask, who: Cadre, concern: Concern, query: str = "") -> bool:
    return concern.number in Person(app, who).get(f"/concerns?{query}").text


def test_each_stage_is_on_its_own_list_of_the_office(app: Flask, ledger: Ledger) -> None:
    made = {
        Chip.NEW: ledger.register(),
        Chip.IN_HAND: ledger.dispatched(),
        Chip.REPLIED: ledger.replied(),
    }
    sent_back = ledger.dispatched()
    actions.return_to_office(ledger.handler, sent_back, sent_back.version, "属水务公司")
    made[Chip.TO_DISPATCH] = sent_back
    ended = ledger.register()
    actions.reject(ledger.officer, ended, ended.version, "不在本区")
    made[Chip.DONE] = ended
    db.session.commit()
    for chip in (*made, Chip.ALL, Chip.SECRET, Chip.OVERDUE):
        there = {own for own, concern in made.items() if shows(app, ledger.officer, concern, f"list={chip}")}
        assert there == (set(made) if chip is Chip.ALL else {chip} & set(made)), chip


def test_a_list_goes_by_what_its_seat_has_to_do(app: Flask, ledger: Ledger) -> None:
    new, given = ledger.at_home(), ledger.dispatched(ledger.at_home())
    assert not shows(app, ledger.handler, new, "list=all")
    assert shows(app, ledger.handler, given)
    assert shows(app, ledger.supervisor, given)
    assert shows(app, ledger.mayor, given)
    assert shows(app, ledger.cadre, new)
    assert shows(app, ledger.cadre, given)
    stranger = ledger.make.cadre(*Role, unit=ledger.make.unit("区民政局", villages=()))
    for seat in Seat:
        assert not shows(app, stranger, given, f"seat={seat}&list=all")


def test_a_unit_below_sees_what_its_own_unit_handles_and_one_above_sees_both(app: Flask, ledger: Ledger) -> None:
    below = ledger.make.unit("区住建局供水站", parent=ledger.lead, villages=())
    own, of_the_bureau = ledger.register(), ledger.dispatched()
    actions.dispatch(ledger.officer, own, own.version, below.id)
    db.session.commit()
    handler_below = ledger.make.cadre(Role.HANDLER, unit=below)
    assert shows(app, handler_below, own)
    assert not shows(app, handler_below, of_the_bureau)
    assert shows(app, ledger.handler, own)


def test_overdue_and_soon_due_ones_are_told_in_words_first_due_first(app: Flask, ledger: Ledger) -> None:
    later = ledger.dispatched()
    earlier = ledger.dispatched()
    later.due_on = later.clock_on = clock.today() + 10 * DAY
    earlier.due_on = earlier.clock_on = clock.today() + 8 * DAY
    db.session.commit()
    with time_machine.travel(clock.now() + 11 * DAY):
        page = Person(app, ledger.handler).get("/concerns?list=overdue").text
        assert page.index(earlier.number) < page.index(later.number)
        assert "3 天超期" in page
        assert "1 天超期" in page
    with time_machine.travel(clock.now() + 8 * DAY):
        assert shows(app, ledger.handler, earlier, "list=soon")
        assert not shows(app, ledger.handler, earlier, "list=overdue")


def test_what_has_been_replied_to_is_never_overdue(app: Flask, ledger: Ledger) -> None:
    concern = ledger.replied()
    with time_machine.travel(clock.now() + 100 * DAY):
        for who in (ledger.officer, ledger.handler, ledger.supervisor):
            assert not shows(app, who, concern, "list=overdue")


@pytest.fixture
def secret(ledger: Ledger) -> Concern:
    """A confidential concern of a household that the cadre is tied to, with the handler's unit."""
    household = ledger.make.household("李桂英", paired=ledger.cadre)
    concern = ledger.register(nature="report", household_id=household.id, words="反映村干部吃拿卡要")
    return ledger.dispatched(concern)


QUERIES = [f"list={chip}&q={typed}" for chip in Chip for typed in ("", "吃拿卡要", "反", "繁密")]


@pytest.mark.parametrize("who", ["cadre", "supervisor", "mayor"])
def test_a_confidential_concern_is_on_no_list_and_found_by_no_words(
    app: Flask, ledger: Ledger, secret: Concern, who: str
) -> None:
    for query in QUERIES:
        answer = Person(app, getattr(ledger, who)).get(f"/concerns?{query}")
        assert "密-" not in answer.text, query
        assert "news" not in answer.text.partition("<main")[2], query


def test_a_confidential_concern_is_listed_for_the_office_and_its_handler(
    app: Flask, ledger: Ledger, secret: Concern
) -> None:
    assert shows(app, ledger.officer, secret, "list=secret&q=吃拿卡要")
    assert shows(app, ledger.handler, secret, "q=吃拿")


@pytest.mark.parametrize("field", ["reported_unit_id", "reported_cadre_id"])
def test_whom_it_is_about_finds_nothing_of_it_even_in_the_office(app: Flask, ledger: Ledger, field: str) -> None:
    about: Any = {"reported_unit_id": ledger.office_unit.id, "reported_cadre_id": ledger.officer.id}[field]
    concern = ledger.register(nature="report", words="反映村干部吃拿卡要", **{field: about})
    colleague = ledger.make.cadre(Role.OFFICE, unit=ledger.office_unit)
    for query in QUERIES:
        assert not shows(app, ledger.officer, concern, f"seat=office&{query}")
    assert shows(app, colleague, concern, "list=secret") == (field == "reported_cadre_id")


@pytest.mark.parametrize(
    ("wanted", "values"),
    [
        ("domain=02", {"domain": "0207"}),
        ("domain=0207", {"domain": "0207"}),
        ("level=A", {"level": "A"}),
        ("nature=complaint", {"nature": "complaint"}),
        ("channel=letter", {"channel": "letter"}),
        (f"area={OTHER_VILLAGE}", {"village_code": OTHER_VILLAGE}),
    ],
)
@pytest.mark.parametrize("typed", ["", "水管"])
def test_a_filter_keeps_what_it_names(
    app: Flask, ledger: Ledger, wanted: str, values: dict[str, Any], typed: str
) -> None:
    other: dict[str, Any] = {"domain": "0101", "nature": "help", "channel": "phone", "village_code": VILLAGE}
    kept, left_out = ledger.register(**other | values), ledger.register(**other)
    query = f"list=all&{wanted}&q={typed}"
    assert shows(app, ledger.officer, kept, query)
    assert not shows(app, ledger.officer, left_out, query)


def test_a_month_keeps_what_was_registered_in_it(app: Flask, ledger: Ledger) -> None:
    with time_machine.travel("2026-08-31T12:00:00+08:00"):
        august = ledger.register()
    with time_machine.travel("2026-09-01T12:00:00+08:00"):
        september = ledger.register()
        for month, concern, other in (("2026-08", august, september), ("2026-09", september, august)):
            assert shows(app, ledger.officer, concern, f"list=all&month={month}")
            assert not shows(app, ledger.officer, other, f"list=all&month={month}")
        assert "没有符合的诉求" in Person(app, ledger.officer).get("/concerns?list=all&month=2025-01").text


def test_a_unit_s_filter_keeps_what_it_has_to_do_with(app: Flask, ledger: Ledger) -> None:
    given, other = ledger.dispatched(), ledger.dispatched(ledger.register(domain="0101", village_code=OTHER_VILLAGE))
    actions.correct(ledger.officer, other, other.version, {"people": 2})
    other.handling_unit_id = other.lead_unit_id = other.contact_unit_id = None
    put_on_lists(other)
    db.session.commit()
    query = f"list=in_hand&unit={ledger.lead.id}"
    assert shows(app, ledger.officer, given, query)
    assert not shows(app, ledger.officer, other, query)


def test_pages_hold_each_concern_once(app: Flask, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {ledger.register().number for _ in range(7)}
    monkeypatch.setattr("fieldvisit.paging.PAGE_SIZE", 3)
    monkeypatch.setattr("fieldvisit.paging.cut.__defaults__", (3,))
    for query in ("list=new", "list=new&q=水管", "list=all"):
        person, seen, address = Person(app, ledger.officer), [], f"/concerns?{query}"
        while address:
            page = person.get(address).text
            seen += [number for number in made if number in page]
            after = page.partition("after=")[2].partition('"')[0].partition("&")[0]
            address = f"/concerns?{query}&after={after}" if after else ""
        assert sorted(seen) == sorted(made), query


@pytest.mark.parametrize("who", ["officer", "handler", "supervisor", "mayor", "cadre"])
def test_a_page_needs_as_many_queries_for_many_concerns_as_for_few(app: Flask, ledger: Ledger, who: str) -> None:
    person, found = Person(app, getattr(ledger, who)), []
    for how_many in (2, 12):
        for _ in range(how_many):
            ledger.dispatched(ledger.at_home())
        found.append([_queries(person, f"/concerns?{query}") for query in ("", "q=水管", "list=all", "list=overdue")])
    assert found[0] == found[1]


def _queries(person: Person, address: str) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert person.get(address).status_code == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("水管", True), ("水", True), ("管 东头", True), ("管水", False), ("5组", True), ("繁-", True),
        ("李桂英", False), ("13805530001", False), ("'\"*:(", True), ("NEAR(水 管)", False), ("水%", True),
    ],
)  # fmt: skip
def test_words_place_and_number_are_found_and_never_a_name(
    app: Flask, ledger: Ledger, typed: str, is_found: bool
) -> None:
    concern = ledger.at_home(place="5组东头", asker_name="李桂英", asker_phone="13805530001")
    for who in (ledger.officer, ledger.cadre):
        for chip in ("new", "in_hand", "all"):
            if not (chip == "new" and who is ledger.cadre) and not (chip == "in_hand" and who is ledger.officer):
                assert shows(app, who, concern, f"list={chip}&q={typed}") is is_found, (who.name, chip)


def test_what_was_corrected_is_found_by_its_new_words_alone(
    app: Flask, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    # By the index, not by reading through what is there.
    monkeypatch.setattr("fieldvisit.concerns.search_queries.READ_THROUGH", 1)
    concern, newer = ledger.register(), ledger.register(words="路灯不亮")
    actions.correct(ledger.officer, concern, concern.version, {"words": "井盖丢了"})
    db.session.commit()
    assert shows(app, ledger.officer, concern, "list=all&q=井盖")
    assert not shows(app, ledger.officer, concern, "list=all&q=水管")
    assert shows(app, ledger.officer, concern, "list=new&q=井盖")
    assert shows(app, ledger.supervisor, concern, "list=all&q=井盖")
    assert not shows(app, ledger.officer, newer, "list=new&q=井盖")


def test_no_name_or_phone_is_on_a_list(app: Flask, ledger: Ledger) -> None:
    ledger.at_home(asker_name="赵六一", asker_phone="13805530001")
    for who in (ledger.officer, ledger.cadre, ledger.supervisor):
        page = Person(app, who).get("/concerns?list=all").text
        assert "赵六一" not in page
        assert "5530001" not in page


@pytest.mark.parametrize("seat", Seat)
def test_an_empty_list_says_so(app: Flask, ledger: Ledger, seat: Seat) -> None:
    who = ledger.make.cadre(*(role for role in Role if role.value == seat.value), unit=ledger.office_unit)
    for chip in CHIPS[seat]:
        assert "诉求" in Person(app, who).get(f"/concerns?list={chip}").text


def test_a_person_with_several_roles_chooses_the_seat(app: Flask, ledger: Ledger) -> None:
    given = ledger.dispatched()
    both = ledger.make.cadre(Role.OFFICE, Role.HANDLER, unit=ledger.office_unit)
    assert shows(app, both, given, "seat=office&list=in_hand")
    assert not shows(app, both, given, "seat=handler")
    assert not shows(app, ledger.handler, ledger.register(), "seat=office&list=new")


def test_an_office_that_governs_nothing_and_a_town_s_office_read_no_others(app: Flask, ledger: Ledger) -> None:
    concern = ledger.register()
    nowhere = ledger.make.cadre(Role.OFFICE, unit=ledger.make.unit("县外办", villages=()))
    town = ledger.make.cadre(Role.OFFICE, unit=ledger.make.unit("镇群众办", division=TOWN, villages=()))
    other = ledger.make.cadre(Role.OFFICE, unit=ledger.make.unit("区信访局", division=COUNTY, villages=()))
    assert not shows(app, nowhere, concern, "list=all")
    assert not shows(app, town, concern, "list=all")
    assert shows(app, other, concern, "list=all")


@pytest.mark.parametrize(
    "query",
    [
        "seat=x&list=x", "level=Z&nature=%00&channel='&domain=99999", "unit=99999999999", "month=2026-13", "month=x",
        "area=34021210021x", "after=x", "list=overdue&after=WyIyMDI2LTAxLTAxIiwgIngiXQ", "q=%00%25_'\"*",
        "q=" + "水 " * 99,
    ],
)  # fmt: skip
def test_odd_values_in_an_address_are_as_if_not_asked(app: Flask, ledger: Ledger, query: str) -> None:
    assert Person(app, ledger.officer).get(f"/concerns?{query}").status_code == 200


def test_nobody_without_a_seat_sees_the_lists(app: Flask, ledger: Ledger) -> None:
    administrator = Person(app, ledger.make.cadre(Role.ADMINISTRATOR, unit=ledger.office_unit))
    assert administrator.get("/concerns").status_code == 404
    for address in ("/concerns/dispatch", "/concerns/export", "/concerns/import"):
        assert administrator.post(address).status_code == 404
