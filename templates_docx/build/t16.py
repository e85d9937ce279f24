"""T16, «Счёт на оплату»."""

from docx.document import Document as Docx

from templates_docx.build.blocks import BOTH, bank, blank, gap, goods, grid, paragraph, signature, totals, write


def build() -> Docx:
    docx = blank("Счёт на оплату № {{ doc.number }} от {{ doc.date }}")
    bank(docx)
    paragraph(
        docx,
        "Счёт на оплату № {{ doc.number }} от {{ doc.date_text }}",
        bold=True,
        size=14,
        before=10,
        after=4,
        line=True,
    )
    sides = grid(docx, (28, 147), borders=False)
    for label, value in (
        ("Поставщик:", "{{ our.short_name }}, ИНН {{ our.inn }}{% if our.kpp %}, КПП {{ our.kpp }}{% endif %}, {{ our.legal_address }}, тел. {{ our.phone }}"),
        ("Покупатель:", "{{ client.short_name }}, ИНН {{ client.inn }}{% if client.kpp %}, КПП {{ client.kpp }}{% endif %}{% if client.legal_address %}, {{ client.legal_address }}{% endif %}{% if client.phone %}, тел. {{ client.phone }}{% endif %}"),
        ("Основание:", "{% if invoice.basis %}{{ invoice.basis }}{% else %}заказ покупателя{% endif %}"),
    ):  # fmt: skip
        row = sides.add_row()
        write(row.cells[0], label, after=3)
        write(row.cells[1], value, bold=True, after=3)
    gap(docx)
    goods(docx)
    totals(docx)
    paragraph(docx, "Всего наименований {{ total.count }}, на сумму {{ total.sum }} руб.", before=6)
    paragraph(docx, "{{ total.sum_words }}", bold=True, after=6, line=True)
    paragraph(docx, "{%p if invoice.is_part %}")
    paragraph(
        docx,
        "К оплате по настоящему счёту — аванс {{ invoice.percent }}: {{ invoice.now }} ₽ — {{ invoice.now_words }}, до {{ invoice.until_text }}",
        bold=True, after=3, align=BOTH,
    )  # fmt: skip
    paragraph(docx, "{%p else %}")
    paragraph(docx, "Счёт действителен к оплате до {{ invoice.until_text }}", after=3)
    paragraph(docx, "{%p endif %}")
    paragraph(docx, "{%p if terms.lines|length > 1 %}")
    paragraph(docx, "Условия оплаты: {{ terms.text }}", after=3, align=BOTH)
    paragraph(docx, "{%p endif %}")
    paragraph(docx, "Назначение платежа: {{ invoice.purpose }}.", size=10, after=14, align=BOTH, keep=True)
    people = (("{{ our.sign_post }}", "{{ our.sign_short }}"), ("Главный бухгалтер", "{{ our.accountant_short }}"))
    signature(docx, people, "Подпись", "Печать")
    return docx
