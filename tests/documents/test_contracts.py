"""T01, T02, T11, T14: what a law department reads before it signs."""

import re
import zipfile
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from config import company
from documents import agreed, checks, clauses, template, variables
from documents.variables import REQUIRED
from tests.documents.sample import COMPANY, DAY, ENTREPRENEUR, REQUISITE, card, filled, row
from tests.documents.test_variables import named

CONTRACTS = ("T01", "T02", "T11", "T14")
CHANGES = "п. 3.2\nБыло: Срок — 10 дней.\nСтало: Срок — 20 дней;\nпозже — по соглашению.\nНДС: фиксирована цена с НДС"
INSTITUTION = {
    "company": {
        **COMPANY, "title": "ГБУ «Автодороги»", "UF_CRM_SF_LEGAL_FORM": "ФГБУ, ГБУ", "UF_CRM_SF_SIGN_FIO": "Шилова Наталья Викторовна",
        "UF_CRM_SF_SIGN_POST": "Временно исполняющая обязанности директора", "UF_CRM_SF_SIGN_BASIS": "Приказ", "UF_CRM_SF_SIGN_BASIS_NO": "7-к",
        "UF_CRM_SF_SIGN_BASIS_DT": "2026-02-03T00:00:00+03:00",
    },
    "requisite": {
        **REQUISITE, "RQ_COMPANY_NAME": "ГБУ «Автодороги»",
        "RQ_COMPANY_FULL_NAME": "Государственное бюджетное учреждение города Москвы «Автомобильные дороги»",
    },
}  # fmt: skip
PREAMBLES = {
    "ООО": ({}, "и Общество с ограниченной ответственностью «Вектор», именуемое в дальнейшем «Покупатель», в лице генерального директора "
                "Дорофеева Кирилла Андреевича, действующего на основании Устава, с другой стороны"),
    "ИП": (ENTREPRENEUR, "и Индивидуальный предприниматель Крутова Ольга Леонидовна, именуемая в дальнейшем «Покупатель», действующая на "
                         "основании записи в ЕГРИП, ОГРНИП 304500116000157, с другой стороны"),
    "учреждение": (INSTITUTION, "и Государственное бюджетное учреждение города Москвы «Автомобильные дороги», именуемое в дальнейшем «Покупатель», "
                                "в лице временно исполняющей обязанности директора Шиловой Натальи Викторовны, действующей на основании приказа № 7-к "
                                "от «03» февраля 2026 г., с другой стороны"),
}  # fmt: skip
TAXES = {
    "Общая ставка": "в том числе НДС 22% — ",
    "УСН 5%": "в том числе НДС 5% — ",
    "Без НДС": "НДС не облагается на основании п. 1 ст. 145 НК РФ (УСН)",
}


def said(code, rows=None, number="Д-2026/117", **how):
    """The words of the document, spaces that do not break as plain ones."""
    how = {
        "so_group": "Спецодежда",
        "delivery_way": "Наш транспорт",
        "address": "г. Москва, ул. Лесная, д. 5",
        "doc_changes": CHANGES,
        **how,
    }
    _, content = filled(card(code, rows, **how), number=number)
    return checks.text_of(content).replace("\u00a0", " ")


def raw(code):
    return checks.text_of(template.path_of(code).read_bytes())


# — the words —


@pytest.mark.parametrize("code", CONTRACTS)
def test_clauses_follow_each_other_without_a_gap_and_every_one_that_a_text_names_is_there(code):
    text = raw(code).replace("\u00a0", " ")
    numbers = re.findall(r"^(\d+(?:\.\d+)*)\. ", text.partition("Приложение № 1\n")[0], re.MULTILINE)
    for before, after in zip(numbers, numbers[1:], strict=False):
        *head, last = before.split(".")
        nexts = {".".join([*head, str(int(last) + 1)]), f"{before}.1"}
        for length in range(1, len(head) + 1):
            nexts.add(".".join([*head[: length - 1], str(int(head[length - 1]) + 1)]))
        assert after in nexts, f"{before} is followed by {after}"
    named = re.findall(r"(?:пункт(?:ом|е|а)?|раздел(?:е|ом)?) (\d+(?:\.\d+)*)(?! (?:статьи|части))", text)
    assert code in ("T11", "T14") or named
    assert set(named) <= set(numbers)
    assert "<" not in text.replace("<w", "")


