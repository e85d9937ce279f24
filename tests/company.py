"""A company at play: an emulated portal, the receiver and the engine, talking over real HTTP.

Tests act as people do (`company.move`, `company.close_task`) and look at what became true on the portal.
"""

import base64
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import requests
from waitress import create_server

import handlers
import jobs
from app import create_app
from config import company as the_company
from config.settings import Settings
from emulator.control import running
from engine.engine import Engine

MOSCOW = ZoneInfo("Europe/Moscow")
SCALE = 200
EVENT_TOKEN = "event-token-of-the-tests"
ROBOT_SECRET = "robot-secret-of-the-tests"


class Company:
    """What a test may do and see. Deals and tasks are named by id; fields by the layer's names."""

    def __init__(self, portal, settings: Settings, receiver_url: str):
        self.portal, self.settings, self.receiver_url = portal, settings, receiver_url
        self.config = the_company()
        self.engine: Engine | None = None

    # — the layer —

    def start_layer(self) -> None:
        """A worker begins on the test's database."""
        self.engine = Engine.from_settings(self.settings, self.config)
        self.engine.start()

    def stop_layer(self) -> None:
        if self.engine is not None:
            self.engine.stop()
            self.engine = None

    def settle(self, seconds: float = 60) -> None:
        """Wait until every event was delivered and the layer has nothing left to do."""
        self.portal.settle_events()
        self.engine.settle(seconds)
        self.portal.settle_events()
        self.engine.settle(seconds)

    # — people —

    def user(self, email: str) -> int:
        """The id of the user with that login (`volkova` for volkova@sferotek.example)."""
        found = self.portal.act(1, "user.get", {"FILTER": {"EMAIL": f"{email}@sferotek.example"}})
        assert found, f"the seed has no {email}"
        return int(found[0]["ID"])

    def user_name(self, user_id: int) -> str:
        user = self.portal.act(1, "user.get", {"FILTER": {"ID": user_id}})[0]
        return f"{user['LAST_NAME']} {user['NAME']}"

    def manager_of(self, city: str) -> int:
        """The first active sales manager of a city."""
        users = self.portal.act(1, "user.get", {"FILTER": {"PERSONAL_CITY": city, "ACTIVE": True}})
        managers = [user for user in users if "енеджер" in (user.get("WORK_POSITION") or "")]
        return int(managers[0]["ID"])

    def holder(self, role: str) -> int:
        """Who holds a role of config/people.yaml (the first of several)."""
        return self.user(self.config.roles[role].users[0].partition("@")[0])

    def acts(self, user: int, method: str, params: dict) -> object:
        """A person does something, a second after whatever was done before: the portal's times have whole seconds."""
        self.portal.advance(1)
        return self.portal.act(user, method, params)

    # — acting on cards —

    def new_deal(
        self,
        process: str = "SOFT",
        stage: str = "NEW",
        *,
        by: int | None = None,
        title: str = "Спецодежда для бригады",
        **fields: object,
    ) -> int:
        """A person makes a card."""
        by = by or self.manager_of("Москва")
        item = {
            "title": title,
            "categoryId": self._dictionary.category(process),
            "stageId": self._dictionary.stage_id(process, stage),
            "assignedById": by,
        }
        item |= self._encoded(process, fields)
        return int(
            self.acts(by, "crm.item.add", {"entityTypeId": 2, "fields": item, "useOriginalUfNames": "Y"})["item"][
                "id"
            ]
        )

    def move(self, deal: int, stage: str, *, by: int | None = None, process: str = "SOFT") -> None:
        """A person drags a card to a stage."""
        self._update(deal, {"stageId": self._dictionary.stage_id(process, stage)}, by)

    def fill(self, deal: int, *, by: int | None = None, process: str = "SOFT", **fields: object) -> None:
        """A person fills fields in."""
        self._update(deal, self._encoded(process, fields), by)

    def set_rows(self, deal: int, *rows: tuple[str, str, str]) -> None:
        """A person writes the specification: (product, price, quantity)."""
        products = [{"productName": name, "price": price, "quantity": quantity} for name, price, quantity in rows]
        self.acts(
            self._responsible(deal),
            "crm.item.productrow.set",
            {"ownerType": "D", "ownerId": deal, "productRows": products},
        )

    def any_company(self) -> int:
        """A client of the seed."""
        return int(self.portal.act(1, "crm.item.list", {"entityTypeId": 4, "order": {"id": "ASC"}})["items"][0]["id"])

    def any_contact(self) -> int:
        return int(self.portal.act(1, "crm.item.list", {"entityTypeId": 3, "order": {"id": "ASC"}})["items"][0]["id"])

    def deal_in(self, stage: str, **fields: object) -> int:
        """A Soft card that people have led to the stage, with everything that it and the stages before ask for."""
        deal = self.new_deal(**{**self._complete(), **fields})
        self.set_rows(deal, ("Костюм «Монтажник»", "4200", "100"), ("Каска", "900", "10"))
        self.settle()
        if stage != "NEW":
            self.move(deal, stage)
            self.settle()
        assert self.stage(deal) == stage, self.value(deal, "block")
        return deal

    def deal_at_offer(self, client: dict) -> int:
        """A Soft card whose offer is being prepared."""
        return self.deal_in("OFFER", **client)

    def _complete(self) -> dict:
        return {
            "company": self.any_company(), "contact": self.any_contact(), "so_need": "Костюмы для монтажников", "so_group": "Спецодежда",
            "so_class": "B", "our": next(iter(self.config.our_companies)), "terms": "100% предоплата",
        }  # fmt: skip

    def attach(self, deal: int, name: str) -> None:
        """The responsible puts a file on the card."""
        self._update(deal, {"UF_CRM_SF_FILES": [[name, base64.b64encode(b"%PDF-1.4").decode()]]}, None)

    def rule_asks(self, name: str, deal: int) -> None:
        """An automation rule of the portal calls the layer's address."""
        address = self.receiver_url.replace("/hook/b24", f"/robot/{ROBOT_SECRET}/{name}")
        requests.post(address, data={"document_id[2]": f"DEAL_{deal}"}, timeout=10).raise_for_status()

    def delete(self, deal: int) -> None:
        self.acts(1, "crm.item.delete", {"entityTypeId": 2, "id": deal})

    def _update(self, deal: int, fields: dict, by: int | None) -> None:
        self.acts(
            by or self._responsible(deal),
            "crm.item.update",
            {"entityTypeId": 2, "id": deal, "fields": fields, "useOriginalUfNames": "Y"},
        )

    def _encoded(self, process: str, fields: dict) -> dict:
        named = {name: self._dictionary.field(process, name) for name in fields}
        return {
            self._dictionary.key(named[name]): self._dictionary.encode(named[name], value)
            for name, value in fields.items()
        }

    @property
    def _dictionary(self):
        return self.engine.dictionary

    # — looking at cards —

    def card(self, deal: int) -> dict:
        return self.portal.act(1, "crm.item.get", {"entityTypeId": 2, "id": deal, "useOriginalUfNames": "Y"})["item"]

    def value(self, deal: int, name: str, process: str = "SOFT") -> object:
        """A field of a card in the layer's words."""
        field = self._dictionary.field(process, name)
        return self._dictionary.decode(field, self.card(deal).get(self._dictionary.key(field)))

    def stage(self, deal: int) -> str:
        return self._dictionary.stage(self.card(deal)["stageId"])

    def comments(self, deal: int) -> list[str]:
        """Texts of the card's timeline, oldest first, without their marks."""
        params = {"filter": {"ENTITY_ID": deal, "ENTITY_TYPE": "deal"}, "order": {"ID": "ASC"}}
        return [
            one["COMMENT"].rpartition("\n#")[0] or one["COMMENT"]
            for one in self.portal.act(1, "crm.timeline.comment.list", params)
        ]

    def notifications(self, user: int) -> list[str]:
        """Texts of a person's notifications, oldest first."""
        return [one["text"] for one in reversed(self.portal.act(user, "im.notify.get")["notifications"])]

    def _responsible(self, deal: int) -> int:
        return int(self.card(deal)["assignedById"])

    # — tasks —

    def tasks(self, deal: int) -> list[dict]:
        """Every task of a card, oldest first."""
        select = [
            "ID",
            "TITLE",
            "STATUS",
            "DEADLINE",
            "RESPONSIBLE_ID",
            "XML_ID",
            "DESCRIPTION",
            "AUDITORS",
            "CLOSED_DATE",
        ]
        params = {"filter": {"UF_CRM_TASK": f"D_{deal}"}, "select": select, "order": {"ID": "asc"}}
        return self.portal.act(1, "tasks.task.list", params)["tasks"]

    def task(self, deal: int, title: str) -> dict:
        """The newest task of a card whose title begins so."""
        found = [task for task in self.tasks(deal) if task["title"].startswith(title)]
        assert found, f"no task «{title}» on deal {deal}: {[t['title'] for t in self.tasks(deal)]}"
        return found[-1]

    def open_tasks(self, deal: int) -> list[str]:
        """«Свяжитесь с клиентом → Иванова Анна, 24.11.2026 11:30»: the deadline in the responsible's own zone."""
        return [self._line(task) for task in self.tasks(deal) if task["status"] != "5"]

    def _line(self, task: dict) -> str:
        responsible = int(task["responsibleId"])
        zone = self.engine.people.user(responsible).zone
        due = datetime.fromisoformat(task["deadline"]).astimezone(zone)
        return f"{task['title'].partition(' — ')[0]} → {self.user_name(responsible)}, {due:%d.%m.%Y %H:%M}"

    def titles(self, deal: int, *, open_only: bool = True) -> list[str]:
        """Titles of the card's tasks without the deal's own."""
        return [
            task["title"].partition(" — ")[0] for task in self.tasks(deal) if not open_only or task["status"] != "5"
        ]

    def checklist(self, deal: int, title: str) -> list[str]:
        """The items of a task's checklist."""
        items = self.portal.act(1, "task.checklistitem.getlist", {"TASKID": int(self.task(deal, title)["id"])})
        return [item["TITLE"] for item in items if item["PARENT_ID"] not in (0, "0")]

    def messages(self, deal: int, title: str) -> list[str]:
        """What was said in a task, oldest first."""
        found = self.portal.act(1, "task.commentitem.getlist", {"TASKID": int(self.task(deal, title)["id"])})
        return [one["POST_MESSAGE"] for one in found]

    def close_task(self, deal: int, title: str) -> None:
        """The responsible completes a task."""
        task = self.task(deal, title)
        self.acts(int(task["responsibleId"]), "tasks.task.complete", {"taskId": int(task["id"])})

    def renew_task(self, deal: int, title: str) -> None:
        task = self.task(deal, title)
        self.acts(int(task["responsibleId"]), "tasks.task.renew", {"taskId": int(task["id"])})

    def delete_task(self, deal: int, title: str) -> None:
        self.acts(1, "tasks.task.delete", {"taskId": int(self.task(deal, title)["id"])})

    # — time —

    def run_clock(self) -> None:
        """Let the layer's clock tick now, and everything that follows happen."""
        self.engine.tick()
        self.settle()

    def at(self, moment: str, zone: str = "Europe/Moscow") -> None:
        """Move the portal's clock: `company.at("23.11.2026 16:30", "Asia/Novosibirsk")`."""
        self.portal.set_time(datetime.strptime(moment, "%d.%m.%Y %H:%M").replace(tzinfo=ZoneInfo(zone)))
        self.engine.portal.call("server.time", {})

    def advance(self, **span: float) -> None:
        """Let time pass: `company.advance(hours=4)`."""
        self.portal.advance(timedelta(**span))
        self.engine.portal.call("server.time", {})


