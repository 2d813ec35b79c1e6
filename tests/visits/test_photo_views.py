"""Photos are served to those who may read their visit, as pictures and nothing else."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.extensions import db
from fieldvisit.visits.models import Photo, Visit, VisitState
from tests.factories import OTHER_VILLAGE, Factory
from tests.person import Person
from tests.visits.making import make_visit, photograph, store_files
from tests.visits.test_record import READERS, reader


@pytest.fixture
def author(make: Factory) -> Cadre:
    return make.cadre()


@pytest.fixture
def visit(make: Factory, author: Cadre) -> Visit:
    return make_visit(author, make.household())


@pytest.fixture
def photo(visit: Visit) -> Photo:
    photo = photograph(visit)
    store_files(photo, b"\xff\xd8full", b"\xff\xd8small")
    return photo


def test_both_sizes_are_served_as_pictures(app: Flask, author: Cadre, photo: Photo) -> None:
    person = Person(app, author)
    for size, content in (("full", b"\xff\xd8full"), ("small", b"\xff\xd8small")):
        answer = person.get(f"/photos/{photo.id}/{size}.jpg", buffered=True)
        assert (answer.status_code, answer.data, answer.content_type) == (200, content, "image/jpeg")


def test_only_the_readers_own_browser_keeps_a_photo_and_runs_nothing_in_it(
    app: Flask, author: Cadre, photo: Photo
) -> None:
    headers = Person(app, author).get(f"/photos/{photo.id}/full.jpg", buffered=True).headers
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["Content-Disposition"] == "inline"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


def test_a_photo_that_the_browser_has_is_not_sent_again(app: Flask, author: Cadre, photo: Photo) -> None:
    person, url = Person(app, author), f"/photos/{photo.id}/full.jpg"
    etag = person.get(url, buffered=True).headers["ETag"]
    answer = person.get(url, buffered=True, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize("kind", READERS)
def test_who_may_see_a_photo(app: Flask, make: Factory, visit: Visit, author: Cadre, photo: Photo, kind: str) -> None:
    who = reader(kind, make, visit, author)
    answer = Person(app, who).get(f"/photos/{photo.id}/full.jpg", buffered=True)
    assert answer.status_code == (200 if READERS[kind] else 404)


def test_a_photo_of_a_draft_is_seen_by_its_author_only(app: Flask, make: Factory, author: Cadre) -> None:
    draft = make_visit(author, make.household(), state=VisitState.DRAFT)
    photo = photograph(draft)
    store_files(photo)
    statuses = [
        Person(app, who).get(f"/photos/{photo.id}/full.jpg", buffered=True).status_code
        for who in (author, make.cadre(Role.SUPERVISOR), make.cadre())
    ]
    assert statuses == [200, 404, 404]


def test_a_removed_photo_is_gone_for_everybody(app: Flask, author: Cadre, photo: Photo) -> None:
    photo.removed = True
    db.session.commit()
    assert Person(app, author).get(f"/photos/{photo.id}/full.jpg", buffered=True).status_code == 404


def test_an_unknown_photo_a_foreign_size_and_a_lost_file_are_not_found(
    app: Flask, author: Cadre, visit: Visit, photo: Photo
) -> None:
    person = Person(app, author)
    lost = photograph(visit, "bedroom")
    for url in (
        f"/photos/{uuid4()}/full.jpg",
        f"/photos/{photo.id}/huge.jpg",
        "/photos/1/full.jpg",
        f"/photos/{lost.id}/full.jpg",
    ):
        assert person.get(url, buffered=True).status_code == 404


def test_nobody_signed_in_gets_no_photo(app: Flask, anonymous: Person, photo: Photo) -> None:
    assert anonymous.get(f"/photos/{photo.id}/full.jpg", buffered=True).status_code == 302


def test_a_cadre_of_elsewhere_learns_nothing_from_the_answer(app: Flask, make: Factory, photo: Photo) -> None:
    person = Person(app, make.cadre(unit=make.unit("别的局", villages=(OTHER_VILLAGE,))))
    known = person.get(f"/photos/{photo.id}/full.jpg", fragment=True, buffered=True)
    unknown = person.get(f"/photos/{uuid4()}/full.jpg", fragment=True, buffered=True)
    assert known.data == unknown.data
