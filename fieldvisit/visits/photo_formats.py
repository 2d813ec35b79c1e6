"""What an uploaded file is and how large it says it is, by its first bytes, never by its name."""

from enum import Enum

from fieldvisit.errors import Refused


class PhotoKind(Enum):
    """A format that a photo may arrive in."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WebP"
    HEIC = "HEIC"


BROKEN = "照片没有传完整，或者文件已经损坏，打不开。请先在手机上看看能不能打开：能打开就再传一次，打不开就重新拍一张。"
_NOT_A_PHOTO = "这个文件不是照片，打不开。请选一张 JPEG、PNG 或 WebP 格式的照片。"

_OTHER_FORMATS = {
    b"GIF8": " GIF 图片",
    b"II*\0": " TIFF 图片",
    b"MM\0*": " TIFF 图片",
    b"BM": " BMP 图片",
    b"%PDF-": " PDF 文件",
    b"\xff\x0a": " JPEG XL 图片",
    b"\0\0\0\x0cJXL ": " JPEG XL 图片",
    b"\0\0\0\x0cjP  ": " JPEG 2000 图片",
}
# ISO base media files all begin alike; their brands tell photos from films.
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"


def recognise(data: bytes) -> PhotoKind:
    """Return the format of `data` by its content; Refused names what it is and what would work."""
    if data.startswith(b"\xff\xd8\xff"):
        return PhotoKind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PhotoKind.PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return PhotoKind.WEBP
    if data[4:8] == b"ftyp":
        return _iso_media_kind(data)
    for prefix, name in _OTHER_FORMATS.items():
        if data.startswith(prefix):
            raise _other_format(name)
    if b"<svg" in data[:1024].lower():
        raise _other_format(" SVG 图片")
    raise Refused(_NOT_A_PHOTO, 415)


def declared_size(kind: PhotoKind, data: bytes) -> tuple[int, int]:
    """Return (width, height) in pixels by a PNG's or WebP's header; Refused if it is broken."""
    try:
        return _png_size(data) if kind is PhotoKind.PNG else _webp_size(data)
    except ValueError as error:
        raise Refused(BROKEN) from error


def _iso_media_kind(data: bytes) -> PhotoKind:
    box_end = min(int.from_bytes(data[:4]), 256)
    brands = {data[at : at + 4] for at in (8, *range(16, box_end, 4))}
    if brands & _AVIF_BRANDS:
        raise _other_format(" AVIF 图片")
    if brands & _HEIC_BRANDS:
        return PhotoKind.HEIC
    raise _other_format("视频")


def _other_format(name: str) -> Refused:
    return Refused(
        f"这是{name}，这里存不了。请改传 JPEG、PNG 或 WebP 格式的照片，手机相机直接拍的一般都行。",
        415,
    )


def _png_size(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR" or len(data) < 24:
        raise ValueError("a PNG starts with its IHDR chunk")
    # Pillow takes a PNG that lost its last few bytes for whole.
    if _PNG_END not in data:
        raise ValueError("a PNG ends with its IEND chunk")
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _webp_size(data: bytes) -> tuple[int, int]:
    if len(data) < 30:
        raise ValueError("a WebP header has 30 bytes")
    chunk = data[12:16]
    if chunk == b"VP8X":
        return _little(data[24:27]) + 1, _little(data[27:30]) + 1
    if chunk == b"VP8L":
        bits = _little(data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
    raise ValueError("a WebP starts with a VP8X, VP8L or VP8 chunk")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
