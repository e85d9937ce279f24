"""What letters and accounts are made of besides `blocks`: the addressee, lists as tables, running text."""

from collections.abc import Sequence
from dataclasses import dataclass

from docx.document import Document as Docx

from templates_docx.build.blocks import (
    BOTH,
    CENTER,
    GREY,
    LEFT,
    RIGHT,
    grid,
    letterhead,
    paragraph,
    repeat,
    shade,
    tag_row,
    whole,
    write,
)
from templates_docx.build.contract import typeset

SMALL = 9.5


@dataclass(frozen=True)
class Column:
    """`text` of a line, `foot` of the row under all lines."""

    title: str
    width: float
    align: object
    text: str
    foot: str = ""


def title(docx: Docx, name: str, *about: str, before: float = 0) -> None:
    """«СПЕЦИФИКАЦИЯ № 1» and, under it, to what."""
    paragraph(docx, typeset(name), bold=True, size=14, align=CENTER, before=before, after=2 if about else 10, keep=True)
    for line in about:
        paragraph(docx, typeset(line), align=CENTER, after=10 if line is about[-1] else 0, keep=True)


def place_and_date(docx: Docx) -> None:
    row = grid(docx, (87, 88), borders=False).add_row()
    write(row.cells[0], "{{ doc.city }}", after=8)
    write(row.cells[1], "{{ doc.date_text }}", align=RIGHT, after=8)


def letter(docx: Docx, name: str, about: str) -> None:
    """The head of a letter: from whom, under which number, to whom, about what. How it is sent decides when it has arrived."""
    letterhead(docx)
    sides = grid(docx, (75, 100), borders=False)
    left, right = sides.add_row().cells
    write(left, typeset("Исх. № {{ doc.number }}\nот {{ doc.date_text }}"))
    write(
        right,
        "{% if client.is_entrepreneur %}Кому:{% else %}Руководителю{% endif %} {{ client.short_name }}"
        "{% if client.inn %}\nИНН {{ client.inn }}{% endif %}{% if client.post_address %}\n{{ client.post_address }}{% endif %}"
        "{% if client.email %}\n{{ client.email }}{% endif %}",
        align=LEFT,
    )
    title(docx, name, about, before=16)


def listing(docx: Docx, columns: Sequence[Column], each: str, *, foot: bool = False, size: float = SMALL) -> None:
    """A framed table with a line for each («line in claim.lines»); its head is repeated on every page, no line is torn."""
    paragraph(docx, "", size=4, keep=True)
    table = grid(docx, [one.width for one in columns], borders=True)
    head = table.add_row()
    repeat(head)
    for cell, one in zip(head.cells, columns, strict=True):
        write(cell, one.title, bold=True, size=size, align=CENTER)
        shade(cell)
    tag_row(table, f"{{%tr for {each} %}}")
    row = table.add_row()
    whole(row)
    for cell, one in zip(row.cells, columns, strict=True):
        write(cell, typeset(one.text), size=size, align=one.align)
    tag_row(table, "{%tr endfor %}")
    if foot:
        last = table.add_row()
        whole(last)
        for cell, one in zip(last.cells, columns, strict=True):
            write(cell, one.foot, bold=True, size=size, align=one.align)


def closing(docx: Docx) -> None:
    """Who signs a letter, and whom to call about it, on one page."""
    signed(docx, keep=True)
    paragraph(
        docx,
        "Исполнитель: {{ manager.fio }}{% if manager.post %}, {{ manager.post|lower }}{% endif %}\nТел.: {{ manager.phone }}, эл. почта: {{ manager.email }}",
        size=9, before=8, color=GREY,
    )  # fmt: skip


def signed(docx: Docx, *, keep: bool = False) -> None:
    """Our side's signature alone."""
    row = grid(docx, (70, 55, 50), borders=False).add_row()
    whole(row)
    texts = ("{{ our.sign_post }}", "____________________", "{{ our.sign_short }}")
    for cell, text, align in zip(row.cells, texts, (LEFT, CENTER, LEFT), strict=True):
        write(cell, text, bold=text is not texts[1], align=align, before=16, after=4, keep=keep)


def both_sign(docx: Docx, *roles: str) -> None:
    """Without bank details, which the contract has: who is who, and where they sign."""
    row = grid(docx, (87, 88), borders=False).add_row()
    whole(row)
    for cell, who, role in zip(row.cells, ("our", "client"), roles, strict=True):
        write(cell, role.upper(), bold=True, before=12, after=3, keep=True)
        write(cell, f"{{{{ {who}.full_name }}}}", bold=True, new=True, keep=True)
        text = "ИНН {{ X.inn }}{% if X.kpp %}, КПП {{ X.kpp }}{% endif %}{% if X.legal_address %}\n{{ X.legal_address }}{% endif %}"
        write(cell, text.replace("X.", f"{who}."), size=10, new=True, after=10, keep=True)
        write(cell, f"{{{{ {who}.sign_post }}}}", new=True, after=14, keep=True)
        write(cell, f"_________________ / {{{{ {who}.sign_short }}}} /", new=True, after=4, keep=True)
        write(cell, "М. П. (при наличии)", size=9, new=True, color=GREY)


def point(docx: Docx, text: str, *, before: float = 3, keep: bool = False) -> None:
    """A paragraph of running text."""
    paragraph(docx, typeset(text), align=BOTH, indent=True, before=before, after=3, keep=keep)


def only_if(docx: Docx, condition: str) -> None:
    paragraph(docx, f"{{%p if {condition} %}}")


def otherwise(docx: Docx) -> None:
    paragraph(docx, "{%p else %}")


def end_if(docx: Docx) -> None:
    paragraph(docx, "{%p endif %}")
