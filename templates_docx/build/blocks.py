"""What templates are made of: headings, tables, clauses, sides and signatures, in the look of the house."""

import io
from collections.abc import Sequence

import segno
from docx import Document
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

FONT, SIZE = "Times New Roman", 11
LEFT, CENTER, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
BOTH = WD_ALIGN_PARAGRAPH.JUSTIFY
WIDTH = 175  # mm between the margins
GREY = RGBColor(0x59, 0x59, 0x59)
DOT = segno.make_qr("QR")
COLUMNS = (("№", 9, CENTER), ("Наименование", 63, LEFT), ("Ед.", 14, CENTER), ("Кол-во", 16, RIGHT),
           ("Цена, ₽", 25, RIGHT), ("Сумма, ₽", 28, RIGHT), ("НДС", 20, CENTER))  # fmt: skip
ROW = (
    "{{ row.n }}",
    "{{ row.name }}",
    "{{ row.unit }}",
    "{{ row.qty }}",
    "{{ row.price }}",
    "{{ row.sum }}",
    "{{ row.vat_rate }}",
)


# — parts of documents —


def blank(head: str) -> Docx:
    docx = Document()
    section = docx.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(20), Mm(15)
    section.top_margin, section.bottom_margin = Mm(16), Mm(16)
    section.header_distance, section.footer_distance = Mm(8), Mm(8)
    style = docx.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(SIZE)
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        style.element.rPr.rFonts.set(qn(script), FONT)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    style.paragraph_format.line_spacing = 1.0
    language(style)
    styled(section.header.paragraphs[0], head, size=8, color=GREY, align=RIGHT)
    foot = section.footer.paragraphs[0]
    foot.style = section.header.paragraphs[0].style = docx.styles["Normal"]
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    styled(foot, "{{ our.short_name }}\tСтраница ", size=8, color=GREY)
    field(foot, "PAGE")
    styled(foot, " из ", size=8, color=GREY)
    field(foot, "NUMPAGES")
    docx.core_properties.author, docx.core_properties.title, docx.core_properties.comments = "", "", ""
    return docx


def language(style) -> None:
    """Word checks the spelling in Russian."""
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "ru-RU")
    style.element.rPr.append(language)


def letterhead(docx: Docx) -> None:
    table = grid(docx, (85, 90), borders=False)
    row = table.add_row()
    write(row.cells[0], "{{ our.short_name }}", bold=True, size=16)
    write(
        row.cells[1],
        "{{ our.post_address }}\nТел.: {{ our.phone }}, {{ our.email }}\nИНН {{ our.inn }}{% if our.kpp %} / КПП {{ our.kpp }}{% endif %}, {{ our.ogrn_label }} {{ our.ogrn }}",
        size=9, align=RIGHT,
    )  # fmt: skip
    paragraph(docx, "", size=4, after=6, line=True)


def bank(docx: Docx) -> None:
    """The box that every bank clerk knows, and the QR code beside it. One table: docxtpl does not count nested ones."""
    table = grid(docx, (66, 16, 53, 40), borders=True)
    lines = (
        ("{{ our.bank.name }}\nБанк получателя", "БИК", "{{ our.bank.bik }}"),
        ("", "Сч. №", "{{ our.bank.corr }}"),
        ("ИНН {{ our.inn }}{% if our.kpp %}   КПП {{ our.kpp }}{% endif %}", "Сч. №", "{{ our.bank.account }}"),
        ("{{ our.short_name }}\nПолучатель", "", ""),
    )
    for line in lines:
        for target, text in zip(table.add_row().cells, line, strict=False):
            write(target, text, size=10)
    beside = table.cell(0, 3)
    picture(beside.paragraphs[0], "QR", 31)
    write(beside, "QR-код для оплаты\n{{ invoice.now }} ₽", size=8, new=True)
    for paragraph in beside.paragraphs:
        paragraph.alignment = CENTER
    for top, left, bottom, right in ((0, 0, 1, 0), (2, 1, 3, 1), (2, 2, 3, 2), (0, 3, 3, 3)):
        merge(table, top, left, bottom, right)
    for row in table.rows:
        unframe(row.cells[3])


