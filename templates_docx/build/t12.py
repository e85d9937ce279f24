"""T12, «Спецификация к договору»."""

from docx.document import Document as Docx

from templates_docx.build.blocks import (
    BOTH,
    CENTER,
    RIGHT,
    blank,
    clause,
    goods,
    grid,
    paragraph,
    parties,
    schedule,
    totals,
    write,
)


def build() -> Docx:
    docx = blank("Спецификация № {{ doc.number }} к договору № {{ contract.number }}")
    paragraph(docx, "СПЕЦИФИКАЦИЯ № {{ doc.number }}", bold=True, size=14, align=CENTER)
    paragraph(docx, "к договору № {{ contract.number }} от {{ contract.date_text }}", align=CENTER, after=10)
    place = grid(docx, (87, 88), borders=False).add_row()
    write(place.cells[0], "{{ doc.city }}")
    write(place.cells[1], "{{ doc.date_text }}", align=RIGHT)
    paragraph(
        docx,
        "{{ our.full_name }}, {{ our.named }} в дальнейшем «Поставщик», {{ our.acts }}, с одной стороны, и "
        "{{ client.full_name }}, {{ client.named }} в дальнейшем «Покупатель», {{ client.acts }}, с другой стороны, вместе именуемые "
        "«Стороны», составили настоящую спецификацию о нижеследующем:",
        align=BOTH, indent=True, before=8, after=6,
    )  # fmt: skip
    clause(
        docx,
        "1. Поставщик обязуется передать в собственность Покупателя, а Покупатель — принять и оплатить следующий товар (далее — Товар):",
    )
    goods(docx)
    totals(docx)
    clause(docx, "2. Общая стоимость Товара составляет {{ total.sum_words }}, {{ total.vat_clause }}.", before=8)
    paragraph(docx, "{%p if total.has_vat %}")
    clause(docx, "{{ total.by_law }}")
    paragraph(docx, "{%p endif %}")
    clause(docx, "3. Срок поставки: {{ delivery.until_text }}")
    clause(
        docx,
        "4. Доставка: {% if delivery.is_fetched %}самовывоз со склада Поставщика{% elif delivery.way %}{{ delivery.way }}{% if delivery.address %}, адрес: {{ delivery.address }}{% endif %}{% else %}по согласованию сторон{% endif %}.",
    )
    clause(docx, "5. Порядок оплаты. {{ terms.text }}")
    paragraph(docx, "{%p if terms.lines|length > 1 %}")
    schedule(docx)
    paragraph(docx, "{%p endif %}")
    clause(
        docx,
        "6. Настоящая спецификация является неотъемлемой частью договора № {{ contract.number }} от {{ contract.date_text }}, составлена в двух "
        "экземплярах, имеющих равную юридическую силу, по одному для каждой из Сторон, и вступает в силу с даты её подписания. Во всём, что не "
        "предусмотрено спецификацией, Стороны руководствуются договором.",
        before=4,
    )  # fmt: skip
    paragraph(docx, "Реквизиты и подписи Сторон", bold=True, align=CENTER, before=12, after=6, keep=True)
    parties(docx)
    return docx
