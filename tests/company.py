"""A company at play: an emulated portal, the receiver and the engine, talking over real HTTP.

Tests act as people do (`company.move`, `company.close_task`) and look at what became true on the portal.
"""

import base64
import itertools
import os
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import requests
import sqlalchemy as sa
from pydantic import SecretStr

import handlers
import jobs
from app import create_app
from bitrix.client import Portal
from config import company as the_company
from config.settings import Settings
from emulator.control import running
from engine import changes, families, storage
from engine.absences import Told
from engine.dictionary import Dictionary
from engine.engine import Engine
from engine.storage import Storage
from reports import kept
from reports.report import Report
from robots.keep_rates import keep_rates, read_rates
from rules import branch_rates
from rules.branch_rates import Interval
from tests.serving import Server
from tests.stores import new_store

ROOT = Path(__file__).parent.parent
MOSCOW = ZoneInfo("Europe/Moscow")
SCALE = 200
VISITS = ["12.11.2026; ООО «Вектор»; переговоры; заявка", "13.11.2026; ПАО «Рассвет»; образцы; договорились"]
SCAN = ["Договор.pdf", "JVBERi0xLjQ="]
EVENT_TOKEN = "event-token-of-the-tests"
ROBOT_SECRET = "robot-secret-of-the-tests"
ONEC_TOKEN = "token-of-1c-in-the-tests"


