"""What the papers around a contract say: prolongation, refusal, act, claim, reconciliation."""

from datetime import date
from decimal import Decimal

import pytest

from documents import checks, template, variables
from rules import payments, reading
from tests.documents.papers import LATE, acceptance, claim, delivery, of_register, paper, reconciliation, told
from tests.documents.sample import COMPANY, ENTREPRENEUR, FOUND, filled, row
from tests.documents.test_variables import named

CODES = ("T13", "T15", "T18", "T19", "T24")


def told_by(one, number="1", day=date(2026, 11, 23)):
    """What is printed, with ordinary spaces."""
    _, content = filled(one, number, day)
    return checks.text_of(content).replace("\u00a0", " ")


def block(one, name):
    said, _ = filled(one)
    return {key: value.replace("\u00a0", " ") if isinstance(value, str) else value for key, value in said[name].items()}


@pytest.mark.parametrize("code", CODES)
def test_the_vocabulary_names_every_variable_and_nothing_else(code):
    one = acceptance(act_remarks="Скол") if code == "T15" else paper(code)
    said, _ = filled(one)
    assert named(said) == set(variables.vocabulary(code))


@pytest.mark.parametrize(("code", "head"), [
    ("T13", "Дополнительное соглашение № 1 к договору № Д-2026/017"),
    ("T15", "Акт № 1 к договору № Д-2026/017"),
    ("T18", "Претензия № 1 от 23.11.2026"),
    ("T19", "Акт сверки № 1 от 23.11.2026"),
    ("T24", "Уведомление № 1 от 23.11.2026"),
])  # fmt: skip
def test_every_page_bears_its_document_and_number_and_a_sentence_ends_with_one_full_stop(code, head):
    """A date in words ends with «г.» itself."""
    lines = told_by(paper(code)).splitlines()
    assert head in lines
    assert any(line.endswith("\tСтраница 1 из 1") for line in lines)
    assert not [line for line in lines if ".." in line]


@pytest.mark.parametrize("code", CODES)
def test_a_name_that_looks_like_a_mistake_is_only_data(code):
    one = paper(code)
    one.client.said["full_name"] = one.client.said["short_name"] = "ООО «А & Б» <{{ 7*7 }}>"
    assert "ООО «А & Б» <{{ 7*7 }}>" in told_by(one)


@pytest.mark.parametrize("code", CODES)
def test_without_a_client_a_paper_says_so(code):
    one = paper(code)
    one.deal["company"] = None
    assert "Компания" in variables.lacking(one)


# — T13 —


def test_a_contract_is_prolonged_to_its_new_end_at_the_same_prices():
    """RG-T10."""
    one = of_register("T13")
    assert variables.lacking(one) == []
    assert variables.to_pay(one, date(2026, 11, 23)) == 0
    said = told_by(one)
    assert "к договору № Д-2026/017 от «31» марта 2026 г." in said
    assert (
        "установленный по «28» февраля 2027 г. включительно, продлевается по «28» февраля 2028 г. включительно." in said
    )
    assert "2. Цены, порядок расчётов и иные условия Договора, согласованные Сторонами ранее, не изменяются." in said
    assert "3. Соглашение вступает в силу с даты его подписания Сторонами." in said


def test_new_prices_are_the_rows_of_the_card():
    said = told_by(of_register("T13", doc_reprice=True))
    assert "2. С «01» марта 2027 г. по Договору действуют следующие цены (с учётом НДС):" in said
    assert "2\nБотинки «Гранит» с композитным подноском\nпара\n4 150,50\n22%" in said
    assert "не изменяются.\n3." not in said


@pytest.mark.parametrize(("day", "is_late"), [(date(2027, 2, 28), False), (date(2027, 3, 1), True)])
def test_an_addendum_after_the_old_end_reaches_back_to_the_next_day(day, is_late):
    """п. 2 ст. 425 ГК РФ: no day between the two terms stays without a contract."""
    said = told_by(of_register("T13"), day=day)
    assert ("применяются к отношениям Сторон, возникшим с «01» марта 2027 г." in said) is is_late


