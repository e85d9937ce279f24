"""Families in order, on DBOS (nothing else imports it).

The only workflow is `drain(family)`: it takes the family's oldest open run, does it, and goes on until none is left.
A run that must wait longer than a moment keeps its family waiting, and a later `drain` is enqueued; families go in
parallel. DBOS remembers which drains are due and brings them back after a crash; what a run has done stands in the
ledger, so a drain has no steps of its own.
"""

import random
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer

from bitrix.errors import NotFound, PortalError, Rejected
from engine import causes, commands, failpoints, guard, storage, triggers
from engine.causes import Circle
from engine.changes import Change, failed
from engine.company_card import load_company
from engine.deal import Deal, load_card
from engine.dictionary import DEAL
from engine.ledger import Parked, Refused, Waits, waits_for
from engine.log import log
from engine.run import Run

RETRY_SECONDS = (2, 4, 8, 16, 32, 300, 900, 3600)
ENTRIES = ("on_stage", "on_incomplete", "on_child", "on_parent")
CLEARS_UP = ("on_deleted", "on_failed", "on_funnel_left")
MOMENT_SECONDS = 1
STOP_SECONDS = 5
DATABASE_SECONDS = 1
QUEUE = "families"
_engine = None


@DBOS.workflow(name="drain")
def drain(family: str) -> None:
    """Do the family's open runs, oldest first; when the process is to stop, leave the rest to a later drain."""
    with _at_work:
        while not _at_work.ends.is_set():
            try:
                if not _do_next(family):
                    return
            except sa.exc.OperationalError as reason:
                log.warning("drain waits for the database", family=family, reason=str(reason.orig))
                _at_work.rest(DATABASE_SECONDS)
        if _next(family) is not None:
            with _engine.storage.write() as tx:
                _engine.queue.enqueue(tx, family)


def _do_next(family: str) -> bool:
    """Do the oldest run. False: there is none, or the family must wait."""
    run_id = _next(family)
    return run_id is not None and perform(run_id)


class _AtWork:
    """How many drains are under way, and whether they shall come to an end."""

    def __init__(self):
        self.ends = threading.Event()
        self._drains = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            self._drains += 1

    def __exit__(self, *failed: object) -> None:
        with self._changed:
            self._drains -= 1
            self._changed.notify_all()

    def rest(self, seconds: float) -> bool:
        """Wait in this thread; whether that was not cut short by the end."""
        return not self.ends.wait(seconds)

    def end(self, seconds: float) -> None:
        """Wait for the runs that are being done, but not longer than that."""
        self.ends.set()
        with self._changed:
            self._changed.wait_for(lambda: not self._drains, seconds)


_at_work = _AtWork()


def start(engine, *, threads: int, poll_seconds: float, slot: str) -> None:
    """Begin to work: recover what the last process of this slot left, then take what is enqueued."""
    global _engine
    _engine = engine
    _at_work.ends.clear()
    DBOS(
        config={
            "name": "voronka",
            "system_database_engine": engine.storage.engine,
            "application_version": "1",
            "executor_id": slot,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "use_listen_notify": False,
        }
    )
    DBOS.launch()
    DBOS.register_queue(
        QUEUE,
        worker_concurrency=threads,
        partition_concurrency=1,
        polling_interval_sec=poll_seconds,
        on_conflict="always_update",
    )


def stop() -> None:
    """Stop taking work; what is not done in five seconds is brought back at the next start."""
    _at_work.end(STOP_SECONDS)
    DBOS.destroy(workflow_completion_timeout_sec=0)  # its own way of waiting takes a second at least


