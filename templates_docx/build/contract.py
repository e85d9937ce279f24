"""What contracts are made of: numbered chapters and clauses that refer to each other, sides with requisites, annexes.

Numbers are typed, so that a lawyer sees and edits them; `<price>` in a text becomes the number of the clause called «price».
"""

import re
from collections.abc import Iterable, Sequence

from docx.document import Document as Docx
from docx.text.paragraph import Paragraph

from templates_docx.build.blocks import (
    BOTH,
    CENTER,
    GREY,
    LEFT,
    RIGHT,
    blank,
    grid,
    paragraph,
    repeat,
    shade,
    whole,
    write,
)

REFERENCE = re.compile(r"<([a-z_]+)>")
LINE = "____________________"
OURS, THEIRS = "{{ our.short_name }}", "{{ client.short_name }}"
UNBROKEN = (
    (re.compile(r"№ "), "№\u00a0"),
    (re.compile(r" — "), "\u00a0— "),
    (re.compile(r"\b(ГК|АПК|НК|УК) РФ"), "\\1\u00a0РФ"),
    (re.compile(r"(?i)\b(пункт\w*|стать\w*|част\w*|глав\w*|раздел\w*|подпункт\w*) (?=[\d<])"), "\\1\u00a0"),
    (re.compile(r"(\d) (?=(?:г\.|руб|(?:ГК|АПК|НК)\b))"), "\\1\u00a0"),
    (re.compile(r"ТР ТС (?=\d)"), "ТР\u00a0ТС\u00a0"),
    (re.compile(r"(?<=№\u00a0П)-(?=\d)"), "\u2011"),
)  # fmt: skip
"""Where a line must not break."""


