"""The engine put together: one object that knows every part, and the threads that keep it going."""

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa
from apscheduler.schedulers.background import BackgroundScheduler

from bitrix.batch import as_map
from bitrix.bulk import get_all
from bitrix.client import PAGE, Answer, Command, Portal
from bitrix.errors import PortalError
from bitrix.limits import Limits
from config import Company
from config.settings import Settings
from engine import families, storage
from engine.clock import Clock, MachineTime
from engine.deal import Deal
from engine.dictionary import DEAL, Dictionary
from engine.ledger import Ledger
from engine.log import log
from engine.made import made
from engine.metrics import Metrics
from engine.observer import Observer
from engine.people import People
from engine.restore import Restore
from engine.schedule import Schedule
from engine.shared_limit import SharedBucket
from engine.slots import Slot, SlotLost
from engine.standing import Standing
from engine.storage import Storage, StorageRefused
from rules.working_time import WorkingCalendar

GATHER_SECONDS = 0.2
WAKE_SECONDS = 60
UNSEEN_SECONDS = 600  # so long the clock waits for the first look after a start
MUCH, LEISURE = 10, 4  # commands that are under way; how much rarer looks are then


class Engine:
    """Observer, runs and clock of one worker process.

    `portal` is asked for, `company` says what the processes are; `start()` begins, `stop()` ends, `settle()` waits
    until nothing is left to do (tests, the demo).
    """

    def __init__(self, settings: Settings, company: Company, portal: Portal, store: Storage):
        self.settings, self.company, self.portal, self.storage = settings, company, portal, store
        self.metrics = Metrics()
        self.clock = Clock(portal.clock)
        self.machine_time = MachineTime(store.engine)
        self.slot = Slot(store, settings.slot, settings.takeover_seconds)
        self.patience = portal.cut_seconds / 60
        self.queue = families.Queue(store)
        self.ledger = Ledger(self)
        self.observer = Observer(self)
        self.restore = Restore(self)
        self.standing = Standing(self)
        self.schedule = Schedule(self)
        self._calendars = {None: _calendar(company, ())}
        self._calendars |= {name: _calendar(company, city.extra_days_off) for name, city in company.cities.items()}
        self.people = People(portal, company, store, self.calendar_of, self.clock.now, settings.people_fresh_seconds)
        self.dictionary: Dictionary | None = None
        self.own_user = 0
        self._begun = self._woken = time.monotonic()
        self._has_looked = False
        self.stopping = threading.Event()
        self._looking = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._ticker: BackgroundScheduler | None = None

    # — life —

    @classmethod
    def from_settings(cls, settings: Settings, company: Company, kind: type[Storage] = Storage) -> "Engine":
        """The engine that these settings describe; nothing is asked or written yet. `kind`: a Rehearsal keeps nothing."""
        url = settings.bitrix_webhook_url.get_secret_value()
        store, limits = kind(settings.database_url), Limits.named(settings.limits)
        limiter = None if store.is_sqlite else SharedBucket(store, limits)
        portal = Portal(url, limits=limits, limiter=limiter, cut_seconds=settings.portal_cut_seconds)
        return cls(settings, company, portal, store)

    def look_up(self) -> None:
        """Know the portal's ids as `start` does, and begin nothing: for commands of IT. Raises what hinders a start."""
        self.storage.prepare()
        with self.storage.read() as connection:
            if self.storage.mark(connection, "live_from") is None:
                raise StorageRefused("The worker has never run here: start it with flask serve, then repeat this.")
        self.standing.refuse_another_portal()
        self.dictionary = Dictionary.read(self.portal, self.company)
        self.own_user = int(self.portal.call("profile", {}).result["ID"])

    def start(self) -> None:
        """Prepare the store, learn the portal's ids, set the go-live mark, then observe, run and tick."""
        self.storage.prepare()
        self.slot.claim()
        self.portal.observe(self._measure)
        self.portal.expected_at_work = self._families_to_do
        self.standing.refuse_another_portal()
        self.dictionary = Dictionary.read(self.portal, self.company)
        self.own_user = int(self.portal.call("profile", {}).result["ID"])
        self.observer.go_live()
        self.observer.companies.know_all()
        self.schedule.meet()
        self.restore.catch_up()
        families.start(self, threads=self.settings.threads, poll_seconds=0.1, slot=self.slot.name)
        self.standing.go_on()
        self.queue.wake(self.storage)
        self._ticker = BackgroundScheduler(timezone="UTC")
        self._ticker.add_job(
            self.tick,
            "interval",
            seconds=self.settings.tick_seconds,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self._ticker.start()
        beats = {"observer": self._observe, "post": self._post, "slot": self._beat}
        self._threads = [threading.Thread(target=beat, name=name, daemon=True) for name, beat in beats.items()]
        for thread in self._threads:
            thread.start()
        log.info("worker started", slot=self.slot.name, threads=self.settings.threads)

    def stop(self) -> None:
        """Stop looking, ticking and taking runs; what is under way comes back at the next start."""
        self.stopping.set()
        if self._ticker is not None:
            self._ticker.shutdown(wait=True)
        for thread in self._threads:
            thread.join(timeout=self.portal.cut_seconds + 20)
        families.stop()
        with self._going_on("leave the slot"):
            self.slot.leave()
        self.queue.close()
        self.storage.close()
        log.info("worker stopped")

    def ask(self, method: str, params: dict) -> Answer:
        """Read from the portal, together with whatever other runs are asking. Raises the portal's error."""
        answer = self.portal.submit([Command(method, params, "ask")])[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def cards_on(self, process: str, *stages: str, **saying: object) -> list[Deal]:
        """Cards that stand on these stages now and say this, asked from the portal (without their product rows).

        None of a process that is switched off.
        """
        if not self.company.processes[process].enabled:
            return []
        said = {f"={key}": value for key, value in self.dictionary.encoded(process, saying).items()}
        return self._remembered({"@stageId": [self.dictionary.stage_id(process, stage) for stage in stages], **said})

    def _families_to_do(self) -> int:
        """How many families have something to do now, as far as this worker can take them: their commands leave together."""
        with suppress(sa.exc.SQLAlchemyError):
            return min(self.queue.ready(self.storage), self.settings.threads)
        return 0

    def open_cards_of(self, people: Collection[int]) -> list[Deal]:
        """Cards of our processes that are neither won nor lost and that these people are responsible for."""
        cards = self._remembered({"@assignedById": sorted(people)}) if people else []
        return [card for card in cards if card.process and card.is_open(self.company)]

    def cards_where(self, which: dict) -> list[Deal]:
        """Cards that a filter of crm.item.list lets through, every page, in the order of their ids, as the portal shows them."""
        whole = {"select": ["*", "UF_*"], "useOriginalUfNames": "Y"}
        items = self.items({"entityTypeId": DEAL, "filter": which, **whole})
        return [Deal.of_item(self.dictionary, item) for item in items]

    def items(self, params: dict) -> list[dict]:
        """Rows of crm.item.list, every page, in the order of their ids.

        The first page is asked for together with whatever other runs are asking; more are read fifty pages a request.
        """
        page = {**params, "order": {"id": "ASC"}, "start": -1}
        first = list(as_map(self.ask("crm.item.list", page).result.get("items")).values())
        return first if len(first) < PAGE else get_all(self.portal, "crm.item.list", params)

    def _remembered(self, which: dict) -> list[Deal]:
        """The same; those that the layer never saw are remembered with their families, so that runs can be about them.

        Edits of them are seen from now on.
        """
        cards = self.cards_where(which)
        strangers = self.observer.strangers(cards)
        if strangers:
            kin = [Deal.of_item(self.dictionary, item) for item in self.observer.kin(strangers)]
            with self.storage.write() as tx:
                for card in [*kin, *strangers]:
                    self.observer.remember(tx, self._without_presses(card), version=1)
        return cards

    def _without_presses(self, card: Deal) -> dict:
        """A button that was pressed on a card before the layer ever saw it is still a press to be answered."""
        process = self.company.processes.get(card.process)
        buttons = {one.code for one in process.fields.values() if one.button} if process else set()
        return {key: value for key, value in card.raw.items() if key not in buttons}

    def known_cards(self, process: str, *stages: str) -> list[Deal]:
        """Cards that stand on these stages as the layer last knew them: nothing is asked (without their product rows)."""
        table = storage.cards
        which = (table.c.process == process, table.c.stage.in_(stages), table.c.deleted_at.is_(None))
        with self.storage.read() as connection:
            rows = connection.execute(sa.select(table).where(*which).order_by(table.c.deal_id)).all()
        return [Deal(self.dictionary, {**row._mapping, "rows": None}) for row in rows]

    def calendar_of(self, city: str | None) -> WorkingCalendar:
        """Working days of a city: the production calendar with the region's holidays."""
        return self._calendars[city if city in self._calendars else None]

    # — the observer's thread —

    def _observe(self) -> None:
        """Look at every ring, at least once in `look_every_seconds`; a look that fails is tried again at the next beat."""
        looked, thorough_at, more = 0.0, 0.0, False
        while not self.stopping.wait(GATHER_SECONDS):
            now = time.monotonic()
            thorough = now - thorough_at >= self.settings.look_every_seconds
            if not self.slot.leads:
                continue
            with self._going_on("look"):
                if thorough or more or (now - looked >= self._look_gap() and self._rings()):
                    looked = now
                    more = self.look(thorough)
                    thorough_at = now if thorough else thorough_at

    def _look_gap(self) -> float:
        """Seconds between two looks. While the layer itself writes much, most of what rings is its own doing."""
        much = self.portal.commands_under_way >= MUCH
        return self.settings.look_gap_seconds * (LEISURE if much else 1)

    @contextmanager
    def _going_on(self, doing: str) -> Iterator[None]:
        """What fails inside is tried again a second later; the thread lives on, whatever it was."""
        try:
            yield
        except (PortalError, sa.exc.OperationalError) as reason:
            if self.portal.circuit.trouble is None:  # else it has been said
                log.warning(f"could not {doing}", reason=str(reason))
            self.stopping.wait(1)
        except Exception:  # ours
            log.exception(f"could not {doing} by our mistake")
            self.stopping.wait(1)

    def look(self, thorough: bool = True) -> bool:
        """One look, never two at a time. True: there is more to see."""
        with self._looking:
            more = self.observer.look(thorough)
            self._has_looked |= thorough
            with self.storage.write() as tx:
                self.storage.set_mark(tx, "beat:observer", {**self.machine_time.stamp()})
        return more

    def _rings(self) -> bool:
        asked = sa.select(storage.commands.c.id).where(~storage.commands.c.taken).limit(1)
        with self.storage.read() as connection:
            return self.observer.rings(connection) or connection.execute(asked).first() is not None

    # — effects that leave by themselves —

    def _post(self) -> None:
        """Send notifications and messages when they are due, however many wait."""
        while not self.stopping.wait(GATHER_SECONDS):
            with self._going_on("post"):
                self.standing.go_on_if_taken_again()
                while self.slot.leads and self.ledger.deliver_due() and not self.stopping.is_set():
                    pass
                for run_id, reason in self.ledger.undeliverable():
                    families.fail(run_id, reason)

    # — this worker among others —

    def _beat(self) -> None:
        """Give signs of life; the leader sees to it that a dead worker's drains are done by others."""
        while not self.stopping.wait(self.slot.beat_seconds):
            with self._going_on("beat"):
                try:
                    self.slot.beat()
                except SlotLost as reason:
                    log.error("slot lost", slot=self.slot.name, reason=str(reason))
                    self.stopping.set()
                if self.slot.leads:
                    self._take_over()

    def _take_over(self) -> None:
        for name in self.slot.silent():
            log.warning("worker silent", slot=name, drains=self.queue.take_from(name))
            self.slot.clear(name)

    # — the clock —

    def tick(self) -> None:
        """Begin the periods that are due; now and then wake families whose drain was lost.

        After a downtime the clock judges nobody before it is seen what they did meanwhile.
        """
        if not self.slot.leads:
            return
        with self._going_on("tick"):
            if self._has_looked or time.monotonic() - self._begun > UNSEEN_SECONDS:
                self.schedule.tick()
            self._say_what_was_made()
            if time.monotonic() - self._woken > WAKE_SECONDS:
                self.queue.wake(self.storage)
                self._woken = time.monotonic()
            with self.storage.write() as tx:
                self.storage.set_mark(tx, "beat:clock", {**self.machine_time.stamp()})

    def _say_what_was_made(self) -> None:
        """When all that a period of a job brought up is done: once, with what it took."""
        with self.storage.read() as connection:
            for job, period in sorted(self.schedule.under_way):
                row = connection.execute(sa.select(storage.periods).filter_by(job=job, period=period)).one()
                one = made(connection, row)
                if one.is_over:
                    log.info("job done", job=job, period=period, **one.counts)
                    self.schedule.under_way.discard((job, period))

    def _measure(self, event: dict) -> None:
        self.metrics.requests.labels(event["method"], event["outcome"]).inc()
        self.metrics.seconds.observe(event["seconds"])
        for method, count in event.get("commands", {}).items():
            self.metrics.commands.labels(method).inc(count)

    # — for tests and the demo —

    def settle(self, seconds: float = 60) -> None:
        """Look and wait until nothing rang, no run is open and no due effect is left. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            more = self._look_when_taken()
            self.tick()
            while (self._open_runs() or self.schedule.behind) and time.monotonic() < until:
                time.sleep(0.02)
                if self.schedule.behind and not self._open_runs():
                    self.tick()
            self.ledger.deliver_due()
            if not (more or self.ledger.has_due() or self.ledger.undeliverable() or self._rings() or self._open_runs()):
                return
        raise TimeoutError(f"not settled in {seconds} s: {self._open_runs()} runs open")

    def _look_when_taken(self) -> bool:
        """A look; while the portal takes nothing from us, a rest instead, and there is more to see."""
        try:
            return self.look()
        except PortalError:
            if self.portal.circuit.trouble is None:
                raise
            time.sleep(GATHER_SECONDS)
            return True

    def _open_runs(self) -> int:
        with self.storage.read() as connection:
            return connection.scalar(
                sa.select(sa.func.count()).select_from(storage.runs).where(storage.runs.c.state == "open")
            )


def _calendar(company: Company, extra_days_off: tuple) -> WorkingCalendar:
    return WorkingCalendar(company.calendar.short_days, extra_days_off, company.calendar.overrides)
