"""A JPEG file's segments: what it declares before decoding, and a copy of what decoding needs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from fieldvisit.visits.photo_orientation import UPRIGHT, orientation_of

_EOI, _SOS, _DQT, _DHT, _DRI = 0xD9, 0xDA, 0xDB, 0xC4, 0xDD
_APP0, _APP1, _APP2, _APP14, _APP15, _COM = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {_DHT, 0xC8, 0xCC}
_COMMON_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_STAND_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_TABLES = frozenset({_DQT, _DHT, _DRI})
_BARE_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"

# Each scan of a progressive file walks over all blocks again: thousands of tiny ones would cost
# hours. Encoders write about ten.
_MOST_SCANS = 50
# Phones write a few dozen; millions of empty ones would fill the memory.
_MOST_MARKERS = 2000

# Any number of 0xFF may stand before a marker. Written as \xff+ a long run would take forever.
_MARKER = re.compile(rb"\xff[\x01-\xfe]")
# In coded data 0xFF stands before a stuffed 0x00 or a restart marker; any other ends the scan.
_SCAN_END = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")


class BrokenJpeg(ValueError):
    """The file breaks the JPEG grammar (ITU T.81 annex B) or ends before its end marker."""


@dataclass(frozen=True)
class Segment:
    """One marker segment: `data[start:end]` from its 0xFF on, a scan's coded data included."""

    marker: int
    start: int
    end: int


@dataclass(frozen=True)
class Frame:
    """The frame header: sizes in pixels, bits per sample, and each component's id."""

    marker: int
    width: int
    height: int
    precision: int
    component_ids: bytes


@dataclass(frozen=True)
class Jpeg:
    """A grammatical JPEG file and the segments of its first image, without what follows that."""

    data: bytes
    segments: tuple[Segment, ...]
    frame: Frame

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels as stored, before the orientation is applied."""
        return self.frame.width, self.frame.height

    @cached_property
    def orientation(self) -> int:
        """The EXIF orientation 1-8 of the first EXIF block."""
        blocks = self._payloads(_APP1, b"Exif\0\0")
        return orientation_of(blocks[0]) if blocks else UPRIGHT

    @cached_property
    def icc_profile(self) -> bytes:
        """The embedded colour profile, joined from its numbered pieces; empty without one."""
        pieces = self._payloads(_APP2, b"ICC_PROFILE\0")
        return b"".join(piece[2:] for piece in sorted(pieces, key=lambda piece: piece[:1]))

    @cached_property
    def is_plain(self) -> bool:
        """Whether every decoder reads the bare copy alike: 8-bit grey or YCbCr, commonly coded."""
        return (
            self.frame.marker in _COMMON_FRAMES
            and self.frame.precision == 8
            and len(self.frame.component_ids) in (1, 3)
            and not self._has_adobe
            and (self._has_jfif or self.frame.component_ids != b"RGB")
            and all(s.marker in _NEEDED or _is_metadata(s.marker) for s in self.segments)
        )

    def bare_copy(self) -> bytes:
        """Return a file of the same pixels without metadata, comments and trailing bytes."""
        kept = [self._raw(s) for s in self.segments if not _is_metadata(s.marker)]
        # JFIF and Adobe markers decide how a decoder reads the colours.
        jfif = [_BARE_JFIF] if self._has_jfif or self.is_plain else []
        adobe = [_adobe_segment(payload) for payload in self._payloads(_APP14, b"Adobe")]
        return b"".join([b"\xff\xd8", *jfif, *adobe[:1], *kept, b"\xff\xd9"])

    @property
    def _has_jfif(self) -> bool:
        return bool(self._payloads(_APP0, b"JFIF\0"))

    @property
    def _has_adobe(self) -> bool:
        return bool(self._payloads(_APP14, b"Adobe"))

    def _payloads(self, marker: int, prefix: bytes) -> list[bytes]:
        found = (self.data[s.start + 4 : s.end] for s in self.segments if s.marker == marker)
        return [payload.removeprefix(prefix) for payload in found if payload.startswith(prefix)]

    def _raw(self, segment: Segment) -> bytes:
        return self.data[segment.start : segment.end]


_NEEDED = _COMMON_FRAMES | _TABLES | {_SOS}


def parse(data: bytes) -> Jpeg:
    """Return the file's segments without decoding a pixel; BrokenJpeg if it isn't whole."""
    segments = tuple(_walk(data))
    frames = [segment for segment in segments if segment.marker in _FRAME_MARKERS]
    scans = sum(segment.marker == _SOS for segment in segments)
    if len(frames) != 1 or not 1 <= scans <= _MOST_SCANS:
        raise BrokenJpeg(f"{len(frames)} frames, {scans} scans")
    return Jpeg(data, segments, _frame(data, frames[0]))


def _walk(data: bytes) -> Iterator[Segment]:
    at = 2
    for _ in range(_MOST_MARKERS):
        found = _MARKER.search(data, at)
        if found is None:
            raise BrokenJpeg("no end of image")
        marker, start, at = data[found.end() - 1], found.start(), found.end()
        if marker == _EOI:
            return
        if marker not in _STAND_ALONE:
            at = _segment_end(data, marker, start)
            yield Segment(marker, start, at)
    raise BrokenJpeg("too many markers")


def _segment_end(data: bytes, marker: int, start: int) -> int:
    end = start + 2 + int.from_bytes(data[start + 2 : start + 4])
    if marker != _SOS:
        return end
    scan_end = _SCAN_END.search(data, end)
    if scan_end is None:
        raise BrokenJpeg("a scan has no end")
    return scan_end.start()


def _frame(data: bytes, segment: Segment) -> Frame:
    body = data[segment.start + 4 : segment.end]
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise BrokenJpeg("a frame header too short for its components")
    return Frame(
        marker=segment.marker,
        width=int.from_bytes(body[3:5]),
        height=int.from_bytes(body[1:3]),
        precision=body[0],
        component_ids=body[6 : 6 + 3 * body[5] : 3],
    )


def _adobe_segment(payload: bytes) -> bytes:
    # Adobe Technical Note 5116: version, two flags, colour transform. Nothing more rides along.
    return b"\xff\xee\x00\x0eAdobe" + payload[:7].ljust(7, b"\0")


def _is_metadata(marker: int) -> bool:
    return _APP0 <= marker <= _APP15 or marker == _COM
