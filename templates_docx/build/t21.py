"""T21, «Отчёт территориального представителя»: what was spent, whom they visited, and how accounts are settled."""

from docx.document import Document as Docx

from templates_docx.build.blocks import CENTER, LEFT, RIGHT, blank, grid, paragraph, picture, tag_row, whole, write
from templates_docx.build.paper import Column, end_if, listing, only_if, otherwise, point, title

EXPENSES = (
    Column("№", 9, CENTER, "{{ line.n }}"),
    Column("Статья", 37, LEFT, "{{ line.item }}", "Итого"),
    Column("Дата", 21, CENTER, "{{ line.date }}"),
    Column("Документ", 52, LEFT, "{{ line.paper }}"),
    Column("Заявлено, ₽", 28, RIGHT, "{{ line.claimed }}", "{{ report.claimed }}"),
    Column("Принято, ₽", 28, RIGHT, "{{ line.accepted }}", "{{ report.accepted }}"),
)
VISITS = (
    Column("№", 9, CENTER, "{{ visit.n }}"),
    Column("Дата", 21, CENTER, "{{ visit.date }}"),
    Column("Компания", 50, LEFT, "{{ visit.company }}"),
    Column("Цель", 45, LEFT, "{{ visit.purpose }}"),
    Column("Итог", 50, LEFT, "{{ visit.outcome }}"),
)


def build() -> Docx:
    docx = blank("Отчёт представителя № {{ doc.number }} от {{ doc.date }}")
    _approval(docx)
    title(
        docx,
        "ОТЧЁТ ТЕРРИТОРИАЛЬНОГО ПРЕДСТАВИТЕЛЯ № {{ doc.number }}",
        "за {{ report.month }} г.",
        "{{ report.fio }}{% if report.city %}, г. {{ report.city }}{% endif %}",
        before=10,
    )
    _expenses(docx)
    _visits(docx)
    _tasks(docx)
    _accounts(docx)
    _signatures(docx)
    return docx


def _approval(docx: Docx) -> None:
    """«УТВЕРЖДАЮ» of whoever signs for the company, with the pictures of signature and stamp where it has them."""
    row = grid(docx, (95, 80), borders=False).add_row()
    whole(row)
    write(row.cells[0], "{{ our.full_name }}\nИНН {{ our.inn }}", size=10)
    right = row.cells[1]
    write(right, "УТВЕРЖДАЮ", bold=True)
    write(right, "{{ our.sign_post }} {{ our.short_name }}", new=True)
    write(right, "____________________ {{ our.sign_short }}", new=True, before=6)
    write(right, "{%p if stamp.flag %}", new=True)
    pasted = right.add_paragraph()
    for one in ("Подпись", "Печать"):
        picture(pasted, one, 25)
    write(right, "{%p endif %}", new=True)
    write(right, "{{ doc.date_text }}", new=True, before=3)


def _head(docx: Docx, text: str) -> None:
    paragraph(docx, text, bold=True, before=10, after=3, keep=True)


def _expenses(docx: Docx) -> None:
    _head(docx, "1. Расходы")
    only_if(docx, "report.has_lines")
    listing(docx, EXPENSES, "line in report.lines", foot=True)
    otherwise(docx)
    point(docx, "Расходов в отчётном месяце нет.")
    end_if(docx)
    only_if(docx, "report.has_cut")
    said = "{% if report.is_raised %}Принято сверх заявленного{% else %}Не принято{% endif %}"
    point(docx, said + ": {{ report.cut }} ₽. Основание: {{ report.cut_note }}.", before=6)
    end_if(docx)


def _visits(docx: Docx) -> None:
    _head(docx, "2. Посещения клиентов: {{ report.visited }}, план {{ report.visits_plan }}")
    listing(docx, VISITS, "visit in report.visits")


def _tasks(docx: Docx) -> None:
    _head(docx, "3. Выполненные задачи (закрыто / просрочено: {{ report.tasks_done }})")
    paragraph(docx, "{%p for task in report.tasks %}")
    point(docx, "— {{ task }}")
    paragraph(docx, "{%p endfor %}")


def _accounts(docx: Docx) -> None:
    _head(docx, "4. Расчёты")
    table = grid(docx, (130, 45), borders=True)
    formula = (
        "остаток + принято − выдано{% if report.was_paid %} − выплачено ранее{% endif %}"
        "{% if report.was_held %} + удержано ранее{% endif %}"
    )
    for label, value, condition in (
        ("Остаток с прошлого месяца", "{{ report.carry }}", ""),
        ("Выдано под отчёт", "{{ report.advance }}", ""),
        ("Принято расходов", "{{ report.accepted }}", ""),
        ("Выплачено ранее", "{{ report.before }}", "report.was_paid"),
        ("Удержано ранее", "{{ report.before }}", "report.was_held"),
        (f"Итог расчётов ({formula})", "{{ report.balance }}", ""),
    ):
        if condition:
            tag_row(table, f"{{%tr if {condition} %}}")
        row = table.add_row()
        whole(row)
        is_last = label.startswith("Итог")
        write(row.cells[0], f"{label}, ₽", size=10, bold=is_last)
        write(row.cells[1], value, size=10, align=RIGHT, bold=is_last)
        if condition:
            tag_row(table, "{%tr endif %}")
    only_if(docx, "report.is_paid")
    point(docx, "К выплате представителю: {{ report.to_pay }}.", before=6)
    end_if(docx)
    only_if(docx, "report.is_held")
    point(
        docx,
        "К удержанию с представителя: {{ report.to_hold }}. Удержание производится с письменного согласия работника (статья 137 "
        "Трудового кодекса Российской Федерации) в пределах, установленных статьёй 138 того же кодекса."
        "{% if report.is_limited %} Переносится на следующий месяц: {{ report.carry_out }}.{% endif %}",
        before=6,
    )
    end_if(docx)
    only_if(docx, "not report.is_paid and not report.is_held")
    point(docx, "Расчёты закрыты: стороны ничего не должны друг другу.", before=6)
    end_if(docx)
    only_if(docx, "report.is_late")
    point(docx, "Отчёт сдан с опозданием, рабочих дней: {{ report.late }}.")
    end_if(docx)


def _signatures(docx: Docx) -> None:
    table = grid(docx, (75, 50, 50), borders=False)
    for post, name in (
        ("Территориальный представитель", "{{ report.fio_short }}"),
        ("Координатор отдела продаж", "{{ report.coordinator }}"),
        ("Бухгалтер", "{{ report.accountant }}"),
        ("Коммерческий директор", "{{ report.director }}"),
    ):
        row = table.add_row()
        whole(row)
        for cell, text, align in zip(
            row.cells, (post, "____________________", name), (LEFT, CENTER, LEFT), strict=True
        ):
            write(cell, text, align=align, before=14, keep=post != "Коммерческий директор")