class Company:
    """What a test may do and see. Deals and tasks are named by id; fields by the layer's names."""

    def __init__(self, portal, settings: Settings, receiver_url: str):
        self.portal, self.settings, self.receiver_url = portal, settings, receiver_url
        self.config = the_company()
        self.engine: Engine | None = None
        self.workers: list[subprocess.Popen] = []
        self.dictionary: Dictionary | None = None
        self._numbers = itertools.count(1)

    # — the layer —

    def start_layer(self) -> None:
        """A worker begins on the test's database, in this process."""
        self.engine = Engine.from_settings(self.settings, self.config)
        self.engine.start()
        self.dictionary = self.engine.dictionary

    def stop_layer(self) -> None:
        """The worker ends as on SIGTERM."""
        if self.engine is not None:
            self.engine.stop()
            self.engine = None
        for worker in self.workers:
            worker.terminate()
        while self.workers:
            self.workers.pop().wait(timeout=30)

    def start_worker(self, failpoint: str = "", **settings: object) -> subprocess.Popen:
        """A worker begins in a process of its own; with `failpoint` ("sent:2") it will die there as by kill -9."""
        environment = {**self.environment(**settings), "VORONKA_FAILPOINT": failpoint}
        command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        self.workers.append(worker)
        return worker

    def environment(self, **settings: object) -> dict[str, str]:
        """What a command in a process of its own is given."""
        named = {**dict(self.settings), **settings}
        return {**os.environ, **{name.upper(): _plain(value) for name, value in named.items() if value is not None}}

    def enter_webhook(self, address: str) -> None:
        """IT sets another BITRIX_WEBHOOK_URL and starts the layer anew."""
        self.stop_layer()
        self.settings = self.settings.model_copy(update={"bitrix_webhook_url": SecretStr(address)})
        self.start_layer()

    def wait_until_live(self, seconds: float = 30) -> None:
        """Wait until a worker in another process has set the go-live mark."""
        store, until = Storage(self.settings.database_url), time.monotonic() + seconds
        while time.monotonic() < until:
            with store.read() as connection:
                if store.mark(connection, "live_from") is not None:
                    store.close()
                    return
            time.sleep(0.05)
        raise TimeoutError("no worker went live")

    def failures(self) -> list[str]:
        """Why runs ended as dead letters."""
        failed = sa.select(storage.runs.c.note).where(storage.runs.c.state == "failed")
        with closing(Storage(self.settings.database_url)) as store, store.read() as connection:
            return list(connection.scalars(failed))

    def settle(self, seconds: float = 60) -> None:
        """Wait until every event was delivered and the layer has nothing left to do."""
        for _ in range(2):
            self.portal.settle_events()
            self.engine.settle(seconds) if self.engine is not None else self._watch(seconds)

    def _watch(self, seconds: float) -> None:
        """The same for a worker in another process: its tables stay quiet for two of its looks."""
        store, quiet_since = Storage(self.settings.database_url), None
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            busy = store.is_busy(self.portal.time())
            quiet_since = None if busy else quiet_since or time.monotonic()
            if quiet_since and time.monotonic() - quiet_since > 2 * self.settings.look_every_seconds + 0.5:
                store.close()
                return
            time.sleep(0.05)
        raise TimeoutError(f"the worker did not settle in {seconds} s")

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
        done = self.portal.act(user, method, params)
        if method.startswith("user.") and self.engine is not None:
            self.engine.people.refresh()  # else it hears of it within five minutes
        return done

    def dismiss(self, user: int) -> None:
        """HR dismisses a person."""
        self.acts(1, "user.update", {"ID": user, "ACTIVE": False})

    def on_leave(self, login: str, first: str, last: str | None = None) -> int:
        """A person is away on these days: company.on_leave("gusev", "24.11.2026", "27.11.2026")."""
        days = [datetime.strptime(day, "%d.%m.%Y").date() for day in (first, last or first)]
        told = Told(self.user(login), *days, "Отпуск")
        self.engine.people.absences.load([told], self.portal.time())
        return told.user_id

    def head_of(self, user: int) -> int:
        """The head of a person's department, by the portal."""
        department = self.portal.act(1, "user.get", {"FILTER": {"ID": user}})[0]["UF_DEPARTMENT"][0]
        while True:
            found = self.portal.act(1, "department.get", {"ID": department})[0]
            if found.get("UF_HEAD") and int(found["UF_HEAD"]) not in (0, user):
                return int(found["UF_HEAD"])
            department = int(found["PARENT"])

    def twin_of(self, company_id: int) -> int:
        """Somebody enters a client a second time, with the same requisites."""
        twin = int(
            self.acts(1, "crm.item.add", {"entityTypeId": 4, "fields": {"title": "Тот же клиент"}})["item"]["id"]
        )
        of_first = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": company_id}
        requisite = self.portal.act(1, "crm.requisite.list", {"filter": of_first})[0]
        fields = {key: requisite[key] for key in ("PRESET_ID", "NAME", "RQ_INN", "RQ_KPP")}
        self.acts(1, "crm.requisite.add", {"fields": {**fields, "ENTITY_TYPE_ID": 4, "ENTITY_ID": twin}})
        return twin

    @contextmanager
    def layer_down(self):
        """The worker is down for a while; the receiver and the portal are not."""
        self.stop_layer()
        yield
        self.start_layer()

    def retry_failures(self) -> None:
        """IT opens every dead letter again."""
        with self.engine.storage.read() as connection:
            failed = list(connection.scalars(sa.select(storage.runs.c.id).where(storage.runs.c.state == "failed")))
        for run_id in failed:
            families.retry(self.engine, run_id)

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
            "categoryId": self.dictionary.category(process),
            "stageId": self.dictionary.stage_id(process, stage),
            "assignedById": by,
        }
        item |= self._encoded(process, fields)
        return int(
            self.acts(by, "crm.item.add", {"entityTypeId": 2, "fields": item, "useOriginalUfNames": "Y"})["item"]["id"]
        )

    def move(self, deal: int, stage: str, *, by: int | None = None) -> None:
        """A person drags a card to a stage of its funnel."""
        self._update(deal, {"stageId": self.dictionary.stage_id(self.process(deal), stage)}, by)

    def move_to_funnel(self, deal: int, process: str, stage: str) -> None:
        """A person moves a card to another funnel."""
        stage_id = self.dictionary.stage_id(process, stage)
        self._update(deal, {"categoryId": self.dictionary.category(process), "stageId": stage_id}, None)

    def fill(self, deal: int, *, by: int | None = None, **fields: object) -> None:
        """A person fills fields in."""
        self._update(deal, self._encoded(self.process(deal), fields), by)

    def set_rows(self, deal: int, *rows: tuple[str, str, str] | tuple[str, str, str, int]) -> None:
        """A person writes the specification: (product, price, quantity), and the product of the catalogue if it is one."""
        names = ("productName", "price", "quantity", "productId")
        products = [dict(zip(names, row, strict=False)) for row in rows]
        self.acts(
            self._responsible(deal),
            "crm.item.productrow.set",
            {"ownerType": "D", "ownerId": deal, "productRows": products},
        )

    def set_sum_by_hand(self, deal: int, amount: str) -> None:
        """A person writes a sum that no longer follows the product rows."""
        self._update(deal, {"opportunity": amount, "isManualOpportunity": "Y"}, None)

    def product(self, name: str) -> int:
        """The id of a product of the catalogue, by the beginning of its name."""
        return int(self.portal.act(1, "crm.product.list", {"filter": {"%NAME": name}, "select": ["ID"]})[0]["ID"])

    def any_company(self) -> int:
        """A client of the seed."""
        return int(self.portal.act(1, "crm.item.list", {"entityTypeId": 4, "order": {"id": "ASC"}})["items"][0]["id"])

    def another_company(self) -> int:
        """Another client of the seed."""
        found = self.portal.act(1, "crm.item.list", {"entityTypeId": 4, "order": {"id": "DESC"}})["items"]
        return int(found[0]["id"])

    def new_contractor(self, title: str, *, inn: str = "7707083893", kind: str = "Перевозчик") -> int:
        """A logist enters a contractor; without `inn` its requisites are not known yet."""
        kinds = self.dictionary.encode(self.dictionary.company_field("kind"), [kind])
        fields = {"title": title, "UF_CRM_SF_KIND": kinds}
        made = self.acts(1, "crm.item.add", {"entityTypeId": 4, "fields": fields, "useOriginalUfNames": "Y"})
        contractor = int(made["item"]["id"])
        if inn:
            self.enter_inn(contractor, inn)
        return contractor

    def enter_inn(self, contractor: int, inn: str) -> None:
        """A logist enters the ИНН of a company."""
        requisite = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": contractor, "PRESET_ID": 1, "NAME": "Организация", "RQ_INN": inn}
        self.acts(1, "crm.requisite.add", {"fields": requisite})

    def new_branch(self, title: str, *, city: str = "", rate: str | None = None, **fields: object) -> int:
        """Somebody enters a branch of the distributor: company.new_branch("Север", branch_mgr=12, branch_on=date(2026, 1, 1)).

        `rate`: in force since it reports.
        """
        said = {"kind": ["Филиал дистрибьютора"], "branch_on": date(2026, 1, 1), **fields}
        encoded = {"title": title, **self._of_company(said)}
        made = self.acts(1, "crm.item.add", {"entityTypeId": 4, "fields": encoded, "useOriginalUfNames": "Y"})
        branch = int(made["item"]["id"])
        if city:
            owner = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": branch, "PRESET_ID": 1, "NAME": "Организация"}
            requisite = int(self.acts(1, "crm.requisite.add", {"fields": owner}))
            where = {"ENTITY_TYPE_ID": 8, "ENTITY_ID": requisite, "TYPE_ID": 1, "CITY": city}
            self.acts(1, "crm.address.add", {"fields": where})
        if rate is not None:
            self.set_rate(branch, rate, said["branch_on"])
        return branch

    def set_rate(self, branch: int, rate: str, since: date) -> None:
        """IT enters a rate of a branch, as `flask rates set` does."""
        with closing(Storage(self.settings.database_url)) as store:
            keep_rates(store, {branch: lambda history: branch_rates.add(history, Interval(Decimal(rate), since))})

    def fill_company(self, company_id: int, *, by: int = 1, **fields: object) -> None:
        """A person fills fields of a company: company.fill_company(7, branch_next=Decimal("1.25"))."""
        params = {"entityTypeId": 4, "id": company_id, "fields": self._of_company(fields), "useOriginalUfNames": "Y"}
        self.acts(by, "crm.item.update", params)

    def company_comments(self, company_id: int) -> list[str]:
        """Texts of a company's timeline, oldest first, without their marks."""
        params = {"filter": {"ENTITY_ID": company_id, "ENTITY_TYPE": "company"}, "order": {"ID": "ASC"}}
        found = self.portal.act(1, "crm.timeline.comment.list", params)
        return [one["COMMENT"].rpartition("\n#")[0] or one["COMMENT"] for one in found]

    def rates(self, branch: int) -> list[str]:
        """«1,25% с 01.01.2027 (примечание)»: the rates of a branch, as `flask rates` lists them."""
        with closing(Storage(self.settings.database_url)) as store:
            history = read_rates(store).get(branch, [])
        return [branch_rates.said(one) + (f" ({one.note})" if one.note else "") for one in history]

    def _of_company(self, fields: dict) -> dict:
        named = {name: self.dictionary.company_field(name) for name in fields}
        return {named[name].code: self.dictionary.encode(named[name], value) for name, value in fields.items()}

    def company_value(self, company_id: int, name: str) -> object:
        """A field of a company of the portal, in the layer's words."""
        item = self.portal.act(1, "crm.item.get", {"entityTypeId": 4, "id": company_id, "useOriginalUfNames": "Y"})[
            "item"
        ]
        field = self.dictionary.company_field(name)
        return self.dictionary.decode(field, item.get(field.code))

    def write_comment(self, deal: int, text: str, *, by: int | None = None) -> None:
        """A person comments on a card."""
        fields = {"ENTITY_ID": deal, "ENTITY_TYPE": "deal", "COMMENT": text}
        self.acts(by or self._responsible(deal), "crm.timeline.comment.add", {"fields": fields})

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

    def frame_contract(self, client: int, *, until: date | None = date(2027, 12, 31), **fields: object) -> int:
        """The lawyer enters a framework contract with a client into the register, with its scan, in force."""
        known = {
            "doc_frame": True, "doc_state": "Действует", "doc_no": "Д-2026-017", "doc_date": date(2026, 3, 31), "doc_end": until,
            "doc_side": "Клиент", "doc_prolong": "Требуется", "doc_init": self.manager_of("Москва"),
        } | fields  # fmt: skip
        if known["doc_state"] == "Действует":
            signed = known["doc_date"]
            known = {"doc_scan": [SCAN], "doc_signed": signed, "doc_start": signed, **known}
        if not known["doc_frame"]:
            known = {"doc_sum": Decimal(429_000), **known}
        return self.new_deal(
            "REGISTRY",
            "CONTRACT",
            title=f"Договор № {known['doc_no']}",
            company=client,
            by=self.holder("LAWYER"),
            **known,
        )

    def order_in(self, stage: str, *rows: tuple[str, str, str], **fields: object) -> int:
        """A Soft order under a framework contract that people have led to the stage: by default 100 suits at 1 200,00.

        Terms of payment by default: 30 % in advance, the rest 30 days after the shipment.
        """
        complete = self.complete_order(**fields)
        self.frame_contract(complete["company"])
        order = self.new_deal(**complete)
        self.set_rows(order, *(rows or (("Костюм «Монтажник»", "1200", "100"),)))
        self.settle()
        self.move(order, stage)
        self.settle()
        assert self.stage(order) == stage, self.value(order, "block")
        return order

    def shipment_of(
        self, order: int, *rows: tuple[str, str, str], plan: date = date(2026, 11, 27), **fields: object
    ) -> int:
        """Support plans a shipment of an order; by default of everything that was ordered."""
        known = {
            "company": self.value(order, "company"), "parent": order, "sh_plan": plan, "sh_warehouse": "Москва (центральный)",
        } | fields  # fmt: skip
        shipment = self.new_deal("SOFT_SHIPMENT", by=self.user("sorokina"), title="Отгрузка", **known)
        self.set_rows(shipment, *(rows or self.rows(order)))
        self.settle()
        return shipment

    def owing(
        self,
        manager: int,
        amount: str,
        due: date,
        *,
        client: int | None = None,
        stage: str = "OVERDUE",
        **fields: object,
    ) -> int:
        """A shipment of a manager's order that was to be paid for by a day, 30 days after it had left.

        Its card says so already, as it does after the layer has counted it.
        """
        left, total = due - timedelta(days=30), Decimal(amount)
        known = {"company": client or self.any_company(), "terms": "Отсрочка N календарных дней", "terms_days": 30}
        order = self.new_deal("SOFT", "PAYMENT", by=manager, title="Заказ", **known)
        said = known | {
            "parent": order, "sh_no": 1, "sh_plan": left, "sh_fact": left, "sh_received": left, "sh_signed": left,
            "sh_warehouse": "Новосибирск", "sh_sum": total, "sh_debt": total, "sh_due": due, "sh_upd": order, "sh_ttn": "1",
            "sh_sched": f"{due:%d.%m.%Y}; {amount}; {amount}", "delivery_way": "Самовывоз",
        } | fields  # fmt: skip
        shipment = self.new_deal("SOFT_SHIPMENT", stage, by=self.user("sorokina"), title="Заказ / отгрузка 1", **said)
        for card in (order, shipment):
            self.set_rows(card, ("Костюм «Монтажник»", amount, "1"))
        return shipment

    def ship(self, shipment: int, day: date, *, until: str = "TRANSIT", received: date | None = None) -> None:
        """People lead a planned shipment on: packed, sent on the day, received, signed for, as far as the stage."""
        self.move(shipment, "RESERVE")
        self.settle()
        for title in self.titles(shipment):
            self.close_task(shipment, title)
        self.settle()
        if until == "READY":
            return
        if self.portal.time().astimezone(MOSCOW).date() < day:
            self.at(f"{day:%d.%m.%Y} 10:00")
        self.fill(shipment, sh_fact=day)
        self.settle()
        if until in ("DOCS", "PAYMENT"):
            self.fill(shipment, sh_received=received or day)
            self.settle()
        if until == "PAYMENT":
            self.sign_upd(shipment, received or day)

    def sign_upd(self, shipment: int, day: date) -> None:
        """Support puts the scan of the УПД that the client signed on that day into the register."""
        upd = self.value(shipment, "sh_upd")
        self.fill(upd, doc_signed=day)
        self.put_scan(upd, "УПД подписан.pdf")
        self.settle()

    def pay(self, deal: int, amount: str, day: date | None = None, number: str = "") -> None:
        """The accountant enters a payment on an order or a shipment."""
        day_and_number = {name: value for name, value in (("pay_date", day), ("pay_no", number)) if value}
        self.fill(deal, by=self.holder("ACCOUNTANT"), pay_sum=Decimal(amount), **day_and_number)
        self.settle()

    def complete_order(self, **fields: object) -> dict:
        """Everything that an order needs to be supplied, but for its contract and its goods."""
        return {
            **self._complete(), "ship_until": date(2026, 12, 20), "delivery_way": "Самовывоз",
            "terms": "Аванс X%, остаток через N календарных дней после отгрузки", "terms_pct": 30, "terms_days": 30,
        } | fields  # fmt: skip

    def children(self, deal: int, process: str) -> list[int]:
        """Ids of a card's children of a process, oldest first."""
        filter_ = {"=categoryId": self.dictionary.category(process), "=UF_CRM_SF_PARENT": f"D_{deal}"}
        params = {"entityTypeId": 2, "filter": filter_, "useOriginalUfNames": "Y", "order": {"id": "ASC"}}
        return [int(one["id"]) for one in self.portal.act(1, "crm.item.list", params)["items"]]

    def reports(self, user: int, month: str) -> list[int]:
        """Reports of a representative for a month, oldest first."""
        which = {"=categoryId": self.dictionary.category("REP_REPORT"), "=UF_CRM_SF_RP_WHO": user}
        which["=UF_CRM_SF_RP_MONTH"] = month
        params = {"entityTypeId": 2, "filter": which, "useOriginalUfNames": "Y", "order": {"id": "ASC"}}
        return [int(one["id"]) for one in self.portal.act(1, "crm.item.list", params)["items"]]

    def kept_reports(self) -> list[Report]:
        """Reports that the layer has put on the Disk, oldest first."""
        table = storage.reports
        with self.engine.storage.read() as connection:
            numbers = list(connection.scalars(sa.select(table.c.id).order_by(table.c.id)))
        return [kept.report(self.engine.storage, number) for number in numbers]

    def report_month(self, login: str, month: str = "2026-11") -> int:
        """The newest report of a representative for a month."""
        return self.reports(self.user(login), month)[-1]

    def write_report(self, report: int, *rows: tuple[str, str, str], **fields: object) -> None:
        """A representative writes down the month: expenses (none without rows), two visits, what was done."""
        said = {"rp_tasks": "Переговоры с клиентами города", "rp_visits": VISITS, "rp_noexp": not rows}
        self.fill(report, **{**said, "rp_scans": [SCAN] if rows else [], **fields})
        if rows:
            self.set_rows(report, *rows)
        self.settle()

    def accept_report(self, report: int, *, until: str = "SETTLE") -> None:
        """The representative and the reviewers close their tasks, one after the other, until the card stands there."""
        for title in ("Подготовьте", "Проверьте отчёт", "Проверьте документы", "Согласуйте"):
            if self.stage(report) != until and any(one.startswith(title) for one in self.titles(report)):
                self.close_task(report, title)
                self.settle()
        assert self.stage(report) == until, self.value(report, "block")

    def rows(self, deal: int) -> list[tuple[str, str, str]]:
        """The product rows of a card: (product, price, quantity), as `set_rows` takes them."""
        params = {"filter": {"=ownerType": "D", "=ownerId": deal}, "order": {"id": "ASC"}}
        found = self.portal.act(1, "crm.item.productrow.list", params)["productRows"]
        return [(row["productName"], f"{row['price']:g}", f"{row['quantity']:g}") for row in found]

    def tell(self, deal: int, signal: str, **what: object) -> None:
        """Another family tells a card something, as a robot of the layer does."""
        with self.engine.storage.write() as tx:
            now, number = self.portal.time(), next(self._numbers)
            change = changes.signalled(f"test {number}", deal, self.process(deal), now, signal, None, what)
            self.engine.observer.notice(tx, change)

    def old_deal(self, stage: str = "QUALIFY") -> int:
        """A Soft card of the seed, made before the layer went live."""
        on = {"=stageId": self.dictionary.stage_id("SOFT", stage)}
        return int(self.portal.act(1, "crm.item.list", {"entityTypeId": 2, "filter": on})["items"][0]["id"])

    def attach(self, deal: int, name: str, *, content: bytes = b"%PDF-1.4", keeping: bool = False) -> None:
        """The responsible puts a file on the card; `keeping`: beside those that lie there."""
        held = [{"id": one["id"]} for one in (self.card(deal)["UF_CRM_SF_FILES"] or [])] if keeping else []
        self._update(deal, {"UF_CRM_SF_FILES": [*held, [name, base64.b64encode(content).decode()]]}, None)

    def rule_asks(self, name: str, deal: int, **what: str) -> None:
        """An automation rule of the portal calls the layer's address."""
        address = self.receiver_url.replace("/hook/b24", f"/robot/{ROBOT_SECRET}/{name}")
        requests.post(address, data={"document_id[2]": f"DEAL_{deal}"}, params=what, timeout=10).raise_for_status()

    def onec(self, kind: str, payload: dict) -> requests.Response:
        """1C sends a document."""
        return self._onec("POST", f"/{kind}", json=payload)

    def outcome(self, kind: str, document: str) -> dict:
        """What 1C is told about a document that it sent."""
        return self._onec("GET", f"/{kind}/{document}").json()

    def _onec(self, verb: str, path: str, **how: object) -> requests.Response:
        address = self.receiver_url.replace("/hook/b24", f"/hook/1c{path}")
        return requests.request(verb, address, headers={"Authorization": f"Bearer {ONEC_TOKEN}"}, timeout=10, **how)

    def delete(self, deal: int) -> None:
        self.acts(1, "crm.item.delete", {"entityTypeId": 2, "id": deal})

    def _update(self, deal: int, fields: dict, by: int | None) -> None:
        self.acts(
            by or self._responsible(deal),
            "crm.item.update",
            {"entityTypeId": 2, "id": deal, "fields": fields, "useOriginalUfNames": "Y"},
        )

    def _encoded(self, process: str, fields: dict) -> dict:
        named = {name: self.dictionary.field(process, name) for name in fields}
        return {
            self.dictionary.key(named[name]): self.dictionary.encode(named[name], value)
            for name, value in fields.items()
        }

    # — looking at cards —

    def card(self, deal: int) -> dict:
        return self.portal.act(1, "crm.item.get", {"entityTypeId": 2, "id": deal, "useOriginalUfNames": "Y"})["item"]

    def value(self, deal: int, name: str) -> object:
        """A field of a card in the layer's words."""
        card = self.card(deal)
        field = self.dictionary.field(self.dictionary.process(card["categoryId"]).code, name)
        return self.dictionary.decode(field, card.get(self.dictionary.key(field)))

    def process(self, deal: int) -> str:
        """The process in whose funnel the card is."""
        return self.dictionary.process(self.card(deal)["categoryId"]).code

    def stage(self, deal: int) -> str:
        return self.dictionary.stage(self.card(deal)["stageId"])

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

    # — documents —

    def files(self, deal: int, field: str = "files") -> dict[str, bytes]:
        """Files of a card by name, downloaded as a person would."""
        code = self.dictionary.field(self.process(deal), field).code
        held = self.card(deal).get(code) or []
        answers = [requests.get(one["urlMachine"], timeout=10) for one in (held if isinstance(held, list) else [held])]
        return {_name_of(answer): answer.content for answer in answers}

    def put_scan(self, document: int, name: str) -> None:
        """The responsible puts the signed scan on a register card."""
        self._update(document, {"UF_CRM_SF_DOC_SCAN": [[name, base64.b64encode(b"%PDF-1.4").decode()]]}, None)

    def register(self, **fields: object) -> list[int]:
        """Register cards, oldest first: all, or those whose fields say so."""
        return self.cards("REGISTRY", **fields)

    def cards(self, process: str, **fields: object) -> list[int]:
        """Cards of a process, oldest first: all, or those whose fields say so."""
        on = {"=categoryId": self.dictionary.category(process), ">id": 0}
        items = self.portal.act(1, "crm.item.list", {"entityTypeId": 2, "filter": on, "order": {"id": "ASC"}})["items"]
        cards = [int(item["id"]) for item in items]
        return [card for card in cards if all(self.value(card, name) == value for name, value in fields.items())]

    def sign_for(self, company_id: int, **fields: object) -> None:
        """Somebody fills in fields of a client: company.sign_for(7, SIGN_FIO="Соловей Пётр Ильич")."""
        named = {f"UF_CRM_SF_{code}": value for code, value in fields.items()}
        params = {"entityTypeId": 4, "id": company_id, "fields": named, "useOriginalUfNames": "Y"}
        self.acts(1, "crm.item.update", params)

    # — tasks —

    def tasks(self, deal: int | None) -> list[dict]:
        """Every task of a card, oldest first; of no card (None) the newest fifty of the layer."""
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
            "UF_CRM_TASK",
            "UF_TASK_WEBDAV_FILES",
        ]
        if deal is None:
            which, order = {"CREATED_BY": self.engine.own_user}, {"ID": "desc"}
        else:
            which, order = {"UF_CRM_TASK": f"D_{deal}"}, {"ID": "asc"}
        found = self.portal.act(1, "tasks.task.list", {"filter": which, "select": select, "order": order})["tasks"]
        return found if deal is not None else [task for task in reversed(found) if not task["ufCrmTask"]]

    def task(self, deal: int, title: str) -> dict:
        """The newest task of a card whose title begins so."""
        found = [task for task in self.tasks(deal) if task["title"].startswith(title)]
        assert found, f"no task «{title}» on deal {deal}: {[t['title'] for t in self.tasks(deal)]}"
        return found[-1]

    def open_tasks(self, deal: int) -> list[str]:
        """«Свяжитесь с клиентом → Иванова Анна, 24.11.2026 11:30»: the deadline in the responsible's own zone."""
        return [self.line(task) for task in self.tasks(deal) if task["status"] != "5"]

    def line(self, task: dict) -> str:
        """The same of one task."""
        responsible = int(task["responsibleId"])
        zone = ZoneInfo(self._zone(responsible))
        due = datetime.fromisoformat(task["deadline"]).astimezone(zone)
        return f"{task['title'].partition(' — ')[0]} → {self.user_name(responsible)}, {due:%d.%m.%Y %H:%M}"

    def _zone(self, user_id: int) -> str:
        user = self.portal.act(1, "user.get", {"FILTER": {"ID": user_id}})[0]
        city = self.config.cities.get(user["PERSONAL_CITY"])
        return user["TIME_ZONE"] or (city.zone if city else "Europe/Moscow")

    def titles(self, deal: int, *, open_only: bool = True) -> list[str]:
        """Titles of the card's tasks without the deal's own."""
        return [
            task["title"].partition(" — ")[0] for task in self.tasks(deal) if not open_only or task["status"] != "5"
        ]

    def checklist(self, deal: int, title: str) -> list[str]:
        """The items of a task's checklist."""
        items = self.portal.act(1, "task.checklistitem.getlist", {"TASKID": int(self.task(deal, title)["id"])})
        return [item["TITLE"] for item in items if item["PARENT_ID"] not in (0, "0")]

    def ticked(self, deal: int, title: str) -> list[bool]:
        """Of each item of a task's checklist, whether it is done."""
        items = self.portal.act(1, "task.checklistitem.getlist", {"TASKID": int(self.task(deal, title)["id"])})
        return [item["IS_COMPLETE"] == "Y" for item in items if item["PARENT_ID"] not in (0, "0")]

    def tick(self, deal: int, title: str, *items: str) -> None:
        """The responsible ticks items of a task's checklist off."""
        task = self.task(deal, title)
        found = self.portal.act(1, "task.checklistitem.getlist", {"TASKID": int(task["id"])})
        for item in found:
            if item["TITLE"] in items:
                params = {"TASKID": int(task["id"]), "ITEMID": int(item["ID"])}
                self.acts(int(task["responsibleId"]), "task.checklistitem.complete", params)

    def messages(self, deal: int, title: str) -> list[str]:
        """What was said in a task, oldest first."""
        found = self.portal.act(1, "task.commentitem.getlist", {"TASKID": int(self.task(deal, title)["id"])})
        return [one["POST_MESSAGE"] for one in found]

    def say_in_task(self, deal: int, title: str, text: str) -> None:
        """The responsible writes into a task."""
        task = self.task(deal, title)
        params = {"TASKID": int(task["id"]), "FIELDS": {"POST_MESSAGE": text}}
        self.acts(int(task["responsibleId"]), "task.commentitem.add", params)

    def deadline(self, deal: int, title: str) -> datetime:
        """When a task is due."""
        return datetime.fromisoformat(self.task(deal, title)["deadline"])

    def move_deadline(self, deal: int, title: str, due: datetime) -> None:
        """The responsible moves a task's deadline."""
        task = self.task(deal, title)
        params = {"taskId": int(task["id"]), "fields": {"DEADLINE": due.isoformat()}}
        self.acts(int(task["responsibleId"]), "tasks.task.update", params)

    def moves(self, deal: int, title: str) -> tuple[int, datetime]:
        """How often a task's deadline was moved, and the first one."""
        table, task_id = storage.tasks, int(self.task(deal, title)["id"])
        with self.engine.storage.read() as connection:
            row = connection.execute(sa.select(table).where(table.c.task_id == task_id)).one()
        return row.moves, row.original_deadline

    def close_task(self, deal: int, title: str) -> None:
        """The responsible completes a task."""
        task = self.task(deal, title)
        self.acts(int(task["responsibleId"]), "tasks.task.complete", {"taskId": int(task["id"])})

    def start_task(self, deal: int, title: str, *, by: int | None = None) -> None:
        """A person takes a task up; `by`: who has taken it over from its responsible."""
        task = self.task(deal, title)
        who = by or int(task["responsibleId"])
        if by:
            self.acts(1, "tasks.task.update", {"taskId": int(task["id"]), "fields": {"RESPONSIBLE_ID": by}})
        self.acts(who, "tasks.task.start", {"taskId": int(task["id"])})

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
        self.at_moment(datetime.strptime(moment, "%d.%m.%Y %H:%M").replace(tzinfo=ZoneInfo(zone)))

    def at_moment(self, moment: datetime) -> None:
        """Move the portal's clock to that moment; the layer hears of it."""
        self.portal.set_time(moment)
        self._hear_the_time()

    def advance(self, **span: float) -> None:
        """Let time pass: `company.advance(hours=4)`."""
        self.portal.advance(timedelta(**span))
        self._hear_the_time()

    def _hear_the_time(self) -> None:
        """The layer asks the portal once more, after any look that may still bring the old time."""
        if self.engine is not None:
            self.engine.look(thorough=False)


