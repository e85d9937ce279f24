"""Rate a contractor by the marks that logists gave for its transports."""

from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.run import Run
from robots.read_contractor import read_contractor
from robots.set_company_fields import set_company_fields
from rules import money, quotes

ROUNDS = 5


def rate_contractor(run: Run, card: Deal, company: int, mark: int) -> None:
    """The mark stands with the card's chosen quote, and «Оценка подрядчика» of the company is the mean of the last ten.

    Two cards may rate one company at once: each looks again after it has written, so that the last word counts both.
    """
    contractor = read_contractor(run, company)
    _keep(run, card, company, mark, contractor.title if contractor else f"№{company}")
    written = None
    for number in range(ROUNDS):
        rating = Decimal(run.fact(f"rating {company} {number}", lambda: str(_rating(run, company))))
        if rating == written:
            return
        set_company_fields(run, company, rating=rating)
        written = rating


def _keep(run: Run, card: Deal, company: int, mark: int, title: str) -> None:
    table = storage.quotes
    of_card = sa.and_(table.c.deal == card.id, table.c.company == company, table.c.chosen)
    with run.engine.storage.write() as tx:
        kept = tx.execute(sa.update(table).where(of_card).values(mark=mark, marked_at=run.now))
        if not kept.rowcount:
            tx.execute(sa.insert(table), _row(tx, run, card, company, mark, title))


def _row(tx: sa.Connection, run: Run, card: Deal, company: int, mark: int, title: str) -> dict:
    """A transport whose quotes were never asked for: one was chosen all the same."""
    table = storage.quotes
    last = tx.scalar(sa.select(sa.func.max(table.c.number)).where(table.c.deal == card.id)) or 0
    return {
        "deal": card.id, "number": last + 1, "company": company, "contractor": title, "route_from": "", "route_to": "",
        "mode": card["lg_mode"] or "", "price": str(money.known(card["lg_cost"]) or 0), "days": card["lg_days"],
        "date": run.today(card).isoformat(), "chosen": True, "mark": mark, "marked_at": run.now,
    }  # fmt: skip


def _rating(run: Run, company: int) -> Decimal:
    """Oldest first, as the rule takes them."""
    table = storage.quotes
    marked = sa.select(table.c.mark).where(table.c.company == company, table.c.mark.is_not(None))
    with run.engine.storage.read() as connection:
        marks = list(connection.scalars(marked.order_by(table.c.marked_at, table.c.deal)))
    return quotes.rating(marks)
