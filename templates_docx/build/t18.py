"""T18, «Претензия о погашении задолженности»."""

from docx.document import Document as Docx

from templates_docx.build.blocks import BOTH, CENTER, LEFT, RIGHT, blank, grid, paragraph, whole, write
from templates_docx.build.paper import Column, closing, end_if, letter, listing, only_if, otherwise, point, signed

DEBTS = (
    Column("№", 8, CENTER, "{{ line.n }}"),
    Column("Документ", 33, LEFT, "{{ line.paper }}", "Итого"),
    Column("Дата", 20, CENTER, "{{ line.date }}"),
    Column("Сумма к оплате, ₽", 27, RIGHT, "{{ line.sum }}", "{{ claim.sum }}"),
    Column("Срок оплаты", 20, CENTER, "{{ line.due }}"),
    Column("Оплачено, ₽", 26, RIGHT, "{{ line.paid }}", "{{ claim.paid }}"),
    Column("Долг, ₽", 27, RIGHT, "{{ line.debt }}", "{{ claim.debt }}"),
    Column("Дней", 14, CENTER, "{{ line.days }}"),
)
PENALTIES = (
    Column("№", 8, CENTER, "{{ line.n }}"),
    Column("Документ", 40, LEFT, "{{ line.paper }}", "Итого"),
    Column("Долг, ₽", 29, RIGHT, "{{ line.debt }}", "{{ claim.debt }}"),
    Column("Начислена с", 22, CENTER, "{{ line.since }}"),
    Column("по", 22, CENTER, "{{ claim.date }}"),
    Column("Дней", 14, CENTER, "{{ line.penalty_days }}"),
    Column("Ставка в день", 16, CENTER, "{{ claim.rate }}"),
    Column("Неустойка, ₽", 24, RIGHT, "{{ line.penalty }}{% if line.is_capped %}*{% endif %}", "{{ claim.penalty }}"),
)
PAYMENT = (
    ("Получатель", "{{ our.short_name }}, ИНН {{ our.inn }}{% if our.kpp %}, КПП {{ our.kpp }}{% endif %}"),
    ("Расчётный счёт", "{{ our.bank.account }}"),
    ("Банк", "{{ our.bank.name }}, БИК {{ our.bank.bik }}, корр. счёт {{ our.bank.corr }}"),
    ("Назначение платежа", "Погашение задолженности{% if contract.number %} по договору № {{ contract.number }}{% endif %}, претензия № {{ doc.number }} от {{ doc.date }}"),
)  # fmt: skip


def build() -> Docx:
    docx = blank("Претензия № {{ doc.number }} от {{ doc.date }}")
    letter(
        docx,
        "ПРЕТЕНЗИЯ",
        "о погашении задолженности{% if contract.number %}\nпо договору № {{ contract.number }} от {{ contract.date_text }}{% endif %}",
    )
    _what_happened(docx)
    listing(docx, DEBTS, "line in claim.lines", foot=True)
    _what_is_owed(docx)
    _what_is_asked(docx)
    closing(docx)
    _annex(docx)
    return docx


def _what_happened(docx: Docx) -> None:
    only_if(docx, "contract.number")
    point(
        docx,
        "{{ our.full_name }} (далее — Поставщик) и {{ client.full_name }} (далее — Покупатель) являются сторонами договора "
        "№ {{ contract.number }} от {{ contract.date_text }} (далее — Договор).",
    )
    point(
        docx,
        "Поставщик свои обязательства исполнил: товар передан Покупателю по универсальным передаточным документам (УПД), "
        "перечисленным ниже. Покупатель обязан оплатить товар в сроки, согласованные в Договоре (статьи 309, 310, 486 и 516 "
        "Гражданского кодекса Российской Федерации, далее — ГК РФ). По состоянию на {{ claim.date_text }} срок оплаты истёк, "
        "а оплата в полном объёме не поступила:",
        keep=True,
    )
    otherwise(docx)
    point(
        docx,
        "{{ client.full_name }} (далее — Покупатель) и {{ our.full_name }} (далее — Поставщик) состоят в отношениях купли-продажи: "
        "Поставщиком передан, а Покупателем принят товар по универсальным передаточным документам (УПД), перечисленным ниже. Покупатель обязан оплатить принятый товар "
        "(статьи 309, 310 и 486 Гражданского кодекса Российской Федерации, далее — ГК РФ). По состоянию на {{ claim.date_text }} "
        "срок оплаты истёк, а оплата в полном объёме не поступила:",
        keep=True,
    )
    end_if(docx)


