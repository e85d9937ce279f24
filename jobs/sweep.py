"""Every night: cards that were deleted without an event are found, and what nobody asks for any more is forgotten."""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, daily

KEEP_DRAINS, KEEP_PERIODS = timedelta(days=7), timedelta(days=400)


@daily("03:30", zone="Europe/Moscow", newest_only=True)
def begin_the_sweep(engine, period: Period) -> Iterator[Subject]:
    """R-10, R-19. One subject: everything that the layer knows."""
    yield Subject("everything")


@begin_the_sweep.each
def find_lost_cards(run: Run, deal: Deal | None) -> None:
    """R-10, R-19. Every card that we believe alive rings once, so that the observer asks the portal whether it is.

    Finished drains and old periods of jobs are forgotten.
    """
    cards, periods, engine = storage.cards, storage.periods, run.engine
    alive = sa.select(cards.c.deal_id).where(cards.c.deleted_at.is_(None), cards.c.process.is_not(None))
    with engine.storage.write() as tx:
        for deal_id in tx.scalars(alive).all():
            engine.observer.ring(tx, "deal", deal_id)
        tx.execute(sa.delete(periods).where(periods.c.due_at < run.at - KEEP_PERIODS))
    engine.queue.forget_finished(int((run.at - KEEP_DRAINS).timestamp() * 1000))
