"""Quotes of contractors."""

from alembic import op

from engine.storage import quotes

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # 0001 makes every table of the day it first ran, so a new database has this one already.
    quotes.create(op.get_bind(), checkfirst=True)