@pytest.mark.parametrize("code", CONTRACTS)
def test_signs_are_those_of_russian_typesetting(code):
    text = re.sub(r"\{%.*?%\}", "", re.sub(r"\{\{.*?\}\}", "значение", raw(code)))
    assert re.findall(r'"|\'| - | — |\.\.|(?<![_ ])  +[а-я]| [,.;:)]|№ |[а-яё]-[«А-Я]', text) == []
    assert text.count("«") == text.count("»")
    assert re.findall(r"[a-zA-Z]{2,}", text) == []
    assert re.findall(r"(?i)(?:пункт\w*|стать\w*|част[иь]|раздел\w*) \d", text) == []


@pytest.mark.parametrize("code", CONTRACTS)
def test_the_vocabulary_names_every_variable_and_nothing_else(code):
    made, _ = filled(card(code, doc_changes=CHANGES))
    assert named(made) == set(variables.vocabulary(code))


@pytest.mark.parametrize(("code", "heads"), [
    ("T01", ["Предмет", "Порядок согласования", "Цена", "Сроки", "Приёмка", "Качество", "Ответственность", "Обстоятельства непреодолимой", "Конфиденциальность",
             "Обмен документами", "Порядок разрешения споров", "Срок действия", "Заверения", "Заключительные", "Адреса, реквизиты"]),
    ("T02", ["Предмет", "Цена", "Срок и порядок", "Приёмка", "Качество", "Ответственность", "Обстоятельства непреодолимой", "Конфиденциальность",
             "Обмен документами", "Порядок разрешения споров", "Срок действия", "Заверения", "Заключительные", "Адреса, реквизиты"]),
    ("T11", ["Термины", "Предмет", "Порядок передачи", "Обязанности", "Персональные данные", "Возврат", "Ответственность", "Порядок разрешения споров",
             "Срок действия", "Заключительные", "Адреса, реквизиты"]),
])  # fmt: skip
def test_a_contract_has_all_its_chapters(code, heads):
    found = list(clauses.of(code))
    assert len(found) == len(heads)
    for place, (head, begins) in enumerate(zip(found, heads, strict=True), 1):
        assert head.startswith(f"{place}. {begins}")


@pytest.mark.parametrize("code", CONTRACTS)
def test_what_the_card_does_not_know_is_a_line_to_fill_in_and_nothing_is_blank(code):
    bare = {
        "bank": {},
        "addresses": {},
        "company": {**COMPANY, "fm": []},
        "requisite": {**REQUISITE, "RQ_OGRN": "", "RQ_EMAIL": ""},
    }
    text = said(code, found=bare, so_group=None, delivery_way=None, address=None)
    line = "_" * 20
    for label in ("Адрес: ", "ОГРН ", "Р/с ", "Банк: ", "БИК ", "Тел.: ", "Эл. почта: "):
        assert f"{label}{line}" in text
    assert re.findall(r"[:,] *[,.;]|\( *\)|«»| [,.;]", text) == []


# — what the card and the house say —


