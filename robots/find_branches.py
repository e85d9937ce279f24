"""Find the distributor's branches: the companies of that kind, with their rates and who managed them when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from bitrix.client import Command
from engine import storage
from engine.dictionary import COMPANY
from robots.keep_rates import read_rates
from rules import branch_rates, distributor_month
from rules.branch_rates import Interval, Policy
from rules.periods import Month
from rules.reading import name_key

BRANCH = "Филиал дистрибьютора"
FIELDS = ("kind", "branch_rate", "branch_next", "branch_from", "branch_mgr", "branch_on", "branch_off")
PART = 50


@dataclass(frozen=True)
class Branch:
    """A branch as the portal's card of it and our tables say.

    `manager`: whoever manages it now; `shown_rate`: what stands on the card; `next_rate`, `next_from`: what the head entered
    for a new one, a text where it is no number or no day; `managers`: from which day whom, where it was ever handed on.
    """

    id: int
    title: str
    city: str
    manager: int | None
    starts: date | None
    ends: date | None
    shown_rate: Decimal | None
    next_rate: Decimal | str | None
    next_from: date | str | None
    rates: tuple[Interval, ...] = ()
    managers: tuple[tuple[date, int | None], ...] = ()

    @property
    def name(self) -> str:
        """The title, with the city where it does not say it itself."""
        return (
            self.title
            if not self.city or name_key(self.city) in name_key(self.title)
            else f"{self.title} ({self.city})"
        )

    @property
    def path(self) -> str:
        """Where the card is on the portal, without the host."""
        return f"/crm/company/details/{self.id}/"

    def reports_in(self, month: Month, include_partial: bool = True) -> bool:
        """Whether it reports the month (E-DB-13, E-DB-14)."""
        return distributor_month.reports_in(month, self.starts, self.ends, include_partial)

    def manager_on(self, day: date) -> int | None:
        """Who managed it on that day (E-DB-4)."""
        return next((user for since, user in reversed(self.managers) if since <= day), self.manager)

    def manager_of(self, month: Month) -> int | None:
        """Whose month it is: that of the manager of its first day, or of the branch's own first one."""
        return self.manager_on(distributor_month.deciding_day(self.starts, month) if self.starts else month.first)

    def rate_on(self, day: date) -> Interval | None:
        """The rate in force on that day; None: there is none."""
        return branch_rates.rate_on(self.rates, day)

    def rate_of(self, month: Month, policy: Policy) -> Decimal | None:
        """C-10. The rate in percent for the month; None: no rate, then there is no bonus."""
        return branch_rates.rate_of_month(self.rates, month, policy, self.starts, self.ends)


def find_branches(engine, only: Collection[int] | None = None) -> list[Branch]:
    """Every branch, by its id, as the portal shows it now: three requests for fifty. For a job's find; in a run inside a fact."""
    items = _cards(engine, only)
    cities, rates, managers = (
        _cities(engine, [int(item["id"]) for item in items]),
        read_rates(engine.storage),
        _managers(engine),
    )
    return [_branch(engine, item, cities, rates, managers) for item in items]


def keep_manager(store: storage.Storage, branch: int, before: int | None, now: int | None, since: date) -> None:
    """E-DB-4. From that day on somebody else manages the branch; whoever did it before is kept as well."""
    table = storage.branch_managers
    with store.write() as tx:
        store.upsert(tx, table, {"branch_id": branch, "since": date.min, "user_id": before})
        store.upsert(tx, table, {"branch_id": branch, "since": since, "user_id": now}, user_id=now)


def _cards(engine, only: Collection[int] | None) -> list[dict]:
    dictionary = engine.dictionary
    fields = {name: dictionary.company_field(name) for name in FIELDS}
    [kind] = dictionary.encode(fields["kind"], [BRANCH])
    which = {"=" + fields["kind"].code: kind, **({"@id": sorted(only)} if only is not None else {})}
    select = ["id", "title", *(field.code for field in fields.values())]
    params = {"entityTypeId": COMPANY, "filter": which, "select": select, "useOriginalUfNames": "Y"}
    return engine.items(params) if only is None or only else []


def _cities(engine, branches: list[int]) -> dict[int, str]:
    """The town of each branch, by the addresses of its requisites.

    https://apidocs.bitrix24.com/api-reference/crm/requisites/addresses/crm-address-list.html
    """
    found: dict[int, str] = {}
    asked = [
        Command("crm.address.list", {"filter": {"ANCHOR_TYPE_ID": COMPANY, "@ANCHOR_ID": branches[n : n + PART]}}, f"cities{n}")
        for n in range(0, len(branches), PART)
    ]  # fmt: skip
    for answer in engine.portal.submit(asked) if asked else ():
        if isinstance(answer, Exception):
            raise answer
        for address in sorted(answer.result, key=lambda one: int(one["TYPE_ID"])):
            if address.get("CITY"):
                found.setdefault(int(address["ANCHOR_ID"]), address["CITY"].strip())
    return found


def _managers(engine) -> dict[int, list[tuple[date, int | None]]]:
    table, found = storage.branch_managers, {}
    with engine.storage.read() as connection:
        for row in connection.execute(sa.select(table).order_by(table.c.since)):
            found.setdefault(row.branch_id, []).append((row.since, row.user_id))
    return found


def _branch(engine, item: dict, cities: dict, rates: dict, managers: dict) -> Branch:
    number = int(item["id"])
    said = {name: _said(engine, item, name) for name in FIELDS}
    return Branch(
        number, item.get("title") or f"№{number}", cities.get(number, ""), said["branch_mgr"], said["branch_on"], said["branch_off"],
        said["branch_rate"], said["branch_next"], said["branch_from"], tuple(rates.get(number, ())), tuple(managers.get(number, ())),
    )  # fmt: skip


def _said(engine, item: dict, name: str) -> object:
    field = engine.dictionary.company_field(name)
    return engine.dictionary.decode(field, item.get(field.code))