@contextmanager
def playing(folder: Path, *, seed: str = "demo", **settings: object):
    """Start portal, receiver and layer; stop them at the end."""
    handlers.load()
    jobs.load()
    receiver = _Receiver()
    with running(
        seed=seed,
        limits=f"scaled:{SCALE}",
        events_to=receiver.url,
        event_token=EVENT_TOKEN,
        now=datetime(2026, 11, 23, 10, tzinfo=MOSCOW),
    ) as portal:
        values = {
            "bitrix_webhook_url": portal.webhook_url, "bitrix_event_token": EVENT_TOKEN, "robot_secret": ROBOT_SECRET,
            "database_url": f"sqlite:///{folder}/voronka.sqlite", "clock": "portal", "limits": f"scaled:{SCALE}",
            "look_every_seconds": 1, "tick_seconds": 3600, "people_fresh_seconds": 0, **settings,
        }  # fmt: skip
        company = Company(portal, Settings(**values), receiver.url)
        company.start_layer()
        receiver.serve(create_app(company.settings))
        try:
            yield company
        finally:
            receiver.stop()
            company.stop_layer()


class _Receiver:
    """The web side in a thread, on a port that is known before the application exists."""

    def __init__(self):
        self._server = None
        self._app = None
        self._server = create_server(self._call, host="127.0.0.1", port=0, threads=8)
        self.url = f"http://127.0.0.1:{self._server.effective_port}/hook/b24"

    def _call(self, environ, start_response):
        return self._app(environ, start_response)

    def serve(self, app) -> None:
        self._app = app
        threading.Thread(target=self._server.run, name="receiver", daemon=True).start()

    def stop(self) -> None:
        self._server.close()