def test_a_framework_contract_says_for_how_long_it_runs_and_how_it_is_paid():
    """T01: the term is that of config/contracts.yaml, the day of the same number (ст. 192 ГК РФ)."""
    text = said("T01")
    assert "действует по «23» ноября 2027 г. включительно" in text
    assert "не позднее чем за 30 (тридцать) календарных дней до окончания срока действия Договора" in text
    assert "Договор считается продлённым на 12 (двенадцать) месяцев на тех же условиях" in text
    assert (
        "3.3. Если Спецификацией не предусмотрено иное, каждая партия Товара оплачивается на следующих условиях. Покупатель оплачивает аванс 30% "
        "стоимости в течение 5 (пяти) рабочих дней с даты выставления счёта, остаток — в течение 30 (тридцати) календарных дней с даты отгрузки."
    ) in text
    assert "не может превышать 3 000 000 (Три миллиона) рублей 00 копеек" in text
    assert "товары (товарная группа «Спецодежда»)" in text
    assert (
        "способ поставки — доставка транспортом Поставщика по адресу: г. Москва, ул. Лесная, д. 5, за счёт Поставщика."
        in text
    )
    assert (
        "в размере 0,1% от не уплаченной в срок суммы за каждый день просрочки, но не более 10% от этой суммы" in text
    )
    assert "передаётся на рассмотрение в Арбитражный суд города Москвы (статья 37 АПК РФ)" in text


def test_what_the_card_says_of_the_term_rules_over_the_house():
    assert "действует по «31» декабря 2028 г. включительно" in said("T01", doc_end=date(2028, 12, 31))


def test_a_framework_contract_needs_no_goods_and_says_what_our_company_pays():
    """Without rows there is no sum to be with or without VAT."""
    assert variables.lacking(card("T01", rows=[])) == []
    one = card("T01")
    one.rows = []
    _, content = filled(one)
    assert "Цена включает НДС по ставке, установленной законодательством РФ на дату отгрузки." in checks.text_of(
        content
    )
    free = said("T01", mode="Без НДС")
    assert "в российских рублях. НДС не облагается на основании п. 1 ст. 145 НК РФ (УСН)." in free
    assert "счета-фактуры не выставляются" in free


def test_goods_that_are_fetched_are_delivered_at_nobodys_cost():
    text = said("T02", delivery_way="Самовывоз", address="г. Москва, ул. Лесная, д. 5")
    assert "Способ поставки — выборка (самовывоз) Товара со склада Поставщика." in text


def test_a_single_supply_shows_its_specification_its_sum_and_its_schedule():
    """T02."""
    text = said("T02", [row("Костюм «Бригада»", "118270.50")])
    assert "1.2. Наименование, количество и цена Товара (спецификация):\n№\nНаименование" in text
    assert "Костюм «Бригада»\nшт\n1\n118 270,50\n118 270,50\n22%" in text
    assert (
        "2.1. Общая стоимость Товара (цена Договора) составляет 118 270 (Сто восемнадцать тысяч двести семьдесят) рублей 50 копеек, в том числе "
        "НДС 22% — 21 327 (Двадцать одна тысяча триста двадцать семь) рублей 47 копеек. Цена включает НДС по ставке, установленной "
        "законодательством РФ на дату отгрузки."
    ) in text
    assert "1\n30%\n35 481,15\nв течение 5 (пяти) рабочих дней с даты выставления счёта" in text
    assert "3.1. Срок поставки: до «28» декабря 2026 г. Если Товар" in text
    assert "График платежей" not in said("T02", terms="100% предоплата", days=None)


def test_an_agreement_on_secrecy_names_its_fine_and_how_long_it_is_kept():
    """T11: three years, and three more."""
    text = said("T11")
    assert "уплачивает Раскрывающей стороне штраф в размере 500 000 (Пятьсот тысяч) рублей 00 копеек." in text
    assert "действует по «23» ноября 2029 г. включительно" in text
    assert "действуют в течение 3 (трёх) лет после прекращения Соглашения" in text
    assert "именуемое в дальнейшем «Сторона 2», в лице генерального директора" in text


def test_an_addendum_shows_each_clause_as_it_was_and_as_it_will_be():
    """T14."""
    text = said("T14", number="3")
    assert "ДОПОЛНИТЕЛЬНОЕ СОГЛАШЕНИЕ № 3\nк договору № Д-2026/017 от «31» марта 2026 г." in text
    assert "1\nп. 3.2\nСрок — 10 дней.\nСрок — 20 дней;\nпозже — по соглашению.\n" in text
    assert "«Вектор» в лице генерального директора Дорофеева Кирилла Андреевича, действующего" in text
    assert "с «01» января 2026 г. ставки налога на добавленную стоимость (далее — НДС) с 20% до 22%" in text
    assert "с учётом НДС, не изменяется" in text
    assert "вступает в силу с даты его подписания Сторонами" in text


