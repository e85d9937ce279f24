"""T13, «Дополнительное соглашение о пролонгации»."""

from templates_docx.build.blocks import CENTER, LEFT, RIGHT
from templates_docx.build.contract import Contract
from templates_docx.build.paper import Column, listing
from templates_docx.build.t14 import CONTRACT, between

PRICES = (
    Column("№", 10, CENTER, "{{ row.n }}"),
    Column("Наименование", 95, LEFT, "{{ row.name }}"),
    Column("Ед.", 15, CENTER, "{{ row.unit }}"),
    Column("Новая цена за единицу, ₽", 33, RIGHT, "{{ row.price }}"),
    Column("НДС", 22, CENTER, "{{ row.vat_rate }}"),
)


def build() -> Contract:
    made = Contract("Дополнительное соглашение № {{ doc.number }} к договору № {{ contract.number }}", ("", ""))
    made.title("ДОПОЛНИТЕЛЬНОЕ СОГЛАШЕНИЕ № {{ doc.number }}", CONTRACT, "(о продлении срока действия договора)")
    made.text(between(), before=8)
    made.item(
        "Срок действия Договора, установленный по {{ prolongation.old_end }} включительно, продлевается по {{ prolongation.new_end }} "
        "включительно."
    )
    made.tag("if prolongation.reprices")
    made.text(
        "2. С {{ prolongation.since }} по Договору действуют следующие цены{% if total.has_vat %} (с учётом НДС){% endif %}:",
        before=4, keep=True,
    )  # fmt: skip
    listing(made.docx, PRICES, "row in rows")
    made.text(
        "{{ total.taxes }} Цены на позиции, не указанные в таблице, не изменяются. Заявки и спецификации, согласованные Сторонами до "
        "указанной даты, исполняются по ранее согласованным ценам.",
        before=6,
    )
    made.tag("else")
    made.item("Цены, порядок расчётов и иные условия Договора, согласованные Сторонами ранее, не изменяются.")
    made.tag("endif")
    made.item(
        "Соглашение вступает в силу с даты его подписания Сторонами.{% if prolongation.is_late %} Его условия применяются к отношениям "
        "Сторон, возникшим с {{ prolongation.since }} (пункт 2 статьи 425 ГК РФ); обязательства, исполненные Сторонами начиная с этой "
        "даты, считаются исполненными по Договору.{% endif %}"
    )
    made.item(
        "Во всём остальном, что не предусмотрено Соглашением, Стороны руководствуются Договором. Соглашение является неотъемлемой частью "
        "Договора."
    )
    made.item(
        "Соглашение составлено в двух экземплярах, имеющих равную юридическую силу, по одному для каждой из Сторон, либо в форме "
        "электронного документа, подписанного усиленными квалифицированными электронными подписями Сторон."
    )
    made.requisites("Реквизиты и подписи Сторон", numbered=False)
    return made
