"""Take a payment that somebody entered on a card, or that 1C reported."""

from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from robots.comment import comment
from robots.follow_payments import follow_payments
from robots.notify import notify
from robots.recount_order import count_order, recount_order
from robots.set_fields import set_fields
from rules import money, payments, reading
from rules.allocation import Payment

INPUTS = {"pay_sum": None, "pay_date": None, "pay_no": None}
TAKEN = "payment taken by hand"
LATE = timedelta(minutes=2)  # who fills the fields one by one and begins with the sum has typed the rest by then


def take_payment(run: Run, deal: Deal, payment: Payment) -> bool:
    """SH-T8. The payment stands on the card (an order or a shipment), everything is counted anew, and shipments move on.

    False: refused, the card says why (E-SH-1, E-SH-3). What is only odd is taken with a warning (E-SH-2). The input fields
    of a payment entered by hand are empty again; 1C's command gets its answer.
    """
    inputs = INPUTS if payment.source == payments.BY_HAND else {}
    verdict = payments.check(payment, _known(run, deal), run.now.astimezone(MOSCOW).date())
    if verdict.refused:
        _refuse(run, deal, payment, verdict.refused, inputs)
        return False
    if inputs:
        _remember_what_lacked(run, deal, payment)
    lines = [*(deal["payments"] or []), payments.line(payment)]
    with run.together():
        set_fields(run, deal, payments=lines, **inputs)
        if verdict.warning:
            comment(run, deal, f"Платёж принят: {payments.said(payment)}. {verdict.warning}.")
    follow_payments(run, recount_order(run, deal, changed={deal.id: {"payments": lines}}))
    run.answer("done", f"Платёж принят: {payments.said(payment)}.", card=deal.id)
    return True


def take_entered_payment(run: Run, deal: Deal) -> None:
    """SH-T8. What a person entered in «Внести оплату» is taken; without a date it came today (Moscow)."""
    try:
        amount = money.parse(str(run.change.what["new"]))
    except ValueError as wrong:
        set_fields(run, deal, pay_sum=None)
        why = wrong if isinstance(wrong, money.ForeignCurrency) else "Сумма не читается: введите её ещё раз"
        comment(run, deal, f"Платёж не принят. {why}.")
        return
    day = deal["pay_date"] or run.now.astimezone(MOSCOW).date()
    take_payment(run, deal, Payment(day, amount, deal["pay_no"] or "", payments.BY_HAND))


def take_told_payment(run: Run, deal: Deal) -> None:
    """SH-T8. What 1C told in a signal is taken."""
    what = run.change.what
    day, amount = date.fromisoformat(what["date"]), money.q(Decimal(what["sum"]))
    take_payment(run, deal, Payment(day, amount, what.get("number") or "", what["source"]))


def keep_payments(run: Run, deal: Deal) -> None:
    """R-22. The list of payments that a person has changed says again what it said, and what was taken since."""
    old, new = run.change.what["old"] or [], run.change.what["new"] or []
    since = [line for line in deal["payments"] or [] if line not in old and line not in new]
    set_fields(run, deal, payments=[*old, *since])


def empty_a_late_input(run: Run, deal: Deal, name: str) -> None:
    """SH-T8. Date or number typed right after the sum, which alone was taken already, are not left for the next payment.

    The card says what was typed and how it gets into the payment. Without such a payment they wait for their sum.
    """
    taken = run.fact(f"taken without {name}", lambda: _taken_without(run, deal, name))
    if deal["pay_sum"] is not None or deal[name] is None or taken is None:
        return
    label, typed = run.engine.dictionary.field(deal.process, name).label, deal[name]
    value = reading.day_text(typed) if name == "pay_date" else typed
    with run.together():
        set_fields(run, deal, **{name: None})
        comment(
            run,
            deal,
            f"«{label}» ({value}) заполнено после суммы: платёж {taken} уже внесён без этого, поле очищено. "
            "Чтобы исправить платёж, внесите его сумму с минусом, затем внесите его снова: сумму последней.",
        )


def _taken_without(run: Run, deal: Deal, name: str) -> str | None:
    """The payment that was entered by hand on the card a moment ago, if the input `name` was empty then."""
    table, runs = storage.changes, storage.runs
    lately = (table.c.at >= run.at - LATE, table.c.at <= run.at)
    query = sa.select(table.c.what, runs.c.facts).join(runs, runs.c.change_id == table.c.id)
    query = query.where(table.c.deal_id == deal.id, table.c.kind == "field", *lately)
    with run.engine.storage.read() as connection:
        found = connection.execute(query.order_by(runs.c.id.desc())).all()
    facts = next((one.facts for one in found if one.what["field"] == "pay_sum"), {})
    taken = facts.get(TAKEN) or {"without": []}
    return taken["said"] if name in taken["without"] else None


def _remember_what_lacked(run: Run, deal: Deal, payment: Payment) -> None:
    """For who types the rest right after."""
    without = [name for name in INPUTS if deal[name] is None]
    run.fact(TAKEN, lambda: {"said": payments.said(payment), "without": without})


def _known(run: Run, deal: Deal) -> list[Payment]:
    """Payments of the whole order: one that was entered on its card is not taken on its shipment a second time."""
    accounts = count_order(run, deal)
    cards = [one.card for one in accounts.shipments] + ([accounts.order] if accounts.order is not None else [])
    return [payment for card in cards for payment in payments.readable(card["payments"])]


def _refuse(run: Run, deal: Deal, payment: Payment, why: str, inputs: dict) -> None:
    text = f"Платёж {money.text(payment.amount)} не принят. {why}."
    who = run.change.what.get("by")
    with run.together():
        set_fields(run, deal, **inputs)
        comment(run, deal, text)
        if who:
            notify(run, who, text, deal=deal)
    run.answer("refused", text, card=deal.id)
