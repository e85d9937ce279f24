"""Numbers of documents, and the documents that were filled."""

from alembic import op

from engine.storage import documents, numbers

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # 0001 makes every table of the day it first ran, so a new database has these already.
    for table in (numbers, documents):
        table.create(op.get_bind(), checkfirst=True)
