"""A document in the layout of Nghị định 30/2020/NĐ-CP: page, heading, paragraphs, tables."""

import io
from collections.abc import Sequence
from copy import deepcopy
from datetime import date, datetime

from docx import Document
from docx.document import Document as Doc
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from bot.papers.record import safe

FACE = "Times New Roman"
LEFT, CENTRE, RIGHT, FULL = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
WIDTH = 210 - 30 - 20
"""Millimetres between the margins of the page."""
LONGEST_PROPERTY = 255
"""Characters of a property of the document (ECMA-376 as python-docx keeps it)."""
HEADS, GAPS = (58, 102), 4
"""Millimetres of the two halves of the heading, and what a cell leaves free at its sides."""


def dated(place: str, day: date) -> str:
    """The place and day of a document, as its heading says them."""
    # The decree writes a zero before days below 10 and before January and February.
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"


class Sheet:
    """A document being written, from the top down."""

    def __init__(self, title: str, now: datetime) -> None:
        self.doc: Doc = Document()
        self.doc.core_properties.title = safe(title)[:LONGEST_PROPERTY]
        self.doc.core_properties.author = ""
        self.doc.core_properties.created = now
        self.doc.core_properties.modified = now
        self._page()

    def _page(self) -> None:
        """A4, margins 20, 20, 30, 20 mm, 13 point, the page's number from the second page on."""
        section = self.doc.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(20)
        style = self.doc.styles["Normal"]
        style.font.name, style.font.size = FACE, Pt(13)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FACE)
        section.different_first_page_header_footer = True
        number = section.header.paragraphs[0]
        number.alignment = CENTRE
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        number._p.append(field)  # noqa: SLF001 - python-docx has no fields

    def head(self, above: str, office: str, number: str, place: str) -> None:
        """The agency and number on the left, the country's name and the place on the right."""
        table = self.doc.add_table(1, 2)
        table.autofit = False
        left, right = table.rows[0].cells
        for column, cell, width in zip(table.columns, (left, right), HEADS, strict=True):
            column.width = cell.width = Mm(width)
        _put(left.paragraphs[0], above, 12, align=CENTRE)
        _put(left.add_paragraph(), office, 12, bold=True, align=CENTRE)
        _rule(left.add_paragraph(), 20, HEADS[0] - GAPS)
        _put(left.add_paragraph(), number, 13, align=CENTRE)
        nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
        _put(right.paragraphs[0], nation, 12, bold=True, align=CENTRE)
        _put(right.add_paragraph(), "Độc lập - Tự do - Hạnh phúc", 13, bold=True, align=CENTRE)
        _rule(right.add_paragraph(), 58, HEADS[1] - GAPS)
        _put(right.add_paragraph(), place, 13, italic=True, align=CENTRE)

    def name(self, kind: str, about: str) -> None:
        """The kind of document and what it is about, with a line below."""
        first = _put(self.doc.add_paragraph(), kind, 14, bold=True, align=CENTRE)
        first.paragraph_format.space_before = Pt(14)
        _put(self.doc.add_paragraph(), about, 14, bold=True, align=CENTRE)
        _rule(self.doc.add_paragraph(), 40, WIDTH)

    def part(self, text: str) -> None:
        """The heading of a part; it stays with what follows."""
        made = _put(self.doc.add_paragraph(), text, 13, bold=True)
        made.paragraph_format.space_before = Pt(8)
        made.paragraph_format.space_after = Pt(3)
        made.paragraph_format.keep_with_next = True

    def blank(self, label: str) -> None:
        """A line to be filled in by hand."""
        made = _put(self.doc.add_paragraph(), f"{label}: {'.' * 70}", 13)
        made.paragraph_format.first_line_indent = Mm(10)
        made.paragraph_format.space_after = Pt(4)

    def say(self, text: str) -> None:
        """A paragraph of the body."""
        made = _put(self.doc.add_paragraph(), text, 13, align=FULL)
        made.paragraph_format.first_line_indent = Mm(10)
        made.paragraph_format.space_after = Pt(4)

    def table(
        self, heading: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]
    ) -> None:
        """A ruled table; its heading is repeated on every page, figures stand on the right."""
        table = self.doc.add_table(1, len(heading), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        scale = WIDTH / sum(widths)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width * scale)
        for cell, text, width in zip(table.rows[0].cells, heading, widths, strict=True):
            cell.width = Mm(width * scale)
            _put(cell.paragraphs[0], text, 11, bold=True, align=CENTRE)
        _repeat(table)
        _fill(table, rows)
        self.doc.add_paragraph().paragraph_format.space_after = Pt(2)

    def to(self, whom: str) -> None:
        """Whom the document is addressed to."""
        made = _put(self.doc.add_paragraph(), f"Kính gửi: {whom}", 13, align=CENTRE)
        made.paragraph_format.space_before = made.paragraph_format.space_after = Pt(6)

    def picture(self, png: bytes, about: str) -> None:
        """A picture as wide as the text, with words for those who do not see it."""
        paragraph = self.doc.add_paragraph()
        paragraph.alignment = CENTRE
        paragraph.paragraph_format.space_after = Pt(4)
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(WIDTH))
        shape._inline.docPr.set("descr", safe(about))  # noqa: SLF001 - python-docx has no words for it

    def end(self, copies: Sequence[str], signer: Sequence[str]) -> None:
        """Who gets the document on the left, who signs it on the right, on one page."""
        table = self.doc.add_table(1, 2)
        left, right = table.rows[0].cells
        _put(left.paragraphs[0], "Nơi nhận:", 12, bold=True, italic=True)
        for copy in copies:
            _put(left.add_paragraph(), f"- {copy}", 11)
        for number, line in enumerate(signer):
            paragraph = right.add_paragraph() if number else right.paragraphs[0]
            _put(paragraph, line, 13, bold=True, align=CENTRE)
        right.add_paragraph().paragraph_format.space_after = Pt(70)
        properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx cannot keep it whole
        properties.append(OxmlElement("w:cantSplit"))

    def sign(self, left: str, right: str, copies: Sequence[str]) -> None:
        """Who signs, with room for it, and who gets a copy."""
        table = self.doc.add_table(2, 2)
        for cell, text in zip(table.rows[0].cells, (left, right), strict=True):
            made = _put(cell.paragraphs[0], text, 13, bold=True, align=CENTRE)
            made.paragraph_format.keep_with_next = True
            under = "(Ký, ghi rõ họ tên)"
            _put(cell.add_paragraph(), under, 12, italic=True, align=CENTRE)
            cell.add_paragraph().paragraph_format.space_after = Pt(60)
        list_ = table.rows[1].cells[0]
        _put(list_.paragraphs[0], "Nơi nhận:", 12, bold=True, italic=True)
        for copy in copies:
            _put(list_.add_paragraph(), f"- {copy}", 11)

    def bytes(self) -> bytes:
        """The file."""
        out = io.BytesIO()
        self.doc.save(out)
        return out.getvalue()