def merge(table: Table, top: int, left: int, bottom: int, right: int) -> None:
    merged = table.cell(top, left).merge(table.cell(bottom, right))
    for paragraph in merged.paragraphs[1:]:
        if not paragraph.text and not paragraph._p.xpath(".//w:drawing"):
            paragraph._p.getparent().remove(paragraph._p)


def unframe(cell: _Cell) -> None:
    """A cell of a framed table without its outer lines."""
    borders = OxmlElement("w:tcBorders")
    for side in ("top", "right", "bottom"):
        border = OxmlElement(f"w:{side}")
        border.set(qn("w:val"), "nil")
        borders.append(border)
    cell._tc.get_or_add_tcPr().append(borders)


def goods(docx: Docx) -> None:
    """The rows of the specification; the head is repeated on every page, a row is never torn."""
    table = grid(docx, [width for _, width, _ in COLUMNS], borders=True)
    head = table.add_row()
    repeat(head)
    for cell, (title, _, _) in zip(head.cells, COLUMNS, strict=True):
        write(cell, title, bold=True, size=10, align=CENTER)
        shade(cell)
    tag_row(table, "{%tr for row in rows %}")
    row = table.add_row()
    whole(row)
    for cell, text, (_, _, align) in zip(row.cells, ROW, COLUMNS, strict=True):
        write(cell, text, size=10, align=align)
    tag_row(table, "{%tr endfor %}")


def totals(docx: Docx) -> None:
    """Right under the rows, aligned with their sums."""
    table = grid(docx, (127, 28, 20), borders=False)
    for label, value, condition in (
        ("Итого:", "{{ total.sum }}", ""),
        ("В том числе НДС:", "{{ total.vat }}", "total.has_vat"),
        ("Без НДС:", "—", "not total.has_vat"),
        ("Всего к оплате:", "{{ total.sum }}", ""),
    ):
        if condition:
            tag_row(table, f"{{%tr if {condition} %}}")
        row = table.add_row()
        whole(row)
        write(row.cells[0], label, bold=True, size=10, align=RIGHT)
        write(row.cells[1], value, bold=True, size=10, align=RIGHT)
        if condition:
            tag_row(table, "{%tr endif %}")


def schedule(docx: Docx) -> None:
    table = grid(docx, (9, 20, 33, 113), borders=True)
    head = table.add_row()
    repeat(head)
    for cell, title in zip(head.cells, ("№", "Доля", "Сумма, ₽", "Срок"), strict=True):
        write(cell, title, bold=True, size=10, align=CENTER)
        shade(cell)
    tag_row(table, "{%tr for line in terms.lines %}")
    row = table.add_row()
    whole(row)
    texts = ("{{ line.n }}", "{{ line.percent }}", "{{ line.amount }}", "{{ line.when }}")
    for cell, text, align in zip(row.cells, texts, (CENTER, CENTER, RIGHT, LEFT), strict=True):
        write(cell, text, size=10, align=align)
    tag_row(table, "{%tr endfor %}")


def parties(docx: Docx) -> None:
    table = grid(docx, (87, 88), borders=False)
    row = table.add_row()
    whole(row)
    for cell, who, role in zip(row.cells, ("our", "client"), ("ПОСТАВЩИК", "ПОКУПАТЕЛЬ"), strict=True):
        write(cell, role, bold=True, after=3, keep=True)
        write(cell, f"{{{{ {who}.full_name }}}}", bold=True, new=True, keep=True)
        text = (
            "ИНН {{ X.inn }}{% if X.kpp %}, КПП {{ X.kpp }}{% endif %}{% if X.ogrn %}\n{{ X.ogrn_label }} {{ X.ogrn }}{% endif %}"
            "{% if X.legal_address %}\nЮр. адрес: {{ X.legal_address }}{% endif %}"
            "{% if X.bank.account %}\nР/с {{ X.bank.account }}\n{{ X.bank.name }}, БИК {{ X.bank.bik }}\nК/с {{ X.bank.corr }}{% endif %}"
            "{% if X.phone %}\nТел.: {{ X.phone }}{% endif %}"
        )
        write(cell, text.replace("X.", f"{who}."), size=10, new=True, after=10, keep=True)
    row = table.add_row()
    whole(row)
    for cell, who in zip(row.cells, ("our", "client"), strict=True):
        write(cell, f"{{{{ {who}.sign_post }}}}", after=12)
        write(cell, f"_________________ / {{{{ {who}.sign_short }}}} /", new=True, after=4)
        write(cell, "М. П.", size=9, new=True, color=GREY)


