"""Documents of 1C."""

from alembic import op

from engine.storage import documents_of_1c

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # 0001 makes every table of the day it first ran, so a new database has this one already.
    documents_of_1c.create(op.get_bind(), checkfirst=True)
