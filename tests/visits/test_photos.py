"""What photo intake makes of uploads: good ones, odd ones, hostile ones."""

import re
import subprocess
import sys
import threading
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from fieldvisit.errors import Refused
from fieldvisit.visits import jpeg_segments, photos
from fieldvisit.visits.photo_formats import BROKEN, PhotoKind, declared_size
from fieldvisit.visits.photos import PreparedPhoto, prepare
from tests import photos_factory as factory

NEVER_STORED = (
    b"Exif",
    b"SECRET",
    b"http://ns.adobe.com/xap",
    b"Photoshop",
    b"ICC_PROFILE",
    b"MPF",
)
CHINESE_SENTENCE = re.compile(r"[^。]*[\u4e00-\u9fff][^。]*。")

# Building a photo takes longer than hypothesis allows an example by default.
property_test = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def refusal(data: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        prepare(data)
    return caught.value


def assert_close(seen: tuple[int, ...], expected: tuple[int, ...], within: int = 12) -> None:
    assert max(abs(a - b) for a, b in zip(seen, expected, strict=True)) <= within, (seen, expected)


def assert_upright(data: bytes) -> None:
    seen = factory.corners_of(opened(data))
    for name, colour in factory.CORNERS.items():
        assert_close(seen[name], colour)


def markers_in(jpeg: bytes) -> set[int]:
    return {segment.marker for segment in jpeg_segments.parse(jpeg).segments}


def assert_sound(photo: PreparedPhoto) -> None:
    for data, side in ((photo.full, 1600), (photo.thumb, 320)):
        image = opened(data)
        assert image.format == "JPEG"
        assert max(image.size) <= side
        assert data.endswith(b"\xff\xd9")
        assert markers_in(data).isdisjoint({*range(0xE1, 0xF0), 0xFE})
        assert not any(trace in data for trace in NEVER_STORED)
    assert opened(photo.full).size == (photo.width, photo.height)


def png_pixel(mode: str, colour: object, **options: object) -> tuple[int, ...]:
    """Send a one-coloured PNG in `mode` and return the colour that is stored."""
    picture = Image.new(mode, (40, 30), colour)  # type: ignore[arg-type]  # any colour of any mode
    stored = opened(prepare(factory.encoded(picture, "PNG", **options)).full)
    return factory.corners_of(stored)["top left"]


class TestSizes:
    def test_a_12_megapixel_photo_becomes_1600_pixels_on_its_longest_side(self) -> None:
        photo = prepare(factory.phone_jpeg(orientation=1))
        assert opened(photo.full).size == (photo.width, photo.height) == (1600, 1200)

    def test_the_thumbnail_is_320_pixels_on_its_longest_side(self) -> None:
        assert opened(prepare(factory.phone_jpeg(orientation=1)).thumb).size == (320, 240)

    def test_a_small_photo_is_never_enlarged(self) -> None:
        photo = prepare(factory.shrunk_jpeg(200, 150))
        assert opened(photo.full).size == opened(photo.thumb).size == (200, 150)

    def test_a_long_panorama_keeps_at_least_one_pixel_of_height(self) -> None:
        panorama = factory.encoded(Image.new("RGB", (20000, 8)), "PNG")
        assert opened(prepare(panorama).full).size == (1600, 1)

    def test_a_large_jpeg_is_decoded_at_half_scale(self, monkeypatch: pytest.MonkeyPatch) -> None:
        decoded: list[tuple[int, int]] = []
        load = ImageFile.ImageFile.load

        def noted(image: ImageFile.ImageFile) -> object:
            decoded.append(image.size)
            return load(image)

        monkeypatch.setattr(ImageFile.ImageFile, "load", noted)
        prepare(factory.phone_jpeg(3200, 1799, orientation=1))
        assert decoded[0] == (1600, 900)

    @property_test
    @given(width=st.integers(8, 4000), height=st.integers(8, 4000))
    def test_proportions_hold_to_the_pixel(self, width: int, height: int) -> None:
        photo = prepare(factory.encoded(Image.new("L", (width, height), 128), "JPEG"))
        scale = min(1, 1600 / max(width, height))
        assert abs(photo.width - max(1, width * scale)) <= 0.5
        assert abs(photo.height - max(1, height * scale)) <= 0.5

    def test_the_name_is_the_sha256_of_the_full_picture(self) -> None:
        photo = prepare(factory.phone_jpeg(800, 600))
        assert photo.sha256 == sha256(photo.full).hexdigest()

    def test_the_same_upload_gets_the_same_name_again(self) -> None:
        upload = factory.phone_jpeg(2000, 1500)
        assert prepare(upload).sha256 == prepare(upload).sha256


class TestOrientation:
    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("width", [640, 2400])
    def test_a_photo_taken_at_any_angle_comes_out_upright(self, orientation: int, width: int) -> None:
        photo = prepare(factory.phone_jpeg(width, width * 3 // 4, orientation))
        assert_upright(photo.full)

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_its_thumbnail_is_upright_too(self, orientation: int) -> None:
        assert_upright(prepare(factory.phone_jpeg(2400, 1800, orientation)).thumb)

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_width_and_height_are_those_seen_upright(self, orientation: int) -> None:
        photo = prepare(factory.phone_jpeg(640, 480, orientation))
        assert (photo.width, photo.height) == ((480, 640) if orientation >= 5 else (640, 480))

    def test_a_png_with_exif_after_its_pixels_comes_out_upright(self) -> None:
        assert_upright(prepare(factory.png_with_late_exif(6)).full)

    def test_a_webp_with_exif_comes_out_upright(self) -> None:
        stored = factory.stored_for(factory.scene(640, 480), 8)
        webp = factory.encoded(stored, "WEBP", exif=factory.exif_block(8), quality=95)
        assert_upright(prepare(webp).full)

    @property_test
    @given(tail=st.binary(max_size=80), order=st.sampled_from([b"II*\0", b"MM\0*", b""]))
    def test_a_damaged_exif_block_never_costs_the_photo(self, tail: bytes, order: bytes) -> None:
        upload = factory.with_segment(factory.shrunk_jpeg(64, 48), 0xE1, b"Exif\0\0" + order + tail)
        assert_sound(prepare(upload))


class TestNothingPersonalIsKept:
    @pytest.mark.parametrize(("width", "orientation"), [(4032, 6), (1600, 1)])
    def test_camera_and_place_are_gone(self, width: int, orientation: int) -> None:
        upload = factory.phone_jpeg(width, width * 3 // 4, orientation)
        assert factory.GPS_PLACE in upload
        assert_sound(prepare(upload))

    @pytest.mark.parametrize(
        ("marker", "payload"),
        [
            (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>SECRET</x:xmpmeta>"),
            (0xE2, b"MPF\0SECRET"),
            (0xE0, b"JFXX\0\x13SECRET"),
            (0xED, b"Photoshop 3.0\x008BIM SECRET"),
            (0xEB, b"SECRET of a maker"),
            (0xFE, b"SECRET comment"),
        ],
    )
    def test_a_kept_jpeg_loses_every_kind_of_metadata(self, marker: int, payload: bytes) -> None:
        plain = factory.shrunk_jpeg(640, 480)
        photo = prepare(factory.with_segment(plain, marker, payload))
        assert photo.full == prepare(plain).full
        assert_sound(photo)

    def test_a_comment_in_a_png_is_not_written_into_the_jpeg(self) -> None:
        from PIL.PngImagePlugin import PngInfo

        notes = PngInfo()
        notes.add_text("comment", "SECRET name of the householder")
        assert_sound(prepare(factory.encoded(factory.scene(64, 48), "PNG", pnginfo=notes)))

    @pytest.mark.parametrize("width", [640, 2400])
    def test_a_zip_behind_the_picture_is_gone(self, width: int) -> None:
        archive = BytesIO()
        with ZipFile(archive, "w") as file:
            file.writestr("SECRET.html", "<script>SECRET</script>")
        upload = factory.phone_jpeg(width, 480, orientation=1) + archive.getvalue()
        photo = prepare(upload)
        assert_sound(photo)
        assert b"PK\x03\x04" not in photo.full

    def test_html_behind_a_png_is_gone(self) -> None:
        png = factory.encoded(factory.scene(64, 48), "PNG")
        assert_sound(prepare(png + b"<html>SECRET</html>"))

    def test_bytes_between_segments_are_gone(self) -> None:
        jpeg = factory.shrunk_jpeg(640, 480)
        photo = prepare(jpeg[:20] + b"<script>SECRET</script>" + jpeg[20:])
        assert photo.full == prepare(jpeg).full

    def test_markers_that_mean_nothing_between_segments_are_gone(self) -> None:
        jpeg = factory.shrunk_jpeg(640, 480)
        upload = jpeg[:2] + b"\xff\x01\xff\xd0\xff\xd8" + jpeg[2:]
        assert prepare(upload).full == prepare(jpeg).full

    def test_fill_bytes_before_a_marker_are_gone(self) -> None:
        jpeg = factory.shrunk_jpeg(640, 480)
        assert prepare(jpeg[:2] + b"\xff" * 500 + jpeg[2:]).full == prepare(jpeg).full

    def test_an_adobe_segment_carries_nothing_along(self) -> None:
        upload = factory.with_segment(factory.rgb_jpeg(b"RGB"), 0xEE, b"Adobe\0d\0\0\0\0\0SECRET")
        assert b"SECRET" not in jpeg_segments.parse(upload).bare_copy()


class TestAShrunkJpegIsKept:
    @pytest.mark.parametrize("progressive", [False, True])
    def test_its_picture_data_are_not_encoded_again(self, progressive: bool) -> None:
        upload = factory.shrunk_jpeg(progressive=progressive)
        scan = upload[upload.index(b"\xff\xda") :]
        assert prepare(upload).full.endswith(scan)

    def test_grey_is_kept_as_it_is(self) -> None:
        upload = factory.encoded(factory.scene(640, 480).convert("L"), "JPEG")
        assert prepare(upload).full.endswith(upload[upload.index(b"\xff\xda") :])

    def test_restart_markers_are_kept(self) -> None:
        upload = factory.shrunk_jpeg(640, 480, restart_marker_rows=1)
        photo = prepare(upload)
        assert b"\xff\xd1" in photo.full
        assert opened(photo.full).tobytes() == opened(upload).tobytes()

    def test_it_shows_the_same_pixels_without_its_jfif_segment(self) -> None:
        upload = factory.without_segment(factory.shrunk_jpeg(640, 480), 0xE0)
        assert opened(prepare(upload).full).tobytes() == opened(upload).tobytes()

    def test_a_turned_one_is_encoded_anew(self) -> None:
        upload = factory.phone_jpeg(640, 480, orientation=3)
        assert not prepare(upload).full.endswith(upload[upload.index(b"\xff\xda") :])

    def test_one_over_1600_pixels_is_shrunk(self) -> None:
        assert prepare(factory.shrunk_jpeg(1601, 1200)).width == 1600

    def test_one_that_is_hardly_compressed_is_encoded_anew(self) -> None:
        upload = factory.shrunk_jpeg(quality=100, subsampling=0)
        assert len(upload) > 1024 * 1024
        assert len(prepare(upload).full) < 500_000

    def test_rgb_told_by_component_names_keeps_its_colours(self) -> None:
        upload = factory.without_segment(factory.rgb_jpeg(b"RGB"), 0xEE)
        assert_upright(prepare(upload).full)

    def test_rgb_told_by_an_adobe_segment_keeps_its_colours(self) -> None:
        upload = factory.rgb_jpeg(b"\1\2\3")
        assert opened(upload).info["adobe_transform"] == 0
        assert_upright(prepare(upload).full)

    def test_ycbcr_under_odd_component_names_keeps_its_colours(self) -> None:
        upload = factory.renamed_components(factory.shrunk_jpeg(640, 480, quality=95), b"RGB")
        assert_upright(prepare(upload).full)


class TestColours:
    def test_alpha_is_laid_on_white(self) -> None:
        assert_close(png_pixel("RGBA", (255, 0, 0, 128)), (255, 127, 127), within=3)

    def test_what_is_fully_transparent_becomes_white(self) -> None:
        assert_close(png_pixel("RGBA", (0, 0, 0, 0)), (255, 255, 255), within=1)

    def test_grey_with_alpha_is_laid_on_white(self) -> None:
        assert_close(png_pixel("LA", (0, 128)), (127, 127, 127), within=3)

    def test_a_palette_becomes_its_colours(self) -> None:
        picture = Image.new("RGB", (40, 30), (200, 30, 60)).quantize(4)
        stored = opened(prepare(factory.encoded(picture, "PNG")).full)
        assert_close(factory.corners_of(stored)["top left"], (200, 30, 60))

    def test_a_palette_entry_marked_transparent_becomes_white(self) -> None:
        picture = Image.new("P", (40, 30), 0)
        picture.putpalette([200, 30, 60])
        stored = opened(prepare(factory.encoded(picture, "PNG", transparency=0)).full)
        assert_close(factory.corners_of(stored)["top left"], (255, 255, 255))

    def test_a_colour_marked_transparent_becomes_white(self) -> None:
        assert_close(png_pixel("RGB", (9, 9, 9), transparency=(9, 9, 9)), (255, 255, 255))

    def test_black_and_white_becomes_rgb(self) -> None:
        assert_close(png_pixel("1", 1), (255, 255, 255))

    def test_16_bit_grey_keeps_its_range(self) -> None:
        stored = opened(prepare(factory.png_16_bit_grey()).full)
        assert_close(factory.corners_of(stored)["top left"], (225, 225, 225))
        assert_close(factory.corners_of(stored)["top right"], (31, 31, 31))

    @pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "I;16"])
    def test_every_png_is_stored_as_rgb(self, mode: str) -> None:
        upload = factory.encoded(Image.new(mode, (40, 30)), "PNG")
        assert opened(prepare(upload).full).mode == "RGB"

    def test_a_cmyk_jpeg_becomes_rgb_of_like_colours(self) -> None:
        upload = factory.encoded(factory.scene(640, 480).convert("CMYK"), "JPEG", quality=95)
        stored = opened(prepare(upload).full)
        assert stored.mode == "RGB"
        assert_upright(prepare(upload).full)

    def test_an_srgb_profile_is_dropped_and_the_picture_kept(self) -> None:
        upload = factory.shrunk_jpeg(640, 480, icc_profile=factory.srgb_profile())
        assert prepare(upload).full == prepare(factory.shrunk_jpeg(640, 480)).full

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_another_profile_is_converted_to_srgb(self, kind: str) -> None:
        red = Image.new("RGB", (640, 480), (255, 0, 0))
        upload = factory.encoded(red, kind, icc_profile=factory.wide_gamut_profile())
        stored = factory.corners_of(opened(prepare(upload).full))["top left"]
        assert_close(stored, (0, 255, 0))

    def test_a_grey_profile_is_converted_too(self) -> None:
        grey = Image.new("L", (640, 480), 128)
        upload = factory.encoded(grey, "JPEG", icc_profile=factory.linear_grey_profile())
        stored = factory.corners_of(opened(prepare(upload).full))["top left"]
        assert_close(stored, (188, 188, 188), within=3)

    def test_a_profile_in_several_pieces_is_read_whole(self) -> None:
        profile, jpeg = factory.wide_gamut_profile(), factory.shrunk_jpeg(640, 480)
        for number, piece in ((2, profile[300:]), (1, profile[:300])):
            jpeg = factory.with_segment(jpeg, 0xE2, b"ICC_PROFILE\0" + bytes([number, 2]) + piece)
        assert jpeg_segments.parse(jpeg).icc_profile == profile

    def test_pieces_of_a_profile_may_come_in_any_order(self) -> None:
        jpeg = factory.shrunk_jpeg(64, 48)
        for number, piece in ((1, b"first"), (2, b"second")):
            jpeg = factory.with_segment(jpeg, 0xE2, b"ICC_PROFILE\0" + bytes([number, 2]) + piece)
        assert jpeg_segments.parse(jpeg).icc_profile == b"firstsecond"

    def test_a_broken_profile_never_costs_the_photo(self) -> None:
        upload = factory.shrunk_jpeg(640, 480, icc_profile=b"not a profile" * 20)
        assert_upright(prepare(upload).full)

    @property_test
    @given(place=st.integers(0, 587), value=st.integers(0, 255))
    def test_a_damaged_profile_never_costs_the_photo(self, place: int, value: int) -> None:
        profile = bytearray(factory.wide_gamut_profile())
        profile[place] = value
        assert_sound(prepare(factory.shrunk_jpeg(64, 48, icc_profile=bytes(profile))))

    @pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "I;16"])
    def test_a_large_picture_shrunk_in_strips_shows_no_seams(self, mode: str) -> None:
        large = Image.linear_gradient("L").resize((7000, 1750))
        picture = large.convert("I").point(lambda v: v * 257).convert("I;16") if mode == "I;16" else large.convert(mode)
        seen = opened(prepare(factory.encoded(picture, "PNG", compress_level=1)).full).convert("L")
        rows = [seen.getpixel((800, y)) for y in range(0, 400, 2)]
        expected = [256 * (y + 0.5) / 400 for y in range(0, 400, 2)]
        assert max(abs(a - b) for a, b in zip(rows, expected, strict=True)) <= 4  # type: ignore[operator]  # "L" pixels are numbers


class TestFormats:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_it_is_accepted(self, kind: str) -> None:
        assert_sound(prepare(factory.encoded(factory.scene(640, 480), kind)))

    def test_a_lossless_webp_with_alpha_is_accepted(self) -> None:
        picture = factory.scene(640, 480).convert("RGBA")
        assert_upright(prepare(factory.encoded(picture, "WEBP", lossless=True)).full)

    def test_of_an_animated_webp_the_first_frame_is_kept(self) -> None:
        stored = opened(prepare(factory.animated_webp()).full)
        assert_close(factory.corners_of(stored)["top left"], (255, 0, 0))

    def test_of_an_animated_png_the_first_frame_is_kept(self) -> None:
        frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
        upload = factory.encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
        stored = opened(prepare(upload).full)
        assert_close(factory.corners_of(stored)["top left"], (255, 0, 0))

    @pytest.mark.parametrize(("kind", "name"), [("GIF", "GIF"), ("TIFF", "TIFF"), ("BMP", "BMP"), ("AVIF", "AVIF")])
    def test_another_picture_format_is_refused_by_name(self, kind: str, name: str) -> None:
        refused = refusal(factory.encoded(Image.new("RGB", (64, 48)), kind))
        assert name in refused.message
        assert "JPEG、PNG 或 WebP" in refused.message

    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "视频"),
        ],
    )
    def test_what_is_no_photo_is_refused_by_name(self, data: bytes, name: str) -> None:
        refused = refusal(data)
        assert name in refused.message
        assert "JPEG、PNG 或 WebP" in refused.message

    @pytest.mark.parametrize("data", [b"hello", b"\0" * 64, b"<html></html>", b"PK\x03\x04" + b"x" * 40])
    def test_what_is_no_picture_at_all_is_refused(self, data: bytes) -> None:
        assert refusal(data).status == 415


