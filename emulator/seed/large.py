"""A portal of many years: a hundred thousand deals in all funnels, a million records of their way.

What other seeds do call by call would take an hour here, so moves are written straight into the tables. What stands there
afterwards is what the calls would have left, in the true order of time.
"""

import gc
from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random

from ..clock import SERVER_ZONE, Clock
from ..objects import items
from ..objects.entities import DEAL

SEED = 2026
DEALS, RECORDS_OF_A_DEAL = 100_000, 10
SINCE = timedelta(days=3 * 365)
LONGEST_STAND = timedelta(days=14)
CREATED_BETWEEN_COLLECTIONS = 200_000
FORWARDS, FINISHED, WON = 0.75, 0.8, 0.7
MANAGER = "Менеджер по продажам"
SUBJECTS = ("Спецодежда летняя", "Спецодежда зимняя", "Страховочные системы", "Обувь", "Каски и очки", "Сервис систем")


def plant(portal) -> None:
    """The rows and their indexes are for ever: the collector of garbage shall not look through them again and again."""
    gc.disable()
    dice, start = Random(SEED), portal.clock.now()
    planter = _Planter(portal, dice)
    for seconds, number, funnel, stage in sorted(_steps(portal, dice, start.timestamp()), key=itemgetter(0, 1)):
        planter.step(seconds, number, funnel, stage)
    portal.clock.set(start)
    gc.freeze()
    gc.set_threshold(CREATED_BETWEEN_COLLECTIONS)
    gc.enable()


def _steps(portal, dice: Random, end: float) -> Iterator[tuple[float, int, int, dict]]:
    """(when, which deal, its funnel, the stage it enters), deal by deal."""
    longest = LONGEST_STAND.total_seconds()
    begins = SINCE.total_seconds() - RECORDS_OF_A_DEAL * longest
    funnels = {category["id"]: items.stages(portal, category["id"]) for category in portal.store.categories.all()}
    for number in range(DEALS):
        funnel = dice.choice(list(funnels))
        seconds = end - SINCE.total_seconds() + dice.random() * begins
        for stage in _way(dice, funnels[funnel]):
            yield seconds, number, funnel, stage
            seconds += 60 + dice.random() * (longest - 60)


def _way(dice: Random, stages: list[dict]) -> Iterator[dict]:
    """From the first stage to and fro, mostly forwards; in the end most deals are won or lost."""
    under_way = [stage for stage in stages if not stage["SEMANTICS"]]
    place = 0
    for _ in range(RECORDS_OF_A_DEAL - 1):
        yield under_way[place]
        place = min(place + 1, len(under_way) - 1) if dice.random() < FORWARDS else max(place - 1, 0)
    ends = [stage for stage in stages if stage["SEMANTICS"] == ("S" if dice.random() < WON else "F")]
    yield dice.choice(ends) if ends and dice.random() < FINISHED else under_way[place]


class _Planter:
    def __init__(self, portal, dice: Random):
        self._portal, self._dice = portal, dice
        self._managers = [row["ID"] for row in portal.store.users.having(WORK_POSITION=MANAGER)]
        self._companies = [row for row in portal.store.companies.all() if row.get("isMyCompany") != "Y"]
        self._rows: dict[int, dict] = {}

    def step(self, seconds: float, number: int, funnel: int, stage: dict) -> None:
        """The deal is made on its first step, and moved on every other."""
        if number in self._rows:
            self._move(self._rows[number], stage, Clock.iso_of(seconds))
        else:
            self._portal.clock.set(datetime.fromtimestamp(seconds, SERVER_ZONE))
            self._rows[number] = self._make(funnel)

    def _make(self, funnel: int) -> dict:
        client, subject = self._dice.choice(self._companies), self._dice.choice(SUBJECTS)
        values = {
            "title": f"{subject} для {client['title']}",
            "categoryId": funnel,
            "assignedById": self._dice.choice(self._managers),
            "companyId": client["id"],
            "contactIds": client.get("contactIds", [])[:1],
            "isManualOpportunity": "Y",
            "opportunity": self._dice.randint(20, 5000) * 1000,
        }
        return items.make(self._portal, DEAL, values["assignedById"], values)

    def _move(self, row: dict, stage: dict, now: str) -> None:
        person, ends = row["assignedById"], stage["SEMANTICS"]
        moved = {
            "previousStageId": row["stageId"], "stageId": stage["STATUS_ID"], "stageSemanticId": ends or "P",
            "isNew": "N", "closed": "Y" if ends else "N", "movedTime": now, "movedBy": person,
            "lastActivityTime": now, "lastActivityBy": person, "updatedTime": now, "updatedBy": person,
        }  # fmt: skip
        self._portal.store.deals.update(row["id"], moved)
        items.record_stage(self._portal, DEAL, row, items.FINAL if ends else items.MOVED)
