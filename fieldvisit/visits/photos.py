"""Photo intake: an upload becomes two small upright JPEGs without metadata, or is refused."""

import hashlib
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from fieldvisit.errors import Refused
from fieldvisit.visits import jpeg_segments
from fieldvisit.visits.jpeg_segments import Jpeg
from fieldvisit.visits.photo_colour import as_srgb, flattened, is_srgb
from fieldvisit.visits.photo_formats import BROKEN, PhotoKind, declared_size, recognise
from fieldvisit.visits.photo_likeness import dhash
from fieldvisit.visits.photo_orientation import UPRIGHT, orientation_of, upright

FULL_SIDE = 1600
THUMB_SIDE = 320
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
LEAST_SIDE = 8

_FULL_QUALITY = 82
_THUMB_QUALITY = 75
# A heavier one is hardly compressed, or carries something that isn't picture.
_MOST_KEPT_BYTES = 1024 * 1024

_EMPTY = "照片是空的，里面没有内容。请重新选一次；还是这样，就重新拍一张。"
_TOO_HEAVY = "照片超过 20 MB，太大了，传不了。请把相机调到普通清晰度重拍，或者先压缩一下再传。"
_TOO_LARGE = "照片有 {width}×{height} 像素，超过了 6000 万像素，处理不了。请用相机的普通模式重拍，或者先缩小再传。"
_TOO_SMALL = "照片只有 {width}×{height} 像素，太小了，什么也看不清。请重新拍一张。"
_HEIC_UNREADABLE = (
    "这是 HEIC（高效）格式的照片，这台服务器还读不了。"
    "请在手机的相机设置里把格式改成“兼容性最佳”（JPEG）再拍，或者把照片转成 JPEG 再传。"
)

Size = tuple[int, int]
Box = tuple[float, float, float, float]

# A decoded photo is the largest thing a worker ever holds; one at a time keeps its memory known.
_one_at_a_time = Lock()


@dataclass(frozen=True)
class PreparedPhoto:
    """Two upright sRGB JPEGs without metadata; `full` has these pixels and this SHA-256 in hex."""

    full: bytes
    thumb: bytes
    width: int
    height: int
    sha256: str
    # What the picture looks like, in 64 bits: see photo_likeness.py.
    dhash: int


def prepare(data: bytes) -> PreparedPhoto:
    """Return an uploaded JPEG, PNG, WebP or HEIC at ≤ 1600 px and at ≤ 320 px a side.

    Refused if it is none of these, damaged, over 20 MB or 60 megapixels, or under 8 px a side.
    """
    if not data:
        raise Refused(_EMPTY)
    if len(data) > MOST_BYTES:
        raise Refused(_TOO_HEAVY, 413)
    kind = recognise(data)
    if kind is PhotoKind.JPEG:
        return _prepare_jpeg(data)
    if kind is not PhotoKind.HEIC:  # a HEIC file's size is known once libheif has read its boxes
        _refuse_unfit(declared_size(kind, data))
    with _one_at_a_time:
        return _prepare_pixels(kind, data)


def _prepare_jpeg(data: bytes) -> PreparedPhoto:
    try:
        jpeg = jpeg_segments.parse(data)
    except jpeg_segments.BrokenJpeg as error:
        raise Refused(BROKEN) from error
    _refuse_unfit(jpeg.size)
    bare = jpeg.bare_copy()
    with _one_at_a_time:
        return _kept(jpeg, bare) if _may_be_kept(jpeg, bare) else _reencoded(jpeg, bare)


def _may_be_kept(jpeg: Jpeg, bare: bytes) -> bool:
    return (
        max(jpeg.size) <= FULL_SIDE
        and len(bare) <= _MOST_KEPT_BYTES
        and jpeg.orientation == UPRIGHT
        and jpeg.is_plain
        and (not jpeg.icc_profile or is_srgb(jpeg.icc_profile))
    )


def _kept(jpeg: Jpeg, bare: bytes) -> PreparedPhoto:
    """Keep what the phone has already shrunk; decoding it for the thumbnail proves it valid."""
    # From a draft that is hardly larger, HAMMING looks the same at 320 px and costs half of LANCZOS.
    thumb = _decoded_jpeg(bare, jpeg.size, _fitted(jpeg.size, THUMB_SIDE), Image.Resampling.HAMMING)
    return _photo(bare, as_srgb(thumb, b""), jpeg.size)


