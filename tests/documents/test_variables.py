"""What documents say: sums, VAT, sides, terms, names of files, the QR code."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from documents import checks, names, parties, template, terms, variables
from rules import payment_schedule
from tests.documents.sample import ENTREPRENEUR, FOUND, card, filled, row

CODES = ("T12", "T16", "T17")


def text(content):
    return checks.text_of(content).replace("\u00a0", " ")


def plain(said, *path):
    for step in path:
        said = said[step]
    return said.replace("\u00a0", " ")


def named(value, path=""):
    """The names of VOCABULARY that a set of variables has."""
    if isinstance(value, dict):
        return {name for key, one in value.items() for name in named(one, f"{path}.{key}" if path else key)}
    if isinstance(value, list):
        return {name for one in value for name in named(one, f"{path}[]")}
    return {path}


@pytest.mark.parametrize("code", CODES)
def test_the_vocabulary_names_every_variable_and_nothing_else(code):
    said, _ = filled(card(code))
    assert named(said) == set(variables.vocabulary(code))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("rows", "mode", "vat"), [
    ([row("А", "118270.50")], None, "в том числе НДС 22% — 21 327 (Двадцать одна тысяча триста двадцать семь) рублей 47 копеек"),
    ([row("А", "100", rate=20)], None, "в том числе НДС 22% — 18 (Восемнадцать) рублей 03 копейки"),
    ([row("А", "110", rate=10)], None, "в том числе НДС 10% — 10 (Десять) рублей 00 копеек"),
    ([row("А", "50000")], "УСН 5%", "в том числе НДС 5% — 2 380 (Две тысячи триста восемьдесят) рублей 95 копеек"),
    ([row("А", "50000")], "УСН 7%", "в том числе НДС 7% — 3 271 (Три тысячи двести семьдесят один) рубль 03 копейки"),
    ([row("А", "50000")], "Без НДС", "НДС не облагается на основании п. 1 ст. 145 НК РФ (УСН)"),
])  # fmt: skip
def test_vat_follows_the_mode_of_our_company_and_the_day_of_shipment(code, rows, mode, vat):
    """C-02, C-03: what a row still says of an older rate does not matter."""
    said, content = filled(card(code, rows, mode=mode))
    assert plain(said, "total", "vat_clause") == vat
    if code == "T12":
        assert vat in text(content)


def test_a_shipment_of_last_year_has_last_years_rate():
    """E-SH-9."""
    said, _ = filled(card("T12", [row("А", "100")], ship_until=date(2025, 12, 31)))
    assert plain(said, "total", "vat") == "16,67"


def test_mixed_rates_have_a_phrase_each():
    said, _ = filled(card("T12", [row("Пелёнка", "100.01", "7", rate=10), row("Костюм", "4200")]))
    assert [one[:21] for one in said["total"]["vat_lines"]] == ["в том числе НДС 22% —", "в том числе НДС 10% —"]


def test_an_entrepreneur_is_named_by_sex_and_has_no_kpp():
    """§15.2: without «в лице»."""
    said, content = filled(card("T12", found=ENTREPRENEUR))
    assert (
        said["client"]["sign_line"]
        == "Крутова Ольга Леонидовна, действующая на основании записи в ЕГРИП, ОГРНИП 304500116000157"
    )
    assert (
        "и Индивидуальный предприниматель Крутова Ольга Леонидовна, именуемая в дальнейшем «Покупатель», "
        "действующая на основании записи в ЕГРИП, ОГРНИП 304500116000157, с другой стороны"
    ) in text(content)
    assert said["client"]["kpp"] == ""


@pytest.mark.parametrize(("fields", "line"), [
    ({"UF_CRM_SF_SIGN_BASIS": "Доверенность", "UF_CRM_SF_SIGN_BASIS_NO": "5", "UF_CRM_SF_SIGN_BASIS_DT": "2026-01-12T00:00:00+03:00"},
     "на основании доверенности № 5 от «12» января 2026 г."),
    ({"UF_CRM_SF_SIGN_BASIS": "Приказ", "UF_CRM_SF_SIGN_BASIS_NO": "7-к", "UF_CRM_SF_SIGN_BASIS_DT": "2026-02-03T00:00:00+03:00"},
     "на основании приказа № 7-к от «03» февраля 2026 г."),
    ({"UF_CRM_SF_SIGN_FIO": "Шилова Наталья Викторовна"},
     "в лице генерального директора Шиловой Натальи Викторовны, действующей на основании Устава"),
])  # fmt: skip
def test_on_what_the_authority_of_a_signer_rests(fields, line):
    one = card("T12", found={"company": {**FOUND["company"], **fields}})
    assert line in one.client.said["sign_line"].replace("\u00a0", " ")
    assert variables.lacking(one) == []


@pytest.mark.parametrize(("fields", "labels"), [
    ({"UF_CRM_SF_SIGN_FIO": ""}, ["Подписант (ФИО, именительный)", "Пол подписанта"]),
    ({"UF_CRM_SF_SIGN_FIO": "Шевченко Саша"}, ["Пол подписанта"]),
    ({"UF_CRM_SF_SIGN_POST": ""}, ["Должность подписанта (именительный)"]),
    ({"UF_CRM_SF_SIGN_BASIS": None}, ["Основание полномочий"]),
    ({"UF_CRM_SF_SIGN_BASIS": "Доверенность"}, ["Номер основания", "Дата основания"]),
])  # fmt: skip
def test_what_a_signature_needs_is_asked_for_but_only_where_there_is_one(fields, labels):
    found = {"company": {**FOUND["company"], **fields}}
    assert variables.lacking(card("T12", found=found)) == labels
    assert variables.lacking(card("T17", found=found)) == []


@pytest.mark.parametrize(("contact", "greeting"), [
    ({"name": "Иван", "secondName": "Иванович"}, "Уважаемый Иван Иванович!"),
    ({"name": "Анна", "secondName": "Павловна"}, "Уважаемая Анна Павловна!"),
    ({"name": "Саша"}, "Здравствуйте, Саша!"),
    ({}, "Добрый день!"),
])  # fmt: skip
def test_a_person_is_greeted_by_name_and_sex(contact, greeting):
    said, _ = filled(card("T17", found={"contact": contact}))
    assert said["greeting"] == greeting


@pytest.mark.parametrize(("terms", "more", "said"), [
    ("100% предоплата", {"days": None}, "Покупатель оплачивает 100% стоимости в течение 5 (пяти) рабочих дней с даты выставления счёта."),
    ("Аванс X%, остаток перед отгрузкой", {},
     "Покупатель оплачивает аванс 30% стоимости в течение 30 (тридцати) рабочих дней с даты выставления счёта, остаток — "
     "в течение 3 (трёх) рабочих дней с даты уведомления о готовности к отгрузке."),
    ("Отсрочка N календарных дней", {}, "Покупатель оплачивает 100% стоимости в течение 30 (тридцати) календарных дней с даты отгрузки."),
    ("N рабочих дней после подписания УПД/акта", {"days": 7},
     "Покупатель оплачивает 100% стоимости в течение 7 (семи) рабочих дней с даты подписания УПД (акта)."),
    ("Поэтапно по графику", {"schedule": "30; счёт; 5 рд\n50; отгрузка; 21 кд\n20; 28.12.2026"},
     "Покупатель оплачивает стоимость поэтапно: 30% — в течение 5 (пяти) рабочих дней с даты выставления счёта; 50% — в течение 21 "
     "(двадцати одного) календарного дня с даты отгрузки; 20% — не позднее «28» декабря 2026 г."),
    ("Аванс X%, остаток через N календарных дней после отгрузки", {"days": 21},
     "Покупатель оплачивает аванс 30% стоимости в течение 5 (пяти) рабочих дней с даты выставления счёта, остаток — в течение 21 "
     "(двадцати одного) календарного дня с даты отгрузки."),
    ("Отсрочка N рабочих дней", {"days": 10}, "Покупатель оплачивает 100% стоимости в течение 10 (десяти) рабочих дней с даты отгрузки."),
    ("N дней после получения", {"days": 14}, "Покупатель оплачивает 100% стоимости в течение 14 (четырнадцати) календарных дней с даты получения товара."),
    ("Поэтапно с гарантийным удержанием R%", {"percent": "5", "days": None},
     "Покупатель оплачивает стоимость поэтапно: 95% — в течение 5 (пяти) рабочих дней с даты подписания УПД (акта); 5% — по истечении "
     "срока гарантийного удержания."),
    ("Аккредитив", {"days": None},
     "Покупатель оплачивает 100% стоимости в течение 5 (пяти) рабочих дней с даты представления в банк документов по аккредитиву."),
    (None, {}, "По соглашению сторон."),
])  # fmt: skip
def test_terms_of_payment_as_a_contract_says_them(terms, more, said):
    """§15.4."""
    made, _ = filled(card("T12", terms=terms, **more))
    assert plain(made, "terms", "text") == said


def test_the_lines_of_the_schedule_make_the_sum():
    said, content = filled(card("T12", [row("А", "100000.01")], percent="33.33"))
    assert [line["amount"].replace("\u00a0", " ") for line in said["terms"]["lines"]] == ["33 330,00", "66 670,01"]
    assert "33,33%\n33 330,00\nв течение 5 (пяти) рабочих дней с даты выставления счёта" in text(content)


def test_the_code_of_an_invoice_is_that_of_the_standard():
    """ГОСТ Р 56042-2014: a bar in a name would end its value."""
    said, _ = filled(card("T16", [row("А", "118270.50")], terms="100% предоплата"), number="СЧ-2026/1")
    assert said["invoice"]["qr"].split("|") == [
        "ST00012", "Name=ООО «Сферотек»", "PersonalAcc=40702810200000012345", "BankName=ПАО Сбербанк", "BIC=044525225",
        "CorrespAcc=30101810400000000225", "Sum=11827050", "Purpose=Оплата по счёту № СЧ-2026/1 от 23.11.2026, в т. ч. НДС 21 327,47",
        "PayeeINN=7701234560", "KPP=770101001",
    ]  # fmt: skip


def test_forty_rows_stand_in_the_document_and_add_up():
    rows = [row(f"Комбинезон «А & Б» <{n}>", f"{1000 + n}.55", f"{n}.125") for n in range(1, 41)]
    said, content = filled(card("T12", rows))
    assert [one["n"] for one in said["rows"]][-1] == "40"
    assert "Комбинезон «А & Б» <40>\nшт\n40,125\n1 040,55\n41 752,07" in text(content)


def test_a_quantity_has_no_zeros_behind_and_a_decimal_comma():
    said, _ = filled(card("T12", [row("А", "10.00", "10.5000")]))
    assert (said["rows"][0]["qty"], said["rows"][0]["sum"]) == ("10,5", "105,00")


@pytest.mark.parametrize(("client", "version", "name"), [
    ("ООО «Вектор»", 1, "Счёт на оплату СЧ-2026_001 ООО «Вектор» 2026-11-23.docx"),
    ('ООО "А/Б" <*?>', 2, "Счёт на оплату СЧ-2026_001 ООО _А_Б_ ____ 2026-11-23 (версия 2).docx"),
])  # fmt: skip
def test_the_name_of_a_file_holds_no_forbidden_signs(client, version, name):
    assert names.file_name("Счёт на оплату", "СЧ-2026/001", client, date(2026, 11, 23), version) == name


def test_the_name_of_a_file_is_at_most_120_characters_and_keeps_number_and_date():
    name = names.file_name("Счёт на оплату", "СЧ-2026/001", "О" * 300, date(2026, 11, 23), 12)
    assert len(name) <= 120
    assert name.startswith("Счёт на оплату СЧ-2026_001 О")
    assert name.endswith("О 2026-11-23 (версия 12).docx")


@pytest.mark.parametrize("code", CODES)
def test_templates_are_set_in_a_font_that_libreoffice_has_too(code):
    assert template.exists(code)
    _, content = filled(card(code))
    assert b"Times New Roman" in _part(content, "word/styles.xml")


def _part(content, name):
    return zipfile.ZipFile(io.BytesIO(content)).read(name)


def test_a_due_date_on_a_day_off_moves_only_where_the_house_has_set_so():
    """C-04: limits.payments.shift_weekend."""
    house, calendar = card("T17").company, card("T17").calendar
    parts = [payment_schedule.Part(Decimal(100), payment_schedule.INVOICE, 5, working=False, is_advance=True)]
    monday = {payment_schedule.INVOICE: date(2026, 11, 23)}
    payments = house.limits.payments.model_copy(update={"shift_weekend": False})
    other = house.model_copy(update={"limits": house.limits.model_copy(update={"payments": payments})})
    assert [one.due for one in terms.schedule(house, calendar, Decimal(100), parts, monday)] == [date(2026, 11, 30)]
    assert [one.due for one in terms.schedule(other, calendar, Decimal(100), parts, monday)] == [date(2026, 11, 28)]
    assert terms.schedule(house, calendar, Decimal(100), [], monday) == []


def test_the_numbers_of_a_foreign_organisation_are_not_measured_by_ours():
    found = {"requisite": {"RQ_INN": "9909", "RQ_COMPANY_NAME": "Textil AG"}, "bank": {}, "addresses": {}}
    of_russia = parties.client({**found, "company": {"UF_CRM_SF_LEGAL_FORM": "ООО"}})
    assert of_russia.doubts != []
    assert parties.client({**found, "company": {"UF_CRM_SF_LEGAL_FORM": "Иностранная организация"}}).doubts == []
