"""`python -m templates_docx.build [T12 …]`: makes the first form of the templates, or begins one anew.

From then on the DOCX themselves are what counts: a lawyer edits them in Word, and this overwrites such edits.
"""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

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

FOLDER = Path(__file__).parent
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


def main(codes: Sequence[str]) -> None:
    for code, build in TEMPLATES.items():
        if not codes or code in codes:
            build().save(FOLDER / f"{code}.docx")


# — the documents —


def offer() -> Docx:
    """T17."""
    docx = _blank("Коммерческое предложение № {{ doc.number }} от {{ doc.date }}")
    _letterhead(docx)
    sides = _table(docx, (85, 90), borders=False)
    left, right = sides.add_row().cells
    _write(left, "Исх. № {{ doc.number }}\nот {{ doc.date_text }}")
    _write(right, "{{ client.full_name }}", align=RIGHT)
    _text(docx, "КОММЕРЧЕСКОЕ ПРЕДЛОЖЕНИЕ", bold=True, size=14, align=CENTER, before=14, after=10)
    _text(docx, "{{ greeting }}", after=6)
    _text(
        docx,
        "{{ our.short_name }} благодарит Вас за обращение и предлагает к поставке следующую продукцию:",
        align=BOTH, indent=True, after=6,
    )  # fmt: skip
    _goods(docx)
    _totals(docx)
    _text(docx, "Стоимость предложения: {{ total.sum_words }}.", bold=True, before=8, after=8, align=BOTH)
    terms = _table(docx, (48, 127), borders=False)
    for label, value in (
        ("Срок поставки:", "{{ delivery.until_text }}"),
        ("Доставка:", "{% if delivery.is_fetched %}самовывоз со склада Поставщика{% elif delivery.way %}{{ delivery.way }}{% if delivery.address %}, {{ delivery.address }}{% endif %}{% else %}по согласованию сторон{% endif %}"),
        ("Условия оплаты:", "{{ terms.text }}"),
        ("Срок действия цен:", "до {{ price.until_text }}"),
    ):  # fmt: skip
        row = terms.add_row()
        _whole(row)
        _write(row.cells[0], label, bold=True)
        _write(row.cells[1], value)
    _text(
        docx,
        "Будем рады ответить на Ваши вопросы и согласовать удобные условия.",
        before=10,
        after=14,
        indent=True,
        keep=True,
    )
    _signature(docx, (("{{ our.sign_post }}", "{{ our.sign_short }}"),), "Подпись", "Печать")
    _text(
        docx,
        "Исполнитель: {{ manager.fio }}{% if manager.post %}, {{ manager.post|lower }}{% endif %}\nТел.: {{ manager.phone }}, эл. почта: {{ manager.email }}",
        size=9, before=16, color=GREY,
    )  # fmt: skip
    return docx


def invoice() -> Docx:
    """T16."""
    docx = _blank("Счёт на оплату № {{ doc.number }} от {{ doc.date }}")
    _bank(docx)
    _text(
        docx,
        "Счёт на оплату № {{ doc.number }} от {{ doc.date_text }}",
        bold=True,
        size=14,
        before=10,
        after=4,
        line=True,
    )
    sides = _table(docx, (28, 147), borders=False)
    for label, value in (
        ("Поставщик:", "{{ our.short_name }}, ИНН {{ our.inn }}{% if our.kpp %}, КПП {{ our.kpp }}{% endif %}, {{ our.legal_address }}, тел. {{ our.phone }}"),
        ("Покупатель:", "{{ client.short_name }}, ИНН {{ client.inn }}{% if client.kpp %}, КПП {{ client.kpp }}{% endif %}{% if client.legal_address %}, {{ client.legal_address }}{% endif %}{% if client.phone %}, тел. {{ client.phone }}{% endif %}"),
        ("Основание:", "{% if invoice.basis %}{{ invoice.basis }}{% else %}заказ покупателя{% endif %}"),
    ):  # fmt: skip
        row = sides.add_row()
        _write(row.cells[0], label, after=3)
        _write(row.cells[1], value, bold=True, after=3)
    _gap(docx)
    _goods(docx)
    _totals(docx)
    _text(docx, "Всего наименований {{ total.count }}, на сумму {{ total.sum }} руб.", before=6)
    _text(docx, "{{ total.sum_words }}", bold=True, after=6, line=True)
    _text(docx, "{%p if invoice.is_part %}")
    _text(
        docx,
        "К оплате по настоящему счёту — аванс {{ invoice.percent }}: {{ invoice.now }} ₽ — {{ invoice.now_words }}, до {{ invoice.until_text }}",
        bold=True, after=3, align=BOTH,
    )  # fmt: skip
    _text(docx, "{%p else %}")
    _text(docx, "Счёт действителен к оплате до {{ invoice.until_text }}", after=3)
    _text(docx, "{%p endif %}")
    _text(docx, "{%p if terms.lines|length > 1 %}")
    _text(docx, "Условия оплаты: {{ terms.text }}", after=3, align=BOTH)
    _text(docx, "{%p endif %}")
    _text(docx, "Назначение платежа: {{ invoice.purpose }}.", size=10, after=14, align=BOTH, keep=True)
    people = (("{{ our.sign_post }}", "{{ our.sign_short }}"), ("Главный бухгалтер", "{{ our.accountant_short }}"))
    _signature(docx, people, "Подпись", "Печать")
    return docx


