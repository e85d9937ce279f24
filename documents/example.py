"""A card with everything that any template asks for, and what belongs to it: a template can be looked at without a portal."""

from datetime import date, timedelta
from decimal import Decimal

from config import company
from documents import qr, template, variables
from documents.card import REGISTER, Card
from documents.dealings import Dealings, Delivery
from engine.deal import Row
from rules import payment_schedule, payments
from rules.payment_schedule import Due
from rules.working_time import WorkingCalendar

DAY = date(2026, 11, 23)
NUMBERS = {True: "3", False: "{}-2026/117"}
OF_THE_REPRESENTATIVE = "T21"
OF_THE_REGISTER = ("T13", "T24")
"""Templates that are filled from the card of the contract itself."""
TERMS, PERCENT, DAYS = "Аванс X%, остаток через N календарных дней после отгрузки", Decimal(30), 30
FIELDS = {
    "company": 1, "contact": 1, "contract": 5, "city": "Москва", "terms": TERMS, "terms_pct": PERCENT, "terms_days": DAYS,
    "so_group": "Спецодежда", "ship_until": DAY + timedelta(days=35), "delivery_way": "До объекта", "doc_state": "Действует",
    "address": "г. Тула, ул. Оборонная, д. 12", "doc_no": "Д-2026/017", "doc_date": date(2026, 3, 31), "doc_frame": True,
    "doc_start": date(2026, 3, 31), "doc_end": date(2027, 2, 28), "doc_newend": date(2028, 2, 28), "doc_prolong": "Автоматическая",
    "doc_period": 12, "period_from": date(2026, 10, 1), "period_to": date(2026, 11, 30), "hd_object": "Цех № 3 ПАО «Вектор»",
    "hd_objaddr": "г. Тула, ул. Оборонная, д. 12", "hd_retain": Decimal(5), "hd_retdate": date(2027, 11, 20),
    "rp_month": "2026-11", "rp_who": 1, "rp_tasks": "Переговоры с ПАО «Вектор» о поставке на 2027 год\nСверка остатков на складе ТК",
    "rp_visits": ["12.11.2026; ПАО «Вектор»; переговоры; ждём заявку", "19.11.2026; ООО «Рассвет»; показ образцов; договорились о пробной партии"],
    "rp_vcount": 18, "rp_vplan": 20, "rp_tdone": "12 / 1", "rp_advance": Decimal(20000), "rp_carry": Decimal("-1200"), "rp_before": None,
    "rp_claim": Decimal("19650.75"), "rp_balance": Decimal("-2749.25"), "rp_pay": Decimal(0), "rp_hold": Decimal(2000),
    "rp_cutnote": "нет кассового чека", "rp_late": 2,
    "rp_claimed": "ГСМ; 12.11.2026; чек № 1734; 8 450,75\nПроживание; 13.11.2026; счёт № 412; 10 000,00\nПредставительские; 19.11.2026; ; 1 200,00",
    "payments": ["12.10.2026; 150000,00; 77; 1С"], "db_month": "2026-11", "db_mgr": 1,
    "doc_changes": "п. 4.1\nБыло: Срок поставки — 20 рабочих дней с даты подписания Спецификации.\nСтало: Срок поставки — 30 рабочих дней с "
    "даты подписания Спецификации.\nПриложение № 1, строка 2\nБыло: Цена — 4 150,50 руб.\nСтало: Цена — 4 250,00 руб.\n"
    "НДС: фиксирована цена с НДС\nДействует с 01.12.2026",
}  # fmt: skip
FOUND = {
    "company": {
        "title": "ООО «Вектор»", "UF_CRM_SF_SIGN_FIO": "Дорофеев Кирилл Андреевич", "UF_CRM_SF_SIGN_POST": "Генеральный директор",
        "UF_CRM_SF_SIGN_BASIS": "Устав", "UF_CRM_SF_LEGAL_FORM": "ООО", "fm": [{"typeId": "PHONE", "value": "+7 (495) 765-43-21"}],
    },
    "requisite": {
        "RQ_COMPANY_NAME": "ООО «Вектор»", "RQ_COMPANY_FULL_NAME": "Общество с ограниченной ответственностью «Вектор»",
        "RQ_INN": "7104012349", "RQ_KPP": "710401001", "RQ_OGRN": "1027100123456", "RQ_EMAIL": "office@vektor.example",
    },
    "bank": {
        "RQ_BANK_NAME": "Банк ВТБ (ПАО)", "RQ_BIK": "044525187", "RQ_ACC_NUM": "40702810700000012345",
        "RQ_COR_ACC_NUM": "30101810700000000187",
    },
    "addresses": {"6": "300041, г. Тула, ул. Оборонная, д. 12"},
    "contact": {"name": "Иван", "secondName": "Иванович", "lastName": "Петров"},
    "contract": {"UF_CRM_SF_DOC_NO": "Д-2026/017", "UF_CRM_SF_DOC_DATE": "2026-03-31T00:00:00+03:00"},
    "representative": {
        "fio": "Абрамова Людмила Викторовна", "coordinator": "Белова Ирина", "accountant": "Андреева Ольга", "director": "Орлова Марина",
    },
    "user": {
        "LAST_NAME": "Волкова", "NAME": "Мария", "SECOND_NAME": "Игоревна", "WORK_POSITION": "Менеджер по продажам",
        "WORK_PHONE": "+7 (495) 123-45-67", "EMAIL": "volkova@sferotek.example",
    },
}  # fmt: skip
PRODUCTS = (
    ("Костюм летний «Бригада», тёмно-синий", "3850", "120", "компл"),
    ("Ботинки «Гранит» с композитным подноском", "4150.50", "10.5", "пара"),
    ("Жилет сигнальный, класс 2", "410", "300", "шт"),
)
EXPENSES = (
    ("ГСМ; 12.11.2026; чек № 1734", "8450.75", "1", "шт"),
    ("Проживание; 13.11.2026; счёт № 412", "10000", "1", "шт"),
)
SOLD = (
    ("Казань", "16255.47", "1.25", "203.19", None), ("Уфа", "8641.99", "0.75", "64.81", None), ("Самара", "1000.33", "1.5", "15.00", None),
    ("Томск", "-900.90", "1.1", "-9.91", None), ("Пермь", "100.00", None, None, "нет ставки"), ("Омск", None, None, None, "не предоставлен"),
)  # fmt: skip
"""Branch of the distributor, sales, rate, bonus, why it does not count."""
HANDED_OVER = {
    "manager": "Беляев Артур",
    "branches": [dict(zip(("name", "sales", "rate", "bonus", "lacks"), one, strict=True)) for one in SOLD],
    "corrections": [{"month": "октябрь 2026", "branch": "Пермь", "amount": "0.13"}],
    "figures": {"sales": "24996.89", "bonus": "273.09", "corrections": "0.13", "carry": "-9.91", "pay": "263.31", "to_next": "0.00"},
}  # fmt: skip
LATE = (("118", date(2026, 9, 14), "462000", "312000"), ("131", date(2026, 9, 28), "84000.50", "84000.50"))
"""УПД, day, what was to be paid in thirty days, what of it is still to be paid."""
PAID = ("20.10.2026; 150000,00; 436; 1С", "09.11.2026; 10000,00; 470; вручную")


