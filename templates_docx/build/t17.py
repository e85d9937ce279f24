"""T17, «Коммерческое предложение»."""

from docx.document import Document as Docx

from templates_docx.build.blocks import (
    BOTH,
    CENTER,
    GREY,
    RIGHT,
    blank,
    goods,
    grid,
    letterhead,
    paragraph,
    signature,
    totals,
    whole,
    write,
)


def build() -> Docx:
    docx = blank("Коммерческое предложение № {{ doc.number }} от {{ doc.date }}")
    letterhead(docx)
    sides = grid(docx, (85, 90), borders=False)
    left, right = sides.add_row().cells
    write(left, "Исх. № {{ doc.number }}\nот {{ doc.date_text }}")
    write(right, "{{ client.full_name }}", align=RIGHT)
    paragraph(docx, "КОММЕРЧЕСКОЕ ПРЕДЛОЖЕНИЕ", bold=True, size=14, align=CENTER, before=14, after=10)
    paragraph(docx, "{{ greeting }}", after=6)
    paragraph(
        docx,
        "{{ our.short_name }} благодарит Вас за обращение и предлагает к поставке следующую продукцию:",
        align=BOTH, indent=True, after=6,
    )  # fmt: skip
    goods(docx)
    totals(docx)
    paragraph(docx, "Стоимость предложения: {{ total.sum_words }}.", bold=True, before=8, after=8, align=BOTH)
    terms = grid(docx, (48, 127), borders=False)
    for label, value in (
        ("Срок поставки:", "{{ delivery.until_text }}"),
        ("Доставка:", "{% if delivery.is_fetched %}самовывоз со склада Поставщика{% elif delivery.way %}{{ delivery.way }}{% if delivery.address %}, {{ delivery.address }}{% endif %}{% else %}по согласованию сторон{% endif %}"),
        ("Условия оплаты:", "{{ terms.text }}"),
        ("Срок действия цен:", "до {{ price.until_text }}"),
    ):  # fmt: skip
        row = terms.add_row()
        whole(row)
        write(row.cells[0], label, bold=True)
        write(row.cells[1], value)
    paragraph(
        docx,
        "Будем рады ответить на Ваши вопросы и согласовать удобные условия.",
        before=10,
        after=14,
        indent=True,
        keep=True,
    )
    signature(docx, (("{{ our.sign_post }}", "{{ our.sign_short }}"),), "Подпись", "Печать")
    paragraph(
        docx,
        "Исполнитель: {{ manager.fio }}{% if manager.post %}, {{ manager.post|lower }}{% endif %}\nТел.: {{ manager.phone }}, эл. почта: {{ manager.email }}",
        size=9, before=16, color=GREY,
    )  # fmt: skip
    return docx