@pytest.mark.parametrize(("fields", "labels"), [
    ({"doc_end": None}, ["Действует до (включительно)"]),
    ({"doc_newend": None}, ["Новый срок действия до"]),
    ({"doc_newend": date(2027, 2, 28)}, ["Новый срок действия до (позже прежнего)"]),
    ({"doc_no": None}, ["Договор (реестр)"]),
    ({"doc_reprice": True, "rows": [row("А", "0")]}, ["Товары (новые цены)"]),
])  # fmt: skip
def test_a_prolongation_needs_both_ends_in_their_order_and_prices_if_they_change(fields, labels):
    """E-RG-3."""
    rows = fields.pop("rows", None)
    one = of_register("T13", **fields)
    one.rows = rows or one.rows
    assert variables.lacking(one) == labels


def test_an_entrepreneur_signs_an_addendum_without_v_litse():
    one = of_register("T13")
    one.__init__(
        one.deal, {**one.found, **ENTREPRENEUR}, one.company, one.kind, one.our, one.calendar, one.rows, one.parts
    )
    assert (
        "и Индивидуальный предприниматель Крутова Ольга Леонидовна, действующая на основании записи в ЕГРИП"
        in told_by(one)
    )


# — T24 —


def test_a_refusal_names_the_contract_its_last_day_and_what_is_left_to_do():
    """RG-T11."""
    one = of_register("T24", doc_newend=None)
    assert variables.lacking(one) == []
    said = told_by(one)
    assert "об отказе от продления срока действия договора\n№ Д-2026/017 от «31» марта 2026 г." in said
    assert (
        "не позднее чем за 30 (тридцать) календарных дней до его окончания. Настоящим ООО «Сферотек» заявляет об отказе"
        in said
    )
    assert (
        "По истечении «28» февраля 2027 г. Договор прекращает своё действие. С «01» марта 2027 г. новые обязательства"
        in said
    )
    assert "Руководителю ООО «Вектор»\n" in said


def test_a_contract_that_would_not_have_prolonged_itself_is_only_told_of():
    said = told_by(of_register("T24", doc_prolong="Требуется"))
    assert "Настоящим ООО «Сферотек» уведомляет об отсутствии намерения продлевать срок действия Договора." in said
    assert "заявляет об отказе" not in said


@pytest.mark.parametrize("is_framework", [True, False])
def test_a_refusal_names_the_clause_of_our_framework_contract_and_of_no_other(is_framework):
    said = told_by(of_register("T24", doc_frame=is_framework))
    assert ("до его окончания (пункт 12.2 Договора)." in said) is is_framework


def test_the_clause_that_a_refusal_names_is_the_one_about_prolongation():
    """config/contracts.yaml against T01: who renumbers the contract is told here."""
    clause = of_register("T24").agreed.notice_clause
    lines = checks.text_of(template.path_of("T01").read_bytes()).replace("\u00a0", " ").splitlines()
    [text] = [line for line in lines if line.startswith(f"{clause}. ")]
    assert "не позднее чем за {{ agreed.notice }} до окончания срока действия Договора" in text


def test_a_refusal_needs_the_contract_and_its_end():
    assert variables.lacking(of_register("T24", doc_end=None, doc_date=None)) == [
        "Договор (реестр)",
        "Действует до (включительно)",
    ]


# — T18 —


def test_a_claim_lists_what_is_late_to_the_kopeck():
    """C-06, C-08: on the due date itself nothing is late; what is paid in full is not listed."""
    one = claim()
    assert variables.lacking(one) == []
    said = block(one, "claim")
    lines = [
        {key: value.replace("\u00a0", " ") for key, value in line.items() if isinstance(value, str)}
        for line in said["lines"]
    ]
    assert lines == [
        {"n": "1", "paper": "УПД № 118", "date": "14.09.2026", "sum": "462 000,00", "due": "14.10.2026", "paid": "150 000,00",
         "debt": "312 000,00", "days": "40", "since": "15.10.2026", "penalty_days": "40", "penalty": "12 480,00"},
        {"n": "2", "paper": "УПД № 131", "date": "28.09.2026", "sum": "84 000,50", "due": "28.10.2026", "paid": "0,00",
         "debt": "84 000,50", "days": "26", "since": "29.10.2026", "penalty_days": "26", "penalty": "2 184,01"},
    ]  # fmt: skip
    assert said["debt_words"] == "396 000 (Триста девяносто шесть тысяч) рублей 50 копеек"
    assert said["penalty_words"] == "14 664 (Четырнадцать тысяч шестьсот шестьдесят четыре) рубля 01 копейка"
    assert said["total_words"] == "410 664 (Четыреста десять тысяч шестьсот шестьдесят четыре) рубля 51 копейка"
    assert variables.to_pay(one, date(2026, 11, 23)) == Decimal("410664.51")
    printed = told_by(one)
    assert "УПД № 118\n14.09.2026\n462 000,00\n14.10.2026\n150 000,00\n312 000,00\n40" in printed
    assert "требуем в течение 15 (пятнадцати) рабочих дней с даты получения настоящей претензии:" in printed
    assert "обратится в Арбитражный суд города Москвы с иском" in printed