class Queue:
    """Where drains are enqueued, inside the transaction that made them necessary."""

    def __init__(self, store: storage.Storage):
        self._client = DBOSClient(
            system_database_engine=store.engine,
            serializer=DBOSPortableJSONSerializer(),
            retry_connection_errors=False,
            lazy=True,
        )
        self._asleep = False

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Before DBOS has begun nothing is enqueued: `wake` brings every family afterwards."""
        self._asleep = True
        yield
        self._asleep = False

    def enqueue(self, tx: sa.Connection, family: str, seconds: float = 0) -> None:
        """A drain of the family shall start, `seconds` from now."""
        if self._asleep:
            return
        options = {
            "workflow_name": "drain", "queue_name": QUEUE, "queue_partition_key": family,
            "workflow_id": f"drain-{family}-{uuid.uuid4().hex}",
        }  # fmt: skip
        if seconds > 0:
            options["delay_seconds"] = seconds
        self._client.enqueue_in_transaction(tx, options, family)

    def ready(self, store: storage.Storage) -> int:
        """How many families have something to do now: an open run, and none that waits."""
        runs = storage.runs
        open_, waiting = sa.func.count(runs.c.family.distinct()), sa.func.count(runs.c.wait)
        with store.read() as connection:
            return connection.scalar(sa.select(open_ - waiting).where(runs.c.state == "open"))

    def wake(self, store: storage.Storage) -> int:
        """Enqueue a drain for every family with open runs (after a start, or when one was lost). Returns how many."""
        with store.write() as tx:
            families = (
                tx.execute(sa.select(storage.runs.c.family).where(storage.runs.c.state == "open").distinct())
                .scalars()
                .all()
            )
            for family in families:
                self.enqueue(tx, family)
        return len(families)

    def take_from(self, slot: str) -> int:
        """Enqueue anew the drains that the worker of that slot was at. Returns how many."""
        left = self._client.list_workflows(
            status="PENDING", executor_id=slot, name="drain", load_input=False, load_output=False
        )
        ids = [one.workflow_id for one in left]
        if ids:
            self._client.resume_workflows(ids, queue_name=QUEUE)
        return len(ids)

    def forget_finished(self, before_ms: int) -> int:
        """Delete finished drains created before that moment (milliseconds since 1970). Returns how many."""
        old = self._client.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"], name="drain", limit=10_000, load_input=False, load_output=False
        )
        ids = [one.workflow_id for one in old if one.created_at is not None and one.created_at < before_ms]
        self._client.delete_workflows(ids) if ids else None
        return len(ids)

    def close(self) -> None:
        """Give the connections back."""
        self._client.destroy()


def _next(family: str) -> int | None:
    with _engine.storage.read() as connection:
        return connection.scalar(
            sa.select(storage.runs.c.id)
            .where(storage.runs.c.family == family, storage.runs.c.state == "open")
            .order_by(storage.runs.c.id)
            .limit(1)
        )


def perform(run_id: int) -> bool:
    """Do one run. True: the family may go on; False: it must wait, and a later drain is enqueued."""
    try:
        row = _begin(run_id)
    except sa.exc.OperationalError:
        raise  # the database is away: the drain waits for it
    except Exception as mistake:  # ours, or a row of another version
        log.exception("run could not begin", run=run_id)
        _fail_unbegun(run_id, f"{type(mistake).__name__}: {mistake}")
        return True
    if row is None:
        return True
    if row.wait and not _has_waited(row):
        return False
    failpoints.reach("begun")
    with _engine.storage.read() as connection:
        change = Change.load(connection, row.change_id)
    try:
        with _engine.portal.at_work():
            note = _act(Run(_engine, row, change))
    except Waits as reason:
        return _wait(row, change, reason)
    except (Refused, Parked, Circle, Rejected) as reason:
        try:
            if change.kind != "deleted" and _is_gone(change.deal_id):
                return _done(row, change, "the card was deleted meanwhile")
            if (
                isinstance(reason, Refused)
                and reason.effect.deal_id != change.deal_id
                and _is_gone(reason.effect.deal_id)
            ):
                _engine.ledger.let_go(reason.effect)
                return perform(run_id)
        except PortalError as trouble:  # before anybody is alarmed this must be known
            return _wait(row, change, waits_for(trouble, _engine.portal.cut_seconds))
        why, cause = str(reason), reason
    except PortalError as trouble:  # of something that was only asked
        return _wait(row, change, waits_for(trouble, _engine.portal.cut_seconds))
    except sa.exc.OperationalError as reason:
        return _wait(row, change, Waits(0, f"the layer's database: {type(reason.orig).__name__}", counts=True))
    except Exception as mistake:  # ours: the family goes on, a person is told
        log.exception("run failed by our mistake", **_names(row, change))
        why, cause = f"{type(mistake).__name__}: {mistake}", None
    else:
        return _done(row, change, note)
    with _engine.storage.write() as tx:
        _fail(tx, row, change, why, cause)
    return True


def _done(row: sa.Row, change: Change, note: str | None) -> bool:
    with _engine.storage.write() as tx:
        _finish(tx, row, "done", note)
        if note:  # nobody acted
            commands.leave(tx, change, commands.UNSERVED)
    log.info("run done", note=note, **_names(row, change))
    failpoints.reach("finished")
    return True


def _is_gone(deal_id: int | None) -> bool:
    """Whether the card was deleted while the run was at it: then nothing went wrong. Raises PortalError when that is not known."""
    if deal_id is None:
        return False
    try:
        _engine.ask("crm.item.get", {"entityTypeId": DEAL, "id": deal_id})
    except NotFound:
        return True
    return False


def _fail_unbegun(run_id: int, why: str) -> None:
    with _engine.storage.write() as tx:
        row = tx.execute(sa.select(storage.runs).where(storage.runs.c.id == run_id)).one()
        _fail(tx, row, Change.load(tx, row.change_id), why)


def _has_waited(row: sa.Row) -> bool:
    """Whether the run's wait is over; after a reboot of the machine it begins anew."""
    machine, since, seconds = _engine.machine_time, row.wait["since"], row.wait["seconds"]
    if not machine.is_of_this_boot(since):
        return _postpone(row, seconds, wait={"since": machine.stamp(), "seconds": seconds})
    left = machine.left(since, seconds)
    return left <= 0 or _postpone(row, left)


