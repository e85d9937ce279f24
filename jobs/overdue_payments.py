"""At 06:00 of each city: payments of shipments that are late (SH-T9)."""

from collections.abc import Iterator

from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, cards_where_it_is, every
from robots.create_task import create_task, open_task
from robots.fill_for_shipment import fill_for_shipment
from robots.find_overdue import SHIPPED
from robots.move_card import move_card
from robots.notify import notify
from robots.recount_order import SHIPMENT, Standing, recount_order
from rules import money
from rules.debt import Overdue

HOUR = 6
CLAIM = "T18"


@every(minutes=60, of=SHIPMENT)
def find_shipments_that_may_be_late(engine, period: Period) -> Iterator[Subject]:
    """SH-T9. Shipments with a payment that was due before today, in the cities where it is six in the morning."""
    for deal, today in cards_where_it_is(engine, HOUR, period, SHIPMENT, *SHIPPED):
        if deal["sh_due"] is None or deal["sh_due"] < today:
            yield Subject(str(deal.id), deal.id, SHIPMENT)


@find_shipments_that_may_be_late.each
def work_on_what_is_late(run: Run, deal: Deal) -> None:
    """SH-T9. Days and sums are counted anew; each late line asks the manager once, and later the head, the lawyer, the director."""
    accounts = recount_order(run, deal)
    one = accounts.of(deal)
    for late in one.overdues:
        _go_after(run, one, late)
    if one.overdues and deal.stage == "PAYMENT":
        move_card(run, deal, "OVERDUE")


def _go_after(run: Run, one: Standing, late: Overdue) -> None:
    """Every step once for the line, however many mornings it stays late."""
    after, deal, line = run.company.limits.late_payments, one.card, f"{late.number} {late.due}"
    said = f"{money.text(late.rest)}, срок {late.due:%d.%m.%Y}, дней просрочки: {late.days}"
    create_task(run, deal, "SH-7", note=f"Просрочено: {said}.", once=line)
    if late.days >= after.head_days:
        notify(run, "HEAD_SOFT", f"Просрочка оплаты: {said}.", once=line)
    if late.days >= after.lawyer_days:
        _prepare_a_claim(run, deal, said, line)
    if late.days >= after.director_days:
        notify(run, "COMMERCIAL_DIRECTOR", f"Просрочка оплаты: {said}.", once=line)


def _prepare_a_claim(run: Run, deal: Deal, said: str, line: str) -> None:
    """The lawyer finds the claim on the card, with everything that is late under the contract."""
    claim = run.company.common_tasks["G-CLAIM"]
    asked = open_task(run, deal, claim, to="LAWYER", note=f"Просрочено: {said}.", once=line)
    if asked.is_first:
        fill_for_shipment(run, deal, CLAIM, subject=line)
