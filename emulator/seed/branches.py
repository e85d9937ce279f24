"""The key distributor and its branches (branches.yaml), with nine closed months of their sales reports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from random import Random

from .files import read
from .hand import Hand, Step, at, money, months_before, next_month, worked
from .options import Options

SEED, MONTHS, DAYS_TO_CLOSE = 1, 9, 8
SUMMARY, BRANCH = "DISTRIBUTOR", "DISTRIBUTOR_BRANCH"
KIND, OFFICE = "Филиал дистрибьютора", "Москва"
DISCOUNT = Decimal("0.8")
SILENT = 0.03
KOPECK = Decimal("0.01")


@dataclass
class Branch:
    """A branch; `rate` None: nobody has set one."""

    city: str
    rate: Decimal | None
    since: date
    until: date | None
    company: int = 0

    def reports(self, month: date) -> bool:
        return self.since < next_month(month) and (self.until is None or self.until > month)


@dataclass
class Month:
    """A manager's month: the cards, and what was sold; roubles."""

    manager: int
    first: date
    branches: Sequence[Branch]
    card: int = 0
    cards: dict[str, int] = field(default_factory=dict)
    sales: dict[str, Decimal] = field(default_factory=dict)

    @property
    def said(self) -> str:
        return f"{self.first:%Y-%m}"


def steps(portal, goods: list[dict]) -> Iterator[Step]:
    described, teller, dice = read("branches.yaml"), _Teller(portal, goods), Random(SEED)
    today = portal.clock.now().date()
    for login, listed in described["managers"].items():
        manager = teller.hand.users[login]
        branches = [_branch(one, described["since"]) for one in listed]
        yield at(months_before(today, MONTHS + 2), 10, OFFICE), partial(teller.enter, manager, branches)
        months = [
            month
            for month in (months_before(today, number) for number in range(1, MONTHS + 2))
            if _closed(month) < today
        ]
        for first in reversed(months[:MONTHS]):
            month = Month(manager, first, [one for one in branches if one.rate is not None and one.reports(first)])
            yield from teller.steps(month, dice)


def _closed(month: date) -> date:
    return worked(next_month(month), DAYS_TO_CLOSE)


def _branch(row: dict, since: date) -> Branch:
    rate = Decimal(str(row["rate"])) if "rate" in row else None
    return Branch(row["city"], rate, row.get("since", since), row.get("until"))


class _Teller:
    def __init__(self, portal, goods: list[dict]):
        self.hand, self.goods = Hand(portal), [one for group in goods for one in group["goods"]]
        self.kind = Options(portal, "CRM_COMPANY").id("UF_CRM_SF_KIND", KIND)
        self.distributor = read("branches.yaml")["distributor"]

    def enter(self, manager: int, branches: Sequence[Branch]) -> None:
        """The branches are companies of the portal."""
        for one in branches:
            fields = {
                "title": f"{self.distributor}, филиал {one.city}", "assignedById": manager, "typeId": "PARTNER",
                "UF_CRM_SF_KIND": [self.kind], "UF_CRM_SF_BRANCH_MGR": manager, "UF_CRM_SF_BRANCH_ON": one.since.isoformat(),
                "UF_CRM_SF_BRANCH_OFF": one.until.isoformat() if one.until else "",
                "UF_CRM_SF_BRANCH_RATE": str(one.rate) if one.rate is not None else "",
            }  # fmt: skip
            one.company = self.hand.run(manager, "crm.item.add", entityTypeId=4, fields=fields)["item"]["id"]

    def steps(self, month: Month, dice: Random) -> Iterator[Step]:
        opened = worked(next_month(month.first))
        yield at(opened, 9, OFFICE), partial(self._open, month)
        for one in month.branches:
            silent = dice.random() < SILENT
            day = worked(opened, 7) if silent else worked(opened, dice.randint(2, 6))
            moment = at(day, 18 if silent else dice.randint(10, 17), OFFICE, dice.randint(0, 59))
            yield moment, partial(self._close_branch, month, one, [] if silent else self._sold(dice))
        yield at(_closed(month.first), 12, OFFICE), partial(self._close, month)

    def _open(self, month: Month) -> None:
        common = {"DB_MONTH": month.said, "DB_MGR": month.manager}
        of_summary = {"DB_TYPE": self.hand.option("DB_TYPE", "Сводная по менеджеру"), **common}
        of_summary |= {"DS_BRANCHES": [one.company for one in month.branches], "DS_TOTAL": len(month.branches)}
        month.card = self.hand.make(month.manager, SUMMARY, f"Дистрибьютор — {month.said}", "COLLECT", **of_summary)
        of_branch = {"DB_TYPE": self.hand.option("DB_TYPE", "Филиал"), "PARENT": f"D_{month.card}", **common}
        for one in month.branches:
            more = {"DB_BRANCH": one.company, "companyId": one.company, "DB_RATE": str(one.rate)}
            title = f"Филиал {one.city} — {month.said}"
            month.cards[one.city] = self.hand.make(month.manager, BRANCH, title, "REQUEST", **of_branch, **more)

    def _sold(self, dice: Random) -> list[dict]:
        chosen = dice.sample(self.goods, dice.randint(1, 3))
        return [
            {
                "productId": one["id"], "productName": one["name"], "price": float(one["price"] * DISCOUNT),
                "quantity": max(1, round(one["quantity"] * dice.uniform(0.05, 0.4))), "measureName": one["unit"],
            }
            for one in chosen
        ]  # fmt: skip

    def _close_branch(self, month: Month, one: Branch, rows: list[dict]) -> None:
        card = month.cards[one.city]
        if not rows:
            self.hand.move(month.manager, BRANCH, card, "LOSE")
            return
        sales = sum((Decimal(str(row["price"])) * row["quantity"] for row in rows), Decimal(0)).quantize(KOPECK)
        month.sales[one.city] = sales
        self.hand.write_rows(month.manager, card, rows)
        got = self.hand.portal.clock.now().date().isoformat()
        figures = {
            "DB_SALES": _roubles(sales),
            "DB_BONUS": _roubles(_bonus(sales, one)),
            "DB_GOT": got,
            "DB_PHONE": "По телефону",
        }
        self.hand.move(month.manager, BRANCH, card, "WON", **figures)

    def _close(self, month: Month) -> None:
        bonus = sum(
            (_bonus(month.sales[one.city], one) for one in month.branches if one.city in month.sales), Decimal(0)
        )
        figures = {"DS_SALES": sum(month.sales.values(), Decimal(0)), "DS_BONUS": bonus, "DS_PAY": bonus}
        silent = [f"{one.city} — не предоставлен" for one in month.branches if one.city not in month.sales]
        self.hand.move(
            month.manager, SUMMARY, month.card, "WON", CHILDREN=[f"D_{card}" for card in month.cards.values()],
            DS_DONE=len(month.sales), DS_MISSLIST="\n".join(silent), DS_PARTIAL="Y" if silent else "N",
            DS_CORR=money(0), DS_CARRY=money(0), **{name: _roubles(value) for name, value in figures.items()},
        )  # fmt: skip


def _bonus(sales: Decimal, branch: Branch) -> Decimal:
    return (sales * (branch.rate or 0) / 100).quantize(KOPECK, ROUND_HALF_UP)


def _roubles(value: Decimal) -> str:
    return f"{value:.2f}|RUB"