@pytest.mark.parametrize(("typed", "says"), [
    ("НДС: фиксирована цена без НДС", "цена без НДС, согласованная в Договоре, спецификациях и иных приложениях к нему, не изменяется"),
    ("п. 1\nБыло: а\nСтало: б", "Цена и порядок расчётов по Договору изменяются только в той части, которая указана в пункте 1 Соглашения."),
    ("Действует с 01.12.2026\nп. 1\nБыло: а\nСтало: б", "Соглашение вступает в силу «01» декабря 2026 г. и"),
])  # fmt: skip
def test_an_addendum_says_what_becomes_of_the_price_and_from_when(typed, says):
    assert says in said("T14", doc_changes=typed)


def test_an_addendum_of_an_entrepreneur_sets_commas_around_who_acts_alone():
    assert "Индивидуальный предприниматель Крутова Ольга Леонидовна, действующая на основании записи" in said(
        "T14", found=ENTREPRENEUR
    )


def test_the_changes_may_stand_on_the_contracts_card_in_the_register():
    contract = {
        "UF_CRM_SF_DOC_NO": "Д-1",
        "UF_CRM_SF_DOC_DATE": "2026-03-31T00:00:00+03:00",
        "UF_CRM_SF_DOC_CHANGES": CHANGES,
    }
    assert "п. 3.2" in said("T14", doc_changes=None, found={"contract": contract})


@pytest.mark.parametrize(("code", "fields", "known"), [
    ("T01", {}, {"doc_frame": True, "doc_end": date(2027, 11, 23), "doc_prolong": "Автоматическая", "doc_period": 12}),
    ("T01", {"doc_end": date(2028, 1, 31)}, {"doc_frame": True, "doc_end": date(2028, 1, 31), "doc_prolong": "Автоматическая", "doc_period": 12}),
    ("T02", {}, {"doc_termless": True, "doc_prolong": "Не требуется"}),
    ("T11", {}, {"doc_end": date(2029, 11, 23), "doc_prolong": "Не требуется"}),
    ("T14", {"doc_end": date(2028, 1, 31)}, {}),
    ("T12", {}, {}),
])  # fmt: skip
def test_the_register_is_told_of_the_term_what_the_text_says(code, fields, known):
    """§7.2."""
    assert agreed.for_register(card(code, **fields), DAY) == known


# — what is asked for —


@pytest.mark.parametrize(("code", "how", "labels"), [
    ("T01", {"terms": None}, ["Условия оплаты"]),
    ("T01", {"ship_until": None}, []),
    ("T02", {"terms": None, "ship_until": None}, ["Срок поставки (план)", "Условия оплаты"]),
    ("T02", {"rows": [row("А", "0")]}, ["Товары (спецификация)"]),
    ("T11", {"terms": None, "ship_until": None, "rows": [row("А", "0")]}, []),
    ("T11", {"company": None}, ["Компания"]),
    ("T14", {"doc_changes": None}, ["Изменения договора"]),
    ("T14", {"doc_changes": "п. 1\nБыло: а"}, ["Изменения договора: п. 1: нет строки «Стало:»"]),
    ("T14", {"found": {"contract": {}}}, ["Договор (реестр)"]),
    ("T01", {"found": {"company": {**COMPANY, "UF_CRM_SF_SIGN_FIO": ""}}}, ["Подписант (ФИО, именительный)", "Пол подписанта"]),
    ("T01", {"found": {"requisite": {**REQUISITE, "RQ_INN": ""}}}, ["ИНН (реквизиты компании)"]),
    ("T01", {"found": {**ENTREPRENEUR, "requisite": {**ENTREPRENEUR["requisite"], "RQ_OGRNIP": ""}}}, ["ОГРНИП (реквизиты компании)"]),
])  # fmt: skip
def test_what_a_contract_needs_is_asked_for_in_the_words_of_the_form(code, how, labels):
    """§15.3."""
    assert variables.lacking(card(code, **{"doc_changes": CHANGES, **how})) == labels