def test_the_lines_of_a_claim_make_its_totals():
    many = [
        delivery(str(n), date(2026, 8, n), (date(2026, 9, n), f"{1000 * n}.55", f"{333 * n}.33")) for n in range(1, 29)
    ]
    said = block(claim(deliveries=many), "claim")
    for column in ("sum", "paid", "debt", "penalty"):
        assert sum(reading.number(line[column]) for line in said["lines"]) == reading.number(said[column])
    assert [line["n"] for line in said["lines"]] == [str(n) for n in range(1, 29)]


@pytest.mark.parametrize(("contract", "rate", "penalty", "starred"), [
    ({}, "0,1%", "12 480,00", False),
    ({"UF_CRM_SF_DOC_PENALTY": "0.05"}, "0,05%", "6 240,00", False),
    ({"UF_CRM_SF_DOC_PENALTY": 0.5}, "0,5%", "31 200,00*", True),
    ({"UF_CRM_SF_DOC_PENALTY": "0.5", "UF_CRM_SF_DOC_PENCAP": "15"}, "0,5%", "46 800,00*", True),
])  # fmt: skip
def test_the_penalty_is_that_of_the_contract_and_a_limit_is_marked(contract, rate, penalty, starred):
    """C-08."""
    one = claim(deliveries=LATE[:1], found={"contract": {**FOUND["contract"], **contract}})
    said = told_by(one)
    assert f"15.10.2026\n23.11.2026\n40\n{rate}\n{penalty}\n" in said
    assert ("Звёздочкой отмечены" in said) is starred


def test_no_penalty_grows_on_an_advance_before_the_goods_are_there():
    """T01, clause 7.3: goods that came on 1 October make an advance that was due on 1 September a debt."""
    late = delivery("9", date(2026, 10, 1), (date(2026, 9, 1), "100000", "100000"))
    [line] = block(claim(deliveries=[late]), "claim")["lines"]
    assert (line["due"], line["days"]) == ("01.09.2026", "83")
    assert (line["since"], line["penalty_days"], line["penalty"].replace("\u00a0", " ")) == (
        "02.10.2026",
        "53",
        "5 300,00",
    )


@pytest.mark.parametrize(("contract", "answer"), [
    ({}, "в течение 30 (тридцати) календарных дней со дня направления"),
    ({**FOUND["contract"], "UF_CRM_SF_DOC_PENALTY": "0"}, "в течение 15 (пятнадцати) рабочих дней с даты получения"),
])  # fmt: skip
def test_what_no_contract_agrees_upon_is_no_penalty_but_the_interest_of_the_law(contract, answer):
    """ст. 331 ГК РФ: a penalty must be agreed in writing."""
    one = claim(found={"contract": contract})
    said = told_by(one)
    assert "неустойк" not in said
    assert "2) уплатить проценты, предусмотренные статьёй 395 ГК РФ" in said
    assert answer in said
    assert variables.to_pay(one, date(2026, 11, 23)) == Decimal("396000.50")


@pytest.mark.parametrize(("due", "on", "is_late"), [
    (date(2026, 11, 22), date(2026, 11, 23), False),
    (date(2026, 11, 22), date(2026, 11, 24), True),
    (None, date(2026, 12, 31), False),
])  # fmt: skip
def test_a_claim_needs_a_payment_that_is_late(due, on, is_late):
    """E-SH-10: 22.11.2026 is a Sunday; on Monday it is due, on Tuesday late."""
    one = claim(on=on, deliveries=[delivery("7", date(2026, 10, 1), (due, "100", "100"))])
    assert variables.lacking(one) == ([] if is_late else ["Просроченные платежи по отгрузкам"])


