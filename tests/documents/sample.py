"""A card and what belongs to it, without a portal: for tests of documents/ and for their pictures in docs/."""

from datetime import date
from decimal import Decimal

from config import company
from documents import example, qr, template, variables
from documents.card import Card
from engine.deal import Row
from rules import payment_schedule
from rules.working_time import WorkingCalendar

DAY = date(2026, 11, 23)
FOUND = example.FOUND
COMPANY, REQUISITE = FOUND["company"], FOUND["requisite"]
ENTREPRENEUR = {
    "company": {"title": "ИП Крутова", "UF_CRM_SF_SIGN_FIO": "Крутова Ольга Леонидовна", "UF_CRM_SF_LEGAL_FORM": "ИП"},
    "requisite": {
        "ID": "2", "RQ_COMPANY_NAME": "ИП Крутова Ольга Леонидовна", "RQ_INN": "500100732259", "RQ_OGRNIP": "304500116000157",
        "RQ_COMPANY_FULL_NAME": "Индивидуальный предприниматель Крутова Ольга Леонидовна",
    },
}  # fmt: skip
PART_POST = "Аванс X%, остаток через N календарных дней после отгрузки"


class Sheet(dict):
    """A deal's fields; what nobody filled in is None."""

    process = "SOFT"

    def __missing__(self, name: str) -> None:
        return None


def row(product: str, price: str, quantity: str = "1", unit: str = "шт", rate: int | None = None) -> Row:
    return Row(product, Decimal(price), Decimal(quantity), None, unit, None if rate is None else Decimal(rate))


ROWS = [row(*one) for one in example.PRODUCTS]


def card(
    code: str, rows: list[Row] | None = None, *, our: str = "ООО «Сферотек»", mode: str | None = None, percent: str = "30", days: int | None = 30,
    schedule: str = "", found: dict | None = None, **fields: object,
) -> Card:  # fmt: skip
    """A card of the template `code`; `mode`: another «Режим НДС» of our company."""
    house = company()
    own = house.our_companies[our]
    sheet = Sheet(
        {
            "company": 1,
            "contact": 1,
            "contract": 5,
            "city": "Москва",
            "terms": PART_POST,
            "ship_until": date(2026, 12, 28),
            **fields,
        }
    )
    terms = house.terms.get(sheet["terms"])
    parts = payment_schedule.parts(terms, Decimal(percent), days, schedule) if terms else []
    calendar = WorkingCalendar(house.calendar.short_days, (), house.calendar.overrides)
    own = own.model_copy(update={"vat_mode": mode}) if mode else own
    return Card(
        sheet, {**FOUND, **(found or {})}, house, house.document_kinds[code], own, calendar, rows or ROWS, parts
    )


def filled(one: Card, number: str = "1", day: date = DAY) -> tuple[dict, bytes]:
    """Its variables and its file."""
    said = variables.make(one, number=number, day=day, today=day)
    return said, template.fill(one.kind.code, said, {"QR": qr.picture(said["invoice"]["qr"])})
