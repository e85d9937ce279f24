"""For whoever watches: GET /healthz says how the layer is and what to do, GET /metrics is for Prometheus.

Both answer without a secret and name no card, person or address: leave them to the inside of your network.
"""

from collections.abc import Iterable
from dataclasses import asdict

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings
from engine import storage
from web import tally
from web.health import VITALS, examine, is_well, stuck_jobs


class Status:
    """The worker has no port of its own: what it counted it leaves in the store at every tick, and the web shows it."""

    def __init__(self, settings: Settings, store: storage.Storage, registry: CollectorRegistry):
        self._settings, self._storage, self._registry = settings, store, registry
        registry.register(FromStore(settings, store))

    def health(self) -> tuple[Response, int]:
        """200 while nothing is down, else 503; the body is the same."""
        parts = examine(self._storage, self._settings)
        return jsonify({name: asdict(part) for name, part in parts.items()}), 200 if is_well(parts) else 503

    def metrics(self) -> Response:
        """What this process and the worker counted, and what the store says."""
        text = generate_latest(self._registry).decode() + self._of_worker()
        return Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)

    def _of_worker(self) -> str:
        try:
            with self._storage.read() as connection:
                vitals = self._storage.mark(connection, VITALS) or {}
        except SQLAlchemyError:
            return ""
        return vitals.get("metrics", "")


class FromStore:
    """Figures that the store knows best, read when they are asked for. None of them while the store cannot be read."""

    def __init__(self, settings: Settings, store: storage.Storage):
        self._settings, self._storage = settings, store

    def describe(self) -> list[Metric]:
        return []  # so that registering reads nothing

    def collect(self) -> Iterable[Metric]:
        try:
            with self._storage.read() as connection:
                return [*self._waiting(connection), self._turned_away(connection), self._stuck(), *self._lag()]
        except SQLAlchemyError:
            return []

    def _waiting(self, connection: sa.Connection) -> Iterable[Metric]:
        runs, effects, rings, commands = storage.runs, storage.effects, storage.rings, storage.commands
        for name, text, table, which in (
            ("open_runs", "Runs not ended yet", runs, runs.c.state == "open"),
            ("failed_runs", "Dead letters: flask failures lists them", runs, runs.c.state == "failed"),
            ("unknown_effects", "Effects whose outcome is unknown", effects, effects.c.state == "unknown"),
            ("waiting_rings", "Entities that rang and were not looked at yet", rings, sa.true()),
            ("waiting_commands", "Commands that the observer has not taken yet", commands, ~commands.c.taken),
        ):
            number = connection.scalar(sa.select(sa.func.count()).select_from(table).where(which))
            yield GaugeMetricFamily(f"voronka_{name}", text, value=number)

    def _turned_away(self, connection: sa.Connection) -> Metric:
        family = CounterMetricFamily("voronka_turned_away", "Callers turned away, ever", labels=["reason"])
        prefix, marks = f"count:{tally.PREFIX}", storage.marks
        for row in connection.execute(sa.select(marks).where(marks.c.name.startswith(prefix, autoescape=True))):
            family.add_metric([row.name.removeprefix(prefix)], row.value)
        return family

    def _stuck(self) -> Metric:
        number = len(stuck_jobs(self._storage))
        return GaugeMetricFamily("voronka_stuck_jobs", "Jobs of the clock that fail: flask jobs says why", value=number)

    def _lag(self) -> Iterable[Metric]:
        seconds = examine(self._storage, self._settings)["observer"].seconds
        if seconds is not None:
            yield GaugeMetricFamily("voronka_observer_lag_seconds", "Since the observer last looked", value=seconds)


def blueprint(status: Status) -> Blueprint:
    pages = Blueprint("status", __name__)
    pages.add_url_rule("/healthz", view_func=status.health)
    pages.add_url_rule("/metrics", view_func=status.metrics)
    return pages
