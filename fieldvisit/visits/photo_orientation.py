"""Which way up a photo is: the EXIF orientation tag, read without trusting a byte of it."""

import struct

from PIL import Image

UPRIGHT = 1
_ORIENTATION_TAG = 0x0112
_SHORT = 3

# EXIF 2.32, tag 274: how the stored rows and columns must be turned to be seen upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orientation_of(exif: bytes) -> int:
    """Return the orientation 1-8 in an EXIF block, with or without its prefix; 1 if it has none."""
    tiff = exif.removeprefix(b"Exif\0\0")
    # Pillow's reader warns or raises on damaged blocks, and parses far more than this number.
    try:
        return _orientation_in_tiff(tiff)
    except struct.error:
        return UPRIGHT


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Return `image` turned so that it is seen as it was taken, or itself when it already is."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _orientation_in_tiff(tiff: bytes) -> int:
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
    (entries,) = struct.unpack_from(f"{order}H", tiff, directory)
    for entry in range(entries):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * entry)
        if (tag, kind) == (_ORIENTATION_TAG, _SHORT):
            return value if value in _TURNS else UPRIGHT
    return UPRIGHT
