"""Who is away, and when."""

from alembic import op

from engine.storage import absences

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # 0001 makes every table of the day it first ran, so a new database has this one already.
    absences.create(op.get_bind(), checkfirst=True)
