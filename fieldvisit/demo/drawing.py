"""Draws soft still lifes of kitchens and bedrooms, so that the photos show nobody's home."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
# Shapes are placed on the first; the photo is as large as the second.
SIZE, KEPT = (1200, 900), (800, 600)
FLOOR = 640


class Scene:
    """A wall, a floor and light from one side; shapes are put in front of them."""

    def __init__(self, wall: Colour, floor: Colour) -> None:
        self.image = Image.new("RGB", SIZE, wall)
        self.draw = ImageDraw.Draw(self.image)
        self.draw.rectangle((0, FLOOR, *SIZE), fill=floor)
        self.draw.rectangle((0, FLOOR - 12, SIZE[0], FLOOR), fill=shade(floor, 0.8))

    def box(self, box: Box, colour: Colour, radius: int = 14) -> None:
        """Put something with corners, its shadow below it."""
        left, top, right, bottom = box
        self.draw.rounded_rectangle((left + 10, top + 14, right + 16, bottom + 14), radius, shade(colour, 0.45))
        self.draw.rounded_rectangle(box, radius, colour)
        self.draw.rounded_rectangle((left, top, right, top + (bottom - top) * 0.16), radius, shade(colour, 1.14))

    def round(self, box: Box, colour: Colour) -> None:
        """Put something round, lit from above."""
        left, top, right, bottom = box
        self.draw.ellipse((left + 8, top + 12, right + 14, bottom + 14), fill=shade(colour, 0.5))
        self.draw.ellipse(box, fill=colour)
        width, height = right - left, bottom - top
        glint = (left + width * 0.18, top + height * 0.12, left + width * 0.5, top + height * 0.4)
        self.draw.ellipse(glint, fill=shade(colour, 1.25))

    def finished(self) -> bytes:
        """Soften, light and return the scene as a JPEG."""
        width, height = KEPT
        soft = self.image.resize(KEPT, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1.3))
        light = Image.radial_gradient("L").resize((width * 2, height * 2))
        # The middle of the light hangs high in the picture; the corners fall off.
        light = light.crop((470, 470, 470 + width, 470 + height)).point(lambda value: 255 - value * 0.62)
        lit = ImageChops.multiply(soft, Image.merge("RGB", (light, light, light.point(lambda value: value * 0.95))))
        out = BytesIO()
        lit.save(out, "JPEG", quality=84)
        return out.getvalue()


def shade(colour: Colour, factor: float) -> Colour:
    """Return a colour made darker or lighter."""
    red, green, blue = (min(255, round(part * factor)) for part in colour)
    return red, green, blue


def _stove() -> bytes:
    scene = Scene((226, 215, 196), (150, 132, 112))
    for row in range(3):
        for column in range(12):
            left, top = column * 100 + 4, 330 + row * 70
            scene.draw.rectangle((left, top, left + 92, top + 62), fill=(236, 232, 222))
    scene.box((140, 520, 1060, 860), (178, 84, 62))
    scene.box((110, 490, 1090, 540), (206, 198, 186))
    scene.round((230, 400, 560, 530), (62, 60, 60))
    scene.round((660, 420, 930, 530), (84, 82, 80))
    scene.box((420, 620, 620, 780), (52, 40, 36))
    scene.round((465, 680, 575, 770), (236, 142, 58))
    return scene.finished()


def _pot() -> bytes:
    scene = Scene((214, 220, 214), (164, 148, 124))
    scene.box((80, 560, 1120, 880), (188, 150, 104))
    scene.box((330, 350, 700, 590), (176, 182, 188), 50)
    scene.round((320, 320, 710, 400), (206, 210, 214))
    scene.round((490, 290, 545, 340), (60, 58, 56))
    scene.box((790, 430, 880, 590), (86, 116, 78), 30)
    scene.box((815, 380, 855, 450), (86, 116, 78), 10)
    scene.round((930, 500, 1060, 590), (238, 236, 230))
    scene.round((140, 500, 290, 600), (212, 96, 62))
    return scene.finished()


def _jars() -> bytes:
    scene = Scene((232, 222, 206), (138, 118, 98))
    scene.box((60, 250, 1140, 285), (150, 108, 70))
    scene.box((60, 560, 1140, 600), (150, 108, 70))
    for number, colour in enumerate(((122, 74, 50), (92, 100, 70), (164, 120, 74), (110, 62, 48), (196, 170, 120))):
        scene.box((110 + number * 205, 355, 260 + number * 205, 560), colour, 44)
        scene.box((135 + number * 205, 330, 235 + number * 205, 372), shade(colour, 0.8))
    for number in range(4):
        scene.round((150 + number * 240, 170, 290 + number * 240, 256), (240, 238, 230))
    return scene.finished()


def _bed() -> bytes:
    scene = Scene((206, 214, 218), (146, 124, 102))
    scene.box((120, 260, 1080, 600), (134, 92, 62))
    scene.box((90, 470, 1110, 820), (232, 226, 216), 40)
    scene.box((90, 590, 1110, 840), (176, 72, 78), 40)
    for number in range(5):
        scene.round((170 + number * 190, 655, 270 + number * 190, 755), (226, 172, 120))
    scene.box((200, 400, 500, 520), (246, 242, 234), 46)
    scene.box((700, 400, 1000, 520), (246, 242, 234), 46)
    return scene.finished()


def _window() -> bytes:
    scene = Scene((220, 208, 190), (140, 116, 94))
    scene.box((380, 90, 860, 500), (240, 246, 250), 8)
    for left, top, right, bottom in ((380, 290, 860, 306), (612, 90, 628, 500)):
        scene.draw.rectangle((left, top, right, bottom), fill=(150, 120, 90))
    scene.box((270, 70, 400, 540), (124, 150, 158), 20)
    scene.box((840, 70, 970, 540), (124, 150, 158), 20)
    scene.box((420, 600, 830, 860), (158, 112, 74))
    scene.round((560, 500, 680, 620), (84, 128, 82))
    scene.box((575, 580, 665, 650), (190, 110, 76), 18)
    return scene.finished()


def _jars_again() -> bytes:
    # The same picture saved once more, lighter and smaller, as a phone's own editor leaves it.
    with Image.open(BytesIO(_jars())) as image:
        lighter = image.convert("RGB").point(lambda value: value * 1.12).resize((640, 480))
    out = BytesIO()
    lighter.save(out, "JPEG", quality=70)
    return out.getvalue()


SCENES: dict[str, Callable[[], bytes]] = {
    "stove": _stove,
    "pot": _pot,
    "jars": _jars,
    "jars_again": _jars_again,
    "bed": _bed,
    "window": _window,
}
