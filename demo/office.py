"""The office at play: its people, the cards of one order, and the portal in the words of config/."""

import re
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from config import Field, Process, company
from demo.one_c import OneC
from emulator.control import Control

DEAL, CONTACT, COMPANY = 2, 3, 4
DONE = "5"
MANAGER = "SALES"
RESPONSIBLE = "responsible of the card"
ADMINISTRATOR = 1
DAY = "%d.%m.%Y"
EMPTY = "пусто"
LINK = re.compile(r"\[/?url[^\]]*\]")
HEAD_OFFICE = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True)
class Person:
    """A user of the portal."""

    id: int
    name: str
    city: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Task:
    """A task of the deal as the portal shows it."""

    id: int
    title: str
    is_open: bool
    responsible: int
    deadline: datetime
    observers: tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """A card of the story: the order, the n-th card that an order made of a process, a register card, or a report.

    Register cards are told by their type (`stage`) and by the card that they are about (`of`); reports by what their fields
    say (`says`), `@login` being a person and a name being a company.
    """

    name: str
    process: str
    number: int = 1
    stage: str = ""
    of: "Place | None" = None
    says: tuple[tuple[str, str], ...] = ()


ORDER = Place("сделка", "SOFT")


class Office:
    """Asks the portal as its people do, standing at one card of the story; `at` goes to another one."""

    def __init__(self, portal: Control, city: str, one_c: OneC):
        """`city`: where the manager of the story works."""
        self.portal, self.one_c = portal, one_c
        self.place = ORDER
        self._city = city
        self._cards: dict[Place, int] = {}
        self._categories: dict[str, int] = {}
        self._fields: dict[str, dict] = {}

    def at(self, place: Place) -> "Office":
        """The same office, at that card."""
        there = copy(self)
        there.place = place
        return there

    @property
    def process(self) -> Process:
        return company().processes[self.place.process]

    @property
    def deal(self) -> int:
        """The id of the card. Raises LookupError while there is none."""
        if self.place not in self._cards:
            self._cards[self.place] = self._find(self.place)
        return self._cards[self.place]

    def begin(self, deal: int) -> None:
        """The card of this place is that deal."""
        self._cards[self.place] = deal

    def cards(self, process: str) -> int:
        """How many cards of the process belong to the order."""
        return len(self._belonging(Place("", process)))

    def _find(self, place: Place) -> int:
        found = self._belonging(place)
        if len(found) < place.number or place == ORDER:
            raise LookupError(f"на портале нет такой карточки: {place.name}")
        return found[place.number - 1]

    def _belonging(self, place: Place) -> list[int]:
        """Ids of the cards that a place could mean, oldest first."""
        if place.says:
            return [int(card["id"]) for card in self.at(place).reports(place.says)]
        link, of = ("doc_source", place.of or ORDER) if place.stage else ("parent", ORDER)
        there = self.at(place)
        filter_ = {"=categoryId": there.category, f"={there.field(link).code}": f"D_{self.at(of).deal}"}
        if place.stage:
            filter_["=stageId"] = there.stage_id(place.stage)
        items = self.ask("crm.item.list", {"filter": filter_, "order": {"id": "ASC"}})["items"]
        return [int(item["id"]) for item in items]

    def reports(self, says: tuple[tuple[str, str], ...]) -> list[dict]:
        """Cards of the process here whose fields say so, oldest first, every page."""
        filter_ = {
            "=categoryId": self.category,
            **{f"={self.key(name)}": self.encode(name, self._meant(name, value)) for name, value in says},
        }
        cards, start = [], 0
        while start is not None:
            params = {
                "entityTypeId": DEAL,
                "useOriginalUfNames": "Y",
                "filter": filter_,
                "order": {"id": "ASC"},
                "start": start,
            }
            body = self.portal.act_fully(ADMINISTRATOR, "crm.item.list", params)
            cards += body["result"]["items"]
            start = body.get("next")
        return cards

    def _meant(self, name: str, value: str) -> object:
        if value.startswith("@"):
            return self.person(value).id
        return self.first(COMPANY, {"%title": value}) if self.field(name).type == "company" else value

    def ask(self, method: str, params: dict, *, by: int = ADMINISTRATOR) -> object:
        """Run a REST method as a person."""
        if method.startswith("crm.item."):
            params = {"entityTypeId": DEAL, "useOriginalUfNames": "Y", **params}
        return self.portal.act(by, method, params)

    def first(self, entity: int, filter_: dict) -> int:
        """The id of the oldest item that fits. Raises LookupError."""
        params = {"entityTypeId": entity, "filter": filter_, "order": {"id": "ASC"}}
        items = self.ask("crm.item.list", params)["items"]
        if not items:
            raise LookupError(f"на портале нет {filter_}")
        return int(items[0]["id"])

    def product(self, name: str) -> int:
        """The id of a product of the catalogue. Raises LookupError."""
        found = self.ask("crm.product.list", {"filter": {"NAME": name}, "select": ["ID"]})
        if not found:
            raise LookupError(f"в каталоге нет товара «{name}»")
        return int(found[0]["ID"])

    def update(self, fields: dict, *, by: int) -> None:
        self.ask("crm.item.update", {"id": self.deal, "fields": fields}, by=by)

    # — people —

    def person(self, role: str) -> Person:
        """Who holds the role, in the manager's city first, of several the lowest id; the manager, the card's responsible.

        `@login` is that person.
        """
        if role.startswith("@"):
            return self._person(
                self.ask("user.get", {"FILTER": {"EMAIL": f"{role.removeprefix('@')}@sferotek.example"}})[0]
            )
        if role == RESPONSIBLE:
            return self.named(int(self.card()["assignedById"]))
        if role == MANAGER:
            filter_ = {"PERSONAL_CITY": self._city, "WORK_POSITION": company().roles[MANAGER].name, "ACTIVE": True}
            return self._person(self.ask("user.get", {"FILTER": filter_})[0])
        emails = company().roles[role].users_by_city.get(self._city) or company().roles[role].users
        found = [self.ask("user.get", {"FILTER": {"EMAIL": email}}) for email in emails]
        return self._person(min((user for users in found for user in users), key=lambda user: int(user["ID"])))

    def named(self, user_id: int) -> Person:
        """The person under that id."""
        return self._person(self.ask("user.get", {"FILTER": {"ID": user_id}})[0])

    def _person(self, user: dict) -> Person:
        city = user["PERSONAL_CITY"] or "Москва"
        zone = user["TIME_ZONE"] or company().cities[city].zone
        return Person(int(user["ID"]), f"{user['LAST_NAME']} {user['NAME']}", city, ZoneInfo(zone))

    # — words and ids —

    @property
    def category(self) -> int:
        if not self._categories:
            funnels = self.ask("crm.category.list", {"entityTypeId": DEAL})["categories"]
            self._categories |= {one["name"]: int(one["id"]) for one in funnels}
        return self._categories[self.process.funnel]

    def stage_id(self, code: str) -> str:
        return f"C{self.category}:{code}"

    def title(self, stage: str) -> str:
        return self.process.stages[stage].title

    def task_title(self, code: str) -> str:
        return self.process.tasks[code].title

    def field(self, name: str) -> Field:
        return self.process.fields.get(name) or company().deal_fields[name]

    def key(self, name: str) -> str:
        """How crm.item.* calls the field."""
        native = {"company": "companyId", "contact": "contactId", "title": "title", "amount": "opportunity"}
        return native.get(name, self.field(name).code)

    def encode(self, name: str, value: object) -> object:
        """A value as people see it → as REST takes it."""
        match self.field(name).type:
            case "enumeration":
                return next(item["ID"] for item in self._options(name) if item["VALUE"] == value)
            case "boolean":
                return "Y" if value else "N"
            case "money":
                return f"{Decimal(value.replace(' ', '').replace(',', '.'))}|RUB"
            case "date":
                return datetime.strptime(value, DAY).strftime("%Y-%m-%d")
            case _:
                return value

    def shown(self, name: str) -> str:
        """A field of the card as people see it; «пусто» when it is empty."""
        value = self.value(name)
        if value in (None, "", []):
            return EMPTY
        match self.field(name).type:
            case "enumeration":
                return next(item["VALUE"] for item in self._options(name) if str(item["ID"]) == str(value))
            case "boolean":
                return "Да" if value in ("Y", "1", 1, True) else "Нет"
            case "money":
                return f"{Decimal(str(value).partition('|')[0]):,.2f}".replace(",", " ").replace(".", ",")
            case "date":
                return datetime.fromisoformat(value).strftime(DAY)
            case _:
                return " | ".join(" ".join(line.split()) for line in _lines(value))

    def _options(self, name: str) -> list[dict]:
        if not self._fields:
            self._fields |= self.ask("crm.item.fields", {})["fields"]
        return self._fields[self.key(name)]["items"]

    # — what the portal shows —

    def card(self) -> dict:
        return self.ask("crm.item.get", {"id": self.deal})["item"]

    def value(self, name: str) -> object:
        """A field of the card as REST gives it."""
        return self.card()[self.key(name)]

    def rows(self) -> list[str]:
        """The product rows of the card: «Костюм — 60 × 1200»."""
        params = {"filter": {"=ownerType": "D", "=ownerId": self.deal}, "order": {"id": "ASC"}}
        found = self.ask("crm.item.productrow.list", params)["productRows"]
        return [f"{row['productName']} — {float(row['quantity']):g} × {float(row['price']):g}" for row in found]

    def tasks(self) -> list[Task]:
        """The card's tasks, oldest first."""
        select = ["ID", "TITLE", "STATUS", "DEADLINE", "RESPONSIBLE_ID", "AUDITORS"]
        params = {"filter": {"UF_CRM_TASK": f"D_{self.deal}"}, "select": select, "order": {"ID": "asc"}}
        return [_task(row) for row in self.ask("tasks.task.list", params)["tasks"]]

    def task(self, code: str, title: str = "") -> Task:
        """The newest task of that code; `title`: what stands there where config/ has braces. Raises LookupError."""
        title = title or self.task_title(code)
        found = [task for task in self.tasks() if task.title == title]
        if not found:
            raise LookupError(f"задачи «{title}» нет")
        return found[-1]

    def free_task(self, title: str) -> Task:
        """The newest task of no card whose title begins so. Raises LookupError."""
        params = {"filter": {"%TITLE": title}, "select": ["*", "UF_CRM_TASK", "AUDITORS"], "order": {"ID": "desc"}}
        found = [row for row in self.ask("tasks.task.list", params)["tasks"] if not row.get("ufCrmTask")]
        if not found:
            raise LookupError(f"задачи «{title}» нет")
        return _task(found[0])

    def files(self, task: Task) -> list[str]:
        """Names of the files of a task."""
        found = self.ask("tasks.task.get", {"taskId": task.id, "select": ["ID", "UF_TASK_WEBDAV_FILES"]})["task"]
        ids = [str(one) for one in found.get("ufTaskWebdavFiles") or []]
        return [self.ask("disk.attachedObject.get", {"id": one})["NAME"] for one in ids]

    def checklist(self, task: Task) -> list[str]:
        items = self.ask("task.checklistitem.getlist", {"TASKID": task.id})
        return [item["TITLE"] for item in items if int(item["PARENT_ID"])]

    def messages(self, task: Task) -> list[str]:
        """What was said in the task, oldest first."""
        return [one["POST_MESSAGE"] for one in self.ask("task.commentitem.getlist", {"TASKID": task.id})]

    def comments(self) -> list[str]:
        """Texts of the card's timeline, oldest first, without links and the marks in their last lines."""
        params = {"filter": {"ENTITY_ID": self.deal, "ENTITY_TYPE": "deal"}, "order": {"ID": "ASC"}}
        texts = [LINK.sub("", one["COMMENT"]) for one in self.ask("crm.timeline.comment.list", params)]
        return [text.rpartition("\n#")[0] or text for text in texts]

    def notifications(self, person: Person) -> list[str]:
        """Texts of a person's notifications, oldest first, without the links before them."""
        found = self.ask("im.notify.get", {}, by=person.id)["notifications"]
        return [one["text"].rpartition("[/url]")[2].strip() for one in reversed(found)]


def _lines(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else str(value).splitlines()


def _task(row: dict) -> Task:
    title, _, _ = " ".join(row["title"].split()).partition(" — ")
    observers = tuple(int(one) for one in row.get("auditors") or ())
    due = datetime.fromisoformat(row["deadline"])
    return Task(int(row["id"]), title, row["status"] != DONE, int(row["responsibleId"]), due, observers)
