"""An older database becomes one of today, with everything in it."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from engine import storage
from engine.storage import Storage
from tests.stores import new_store

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
KNOWN = {
    "task_id": 7, "effect_key": "k7", "code": "SO-1", "process": "SOFT", "deal_id": 100, "stage": "NEW", "cycle": 0, "responsible": 5,
    "original_responsible": 5, "started_at": AT, "deadline": AT, "original_deadline": AT, "state": "open", "moves": 1, "renewals": 0,
}  # fmt: skip


@pytest.fixture
def older(tmp_path):
    """A database as it was before tasks of no card, with a task in it."""
    with closing(Storage(new_store(tmp_path))) as store:
        with store.engine.begin() as tx:
            tasks = sa.MetaData()
            table = sa.Table("tasks", tasks, autoload_with=tx)
            table.drop(tx)
            tasks = sa.MetaData()
            old = storage.tasks.to_metadata(tasks)
            old.c.deal_id.nullable = False
            old._columns.remove(old.c.title)
            tasks.create_all(tx)
            tx.execute(sa.text("UPDATE alembic_version SET version_num = '0005'"))
            tx.execute(sa.insert(old), [KNOWN])
        yield store


def test_tasks_of_no_card_are_kept_beside_those_of_before(older):
    older.prepare()
    with older.write() as tx:
        tx.execute(sa.insert(storage.tasks), [{**KNOWN, "task_id": 8, "effect_key": "k8", "deal_id": None}])
    with older.read() as connection:
        rows = connection.execute(sa.select(storage.tasks).order_by(storage.tasks.c.task_id)).all()
    assert [(row.task_id, row.deal_id, row.title, row.started_at, row.moves) for row in rows] == [
        (7, 100, None, AT, 1),
        (8, None, None, AT, 1),
    ]
    with pytest.raises(sa.exc.IntegrityError), older.write() as tx:
        tx.execute(sa.insert(storage.tasks), [{**KNOWN, "task_id": 9}])
    there = sa.inspect(older.engine)
    assert {index["name"] for index in there.get_indexes("tasks")} >= {"tasks_open", "ix_tasks_deal_id"}
    assert {column["name"] for column in there.get_columns("tasks")} == {*storage.tasks.columns.keys()}
