"""T15, «Акт сдачи-приёмки выполненных работ (услуг)»."""

from docx.document import Document as Docx

from templates_docx.build.blocks import (
    LEFT,
    RIGHT,
    blank,
    goods,
    grid,
    paragraph,
    shade,
    tag_row,
    whole,
    write,
)
from templates_docx.build.paper import end_if, only_if, otherwise, place_and_date, point, sides, title

TOTALS = (
    ("Итого:", "{{ total.sum }}", ""),
    ("В том числе НДС:", "{{ total.vat }}", "total.has_vat"),
    ("НДС:", "не облагается", "not total.has_vat"),
)
SETTLEMENT = (
    ("Стоимость по акту", "{{ total.sum }}", ""),
    ("Зачтён ранее уплаченный аванс", "−\u00a0{{ acceptance.advance }}", "acceptance.has_advance"),
    (
        "Гарантийное удержание {{ acceptance.retained_percent }}",
        "−\u00a0{{ acceptance.retained }}",
        "acceptance.has_retention",
    ),
)


def build() -> Docx:
    docx = blank("Акт № {{ doc.number }} к договору № {{ contract.number }}")
    title(
        docx,
        "АКТ № {{ doc.number }}",
        "сдачи-приёмки выполненных работ (оказанных услуг)",
        "к договору № {{ contract.number }} от {{ contract.date_text }}",
    )
    place_and_date(docx)
    point(
        docx,
        "{{ our.full_name }}, {{ our.named }} в дальнейшем «Исполнитель», {{ our.acts }}, с одной стороны, и {{ client.full_name }}, "
        "{{ client.named }} в дальнейшем «Заказчик», {{ client.acts }}, с другой стороны, вместе именуемые «Стороны», составили "
        "настоящий акт (далее — Акт) о нижеследующем:",
    )
    point(
        docx,
        "1. В соответствии с договором № {{ contract.number }} от {{ contract.date_text }} (далее — Договор) Исполнитель сдал, а Заказчик "
        "принял следующие работы (услуги){% if acceptance.has_period %}, выполненные в период с {{ acceptance.from_text }} по "
        "{{ acceptance.until_text }}{% endif %}{% if acceptance.object %}, объект: {{ acceptance.object }}{% endif %}"
        "{% if acceptance.stage %}, этап: {{ acceptance.stage }}{% endif %}:",
        keep=True,
    )
    goods(docx)
    _totals(docx)
    point(
        docx,
        "2. Стоимость работ (услуг) по Акту составляет {{ total.sum_words }}, {{ total.vat_clause }}.",
        before=8,
    )
    _remarks(docx)
    _settlement(docx)
    point(
        docx,
        "5. Акт составлен в двух экземплярах, имеющих равную юридическую силу, по одному для каждой из Сторон"
        "{% if agreed.electronic %}, либо в форме электронного документа, подписанного усиленными квалифицированными электронными "
        "подписями Сторон{% endif %}, и является основанием для расчётов по Договору.",
    )
    sides(docx, "ИСПОЛНИТЕЛЬ", "ЗАКАЗЧИК")
    return docx


def _totals(docx: Docx) -> None:
    """Right under the rows, aligned with their sums."""
    table = grid(docx, (127, 28, 20), borders=False)
    _rows(table, TOTALS, RIGHT)


def _rows(table, lines, align) -> None:
    for label, value, condition in lines:
        if condition:
            tag_row(table, f"{{%tr if {condition} %}}")
        row = table.add_row()
        whole(row)
        write(row.cells[0], label, bold=align == RIGHT, size=10, align=align)
        write(row.cells[1], value, bold=align == RIGHT, size=10, align=RIGHT)
        if condition:
            tag_row(table, "{%tr endif %}")


def _remarks(docx: Docx) -> None:
    only_if(docx, "acceptance.has_remarks")
    point(
        docx,
        "3. При приёмке выявлены следующие недостатки (пункт 2 статьи 720 Гражданского кодекса Российской Федерации):",
        keep=True,
    )
    paragraph(docx, "{%p for remark in acceptance.remarks %}")
    paragraph(docx, "— {{ remark }}", align=LEFT, indent=True)
    paragraph(docx, "{%p endfor %}")
    point(
        docx,
        "Исполнитель безвозмездно устраняет указанные недостатки в течение {{ agreed.replacement }} с даты подписания Акта, если "
        "Договором не установлен иной срок (статья 723 Гражданского кодекса Российской Федерации). В остальном Заказчик претензий по "
        "объёму, качеству и срокам работ (услуг) не имеет.",
    )
    otherwise(docx)
    point(
        docx,
        "3. Работы выполнены (услуги оказаны) в полном объёме, в согласованный срок и с надлежащим качеством. Результат осмотрен и принят "
        "Заказчиком (статьи 720 и 783 Гражданского кодекса Российской Федерации), замечаний и претензий по объёму, качеству и срокам "
        "Заказчик не имеет.",
    )
    end_if(docx)


def _settlement(docx: Docx) -> None:
    only_if(docx, "acceptance.has_advance or acceptance.has_retention")
    point(docx, "4. Расчёты по Акту:", keep=True)
    table = grid(docx, (115, 40), borders=True)
    _rows(table, SETTLEMENT, LEFT)
    last = table.add_row()
    whole(last)
    for cell, text, align in zip(last.cells, ("К оплате, ₽", "{{ acceptance.to_pay }}"), (LEFT, RIGHT), strict=True):
        write(cell, text, bold=True, size=10, align=align)
        shade(cell)
    end_if(docx)
    only_if(docx, "acceptance.has_retention")
    point(
        docx,
        "Заказчик удерживает {{ acceptance.retained_words }} в обеспечение гарантийных обязательств и выплачивает эту сумму Исполнителю "
        "{% if acceptance.retained_until %}{{ acceptance.retained_until }}{% else %}по истечении гарантийного срока{% endif %} в порядке, "
        "установленном Договором.",
        before=6,
    )
    end_if(docx)
    only_if(docx, "acceptance.is_paid")
    point(
        docx,
        "{% if not acceptance.has_advance and not acceptance.has_retention %}4. {% endif %}Иных сумм к оплате по Акту не причитается.",
        before=6,
    )
    otherwise(docx)
    point(
        docx,
        "{% if not acceptance.has_advance and not acceptance.has_retention %}4. {% endif %}К оплате по Акту причитается "
        "{{ acceptance.to_pay_words }}. Срок оплаты установлен Договором.",
        before=6,
    )
    end_if(docx)
