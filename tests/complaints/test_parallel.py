"""Facts about filing and answering side by side."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit.accounts.models import Cadre
from fieldvisit.complaints import queries, rules
from tests.complaints.filing import Filer, complaints, make_complaint, receipt_of
from tests.person import Person

AT_ONCE = 6


def at_once(tries: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Do all tries side by side."""
    with ThreadPoolExecutor(len(tries)) as pool:
        return [future.result() for future in [pool.submit(attempt) for attempt in tries]]


def addresses(number: int) -> list[dict[str, str]]:
    """Return the surroundings of that many different people."""
    return [{"REMOTE_ADDR": f"203.0.113.{host}"} for host in range(1, number + 1)]


def test_many_who_write_at_once_get_numbers_without_gaps_or_doubles(app: Flask, officer: Cadre) -> None:
    filers = [Filer(Person(app)) for _ in range(AT_ONCE)]
    forms = [filer.filled(words=f"第 {n} 件") for n in range(4) for filer in filers]
    answers = at_once(
        [
            partial(filers[n % AT_ONCE].send, form, environ_base=addresses(AT_ONCE)[n % AT_ONCE])
            for n, form in enumerate(forms)
        ]
    )
    given = sorted(int(receipt_of(answer).number.rpartition("-")[2]) for answer in answers)
    assert given == list(range(1, 4 * AT_ONCE + 1))


def test_one_form_sent_many_times_at_once_is_one_complaint(app: Flask, officer: Cadre) -> None:
    filers = [Filer(Person(app)) for _ in range(AT_ONCE)]
    form = filers[0].filled()
    answers = at_once([partial(filer.send, form) for filer in filers])
    assert len({receipt_of(answer) for answer in answers}) == 1
    assert [found.number[-4:] for found in complaints()] == ["0001"]


def test_one_form_by_several_lines_at_once_takes_one_number(app: Flask, officer: Cadre) -> None:
    filers = [Filer(Person(app)) for _ in range(AT_ONCE)]
    form = filers[0].filled()
    answers = at_once(
        [
            partial(filer.send, form, environ_base=surroundings)
            for filer, surroundings in zip(filers, addresses(AT_ONCE), strict=True)
        ]
    )
    assert len({receipt_of(answer) for answer in answers}) == 1
    assert len(complaints()) == 1
    assert filers[0].file().number.endswith("-0002")


def test_an_address_that_files_many_at_once_is_bounded_all_the_same(
    app: Flask, officer: Cadre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_FILED", 10)
    filer = Filer(Person(app))
    forms = [filer.filled(words=f"第 {n} 件") for n in range(14)]
    filers = [Filer(Person(app)) for _ in forms]
    answers = at_once([partial(one.send, form) for one, form in zip(filers, forms, strict=True)])
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] * 10 + [429] * 4
    assert len(complaints()) == 10


def test_guesses_side_by_side_are_bounded_all_the_same(
    app: Flask, officer: Cadre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_GUESSES", 5)
    number = make_complaint().number
    filers = [Filer(Person(app)) for _ in range(8)]
    answers = at_once([partial(filer.look_up, number, "AAAA2222") for filer in filers])
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 3


def test_of_answers_side_by_side_one_is_kept_and_the_others_are_told(app: Flask, officer: Cadre) -> None:
    complaint = make_complaint()
    people = [Person(app, officer) for _ in range(4)]
    url = f"/complaints/desk/{complaint.id}/answer"
    answers = at_once([partial(person.post, url, {"seen": 0, "words": f"答复 {n}"}) for n, person in enumerate(people)])
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    assert len(queries.answers_to(complaint.id)) == 1
