"""The portal as its people see it, asked plainly: users, cards, tasks; names and codes from config/."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import requests

from config import Process, company
from emulator.control import Control, Refused

DEAL, COMPANY, DONE = 2, 4, "5"
ADMINISTRATOR = 1
FOLDER = "Отчёты"
TASK = ["ID", "TITLE", "STATUS", "DEADLINE", "RESPONSIBLE_ID", "UF_CRM_TASK", "CREATED_DATE", "CLOSED_DATE"]


@dataclass(frozen=True)
class Person:
    id: int
    login: str
    name: str
    position: str
    city: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Task:
    """`code`: of config/, by the title; "" for one that config/ does not know."""

    id: int
    code: str
    title: str
    is_open: bool
    responsible: int
    deadline: datetime | None
    created: datetime
    deal: int | None


class Office:
    def __init__(self, portal: Control):
        self.portal = portal
        found = portal.act(1, "crm.category.list", {"entityTypeId": DEAL})["categories"]
        of_funnel = {one["name"]: int(one["id"]) for one in found}
        self.categories = {code: of_funnel[process.funnel] for code, process in company().processes.items()}
        self.people = {one.id: one for one in self._people()}
        self.by_login = {one.login: one for one in self.people.values()}
        self._codes = [
            (_pattern(task.title), code)
            for process in company().processes.values()
            for code, task in process.tasks.items()
        ]
        self._codes += [(_pattern(task.title), code) for code, task in company().common_tasks.items()]
        self._options = portal.act(1, "crm.item.fields", {"entityTypeId": DEAL, "useOriginalUfNames": "Y"})["fields"]

    def _people(self) -> Iterator[Person]:
        for row in self.all("user.get", {}):
            city = row["PERSONAL_CITY"] or "Москва"
            zone = row["TIME_ZONE"] or (company().cities[city].zone if city in company().cities else "Europe/Moscow")
            name = f"{row['LAST_NAME']} {row['NAME']}".strip()
            login = row["EMAIL"].partition("@")[0]
            yield Person(int(row["ID"]), login, name, row["WORK_POSITION"] or "", city, ZoneInfo(zone))

    def in_role(self, role: str) -> Person:
        """Who holds a role of which config/people.yaml names one person."""
        return self.by_login[company().roles[role].users[0].partition("@")[0]]

    # — asking —

    def ask(self, method: str, params: dict, by: int = ADMINISTRATOR) -> object:
        if method.startswith("crm.item."):
            params = {"entityTypeId": DEAL, "useOriginalUfNames": "Y", **params}
        return self.portal.act(by, method, params)

    def all(self, method: str, params: dict, key: str | None = None) -> list[dict]:
        """Every row of a list, page by page."""
        rows, start = [], 0
        while start is not None:
            body = self.portal.act_fully(ADMINISTRATOR, method, {**params, "start": start})
            rows += body["result"][key] if key else body["result"]
            start = body.get("next")
        return rows

    def cards(self, process: str, **filter_: object) -> list[dict]:
        params = {"entityTypeId": DEAL, "useOriginalUfNames": "Y", "order": {"id": "ASC"}}
        which = {"=categoryId": self.categories[process], **filter_}
        return self.all("crm.item.list", {**params, "filter": which}, "items")

    def card(self, deal: int) -> dict:
        return self.ask("crm.item.get", {"id": deal})["item"]

    def tasks(self, after: int = 0) -> list[Task]:
        """Tasks with a greater id, oldest first."""
        params = {"filter": {">ID": after}, "order": {"ID": "asc"}, "select": TASK}
        return [self._task(row) for row in self.all("tasks.task.list", params, "tasks")]

    def task(self, task: int) -> Task:
        return self._task(self.ask("tasks.task.get", {"taskId": task, "select": TASK})["task"])

    def _task(self, row: dict) -> Task:
        title, deal = row["title"], _deal(row.get("ufCrmTask"))
        due = datetime.fromisoformat(row["deadline"]) if row.get("deadline") else None
        code = next((code for pattern, code in self._codes if pattern.match(title)), "")
        created = datetime.fromisoformat(row["createdDate"])
        return Task(int(row["id"]), code, title, row["status"] != DONE, int(row["responsibleId"]), due, created, deal)

    def goods(self) -> list[dict]:
        """What the catalogue sells: ID, NAME, PRICE. Items of expenses stand there as well, without a price."""
        rows = self.all("crm.product.list", {"select": ["ID", "NAME", "PRICE"], "order": {"ID": "ASC"}})
        return [row for row in rows if float(row["PRICE"] or 0)]

    def reports(self) -> Iterator[tuple[str, bytes]]:
        """Every file below «Отчёты» on the company's Disk: its name and what is in it."""
        [storage] = self.ask("disk.storage.getlist", {"filter": {"ENTITY_TYPE": "common"}})
        waiting = [row for row in self._inside(storage["ROOT_OBJECT_ID"]) if row["NAME"] == FOLDER]
        while waiting:
            row = waiting.pop()
            if row["TYPE"] == "folder":
                waiting += self._inside(row["ID"])
            else:
                yield row["NAME"], requests.get(row["DOWNLOAD_URL"], timeout=60).content

    def _inside(self, folder: str) -> list[dict]:
        return self.all("disk.folder.getchildren", {"id": folder})

    # — words and ids —

    def stage_id(self, process: str, code: str) -> str:
        return f"C{self.categories[process]}:{code}"

    def stage(self, card: dict) -> str:
        return card["stageId"].rpartition(":")[2]

    def option(self, field: str, value: str) -> int:
        items = self._options[f"UF_CRM_SF_{field}"]["items"]
        return next(int(item["ID"]) for item in items if item["VALUE"] == value)

    # — acting —

    def fill(self, deal: int, by: int, **fields: object) -> None:
        """Fields by their codes, without UF_CRM_SF_; of the portal's own, by their names."""
        named = {f"UF_CRM_SF_{name}" if name.isupper() else name: value for name, value in fields.items()}
        self.ask("crm.item.update", {"id": deal, "fields": named}, by)

    def move(self, deal: int, process: str, stage: str, by: int) -> None:
        self.fill(deal, by, stageId=self.stage_id(process, stage))

    def write_rows(self, deal: int, by: int, rows: list[dict]) -> None:
        self.ask("crm.item.productrow.set", {"ownerType": "D", "ownerId": deal, "productRows": rows}, by)

    def rows(self, deal: int) -> list[dict]:
        params = {"filter": {"=ownerType": "D", "=ownerId": deal}, "order": {"id": "ASC"}}
        return self.ask("crm.item.productrow.list", params)["productRows"]

    def comment(self, deal: int, by: int, text: str) -> None:
        fields = {"ENTITY_ID": deal, "ENTITY_TYPE": "deal", "COMMENT": text}
        self.ask("crm.timeline.comment.add", {"fields": fields}, by)

    def say(self, task: int, by: int, text: str) -> None:
        """A message in the chat of the task."""
        self.ask("task.commentitem.add", {"TASKID": task, "FIELDS": {"POST_MESSAGE": text}}, by)

    def complete(self, task: int, by: int) -> bool:
        """False: the portal did not let them, as somebody has done it already."""
        try:
            self.ask("tasks.task.complete", {"taskId": task}, by)
        except Refused:
            return False
        return True


def process_of(code: str) -> Process:
    return next(process for process in company().processes.values() if code in process.tasks)


def _pattern(title: str) -> re.Pattern:
    plain = "".join(".+?" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", title))
    return re.compile(f"{plain}( |$)")


def _deal(links: object) -> int | None:
    found = [link.removeprefix("D_") for link in links or () if str(link).startswith("D_")]
    return int(found[0]) if found else None
