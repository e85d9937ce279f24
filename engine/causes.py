"""Bounds on what the layer causes itself: a chain 5 deep, the same trigger on a card 10 times an hour."""

from datetime import timedelta

import sqlalchemy as sa

from engine import storage
from engine.changes import Change

CAUSED = ("sent", "unknown", "done")
MAX_DEPTH = 5
MAX_AN_HOUR = 10


class Circle(Exception):
    """The layer has been chasing itself: a person must look at what drives the card."""


def depth(tx: sa.Connection, change: Change) -> int:
    """How many changes in a row, up to this one, the layer caused itself; 0 for what people did."""
    runs = storage.runs
    begun = sa.and_(runs.c.change_id == change.id, runs.c.card.is_not(None))
    siblings = tx.scalar(sa.select(runs.c.depth).where(begun).order_by(runs.c.id).limit(1))
    if siblings is not None:
        return siblings  # also when a person let the first of them go on
    cause = {"stage": _mover, "created": _opener, "signal": _teller}.get(change.kind)
    run_id = cause(tx, change) if cause else None
    return 0 if run_id is None else tx.scalar(sa.select(runs.c.depth).where(runs.c.id == run_id)) + 1


def _mover(tx: sa.Connection, change: Change) -> int | None:
    """The run that moved the card by this record: the first one on the stage it wanted after the one it had seen."""
    effects, records, record = storage.effects, storage.stage_records, change.what["record"]
    moves = sa.and_(effects.c.verb == "move_card", effects.c.deal_id == change.deal_id)
    for move in tx.execute(
        sa.select(effects).where(moves, effects.c.state.in_(CAUSED)).order_by(effects.c.run_id.desc())
    ):
        target, after = move.params["fields"]["stageId"].rpartition(":")[2], move.memo["after"]
        if target == change.what["stage"] and after < record and "stands_on" not in (move.result or {}):
            between = sa.and_(records.c.id > after, records.c.id < record, records.c.stage == target)
            earlier = sa.select(records.c.id).where(records.c.deal_id == change.deal_id, between)
            return move.run_id if tx.execute(earlier.limit(1)).first() is None else None
    return None


def _opener(tx: sa.Connection, change: Change) -> int | None:
    """The run that made the card; it is of the same family and done by now."""
    effects, cards = storage.effects, storage.cards
    family = sa.select(cards.c.deal_id).where(
        cards.c.family == sa.select(cards.c.family).where(cards.c.deal_id == change.deal_id).scalar_subquery()
    )
    opened = sa.select(effects.c.run_id, effects.c.result).where(
        effects.c.verb == "open_deal", effects.c.deal_id.in_(family), effects.c.state == "done"
    )
    return next((one.run_id for one in tx.execute(opened) if one.result["item"]["id"] == change.deal_id), None)


def _teller(tx: sa.Connection, change: Change) -> int | None:
    """The run that sent the signal."""
    return change.what["from"]


def stop_a_circle(run) -> None:
    """Raise Circle, once for all triggers of the change, if the layer has been chasing itself."""
    reason = _excess(run)
    if reason is not None:
        run.withhold(reason)
        raise Circle(reason)


def _excess(run) -> str | None:
    if run.depth > MAX_DEPTH:
        return f"a chain of {run.depth} changes that the layer caused itself"
    own_doing = 2 if run.change.kind == "signal" else 1  # what a person's act told one card is still the person's
    if run.depth < own_doing:
        return None
    times = _times_lately(run, own_doing)
    return f"{run.trigger} ran {times} times in an hour by the layer's own doing" if times > MAX_AN_HOUR else None


def _times_lately(run, depth: int) -> int:
    """How often the trigger met the card, brought to this stage or told this by the layer, in the last hour."""
    runs, changes, since = storage.runs, storage.changes, run.now - timedelta(hours=1)
    where = "name" if run.change.kind == "signal" else "stage"
    same = (
        runs.c.trigger == run.trigger,
        changes.c.deal_id == run.change.deal_id,
        changes.c.what[where].as_string() == run.change.what[where],
    )
    times = sa.select(sa.func.count()).select_from(runs.join(changes, changes.c.id == runs.c.change_id))
    with run.engine.storage.read() as connection:
        return connection.scalar(times.where(*same, runs.c.depth >= depth, runs.c.created_at >= since))
