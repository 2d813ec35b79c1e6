"""Any picture as plain sRGB: transparency, 16 bits, palettes, grey, CMYK, embedded profiles."""

from io import BytesIO
from math import ceil

from PIL import Image, ImageCms

_RESIZABLE = frozenset({"RGB", "L", "CMYK"})
_STRIP_ROWS = 128
# 8-bit steps; different makers' sRGB profiles differ by rounding, Display P3 by more than 20.
_SAME_COLOUR = 3


def flattened(image: Image.Image, factor: int) -> Image.Image:
    """Return the loaded `image` as RGB, L or CMYK on white, a whole `factor` times smaller."""
    if image.mode in _RESIZABLE and "transparency" not in image.info:
        return image if factor == 1 else image.reduce(factor)
    width, height = image.size
    small = Image.new("RGB", (ceil(width / factor), ceil(height / factor)))
    # In strips, so that a large picture with alpha isn't held two or three times over.
    for top in range(0, height, factor * _STRIP_ROWS):
        bottom = min(top + factor * _STRIP_ROWS, height)
        strip = _on_white(image.crop((0, top, width, bottom)))
        small.paste(strip.reduce(factor), (0, top // factor))
    return small


def as_srgb(image: Image.Image, icc_profile: bytes) -> Image.Image:
    """Return an RGB, L or CMYK image as sRGB, by its embedded profile if that is usable."""
    if icc_profile and not is_srgb(icc_profile):
        try:
            return _by_profile(image, icc_profile)
        except (ImageCms.PyCMSError, OSError):
            # Unreadable, or meant for other channels: viewers too show such a file without it.
            pass
    return image if image.mode == "RGB" else image.convert("RGB")


def is_srgb(icc_profile: bytes) -> bool:
    """Say whether an RGB profile shows colours as sRGB does, so that dropping it changes none."""
    probe = Image.frombytes("RGB", (6, 1), bytes.fromhex("ff0000 00ff00 0000ff c08040 4080c0 808080"))
    try:
        # Preparing a fast transform costs more than these six pixels.
        shown = _by_profile(probe, icc_profile, ImageCms.Flags.NOOPTIMIZE)
    except (ImageCms.PyCMSError, OSError):
        return False
    return all(abs(a - b) <= _SAME_COLOUR for a, b in zip(probe.tobytes(), shown.tobytes(), strict=True))


def _by_profile(image: Image.Image, icc_profile: bytes, flags: ImageCms.Flags = ImageCms.Flags.NONE) -> Image.Image:
    source, srgb = ImageCms.ImageCmsProfile(BytesIO(icc_profile)), ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(source, srgb, image.mode, "RGB", flags=flags).apply(image)


def _on_white(strip: Image.Image) -> Image.Image:
    if strip.mode.startswith("I"):
        strip.info.pop("transparency", None)
        # convert() alone would cut 16-bit values off at 255.
        return strip.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if not strip.has_transparency_data:
        return strip.convert("RGB")
    picture = strip.convert("RGBA")
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white
