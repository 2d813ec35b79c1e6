"""A report as a Word document in the layout of official papers; the same report is always the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from fieldvisit.printable import printable
from fieldvisit.reports import word_layout as layout
from fieldvisit.reports.drawing import Picture, drawn
from fieldvisit.reports.series import series_of
from fieldvisit.reports.snapshot import Section, Snapshot, Table
from fieldvisit.reports.word_tables import grid, table_xml
from fieldvisit.reports.wording import numeral, settings_of, title_of, until_of
from fieldvisit.reports.zips import timeless

if TYPE_CHECKING:
    from docx.document import Document as Paper

NOTHING = "无。"
SETTINGS = "计算口径"
# Of the template's parts these are neither needed nor ours.
LEFT_OUT = ("thumbnail", "extended-properties", "customXml", "stylesWithEffects", "numbering", "webSettings")


def document(snapshot: Snapshot, is_draft: bool) -> bytes:
    """Return a report as docx; a draft says so in its title."""
    # 10 MB of memory that only this needs.
    from docx import Document

    paper = Document()
    _prepare(paper)
    _describe(paper, snapshot, is_draft)
    _add(paper, layout.paragraph(title_of(snapshot, is_draft), layout.TITLE))
    _add(paper, layout.paragraph(f"（{until_of(snapshot)}）", layout.UNDER_TITLE))
    _add(paper, layout.paragraph("", layout.BODY))
    for number, section in enumerate(snapshot.sections, 1):
        _add_section(paper, number, section)
    _add_settings(paper, len(snapshot.sections) + 1, snapshot)
    made = io.BytesIO()
    paper.save(made)
    return timeless(made.getvalue())


def _prepare(paper: Paper) -> None:
    """Leave nothing of the template but its bones, and put our page, styles, fonts and page numbers in."""
    from docx.oxml import parse_xml

    for rels in (paper.part.rels, paper.part.package.rels):
        for rel_id in [one.rId for one in rels.values() if one.reltype.rsplit("/", 1)[-1] in LEFT_OUT]:
            del rels[rel_id]
        for rel in rels.values():
            if rel.reltype.endswith("/fontTable"):
                rel.target_part._blob = layout.font_table().encode()
    styles = paper.styles.element
    for old in list(styles):
        styles.remove(old)
    for new in layout.styles():
        styles.append(parse_xml(new))
    body = paper.element.body
    body.replace(body.sectPr, parse_xml(layout.SECTION))
    paper.settings.odd_and_even_pages_header_footer = True
    section = paper.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        for old in list(footer._element):
            footer._element.remove(old)
        footer._element.append(parse_xml(layout.page_number(side)))


def _describe(paper: Paper, snapshot: Snapshot, is_draft: bool) -> None:
    core = paper.core_properties
    core.author = core.last_modified_by = core.comments = core.keywords = ""
    core.title, core.language = printable(title_of(snapshot, is_draft)), "zh-CN"
    core.created = core.modified = datetime.fromisoformat(snapshot.until)


def _add(paper: Paper, xml: str) -> None:
    from docx.oxml import parse_xml

    paper.element.body.sectPr.addprevious(parse_xml(xml))


def _add_section(paper: Paper, number: int, section: Section) -> None:
    _add(paper, layout.paragraph(f"{numeral(number)}、{section.title}", layout.FIRST))
    for words in filter(None, map(str.strip, section.text.splitlines())):
        _add(paper, layout.paragraph(words, layout.BODY))
    if not section.tables and not section.text.strip():
        _add(paper, layout.paragraph(NOTHING, layout.BODY))
    for nth, table in enumerate(section.tables, 1):
        # One alone is not numbered.
        begin = f"（{numeral(nth)}）" if len(section.tables) > 1 else ""
        _add(paper, layout.paragraph(begin + table.title, layout.SECOND))
        _add_table(paper, table)


def _add_table(paper: Paper, table: Table) -> None:
    if not table.rows:
        _add(paper, layout.paragraph(NOTHING, layout.BODY))
    else:
        series = series_of(table)
        picture = drawn(series, table.chart) if series else None
        if series and picture:
            words = f"{table.title}：{series.column.label}"
            _add_picture(paper, picture, words)
            _add(paper, layout.paragraph(f"图：{series.column.label}（序号同下表）", layout.CAPTION))
        _add(paper, table_xml(grid(table, picture is not None)))
    for words in _below(table):
        _add(paper, layout.paragraph(words, layout.NOTE))


def _below(table: Table) -> Iterator[str]:
    """Return what stands below a table: its note, else an empty line, which keeps it from what follows."""
    if table.note:
        yield f"注：{table.note}"
    elif table.rows:
        yield ""


def _add_picture(paper: Paper, picture: Picture, words: str) -> None:
    from docx.shared import Mm

    paper.add_picture(io.BytesIO(picture.png), Mm(156), Mm(picture.height_mm))
    paragraph = paper.paragraphs[-1]
    paragraph.style = paper.styles["Picture"]
    for described in paragraph._p.xpath(".//wp:docPr"):
        described.set("descr", printable(words))


def _add_settings(paper: Paper, number: int, snapshot: Snapshot) -> None:
    _add(paper, layout.paragraph(f"{numeral(number)}、{SETTINGS}", layout.FIRST))
    settings = "；".join(f"{name}：{words}" for name, words in settings_of(snapshot))
    for words in filter(None, (f"{until_of(snapshot)}。", settings and f"化解成效按以下口径计算。{settings}。")):
        _add(paper, layout.paragraph(words, layout.BODY))