def _names(row: sa.Row, change: Change) -> dict:
    """The ids by which a line of the log is found."""
    return {"run": row.id, "change": change.id, "deal": change.deal_id, "trigger": row.trigger}


def _begin(run_id: int) -> sa.Row | None:
    """The run's first commit stores the card it decides on, the time, and how deep its chain of causes is."""
    table = storage.runs
    with _engine.storage.write() as tx:
        row = tx.execute(sa.select(table).where(table.c.id == run_id, table.c.state == "open")).first()
        if row is None or row.facts:
            return row
        change = Change.load(tx, row.change_id)
        facts = {"now": _engine.clock.now().isoformat(), **_stage_facts(tx, change)}
        card = load_card(tx, change.deal_id) if change.company is None else load_company(tx, change.company)
        values = {"card": card, "facts": facts, "depth": causes.depth(tx, change)}
        tx.execute(sa.update(table).where(table.c.id == run_id).values(**values))
        return tx.execute(sa.select(table).where(table.c.id == run_id)).one()


def _stage_facts(tx: sa.Connection, change: Change) -> dict:
    """Of a stage change: whether a newer record of the card is stored, and whether it is the return of a refused card."""
    if not change.is_entry:
        return {}
    records, record_id = storage.stage_records, change.what["record"]
    newer = tx.scalar(
        sa.select(records.c.id).where(records.c.deal_id == change.deal_id, records.c.id > record_id).limit(1)
    )
    facts = {"left_already": newer is not None, "is_return": guard.is_return(tx, change, record_id)}
    if _engine.restore.covers(change.at):
        facts["was_refused"] = guard.was_refused(tx, change, _engine.own_user)
    return facts


def _act(run: Run) -> str | None:
    """Let the trigger's owner act, or say why not."""
    trigger, deal = triggers.find(run.trigger), run.deal
    if trigger is None:
        return "nobody claims this any more"
    if run.known("is_return"):
        return "the card was returned by the layer itself"
    if run.known("was_refused"):
        return "the card was refused here before an older copy of the database was put back"
    if trigger.word not in CLEARS_UP and (reason := _out_of_reach(run, deal)) is not None:
        return reason
    if trigger.word in ENTRIES and run.known("left_already") and not trigger.mandatory:
        return "the card has left the stage already"
    causes.stop_a_circle(run)
    match trigger.word:
        case "on_incomplete":
            trigger.act(run, deal, guard.lacking(run, deal))
        case "on_company":
            trigger.act(run, run.company_card)
        case "on_child":
            parent = run.parent(deal)
            if parent is None or parent.process != trigger.process:
                return f"the card has no parent in {trigger.process}"
            trigger.act(run, parent)
        case "on_parent":
            for child in run.children(deal, trigger.process):
                trigger.act(run, child)
        case _:
            trigger.act(run, deal)
    return None


def _out_of_reach(run: Run, deal: Deal | None) -> str | None:
    """Why this process acts no longer, or not on this card."""
    process = run.company.processes.get(run.change.process)
    if deal is not None and deal.is_deleted:
        return "the card is deleted"
    if process is None:
        return None
    if not process.enabled:
        return "the process is switched off"
    if deal is None:
        return None
    if deal.process != process.code:
        return "the card has gone to another funnel"
    return None if deal.stage in process.stages else "the card stands on a stage that is not in config"


