"""Reckon what the report of a representative comes to: claimed, accepted, owed (C-11)."""

from decimal import Decimal

from engine.deal import Deal
from engine.run import Run
from robots.find_reports import month_of
from rules import expenses, money, settlement
from rules.expenses import Expense
from rules.settlement import Settlement

ZERO = Decimal(0)


def spent(report: Deal) -> Decimal:
    """What its rows come to now: the claim before the first hand-in, afterwards what is accepted."""
    return sum((row.total for row in report.rows), ZERO)


def expenses_of(report: Deal) -> list[Expense]:
    return [expenses.of_row(row.product, row.total) for row in report.rows]


def cut_of(report: Deal) -> Decimal:
    """«Не принято». Before anything was claimed nothing is cut."""
    claim = report["rp_claim"]
    return ZERO if claim is None else settlement.cut(claim, spent(report))


def reviewed(report: Deal) -> dict:
    """The fields «Принято» and «Не принято»."""
    return {"rp_ok": spent(report), "rp_cut": cut_of(report)}


def reckon(run: Run, report: Deal) -> Settlement:
    """C-11, of what the rows say now."""
    carry, advance, before = (report[name] or ZERO for name in ("rp_carry", "rp_advance", "rp_before"))
    return settlement.settle(carry - before, spent(report), advance, limit_of(run, report))


def settled_as(run: Run, report: Deal) -> Settlement:
    """As the director has agreed to it; a card that did not come from there is reckoned now."""
    balance = report["rp_balance"]
    if balance is None:
        return reckon(run, report)
    pay, hold = report["rp_pay"] or ZERO, report["rp_hold"] or ZERO
    return Settlement(balance, pay, hold, balance - pay + hold)


def limit_of(run: Run, report: Deal) -> Decimal | None:
    """What may still be withheld in the month. From whoever leaves everything is due, and the accountant decides (E-RP-2)."""

    def learn() -> str | None:
        people, month = run.engine.people, month_of(report)
        known, person = people.representative(report["rp_who"]), people.user(report["rp_who"])
        if known is None or person is None or not person.is_active or known.limit is None:
            return None
        leaves = month is not None and known.end is not None and known.end <= month.last
        return None if leaves else str(known.limit)

    said = run.fact("limit", learn)
    return None if said is None else Decimal(said) + min(report["rp_before"] or ZERO, ZERO)


def figures(settled: Settlement | None) -> dict:
    """The fields that say it; emptied while it is not agreed upon."""
    if settled is None:
        return dict.fromkeys(("rp_balance", "rp_pay", "rp_hold"))
    return {"rp_balance": settled.balance, "rp_pay": settled.pay, "rp_hold": settled.hold}


def told(report: Deal, settled: Settlement) -> str:
    """The figures as whoever agrees to them reads them."""
    lines = [
        ("Остаток с прошлого месяца", report["rp_carry"] or ZERO),
        ("Выдано под отчёт", report["rp_advance"] or ZERO),
        ("Заявлено", report["rp_claim"] or ZERO),
        ("Принято", spent(report)),
        ("Не принято", cut_of(report)),
        *_before(report),
        ("Итог расчётов", settled.balance),
        ("К выплате", settled.pay),
        ("К удержанию", settled.hold),
    ]
    return "\n".join(f"{name}: {money.text(amount)}" for name, amount in lines)


def _before(report: Deal) -> list[tuple[str, Decimal]]:
    """What was paid or withheld before the report was reopened."""
    before = report["rp_before"] or ZERO
    return [("Уже выплачено" if before > 0 else "Уже удержано", abs(before))] if before else []
