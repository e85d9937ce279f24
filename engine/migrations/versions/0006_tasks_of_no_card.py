"""Tasks of no card, and what people read as a task's title; when a period of a job began, and what came up in it."""

import sqlalchemy as sa
from alembic import op

from engine.storage import Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # 0001 makes every table of the day it first ran, so a new database has this already.
    if not _has("tasks", "title"):
        with op.batch_alter_table("tasks") as tasks:
            tasks.add_column(sa.Column("title", sa.String))
            tasks.alter_column("deal_id", existing_type=sa.BigInteger, nullable=True)
    if not _has("periods", "begun"):
        op.add_column("periods", sa.Column("started_at", Moment))
        op.add_column("periods", sa.Column("begun", sa.Integer))
        op.create_index("periods_by_due", "periods", ["job", "due_at"])


def _has(table: str, column: str) -> bool:
    return any(one["name"] == column for one in sa.inspect(op.get_bind()).get_columns(table))
