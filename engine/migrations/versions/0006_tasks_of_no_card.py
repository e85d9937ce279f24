"""Tasks of no card; what people read as a task's title."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # 0001 makes every table of the day it first ran, so a new database has this already.
    there = {column["name"]: column for column in sa.inspect(op.get_bind()).get_columns("tasks")}
    if "title" in there:
        return
    with op.batch_alter_table("tasks") as tasks:
        tasks.add_column(sa.Column("title", sa.String))
        tasks.alter_column("deal_id", existing_type=sa.BigInteger, nullable=True)