def _what_is_owed(docx: Docx) -> None:
    point(docx, "Задолженность Покупателя составляет {{ claim.debt_words }}.", before=8)
    only_if(docx, "claim.has_penalty")
    point(
        docx,
        "За нарушение срока оплаты Договором предусмотрена неустойка в размере {{ claim.rate }} от неуплаченной в срок суммы за каждый "
        "день просрочки, но не более {{ claim.cap }} этой суммы (статьи 330 и 331 ГК РФ). На {{ claim.date_text }} неустойка "
        "составляет {{ claim.penalty_words }}; её расчёт приведён в приложении 1.",
    )
    otherwise(docx)
    point(
        docx,
        "За пользование чужими денежными средствами Покупатель обязан уплатить проценты в размере ключевой ставки Банка России, "
        "действовавшей в соответствующие периоды, за каждый день просрочки по день фактической оплаты (статьи 395 и 486 ГК РФ).",
    )
    end_if(docx)


def _what_is_asked(docx: Docx) -> None:
    point(
        docx,
        "На основании изложенного требуем {% if contract.number %}в течение {{ agreed.claim }} с даты получения настоящей претензии"
        "{% else %}в течение 30 (тридцати) календарных дней со дня направления настоящей претензии{% endif %}:",
        keep=True,
    )
    point(docx, "1) погасить задолженность в размере {{ claim.debt_words }};")
    only_if(docx, "claim.has_penalty")
    point(docx, "2) уплатить неустойку в размере {{ claim.penalty_words }}.")
    point(docx, "Всего к уплате: {{ claim.total_words }}.")
    otherwise(docx)
    point(docx, "2) уплатить проценты, предусмотренные статьёй 395 ГК РФ, начисленные по день фактической оплаты.")
    end_if(docx)
    point(docx, "Платёж просим произвести по следующим реквизитам:", keep=True)
    table = grid(docx, (42, 133), borders=True)
    for label, value in PAYMENT:
        row = table.add_row()
        whole(row)
        write(row.cells[0], label, bold=True, size=10)
        write(row.cells[1], value, size=10)
    point(
        docx,
        "Настоящая претензия направляется в порядке, установленном частью 5 статьи 4 Арбитражного процессуального кодекса Российской "
        "Федерации. Если требования не будут исполнены в указанный срок, Поставщик обратится в {{ agreed.court }} с иском о взыскании "
        "задолженности, {% if claim.has_penalty %}неустойки{% else %}процентов{% endif %} по день фактического исполнения обязательства и "
        "судебных расходов.",
        before=8,
    )
    point(
        docx,
        "Если оплата произведена до получения претензии, просим направить копии платёжных поручений по адресу {{ our.email }}.",
    )
    point(
        docx,
        "Приложения: {% if claim.has_penalty %}1) расчёт неустойки; 2) копии УПД, указанных в претензии; 3) копия Договора."
        "{% else %}копии УПД, указанных в претензии.{% endif %}",
        before=6,
    )


def _annex(docx: Docx) -> None:
    """On a page of its own."""
    only_if(docx, "claim.has_penalty")
    paragraph(
        docx, "Приложение 1\nк претензии № {{ doc.number }} от {{ doc.date_text }}", align=RIGHT, after=10
    ).paragraph_format.page_break_before = True
    paragraph(
        docx, "Расчёт неустойки по состоянию на {{ claim.date_text }}", bold=True, align=CENTER, after=6, keep=True
    )
    end_if(docx)
    only_if(docx, "claim.has_penalty")
    listing(docx, PENALTIES, "line in claim.lines", foot=True)
    paragraph(
        docx,
        "Неустойка = долг × число дней просрочки × {{ claim.rate }}, не более {{ claim.cap }} долга."
        "{% if claim.is_capped %} Звёздочкой отмечены суммы, ограниченные этим пределом.{% endif %}",
        size=10, before=6, after=14, align=BOTH,
    )  # fmt: skip
    signed(docx)
    end_if(docx)