def test_every_written_template_says_what_it_requires():
    written = [code for code in company().document_kinds if template.exists(code)]
    assert set(written) <= set(REQUIRED)
    assert set(REQUIRED) <= set(company().document_kinds)


# — who signs —


def test_somebody_self_employed_is_no_entrepreneur():
    found = {
        "company": {"title": "Крутова О. Л.", "UF_CRM_SF_SIGN_FIO": "Крутова Ольга Леонидовна", "UF_CRM_SF_LEGAL_FORM": "Самозанятый"},
        "requisite": {"ID": "2", "RQ_INN": "500100732259"},
    }  # fmt: skip
    assert variables.lacking(card("T02", found=found)) == []
    text = said("T02", found=found)
    assert (
        "и Крутова Ольга Леонидовна, именуемая в дальнейшем «Покупатель», применяющая специальный налоговый режим «Налог на профессиональный доход», "
        "с другой стороны"
    ) in text
    assert "ОГРНИП" not in text


def test_who_signs_for_an_entrepreneur_does_not_change_the_entrepreneurs_sex():
    """A man signs for a woman, by a power of attorney."""
    proxy = {
        "UF_CRM_SF_SIGN_FIO": "Белов Олег Игоревич", "UF_CRM_SF_SIGN_BASIS": "Доверенность", "UF_CRM_SF_SIGN_BASIS_NO": "5",
        "UF_CRM_SF_SIGN_BASIS_DT": "2026-01-12T00:00:00+03:00",
    }  # fmt: skip
    found = {**ENTREPRENEUR, "company": {**ENTREPRENEUR["company"], **proxy}}
    text = said("T02", found=found)
    assert (
        "Крутова Ольга Леонидовна, именуемая в дальнейшем «Покупатель», в лице представителя Белова Олега Игоревича, действующего на основании "
        "доверенности № 5 от «12» января 2026 г., с другой стороны"
    ) in text
    assert "_________________ / О. И. Белов /" in text


# — every combination —


@pytest.mark.slow
@pytest.mark.parametrize(("party", "mode", "count"), list(product(PREAMBLES, TAXES, (1, 20, 200))))
def test_a_contract_of_every_party_with_every_tax_and_any_number_of_rows(party, mode, count):
    """T02, as text: who signs, the VAT, every row, and that they make the sum."""
    found, preamble = PREAMBLES[party]
    rows = [row(f"Костюм «А & Б» <{place}>", f"{1000 + place}.55", f"{place}.5") for place in range(1, count + 1)]
    one = card("T02", rows, mode=mode, found=found)
    assert variables.lacking(one) == []
    made, content = filled(one, number="Д-2026/117")
    text = checks.text_of(content).replace("\u00a0", " ")
    assert preamble in text
    assert TAXES[mode] in text
    assert (mode == "Без НДС") == ("счета-фактуры не выставляются" in text)
    sums = [(Decimal(1000 + place) + Decimal("0.55")) * (place + Decimal("0.5")) for place in range(1, count + 1)]
    total = sum(one.quantize(Decimal("0.01"), "ROUND_HALF_UP") for one in sums)
    assert made["total"]["sum"].replace("\u00a0", "").replace(",", ".") == str(total)
    for place in (1, count):
        assert f"{place}\nКостюм «А & Б» <{place}>\nшт\n{place},5\n" in text
    assert f"Итого:\n{made['total']['sum']}".replace("\u00a0", " ") in text
    assert text.count("Костюм «А & Б»") == count


@pytest.mark.parametrize("code", CONTRACTS)
def test_heads_of_tables_are_repeated_and_numbers_of_pages_stand_in_the_foot(code):
    with zipfile.ZipFile(template.path_of(code)) as file:
        body, foot = file.read("word/document.xml").decode(), file.read("word/footer1.xml").decode()
    assert "NUMPAGES" in foot
    assert code == "T11" or "w:tblHeader" in body
