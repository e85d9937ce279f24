"""Have the warehouse send goods that are ready, once they are paid for where the terms ask for that."""

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.run import Run
from robots.comment import comment
from robots.create_task import create_task
from robots.notify import notify
from robots.recount_order import Standing

UNPAID = "Отгрузка не оплачена"
LESS = "Если отгружено меньше, чем запланировано, исправьте количество в товарах отгрузки: остаток вернётся в заказ."


def let_it_leave(run: Run, one: Standing, *, allowed: bool | None = None, tell: bool = False) -> None:
    """SH-T3, SH-T4. The warehouse sends the goods and writes the УПД; goods that must be paid first wait.

    They wait until everything is paid or the commercial director lets them go (`allowed`: what the card says, unless given).
    `tell`: a card that waits says so, and the manager hears of it.
    """
    shipment = one.card
    may_go = bool(shipment["sh_allow"]) if allowed is None else allowed
    if _is_prepaid(run, shipment) and not one.is_paid and not may_go:
        if tell:
            with run.together():
                comment(run, shipment, UNPAID)
                notify(run, "SALES", f"{UNPAID}.", deal=shipment)
    elif not run.fact(f"SH-3 of {shipment.id}", lambda: _was_asked(run, shipment)):
        day = shipment["sh_plan"] or run.today(shipment)
        create_task(run, shipment, "SH-3", within="D+0кд 18:00", day=day, note=LESS)


def _is_prepaid(run: Run, shipment: Deal) -> bool:
    order = run.parent(shipment)
    terms = shipment["terms"] or (order["terms"] if order is not None else None)
    return terms in run.company.terms and run.company.terms[terms].before_shipment


def _was_asked(run: Run, shipment: Deal) -> bool:
    """Whether the task is there already, open or done, since the card came to its stage."""
    tasks = storage.tasks
    which = (tasks.c.deal_id == shipment.id, tasks.c.code == "SH-3", tasks.c.cycle == shipment.cycle)
    with run.engine.storage.read() as connection:
        found = connection.scalar(
            sa.select(tasks.c.task_id).where(*which, tasks.c.state.in_(("open", "done"))).limit(1)
        )
    return found is not None
