"""How the layer stands with its portal: is it the one that the database remembers, and does it take anything from us.

While it takes nothing (the webhook was revoked, the portal renamed, closed for REST) everything waits and only probes
are sent (bitrix/circuit.py). As soon as one is answered, or a worker starts with a webhook that works, what waited
for the portal goes on.
"""

import threading

import sqlalchemy as sa

from bitrix.errors import PortalError
from engine import storage
from engine.log import log
from engine.storage import StorageRefused

PORTAL = "portal"  # the mark that says whose memory the database is
ANOTHER = """DATABASE_URL names the memory of the portal {ours}, and BITRIX_WEBHOOK_URL is a webhook of another, {theirs}.
Correct BITRIX_WEBHOOK_URL; for the other portal name an empty database."""


class Standing:
    """Told by the portal's circuit, from whatever thread sent the request; asked by the engine."""

    def __init__(self, engine):
        self._engine = engine
        self._storage: storage.Storage = engine.storage
        self._taken_again = threading.Event()
        engine.portal.circuit.watch(self._heard)

    def refuse_another_portal(self) -> None:
        """Remember whose memory this is at the first start; at every other refuse another portal, but not a renamed one.

        A portal is told by the day its first user was registered, which no renaming changes.
        https://apidocs.bitrix24.com/api-reference/user/user-get.html
        """
        first = self._engine.portal.call("user.get", {"SORT": "ID", "ORDER": "ASC"}).result[:1]
        there = {"host": self._engine.portal.webhook.host, "born": first[0].get("DATE_REGISTER") if first else None}
        with self._storage.write() as tx:
            known = self._storage.mark(tx, PORTAL)
            if known is not None and not _is_same(known, there):
                raise StorageRefused(ANOTHER.format(ours=known["host"], theirs=there["host"]))
            if known is not None and known["host"] != there["host"]:
                log.warning("the portal was renamed", before=known["host"], now=there["host"])
            self._storage.set_mark(tx, PORTAL, there)

    def go_on(self) -> None:
        """The portal takes our requests: runs that waited for that go on now, be it that an earlier process let them wait."""
        self._taken_again.clear()
        runs = storage.runs
        waiting = sa.and_(runs.c.state == "open", runs.c.wait["of_portal"].as_boolean())
        with self._storage.write() as tx:
            families = set(tx.scalars(sa.select(runs.c.family).where(waiting)))
            tx.execute(sa.update(runs).where(waiting).values(wait=None))
            for family in sorted(families):
                self._engine.queue.enqueue(tx, family)
        self._engine.ledger.rest_no_longer()

    def go_on_if_taken_again(self) -> None:
        """The same, if the circuit has closed since it was last asked."""
        if self._taken_again.is_set():
            self.go_on()

    def _heard(self, trouble: PortalError | None) -> None:
        shut = self._engine.metrics.portal_shut
        shut.clear()
        if trouble is None:
            log.info("the portal takes our requests again")
            self._taken_again.set()
            return
        shut.labels(type(trouble).__name__).set(1)
        log.error("the portal takes nothing from us", kind=type(trouble).__name__, reason=str(trouble))


def _is_same(known: dict, there: dict) -> bool:
    if known["born"] and there["born"]:
        return known["born"] == there["born"]
    return known["host"] == there["host"]
