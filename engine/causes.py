"""Bounds on what the layer causes itself: a chain 5 deep, the same trigger on a card 10 times an hour."""

from datetime import timedelta

import sqlalchemy as sa

from engine import storage
from engine.changes import Change

MAX_DEPTH = 5
MAX_AN_HOUR = 10


class Circle(Exception):
    """The layer has been chasing itself: a person must look at what drives the card."""


def depth(tx: sa.Connection, change: Change) -> int:
    """How many changes in a row, up to this one, the layer caused itself; 0 for what people did."""
    runs, effects = storage.runs, storage.effects
    if change.kind == "stage":
        made = sa.and_(effects.c.verb == "move_card", effects.c.deal_id == change.deal_id)
    elif change.kind == "created":
        made = effects.c.verb == "open_deal"
    else:
        return 0
    cause = tx.execute(
        sa.select(runs.c.depth, effects.c.params, effects.c.result)
        .join(runs, runs.c.id == effects.c.run_id)
        .where(made, effects.c.state.in_(("done", "sent", "unknown")))
        .order_by(effects.c.done_at.desc())
        .limit(20)
    )
    for row in cause:
        if (
            change.kind == "stage"
            and str(row.params["fields"].get("stageId", "")).rpartition(":")[2] == change.what["stage"]
        ):
            return row.depth + 1
        if (
            change.kind == "created"
            and isinstance(row.result, dict)
            and row.result.get("item", {}).get("id") == change.deal_id
        ):
            return row.depth + 1
    return 0


def excess(run) -> str | None:
    """Why this run must not act, if the layer has been chasing itself."""
    if run.depth > MAX_DEPTH:
        return f"a chain of {run.depth} changes that the layer caused itself"
    if run.depth == 0:
        return None
    runs, hour = storage.runs, run.now - timedelta(hours=1)
    with run.engine.storage.read() as connection:
        times = connection.scalar(
            sa.select(sa.func.count())
            .select_from(runs)
            .where(
                runs.c.trigger == run.trigger, runs.c.deal_id == run.change.deal_id, runs.c.depth > 0, runs.c.created_at >= hour
            )
        )  # fmt: skip
    return f"{run.trigger} ran {times} times in an hour by the layer's own doing" if times > MAX_AN_HOUR else None
