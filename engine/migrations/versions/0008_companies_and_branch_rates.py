"""Companies that are watched; rates, managers and prices of the distributor's branches."""

from alembic import op

from engine.storage import branch_managers, branch_rates, companies, distributor_prices

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # 0001 makes every table of the day it first ran, so a new database has these already.
    for table in (companies, branch_rates, branch_managers, distributor_prices):
        table.create(op.get_bind(), checkfirst=True)
