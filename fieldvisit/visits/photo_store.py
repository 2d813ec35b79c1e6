"""Where prepared photos are kept: files named by their content, durable before `save` returns."""

import fcntl
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from fieldvisit.visits.photos import PreparedPhoto

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEMPORARY = ".tmp-"
_FOLDERS = "[0-9a-f][0-9a-f]"


class PhotoSize(Enum):
    """One of the two sizes kept of each photo; the value is its file name's ending."""

    FULL = ".jpg"
    THUMB = ".320.jpg"


class PhotoStore:
    """Photos under `root` as ab/<sha256>.jpg and <sha256>.320.jpg, safe among processes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        # The folders whose own entry this process has seen to be on disk.
        self._durable: set[Path] = set()

    def path(self, sha256: str, size: PhotoSize) -> Path:
        """Return where that size of the photo is or would be; ValueError unless 64 hex digits."""
        return self._folder(sha256) / f"{sha256}{size.value}"

    def read(self, sha256: str, size: PhotoSize) -> bytes:
        """Return the JPEG's bytes; FileNotFoundError if it was never saved, or was swept."""
        return self.path(sha256, size).read_bytes()

    def save(self, photo: PreparedPhoto) -> None:
        """Keep both sizes, on disk before returning; OSError, and nothing half kept, if it can't.

        Saving the same photo again changes nothing but its age, which `sweep` goes by.
        """
        self._make_folder(photo.sha256)
        contents = {PhotoSize.THUMB: photo.thumb, PhotoSize.FULL: photo.full}
        with _locked(self._folder(photo.sha256), fcntl.LOCK_SH) as folder:
            for size, content in contents.items():
                target = self.path(photo.sha256, size)
                if not _renewed(target):
                    _write(target, content)
            # Also when both were there: another process may not have come to this line yet.
            os.fsync(folder)

    def sweep(self, keep: Callable[[str], bool], older_than_s: float) -> int:
        """Remove files that `keep(sha256)` denies, and leftover temporary ones; return how many.

        Only files older than `older_than_s` seconds go. Make that longer than any request takes: a
        photo is saved before the row that refers to it is committed.
        """
        # The files' own dates are compared, so this is the machine's clock, not the county's.
        before = time.time() - older_than_s
        return sum(_sweep_folder(folder, keep, before) for folder in self._root.glob(_FOLDERS))

    def _folder(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"not a SHA-256 in lower-case hex: {sha256!r}")
        return self._root / sha256[:2]

    def _make_folder(self, sha256: str) -> None:
        folder = self._folder(sha256)
        if folder in self._durable and folder.is_dir():
            return
        if not self._root.is_dir():
            self._durable.clear()
        missing = [above for above in self._root.parents if not above.is_dir()]
        folder.mkdir(parents=True, exist_ok=True)
        for made in {folder, self._root, *missing} - self._durable:
            _fsync_folder(made.parent)
        self._durable |= {folder, self._root}


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(folder: Path, lock: int) -> Iterator[int]:
    """Hold `folder` open and locked, so that no sweep removes what a save has just found there."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, lock)
        yield descriptor
    finally:
        os.close(descriptor)


def _renewed(target: Path) -> bool:
    """Make an existing file young again; say whether it exists."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def _write(target: Path, content: bytes) -> None:
    """Put `content` at `target`, whole and on disk, or leave nothing there."""
    descriptor, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink()
        raise


def _sweep_folder(folder: Path, keep: Callable[[str], bool], before: float) -> int:
    with _locked(folder, fcntl.LOCK_EX) as descriptor:
        stale = [file for file in folder.iterdir() if _is_stale(file, keep, before)]
        for file in stale:
            file.unlink()
        if stale:
            os.fsync(descriptor)
    return len(stale)


def _is_stale(file: Path, keep: Callable[[str], bool], before: float) -> bool:
    if file.stat().st_mtime >= before:
        return False
    sha256, _, ending = file.name.partition(".")
    is_photo = _SHA256.fullmatch(sha256) and f".{ending}" in {size.value for size in PhotoSize}
    return not keep(sha256) if is_photo else file.name.startswith(_TEMPORARY)