class TestHeic:
    @pytest.fixture(autouse=True)
    def needs_pillow_heif(self) -> None:
        pytest.importorskip("pillow_heif", reason="the extra `heic` is not installed")

    def test_it_is_accepted(self) -> None:
        photo = prepare(factory.heic_bytes(factory.scene(160, 120), exif=factory.exif_block(1)))
        assert_sound(photo)
        assert_upright(photo.full)

    def test_it_is_shrunk(self) -> None:
        assert prepare(factory.heic_bytes(Image.new("RGB", (1640, 80)))).width == 1600

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_it_is_turned_once_and_not_twice(self, orientation: int) -> None:
        stored = factory.stored_for(factory.scene(160, 120), orientation)
        upload = factory.heic_bytes(stored, exif=factory.exif_block(orientation))
        assert_upright(prepare(upload).full)

    def test_an_embedded_preview_is_never_taken_for_the_picture(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from pillow_heif import HeifImageFile

        def drafted(*_: object) -> None:
            pytest.fail("a HEIC was read from its preview")

        monkeypatch.setattr(HeifImageFile, "draft", drafted)
        assert prepare(factory.heic_bytes(factory.scene(160, 120))).width == 160

    def test_a_truncated_one_is_refused(self) -> None:
        upload = factory.heic_bytes(factory.scene(160, 120))
        assert refusal(upload[: len(upload) // 2]).message == BROKEN

    def test_over_60_megapixels_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        upload = factory.heic_bytes(factory.scene(160, 120))
        monkeypatch.setattr(photos, "MOST_PIXELS", 160 * 120 - 1)
        assert "像素" in refusal(upload).message

    def test_without_the_extra_it_is_refused_with_advice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        upload = factory.heic_bytes(factory.scene(64, 48))
        monkeypatch.setitem(sys.modules, "pillow_heif", None)
        assert "兼容性最佳" in refusal(upload).message


class TestRefusals:
    def test_an_empty_file_is_refused(self) -> None:
        assert "空" in refusal(b"").message

    def test_over_20_megabytes_is_refused_as_too_large(self) -> None:
        refused = refusal(factory.shrunk_jpeg(64, 48) + b"\0" * 20 * 1024 * 1024)
        assert (refused.status, "20 MB" in refused.message) == (413, True)

    def test_20_megabytes_are_accepted(self) -> None:
        jpeg = factory.shrunk_jpeg(64, 48)
        assert_sound(prepare(jpeg.ljust(20 * 1024 * 1024, b"\0")))

    @pytest.mark.parametrize("size", [(7, 400), (400, 7)])
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_under_8_pixels_a_side_is_refused(self, size: tuple[int, int], kind: str) -> None:
        message = refusal(factory.encoded(Image.new("RGB", size), kind)).message
        assert f"{size[0]}×{size[1]}" in message

    @pytest.mark.parametrize(
        "data",
        [
            factory.png_claiming(30_000, 30_000),
            factory.jpeg_claiming(10_000, 10_000),
            factory.webp_claiming(16_000, 16_000, "VP8X"),
            factory.webp_claiming(16_000, 16_000, "VP8L"),
            factory.webp_claiming(16_000, 16_000, "VP8"),
        ],
        ids=["PNG", "JPEG", "WebP", "WebP lossless", "WebP plain"],
    )
    def test_a_bomb_is_refused_before_a_decoder_sees_it(self, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        def started(*_: object) -> None:
            pytest.fail("a decoder was started")

        monkeypatch.setattr(ImageFile.ImageFile, "__init__", started)
        assert "6000 万像素" in refusal(data).message

    def test_60_megapixels_are_the_most(self) -> None:
        assert "6000 万像素" in refusal(factory.jpeg_claiming(10_000, 6_001)).message
        assert "6000 万像素" not in refusal(factory.png_claiming(10_000, 6_000)).message

    def test_a_jpeg_of_thousands_of_empty_segments_is_refused(self) -> None:
        jpeg = factory.shrunk_jpeg(64, 48)
        upload = jpeg[:2] + b"\xff\xe1\0\2" * 2000 + jpeg[2:]
        assert refusal(upload).message == BROKEN

    def test_a_progressive_jpeg_without_its_last_scan_is_refused(self) -> None:
        upload = factory.shrunk_jpeg(progressive=True)
        assert refusal(upload[: upload.rindex(b"\xff\xda")]).message == BROKEN

    def test_a_jpeg_cut_off_and_followed_by_another_is_refused(self) -> None:
        jpeg = factory.shrunk_jpeg(640, 480)
        assert refusal(jpeg[: len(jpeg) // 2] + jpeg).message == BROKEN

    @pytest.mark.parametrize("length", [2, 8, 16])
    def test_a_jpeg_whose_frame_header_is_too_short_is_refused(self, length: int) -> None:
        jpeg = factory.without_segment(factory.shrunk_jpeg(64, 48), 0xC0)
        frame = bytes([8, 0, 48, 0, 64, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11])
        upload = factory.with_segment(jpeg, 0xC0, frame[: length - 2])
        assert refusal(upload).message == BROKEN

    @pytest.mark.parametrize(("chunk", "most"), [("VP8", 0x3FFF), ("VP8L", 0x4000), ("VP8X", 0x1000000)])
    @property_test
    @given(data=st.data())
    def test_a_webp_header_is_read_to_the_pixel(self, chunk: str, most: int, data: st.DataObject) -> None:
        size = (data.draw(st.integers(1, most)), data.draw(st.integers(1, most)))
        upload = factory.webp_claiming(*size, chunk)
        assert declared_size(PhotoKind.WEBP, upload) == size

    def test_a_progressive_jpeg_of_fifty_scans_is_accepted(self) -> None:
        assert_sound(prepare(factory.progressive_with_scans(50)))

    def test_one_of_more_scans_is_refused_as_made_to_waste_time(self) -> None:
        assert refusal(factory.progressive_with_scans(51)).message == BROKEN

    @pytest.mark.parametrize("filling", [b"\xff", b"\xff\x01", b"\xff\xe0\0\2", b"\xff\xda\0\2"])
    def test_megabytes_of_markers_are_refused_at_once(self, filling: bytes) -> None:
        assert refusal(b"\xff\xd8\xff" + filling * 2_000_000).message == BROKEN

    def test_a_lossy_webp_cut_in_half_is_refused(self) -> None:
        webp = factory.encoded(factory.scene(640, 480), "WEBP")
        assert refusal(webp[: len(webp) // 2]).message == BROKEN

    def test_running_out_of_memory_is_no_fault_of_the_photo(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def exhausted(_: object) -> None:
            raise MemoryError

        monkeypatch.setattr(ImageFile.ImageFile, "load", exhausted)
        with pytest.raises(MemoryError):
            prepare(factory.shrunk_jpeg(64, 48))

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"hello",
            factory.shrunk_jpeg(64, 48)[:-2],
            factory.png_claiming(30_000, 30_000),
            factory.encoded(Image.new("RGB", (4, 4)), "PNG"),
            factory.encoded(Image.new("RGB", (64, 48)), "GIF"),
        ],
        ids=["empty", "text", "truncated", "bomb", "tiny", "GIF"],
    )
    def test_a_refusal_says_why_and_then_what_to_do(self, data: bytes) -> None:
        sentences = CHINESE_SENTENCE.findall(refusal(data).message)
        assert len(sentences) >= 2
        assert "请" in "".join(sentences[1:])


def samples() -> dict[str, bytes]:
    """One small photo of each kind that decoding can fail in its own way."""
    scene = factory.scene(160, 120)
    return {
        "kept": factory.encoded(scene, "JPEG"),
        "kept progressive": factory.encoded(scene, "JPEG", progressive=True),
        "turned": factory.phone_jpeg(160, 120, 6),
        "turned progressive": factory.phone_jpeg(160, 120, 6, progressive=True),
        "PNG": factory.encoded(scene, "PNG"),
        "palette PNG": factory.encoded(scene.quantize(16), "PNG"),
        "WebP": factory.encoded(scene, "WEBP"),
        "lossless WebP": factory.encoded(scene, "WEBP", lossless=True),
        "animated WebP": factory.animated_webp(),
    }


SAMPLES = samples()
SHRUNK_LARGE = {"kept": factory.shrunk_jpeg(), "reencoded": factory.phone_jpeg(2400, 1800, 1)}


class TestDamage:
    @pytest.mark.parametrize("name", SAMPLES)
    @property_test
    @given(data=st.data())
    def test_a_photo_cut_anywhere_is_refused(self, name: str, data: st.DataObject) -> None:
        whole = SAMPLES[name]
        cut = data.draw(st.integers(0, len(whole) - 1))
        refusal(whole[:cut])

    @pytest.mark.parametrize("name", SHRUNK_LARGE)
    @pytest.mark.parametrize("missing", [1, 2, 3, 50, 5_000])
    def test_decoding_at_reduced_scale_still_sees_what_is_missing(self, name: str, missing: int) -> None:
        refusal(SHRUNK_LARGE[name][:-missing])

    @pytest.mark.parametrize("name", SAMPLES)
    @property_test
    @given(data=st.data())
    def test_flipped_bytes_give_a_sound_photo_or_a_refusal(self, name: str, data: st.DataObject) -> None:
        damaged = bytearray(SAMPLES[name])
        for _ in range(data.draw(st.integers(1, 6))):
            place = data.draw(st.integers(0, len(damaged) - 1))
            damaged[place] = data.draw(st.integers(0, 255))
        try:
            photo = prepare(bytes(damaged))
        except Refused:
            return
        assert_sound(photo)

    @property_test
    @given(start=st.sampled_from([s[:12] for s in SAMPLES.values()]), rest=st.binary(max_size=200))
    def test_a_right_beginning_with_any_bytes_after_it_is_refused(self, start: bytes, rest: bytes) -> None:
        refusal(start + rest)


class TestOneAtATime:
    def test_two_photos_are_never_decoded_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        running, most, load = [0], [0], ImageFile.ImageFile.load
        counting, both_started = threading.Lock(), threading.Barrier(2, timeout=10)

        def counted(image: ImageFile.ImageFile) -> object:
            with counting:
                running[0] += 1
                most[0] = max(most[0], running[0])
            threading.Event().wait(0.05)
            try:
                return load(image)
            finally:
                with counting:
                    running[0] -= 1

        def send() -> None:
            both_started.wait()
            prepare(upload)

        upload = factory.phone_jpeg(2400, 1800)
        monkeypatch.setattr(ImageFile.ImageFile, "load", counted)
        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert most[0] == 1

    def test_a_refused_photo_does_not_block_the_next(self) -> None:
        refusal(SAMPLES["WebP"][:200])
        assert_sound(prepare(SAMPLES["WebP"]))

    def test_pillow_is_not_told_to_accept_truncated_files(self) -> None:
        assert not ImageFile.LOAD_TRUNCATED_IMAGES

    def test_intake_loads_without_flask(self) -> None:
        code = "import sys, fieldvisit.visits.photos; sys.exit('flask' in sys.modules)"
        root = Path(__file__).parents[2]
        assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
