"""What two lives are compared by: cards, their figures and their tasks, without ids and without the moments of single steps."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from simulate.calendar import MOSCOW
from simulate.office import Office

FIGURES = {
    "RECEIVABLES": ("DZ_TOTAL", "DZ_B30", "DZ_B60", "DZ_B90", "DZ_B90P", "DZ_RETURNS"),
    "REP_REPORT": ("RP_ADVANCE", "RP_CARRY", "RP_CLAIM", "RP_OK", "RP_BALANCE", "RP_PAY", "RP_HOLD", "RP_CARRYOUT", "RP_DONE", "RP_VCOUNT"),
    "DISTRIBUTOR": ("DB_SALES", "DB_RATE", "DB_BONUS", "DS_TOTAL", "DS_DONE", "DS_SALES", "DS_BONUS", "DS_CORR", "DS_CARRY", "DS_PAY"),
    "SOFT_SHIPMENT": ("SH_SUM", "SH_PAID", "SH_DEBT", "SH_OVERSUM", "SH_OVERDAYS"),
    "SOFT": ("SO_SHIPPED", "SO_PAID", "SO_DEBT", "SO_ADVANCE"),
}  # fmt: skip
"""DISTRIBUTOR_BRANCH stands in the same funnel."""


def of(office: Office) -> Counter[str]:
    """Every card and every task as a line; how often each is there."""
    return Counter([*_cards(office), *_tasks(office)])


def differences(one: Counter[str], other: Counter[str]) -> list[str]:
    """Lines that only one of them has: «− …» the first, «+ …» the second."""
    return sorted(
        [f"− {line}" for line in (one - other).elements()] + [f"+ {line}" for line in (other - one).elements()],
        key=lambda line: line[2:],
    )


def _cards(office: Office) -> Iterator[str]:
    for process, names in FIGURES.items():
        for card in office.cards(process):
            figures = (str(card.get(f"UF_CRM_SF_{name}") or "") for name in names)
            yield f"{process}: {card['title']}: {office.stage(card)}, {office.people[int(card['assignedById'])].login}: {'; '.join(figures)}"


def _tasks(office: Office) -> Iterator[str]:
    for task in office.tasks():
        due = (
            f"{task.deadline.astimezone(MOSCOW):%d.%m.%Y %H:%M}" if isinstance(task.deadline, datetime) else "без срока"
        )
        state = "открыта" if task.is_open else "завершена"
        yield f"задача {task.code}: {task.title}: {office.people[task.responsible].login}, {due}, {state}"
