"""The office at play: its people, its one deal, and the portal in the words of config/."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from config import Field, company
from emulator.control import Control

DEAL, CONTACT, COMPANY = 2, 3, 4
DONE = "5"
MANAGER = "SALES"
ADMINISTRATOR = 1
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


class Office:
    """Asks the portal as its people do. `deal` is the deal that the story is about."""

    def __init__(self, portal: Control, city: str):
        """`city`: where the manager of the story works."""
        self.portal = portal
        self.process = company().processes["SOFT"]
        self.deal = 0
        self._city = city

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

    def update(self, fields: dict, *, by: int) -> None:
        self.ask("crm.item.update", {"id": self.deal, "fields": fields}, by=by)

    # — people —

    def person(self, role: str) -> Person:
        """The manager of the story, or who holds the role: of several, who have no task yet, the lowest id."""
        if role == MANAGER:
            filter_ = {"PERSONAL_CITY": self._city, "WORK_POSITION": company().roles[MANAGER].name, "ACTIVE": True}
            return self._person(self.ask("user.get", {"FILTER": filter_})[0])
        found = [self.ask("user.get", {"FILTER": {"EMAIL": email}}) for email in company().roles[role].users]
        return self._person(min((user for users in found for user in users), key=lambda user: int(user["ID"])))

    def named(self, user_id: int) -> Person:
        """The person under that id."""
        return self._person(self.ask("user.get", {"FILTER": {"ID": user_id}})[0])

    def _person(self, user: dict) -> Person:
        city = user["PERSONAL_CITY"]
        zone = user["TIME_ZONE"] or company().cities[city].zone
        return Person(int(user["ID"]), f"{user['LAST_NAME']} {user['NAME']}", city, ZoneInfo(zone))

    # — words and ids —

    @cached_property
    def category(self) -> int:
        funnels = self.ask("crm.category.list", {"entityTypeId": DEAL})["categories"]
        return next(int(one["id"]) for one in funnels if one["name"] == self.process.funnel)

    @cached_property
    def _fields(self) -> dict:
        return self.ask("crm.item.fields", {})["fields"]

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
        return {"company": "companyId", "contact": "contactId"}.get(name, self.field(name).code)

    def encode(self, name: str, value: object) -> object:
        """A value as people see it → as REST takes it."""
        match self.field(name).type:
            case "enumeration":
                return next(item["ID"] for item in self._fields[self.key(name)]["items"] if item["VALUE"] == value)
            case "boolean":
                return "Y" if value else "N"
            case _:
                return value

    # — what the portal shows —

    def card(self) -> dict:
        return self.ask("crm.item.get", {"id": self.deal})["item"]

    def value(self, name: str) -> object:
        """A field of the card as REST gives it."""
        return self.card()[self.key(name)]

    def tasks(self) -> list[Task]:
        """The deal's tasks, oldest first."""
        select = ["ID", "TITLE", "STATUS", "DEADLINE", "RESPONSIBLE_ID", "AUDITORS"]
        params = {"filter": {"UF_CRM_TASK": f"D_{self.deal}"}, "select": select, "order": {"ID": "asc"}}
        return [_task(row) for row in self.ask("tasks.task.list", params)["tasks"]]

    def task(self, code: str) -> Task:
        """The newest task of that code. Raises LookupError."""
        title = self.task_title(code)
        found = [task for task in self.tasks() if task.title == title]
        if not found:
            raise LookupError(f"задачи «{title}» нет")
        return found[-1]

    def checklist(self, task: Task) -> list[str]:
        items = self.ask("task.checklistitem.getlist", {"TASKID": task.id})
        return [item["TITLE"] for item in items if int(item["PARENT_ID"])]

    def messages(self, task: Task) -> list[str]:
        """What was said in the task, oldest first."""
        return [one["POST_MESSAGE"] for one in self.ask("task.commentitem.getlist", {"TASKID": task.id})]

    def comments(self) -> list[str]:
        """Texts of the deal's timeline, oldest first, without the marks in their last lines."""
        params = {"filter": {"ENTITY_ID": self.deal, "ENTITY_TYPE": "deal"}, "order": {"ID": "ASC"}}
        texts = [one["COMMENT"] for one in self.ask("crm.timeline.comment.list", params)]
        return [text.rpartition("\n#")[0] or text for text in texts]

    def notifications(self, person: Person) -> list[str]:
        """Texts of a person's notifications, oldest first, without the links before them."""
        found = self.ask("im.notify.get", {}, by=person.id)["notifications"]
        return [one["text"].rpartition("[/url]")[2].strip() for one in reversed(found)]


def _task(row: dict) -> Task:
    title, _, _ = row["title"].partition(" — ")
    observers = tuple(int(one) for one in row.get("auditors") or ())
    due = datetime.fromisoformat(row["deadline"])
    return Task(int(row["id"]), title, row["status"] != DONE, int(row["responsibleId"]), due, observers)
