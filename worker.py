"""The worker's process: one engine, and what it tells the outside about itself."""

import signal
import time
from threading import Thread

from prometheus_client import generate_latest
from sqlalchemy.exc import SQLAlchemyError

import handlers
import jobs
from bitrix.errors import PortalError
from config import company
from config.settings import Settings
from engine.engine import Engine
from engine.log import keep_secrets, log
from provision import check
from web.health import TROUBLES, VITALS


def engine_from(settings: Settings) -> Engine:
    """The engine of this repository's company, with every handler and job; not started yet."""
    handlers.load()
    jobs.load()
    return Engine.from_settings(settings, company())


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, or until another worker took this one's slot: then the process starts anew.

    Raises what hinders the start: StorageRefused, ConfigError, PortalError.
    """
    keep_secrets(settings)
    engine = engine_from(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: engine.stopping.set())
    vitals = Vitals(engine)
    try:
        engine.start()
    except PortalError:
        vitals.write(started=False)
        raise
    Thread(target=look_over, args=(engine,), name="check", daemon=True).start()
    try:
        while True:
            vitals.write()
            if engine.stopping.wait(settings.tick_seconds):
                return
    finally:
        engine.stop()


def look_over(engine: Engine) -> None:
    """What `flask check` would say without ringing goes to the log, beside the work that has begun."""
    patient = check.Patient(engine.portal, engine.storage, engine.company, engine.settings)
    try:
        if check.is_due(patient):
            check.look_over(patient, ring=False)
    except SQLAlchemyError as error:
        log.warning("could not check", reason=type(error).__name__)


class Vitals:
    """Signs of life for /healthz and counters for /metrics, left in the store: the web answers for both processes.

    So the worker needs no port of its own, and one address is watched.
    """

    def __init__(self, engine: Engine):
        self._engine = engine
        self._answered: float | None = None
        self._trouble: str | None = None
        engine.portal.observe(self._heard)

    def _heard(self, event: dict) -> None:
        """A request ended: the portal answered, whatever it said, or there is trouble with it as a whole."""
        self._trouble = event["outcome"] if event["outcome"] in TROUBLES else None
        if self._trouble is None:
            self._answered = time.monotonic()

    def write(self, started: bool = True) -> None:
        """Once a tick; overwrites what was there. What cannot be written is written at the next tick.

        `started` is false when the portal kept the worker from starting: then it is known why.
        """
        shut = self._engine.portal.circuit.trouble
        before = None if self._answered is None else time.monotonic() - self._answered
        vitals = {"portal_answered_before": before, "trouble": self._trouble, "started": started}
        vitals |= {"shut": type(shut).__name__ if shut else None}
        vitals["metrics"] = generate_latest(self._engine.metrics.registry).decode()
        try:
            vitals["at"] = self._engine.machine_time.stamp()
            with self._engine.storage.write() as tx:
                self._engine.storage.set_mark(tx, VITALS, vitals)
        except SQLAlchemyError as error:
            log.warning("could not leave vitals", reason=type(error).__name__)
