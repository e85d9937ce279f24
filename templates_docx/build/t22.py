"""T22, «Расчёт вознаграждения менеджера»."""

from docx.document import Document as Docx

from templates_docx.build.blocks import CENTER, GREY, LEFT, RIGHT, blank, grid, paragraph, whole, write
from templates_docx.build.paper import Column, end_if, listing, only_if, place_and_date, point, title

BRANCHES = (
    Column("№", 12, CENTER, "{{ branch.n }}"),
    Column("Филиал", 70, LEFT, "{{ branch.name }}", "Итого"),
    Column("Продажи, ₽", 37, RIGHT, "{{ branch.sales }}", "{{ bonus.sales }}"),
    Column("Ставка", 22, RIGHT, "{{ branch.rate }}"),
    Column("Вознаграждение, ₽", 34, RIGHT, "{{ branch.bonus }}", "{{ bonus.earned }}"),
)
CORRECTIONS = (
    Column("Корректировки прошлых периодов", 141, LEFT, "{{ line.text }}", "Итого"),
    Column("Сумма, ₽", 34, RIGHT, "{{ line.amount }}", "{{ bonus.corrected }}"),
)
MISSING = (
    Column("Не вошли в расчёт", 105, LEFT, "{{ branch.name }}"),
    Column("Причина", 70, LEFT, "{{ branch.reason }}"),
)
RESULT = (
    ("Вознаграждение за месяц", "bonus.earned", None),
    ("Корректировки прошлых периодов", "bonus.corrected", "bonus.has_corrections"),
    ("К зачёту с прошлого месяца", "bonus.carry", "bonus.has_carry"),
    ("К начислению", "bonus.pay", None),
    ("Переходит на следующий месяц", "bonus.to_next", "bonus.has_rest"),
)


def build() -> Docx:
    docx = blank("Расчёт вознаграждения № {{ doc.number }} от {{ doc.date }}")
    paragraph(docx, "{{ our.short_name }}", bold=True, after=6)
    title(
        docx, "РАСЧЁТ ВОЗНАГРАЖДЕНИЯ № {{ doc.number }}", "менеджера по работе с дистрибьютором за {{ bonus.month }} г."
    )
    place_and_date(docx)
    point(docx, "Менеджер: {{ bonus.manager }}.")
    only_if(docx, "bonus.has_branches")
    listing(docx, BRANCHES, "branch in bonus.branches", foot=True)
    end_if(docx)
    only_if(docx, "bonus.has_corrections")
    listing(docx, CORRECTIONS, "line in bonus.corrections", foot=True)
    end_if(docx)
    only_if(docx, "bonus.has_missing")
    listing(docx, MISSING, "branch in bonus.missing")
    end_if(docx)
    _result(docx)
    point(docx, "К начислению: {{ bonus.pay_words }}.", before=8, keep=True)
    _signatures(docx)
    return docx


def _result(docx: Docx) -> None:
    paragraph(docx, "", size=4, keep=True)
    table = grid(docx, (141, 34), borders=True)
    for name, value, condition in RESULT:
        if condition:
            write(table.add_row().cells[0], f"{{%tr if {condition} %}}")
        row = table.add_row()
        whole(row)
        is_main = value == "bonus.pay"
        write(row.cells[0], f"{name}, ₽", bold=is_main, size=9.5, keep=True)
        write(row.cells[1], f"{{{{ {value} }}}}", bold=is_main, size=9.5, align=RIGHT, keep=True)
        if condition:
            write(table.add_row().cells[0], "{%tr endif %}")


def _signatures(docx: Docx) -> None:
    for post in ("Руководитель направления по работе с дистрибьюторами", "Главный бухгалтер"):
        row = grid(docx, (80, 50, 45), borders=False).add_row()
        whole(row)
        write(row.cells[0], post, before=14, after=2, keep=True)
        write(row.cells[1], "____________________", align=CENTER, before=14, after=2, keep=True)
        write(row.cells[2], "/____________________/", align=LEFT, before=14, after=2, keep=True)
    paragraph(
        docx, "Суммы рассчитаны по отчётам филиалов, принятым до согласования расчёта.", size=9, before=8, color=GREY
    )