def _reencoded(jpeg: Jpeg, bare: bytes) -> PreparedPhoto:
    small = _decoded_jpeg(bare, jpeg.size, _fitted(jpeg.size, FULL_SIDE), Image.Resampling.LANCZOS)
    return _finished(small, jpeg.icc_profile, jpeg.orientation)


def _decoded_jpeg(bare: bytes, size: Size, target: Size, how: Image.Resampling) -> Image.Image:
    with _refusing_what_breaks():
        image = JpegImageFile(BytesIO(bare))
        # libjpeg decodes at 1/2, 1/4 or 1/8 in a fraction of the time, and still reads every byte.
        drafted = image.draft(None, _draft_size(size, target))
        return _loaded(image, target, drafted[1] if drafted else (0, 0, *image.size), how)


def _prepare_pixels(kind: PhotoKind, data: bytes) -> PreparedPhoto:
    with _refusing_what_breaks():
        image = _opened(kind, data)
        _refuse_unfit(image.size)
        # Not drafted: a HEIC's draft is its embedded preview, which need not show the same picture.
        small = _loaded(image, _fitted(image.size, FULL_SIDE), (0, 0, *image.size), Image.Resampling.LANCZOS)
        # A PNG's EXIF may follow its pixels; of a HEIC, which comes turned, pillow-heif resets it.
        orientation = orientation_of(image.info.get("exif") or b"")
        icc_profile = image.info.get("icc_profile") or b""
    return _finished(small, icc_profile, orientation)


def _opened(kind: PhotoKind, data: bytes) -> ImageFile.ImageFile:
    # Not Image.open: it would try every plugin, and warn by its own idea of a large picture.
    if kind is PhotoKind.PNG:
        return PngImageFile(BytesIO(data))
    if kind is PhotoKind.WEBP:
        return WebPImageFile(BytesIO(data))
    return _opened_heic(data)


def _opened_heic(data: bytes) -> ImageFile.ImageFile:
    try:
        heif = importlib.import_module("pillow_heif")
    except ImportError as error:
        raise Refused(_HEIC_UNREADABLE, 415) from error
    image: ImageFile.ImageFile = heif.HeifImageFile(BytesIO(data))
    return image


def _loaded(image: ImageFile.ImageFile, target: Size, box: Box, how: Image.Resampling) -> Image.Image:
    """Decode the first frame and return its `box` at `target` size, as RGB, L or CMYK."""
    image.load()
    factor = max(1, int(max(box) / (2 * max(target))))
    picture = flattened(image, factor)
    if picture.size == target:
        return picture
    left, top, right, bottom = (edge / factor for edge in box)
    return picture.resize(target, how, (left, top, right, bottom))


def _finished(image: Image.Image, icc_profile: bytes, orientation: int) -> PreparedPhoto:
    picture = upright(as_srgb(image, icc_profile), orientation)
    # reducing_gap=2 halves the time of LANCZOS at this ratio with no visible difference.
    thumb = picture.resize(_fitted(picture.size, THUMB_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _photo(_encoded(picture, _FULL_QUALITY), thumb, picture.size)


def _photo(full: bytes, thumb: Image.Image, size: Size) -> PreparedPhoto:
    width, height = size
    digest = hashlib.sha256(full).hexdigest()
    return PreparedPhoto(full, _encoded(thumb, _THUMB_QUALITY), width, height, digest, dhash(thumb))


def _encoded(image: Image.Image, quality: int) -> bytes:
    # Pillow would write a comment that came in with, say, a PNG's text chunks.
    image.info.clear()
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _fitted(size: Size, side: int) -> Size:
    """Scale `size` down, never up, so that its longest side is at most `side`."""
    width, height = size
    longest = max(size)
    if longest <= side:
        return size
    return max(1, round(width * side / longest)), max(1, round(height * side / longest))


def _draft_size(size: Size, target: Size) -> Size:
    # In the photo's own proportions, rounded down: draft() halves only if both sides stay as long
    # as asked, so a square box, or a side rounded up, would cost a full decode.
    longest, side = max(size), max(target)
    return max(1, size[0] * side // longest), max(1, size[1] * side // longest)


def _refuse_unfit(size: Size) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise Refused(_TOO_LARGE.format(width=width, height=height))
    if min(size) < LEAST_SIDE:
        raise Refused(_TOO_SMALL.format(width=width, height=height))


@contextmanager
def _refusing_what_breaks() -> Iterator[None]:
    try:
        yield
    except (Refused, MemoryError):
        raise
    except Exception as error:
        # Hostile bytes make decoders raise anything, from SyntaxError to struct.error.
        raise Refused(BROKEN) from error
