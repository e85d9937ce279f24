"""Keep the months of the distributor's managers as they were handed over, and what is still to be made good for them (DB-T11)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal, load_card
from engine.storage import Storage
from rules import bonus
from rules.bonus import ZERO, Correction, Summary
from rules.money import q
from rules.periods import Month

SUMMARY = "DISTRIBUTOR"
OPEN = ("NEW", "COLLECT", "APPROVE")


@dataclass(frozen=True)
class BranchMonth:
    """A branch in a month as its card says. `lacks`: why it does not count (rules/bonus); the rest once it does."""

    branch: int
    name: str
    lacks: str | None
    sales: Decimal | None = None
    rate: Decimal | None = None
    bonus: Decimal | None = None


@dataclass(frozen=True)
class LeftOver:
    """What a summary takes over from months that were handed over.

    `names`: of the corrected branches, in the order of the corrections; `carry`: never above 0, left by the summaries `carried`.
    """

    corrections: tuple[Correction, ...] = ()
    names: tuple[str, ...] = ()
    carry: Decimal = ZERO
    carried: tuple[int, ...] = ()

    @property
    def corrected(self) -> Decimal:
        return sum((one.amount for one in self.corrections), ZERO)

    @property
    def lines(self) -> list[str]:
        """«Корректировка за ноябрь 2026: Пермь +0,13 ₽»."""
        return [bonus.correction_text(one, name) for one, name in zip(self.corrections, self.names, strict=True)]


# — what the next summary takes over —


def left_over(engine, manager: int, month: Month) -> LeftOver:
    """What the manager's summary of that month has to take over now; nothing of what an earlier open one takes."""
    months, bonuses = storage.distributor_months, storage.distributor_bonuses
    still_open = {*open_summaries(engine, manager), month}
    with engine.storage.read() as connection:
        rows = connection.execute(sa.select(bonuses).where(bonuses.c.manager == manager)).all()
        made = _made(connection, [row.summary for row in rows])
        carried = connection.execute(
            sa.select(months).where(months.c.manager == manager, months.c.carried_by.is_(None))
        ).all()
    mine = [row for row in rows if bonus.goes_to(Month.parse(row.month), still_open) == month]
    names = {(Month.parse(row.month), row.branch): row.name for row in mine}
    now = {(Month.parse(row.month), row.branch): row.bonus for row in mine}
    counted = {(Month.parse(row.month), row.branch): [row.frozen or ZERO, *made[row.month, row.branch]] for row in mine}
    found = bonus.corrections(now, counted)
    carry = [row for row in carried if bonus.goes_to(Month.parse(row.month), still_open) == month]
    return LeftOver(
        tuple(found), tuple(names[one.month, one.branch] for one in found),
        q(sum((row.to_next for row in carry), ZERO)), tuple(row.summary for row in carry),
    )  # fmt: skip


def open_summaries(engine, manager: int) -> dict[Month, int]:
    """The manager's summaries that are not handed over, by their months."""
    cards, months, found = storage.cards, storage.distributor_months, {}
    frozen = sa.select(months.c.summary)
    which = (cards.c.process == SUMMARY, cards.c.stage.in_(OPEN), cards.c.deleted_at.is_(None))
    with engine.storage.read() as connection:
        ids = connection.scalars(sa.select(cards.c.deal_id).where(*which, cards.c.deal_id.not_in(frozen))).all()
        known = [Deal(engine.dictionary, load_card(connection, one)) for one in ids]
    for card in known:
        month = month_of(card)
        if month is not None and card["db_mgr"] == manager:
            found.setdefault(month, card.id)
    return found


def month_of(card: Deal) -> Month | None:
    """The card's «Отчётный месяц»; None where it says nothing that is a month."""
    try:
        return Month.parse(card["db_month"] or "")
    except ValueError:
        return None


def _made(connection: sa.Connection, summaries: Sequence[int]) -> dict[tuple[str, int], list[Decimal]]:
    """Corrections that were handed over already, by month and branch."""
    table, found = storage.distributor_corrections, defaultdict(list)
    for row in connection.execute(sa.select(table)) if summaries else ():
        found[row.month, row.branch].append(row.amount)
    return found


# — handing over —


def frozen(store: Storage, summary: int) -> sa.Row | None:
    """The summary's month as it was handed over; None while it is open."""
    table = storage.distributor_months
    with store.read() as connection:
        return connection.execute(sa.select(table).where(table.c.summary == summary)).first()


