"""T15, «Акт сдачи-приёмки выполненных работ (услуг)»."""

from collections.abc import Sequence

from docx.table import Table

from templates_docx.build.blocks import LEFT, RIGHT, goods, grid, shade, tag_row, whole, write
from templates_docx.build.contract import Contract
from templates_docx.build.paper import both_sign

CONTRACT = "№ {{ contract.number }} от {{ contract.date_text }}"
TOTALS = (
    ("Итого:", "{{ total.sum }}", ""),
    ("В том числе НДС:", "{{ total.vat }}", "total.has_vat"),
    ("НДС:", "не облагается", "not total.has_vat"),
)
SETTLEMENT = (
    ("Стоимость по Акту", "{{ total.sum }}", ""),
    ("Зачтён ранее уплаченный аванс", "−\u00a0{{ acceptance.advance }}", "acceptance.has_advance"),
    (
        "Гарантийное удержание {{ acceptance.retained_percent }}, выплачивается {% if acceptance.retained_until %}"
        "{{ acceptance.retained_until }}{% else %}по истечении гарантийного срока{% endif %}",
        "−\u00a0{{ acceptance.retained }}",
        "acceptance.has_retention",
    ),
)
SETTLES = "acceptance.has_advance or acceptance.has_retention"
NUMBER = f"{{% if not ({SETTLES}) %}}4. {{% endif %}}"


def build() -> Contract:
    made = Contract("Акт № {{ doc.number }} к договору № {{ contract.number }}", ("Исполнитель", "Заказчик"))
    made.title("АКТ № {{ doc.number }}", "сдачи-приёмки выполненных работ (оказанных услуг)", f"к договору {CONTRACT}")
    made.preamble("составили настоящий акт (далее — Акт)")
    made.text(
        f"1. В соответствии с договором {CONTRACT} (далее — Договор) Исполнитель сдал, а Заказчик принял следующие работы (услуги)"
        "{% if acceptance.has_period %}, выполненные в период с {{ acceptance.from_text }} по {{ acceptance.until_text }}{% endif %}"
        "{% if acceptance.object %}, объект: {{ acceptance.object }}{% endif %}{% if acceptance.stage %}, этап: {{ acceptance.stage }}{% endif %}:",
        before=4, keep=True,
    )  # fmt: skip
    goods(made.docx)
    _sums(grid(made.docx, (127, 28, 20), borders=False), TOTALS, label=RIGHT)
    made.text("2. Стоимость работ (услуг) по Акту составляет {{ total.sum_words }}, {{ total.vat_clause }}.", before=8)
    _remarks(made)
    _settlement(made)
    made.text(
        "5. Акт составлен в двух экземплярах, имеющих равную юридическую силу, по одному для каждой из Сторон, либо в форме электронного "
        "документа, подписанного усиленными квалифицированными электронными подписями Сторон, и является основанием для расчётов по "
        "Договору.",
        before=4,
    )
    both_sign(made.docx, *made.sides)
    return made


def _remarks(made: Contract) -> None:
    made.tag("if acceptance.has_remarks")
    made.text(
        "3. При приёмке выявлены следующие недостатки (пункт 2 статьи 720 Гражданского кодекса Российской Федерации, далее — ГК РФ):",
        before=4, keep=True,
    )  # fmt: skip
    made.tag("for remark in acceptance.remarks")
    made.text("— {{ remark }}")
    made.tag("endfor")
    made.text(
        "Исполнитель безвозмездно устраняет указанные недостатки в течение {{ agreed.replacement }} с даты подписания Акта, если "
        "Договором не установлен иной срок (статья 723 ГК РФ). В остальном Заказчик претензий по объёму, качеству и срокам работ (услуг) "
        "не имеет."
    )
    made.tag("else")
    made.text(
        "3. Работы выполнены (услуги оказаны) в полном объёме, в согласованный срок и с надлежащим качеством. Результат осмотрен и принят "
        "Заказчиком (статьи 720 и 783 Гражданского кодекса Российской Федерации), замечаний и претензий по объёму, качеству и срокам "
        "Заказчик не имеет.",
        before=4,
    )
    made.tag("endif")


def _settlement(made: Contract) -> None:
    made.tag(f"if {SETTLES}")
    made.text("4. Расчёты по Акту:", before=4, keep=True)
    table = grid(made.docx, (115, 40), borders=True)
    _sums(table, SETTLEMENT, label=LEFT)
    last = table.add_row()
    whole(last)
    for cell, text, align in zip(last.cells, ("К оплате, ₽", "{{ acceptance.to_pay }}"), (LEFT, RIGHT), strict=True):
        write(cell, text, bold=True, size=10, align=align)
        shade(cell)
    made.tag("endif")
    made.tag("if acceptance.is_paid")
    made.text(f"{NUMBER}Иных сумм к оплате по Акту не причитается.", before=4)
    made.tag("else")
    made.text(
        f"{NUMBER}К оплате по Акту причитается {{{{ acceptance.to_pay_words }}}}. Срок оплаты установлен Договором.",
        before=4,
    )
    made.tag("endif")


def _sums(table: Table, lines: Sequence[tuple[str, str, str]], *, label) -> None:
    """A row each, the last column its condition."""
    for name, amount, condition in lines:
        if condition:
            tag_row(table, f"{{%tr if {condition} %}}")
        row = table.add_row()
        whole(row)
        write(row.cells[0], name, bold=label == RIGHT, size=10, align=label)
        write(row.cells[1], amount, bold=label == RIGHT, size=10, align=RIGHT)
        if condition:
            tag_row(table, "{%tr endif %}")