def specification() -> Docx:
    """T12."""
    docx = _blank("Спецификация № {{ doc.number }} к договору № {{ contract.number }}")
    _text(docx, "СПЕЦИФИКАЦИЯ № {{ doc.number }}", bold=True, size=14, align=CENTER)
    _text(docx, "к договору № {{ contract.number }} от {{ contract.date_text }}", align=CENTER, after=10)
    place = _table(docx, (87, 88), borders=False).add_row()
    _write(place.cells[0], "{{ doc.city }}")
    _write(place.cells[1], "{{ doc.date_text }}", align=RIGHT)
    _text(
        docx,
        "{{ our.full_name }}, {{ our.named }} в дальнейшем «Поставщик», {{ our.acts }}, с одной стороны, и "
        "{{ client.full_name }}, {{ client.named }} в дальнейшем «Покупатель», {{ client.acts }}, с другой стороны, вместе именуемые "
        "«Стороны», составили настоящую спецификацию о нижеследующем:",
        align=BOTH, indent=True, before=8, after=6,
    )  # fmt: skip
    _clause(
        docx,
        "1. Поставщик обязуется передать в собственность Покупателя, а Покупатель — принять и оплатить следующий товар (далее — Товар):",
    )
    _goods(docx)
    _totals(docx)
    _clause(docx, "2. Общая стоимость Товара составляет {{ total.sum_words }}, {{ total.vat_clause }}.", before=8)
    _text(docx, "{%p if total.has_vat %}")
    _clause(docx, "{{ total.by_law }}")
    _text(docx, "{%p endif %}")
    _clause(docx, "3. Срок поставки: {{ delivery.until_text }}")
    _clause(
        docx,
        "4. Доставка: {% if delivery.is_fetched %}самовывоз со склада Поставщика{% elif delivery.way %}{{ delivery.way }}{% if delivery.address %}, адрес: {{ delivery.address }}{% endif %}{% else %}по согласованию сторон{% endif %}.",
    )
    _clause(docx, "5. Порядок оплаты. {{ terms.text }}")
    _text(docx, "{%p if terms.lines|length > 1 %}")
    _schedule(docx)
    _text(docx, "{%p endif %}")
    _clause(
        docx,
        "6. Настоящая спецификация является неотъемлемой частью договора № {{ contract.number }} от {{ contract.date_text }}, составлена в двух "
        "экземплярах, имеющих равную юридическую силу, по одному для каждой из Сторон, и вступает в силу с даты её подписания. Во всём, что не "
        "предусмотрено спецификацией, Стороны руководствуются договором.",
        before=4,
    )  # fmt: skip
    _text(docx, "Реквизиты и подписи Сторон", bold=True, align=CENTER, before=12, after=6, keep=True)
    _parties(docx)
    return docx


TEMPLATES = {"T12": specification, "T16": invoice, "T17": offer}


# — what they are made of —


def _blank(head: str) -> Docx:
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
    _language(style)
    _styled(section.header.paragraphs[0], head, size=8, color=GREY, align=RIGHT)
    foot = section.footer.paragraphs[0]
    foot.style = section.header.paragraphs[0].style = docx.styles["Normal"]
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    _styled(foot, "{{ our.short_name }}\tСтраница ", size=8, color=GREY)
    _field(foot, "PAGE")
    _styled(foot, " из ", size=8, color=GREY)
    _field(foot, "NUMPAGES")
    docx.core_properties.author, docx.core_properties.title, docx.core_properties.comments = "", "", ""
    return docx


def _language(style) -> None:
    """Word checks the spelling in Russian."""
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "ru-RU")
    style.element.rPr.append(language)


