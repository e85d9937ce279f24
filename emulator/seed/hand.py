"""The hand that plants cards: it makes and moves them through the portal's own methods, as the people of then did."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config import company

from .. import rest
from ..registry import Caller
from .options import Options

Step = tuple[datetime, Callable[[], None]]
"""When, and what was done then."""
FRIDAY = 4
# Of the year that is planted, besides Saturdays and Sundays.
DAYS_OFF = {
    date(2026, 2, 23), date(2026, 3, 9), date(2026, 5, 1), date(2026, 5, 11), date(2026, 6, 12), date(2026, 11, 4),
}  # fmt: skip


def play(portal, steps: Iterable[Step]) -> None:
    """Do all of it in the order of time; afterwards it is as late as before."""
    start = portal.clock.now()
    for moment, do in sorted(steps, key=lambda step: step[0]):
        portal.clock.set(moment)
        do()
    portal.clock.set(start)


def is_worked(day: date) -> bool:
    return day.weekday() <= FRIDAY and day not in DAYS_OFF


def worked(day: date, count: int = 0) -> date:
    """The day or the next one that is worked, and `count` such days on."""
    while not is_worked(day):
        day += timedelta(days=1)
    return worked(day + timedelta(days=1), count - 1) if count else day


def months_before(day: date, number: int) -> date:
    """The first day of that month."""
    for _ in range(number):
        day = day.replace(day=1) - timedelta(days=1)
    return day.replace(day=1)


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def at(day: date, hour: int, city: str, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(company().cities[city].zone))


class Hand:
    def __init__(self, portal):
        self.portal = portal
        self.options = Options(portal, "CRM_DEAL")
        of_funnel = {row["name"]: row["id"] for row in portal.store.categories.all()}
        self.categories = {code: of_funnel[process.funnel] for code, process in company().processes.items()}
        self.users = {row["EMAIL"].partition("@")[0]: row["ID"] for row in portal.store.users.all()}

    def option(self, field: str, value: str) -> int:
        return self.options.id(f"UF_CRM_SF_{field}", value)

    def stage(self, process: str, code: str) -> str:
        return f"C{self.categories[process]}:{code}"

    def make(self, by: int, process: str, title: str, stage: str = "NEW", **fields: object) -> int:
        """A card, with fields by their codes without UF_CRM_SF_ (those of the portal under their own names)."""
        begun = {"title": title, "categoryId": self.categories[process], "stageId": self.stage(process, stage)}
        return self.run(by, "crm.item.add", fields={"assignedById": by, **begun, **_named(fields)})["item"]["id"]

    def move(self, by: int, process: str, deal: int, stage: str, **fields: object) -> None:
        self.run(by, "crm.item.update", id=deal, fields={"stageId": self.stage(process, stage), **_named(fields)})

    def write_rows(self, by: int, deal: int, rows: list[dict]) -> None:
        self.run(by, "crm.item.productrow.set", ownerType="D", ownerId=deal, productRows=rows)

    def run(self, by: int, name: str, **params: object) -> object:
        caller = Caller(by, via="seed")
        return rest.run(self.portal, caller, name, {"entityTypeId": 2, "useOriginalUfNames": "Y", **params}).result


def _named(fields: dict[str, object]) -> dict[str, object]:
    return {f"UF_CRM_SF_{name}" if name.isupper() else name: value for name, value in fields.items()}


def money(kopecks: int) -> str:
    """As a field of money keeps it: 1234.50|RUB."""
    return f"{'-' if kopecks < 0 else ''}{abs(kopecks) // 100}.{abs(kopecks) % 100:02}|RUB"


def words(kopecks: int) -> str:
    """As a line of a schedule has it: 1 234,50."""
    sign = "-" if kopecks < 0 else ""
    return f"{sign}{abs(kopecks) // 100:,}".replace(",", " ") + f",{abs(kopecks) % 100:02}"