def _name_of(answer: requests.Response) -> str:
    """The name under which a browser would keep a download."""
    said = answer.headers["Content-Disposition"]
    coded = said.partition("filename*=UTF-8''")[2]
    return unquote(coded) if coded else said.partition("filename=")[2].strip('"')


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


@contextmanager
def playing(folder: Path, *, seed: str = "demo", apart: bool = False, scale: int = SCALE, **settings: object):
    """Start portal, receiver and layer; stop them at the end. `apart`: the test starts workers of its own."""
    handlers.load()
    jobs.load()
    receiver = Server()
    doorbell = f"{receiver.address}/hook/b24"
    with running(
        seed=seed,
        limits=f"scaled:{scale}",
        events_to=doorbell,
        event_token=EVENT_TOKEN,
        now=datetime(2026, 11, 23, 10, tzinfo=MOSCOW),
    ) as portal:
        values = {
            "bitrix_webhook_url": portal.webhook_url, "bitrix_event_token": EVENT_TOKEN, "robot_secret": ROBOT_SECRET,
            "onec_token": ONEC_TOKEN, "database_url": new_store(folder), "limits": f"scaled:{scale}",
            "look_every_seconds": 1, "tick_seconds": 3600, "office": "off", **settings,
        }  # fmt: skip
        company = Company(portal, Settings(**values), doorbell)
        if apart:
            with closing(Storage(company.settings.database_url)) as store:
                store.prepare()
            company.dictionary = Dictionary.read(Portal(portal.webhook_url, limits="off"), company.config)
        else:
            company.start_layer()
        receiver.serve(create_app(company.settings))
        try:
            yield company
        finally:
            receiver.stop()
            company.stop_layer()
