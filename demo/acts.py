"""What people do on the portal, each with the words in which the story tells it."""

import base64
from dataclasses import dataclass
from typing import Protocol

from demo.office import COMPANY, CONTACT, Office

PDF = b"%PDF-1.4\n%%EOF\n"


class Act(Protocol):
    """`words`: how the story tells it; `do`: how the person does it."""

    def words(self, office: Office) -> str: ...

    def do(self, office: Office, person: int) -> None: ...


@dataclass(frozen=True)
class Opens:
    """Makes the deal that the story is about."""

    title: str

    def words(self, office: Office) -> str:
        return f"заводит сделку «{self.title}»"

    def do(self, office: Office, person: int) -> None:
        fields = {"title": self.title, "categoryId": office.category, "stageId": office.stage_id("NEW")}
        made = office.ask("crm.item.add", {"fields": {**fields, "assignedById": person}}, by=person)
        office.deal = int(made["item"]["id"])


@dataclass(frozen=True)
class Moves:
    """Drags the card."""

    to: str

    def words(self, office: Office) -> str:
        return f"переводит сделку на «{office.title(self.to)}»"

    def do(self, office: Office, person: int) -> None:
        office.update({"stageId": office.stage_id(self.to)}, by=person)


class Fills:
    """Fills fields in: with values as people see them, or with what must be found on the portal first."""

    def __init__(self, **values: object):
        self._values = values

    def words(self, office: Office) -> str:
        said = [f"«{office.field(name).label}» — {_as_shown(value)}" for name, value in self._values.items()]
        return f"заполняет {', '.join(said)}"

    def do(self, office: Office, person: int) -> None:
        found = {name: _found(value, office) for name, value in self._values.items()}
        office.update({office.key(name): office.encode(name, value) for name, value in found.items()}, by=person)


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


def _found(value: object, office: Office) -> object:
    return value.find(office) if isinstance(value, Client | ContactOf) else value


def _as_shown(value: object) -> str:
    return "Да" if value is True else str(value)


@dataclass(frozen=True)
class Attaches:
    """Puts a file on the card."""

    name: str

    def words(self, office: Office) -> str:
        return f"прикладывает к сделке файл «{self.name}»"

    def do(self, office: Office, person: int) -> None:
        office.update({office.key("files"): [[self.name, base64.b64encode(PDF).decode()]]}, by=person)


@dataclass(frozen=True)
class Closes:
    """Completes a task."""

    code: str

    def words(self, office: Office) -> str:
        return f"завершает задачу «{office.task_title(self.code)}»"

    def do(self, office: Office, person: int) -> None:
        office.ask("tasks.task.complete", {"taskId": office.task(self.code).id}, by=person)
