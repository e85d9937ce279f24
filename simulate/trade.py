"""Goods leave and money comes: every week some clients pay what they owe, and others get goods that they will pay for late."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from simulate.calendar import MOSCOW, at, is_worked, week_name, worked_after
from simulate.office import Office

ORDER, SHIPMENT, REGISTER = "SOFT", "SOFT_SHIPMENT", "REGISTRY"
TUESDAY, WEDNESDAY = 1, 2
PAYS, PAYS_IN_PART = 0.12, 0.03
ORDERS_A_WEEK = 4
OF_ORDER = (
    "companyId", "contactIds", "assignedById", "UF_CRM_SF_CITY", "UF_CRM_SF_SO_NEED", "UF_CRM_SF_SO_GROUP", "UF_CRM_SF_SO_CLASS",
    "UF_CRM_SF_ADDRESS", "UF_CRM_SF_DELIVERY_WAY", "UF_CRM_SF_OUR", "UF_CRM_SF_TERMS", "UF_CRM_SF_TERMS_DAYS", "UF_CRM_SF_CONTRACT",
)  # fmt: skip
OF_SHIPMENT = (
    "companyId", "contactIds", "assignedById", "UF_CRM_SF_CITY", "UF_CRM_SF_ADDRESS", "UF_CRM_SF_DELIVERY_WAY", "UF_CRM_SF_OUR",
    "UF_CRM_SF_TERMS", "UF_CRM_SF_TERMS_DAYS", "UF_CRM_SF_CONTRACT", "UF_CRM_SF_SH_WAREHOUSE", "UF_CRM_SF_SH_UPD",
)  # fmt: skip


class Trade:
    """Orders are made like those that are there at the beginning, so everything that the stages ask for is filled in."""

    def __init__(self, office: Office, seed: int):
        self._office, self._seed = office, seed
        self._accountant = office.in_role("ACCOUNTANT").id
        shipments = [card for card in office.cards(SHIPMENT) if card["UF_CRM_SF_SH_UPD"]]
        orders = {card["id"]: card for card in office.cards(ORDER)}
        self._models = [(orders[int(card["UF_CRM_SF_PARENT"].removeprefix("D_"))], card) for card in shipments]

    def moments(self, day: date) -> list[datetime]:
        """When something happens on that day."""
        return [at(day, 12, MOSCOW, 30)] if is_worked(day) and day.weekday() in (TUESDAY, WEDNESDAY) else []

    def act(self, day: date) -> int:
        return self._pay(day) if day.weekday() == TUESDAY else self._ship(day)

    def _pay(self, day: date) -> int:
        owed = self._office.cards(
            SHIPMENT, **{"@stageId": [self._office.stage_id(SHIPMENT, stage) for stage in ("PAYMENT", "OVERDUE")]}
        )
        paid = 0
        for card in owed:
            dice = Random(f"{self._seed} {day} {card['title']} {card['UF_CRM_SF_SH_TTN']}")
            debt, luck = Decimal((card["UF_CRM_SF_SH_DEBT"] or "0").partition("|")[0]), dice.random()
            if debt > 0 and luck < PAYS + PAYS_IN_PART:
                sum_ = debt if luck < PAYS else (debt / 2).quantize(Decimal(1))
                number = str(dice.randint(100, 99999))
                self._office.fill(
                    card["id"], self._accountant, PAY_SUM=f"{sum_}|RUB", PAY_DATE=day.isoformat(), PAY_NO=number
                )
                paid += 1
        return paid

    def _ship(self, day: date) -> int:
        dice = Random(f"{self._seed} {day}")
        for number, (order, shipment) in enumerate(dice.sample(self._models, ORDERS_A_WEEK), 1):
            self._one(f"{week_name(day)}-{number}", order, shipment, day + timedelta(days=dice.randint(-3, 20)), dice)
        return ORDERS_A_WEEK

    def _one(self, name: str, order: dict, shipment: dict, due: date, dice: Random) -> None:
        """The goods left so long ago that the payment is due on that day (a day off: on the next working day)."""
        days = int(order["UF_CRM_SF_TERMS_DAYS"])
        left = due - timedelta(days=days)
        rows = [
            {key: row[key] for key in ("productId", "productName", "price", "measureName")}
            for row in self._office.rows(order["id"])
        ]
        rows = [{**row, "quantity": dice.randint(5, 60)} for row in rows]
        support, manager = int(shipment["assignedById"]), int(order["assignedById"])
        begun = {key: order[key] for key in OF_ORDER}
        begun |= {"title": f"Заказ {name}", "UF_CRM_SF_SHIP_UNTIL": left.isoformat()}
        above = self._make(ORDER, "PAYMENT", manager, rows, begun)
        begun = {key: shipment[key] for key in OF_SHIPMENT}
        begun |= {
            "title": f"Отгрузка {name}", "UF_CRM_SF_PARENT": f"D_{above}", "UF_CRM_SF_SH_NO": 1, "UF_CRM_SF_SH_PLAN": left.isoformat(),
            "UF_CRM_SF_SH_FACT": left.isoformat(), "UF_CRM_SF_SH_TTN": f"ТТН {name}", "UF_CRM_SF_SH_RECEIVED": worked_after(left, 2).isoformat(),
            "UF_CRM_SF_SH_SIGNED": min(worked_after(left, 4), self._office.portal.time().date()).isoformat(),
        }  # fmt: skip
        self._make(SHIPMENT, "PAYMENT", support, rows, begun)

    def _make(self, process: str, stage: str, by: int, rows: list[dict], fields: dict) -> int:
        place = {"categoryId": self._office.categories[process], "stageId": self._office.stage_id(process, stage)}
        made = int(self._office.ask("crm.item.add", {"fields": {**fields, **place}}, by)["item"]["id"])
        self._office.write_rows(made, by, rows)
        return made