def _wait(row: sa.Row, change: Change, reason: Waits) -> bool:
    attempts = row.attempts + reason.counts
    if attempts > len(RETRY_SECONDS):
        with _engine.storage.write() as tx:
            _fail(tx, row, change, str(reason), reason)
        return True
    seconds = reason.seconds or RETRY_SECONDS[attempts - 1] * random.uniform(0.8, 1.2) * _engine.patience
    log.warning("run waits", seconds=round(seconds, 1), reason=str(reason), **_names(row, change))
    wait = {"since": _engine.machine_time.stamp(), "seconds": seconds, "of_portal": reason.of_portal}
    return _postpone(row, seconds, attempts=attempts, wait=wait, note=str(reason))


def _postpone(row: sa.Row, seconds: float, **values: object) -> bool:
    """Write down that the run waits. True: it was a moment, and is over; False: a later drain is enqueued."""
    is_moment = seconds <= MOMENT_SECONDS
    with _engine.storage.write() as tx:
        if values:
            tx.execute(sa.update(storage.runs).where(storage.runs.c.id == row.id).values(**values))
        if not is_moment:
            _engine.queue.enqueue(tx, row.family, seconds)
    return is_moment and _at_work.rest(seconds)


def _finish(tx: sa.Connection, row: sa.Row, state: str, note: str | None) -> bool:
    """End the run. False: another worker, which took this one for dead, has ended it; what that wrote stands."""
    runs, values = storage.runs, {"state": state, "note": note, "wait": None, "finished_at": _engine.clock.now()}
    is_as_it_was = sa.and_(runs.c.id == row.id, runs.c.state == row.state)
    if not tx.execute(sa.update(runs).where(is_as_it_was).values(**values)).rowcount:
        log.warning("run was ended by another worker", run=row.id)
        return False
    _engine.metrics.runs.labels(state).inc()
    return True


def _fail(tx: sa.Connection, row: sa.Row, change: Change, why: str, reason: Exception | None = None) -> None:
    """A dead letter: the family goes on, and whoever claimed `on_failed` tells people. Without a reason it is our mistake."""
    log.error("run failed", reason=why, **_names(row, change))
    if not _finish(tx, row, "failed", why):
        return
    commands.leave(tx, change, commands.STOPPED)
    if not row.trigger.startswith("on_failed"):
        what = {"run": row.id, "why": why, "kind": type(reason).__name__ if reason else None}
        what["said"] = getattr(reason, "said", "")
        if isinstance(reason, Rejected):
            what |= {"kind": Refused.__name__, "said": reason.description}
        happened = failed(row.id, change.deal_id, change.process, _engine.clock.now(), what)
        _engine.observer.notice(tx, happened, family=row.family)


def fail(run_id: int, reason: Exception) -> None:
    """Make a dead letter of a run that was done, but for an effect that could not leave by itself."""
    table = storage.runs
    with _engine.storage.write() as tx:
        row = tx.execute(sa.select(table).where(table.c.id == run_id, table.c.state == "done")).first()
        if row is not None:
            _fail(tx, row, Change.load(tx, row.change_id), str(reason), reason)


def retry(engine, run_id: int) -> bool:
    """Open a dead letter again: refused and parked effects are planned anew. False: there is no such dead letter.

    With it go the runs of the same change that it kept from acting. Now it is a person's wish: it begins a new chain of causes.
    """
    with engine.storage.write() as tx:
        runs, effects = storage.runs, storage.effects
        row = tx.execute(sa.select(runs).where(runs.c.id == run_id, runs.c.state.in_(("failed", "parked")))).first()
        if row is None:
            return False
        withheld = sa.and_(runs.c.change_id == row.change_id, runs.c.id > run_id, runs.c.state == "withheld")
        anew = {"state": "open", "attempts": 0, "wait": None, "note": None, "depth": 0}
        tx.execute(sa.update(runs).where(sa.or_(runs.c.id == run_id, withheld)).values(**anew))
        again = sa.update(effects).where(effects.c.run_id == run_id)
        tx.execute(again.where(effects.c.state == "refused").values(state="planned", error=None))
        tx.execute(again.where(effects.c.state == "parked").values(state="unknown", attempts=0, searches=0))
        engine.queue.enqueue(tx, row.family)
    return True


def park(engine, run_id: int) -> bool:
    """Give a dead letter up: a person has done it by hand or it shall not be done. False: there is no such dead letter."""
    with engine.storage.write() as tx:
        runs = storage.runs
        done = tx.execute(sa.update(runs).where(runs.c.id == run_id, runs.c.state == "failed").values(state="parked"))
    return done.rowcount == 1
