"""How official papers look (GB/T 9704): page, styles and fonts (named, none is shipped), as WordprocessingML."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from fieldvisit.printable import printable

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
# Lengths are in twips, a twentieth of a point. A page holds 22 lines of 28.95 points.
LINE = 579
TOP, RIGHT, BOTTOM, LEFT = 2098, 1474, 1984, 1587
PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT
# The dashes of the page number stand 7 mm below the text: that is the middle of a line 25 mm above the edge.
FOOTER = 1417
# 28 characters of 16 points fill 442.2 points only when each stands a quarter of a point closer (0.2 lacks 0.2).
CLOSER = -5

TITLE_FONT, SONG, HEI = "方正小标宋简体", "宋体", "黑体"
FANG, KAI = "仿宋_GB2312", "楷体_GB2312"
# What a machine without these fonts takes instead.
INSTEAD = {TITLE_FONT: "宋体", FANG: "仿宋", KAI: "楷体", SONG: "SimSun", HEI: "SimHei"}


@dataclass(frozen=True)
class Style:
    """A style of paragraphs: its font, its size in half points, and the rest as WordprocessingML."""

    id: str
    name: str
    font: str
    size: int
    paragraph: str
    closer: int = 0

    @property
    def letters(self) -> str:
        """Return what every run of it says about its letters."""
        spacing = f'<w:spacing w:val="{self.closer}"/>' if self.closer else ""
        return f'{fonts(self.font)}{spacing}<w:sz w:val="{self.size}"/><w:szCs w:val="{self.size}"/>'

    @property
    def xml(self) -> str:
        """Return its definition."""
        own = int(self.id == self.name and self is not TITLE)
        return (
            f'<w:style {NAMESPACE} w:type="paragraph" w:customStyle="{own}" w:styleId="{self.id}">'
            f'<w:name w:val="{self.name}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
            f"<w:pPr>{self.paragraph}</w:pPr><w:rPr>{self.letters}</w:rPr></w:style>"
        )


def fonts(name: str) -> str:
    """Name one font for all characters; quotation marks and dashes are Chinese ones."""
    return f'<w:rFonts w:hint="eastAsia" w:ascii="{name}" w:eastAsia="{name}" w:hAnsi="{name}" w:cs="{name}"/>'


def spacing(line: int, rule: str = "exact") -> str:
    """Return the line pitch of a paragraph."""
    return f'<w:spacing w:before="0" w:after="0" w:line="{line}" w:lineRule="{rule}"/>'


TWO_CHARACTERS = '<w:ind w:firstLineChars="200" w:firstLine="630"/>'
CENTRED = '<w:ind w:firstLine="0"/><w:jc w:val="center"/>'
TITLE = Style(
    "Title", "Title", TITLE_FONT, 44, f'<w:keepNext/>{spacing(LINE)}{CENTRED}<w:outlineLvl w:val="0"/>'
)  # fmt: skip
UNDER_TITLE = Style("UnderTitle", "UnderTitle", KAI, 32, f"{spacing(LINE)}{CENTRED}", CLOSER)
BODY = Style("BodyText", "Body Text", FANG, 32, f"{spacing(LINE)}{TWO_CHARACTERS}", CLOSER)
FIRST = Style(
    "Heading1", "heading 1", HEI, 32,
    f'<w:keepNext/>{spacing(LINE)}{TWO_CHARACTERS}<w:outlineLvl w:val="0"/>', CLOSER,
)  # fmt: skip
SECOND = Style(
    "Heading2", "heading 2", KAI, 32,
    f'<w:keepNext/>{spacing(LINE)}{TWO_CHARACTERS}<w:outlineLvl w:val="1"/>', CLOSER,
)  # fmt: skip
PICTURE = Style("Picture", "Picture", SONG, 21, f"<w:keepNext/>{spacing(240, 'auto')}{CENTRED}")
CAPTION = Style("Caption", "caption", SONG, 21, f"<w:keepNext/>{spacing(400)}{CENTRED}")
NOTE = Style("Note", "Note", SONG, 21, f'{spacing(400)}<w:ind w:firstLine="0"/>')
PAGE_NUMBER = Style("Footer", "footer", SONG, 28, spacing(340))
STYLES = (TITLE, UNDER_TITLE, BODY, FIRST, SECOND, PICTURE, CAPTION, NOTE, PAGE_NUMBER)

DEFAULTS = f"""<w:docDefaults {NAMESPACE}>
<w:rPrDefault><w:rPr>{fonts(FANG)}<w:sz w:val="32"/><w:szCs w:val="32"/>
<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>
<w:pPrDefault/></w:docDefaults>"""
NORMAL = (
    # A quarter of a character between Chinese and digits would break the count of characters.
    f'<w:style {NAMESPACE} w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:pPr>'
    '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
    f'{spacing(LINE)}<w:jc w:val="both"/></w:pPr></w:style>',
    f'<w:style {NAMESPACE} w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>',
)
SECTION = f"""<w:sectPr {NAMESPACE}><w:pgSz w:w="{PAGE_WIDTH}" w:h="{PAGE_HEIGHT}"/>
<w:pgMar w:top="{TOP}" w:right="{RIGHT}" w:bottom="{BOTTOM}" w:left="{LEFT}"
 w:header="851" w:footer="{FOOTER}" w:gutter="0"/><w:docGrid w:linePitch="{LINE}"/></w:sectPr>"""


def styles() -> list[str]:
    """Return all definitions of styles, in their order."""
    return [DEFAULTS, *NORMAL, *(style.xml for style in STYLES)]


def font_table() -> str:
    """Return the fonts with what may stand in for them."""
    entries = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(other)}/></w:font>"
        for name, other in INSTEAD.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {NAMESPACE}>{entries}</w:fonts>'


def run(text: str, letters: str) -> str:
    """Return a run of text; what breaks lines in it breaks them there too."""
    words = escape(printable(text)).replace("\r\n", "\n").replace("\t", " ")
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(words.splitlines())
    return f'<w:r><w:rPr>{letters}</w:rPr><w:t xml:space="preserve">{lines}</w:t></w:r>'


def paragraph(text: str, style: Style) -> str:
    """Return a paragraph."""
    words = run(text, style.letters) if text else ""
    return f'<w:p {NAMESPACE}><w:pPr><w:pStyle w:val="{style.id}"/></w:pPr>{words}</w:p>'


def page_number(side: str) -> str:
    """Return the line "— 1 —" of a page, one character away from its outer `side`: "left" or "right"."""
    away = f'<w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/>'
    letters = PAGE_NUMBER.letters
    field = "".join(
        f"<w:r><w:rPr>{letters}</w:rPr>{part}</w:r>"
        for part in (
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    return (
        f'<w:p {NAMESPACE}><w:pPr><w:pStyle w:val="{PAGE_NUMBER.id}"/>{away}</w:pPr>'
        f"{run('— ', letters)}{field}{run(' —', letters)}</w:p>"
    )
