"""Reports."""

from alembic import op

from engine.storage import reports

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # 0001 makes every table of the day it first ran, so a new database has this one already.
    reports.create(op.get_bind(), checkfirst=True)
