"""Photos for tests and benchmarks: such as phones take, and such as nobody may store."""

import struct
import zlib
from functools import lru_cache
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageChops, ImageCms, ImageDraw

# The four corners of `scene` when seen upright: what a turned photo must show again.
CORNERS = {
    "top left": (220, 30, 30),
    "top right": (30, 200, 30),
    "bottom left": (30, 30, 220),
    "bottom right": (230, 210, 30),
}
GPS_PLACE = b"SECRET-PLACE-31.16N"
CAMERA = b"SECRET-CAMERA"


@lru_cache(maxsize=8)
def scene(width: int, height: int) -> Image.Image:
    """Return an RGB picture with a photo's mix of noise, shading and edges, and CORNERS in it."""
    noise = Image.effect_noise((width // 2 + 1, height // 2 + 1), 22).resize((width, height))
    across = Image.linear_gradient("L").resize((width, height))
    round_ = Image.radial_gradient("L").resize((width, height))
    channels = (across, round_, Image.blend(across, round_, 0.5))
    picture = Image.merge("RGB", [ImageChops.add(channel, noise, 2) for channel in channels])
    _draw_shapes(picture)
    _draw_corners(picture)
    return picture


def _draw_shapes(picture: Image.Image) -> None:
    random, draw = Random(7), ImageDraw.Draw(picture)
    for _ in range(200):
        x, y = random.randrange(picture.width), random.randrange(picture.height)
        side = random.randrange(2, max(3, picture.width // 8))
        colour = (random.randrange(256), random.randrange(256), random.randrange(256))
        draw.ellipse((x, y, x + side, y + side // 2), fill=colour)


def _draw_corners(picture: Image.Image) -> None:
    right, bottom = picture.width - picture.width // 4, picture.height - picture.height // 4
    for name, colour in CORNERS.items():
        x = right if name.endswith("right") else 0
        y = bottom if name.startswith("bottom") else 0
        size = (picture.width // 4, picture.height // 4)
        picture.paste(colour, (x, y, x + size[0], y + size[1]))


def corners_of(picture: Image.Image) -> dict[str, tuple[int, ...]]:
    """Return the colour in the middle of each corner patch of a picture made from `scene`."""
    seen = picture.convert("RGB")
    x, y = seen.width // 8, seen.height // 8
    places = {
        "top left": (x, y),
        "top right": (seen.width - x, y),
        "bottom left": (x, seen.height - y),
        "bottom right": (seen.width - x, seen.height - y),
    }
    return {name: _pixel(seen, place) for name, place in places.items()}


def _pixel(picture: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    colour = picture.getpixel(place)
    assert isinstance(colour, tuple)
    return tuple(int(value) for value in colour)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return `picture` as a file of the Pillow format `kind`."""
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


# How an upright picture is stored for each orientation: the turn that viewers must undo.
_STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def stored_for(picture: Image.Image, orientation: int) -> Image.Image:
    """Return the upright `picture` as a camera held at `orientation` stores it."""
    turn = _STORED[orientation]
    return picture if turn is None else picture.transpose(turn)


@lru_cache(maxsize=32)
def phone_jpeg(
    width: int = 4032,
    height: int = 3024,
    orientation: int = 6,
    gps: bool = True,
    quality: int = 90,
    **options: Any,
) -> bytes:
    """Return a JPEG of `width` × `height` stored pixels, from a phone held at `orientation`."""
    upright = (height, width) if orientation >= 5 else (width, height)
    picture = stored_for(scene(*upright), orientation)
    exif = exif_block(orientation, gps)
    return encoded(picture, "JPEG", quality=quality, exif=exif, **options)


def exif_block(orientation: int, gps: bool = True) -> bytes:
    """Return an EXIF block with camera, orientation, and a place if `gps`."""
    exif = Image.Exif()
    exif[0x010F] = CAMERA.decode()
    exif[0x0112] = orientation
    if gps:
        place = exif.get_ifd(0x8825)
        place.update({1: "N", 2: (31.0, 9.0, 48.0), 3: "E", 4: (118.0, 22.0, 12.0)})
        place[29] = GPS_PLACE.decode()
    return exif.tobytes()


def shrunk_jpeg(width: int = 1600, height: int = 1200, **options: Any) -> bytes:
    """Return an upright JPEG of about 300 KB, as our page on the phone sends it, without EXIF."""
    return encoded(scene(width, height), "JPEG", **{"quality": 82, **options})


def with_segment(jpeg: bytes, marker: int, payload: bytes) -> bytes:
    """Return `jpeg` with one more segment right after its start."""
    segment = bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload
    return jpeg[:2] + segment + jpeg[2:]


def without_segment(jpeg: bytes, marker: int) -> bytes:
    """Return `jpeg` without the first header segment of that `marker`."""
    start = jpeg.index(bytes([0xFF, marker]))
    return jpeg[:start] + jpeg[start + 2 + struct.unpack_from(">H", jpeg, start + 2)[0] :]


def rgb_jpeg(names: bytes) -> bytes:
    """Return a JPEG of RGB instead of YCbCr: an Adobe segment says so, and `names` may too."""
    jpeg = encoded(scene(640, 480), "JPEG", keep_rgb=True, quality=95)
    return renamed_components(jpeg, names)


def renamed_components(jpeg: bytes, names: bytes) -> bytes:
    """Return a baseline JPEG of three components with other one-byte names for them."""
    renamed = bytearray(jpeg)
    frame, scan = jpeg.index(b"\xff\xc0"), jpeg.index(b"\xff\xda")
    renamed[frame + 10 : frame + 19 : 3] = names
    renamed[scan + 5 : scan + 11 : 2] = names
    return bytes(renamed)


def jpeg_claiming(width: int, height: int) -> bytes:
    """Return a small JPEG whose frame header claims `width` × `height` pixels."""
    jpeg = bytearray(shrunk_jpeg(64, 48))
    frame = jpeg.index(b"\xff\xc0")
    struct.pack_into(">HH", jpeg, frame + 5, height, width)
    return bytes(jpeg)


def progressive_with_scans(count: int) -> bytes:
    """Return a progressive JPEG whose last scan is repeated until there are `count` of them."""
    jpeg = encoded(scene(64, 48), "JPEG", progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    missing = count - jpeg.count(b"\xff\xda")
    return jpeg[:-2] + jpeg[last:-2] * missing + jpeg[-2:]


def png_claiming(width: int, height: int) -> bytes:
    """Return a PNG of a few dozen bytes whose header claims `width` × `height` pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    chunks = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(name, body) for name, body in chunks)


def _png_chunk(name: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)


def png_16_bit_grey(width: int = 64, height: int = 48) -> bytes:
    """Return a 16-bit grey PNG that darkens from white on the left to black on the right."""
    row = [65535 - 65535 * x // (width - 1) for x in range(width)]
    pixels = struct.pack(f"<{width}H", *row) * height
    return encoded(Image.frombytes("I;16", (width, height), pixels), "PNG")


def png_with_late_exif(orientation: int) -> bytes:
    """Return a PNG whose EXIF chunk follows its pixels, which the format allows."""
    png = encoded(stored_for(scene(64, 48), orientation), "PNG")
    body = exif_block(orientation).removeprefix(b"Exif\0\0")
    return png[:-12] + _png_chunk(b"eXIf", body) + png[-12:]


def webp_claiming(width: int, height: int, chunk: str) -> bytes:
    """Return a WebP header of the chunk VP8X, VP8L or VP8 that claims `width` × `height`."""
    if chunk == "VP8X":
        body = b"\0" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif chunk == "VP8L":
        body = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + b"\0" * 9
    else:
        body = b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)
    chunks = chunk.ljust(4).encode() + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def animated_webp() -> bytes:
    """Return a WebP whose first frame is red and whose second is blue."""
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100)


def heic_bytes(picture: Image.Image, **options: Any) -> bytes:
    """Return `picture` as HEIC; ImportError without the extra `heic`."""
    import pillow_heif

    heif = pillow_heif.from_pillow(picture)
    out = BytesIO()
    heif.save(out, **options)
    return out.getvalue()


def wide_gamut_profile() -> bytes:
    """Return an RGB profile that isn't sRGB: sRGB's own with red and green swapped."""
    profile = srgb_profile()
    swapped = profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
    assert swapped != profile
    return swapped


def srgb_profile() -> bytes:
    """Return an sRGB profile as cameras embed it."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def linear_grey_profile() -> bytes:
    """Return a profile for grey pictures whose values are linear light, so 128 shows as 188."""
    d50 = struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)
    white, curve = b"XYZ \0\0\0\0" + d50, b"curv\0\0\0\0" + struct.pack(">IHxx", 1, 0x0100)
    tags = struct.pack(">I4sII4sII", 2, b"wtpt", 156, 20, b"kTRC", 176, 16)
    size = struct.pack(">I", 192)
    header = size + b"\0\0\0\0\2\x40\0\0mntrGRAYXYZ " + b"\0" * 12 + b"acsp" + b"\0" * 28 + d50
    return header.ljust(128, b"\0") + tags + white + curve


def room(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Return a picture of a room with things in it, another one for each seed."""
    random = Random(seed)
    picture = Image.new("RGB", size, _colour(random, 150, 240))
    draw, (width, height) = ImageDraw.Draw(picture), size
    floor = random.randrange(height * 5 // 9, height * 8 // 9)
    draw.rectangle((0, floor, width, height), fill=_colour(random, 70, 170))
    for _ in range(random.randrange(8, 20)):
        x, y = random.randrange(-60, width - 40), random.randrange(20, floor)
        box = (x, y, x + random.randrange(30, width // 3), y + random.randrange(30, height // 3))
        draw.rounded_rectangle(box, random.randrange(2, 30), fill=_colour(random, 20, 250))
    return lit(picture, random)


def bare_wall(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Return a picture of a wall and nothing else, lit from somewhere; some with the floor, some with a corner."""
    random = Random(seed)
    grey = random.randrange(90, 240)
    picture = Image.new("RGB", size, (grey, grey - random.randrange(12), grey - random.randrange(25)))
    shaded = (int(grey * random.uniform(0.5, 0.97)),) * 3
    place = random.choice(["floor", "corner", "", ""])
    if place == "floor":
        picture.paste(shaded, (0, random.randrange(size[1] // 2, size[1] - 9), *size))
    elif place == "corner":
        picture.paste(shaded, (random.randrange(40, size[0] - 40), 0, *size))
    return lit(picture, random)


def lit(picture: Image.Image, random: Random) -> Image.Image:
    """Return a picture as a phone sees it: lighter towards a window, darker towards the edges, and with noise."""
    side = max(picture.size)
    falling = Image.linear_gradient("L").resize((side * 2, side * 2)).rotate(random.randrange(360))
    round_ = Image.radial_gradient("L").resize((side * 2, side * 2))
    x, y = random.randrange(side // 2, side), random.randrange(side // 2, side)
    weak, strong = sorted((random.uniform(0.02, 0.4), random.uniform(0.02, 0.4)))
    shade = ImageChops.add(
        falling.crop((side // 2, side // 2, side // 2 + picture.width, side // 2 + picture.height)).point(
            lambda value: value * strong
        ),
        round_.crop((x, y, x + picture.width, y + picture.height)).point(lambda value: value * weak),
    )
    dark = ImageChops.subtract(picture, Image.merge("RGB", (shade, shade, shade)))
    # Not effect_noise, which is another one each time.
    strength = random.uniform(0.02, 0.09)
    noise = Image.frombytes("L", picture.size, random.randbytes(picture.width * picture.height))
    noise = noise.point(lambda value: value * strength)
    return ImageChops.add(dark, Image.merge("RGB", (noise, noise, noise)), 1, int(-128 * strength))


def _colour(random: Random, least: int, most: int) -> tuple[int, int, int]:
    return random.randrange(least, most), random.randrange(least, most), random.randrange(least, most)
