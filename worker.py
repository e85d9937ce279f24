"""The worker's process: one engine, and what it tells the outside about itself."""

import signal
import threading
import time

from prometheus_client import generate_latest
from sqlalchemy.exc import SQLAlchemyError

import handlers
import jobs
from config import company
from config.settings import Settings
from engine.engine import Engine
from engine.log import log
from web.health import TROUBLES, VITALS


def engine_from(settings: Settings) -> Engine:
    """The engine of this repository's company, with every handler and job; not started yet."""
    handlers.load()
    jobs.load()
    return Engine.from_settings(settings, company())


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT. Raises what hinders the start: StorageRefused, ConfigError, PortalError."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    engine = engine_from(settings)
    vitals = Vitals(engine)
    engine.start()
    try:
        while True:
            vitals.write()
            if stopping.wait(settings.tick_seconds):
                return
    finally:
        engine.stop()


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

    def write(self) -> None:
        """Once a tick; overwrites what was there. What cannot be written is written at the next tick."""
        before = None if self._answered is None else time.monotonic() - self._answered
        vitals = {"at": self._engine.machine_time.stamp(), "portal_answered_before": before, "trouble": self._trouble}
        vitals["metrics"] = generate_latest(self._engine.metrics.registry).decode()
        try:
            with self._engine.storage.write() as tx:
                self._engine.storage.set_mark(tx, VITALS, vitals)
        except SQLAlchemyError as error:
            log.warning("could not leave vitals", reason=type(error).__name__)
