"""Zip files that are the same bytes for the same content, whenever they are made."""

from __future__ import annotations

import io
from collections.abc import Iterable
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The earliest that a zip file can say.
_ALWAYS = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Pack files by name, in this order."""
    made = io.BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in files:
            entry = ZipInfo(name, _ALWAYS)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, _READABLE
            archive.writestr(entry, content)
    return made.getvalue()


def timeless(content: bytes) -> bytes:
    """Pack a zip file anew, without the time at which its parts were packed."""
    with ZipFile(io.BytesIO(content)) as archive:
        return zipped((name, archive.read(name)) for name in archive.namelist())
