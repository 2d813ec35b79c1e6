"""Facts about links: what they are made of, how long they work, who revokes them, what a wrong one gets."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.cards import actions, rules, tokens
from fieldvisit.cards.models import LinkGuesser, ResidentLink
from fieldvisit.extensions import db
from fieldvisit.households import actions as household_actions
from fieldvisit.households.models import Household
from tests.cards.making import Resident
from tests.factories import COUNTY, OTHER_VILLAGE, Factory
from tests.person import Person
from tests.visits.counting import queries_counted


def card(app: Flask, cadre: Cadre, household: Household) -> tuple[int, str]:
    """Open the card as somebody; return the status and the token of the link that stands then."""
    status = Person(app, cadre).get(f"/households/{household.id}/card").status_code
    rows = db.session.scalars(sa.select(ResidentLink).where(ResidentLink.revoked_at.is_(None))).all()
    return status, tokens.token_of(rows[-1].id) if rows else ""


def links() -> list[ResidentLink]:
    """Return all links, the oldest first."""
    db.session.expire_all()
    return list(db.session.scalars(sa.select(ResidentLink).order_by(ResidentLink.made_at)))


def test_a_token_holds_at_least_128_bits_and_is_safe_in_an_address(app: Flask) -> None:
    made = {tokens.token_of(uuid4()) for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{24}", token) for token in made)
    assert all(len(base64.urlsafe_b64decode(token)) * 8 >= 128 for token in made)


def test_the_database_holds_no_token(resident: Resident) -> None:
    row = resident.link
    columns = {column.key: str(getattr(row, column.key)) for column in ResidentLink.__table__.columns}
    assert row.token_sha256 == tokens.digest_of(resident.token)
    assert not any(resident.token in value for value in columns.values())


def test_a_card_shown_again_is_the_same_card(app: Flask, cadre: Cadre, household: Household) -> None:
    first = card(app, cadre, household)
    assert first[0] == 200
    assert card(app, cadre, household) == first
    assert len(links()) == 1


def test_after_another_secret_key_a_fresh_link_is_made_and_works(
    app: Flask, cadre: Cadre, household: Household
) -> None:
    _, old = card(app, cadre, household)
    app.config["SECRET_KEY"] = "another secret key, long enough to be one"
    _, new = card(app, cadre, household)
    assert len(links()) == 2
    assert new != old
    assert Person(app).get(f"/r/{new}").status_code == 200
    assert Person(app).get(f"/r/{old}").status_code == 404


def test_each_cadre_of_a_household_has_a_link_of_their_own(
    app: Flask, make: Factory, cadre: Cadre, household: Household
) -> None:
    other = make.cadre(name="赵云")
    make.pairing(other, household)
    card(app, cadre, household)
    card(app, other, household)
    assert {row.made_by for row in links()} == {cadre.id, other.id}


def test_two_live_links_of_one_cadre_and_household_are_refused_by_the_database(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    values = {"household_id": household.id, "made_by": cadre.id, "made_at": clock.now()}
    db.session.add(ResidentLink(id=uuid4(), token_sha256="x", expires_on=clock.today(), **values))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_a_link_works_on_its_last_day_and_not_on_the_next(resident: Resident) -> None:
    last = clock.day_start(resident.link.expires_on) + timedelta(hours=12)
    with time_machine.travel(last, tick=False):
        assert resident.page().status_code == 200
    with time_machine.travel(last + timedelta(days=1), tick=False):
        assert resident.page().status_code == 404


def test_where_a_link_has_expired_the_card_gets_a_fresh_one(app: Flask, cadre: Cadre, household: Household) -> None:
    _, old = card(app, cadre, household)
    with time_machine.travel(clock.now() + timedelta(days=401)):
        status, new = card(app, cadre, household)
        assert status == 200
        assert new != old
        assert Person(app).get(f"/r/{new}").status_code == 200


def test_a_renewed_card_replaces_the_old_one_and_both_are_on_record(
    app: Flask, cadre: Cadre, household: Household, resident: Resident
) -> None:
    answer = Person(app, cadre).post(f"/households/{household.id}/card/renew")
    assert answer.status_code == 303
    assert resident.page().status_code == 404
    assert resident.link.revoked_by == cadre.id
    (live,) = [row for row in links() if row.revoked_at is None]
    assert Person(app).get(f"/r/{tokens.token_of(live.id)}").status_code == 200
    done = db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [action for action in done if action.startswith("card_")] == ["card_made", "card_revoked", "card_made"]


def test_a_revoked_card_stops_working_at_once(app: Flask, cadre: Cadre, resident: Resident) -> None:
    assert Person(app, cadre).post(f"/cards/{resident.link_id}/revoke").status_code == 303
    assert resident.page().status_code == 404
    assert resident.report("还在吗").status_code == 404


def test_the_office_revokes_a_card_of_its_county_and_no_other_office_does(
    app: Flask, make: Factory, resident: Resident
) -> None:
    elsewhere = make.cadre(Role.OFFICE, unit=make.unit("区档案馆", villages=()))
    assert Person(app, elsewhere).post(f"/cards/{resident.link_id}/revoke").status_code == 404
    office = make.cadre(Role.OFFICE, unit=make.unit("区委群众工作部", division=COUNTY, villages=()))
    assert Person(app, office).post(f"/cards/{resident.link_id}/revoke").status_code == 303
    assert resident.page().status_code == 404


def test_a_colleague_does_not_revoke_the_card_of_another(app: Flask, make: Factory, resident: Resident) -> None:
    assert Person(app, make.cadre()).post(f"/cards/{resident.link_id}/revoke").status_code == 404
    assert resident.page().status_code == 200


def test_the_card_of_a_deactivated_household_stops_working_and_works_again_once_it_is_back(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    household_actions.deactivate(cadre, household, "已搬走")
    db.session.commit()
    assert resident.page().status_code == 404
    household_actions.restore(cadre, household)
    db.session.commit()
    assert resident.page().status_code == 200


def test_a_deactivated_household_gets_no_card(app: Flask, make: Factory, cadre: Cadre) -> None:
    gone = make.household(paired=cadre, active=False)
    assert Person(app, cadre).get(f"/households/{gone.id}/card").status_code == 409
    assert links() == []


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.HANDLER, Role.OFFICE, Role.ADMINISTRATOR])
def test_only_cadres_hand_out_cards(app: Flask, make: Factory, household: Household, role: Role) -> None:
    person = Person(app, make.cadre(role, unit=make.unit("区委群众工作部", division=COUNTY)))
    for address in (f"/households/{household.id}/card", "/cards/sheet", f"/cards/sheet?household={household.id}"):
        assert person.get(address).status_code == 404, address
    assert person.post(f"/households/{household.id}/card/renew").status_code == 404
    assert links() == []


def test_a_cadre_who_has_nothing_to_do_with_a_household_gets_no_card_of_it(
    app: Flask, make: Factory, household: Household
) -> None:
    stranger = Person(app, make.cadre(unit=make.unit("区档案馆", villages=(OTHER_VILLAGE,))))
    for address in (f"/households/{household.id}/card", f"/cards/sheet?household={household.id}"):
        assert stranger.get(address).status_code == 404, address
    assert stranger.post(f"/households/{household.id}/card/renew").status_code == 404
    assert "李桂英" not in stranger.get("/cards/sheet").text


def test_a_card_says_who_to_call_and_not_who_lives_there(
    app: Flask, make: Factory, cadre: Cadre, household: Household
) -> None:
    page = Person(app, cadre).get("/cards/sheet").text
    cards = page[page.index('<article class="paper-card">') :]
    assert "王敏" in cards
    assert "区市场监管局" in cards
    assert "5 组" in cards
    assert "17 号" in cards
    assert "李桂英" not in cards
    assert "缸窑村" not in cards


def test_a_run_of_cards_has_at_most_a_hundred_and_the_next_one_the_rest(
    app: Flask, make: Factory, cadre: Cadre
) -> None:
    for _ in range(rules.MOST_CARDS + 3):
        make.household(paired=cadre)
    person = Person(app, cadre)
    counts = [person.get(f"/cards/sheet?part={part}").text.count("paper-card") for part in (1, 2, 3)]
    assert counts == [100, 3, 0]
    assert len(links()) == 103


@pytest.mark.parametrize("query", ["household=x", "household=", "household=" + "9" * 32])
def test_a_sheet_for_no_household_is_not_found(app: Flask, cadre: Cadre, query: str) -> None:
    assert Person(app, cadre).get(f"/cards/sheet?{query}").status_code == 404


@pytest.mark.parametrize("part", ["0", "-1", "x", "9" * 30])
def test_an_odd_part_of_the_cards_breaks_nothing(app: Flask, cadre: Cadre, part: str) -> None:
    assert Person(app, cadre).get(f"/cards/sheet?part={part}").status_code == 200


def test_sheets_cost_the_same_queries_however_many_cards_there_are(app: Flask, make: Factory, cadre: Cadre) -> None:
    costs = []
    for _ in range(2):
        for _ in range(5):
            make.household(paired=cadre)
        Person(app, cadre).get("/cards/sheet")
        with queries_counted() as statements:
            Person(app, cadre).get("/cards/sheet")
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_the_address_on_a_card_is_the_public_one_where_it_is_set(app: Flask) -> None:
    link_id = uuid4()
    with app.test_request_context(base_url="http://10.0.0.5:8000"):
        assert tokens.address_of(link_id) == f"http://10.0.0.5:8000/r/{tokens.token_of(link_id)}"
        app.extensions["fieldvisit"] = replace(app.extensions["fieldvisit"], public_url="https://slx.example.org")
        assert tokens.address_of(link_id) == f"https://slx.example.org/r/{tokens.token_of(link_id)}"


# Wrong links


def test_expired_revoked_and_guessed_links_get_one_and_the_same_page(
    app: Flask, make: Factory, cadre: Cadre, resident: Resident
) -> None:
    moved = Resident(app, cadre, make.household(paired=cadre))
    revoked = Resident(app, cadre, make.household(paired=cadre))
    expired = Resident(app, cadre, make.household(paired=cadre))
    actions.revoke(cadre, revoked.link)
    household_actions.deactivate(cadre, moved.household, "已搬走")
    expired.link.expires_on = clock.today() - timedelta(days=1)
    db.session.commit()
    answers = [gone.page() for gone in (moved, revoked, expired)]
    answers += [Person(app).get(f"/r/{token}") for token in ("x", "A" * 24, "%00", "%ED%A0%80", "您好", "a" * 3000)]
    answers += [resident.person.get(f"/r/{'B' * 24}/privacy"), resident.person.post(f"/r/{'B' * 24}/messages", {})]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "新卡" in answers[0].text
    assert answers[0].headers["Referrer-Policy"] == "no-referrer"


def test_five_hundred_guesses_end_in_429_and_a_right_link_from_there_still_opens(
    app: Flask, resident: Resident
) -> None:
    guesser = Person(app)
    with time_machine.travel(clock.now(), tick=False):
        statuses = [guesser.get(f"/r/{number:024}").status_code for number in range(500)]
        assert statuses == [404] * rules.MOST_GUESSES + [429] * (500 - rules.MOST_GUESSES)
        answer = guesser.get("/r/once-more")
        assert answer.headers["Retry-After"] == "600"
        assert "分钟后再扫" in answer.text
        assert resident.page().status_code == 200
        assert resident.report("门口的路灯坏了").status_code == 303
        elsewhere = guesser.get("/r/once-more", environ_base={"REMOTE_ADDR": "10.9.8.7"})
        assert elsewhere.status_code == 404


def test_a_block_ends_after_ten_minutes(app: Flask) -> None:
    guesser = Person(app)
    start = clock.now()
    with time_machine.travel(start, tick=False):
        for number in range(rules.MOST_GUESSES + 1):
            guesser.get(f"/r/{number}")
    with time_machine.travel(start + rules.BLOCKED_FOR - timedelta(seconds=1), tick=False):
        assert guesser.get("/r/x").status_code == 429
    with time_machine.travel(start + rules.BLOCKED_FOR + timedelta(seconds=1), tick=False):
        assert guesser.get("/r/x").status_code == 404


def test_of_an_address_that_guesses_only_a_keyed_hash_is_kept_and_for_a_day(app: Flask) -> None:
    Person(app).get("/r/x", environ_base={"REMOTE_ADDR": "10.9.8.7"})
    row = db.session.scalars(sa.select(LinkGuesser)).one()
    assert row.digest == tokens.digest_of_guesser("10.9.8.7")
    app.config["SECRET_KEY"] = "another secret key, long enough to be one"
    assert row.digest != tokens.digest_of_guesser("10.9.8.7")
    with time_machine.travel(clock.now() + timedelta(days=2)):
        Person(app).get("/r/x", environ_base={"REMOTE_ADDR": "10.9.8.8"})
    assert len(db.session.scalars(sa.select(LinkGuesser)).all()) == 1


def test_the_household_page_offers_the_card_to_cadres_and_its_renewal_to_its_maker(
    app: Flask, make: Factory, cadre: Cadre, household: Household, resident: Resident
) -> None:
    own = Person(app, cadre).get(f"/households/{household.id}").text
    assert f"/households/{household.id}/card" in own
    assert "换新卡" in own
    assert "作废" in own
    colleague = Person(app, make.cadre()).get(f"/households/{household.id}").text
    assert f"/households/{household.id}/card" in colleague
    assert "换新卡" not in colleague
    office = make.cadre(Role.OFFICE, unit=make.unit("区委群众工作部", division=COUNTY, villages=()))
    seen = Person(app, office).get(f"/households/{household.id}").text
    assert f"/households/{household.id}/card" not in seen
    assert "换新卡" not in seen
    assert f"/cards/{resident.link_id}/revoke" in seen