class Contract:
    """A document in the making; `save` is python-docx's. `sides`: what the two are called, or nothing."""

    def __init__(self, head: str, sides: tuple[str, str]):
        self.docx: Docx = blank(typeset(head))
        self.sides = sides
        self._chapter = self._clause = self._point = self._item = 0
        self._numbers: dict[str, str] = {}
        foot = self.docx.sections[0].footer.paragraphs[0]
        first = foot.runs[0]
        first.text = f"{sides[0] or OURS} ______________   {sides[1] or THEIRS} ______________\tСтраница "

    def title(self, *lines: str) -> None:
        for place, line in enumerate(lines):
            paragraph(
                self.docx, typeset(line), bold=place == 0, size=14 if place == 0 else 11, align=CENTER,
                after=10 if line is lines[-1] else 2,
            )  # fmt: skip
        place = grid(self.docx, (87, 88), borders=False).add_row()
        write(place.cells[0], "{{ doc.city }}")
        write(place.cells[1], "{{ doc.date_text }}", align=RIGHT)

    def preamble(self, done: str) -> None:
        """Who with whom, and what they have `done`."""
        ours, theirs = self.sides
        self.text(
            f"{{{{ our.full_name }}}}, {{{{ our.named }}}} в дальнейшем «{ours}», {{{{ our.acts }}}}, с одной стороны, и "
            f"{{{{ client.full_name }}}}, {{{{ client.named }}}} в дальнейшем «{theirs}», {{{{ client.acts }}}}, с другой стороны, "
            f"совместно именуемые «Стороны», а каждая в отдельности — «Сторона», {done} о нижеследующем:",
            before=8,
        )

    def chapter(self, title: str, name: str = "") -> None:
        self._chapter, self._clause = self._chapter + 1, 0
        self._numbers[name] = str(self._chapter)
        head = paragraph(self.docx, f"{self._chapter}. {title}", bold=True, align=CENTER, before=10, after=4, keep=True)
        head.runs[0].font.all_caps = True

    def clause(self, text: str, name: str = "", *, keep: bool = False, before: float = 2) -> None:
        self._clause, self._point = self._clause + 1, 0
        self._numbers[name] = number = f"{self._chapter}.{self._clause}"
        self.text(f"{number}. {text}", keep=keep, before=before)

    def points(self, *texts: str) -> None:
        """What a clause enumerates: 2.3.1, 2.3.2 …"""
        for text in texts:
            self._point += 1
            self.text(f"{self._chapter}.{self._clause}.{self._point}. {text}")

    def item(self, text: str, name: str = "", *, keep: bool = False) -> None:
        """A clause of a document without chapters: 1, 2 …"""
        self._item += 1
        self._numbers[name] = str(self._item)
        self.text(f"{self._item}. {text}", before=4, keep=keep)

    def text(self, text: str, *, before: float = 2, keep: bool = False) -> Paragraph:
        """`keep`: with what follows, mostly a table."""
        after = 4 if keep else 2
        return paragraph(self.docx, typeset(text), align=BOTH, indent=True, before=before, after=after, keep=keep)

    def line(self, text: str, *, before: float = 2, head: bool = False) -> None:
        """A line of a form that people fill in."""
        align = CENTER if head else LEFT
        paragraph(self.docx, typeset(text), align=align, bold=head, before=before, after=6 if head else 2)

    def tag(self, tag: str) -> None:
        """`if`, `else`, `endif` of whole paragraphs."""
        paragraph(self.docx, f"{{%p {tag} %}}")

    def table(self, columns: Sequence[tuple[str, float]], rows: Iterable[Sequence[str]], *, torn: bool = False) -> None:
        """`torn`: a row may go on behind the end of a page."""
        table = grid(self.docx, [width for _, width in columns], borders=True)
        head = table.add_row()
        repeat(head)
        for cell, (title, _) in zip(head.cells, columns, strict=True):
            write(cell, title, bold=True, size=10, align=CENTER)
            shade(cell)
        for texts in rows:
            row = table.add_row()
            if len([text for text in texts if text]) == 1 and texts[0].startswith("{%tr"):
                write(row.cells[0], texts[0])
                continue
            if not torn:
                whole(row)
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                write(cell, typeset(text), size=10, align=CENTER if place == 0 else LEFT)

    def requisites(self, title: str, *, numbered: bool = True) -> None:
        """A chapter with both sides, their bank and where they sign; what the card does not know is a line to fill in.

        The clause before it goes along: nobody signs a page on which nothing stands.
        """
        self.docx.paragraphs[-1].paragraph_format.keep_with_next = True
        if numbered:
            self.chapter(title, "requisites")
        else:
            paragraph(self.docx, title, bold=True, align=CENTER, before=12, after=6, keep=True)
        table = grid(self.docx, (87, 88), borders=False)
        row = table.add_row()
        whole(row)
        for cell, who, side in zip(row.cells, ("our", "client"), self.sides, strict=True):
            if side:
                write(cell, side.upper(), bold=True, after=3, keep=True)
            write(cell, f"{{{{ {who}.full_name }}}}", bold=True, new=bool(side), keep=True)
            write(cell, typeset(_requisites(who)), size=10, new=True, after=10, keep=True)
        self._sign(table)

    def signatures(self) -> None:
        """Where both sign, without requisites."""
        table = grid(self.docx, (87, 88), borders=False)
        row = table.add_row()
        whole(row)
        for cell, side in zip(row.cells, self.sides, strict=True):
            write(cell, side.upper(), bold=True, before=10, after=3, keep=True)
        self._sign(table)

    def _sign(self, table) -> None:
        row = table.add_row()
        whole(row)
        for cell, who in zip(row.cells, ("our", "client"), strict=True):
            write(cell, f"{{{{ {who}.sign_post }}}}", after=14)
            write(cell, f"_________________ / {{{{ {who}.sign_short }}}} /", new=True, after=4)
            write(cell, "М. П. (при наличии)", size=9, new=True, color=GREY)

    def annex(self, number: int, of: str, title: str) -> None:
        """Begins on a new page."""
        first = paragraph(self.docx, typeset(f"Приложение № {number}\n{of}"), size=10, align=RIGHT, after=10)
        first.paragraph_format.page_break_before = True
        paragraph(self.docx, title, bold=True, align=CENTER, after=8).runs[0].font.all_caps = True

    def save(self, path) -> None:
        for one in self._paragraphs():
            for run in one.runs:
                if REFERENCE.search(run.text):
                    run.text = REFERENCE.sub(lambda found: self._numbers[found[1]], run.text)
        self.docx.save(path)

    def _paragraphs(self) -> Iterable[Paragraph]:
        yield from self.docx.paragraphs
        for table in self.docx.tables:
            for row in table.rows:
                for cell in row.cells:
                    yield from cell.paragraphs


def typeset(text: str) -> str:
    for pattern, instead in UNBROKEN:
        text = pattern.sub(instead, text)
    return text


def either(name: str, otherwise: str = LINE) -> str:
    """The value, or what is printed where there is none."""
    return f"{{% if {name} %}}{{{{ {name} }}}}{{% else %}}{otherwise}{{% endif %}}"


def _requisites(who: str) -> str:
    text = (
        "Адрес: {X.legal_address}\n{% if X.post_address and X.post_address != X.legal_address %}Почтовый адрес: {{ X.post_address }}\n{% endif %}"
        "ИНН {{ X.inn }}{% if X.kpp %}, КПП {{ X.kpp }}{% endif %}\n"
        "{% if X.ogrn or not X.is_entrepreneur %}{{ X.ogrn_label }} {X.ogrn}\n{% endif %}"
        "Р/с {X.bank.account}\nБанк: {X.bank.name}\nБИК {X.bank.bik}, к/с {X.bank.corr}\nТел.: {X.phone}\nЭл. почта: {X.email}"
    )
    text = re.sub(r"(?<!\{)\{(X\.[a-z_.]+)\}(?!\})", lambda found: either(found[1]), text)
    return text.replace("X.", f"{who}.")