def _letterhead(docx: Docx) -> None:
    table = _table(docx, (85, 90), borders=False)
    row = table.add_row()
    _write(row.cells[0], "{{ our.short_name }}", bold=True, size=16)
    _write(
        row.cells[1],
        "{{ our.post_address }}\nТел.: {{ our.phone }}, {{ our.email }}\nИНН {{ our.inn }}{% if our.kpp %} / КПП {{ our.kpp }}{% endif %}, {{ our.ogrn_label }} {{ our.ogrn }}",
        size=9, align=RIGHT,
    )  # fmt: skip
    _text(docx, "", size=4, after=6, line=True)


def _bank(docx: Docx) -> None:
    """The box that every bank clerk knows, and the QR code beside it. One table: docxtpl does not count nested ones."""
    table = _table(docx, (66, 16, 53, 40), borders=True)
    lines = (
        ("{{ our.bank.name }}\nБанк получателя", "БИК", "{{ our.bank.bik }}"),
        ("", "Сч. №", "{{ our.bank.corr }}"),
        ("ИНН {{ our.inn }}{% if our.kpp %}   КПП {{ our.kpp }}{% endif %}", "Сч. №", "{{ our.bank.account }}"),
        ("{{ our.short_name }}\nПолучатель", "", ""),
    )
    for line in lines:
        for target, text in zip(table.add_row().cells, line, strict=False):
            _write(target, text, size=10)
    beside = table.cell(0, 3)
    _picture(beside.paragraphs[0], "QR", 31)
    _write(beside, "QR-код для оплаты\n{{ invoice.now }} ₽", size=8, new=True)
    for paragraph in beside.paragraphs:
        paragraph.alignment = CENTER
    for top, left, bottom, right in ((0, 0, 1, 0), (2, 1, 3, 1), (2, 2, 3, 2), (0, 3, 3, 3)):
        _merge(table, top, left, bottom, right)
    for row in table.rows:
        _unframe(row.cells[3])


def _merge(table: Table, top: int, left: int, bottom: int, right: int) -> None:
    merged = table.cell(top, left).merge(table.cell(bottom, right))
    for paragraph in merged.paragraphs[1:]:
        if not paragraph.text and not paragraph._p.xpath(".//w:drawing"):
            paragraph._p.getparent().remove(paragraph._p)


def _unframe(cell: _Cell) -> None:
    """A cell of a framed table without its outer lines."""
    borders = OxmlElement("w:tcBorders")
    for side in ("top", "right", "bottom"):
        border = OxmlElement(f"w:{side}")
        border.set(qn("w:val"), "nil")
        borders.append(border)
    cell._tc.get_or_add_tcPr().append(borders)


def _goods(docx: Docx) -> None:
    """The rows of the specification; the head is repeated on every page, a row is never torn."""
    table = _table(docx, [width for _, width, _ in COLUMNS], borders=True)
    head = table.add_row()
    _repeat(head)
    for cell, (title, _, _) in zip(head.cells, COLUMNS, strict=True):
        _write(cell, title, bold=True, size=10, align=CENTER)
        _shade(cell)
    _tag_row(table, "{%tr for row in rows %}")
    row = table.add_row()
    _whole(row)
    for cell, text, (_, _, align) in zip(row.cells, ROW, COLUMNS, strict=True):
        _write(cell, text, size=10, align=align)
    _tag_row(table, "{%tr endfor %}")


def _totals(docx: Docx) -> None:
    """Right under the rows, aligned with their sums."""
    table = _table(docx, (127, 28, 20), borders=False)
    for label, value, condition in (
        ("Итого:", "{{ total.sum }}", ""),
        ("В том числе НДС:", "{{ total.vat }}", "total.has_vat"),
        ("Без НДС:", "—", "not total.has_vat"),
        ("Всего к оплате:", "{{ total.sum }}", ""),
    ):
        if condition:
            _tag_row(table, f"{{%tr if {condition} %}}")
        row = table.add_row()
        _whole(row)
        _write(row.cells[0], label, bold=True, size=10, align=RIGHT)
        _write(row.cells[1], value, bold=True, size=10, align=RIGHT)
        if condition:
            _tag_row(table, "{%tr endif %}")


def _schedule(docx: Docx) -> None:
    table = _table(docx, (9, 20, 33, 113), borders=True)
    head = table.add_row()
    _repeat(head)
    for cell, title in zip(head.cells, ("№", "Доля", "Сумма, ₽", "Срок"), strict=True):
        _write(cell, title, bold=True, size=10, align=CENTER)
        _shade(cell)
    _tag_row(table, "{%tr for line in terms.lines %}")
    row = table.add_row()
    _whole(row)
    texts = ("{{ line.n }}", "{{ line.percent }}", "{{ line.amount }}", "{{ line.when }}")
    for cell, text, align in zip(row.cells, texts, (CENTER, CENTER, RIGHT, LEFT), strict=True):
        _write(cell, text, size=10, align=align)
    _tag_row(table, "{%tr endfor %}")


