"""What people do on the portal, each with the words in which the story tells it."""

import base64
from dataclasses import dataclass, replace
from typing import Protocol

from config import company
from demo.office import COMPANY, CONTACT, Office, Place

PDF = b"%PDF-1.4\n%%EOF\n"


class Act(Protocol):
    """`words`: how the story tells it; `do`: how the person does it."""

    def words(self, office: Office) -> str: ...

    def do(self, office: Office, person: int) -> None: ...


class Opens:
    """Makes a card and stands at it: the deal that the story is about, or a card of the register."""

    def __init__(self, title: str, stage: str = "NEW", **values: object):
        self._title, self._stage, self._values = title, stage, values

    def words(self, office: Office) -> str:
        filled = f": {_filled(office, self._values)}" if self._values else ""
        return f"заводит в «{office.process.funnel}» карточку «{self._title}»{filled}"

    def do(self, office: Office, person: int) -> None:
        fields = {"title": self._title, "categoryId": office.category, "stageId": office.stage_id(self._stage)}
        fields |= {"assignedById": person, **_encoded(office, self._values)}
        office.begin(int(office.ask("crm.item.add", {"fields": fields}, by=person)["item"]["id"]))


@dataclass(frozen=True)
class Moves:
    """Drags the card."""

    to: str

    def words(self, office: Office) -> str:
        return f"переводит карточку на «{office.title(self.to)}»"

    def do(self, office: Office, person: int) -> None:
        office.update({"stageId": office.stage_id(self.to)}, by=person)


class Fills:
    """Fills fields in: with values as people see them, or with what must be found on the portal first."""

    def __init__(self, **values: object):
        self._values = values

    def words(self, office: Office) -> str:
        return f"заполняет {_filled(office, self._values)}"

    def do(self, office: Office, person: int) -> None:
        office.update(_encoded(office, self._values), by=person)


@dataclass(frozen=True)
class Client:
    """A client company of that name."""

    title: str

    def __str__(self) -> str:
        return self.title

    def find(self, office: Office) -> int:
        return office.first(COMPANY, {"=title": self.title})


@dataclass(frozen=True)
class ContactOf:
    """Somebody to talk to in that client company."""

    client: Client

    def __str__(self) -> str:
        return "сотрудник клиента"

    def find(self, office: Office) -> int:
        return office.first(CONTACT, {"=companyId": self.client.find(office)})


@dataclass(frozen=True)
class Somebody:
    """Who holds that role."""

    role: str

    def __str__(self) -> str:
        return company().roles[self.role].name

    def find(self, office: Office) -> int:
        return office.person(self.role).id


def _filled(office: Office, values: dict[str, object]) -> str:
    return ", ".join(f"«{office.field(name).label}» — {_as_shown(value)}" for name, value in values.items())


def _encoded(office: Office, values: dict[str, object]) -> dict[str, object]:
    found = {name: value.find(office) if isinstance(value, Client | ContactOf | Somebody) else value
             for name, value in values.items()}  # fmt: skip
    return {office.key(name): office.encode(name, value) for name, value in found.items()}


def _as_shown(value: object) -> str:
    if isinstance(value, bool):
        return "Да" if value else "Нет"
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    return str(value)


@dataclass(frozen=True)
class Attaches:
    """Puts a file into a field of the card."""

    name: str
    to: str = "files"

    def words(self, office: Office) -> str:
        return f"прикладывает к карточке, «{office.field(self.to).label}», файл «{self.name}»"

    def do(self, office: Office, person: int) -> None:
        office.update({office.key(self.to): [[self.name, base64.b64encode(PDF).decode()]]}, by=person)


class Specifies:
    """Writes the specification: (product of the catalogue, quantity, price)."""

    def __init__(self, *rows: tuple[str, int, int]):
        self._rows = rows

    def words(self, office: Office) -> str:
        said = (f"{product} — {quantity} × {price}" for product, quantity, price in self._rows)
        return f"пишет в товары: {', '.join(said)}"

    def do(self, office: Office, person: int) -> None:
        rows = [
            {"productId": office.product(name), "productName": name, "quantity": quantity, "price": price}
            for name, quantity, price in self._rows
        ]
        office.ask(
            "crm.item.productrow.set", {"ownerType": "D", "ownerId": office.deal, "productRows": rows}, by=person
        )


