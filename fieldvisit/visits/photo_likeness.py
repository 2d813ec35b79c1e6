"""A photo's fingerprint: 64 bits that stay nearly the same when the picture is encoded anew, resized or brightened."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

SIDE = 8


def dhash(image: Image.Image) -> int:
    """Return the difference hash of a picture as a signed 64-bit number.

    Each bit says whether one of 9×8 cells is darker than its right neighbour. A thumbnail is enough.
    """
    cells = image.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(0, len(cells), SIDE + 1):
        for left, right in zip(cells[row : row + SIDE], cells[row + 1 : row + SIDE + 1], strict=True):
            bits = bits << 1 | (left < right)
    # Signed, as both databases store their largest whole numbers.
    return bits - (bits >> 63 << 64)


def dhash_of(jpeg: bytes) -> int:
    """Return the difference hash of a stored JPEG; OSError when it can't be read."""
    with Image.open(BytesIO(jpeg), formats=["JPEG"]) as image:
        return dhash(image)