def _put(
    paragraph: Paragraph,
    text: str,
    size: float,
    *,
    bold: bool = False,
    italic: bool = False,
    align: WD_ALIGN_PARAGRAPH = LEFT,
) -> Paragraph:
    run = paragraph.add_run(safe(text))
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(0)
    return paragraph


def _rule(paragraph: Paragraph, length: int, of: int) -> None:
    """A line under what stands above, centred, of some millimetres."""
    side = Mm((of - length) / 2)
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = side
    shape.space_before, shape.space_after, shape.line_spacing = Pt(0), Pt(4), Pt(4)
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no borders
    properties.insert_element_before(
        borders, *(f"w:{name}" for name in ("shd", "tabs", "spacing", "ind", "jc", "rPr"))
    )


def _repeat(table: Table) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx cannot repeat
    properties.append(OxmlElement("w:tblHeader"))


def _fill(table: Table, rows: Sequence[Sequence[str]]) -> None:
    """Rows as copies of one: python-docx's own way takes a hundred times as long."""
    if not rows:
        return
    model = table.add_row()  # type: ignore[no-untyped-call]
    for cell, width in zip(model.cells, table.rows[0].cells, strict=True):
        cell.width = width.width
        shape = _put(cell.paragraphs[0], "x", 11).paragraph_format
        shape.space_before = shape.space_after = Pt(1)
    model._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - as above
    whole = model._tr  # noqa: SLF001 - rows are copied as what they are in the file
    for row in rows:
        made = deepcopy(whole)
        for tc, text in zip(made.tc_lst, row, strict=True):
            _write(_Cell(tc, table), text)
        whole.addprevious(made)
    table._tbl.remove(whole)  # noqa: SLF001 - the model has served


def _write(cell: _Cell, text: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.runs[0].text = safe(text)
    if text.replace(",", "").replace(".", "").replace("/", "").isdecimal():
        paragraph.alignment = RIGHT
