"""Months of the distributor's managers that were handed over, and what was corrected since."""

from alembic import op

from engine.storage import (
    distributor_bonuses,
    distributor_corrections,
    distributor_files,
    distributor_given_prices,
    distributor_months,
)

revision = "0011"
down_revision = "0008"


def upgrade() -> None:
    # 0001 makes every table of the day it first ran, so a new database has these already.
    made_here = (
        distributor_months, distributor_bonuses, distributor_corrections, distributor_files, distributor_given_prices,
    )  # fmt: skip
    for table in made_here:
        table.create(op.get_bind(), checkfirst=True)
