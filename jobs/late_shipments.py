"""At 06:00 of each city: shipments whose planned day has passed (SH-T11)."""

from collections.abc import Iterator
from datetime import date

from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, cards_where_it_is, every
from robots.create_task import create_task
from robots.notify import notify
from robots.recount_order import SHIPMENT

HOUR = 6
PLANNED = ("NEW", "RESERVE", "READY")


@every(minutes=60, of=SHIPMENT)
def find_shipments_that_did_not_leave(engine, period: Period) -> Iterator[Subject]:
    """SH-T11. Each planned day that has passed comes up once."""
    for deal, today in cards_where_it_is(engine, HOUR, period, SHIPMENT, *PLANNED):
        plan = deal["sh_plan"]
        if plan is not None and plan < today and deal["sh_fact"] is None:
            yield Subject(f"{deal.id}:{plan}", deal.id, SHIPMENT, {"plan": plan.isoformat()}, once=True)


@find_shipments_that_did_not_leave.each
def agree_on_another_day(run: Run, deal: Deal) -> None:
    """SH-T11. Support agrees on another day with the client; the manager hears of it."""
    plan = date.fromisoformat(run.change.what["plan"])
    if deal.stage not in PLANNED or deal["sh_plan"] != plan:
        return
    with run.together():
        create_task(run, deal, "SH-8")
        notify(run, "SALES", f"Отгрузка не в срок: была запланирована на {plan:%d.%m.%Y}.")