def signature(docx: Docx, people: Sequence[tuple[str, str]], *pictures: str) -> None:
    """A line each; pictures of signature and stamp where the own company has them."""
    table = grid(docx, (70, 55, 50), borders=False)
    for place, (post, name) in enumerate(people):
        row = table.add_row()
        whole(row)
        write(row.cells[0], post, bold=True, after=8)
        write(row.cells[1], "____________________", align=CENTER, after=8)
        write(row.cells[2], name, bold=True, after=8)
        if place == 0 and pictures:
            write(row.cells[1], "{%p if stamp.flag %}", new=True)
            pasted = row.cells[1].add_paragraph()
            for one in pictures:
                picture(pasted, one, 25)
            write(row.cells[1], "{%p endif %}", new=True)


def clause(docx: Docx, text: str, before: float = 3, keep: bool = False) -> None:
    paragraph(docx, text, align=BOTH, indent=True, before=before, after=3, keep=keep)


# — Word's own details —


def paragraph(docx: Docx, text: str, **how: object) -> Paragraph:
    return styled(docx.add_paragraph(), text, **how)


def write(cell: _Cell, text: str, *, new: bool = False, **how: object) -> Paragraph:
    return styled(cell.add_paragraph() if new else cell.paragraphs[0], text, **how)


def styled(
    paragraph: Paragraph, text: str, *, bold: bool = False, size: float = SIZE, align=None, before: float = 0, after: float = 0,
    indent: bool = False, line: bool = False, keep: bool = False, color: RGBColor | None = None,
) -> Paragraph:  # fmt: skip
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)
    if color is not None:
        run.font.color.rgb = color
    if align is not None:
        paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after, shape.keep_with_next = Pt(before), Pt(after), keep
    if indent:
        shape.first_line_indent = Mm(10)
    if line:
        underline(paragraph)
    return paragraph


def underline(paragraph: Paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "8"), ("space", "3"), ("color", "auto")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def field(paragraph: Paragraph, name: str) -> None:
    """PAGE, NUMPAGES: counted by Word."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = paragraph.add_run("1")
    run.font.size, run.font.color.rgb = Pt(8), GREY
    field.append(run._r)
    paragraph._p.append(field)


def grid(docx: Docx, widths: Sequence[float], *, borders: bool) -> Table:
    table = docx.add_table(0, len(widths))
    shape(table, widths, borders=borders)
    return table


def shape(table: Table, widths: Sequence[float], *, borders: bool) -> None:
    if borders:
        table.style = "Table Grid"
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.LEFT
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "70")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def tag_row(table: Table, tag: str) -> None:
    """A row of its own, which the tag takes away with it."""
    write(table.add_row().cells[0], tag)


def repeat(row) -> None:
    mark(row, "w:tblHeader")
    whole(row)


def whole(row) -> None:
    """Not torn by the end of a page."""
    mark(row, "w:cantSplit")


def mark(row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "EDEDED")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def gap(docx: Docx) -> None:
    paragraph(docx, "", size=6)


def picture(paragraph: Paragraph, name: str, width: float) -> None:
    """A stand-in that the layer replaces, found by its alternative text."""
    made = io.BytesIO()
    DOT.save(
        made, kind="png", scale=3, border=1, dark="#" + {"QR": "000000", "Подпись": "000001", "Печать": "000002"}[name]
    )
    made.seek(0)
    shape = paragraph.add_run().add_picture(made, width=Mm(width))
    shape._inline.docPr.set("name", name)
    shape._inline.docPr.set("descr", name)
