"""Facts about the photos of a visit."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from fieldvisit.accounts.models import Cadre
from fieldvisit.config import Settings
from fieldvisit.extensions import db
from fieldvisit.visits import photo_actions
from fieldvisit.visits.models import Photo
from fieldvisit.visits.photos import prepare
from tests import photos_factory
from tests.factories import Factory
from tests.visits.phone import Phone

SMALL = photos_factory.phone_jpeg(width=640, height=480)


def photos() -> list[Photo]:
    """Read the photos that stand."""
    return list(db.session.scalars(sa.select(Photo).where(Photo.removed.is_(False))))


@pytest.fixture
def agreed(phone: Phone) -> Phone:
    """A phone in a home where the householder agreed to photos."""
    phone.save("photo_consent", "agreed")
    return phone


def test_without_the_householders_agreement_no_photo_is_taken(phone: Phone) -> None:
    response = phone.photo(SMALL)
    assert response.status_code == 422
    assert "征得户主同意" in response.text
    phone.save("photo_consent", "declined")
    assert phone.photo(SMALL).status_code == 422
    assert photos() == []


def test_a_stored_photo_is_upright_without_metadata_in_two_sizes(agreed: Phone, settings: Settings) -> None:
    response = agreed.photo(photos_factory.phone_jpeg(width=2016, height=1512, orientation=6, gps=True))
    assert response.status_code == 200
    photo = photos()[0]
    folder = settings.photo_dir / photo.sha256[:2]
    for name, side in ((f"{photo.sha256}.jpg", 1600), (f"{photo.sha256}.320.jpg", 320)):
        with Image.open(folder / name) as image:
            assert dict(image.getexif()) == {}
            assert max(image.size) == side
            assert image.height > image.width


def test_what_a_photo_looks_like_is_kept_with_it(agreed: Phone) -> None:
    data = photos_factory.shrunk_jpeg()
    agreed.photo(data)
    assert db.session.scalars(sa.select(Photo.dhash)).all() == [prepare(data).dhash]


def test_a_photo_is_served_to_its_author(agreed: Phone) -> None:
    agreed.photo(SMALL)
    response = agreed.person.get(f"/photos/{photos()[0].id}/small.jpg")
    assert response.status_code == 200
    assert response.mimetype == "image/jpeg"


def test_the_same_photo_sent_twice_is_one_photo(agreed: Phone) -> None:
    agreed.photo(SMALL)
    agreed.photo(SMALL)
    assert len(photos()) == 1


def test_the_same_write_of_a_photo_has_one_effect(agreed: Phone) -> None:
    key, same = str(uuid4()), uuid4()
    first, again = agreed.photo(SMALL, id=same, key=key), agreed.photo(SMALL, id=same, key=key)
    assert first.text == again.text
    assert len(photos()) == 1


def test_a_photo_that_arrives_again_after_the_visit_was_finished_gets_its_first_answer(agreed: Phone) -> None:
    key, same = str(uuid4()), uuid4()
    first = agreed.photo(SMALL, id=same, key=key)
    agreed.finish()
    again = agreed.photo(SMALL, id=same, key=key)
    assert (again.status_code, again.text) == (200, first.text)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (SMALL[: len(SMALL) // 2], 422),
        (b"%PDF-1.7 not a picture", 415),
        (photos_factory.png_claiming(30_000, 30_000), 422),
        (b"\xff\xd8" + b"0" * (20 * 1024 * 1024 + 1), 413),
    ],
    ids=["empty", "truncated", "not an image", "bomb", "over 20 MB"],
)
def test_a_bad_photo_is_refused_and_leaves_the_visit_as_it_was(agreed: Phone, content: bytes, status: int) -> None:
    response = agreed.photo(content)
    assert response.status_code == status
    assert "照片" in response.text
    assert photos() == []
    assert agreed.save("kitchen", "good").status_code == 200


def test_a_body_of_30_mb_is_refused_with_a_sentence(agreed: Phone) -> None:
    response = agreed.photo(b"0" * 30 * 1024 * 1024)
    assert response.status_code == 413
    assert "20 MB" in response.text


def test_a_write_without_a_photo_is_refused(agreed: Phone) -> None:
    response = agreed.post(f"/cards/kitchen/photos/{uuid4()}", {})
    assert response.status_code == 422
    assert "没有收到照片" in response.text


@pytest.mark.parametrize("card", ["living", "attic", "visited_on"])
def test_a_card_that_takes_no_photos_is_not_found(agreed: Phone, card: str) -> None:
    assert agreed.photo(SMALL, card).status_code == 404


def test_a_signature_needs_no_agreement_to_photos_and_replaces_the_one_before(phone: Phone) -> None:
    phone.photo(SMALL, "signature")
    phone.photo(photos_factory.phone_jpeg(width=600, height=200), "signature")
    assert [(photo.width, photo.height) for photo in photos()] == [(200, 600)]


def test_there_is_an_end_to_photos(agreed: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_actions, "MOST_PHOTOS", 1)
    agreed.photo(SMALL)
    response = agreed.photo(photos_factory.phone_jpeg(width=600, height=400))
    assert response.status_code == 422
    assert "够用了" in response.text


def test_a_removed_photo_is_gone_for_everybody(agreed: Phone) -> None:
    agreed.photo(SMALL)
    photo_id = photos()[0].id
    response = agreed.post(f"/photos/{photo_id}/remove", {})
    assert (response.status_code, response.text) == (200, "")
    assert agreed.person.get(f"/photos/{photo_id}/small.jpg").status_code == 404


def test_a_photo_of_another_visit_can_not_be_removed(app: Flask, make: Factory, cadre: Cadre, agreed: Phone) -> None:
    agreed.photo(SMALL)
    other = Phone(app, cadre, make.household(paired=cadre))
    other.save("kitchen", "good")
    assert other.post(f"/photos/{photos()[0].id}/remove", {}).status_code == 404


def test_an_id_that_another_photo_has_is_refused(agreed: Phone) -> None:
    same = uuid4()
    agreed.photo(SMALL, id=same)
    assert agreed.photo(photos_factory.phone_jpeg(width=600, height=400), id=same).status_code == 404


def test_a_png_signature_on_nothing_becomes_ink_on_white(phone: Phone, settings: Settings) -> None:
    drawing = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    content = BytesIO()
    drawing.save(content, "PNG")
    phone.photo(content.getvalue(), "signature")
    photo = photos()[0]
    path = settings.photo_dir / photo.sha256[:2] / f"{photo.sha256}.jpg"
    with Image.open(path) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)