class Sheet(dict):
    """As a deal: its fields; what nobody filled in is None."""

    id, title = 1, "Пример"

    def __init__(self, process: str, fields: dict):
        super().__init__(fields)
        self.process = process

    def __missing__(self, name: str) -> None:
        return None


def card(code: str) -> Card:
    """The example, seen by that template."""
    house, of_register = company(), code in OF_THE_REGISTER
    sheet = Sheet(REGISTER, {**FIELDS, "contract": None}) if of_register else Sheet("SOFT", {**FIELDS, "doc_end": None})
    found = {
        **FOUND,
        "month": HANDED_OVER,
        "dealings": Dealings(DAY, [_delivery(*one) for one in LATE], [payments.parse(one) for one in PAID]),
    }
    return Card(
        sheet, found, house, house.document_kinds[code], next(iter(house.our_companies.values())),
        WorkingCalendar(house.calendar.short_days, (), house.calendar.overrides), [_row(*one) for one in (EXPENSES if code == OF_THE_REPRESENTATIVE else PRODUCTS)],
        payment_schedule.parts(house.terms[TERMS], PERCENT, DAYS, ""),
    )  # fmt: skip


def variables_of(one: Card) -> dict:
    """What its document says."""
    type_ = one.company.document_types[one.kind.registry]
    number = NUMBERS[type_.within_contract].format(type_.prefix)
    return variables.make(one, number=number, day=DAY, today=DAY)


def filled(code: str) -> bytes:
    """The document that the template makes of the example. Raises TemplateMistake."""
    said = variables_of(card(code))
    return template.fill(code, said, {"QR": qr.picture(said["invoice"]["qr"])})


def _row(product: str, price: str, quantity: str, unit: str) -> Row:
    return Row(product, Decimal(price), Decimal(quantity), None, unit, None)


def _delivery(number: str, day: date, amount: str, rest: str) -> Delivery:
    due = Due(1, Decimal(amount), payment_schedule.SHIPPED, day + timedelta(days=30), is_advance=False)
    return Delivery(day, due.amount, "УПД", number, day, payment_schedule.text([due], [Decimal(rest)]))
