"""What a task is called, where its handler has filled in a part of the title."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"


def upgrade() -> None:
    # 0001 makes every table of the day it first ran, so a new database has this column already.
    if "title" not in {one["name"] for one in sa.inspect(op.get_bind()).get_columns("tasks")}:
        op.add_column("tasks", sa.Column("title", sa.Text))
