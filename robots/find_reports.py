"""Find reports of territorial representatives: of whom, of which months, and when they were due."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from config import Representative
from engine import storage
from engine.deal import Deal, load_card
from engine.people import Person
from engine.run import Run
from rules import money
from rules.periods import Month

PROCESS, FIRST_TASK = "REP_REPORT", "RP-1"
MONTHS_BACK = 12
"""So far back the last report of somebody is looked for: they may have been away for months."""


@dataclass(frozen=True)
class Known:
    """A report as the portal shows it."""

    id: int
    who: int
    month: Month
    stage: str
    balance: Decimal | None
    carry_out: Decimal


def representatives(engine) -> Iterator[tuple[Person, Representative]]:
    """Everybody of config/representatives.yaml whom the portal knows."""
    for email, known in engine.company.representatives.items():
        person = engine.people.by_email(email)
        if person is not None:
            yield person, known


def month_of(report: Deal) -> Month | None:
    """The month that the card names; None where nobody can read it."""
    try:
        return Month.parse(report["rp_month"] or "")
    except ValueError:
        return None


def find_reports(engine, people: Collection[int], first: Month, last: Month) -> list[Known]:
    """Reports of these people for these months, the oldest first: one question, page by page."""
    dictionary, field = engine.dictionary, lambda name: engine.dictionary.field(PROCESS, name).code
    which = {"=categoryId": dictionary.category(PROCESS), f"@{field('rp_who')}": sorted(people)}
    which |= {f"@{field('rp_month')}": [str(month) for month in first.until(last)]}
    found = [known for card in engine.cards_where(which) if (known := _known(card)) is not None]
    return sorted(found, key=_place)


def _known(card: Deal) -> Known | None:
    month, balance = month_of(card), money.known(card["rp_balance"])
    if month is None or card["rp_who"] is None:
        return None
    return Known(card.id, card["rp_who"], month, card.stage, balance, money.known(card["rp_carryout"]) or Decimal(0))


def find_neighbours(run: Run, report: Deal, when: str = "") -> list[Known]:
    """The reports of the card's representative around its month, without the card itself; the same at every repeat.

    `when`: asked anew under that name.
    """
    month = month_of(report)

    def ask() -> list[list]:
        found = find_reports(run.engine, [report["rp_who"]], month - MONTHS_BACK, month + MONTHS_BACK)
        return [[one.id, one.who, str(one.month), one.stage, _text(one.balance), str(one.carry_out)] for one in found]

    rows = run.fact(f"reports around {report.id} {when}", ask) if month is not None and report["rp_who"] else []
    known = (
        Known(id_, who, Month.parse(of), stage, None if balance is None else Decimal(balance), Decimal(out))
        for id_, who, of, stage, balance, out in rows
    )
    return [one for one in known if one.id != report.id]


def before_it(known: Iterable[Known], report: Deal) -> Known | None:
    """The last of them before the report: of an earlier month, or of the same one and older."""
    return max((one for one in known if _place(one) < (month_of(report), report.id)), key=_place, default=None)


def after_it(known: Iterable[Known], report: Deal) -> Known | None:
    """The first of them after the report."""
    return min((one for one in known if _place(one) > (month_of(report), report.id)), key=_place, default=None)


def _place(one: Known) -> tuple[Month, int]:
    """Where it stands among the reports of its representative: what one leaves, the next one takes."""
    return one.month, one.id


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def find_standing(engine, *stages: str) -> list[Deal]:
    """Reports that stand on these stages, as the layer last knew them: the portal is not asked."""
    cards = storage.cards
    which = (cards.c.process == PROCESS, cards.c.stage.in_(stages), cards.c.deleted_at.is_(None))
    with engine.storage.read() as connection:
        ids = list(connection.scalars(sa.select(cards.c.deal_id).where(*which).order_by(cards.c.deal_id)))
        return [Deal(engine.dictionary, load_card(connection, deal_id)) for deal_id in ids]


def find_deadline(engine, deal_id: int, *, newest: bool = False) -> datetime | None:
    """When the report was to be handed in: the first deadline of its first task. None for a card that never had one.

    `newest`: of the last such task, which a report that was put back to its beginning has got.
    """
    table = storage.tasks
    of_report = sa.select(table.c.original_deadline).where(table.c.deal_id == deal_id, table.c.code == FIRST_TASK)
    order = table.c.task_id.desc() if newest else table.c.task_id
    with engine.storage.read() as connection:
        return connection.scalar(of_report.order_by(order).limit(1))


# — which are not wanted —


def key_of(user: int, month: Month) -> str:
    """The report's name for ever: REP_REPORT:2026-11:U17 (RP-T1)."""
    return f"{PROCESS}:{month}:U{user}"


def is_cancelled(engine, key: str) -> bool:
    """E-RP-14. Whether the administrator has said `flask cancel` of it."""
    with engine.storage.read() as connection:
        return engine.storage.mark(connection, storage.cancelled(key)) is not None
