"""A company in the middle of its work: clients, and forty open Soft deals with rows, fields and their way so far.

The same dice every time, so that two plantings are equal. The deals are made and moved in the past, step by step in
true order, through the very functions that people's calls reach; so their history is what a portal would have.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from config import company

from . import catalogue, clients
from .clients import Client
from .hand import DAYS_OFF, Hand, Step, play

SEED = 2026
PROCESS, REGISTER = "SOFT", "REGISTRY"
MANAGER = "Менеджер по продажам"
# How many open deals stand on which stage.
OPEN_DEALS = {
    "NEW": 6,
    "QUALIFY": 7,
    "DESIGN": 4,
    "ESTIMATE": 3,
    "ESTIMATED": 2,
    "OFFER": 7,
    "CONTRACT": 5,
    "SUPPLY": 3,
    "SHIPPING": 2,
    "PAYMENT": 1,
}
DETOURS = {"DESIGN": "UF_CRM_SF_SO_NEWMAT", "ESTIMATE": "UF_CRM_SF_SO_NEEDLOG", "ESTIMATED": "UF_CRM_SF_SO_NEEDLOG"}
PERCENT, DAYS = "UF_CRM_SF_TERMS_PCT", "UF_CRM_SF_TERMS_DAYS"
TERMS = (
    ("100% предоплата", {}),
    ("Аванс X%, остаток перед отгрузкой", {PERCENT: 50}),
    ("Аванс X%, остаток через N календарных дней после отгрузки", {PERCENT: 30, DAYS: 30}),
    ("Отсрочка N календарных дней", {DAYS: 45}),
)
FLAGS = sorted(set(DETOURS.values()))
DELIVERY = ("ТК", "Наш транспорт", "До объекта", "Самовывоз")
CLIENTS_SINCE = timedelta(days=300)
CLASSES = ("A", "B", "C", "Новый")


@dataclass
class Story:
    """One deal: who leads it, for whom, what about, and which stages it entered when."""

    manager: int
    zone: str
    client: Client
    goods: dict
    way: list[str]
    detours: set[str]
    moments: list[datetime] = field(default_factory=list)
    deal_id: int = 0


def plant(portal) -> None:
    dice = Random(SEED)
    goods, firms = plant_customers(portal, dice)
    play(portal, steps(portal, dice, goods, firms))


def steps(portal, dice: Random, goods: list[dict], firms: list[Client]) -> Iterator[Step]:
    """What the forty deals went through until now."""
    teller = _Teller(portal, dice)
    for story in _stories(dice, goods, managers_of(portal), firms, portal.clock.now()):
        for moment, stage in zip(story.moments, story.way, strict=True):
            yield moment, partial(teller.tell, story, stage)


def plant_customers(portal, dice: Random) -> tuple[list[dict], list[Client]]:
    """What the company sells, and whom to; both are there for a long time."""
    start, managers = portal.clock.now(), managers_of(portal)
    portal.clock.set(start - CLIENTS_SINCE)
    goods = catalogue.plant(portal)
    firms = clients.plant(portal, dice, {city: [row["ID"] for row in rows] for city, rows in managers.items()})
    portal.clock.set(start)
    return goods, firms


def managers_of(portal) -> dict[str, list[dict]]:
    """The people who sell, by their city."""
    by_city: dict[str, list[dict]] = {}
    for row in portal.store.users.having(WORK_POSITION=MANAGER):
        by_city.setdefault(row["PERSONAL_CITY"], []).append(row)
    return by_city


# -- what happened


def _stories(dice: Random, goods: list[dict], managers: dict, firms: list[Client], start: datetime) -> list[Story]:
    chosen = dice.sample(firms, sum(OPEN_DEALS.values()))
    ends = [stage for stage, number in OPEN_DEALS.items() for _ in range(number)]
    stories = []
    for client, end in zip(chosen, ends, strict=True):
        manager = dice.choice(managers[client.city])
        detours = {DETOURS[end]} if end in DETOURS else {flag for flag in FLAGS if dice.random() < 0.3}
        zone = company().cities[client.city].zone
        story = Story(manager["ID"], zone, client, dice.choice(goods), _way(end, detours), detours)
        story.moments = _moments(dice, story, start)
        stories.append(story)
    return stories


def _way(end: str, detours: set[str]) -> list[str]:
    """The stages from the first to where the deal stands, without detours that it does not need."""
    stages = [stage for stage in OPEN_DEALS if stage not in DETOURS or DETOURS[stage] in detours]
    return stages[: stages.index(end) + 1]


def _moments(dice: Random, story: Story, start: datetime) -> list[datetime]:
    """Working moments in the manager's zone, the last of them before the portal's start."""
    moments, day = [], start.astimezone(ZoneInfo(story.zone)).date() - timedelta(days=1)
    for _ in story.way:
        day -= timedelta(days=dice.randint(0, 4))
        while day.weekday() > 4 or day in DAYS_OFF:
            day -= timedelta(days=1)
        at = time(dice.randint(9, 17), dice.randint(0, 59), dice.randint(0, 59))
        moments.append(datetime.combine(day, at, ZoneInfo(story.zone)))
        day -= timedelta(days=1)
    return moments[::-1]


class _Teller:
    """Does what the people of a story did, through the portal's own methods."""

    def __init__(self, portal, dice: Random):
        self.portal, self.dice, self.hand = portal, dice, Hand(portal)
        self.options, self.categories = self.hand.options, self.hand.categories

    def tell(self, story: Story, stage: str) -> None:
        values = {"stageId": self.hand.stage(PROCESS, stage), **self._filled_for(story, stage)}
        if stage == "NEW":
            values |= {"categoryId": self.categories[PROCESS], "assignedById": story.manager}
            story.deal_id = self._run(story, "crm.item.add", fields=values)["item"]["id"]
            return
        if stage == "OFFER":
            rows = [self._row(goods) for goods in self.dice.sample(story.goods["goods"], self.dice.randint(2, 4))]
            self._run(story, "crm.item.productrow.set", ownerType="D", ownerId=story.deal_id, productRows=rows)
        self._run(story, "crm.item.update", id=story.deal_id, fields=values)

    def _filled_for(self, story: Story, stage: str) -> dict:
        """The fields that people fill in on the way to this stage."""
        fill = {
            "NEW": self._request,
            "QUALIFY": self._needs,
            "ESTIMATED": self._estimate,
            "CONTRACT": self._terms,
            "SUPPLY": self._delivery,
        }.get(stage)
        return fill(story) if fill else {}

    def _request(self, story: Story) -> dict:
        return {
            "title": f"{story.goods['about']} для {story.client.title}",
            "companyId": story.client.company_id,
            "contactIds": [story.client.contact_id],
            "UF_CRM_SF_CITY": self.options.id("UF_CRM_SF_CITY", story.client.city),
        }

    def _needs(self, story: Story) -> dict:
        return {
            "UF_CRM_SF_SO_NEED": self.dice.choice(story.goods["needs"]),
            "UF_CRM_SF_SO_GROUP": self.options.id("UF_CRM_SF_SO_GROUP", story.goods["group"]),
            "UF_CRM_SF_SO_CLASS": self.options.id("UF_CRM_SF_SO_CLASS", self.dice.choice(CLASSES)),
            "UF_CRM_SF_ADDRESS": story.client.address,
            **dict.fromkeys(story.detours, "Y"),
        }

    def _estimate(self, story: Story) -> dict:
        cost = self.dice.randint(15, 180) * 1000
        return {"UF_CRM_SF_SO_LOGCOST": f"{cost}|RUB", "UF_CRM_SF_SO_LOGDAYS": self.dice.randint(3, 21)}

    def _terms(self, story: Story) -> dict:
        terms, numbers = self.dice.choice(TERMS)
        own = next(iter(company().our_companies.values())).name
        return {
            "UF_CRM_SF_OUR": self.options.id("UF_CRM_SF_OUR", own),
            "UF_CRM_SF_TERMS": self.options.id("UF_CRM_SF_TERMS", terms),
            **numbers,
        }

    def _delivery(self, story: Story) -> dict:
        until = self.portal.clock.now().date() + timedelta(days=self.dice.randint(25, 60))
        way = self.options.id("UF_CRM_SF_DELIVERY_WAY", self.dice.choice(DELIVERY))
        return {
            "UF_CRM_SF_SHIP_UNTIL": until.isoformat(),
            "UF_CRM_SF_DELIVERY_WAY": way,
            "UF_CRM_SF_CONTRACT": f"D_{self._register_contract(story)}",
        }

    def _register_contract(self, story: Story) -> int:
        """The signed frame contract as a card of the register."""
        option, today = self.options.id, self.portal.clock.now().date()
        fields = {
            "title": f"Договор поставки — {story.client.title}",
            "categoryId": self.categories[REGISTER],
            "stageId": self.hand.stage(REGISTER, "CONTRACT"),
            "assignedById": story.manager,
            "companyId": story.client.company_id,
            "UF_CRM_SF_DOC_STATE": option("UF_CRM_SF_DOC_STATE", "Действует"),
            "UF_CRM_SF_DOC_NO": f"СФ-{today.year}/{story.deal_id:03}",
            "UF_CRM_SF_DOC_DATE": today.isoformat(),
            "UF_CRM_SF_DOC_SIGNED": today.isoformat(),
            "UF_CRM_SF_DOC_START": today.isoformat(),
            "UF_CRM_SF_DOC_END": today.replace(year=today.year + 1).isoformat(),
            "UF_CRM_SF_DOC_FRAME": "Y",
            "UF_CRM_SF_DOC_SUM": "0|RUB",
            "UF_CRM_SF_DOC_SIDE": option("UF_CRM_SF_DOC_SIDE", "Клиент"),
            "UF_CRM_SF_DOC_PROLONG": option("UF_CRM_SF_DOC_PROLONG", "Автоматическая"),
            "UF_CRM_SF_DOC_INIT": story.manager,
            "UF_CRM_SF_DOC_SOURCE": f"D_{story.deal_id}",
        }
        return self._run(story, "crm.item.add", fields=fields)["item"]["id"]

    def _row(self, goods: dict) -> dict:
        quantity = max(1, round(goods["quantity"] * self.dice.uniform(0.3, 1.4)))
        return {
            "productId": goods["id"],
            "productName": goods["name"],
            "price": goods["price"],
            "quantity": quantity,
            "measureName": goods["unit"],
        }

    def _run(self, story: Story, name: str, **params: object) -> object:
        return self.hand.run(story.manager, name, **params)
