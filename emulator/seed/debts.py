"""Shipments whose payment is awaited: most managers have clients who are late, by a day or by months; some managers have none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from random import Random

from config import company

from . import demo
from .clients import Client
from .hand import Hand, Step, at, is_worked, money, words, worked

SEED = 56
ORDER, SHIPMENT, REGISTER = "SOFT", "SOFT_SHIPMENT", "REGISTRY"
TERMS = "Отсрочка N календарных дней"
DEFERRALS = (30, 14, 45, 21, 60)
PAYS_IN_TIME = "ООО «СибМетКонструкция»"
# How many days the payments of a manager's clients are late when the portal starts; below 0: they are not due yet.
LATE_DAYS: tuple[tuple[int, ...], ...] = (
    (12, 41), (4, 26), (), (96,), (29, 57), (8, -3), (23, 75), (2, 110), (), (19,), (6, 92), (5, 47),
    (-1, 24), (28,), (), (15, 36), (103, 7), (14,), (-8,), (1, 30), (3, 68), (22, 64), (11, 54), (9, 85),
)  # fmt: skip
REASONS = ("Нет денег у клиента", "Документы не подписаны", "Бюджетное финансирование", "Забыли оплатить")
SAID, PAID_IN_PART = 0.5, 0.3
LONG_LATE = 90


@dataclass
class Debt:
    """An order that left in one shipment; sums in kopecks."""

    manager: int
    city: str
    client: Client
    goods: dict
    quantity: int
    due: date
    days: int
    left_on: date
    paid: int
    said: bool
    number: int
    order: int = 0
    shipment: int = 0

    @property
    def total(self) -> int:
        return self.quantity * self.goods["price"] * 100

    @property
    def rest(self) -> int:
        return self.total - self.paid


def steps(portal, goods: list[dict], firms: Sequence[Client]) -> Iterator[Step]:
    today, dice, teller = portal.clock.now().date(), Random(SEED), _Teller(portal)
    for debt in _debts(dice, demo.managers_of(portal), goods, firms, today):
        yield from teller.steps(debt, today)


def _debts(dice: Random, managers: dict, goods: list[dict], firms: Sequence[Client], today: date) -> Iterator[Debt]:
    people, number = sorted((row["ID"], city) for city, rows in managers.items() for row in rows), 0
    for (manager, city), late in zip(people, LATE_DAYS, strict=True):
        theirs = [firm for firm in firms if firm.city == city and firm.title != PAYS_IN_TIME]
        for client, days in zip(dice.sample(theirs, len(late)), late, strict=True):
            number += 1
            yield _debt(dice, number, manager, client, dice.choice(goods), today - timedelta(days=days))


def _debt(dice: Random, number: int, manager: int, client: Client, group: dict, due: date) -> Debt:
    one = dice.choice(group["goods"])
    quantity = max(2, round(one["quantity"] * dice.uniform(0.2, 0.8)))
    while not is_worked(due):
        due -= timedelta(days=1)
    days = next(days for days in DEFERRALS if is_worked(due - timedelta(days=days)))
    paid = round(quantity * one["price"] * dice.uniform(0.2, 0.6)) * 100 if dice.random() < PAID_IN_PART else 0
    left_on, said = due - timedelta(days=days), dice.random() < SAID
    return Debt(manager, client.city, client, {**one, "group": group}, quantity, due, days, left_on, paid, said, number)


class _Teller:
    """Leads an order to its last stage and its only shipment to where the money is awaited."""

    def __init__(self, portal):
        self.hand = Hand(portal)
        self.support = self.hand.users["sorokina"]

    def steps(self, debt: Debt, today: date) -> Iterator[Step]:
        # Later ones that have not come yet are left out: a shipment of yesterday is still on its way.
        received, signed = worked(debt.left_on, 3), worked(debt.left_on, 6)
        told = [
            (at(debt.left_on - timedelta(days=20), 11, debt.city), self._take_the_order),
            (at(debt.left_on - timedelta(days=9), 12, debt.city), self._plan_the_shipment),
            (at(debt.left_on, 15, debt.city), self._let_it_leave),
            (at(received, 12, debt.city), self._receive),
            (at(signed, 16, debt.city), self._await_the_money),
            (at(debt.due + timedelta(days=1), 6, debt.city), self._is_late),
            (at(worked(today - timedelta(days=5)), 14, debt.city, debt.number), self._say_why),
        ]
        return ((moment, partial(do, debt)) for moment, do in told if moment.date() < today)

    def _take_the_order(self, debt: Debt) -> None:
        option, group = self.hand.option, debt.goods["group"]
        fields = {
            "companyId": debt.client.company_id, "contactIds": [debt.client.contact_id], "CITY": option("CITY", debt.city),
            "SO_NEED": group["needs"][0], "SO_GROUP": option("SO_GROUP", group["group"]), "SO_CLASS": option("SO_CLASS", "B"),
            "ADDRESS": debt.client.address, "DELIVERY_WAY": option("DELIVERY_WAY", "ТК"), **self._terms(debt),
            "SHIP_UNTIL": worked(debt.left_on, 2).isoformat(),
        }  # fmt: skip
        debt.order = self.hand.make(
            debt.manager, ORDER, f"{group['about']} для {debt.client.title}", "CONTRACT", **fields
        )
        self.hand.write_rows(debt.manager, debt.order, [_row(debt)])

    def _terms(self, debt: Debt) -> dict:
        own = next(iter(company().our_companies.values())).name
        return {
            "OUR": self.hand.option("OUR", own), "TERMS": self.hand.option("TERMS", TERMS), "TERMS_DAYS": debt.days,
        }  # fmt: skip

    def _plan_the_shipment(self, debt: Debt) -> None:
        contract = self._contract(debt)
        fields = {
            "PARENT": f"D_{debt.order}", "companyId": debt.client.company_id, "contactIds": [debt.client.contact_id],
            "CITY": self.hand.option("CITY", debt.city), "SH_NO": 1, "SH_PLAN": debt.left_on.isoformat(),
            "SH_WAREHOUSE": self.hand.option("SH_WAREHOUSE", "Москва (центральный)"), "SH_SUM": money(debt.total),
            "CONTRACT": f"D_{contract}", "ADDRESS": debt.client.address, "DELIVERY_WAY": self.hand.option("DELIVERY_WAY", "ТК"),
            **self._terms(debt),
        }  # fmt: skip
        title = f"Отгрузка 1 — {debt.client.title}"
        debt.shipment = self.hand.make(self.support, SHIPMENT, title, "RESERVE", **fields)
        self.hand.write_rows(self.support, debt.shipment, [_row(debt)])
        self.hand.move(
            debt.manager, ORDER, debt.order, "SHIPPING", CHILDREN=[f"D_{debt.shipment}"], CONTRACT=f"D_{contract}"
        )

    def _contract(self, debt: Debt) -> int:
        """The signed frame contract, in force for three years."""
        option, signed = self.hand.option, debt.left_on - timedelta(days=12)
        day = signed.isoformat()
        return self.hand.make(
            debt.manager, REGISTER, f"Договор поставки — {debt.client.title}", "CONTRACT", companyId=debt.client.company_id,
            DOC_STATE=option("DOC_STATE", "Действует"), DOC_NO=f"СФ-{signed.year}/Д{debt.number:03}", DOC_DATE=day, DOC_SIGNED=day,
            DOC_START=day, DOC_END=signed.replace(year=signed.year + 3).isoformat(), DOC_FRAME="Y", DOC_SUM="0|RUB",
            DOC_SIDE=option("DOC_SIDE", "Клиент"), DOC_PROLONG=option("DOC_PROLONG", "Автоматическая"), DOC_INIT=debt.manager,
            DOC_SOURCE=f"D_{debt.order}",
        )  # fmt: skip

    def _let_it_leave(self, debt: Debt) -> None:
        fact = {"SH_FACT": debt.left_on.isoformat(), "SH_TTN": f"ТТН-{debt.number:04}", "SH_DEBT": money(debt.total)}
        self.hand.move(self.support, SHIPMENT, debt.shipment, "TRANSIT", **fact, **_schedule(debt, paid=0))
        self.hand.move(debt.manager, ORDER, debt.order, "PAYMENT", **_of_order(debt, paid=0))

    def _receive(self, debt: Debt) -> None:
        option, day = self.hand.option, debt.left_on.isoformat()
        upd = self.hand.make(
            self.support, REGISTER, f"УПД — {debt.client.title}", "UPD", companyId=debt.client.company_id,
            DOC_STATE=option("DOC_STATE", "Подписан (закрывающий)"), DOC_NO=f"УПД-{debt.number:03}", DOC_DATE=day, DOC_SUM=money(debt.total),
            DOC_SIDE=option("DOC_SIDE", "Клиент"), DOC_SOURCE=f"D_{debt.shipment}",
        )  # fmt: skip
        received = worked(debt.left_on, 3).isoformat()
        self.hand.move(self.support, SHIPMENT, debt.shipment, "DOCS", SH_UPD=f"D_{upd}", SH_RECEIVED=received)

    def _await_the_money(self, debt: Debt) -> None:
        """The papers are back; some clients pay a part."""
        signed = worked(debt.left_on, 6)
        paid = [f"{signed:%d.%m.%Y}; {words(debt.paid)}; {100 + debt.number}; вручную"] if debt.paid else []
        got = {
            "SH_SIGNED": signed.isoformat(),
            "PAYMENTS": paid,
            "SH_PAID": money(debt.paid),
            "SH_DEBT": money(debt.rest),
        }
        self.hand.move(self.support, SHIPMENT, debt.shipment, "PAYMENT", **got, **_schedule(debt, debt.paid))
        self.hand.move(debt.manager, ORDER, debt.order, "PAYMENT", **_of_order(debt, debt.paid))

    def _is_late(self, debt: Debt) -> None:
        """As the layer has counted it this morning."""
        late = (self.hand.portal.clock.now().date() - debt.due).days
        counted = {"SH_OVERDAYS": late, "SH_OVERSUM": money(debt.rest)}
        self.hand.move(self.support, SHIPMENT, debt.shipment, "OVERDUE", **counted)

    def _say_why(self, debt: Debt) -> None:
        """Last week's report: why the money does not come, and when it will; some of them will be proved wrong."""
        now = self.hand.portal.clock.now()
        if not debt.said or debt.due >= now.date():
            return
        reason = "Спор по качеству" if (now.date() - debt.due).days > LONG_LATE else REASONS[debt.number % len(REASONS)]
        promise = worked(now.date() + timedelta(days=6 + 3 * (debt.number % 5)))
        fields = {
            "DZ_REASON": self.hand.option("DZ_REASON", reason), "DZ_PROMISE": promise.isoformat(), "DZ_UPDATED": now.isoformat(),
            "DZ_NOTE": "Ждём заключение по рекламации" if reason.startswith("Спор") else "",
        }  # fmt: skip
        self.hand.move(debt.manager, SHIPMENT, debt.shipment, "OVERDUE", **fields)


def _row(debt: Debt) -> dict:
    goods = debt.goods
    return {
        "productId": goods["id"], "productName": goods["name"], "price": goods["price"], "quantity": debt.quantity,
        "measureName": goods["unit"],
    }  # fmt: skip


def _schedule(debt: Debt, paid: int) -> dict:
    line = f"{debt.due:%d.%m.%Y}; {words(debt.total)}; {words(debt.total - paid)}"
    return {"SH_SCHED": line, "SH_DUE": debt.due.isoformat()}


def _of_order(debt: Debt, paid: int) -> dict:
    return {"SO_SHIPPED": money(debt.total), "SO_PAID": money(paid), "SO_DEBT": money(debt.total - paid)}
