"""Closed monthly reports of the territorial representatives, and with what balance each of them goes on."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from random import Random

from config import Representative, company

from .clients import Client
from .hand import Hand, Step, at, is_worked, money, months_before, next_month, worked

SEED = 15
PROCESS, MONTHS = "REP_REPORT", 3
OPENS, CLOSES, LAST_CLOSED = 9, 16, 10
# What the company owes them after the last closed month, in kopecks (below 0: they owe it); the others are even.
BALANCES = {
    "komissarov": 124060, "doroshenko": -86000, "abramova": -120000, "savelev": -431025, "dorzhiev": 31500, "prokopenko": -745090,
}  # fmt: skip
COUNTS_OF_VISITS = (14, 23)
EXPENSES = ("ГСМ", "Проезд", "Проживание", "Суточные", "Связь", "Почта и доставка")
NAMES = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip


def steps(portal, firms: Sequence[Client]) -> Iterator[Step]:
    """The months that were closed before the portal starts; the last of them leaves what is carried over."""
    hand, dice, now = Hand(portal), Random(SEED), portal.clock.now()
    people = {row["EMAIL"].partition("@")[0]: row for row in portal.store.users.all()}
    months = [
        month
        for month in (months_before(now.date(), number) for number in range(1, MONTHS + 2))
        if _closed(month) < now.date()
    ]
    for one in company().representatives.values():
        login = one.user.partition("@")[0]
        teller = _Teller(hand, dice, people[login], one, firms)
        for month in reversed(months[:MONTHS]):
            yield from teller.steps(month, is_last=month == months[0])


def _closed(month: date) -> date:
    """By when all reports of the month are closed."""
    return worked(next_month(month), LAST_CLOSED)


class _Teller:
    """One representative's months, each settled to nought but the last; sums in kopecks."""

    def __init__(self, hand: Hand, dice: Random, user: dict, described: Representative, firms: Sequence[Client]):
        self.hand, self.dice, self.user = hand, dice, user
        self.advance, self.balance = int(described.advance * 100), BALANCES.get(user["EMAIL"].partition("@")[0], 0)
        self.clients = [firm for firm in firms if firm.city == user["PERSONAL_CITY"]]

    def steps(self, month: date, *, is_last: bool) -> Iterator[Step]:
        card: dict = {}
        city = self.user["PERSONAL_CITY"]
        opened = next_month(month) - timedelta(days=1)
        while not is_worked(opened):
            opened -= timedelta(days=1)
        closed = worked(next_month(month), self.dice.randint(6, LAST_CLOSED - 1))
        yield at(opened, OPENS, city), partial(self._open, card, month)
        yield at(closed, CLOSES, city, self.dice.randint(0, 59)), partial(self._close, card, month, is_last)

    def _open(self, card: dict, month: date) -> None:
        title = f"Отчёт представителя — {_name(self.user)} — {NAMES[month.month - 1]} {month.year}"
        begun = {"RP_MONTH": f"{month:%Y-%m}", "RP_WHO": self.user["ID"], "RP_ADVANCE": money(self.advance)}
        begun |= {"CITY": self.hand.option("CITY", self.user["PERSONAL_CITY"]), "RP_CARRY": money(0), "RP_VPLAN": 20}
        card["id"] = self.hand.make(self.user["ID"], PROCESS, title, **begun)

    def _close(self, card: dict, month: date, is_last: bool) -> None:
        """What is owed after the last month stands in «Перенос на следующий месяц»."""
        rows, carry = self._expenses(), self.balance if is_last else 0
        spent = sum(round(row["price"] * 100) for row in rows)
        balance = spent - self.advance
        self.hand.write_rows(self.user["ID"], card["id"], rows)
        visits = self._visits(month)
        counted = {"RP_CLAIM": spent, "RP_OK": spent, "RP_CUT": 0, "RP_BALANCE": balance, "RP_CARRYOUT": carry}
        counted |= {"RP_PAY": max(balance, 0), "RP_HOLD": max(-balance, 0), "RP_DONE": abs(balance - carry)}
        self.hand.move(
            self.user["ID"], PROCESS, card["id"], "WON", RP_VISITS=visits, RP_VCOUNT=len(visits), RP_LATE=0,
            RP_TASKS="Переговоры с клиентами города, сверка остатков, подготовка заявок", RP_TDONE="6 / 0",
            RP_CONSENT="Y" if balance < 0 else "N", **{name: money(value) for name, value in counted.items()},
        )  # fmt: skip

    def _expenses(self) -> list[dict]:
        """Of the last month so much that its balance goes the way of what is carried over."""
        carry, count = self.balance, self.dice.randint(3, 5)
        left = (
            self.advance
            + carry
            + self.dice.randint(0, 200_000) * (carry > 0)
            - self.dice.randint(0, 200_000) * (carry < 0)
        )
        parts = [left // (count + 1) for _ in range(count - 1)]
        amounts = [*parts, left - sum(parts)]
        names = self.dice.sample(EXPENSES, count)
        return [
            {"productName": name, "price": amount / 100, "quantity": 1}
            for name, amount in zip(names, amounts, strict=True)
        ]

    def _visits(self, month: date) -> list[str]:
        days = sorted(
            worked(month + timedelta(days=self.dice.randint(0, 26)))
            for _ in range(self.dice.randint(*COUNTS_OF_VISITS))
        )
        return [
            f"{day:%d.%m.%Y}; {self.dice.choice(self.clients).title}; заявка на сезон; договорились" for day in days
        ]


def _name(user: dict) -> str:
    return f"{user['LAST_NAME']} {user['NAME']}"
