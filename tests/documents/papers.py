"""Cards for the papers around a contract, without a portal: T13, T15, T18, T19, T24."""

from datetime import date
from decimal import Decimal

from documents.card import Card
from documents.dealings import Dealings, Delivery
from rules import payment_schedule, payments
from rules.payment_schedule import Due
from tests.documents.sample import FOUND, Sheet, card, row

TODAY = date(2026, 11, 23)


class RegisterCard(Sheet):
    process = "REGISTRY"


def delivery(number: str, day: date, *lines: tuple[date | None, str, str]) -> Delivery:
    """A shipment under its УПД; `lines`: when what was to be paid, and what of it is still to be paid."""
    dues = [
        Due(n, Decimal(amount), payment_schedule.SHIPPED, due, is_advance=False)
        for n, (due, amount, _) in enumerate(lines, 1)
    ]
    schedule = payment_schedule.text(dues, [Decimal(rest) for *_, rest in lines])
    return Delivery(day, sum((due.amount for due in dues), Decimal(0)), "УПД", number, day, schedule)


LATE = [
    delivery("118", date(2026, 9, 14), (date(2026, 10, 14), "462000", "312000")),
    delivery("131", date(2026, 9, 28), (date(2026, 10, 5), "36000", "0"), (date(2026, 10, 28), "84000.50", "84000.50")),
    delivery("140", date(2026, 10, 12), (date(2026, 11, 23), "55000", "55000")),
    delivery("152", date(2026, 11, 16), (date(2026, 12, 16), "123000", "123000")),
]
PAID = [payments.parse(line) for line in ("02.10.2026; 36000; 411; 1С", "20.10.2026; 150000; 436; 1С", "09.11.2026; 10000; 470; вручную",
                                          "10.11.2026; -10000; 12; 1С")]  # fmt: skip


def told(*, on: date = TODAY, deliveries: list[Delivery] = LATE, paid: list = PAID) -> dict:
    return {**FOUND, "dealings": Dealings(on, deliveries, paid)}


def claim(*, on: date = TODAY, deliveries: list[Delivery] = LATE, found: dict | None = None, **fields: object) -> Card:
    """T18 from a shipment."""
    return card("T18", found={**told(on=on, deliveries=deliveries), **(found or {})}, **fields)


def reconciliation(
    since: date = date(2026, 10, 1), until: date = date(2026, 11, 30), *, found: dict | None = None, **fields: object
) -> Card:
    """T19 from an order."""
    return card(
        "T19", found={**told(on=date(2026, 12, 1)), **(found or {})}, period_from=since, period_to=until, **fields
    )


def of_register(code: str, **fields: object) -> Card:
    """T13 and T24 from the contract's own card in the register."""
    known = {
        "doc_no": "Д-2026/017", "doc_date": date(2026, 3, 31), "doc_end": date(2027, 2, 28), "doc_newend": date(2028, 2, 28),
        "doc_prolong": "Автоматическая", "contract": None,
    }  # fmt: skip
    one = card(code, found={"contract": {}}, **{**known, **fields})
    one.deal = RegisterCard(one.deal)
    return one


WORKS = [
    row("Обследование кровли и проект анкерной линии", "180000", unit="усл"),
    row("Монтаж анкерной линии АЛ-2, 3 пролёта", "42500.50", "6", "компл"),
    row("Испытания и паспорт анкерной линии", "15000", "6", "шт"),
]


def acceptance(**fields: object) -> Card:
    """T15 from a project."""
    known = {
        "period_from": date(2026, 10, 5), "period_to": date(2026, 11, 20), "hd_object": "Цех № 3 ПАО «Вектор»", "ship_until": None,
        "hd_objaddr": "г. Тула, ул. Оборонная, д. 12", "hd_retain": Decimal(5), "hd_retdate": date(2027, 11, 20),
        "payments": ["12.10.2026; 150000,00; 77; 1С"],
    }  # fmt: skip
    return card("T15", WORKS, **{**known, **fields})


MADE = {
    "T13": of_register,
    "T15": lambda code: acceptance(),
    "T18": lambda code: claim(),
    "T19": lambda code: reconciliation(),
    "T24": of_register,
}


def paper(code: str) -> Card:
    """The card of the paper with everything it needs."""
    return MADE[code](code)