def test_a_claim_to_an_entrepreneur_is_addressed_to_that_person():
    assert "Кому: ИП Крутова Ольга Леонидовна\n" in told_by(claim(found=ENTREPRENEUR))


# — T19 —


def test_a_reconciliation_has_balances_operations_and_whom_it_favours():
    one = reconciliation()
    assert variables.lacking(one) == []
    said = told_by(one)
    assert "за период с «01» октября 2026 г. по «30» ноября 2026 г." in said
    assert "Сальдо начальное\n582 000,50\n\nСальдо начальное" in said
    assert "02.10.2026\nОплата (п/п № 411 от 02.10.2026)\n\n36 000,00\n" in said
    assert "10.11.2026\nВозврат оплаты (п/п № 12 от 10.11.2026)\n10 000,00\n\n" in said
    assert "16.11.2026\nПродажа (УПД № 152 от 16.11.2026)\n123 000,00\n\n" in said
    assert "Обороты за период\n188 000,00\n196 000,00\n" in said
    assert "Сальдо конечное\n574 000,50\n\n" in said
    assert (
        "задолженность в пользу ООО «Сферотек» составляет 574 000 (Пятьсот семьдесят четыре тысячи) рублей 50 копеек."
        in said
    )
    assert variables.to_pay(one, date(2026, 12, 1)) == Decimal("574000.50")


A_04 = ([delivery("1", date(2026, 11, 27), (date(2026, 12, 28), "72000", "0"))], "24.11.2026; 36000; 1; 1С")


@pytest.mark.parametrize(("payment", "outcome"), [
    ("11.12.2026; 36000; 2; 1С", "По данным ООО «Сферотек» на «31» декабря 2026 г. взаимная задолженность отсутствует."),
    ("11.12.2026; 40000; 2; 1С", "задолженность в пользу ООО «Вектор» составляет 4 000 (Четыре тысячи) рублей 00 копеек."),
    ("11.12.2026; 35999,99; 2; 1С", "задолженность в пользу ООО «Сферотек» составляет 0 (Ноль) рублей 01 копейка."),
    ("02.01.2027; 36000; 2; 1С", "задолженность в пользу ООО «Сферотек» составляет 36 000 (Тридцать шесть тысяч) рублей 00 копеек."),
])  # fmt: skip
def test_what_is_left_is_owed_by_whoever_owes_it(payment, outcome):
    """Acceptance A-04, A-05: an advance that is more than the goods is the client's money."""
    deliveries, advance = A_04
    dealings = told(
        on=date(2027, 1, 10), deliveries=deliveries, paid=[payments.parse(one) for one in (advance, payment)]
    )
    assert outcome in told_by(reconciliation(date(2026, 1, 1), date(2026, 12, 31), found=dealings))


def test_what_has_not_happened_yet_is_not_in_the_account():
    """A day of shipment in the future is a typing mistake."""
    later = [delivery("9", date(2026, 12, 25), (None, "100", "100"))]
    one = reconciliation(
        date(2026, 12, 1), date(2026, 12, 31), found=told(on=date(2026, 12, 24), deliveries=later, paid=[])
    )
    assert block(one, "recon")["is_even"]


def test_a_period_without_operations_has_its_balance_all_the_same():
    said = told_by(reconciliation(date(2026, 11, 20), date(2026, 11, 22)))
    assert "Сальдо начальное\n574 000,50\n\nСальдо начальное\n\n\nОбороты за период\n0,00\n0,00\n" in said


def test_a_period_is_asked_for_and_read_whichever_way_round_it_was_entered():
    assert variables.lacking(reconciliation(None, date(2026, 11, 30))) == ["Документ за период: с"]
    backwards = reconciliation(date(2026, 11, 30), date(2026, 10, 1))
    assert block(backwards, "recon")["from"] == "01.10.2026"


def test_a_client_without_signer_gets_an_account_with_a_line_to_sign_on():
    """Bookkeepers reconcile with clients whose signer nobody has entered."""
    one = reconciliation(found={"company": {**COMPANY, "UF_CRM_SF_SIGN_FIO": "", "UF_CRM_SF_SIGN_POST": ""}})
    assert variables.lacking(one) == []
    assert "От ООО «Вектор»\n" in told_by(one)


