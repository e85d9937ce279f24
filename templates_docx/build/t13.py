"""T13, «Дополнительное соглашение о пролонгации»."""

from docx.document import Document as Docx

from templates_docx.build.blocks import CENTER, LEFT, RIGHT, blank
from templates_docx.build.paper import (
    Column,
    end_if,
    listing,
    only_if,
    otherwise,
    place_and_date,
    point,
    sides,
    title,
)

PRICES = (
    Column("№", 10, CENTER, "{{ row.n }}"),
    Column("Наименование", 95, LEFT, "{{ row.name }}"),
    Column("Ед.", 15, CENTER, "{{ row.unit }}"),
    Column("Новая цена за единицу, ₽", 33, RIGHT, "{{ row.price }}"),
    Column("НДС", 22, CENTER, "{{ row.vat_rate }}"),
)


def build() -> Docx:
    docx = blank("Дополнительное соглашение № {{ doc.number }} к договору № {{ contract.number }}")
    title(
        docx,
        "ДОПОЛНИТЕЛЬНОЕ СОГЛАШЕНИЕ № {{ doc.number }}",
        "к договору № {{ contract.number }} от {{ contract.date_text }}",
        "о продлении срока действия договора",
    )
    place_and_date(docx)
    point(
        docx,
        "{{ our.full_name }}, {{ our.acts }}, с одной стороны, и {{ client.full_name }}, {{ client.acts }}, с другой стороны, "
        "вместе именуемые «Стороны», руководствуясь статьями 450 и 452 Гражданского кодекса Российской Федерации, заключили "
        "настоящее дополнительное соглашение (далее — Соглашение) к договору № {{ contract.number }} от {{ contract.date_text }} "
        "(далее — Договор) о нижеследующем:",
    )
    point(
        docx,
        "1. Срок действия Договора, установленный по {{ prolongation.old_end }} включительно, продлевается "
        "по {{ prolongation.new_end }} включительно.",
    )
    only_if(docx, "prolongation.reprices")
    point(
        docx,
        "2. С {{ prolongation.since }} по Договору действуют следующие цены{% if total.has_vat %} (с учётом НДС){% endif %}:",
        keep=True,
    )
    listing(docx, PRICES, "row in rows")
    point(
        docx,
        "{% if total.has_vat %}{{ total.by_law }} {% endif %}Цены на позиции, не указанные в таблице, не изменяются. Заявки и "
        "спецификации, согласованные Сторонами до указанной даты, исполняются по ранее согласованным ценам.",
        before=6,
    )
    otherwise(docx)
    point(docx, "2. Цены, порядок расчётов и иные условия Договора, согласованные Сторонами ранее, не изменяются.")
    end_if(docx)
    only_if(docx, "prolongation.is_late")
    point(
        docx,
        "3. Соглашение вступает в силу с даты его подписания. В соответствии с пунктом 2 статьи 425 Гражданского кодекса Российской "
        "Федерации его условия применяются к отношениям Сторон, возникшим с {{ prolongation.since }}; обязательства, исполненные "
        "Сторонами с этой даты, считаются исполненными по Договору.",
    )
    otherwise(docx)
    point(docx, "3. Соглашение вступает в силу с даты его подписания Сторонами.")
    end_if(docx)
    point(
        docx,
        "4. Во всём остальном, что не предусмотрено Соглашением, Стороны руководствуются Договором. Соглашение является "
        "неотъемлемой частью Договора.",
    )
    point(
        docx,
        "5. Соглашение составлено в двух экземплярах, имеющих равную юридическую силу, по одному для каждой из Сторон"
        "{% if agreed.electronic %}, либо в форме электронного документа, подписанного усиленными квалифицированными электронными "
        "подписями Сторон{% endif %}.",
    )
    sides(docx)
    return docx