@dataclass(frozen=True)
class Closes:
    """Completes a task."""

    code: str
    title: str = ""

    def words(self, office: Office) -> str:
        return f"завершает задачу «{self.title or office.task_title(self.code)}»"

    def do(self, office: Office, person: int) -> None:
        office.ask("tasks.task.complete", {"taskId": office.task(self.code, self.title).id}, by=person)


class Spends:
    """Writes what was spent into the rows of a report: (what for, roubles)."""

    def __init__(self, *rows: tuple[str, str]):
        self._rows = rows

    def words(self, office: Office) -> str:
        return f"пишет расходы: {', '.join(f'{name} — {sum_}' for name, sum_ in self._rows)}"

    def do(self, office: Office, person: int) -> None:
        rows = [
            {"productName": name, "quantity": 1, "price": sum_.replace(" ", "").replace(",", ".")}
            for name, sum_ in self._rows
        ]
        params = {"ownerType": "D", "ownerId": office.deal, "productRows": rows}
        office.ask("crm.item.productrow.set", params, by=person)


@dataclass(frozen=True)
class EverybodySays:
    """Every manager whose report of the week is open says of each debtor why and until when, but for the silent ones."""

    week: str
    reason: str
    promise: str
    silent: tuple[str, ...] = ()

    def words(self, office: Office) -> str:
        silent = ", ".join(office.person(one).name for one in self.silent)
        return f"остальные менеджеры заполняют по своим должникам причину и обещанную дату; молчит {silent}"

    def do(self, office: Office, person: int) -> None:
        silent = {office.person(one).id for one in self.silent}
        for card in office.at(Place("", "RECEIVABLES")).reports((("dz_week", self.week),)):
            manager = int(card["assignedById"])
            if card["stageId"].endswith(":NEW") and manager not in silent:
                for link in card["UF_CRM_SF_DZ_LIST"]:
                    self._say(office, int(str(link).removeprefix("D_")), manager)

    def _say(self, office: Office, shipment: int, manager: int) -> None:
        there = office.at(Place("", "SOFT_SHIPMENT"))
        said = {"dz_reason": self.reason, "dz_promise": self.promise}
        fields = {there.key(name): there.encode(name, value) for name, value in said.items()}
        there.ask("crm.item.update", {"id": shipment, "fields": fields}, by=manager)


@dataclass(frozen=True)
class EveryBranch:
    """The same for every branch of a manager's month: the acts are done on each card in turn."""

    manager: str
    month: str
    acts: tuple[Act, ...]

    def words(self, office: Office) -> str:
        there = office.at(Place("", "DISTRIBUTOR_BRANCH"))
        return f"по каждому филиалу: {'; '.join(act.words(there) for act in self.acts)}"

    def do(self, office: Office, person: int) -> None:
        says = (("db_month", self.month), ("db_mgr", self.manager), ("db_type", "Филиал"))
        place = Place("филиал", "DISTRIBUTOR_BRANCH", says=says)
        for number in range(1, len(office.at(place).reports(says)) + 1):
            for act in self.acts:
                act.do(office.at(replace(place, number=number)), person)


class Enters:
    """Enters a document into 1C, which sends it to the layer: its kind, how people say it, and what it says."""

    def __init__(self, kind: str, said: str, **body: object):
        self._kind, self._said, self._body = kind, said, body

    def words(self, office: Office) -> str:
        return f"проводит в 1С: {self._said}"

    def do(self, office: Office, person: int) -> None:
        office.one_c.send(self._kind, {"deal": office.deal, **self._body})


@dataclass(frozen=True)
class Elsewhere:
    """The same act at another card."""

    place: Place
    act: Act

    def words(self, office: Office) -> str:
        return f"{self.place.name}: {self.act.words(office.at(self.place))}"

    def do(self, office: Office, person: int) -> None:
        self.act.do(office.at(self.place), person)