def freeze(
    engine, summary: Deal, counted: Summary, branches: Iterable[BranchMonth], took: LeftOver, said: dict
) -> None:
    """DB-T9. The month is handed over with these figures: what changes from now on is a correction of a later one."""
    month, listed = str(month_of(summary)), list(branches)
    months, bonuses, corrections = (
        storage.distributor_months, storage.distributor_bonuses, storage.distributor_corrections,
    )  # fmt: skip
    with engine.storage.write() as tx:
        _take_back(tx, summary.id)
        row = {"summary": summary.id, "month": month, "manager": summary["db_mgr"], "to_next": counted.to_next}
        row |= {"said": said | {"figures": {name: str(value) for name, value in asdict(counted).items()}}}
        tx.execute(sa.insert(months), {**row, "frozen_at": engine.clock.now()})
        for one in listed:
            values = {"name": one.name, "manager": summary["db_mgr"], "summary": summary.id, "sales": one.sales}
            values |= {"rate": one.rate, "frozen": one.bonus, "bonus": one.bonus}
            engine.storage.upsert(tx, bonuses, {"month": month, "branch": one.branch, **values}, **values)
        for one in took.corrections:
            line = {"summary": summary.id, "month": str(one.month), "branch": one.branch, "amount": one.amount}
            tx.execute(sa.insert(corrections), line)
        carried = months.c.summary.in_(took.carried)
        tx.execute(sa.update(months).where(carried).values(carried_by=summary.id))


def thaw(store: Storage, summary: int) -> bool:
    """The month is open again. False: a later one was handed over with what it left, so it stays as it is."""
    with store.write() as tx:
        return _take_back(tx, summary)


def _take_back(tx: sa.Connection, summary: int) -> bool:
    months, bonuses, corrections = (
        storage.distributor_months, storage.distributor_bonuses, storage.distributor_corrections,
    )  # fmt: skip
    if tx.scalar(sa.select(months.c.carried_by).where(months.c.summary == summary)) is not None:
        return False
    tx.execute(sa.delete(months).where(months.c.summary == summary))
    tx.execute(sa.delete(bonuses).where(bonuses.c.summary == summary))
    tx.execute(sa.delete(corrections).where(corrections.c.summary == summary))
    tx.execute(sa.update(months).where(months.c.carried_by == summary).values(carried_by=None))
    return True


# — what changes afterwards —


def has_changed(store: Storage, summary: Deal, branches: Iterable[BranchMonth]) -> bool:
    """DB-T11. Whether a bonus of the summary's month, which was handed over, is not what was last known of it."""
    with store.read() as connection:
        known = _known(connection, summary)
    return any(
        known[one.branch].bonus != one.bonus and known[one.branch].summary == summary.id
        if one.branch in known
        else one.bonus is not None
        for one in branches
    )


def note_changes(store: Storage, summary: Deal, branches: Iterable[BranchMonth]) -> None:
    """DB-T11. What the cards of a month that was handed over say now is kept beside what was handed over.

    A branch that came to the month only afterwards had nothing handed over.
    """
    table, month = storage.distributor_bonuses, str(month_of(summary))
    with store.write() as tx:
        known = _known(tx, summary)
        for one in branches:
            row, now = known.get(one.branch), {"sales": one.sales, "rate": one.rate, "bonus": one.bonus}
            if row is not None and row.summary == summary.id:
                tx.execute(sa.update(table).where(table.c.month == month, table.c.branch == one.branch).values(**now))
            elif row is None and one.bonus is not None:
                values = {"month": month, "branch": one.branch, "name": one.name, "manager": summary["db_mgr"]}
                tx.execute(sa.insert(table), {**values, "summary": summary.id, **now})


def _known(connection: sa.Connection, summary: Deal) -> dict[int, sa.Row]:
    """Of the summary's month, whoever handed it over."""
    table = storage.distributor_bonuses
    rows = connection.execute(sa.select(table).where(table.c.month == str(month_of(summary))))
    return {row.branch: row for row in rows}


def paid_for(store: Storage, summary: int) -> set[int]:
    """Branches for which the summary's month was handed over with a bonus."""
    table = storage.distributor_bonuses
    this = (table.c.summary == summary, sa.or_(table.c.frozen.is_not(None), table.c.bonus.is_not(None)))
    with store.read() as connection:
        return set(connection.scalars(sa.select(table.c.branch).where(*this)))


def last_sales(store: Storage, branch: int, before: Month, months: int) -> list[Decimal]:
    """The branch's sales in the last months that were handed over before that one, the newest last."""
    table = storage.distributor_bonuses
    known = (table.c.branch == branch, table.c.month < str(before), table.c.sales.is_not(None))
    newest = sa.select(table.c.sales).where(*known).order_by(table.c.month.desc()).limit(months)
    with store.read() as connection:
        return list(connection.scalars(newest))[::-1]
