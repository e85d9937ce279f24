"""T19, «Акт сверки взаимных расчётов»."""

from docx.document import Document as Docx
from docx.table import Table

from templates_docx.build.blocks import (
    CENTER,
    GREY,
    LEFT,
    RIGHT,
    blank,
    grid,
    merge,
    paragraph,
    repeat,
    shade,
    tag_row,
    whole,
    write,
)
from templates_docx.build.paper import end_if, only_if, otherwise, place_and_date, point, title

SIZE = 8.5
HALF = (("Дата", 17.5, CENTER), ("Документ", 29, LEFT), ("Дебет", 20.5, RIGHT), ("Кредит", 20.5, RIGHT))
BLANK = "_" * 30


def build() -> Docx:
    docx = blank("Акт сверки № {{ doc.number }} от {{ doc.date }}")
    title(
        docx,
        "АКТ СВЕРКИ ВЗАИМНЫХ РАСЧЁТОВ № {{ doc.number }}",
        "за период с {{ recon.from_text }} по {{ recon.until_text }}",
        "между {{ our.short_name }} и {{ client.short_name }}{% if contract.number %}\nпо договору № {{ contract.number }} от {{ contract.date_text }}{% endif %}",
    )
    place_and_date(docx)
    point(
        docx,
        "{{ our.full_name }} (ИНН {{ our.inn }}) и {{ client.full_name }} (ИНН {{ client.inn }}) составили настоящий акт о том, что "
        "состояние взаимных расчётов{% if contract.number %} по договору № {{ contract.number }} от {{ contract.date_text }}{% endif %} "
        "по данным учёта следующее:",
        keep=True,
    )
    _account(docx)
    _outcome(docx)
    _signatures(docx)
    return docx


def _account(docx: Docx) -> None:
    """Our half is filled in, theirs waits for their bookkeeper."""
    table = grid(docx, [width for _ in range(2) for _, width, _ in HALF], borders=True)
    _heads(table)
    _line(table, ("Сальдо начальное", "{{ recon.opening.debit }}", "{{ recon.opening.credit }}"))
    tag_row(table, "{%tr for line in recon.lines %}")
    row = table.add_row()
    whole(row)
    texts = ("{{ line.date }}", "{{ line.document }}", "{{ line.debit }}", "{{ line.credit }}")
    for cell, text, (_, _, align) in zip(row.cells, (*texts, "", "", "", ""), (*HALF, *HALF), strict=True):
        write(cell, text, size=SIZE, align=align)
    tag_row(table, "{%tr endfor %}")
    _line(table, ("Обороты за период", "{{ recon.turnover.debit }}", "{{ recon.turnover.credit }}"))
    _line(table, ("Сальдо конечное", "{{ recon.closing.debit }}", "{{ recon.closing.credit }}"))


def _heads(table: Table) -> None:
    whose = table.add_row()
    repeat(whose)
    for place, name in ((0, "our"), (4, "client")):
        write(whose.cells[place], f"По данным {{{{ {name}.short_name }}}}, ₽", bold=True, size=SIZE, align=CENTER)
        shade(whose.cells[place])
    what = table.add_row()
    repeat(what)
    for cell, (name, _, _) in zip(what.cells, (*HALF, *HALF), strict=True):
        write(cell, name, bold=True, size=SIZE, align=CENTER)
        shade(cell)
    merge(table, 0, 0, 0, 3)
    merge(table, 0, 4, 0, 7)


def _line(table: Table, texts: tuple[str, str, str]) -> None:
    """A balance or the turnover, on both halves."""
    row = table.add_row()
    whole(row)
    for start, (name, debit, credit) in ((0, texts), (4, (texts[0], "", ""))):
        write(row.cells[start], name, bold=True, size=SIZE)
        write(row.cells[start + 2], debit, bold=True, size=SIZE, align=RIGHT)
        write(row.cells[start + 3], credit, bold=True, size=SIZE, align=RIGHT)
    last = len(table.rows) - 1
    merge(table, last, 0, last, 1)
    merge(table, last, 4, last, 5)


def _outcome(docx: Docx) -> None:
    only_if(docx, "recon.is_even")
    point(
        docx,
        "По данным {{ our.short_name }} на {{ recon.until_text }} взаимная задолженность отсутствует.",
        before=8,
    )
    otherwise(docx)
    point(
        docx,
        "По данным {{ our.short_name }} на {{ recon.until_text }} задолженность в пользу {{ recon.creditor }} составляет "
        "{{ recon.balance_words }}.",
        before=8,
    )
    end_if(docx)
    paragraph(docx, "По данным {{ client.short_name }} на {{ recon.until_text }} задолженность", before=6)
    paragraph(docx, f"в пользу {BLANK} составляет {BLANK} руб.", after=6)
    point(
        docx,
        "Просим проверить данные, подписать акт и вернуть один экземпляр в течение {{ agreed.acceptance }} с даты получения. При "
        "расхождениях заполните правую часть таблицы и приложите копии документов. Подписание акта без разногласий означает признание "
        "указанной в нём задолженности (статьи 203 и 206 Гражданского кодекса Российской Федерации).",
    )


def _signatures(docx: Docx) -> None:
    table = grid(docx, (87, 88), borders=False)
    row = table.add_row()
    whole(row)
    for cell, who in zip(row.cells, ("our", "client"), strict=True):
        write(cell, f"От {{{{ {who}.short_name }}}}", bold=True, before=10, after=8, keep=True)
        _signature(cell, f"{{{{ {who}.sign_post }}}}", f"{{{{ {who}.sign_short }}}}")
        write(cell, f"{{%p if {who}.accountant_short %}}", new=True)
        _signature(cell, "Главный бухгалтер", f"{{{{ {who}.accountant_short }}}}")
        write(cell, "{%p endif %}", new=True)
        write(cell, "М. П. (при наличии)", size=9, new=True, color=GREY)


def _signature(cell, post: str, name: str) -> None:
    write(cell, post, new=True, after=10, keep=True)
    write(cell, f"_________________ / {name} /", new=True, after=8, keep=True)
