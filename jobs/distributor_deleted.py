"""Every working morning: branches whose cards were deleted may be opened again (E-DB-16)."""

from collections.abc import Iterator

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.count_month import BRANCH, SUMMARY, branches_of
from robots.notify import notify
from rules import bonus

OPEN = ("COLLECT", "APPROVE")


@daily("09:30", zone=str(MOSCOW), newest_only=True, of=SUMMARY)
def find_deleted_branches(engine, period: Period) -> Iterator[Subject]:
    """E-DB-16. Open summaries that had a branch whose card was deleted; nothing is asked of the portal while none was."""
    if not engine.calendar_of(None).is_working(period.due_at.date()):
        return
    above = _had_deleted_children(engine)
    for summary in engine.cards_on(SUMMARY, *OPEN) if above else ():
        if summary.id in above:
            yield Subject(f"deal-{summary.id}", summary.id, SUMMARY)


def _had_deleted_children(engine) -> set[int]:
    cards = storage.cards
    deleted = sa.select(cards.c.family).where(cards.c.process == BRANCH, cards.c.deleted_at.is_not(None))
    with engine.storage.read() as connection:
        return set(connection.scalars(deleted))


@find_deleted_branches.each
def offer_to_open_them_again(run: Run, summary: Deal) -> None:
    """E-DB-16. The manager hears which branches are missing so, and how their cards come back."""
    gone = run.fact("deleted", lambda: [one.name for one in branches_of(run, summary) if one.lacks == bonus.DELETED])
    if gone and summary.stage in OPEN:
        label = run.engine.dictionary.field(SUMMARY, "ds_recreate").label
        text = f"Удалены сделки филиалов: {', '.join(gone)}. Чтобы создать их заново, установите «{label}»."
        notify(run, "DIST_MANAGER", text)
