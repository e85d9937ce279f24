"""Move shipments to where their payments bring them."""

from engine.run import Run
from robots.close_tasks import close_tasks
from robots.comment import comment
from robots.let_it_leave import let_it_leave
from robots.move_card import move_card
from robots.order_supply import go_on_with_the_advance
from robots.recount_order import NOTHING, Accounts, Standing
from robots.remind_of_payment import remind_of_payment
from robots.tell_reports import tell_reports
from rules import money

PAID = "Оплата поступила"


def follow_payments(run: Run, accounts: Accounts) -> None:
    """SH-T8, SH-T10, E-SH-6. What is paid in full is done; what is no longer late waits for its next date; a refund opens again.

    An order that waited for its advance goes on (SO-T12); the week's report that lists a shipment hears of its payment (E-RC-5).
    """
    for one in accounts.shipments:
        _follow(run, one)
        if one.debt != (one.card["sh_debt"] or NOTHING):
            tell_reports(run, one.card.id)
    if accounts.order is not None:
        go_on_with_the_advance(run, accounts.order, accounts.received)


def _follow(run: Run, one: Standing) -> None:
    match one.stage:
        case "WON" if not one.is_paid:
            _open_again(run, one)
        case "PAYMENT" | "OVERDUE" if one.is_paid and is_delivered(one):
            close_tasks(run, one.card, "SH-6", "SH-7", because=PAID)
            move_card(run, one.card, "WON")
        case "OVERDUE" if not one.overdues:
            close_tasks(run, one.card, "SH-6", "SH-7", because=PAID)
            move_card(run, one.card, "PAYMENT")
        case "PAYMENT" if not one.overdues and one.due != one.card["sh_due"]:
            close_tasks(run, one.card, "SH-6", "SH-7", because=PAID)
            remind_of_payment(run, one.card, one.due)
        case "TRANSIT" | "DOCS" if not one.overdues:
            close_tasks(run, one.card, "SH-7", because=PAID)
        case "READY":
            let_it_leave(run, one)


def is_delivered(one: Standing) -> bool:
    """Whether the client has the goods and has signed for them."""
    return bool(one.card["sh_received"] and one.card["sh_signed"])


def _open_again(run: Run, one: Standing) -> None:
    stage = "OVERDUE" if one.overdues else "PAYMENT"
    title = run.company.processes[one.card.process].stages[stage].title
    text = f"Отгрузка оплачена не полностью: долг {money.text(one.debt)}. Сделка снова открыта на стадии «{title}»."
    comment(run, one.card, text)
    move_card(run, one.card, stage)
