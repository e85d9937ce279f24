"""What only somebody who was there can say: which managers had shipments on the morning on which reports were
asked for, who got some until the last day began, and which branches there were when a month was opened."""

from datetime import date, timedelta

from simulate import calendar
from simulate.office import Office, Person

SHIPMENT, ORDER = "SOFT_SHIPMENT", "SOFT"


class Witness:
    def __init__(self, office: Office):
        self._office = office
        self.managers: dict[str, set[Person]] = {}
        self.newcomers: dict[str, set[Person]] = {}
        self.branches: dict[date, list[dict]] = {}

    def look(self, day: date) -> None:
        """In the first minute of the day, before anything happens on it."""
        found = calendar.week(day - timedelta(days=day.weekday()))
        if found and found[1] == day:
            self.managers[found[0]] = self._managers()
        if found and found[2] == day and found[0] in self.managers:
            self.newcomers[found[0]] = self._managers() - self.managers[found[0]]
        month = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
        if calendar.distributor_month(month)[0] == day:
            self.branches[month] = self._branches()

    def _managers(self) -> set[Person]:
        """Who sells an order of which something is still to be paid."""
        orders = {card["id"]: int(card["assignedById"]) for card in self._office.cards(ORDER)}
        open_ = self._office.cards(SHIPMENT, **{"=closed": "N"})
        return {self._office.people[orders[int(card["UF_CRM_SF_PARENT"].removeprefix("D_"))]] for card in open_}

    def _branches(self) -> list[dict]:
        params = {
            "entityTypeId": 4,
            "useOriginalUfNames": "Y",
            "order": {"id": "ASC"},
            "filter": {"!UF_CRM_SF_BRANCH_ON": ""},
        }
        rows = self._office.all("crm.item.list", params, "items")
        return [row for row in rows if row["UF_CRM_SF_BRANCH_ON"] and row["UF_CRM_SF_BRANCH_MGR"]]
