"""Every morning: reports of representatives that somebody has deleted are there again (E-RP-14)."""

from collections.abc import Iterator
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal, load_card
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.find_reports import MONTHS_BACK, PROCESS, find_reports, is_cancelled, key_of, month_of
from robots.open_report import duty, open_report
from robots.set_rows import write_rows
from rules.periods import Month

RESTORED = " (восстановлен)"
CLOSED = ("WON", "LOSE")
NOT_COPIED = ("file", "rows")


@daily("06:00", zone="Europe/Moscow", newest_only=True, of=PROCESS)
def find_deleted_reports(engine, period: Period) -> Iterator[Subject]:
    """E-RP-14. Deleted reports of the last year whose month has no other, unless the administrator has cancelled the key."""
    today = period.due_at.astimezone(MOSCOW).date()
    deleted = [one for one in _deleted(engine) if _is_missed(engine, one, Month.of(today))]
    if not deleted:
        return
    people, months = {one["rp_who"] for one in deleted}, [month_of(one) for one in deleted]
    there = {(one.who, one.month) for one in find_reports(engine, people, min(months), max(months))}
    for report in deleted:
        if (report["rp_who"], month_of(report)) not in there:
            there.add((report["rp_who"], month_of(report)))
            yield Subject(str(report.id), what={"report": report.id}, once=True)


def _deleted(engine) -> Iterator[Deal]:
    """The newest first."""
    cards = storage.cards
    gone = sa.select(cards.c.deal_id).where(cards.c.process == PROCESS, cards.c.deleted_at.is_not(None))
    with engine.storage.read() as connection:
        for deal_id in list(connection.scalars(gone.order_by(cards.c.deal_id.desc()))):
            yield Deal(engine.dictionary, load_card(connection, deal_id))


def _is_missed(engine, report: Deal, now: Month) -> bool:
    month, person = month_of(report), engine.people.user(report["rp_who"] or 0)
    is_recent = month is not None and month >= now - MONTHS_BACK
    return is_recent and person is not None and not is_cancelled(engine, key_of(person.id, month))


@find_deleted_reports.each
def open_it_again(run: Run, deal: Deal | None) -> None:
    """E-RP-14. What was written is there again, but for files; a closed report is closed, any other is prepared once more."""
    old = run.card(run.change.what["report"])
    month, person = month_of(old), run.engine.people.user(old["rp_who"])
    said = {name: old[name] for name in _written(run, old)}
    carry, stage = said.pop("rp_carry", None) or Decimal(0), old.stage if old.stage in CLOSED else "NEW"
    for name in ("rp_month", "rp_who"):
        said.pop(name)
    responsible = run.fact("who reports", lambda: duty(run.engine, person, month, run.at).user)
    with run.together():
        opened = open_report(
            run, person.id, month, responsible=responsible, carry=carry, stage=stage, mark=RESTORED, **said
        )
        if old.rows:
            write_rows(run, opened.ref("item", "id"), old.rows, deal_id=old.id)


def _written(run: Run, old: Deal) -> list[str]:
    fields = run.company.processes[PROCESS].fields.values()
    return [
        one.name for one in fields if one.type not in NOT_COPIED and one.is_custom and old[one.name] not in (None, [])
    ]
