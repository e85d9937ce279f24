"""Open a task again that a person deleted, as it was (R-17)."""

import sqlalchemy as sa

from engine.run import KEY, Doing, Run
from robots.create_task import CREATE_TASK, CREATE_TASK_OF_NO_CARD, add_task


def recreate_task(run: Run, row: sa.Row) -> Doing | None:
    """The task of that row of our table is there once more, with the deadline and the responsible that it had.

    None: it was opened again before, and is deleted for good.
    """
    first = next(iter(run.engine.ledger.effects([row.effect_key])), None)
    if first is None or "instead_of" in first.memo:
        return None
    fields = _with(KEY, first.key, first.params["fields"]) | {"RESPONSIBLE_ID": row.responsible}
    memo = {"checklist": [], **first.memo, "responsible": row.responsible, "instead_of": row.task_id}
    memo |= {"started_at": run.at.isoformat()}
    if row.deadline is not None:
        fields["DEADLINE"] = memo["deadline"] = row.deadline.isoformat()
    how = CREATE_TASK_OF_NO_CARD if row.deal_id is None else CREATE_TASK
    return add_task(run, how, fields, memo, deal_id=row.deal_id)


def _with(key: str, before: str, fields: dict) -> dict:
    """The same fields under another key."""
    return {name: value.replace(before, key) if isinstance(value, str) else value for name, value in fields.items()}
