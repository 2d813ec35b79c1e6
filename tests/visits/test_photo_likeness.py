"""A photo's fingerprint: the same for the same picture, however it was saved; of no use for a bare wall."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from PIL import Image, ImageEnhance

from fieldvisit.reviews import rules
from fieldvisit.visits.photo_likeness import dhash_of
from fieldvisit.visits.photos import prepare
from tests.photos_factory import bare_wall, encoded, room, shrunk_jpeg

ROOMS, WALLS = 120, 240


def bits_of(picture: Image.Image, quality: int = 85) -> int:
    return rules.unsigned(prepare(encoded(picture, "JPEG", quality=quality)).dhash)


def cut(picture: Image.Image, part: float) -> Image.Image:
    across, down = int(picture.width * part), int(picture.height * part)
    return picture.crop((across, down, picture.width - across // 2, picture.height - down))


@pytest.fixture(scope="module")
def rooms() -> list[tuple[Image.Image, int]]:
    pictures = [room(seed) for seed in range(ROOMS)]
    return [(picture, bits) for picture in pictures if rules.is_telling(bits := bits_of(picture))]


SAME_PICTURE: dict[str, Callable[[Image.Image], int]] = {
    "encoded anew": lambda picture: bits_of(picture, quality=45),
    "half as large": lambda picture: bits_of(picture.resize((picture.width // 2, picture.height // 2)), 70),
    "twice as large": lambda picture: bits_of(picture.resize((picture.width * 2, picture.height * 2))),
    "brightened": lambda picture: bits_of(ImageEnhance.Brightness(picture).enhance(1.15)),
    "darkened": lambda picture: bits_of(ImageEnhance.Brightness(picture).enhance(0.75)),
    "with more contrast": lambda picture: bits_of(ImageEnhance.Contrast(picture).enhance(1.25)),
    "cut by one part in a hundred": lambda picture: bits_of(cut(picture, 0.01)),
}


@pytest.mark.parametrize("how", SAME_PICTURE)
def test_nearly_every_picture_is_known_again(rooms: list[tuple[Image.Image, int]], how: str) -> None:
    known = [bool(rules.like_pictures(SAME_PICTURE[how](picture), [bits])) for picture, bits in rooms[:60]]
    assert sum(known) >= 0.9 * len(known)


def test_most_pictures_of_rooms_tell_something(rooms: list[tuple[Image.Image, int]]) -> None:
    assert len(rooms) >= 0.6 * ROOMS


def test_of_seven_thousand_pairs_of_rooms_hardly_one_is_taken_for_the_same(
    rooms: list[tuple[Image.Image, int]],
) -> None:
    taken = [pair for pair in combinations((bits for _, bits in rooms), 2) if rules.like_pictures(pair[0], [pair[1]])]
    assert len(taken) <= 1


def test_of_nearly_thirty_thousand_pairs_of_bare_walls_none_is_taken_for_the_same() -> None:
    walls = [bits_of(bare_wall(seed)) for seed in range(WALLS)]
    assert not [pair for pair in combinations(walls, 2) if rules.like_pictures(pair[0], [pair[1]])]


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_picture_of_one_colour_is_like_nothing(grey: int) -> None:
    bits = bits_of(Image.new("RGB", (640, 480), (grey, grey, grey)))
    assert rules.like_pictures(bits, [bits]) == []


@pytest.mark.parametrize("size", [(8, 8), (1600, 8), (8, 1600)])
def test_the_smallest_pictures_have_one_too(size: tuple[int, int]) -> None:
    assert -(1 << 63) <= prepare(encoded(room(1).resize(size), "PNG")).dhash < 1 << 63


def test_the_stored_thumbnail_has_nearly_the_same_as_the_photo_had() -> None:
    prepared = prepare(shrunk_jpeg())
    apart = rules.unsigned(prepared.dhash) ^ rules.unsigned(dhash_of(prepared.thumb))
    assert apart.bit_count() <= 3


def test_what_is_no_jpeg_has_none() -> None:
    with pytest.raises(OSError, match="cannot identify"):
        dhash_of(b"small")