# — T15 —


def test_an_act_says_what_is_accepted_and_what_is_still_to_be_paid():
    """HD-T17, HD-T18."""
    one = acceptance()
    assert variables.lacking(one) == []
    said = told_by(one)
    assert (
        "выполненные в период с «05» октября 2026 г. по «20» ноября 2026 г., объект: Цех № 3 ПАО «Вектор», г. Тула, ул. Оборонная, д. 12:"
        in said
    )
    assert (
        "2. Стоимость работ (услуг) по Акту составляет 525 003 (Пятьсот двадцать пять тысяч три) рубля 00 копеек, в том числе НДС 22% — 94 672 ("
        in said
    )
    assert (
        "Зачтён ранее уплаченный аванс\n− 150 000,00\nГарантийное удержание 5%, выплачивается не позднее «20» ноября 2027 г.\n− 26 250,15\nК оплате, ₽\n348 752,85"
        in said
    )
    assert "замечаний и претензий по объёму, качеству и срокам Заказчик не имеет." in said
    assert variables.to_pay(one, date(2026, 11, 23)) == Decimal("525003.00")


@pytest.mark.parametrize(("fields", "advance", "to_pay"), [
    ({"act_advance": Decimal("100000")}, "100 000,00", "398 752,85"),
    ({"act_advance": Decimal(0)}, "0,00", "498 752,85"),
    ({"act_stage": "Монтаж"}, "0,00", "498 752,85"),
    ({"act_stage": "Монтаж", "act_advance": Decimal("498752.85")}, "498 752,85", "0,00"),
    ({"hd_retain": None}, "150 000,00", "375 003,00"),
])  # fmt: skip
def test_which_advance_is_offset(fields, advance, to_pay):
    """All that was paid is offset against an act of the whole; against an act of a stage only what somebody entered."""
    said = block(acceptance(**fields), "acceptance")
    assert (said["advance"], said["to_pay"]) == (advance, to_pay)


def test_an_act_that_is_paid_for_asks_for_nothing():
    said = told_by(acceptance(act_advance=Decimal("525003"), hd_retain=None))
    assert "Иных сумм к оплате по Акту не причитается." in said
    assert "К оплате по Акту причитается" not in said


def test_an_act_without_advance_and_retention_names_the_sum_in_its_fourth_clause():
    said = told_by(acceptance(payments=None, hd_retain=None))
    assert "4. К оплате по Акту причитается 525 003 (Пятьсот двадцать пять тысяч три) рубля 00 копеек." in said
    assert "Расчёты по Акту" not in said


def test_remarks_stand_in_the_act_a_line_each():
    said = told_by(acceptance(act_remarks="Скол на анкере 3\n\n  Нет бирки на линии 2 "))
    assert "— Скол на анкере 3\n— Нет бирки на линии 2\n" in said
    assert "безвозмездно устраняет указанные недостатки в течение 20 (двадцати) рабочих дней" in said
    assert "срокам работ (услуг) не имеет.\n4. Расчёты по Акту:" in said
    assert "замечаний и претензий" not in said


@pytest.mark.parametrize(("ended", "vat"), [(date(2025, 12, 31), "87 500,50"), (date(2026, 1, 1), "94 672,68")])
def test_works_bear_the_rate_of_the_day_on_which_their_period_ended(ended, vat):
    """C-03: shipments up to 31.12.2025 stay at 20% even when the act is signed in 2026."""
    assert block(acceptance(period_to=ended), "total")["vat"] == vat


@pytest.mark.parametrize(("fields", "labels"), [
    ({"period_to": None}, ["Документ за период: с", "Документ за период: по"]),
    ({"period_to": None, "act_stage": "Этап 2"}, []),
    ({"period_to": None, "hd_start": date(2026, 10, 1), "hd_end": date(2026, 12, 1)}, []),
])  # fmt: skip
def test_an_act_needs_a_period_or_a_stage(fields, labels):
    """§15.3."""
    assert variables.lacking(acceptance(**fields)) == labels


@pytest.mark.parametrize("code", CODES)
def test_a_template_is_set_in_a_font_that_libreoffice_has_too(code):
    assert template.exists(code)
