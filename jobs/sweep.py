"""Every night: cards that were deleted without an event are found, and finished drains are forgotten."""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from engine import storage
from engine.schedule import Period, Subject, daily

KEEP_DRAINS = timedelta(days=7)


@daily("03:30", zone="Europe/Moscow", newest_only=True)
def find_lost_cards(engine, period: Period) -> Iterator[Subject]:
    """R-10, R-19. Every card that we believe alive rings once, so that the observer asks the portal whether it is."""
    cards = storage.cards
    with engine.storage.write() as tx:
        for deal_id in tx.scalars(
            sa.select(cards.c.deal_id).where(cards.c.deleted_at.is_(None), cards.c.process.is_not(None))
        ).all():
            engine.observer.ring(tx, "deal", deal_id)
    engine.queue.forget_finished(int((period.due_at - KEEP_DRAINS).timestamp() * 1000))
    return iter(())