def _parties(docx: Docx) -> None:
    table = _table(docx, (87, 88), borders=False)
    row = table.add_row()
    _whole(row)
    for cell, who, role in zip(row.cells, ("our", "client"), ("ПОСТАВЩИК", "ПОКУПАТЕЛЬ"), strict=True):
        _write(cell, role, bold=True, after=3, keep=True)
        _write(cell, f"{{{{ {who}.full_name }}}}", bold=True, new=True, keep=True)
        text = (
            "ИНН {{ X.inn }}{% if X.kpp %}, КПП {{ X.kpp }}{% endif %}{% if X.ogrn %}\n{{ X.ogrn_label }} {{ X.ogrn }}{% endif %}"
            "{% if X.legal_address %}\nЮр. адрес: {{ X.legal_address }}{% endif %}"
            "{% if X.bank.account %}\nР/с {{ X.bank.account }}\n{{ X.bank.name }}, БИК {{ X.bank.bik }}\nК/с {{ X.bank.corr }}{% endif %}"
            "{% if X.phone %}\nТел.: {{ X.phone }}{% endif %}"
        )
        _write(cell, text.replace("X.", f"{who}."), size=10, new=True, after=10, keep=True)
    row = table.add_row()
    _whole(row)
    for cell, who in zip(row.cells, ("our", "client"), strict=True):
        _write(cell, f"{{{{ {who}.sign_post }}}}", after=12)
        _write(cell, f"_________________ / {{{{ {who}.sign_short }}}} /", new=True, after=4)
        _write(cell, "М. П.", size=9, new=True, color=GREY)


def _signature(docx: Docx, people: Sequence[tuple[str, str]], *pictures: str) -> None:
    """A line each; pictures of signature and stamp where the own company has them."""
    table = _table(docx, (70, 55, 50), borders=False)
    for place, (post, name) in enumerate(people):
        row = table.add_row()
        _whole(row)
        _write(row.cells[0], post, bold=True, after=8)
        _write(row.cells[1], "____________________", align=CENTER, after=8)
        _write(row.cells[2], name, bold=True, after=8)
        if place == 0 and pictures:
            _write(row.cells[1], "{%p if stamp.flag %}", new=True)
            pasted = row.cells[1].add_paragraph()
            for picture in pictures:
                _picture(pasted, picture, 25)
            _write(row.cells[1], "{%p endif %}", new=True)


def _clause(docx: Docx, text: str, before: float = 3, keep: bool = False) -> None:
    _text(docx, text, align=BOTH, indent=True, before=before, after=3, keep=keep)


# — Word's own details —


def _text(docx: Docx, text: str, **how: object) -> Paragraph:
    return _styled(docx.add_paragraph(), text, **how)


def _write(cell: _Cell, text: str, *, new: bool = False, **how: object) -> Paragraph:
    return _styled(cell.add_paragraph() if new else cell.paragraphs[0], text, **how)


def _styled(
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
        _underline(paragraph)
    return paragraph


def _underline(paragraph: Paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "8"), ("space", "3"), ("color", "auto")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _field(paragraph: Paragraph, name: str) -> None:
    """PAGE, NUMPAGES: counted by Word."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = paragraph.add_run("1")
    run.font.size, run.font.color.rgb = Pt(8), GREY
    field.append(run._r)
    paragraph._p.append(field)


def _table(docx: Docx, widths: Sequence[float], *, borders: bool) -> Table:
    table = docx.add_table(0, len(widths))
    _shape(table, widths, borders=borders)
    return table


def _shape(table: Table, widths: Sequence[float], *, borders: bool) -> None:
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


def _tag_row(table: Table, tag: str) -> None:
    """A row of its own, which the tag takes away with it."""
    _write(table.add_row().cells[0], tag)


def _repeat(row) -> None:
    _mark(row, "w:tblHeader")
    _whole(row)


def _whole(row) -> None:
    """Not torn by the end of a page."""
    _mark(row, "w:cantSplit")


def _mark(row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "EDEDED")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _gap(docx: Docx) -> None:
    _text(docx, "", size=6)


def _picture(paragraph: Paragraph, name: str, width: float) -> None:
    """A stand-in that the layer replaces, found by its alternative text."""
    made = io.BytesIO()
    DOT.save(
        made, kind="png", scale=3, border=1, dark="#" + {"QR": "000000", "Подпись": "000001", "Печать": "000002"}[name]
    )
    made.seek(0)
    shape = paragraph.add_run().add_picture(made, width=Mm(width))
    shape._inline.docPr.set("name", name)
    shape._inline.docPr.set("descr", name)


if __name__ == "__main__":
    main(sys.argv[1:])
