"""What two lives are compared by: cards with their figures, and tasks, without ids.

Two processes must leave the very same. Where the service was down, people got some tasks later, with the time that such a
task gives from then on, and did them later: tasks that were made at the same moment must have the same deadline, and weeks
of receivables that were accepted at the same moment the same sums, as these follow every payment until then. Everything
else must be the same.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from simulate.calendar import MOSCOW
from simulate.office import Office

FIGURES = {
    "RECEIVABLES": ("DZ_TOTAL", "DZ_B30", "DZ_B60", "DZ_B90", "DZ_B90P"),
    "REP_REPORT": ("RP_ADVANCE", "RP_CARRY", "RP_CLAIM", "RP_OK", "RP_BALANCE", "RP_PAY", "RP_HOLD", "RP_CARRYOUT", "RP_DONE", "RP_VCOUNT"),
    "DISTRIBUTOR": ("DB_SALES", "DB_RATE", "DB_BONUS", "DS_TOTAL", "DS_DONE", "DS_SALES", "DS_BONUS", "DS_CORR", "DS_CARRY", "DS_PAY"),
    "SOFT_SHIPMENT": ("SH_SUM", "SH_PAID", "SH_DEBT", "SH_OVERSUM", "SH_OVERDAYS"),
    "SOFT": ("SO_SHIPPED", "SO_PAID", "SO_DEBT", "SO_ADVANCE"),
}  # fmt: skip
"""DISTRIBUTOR_BRANCH stands in the same funnel."""
UNTIL_ACCEPTED = {"RECEIVABLES"}
NUMBER = re.compile(r"№ \S+/\d+")
"""Of a document: which of two that are made in the same second gets the lower one is nobody's concern."""


@dataclass(frozen=True)
class Line:
    """A card or a task. `fixed` is the same in every life; `timed` where `at` is the same."""

    fixed: str
    at: str
    timed: str = ""

    def __str__(self) -> str:
        return f"{self.fixed}: {self.timed} ({self.at})"


def of(office: Office) -> list[Line]:
    """Every card and every task."""
    return [*_cards(office), *_tasks(office)]


def differences(one: list[Line], other: list[Line], *, same_moments: bool) -> list[str]:
    """Lines that only one of them has: «− …» the first, «+ …» the second. `same_moments`: nothing may be later than it was."""
    mine, theirs = _by_fixed(one), _by_fixed(other)
    found = []
    for fixed in sorted({*mine, *theirs}):
        here, there = mine[fixed], theirs[fixed]
        moments = {line.at for line in here} & {line.at for line in there}
        kept = [sorted(map(str, (line for line in lines if line.at in moments))) for lines in (here, there)]
        if len(here) != len(there) or kept[0] != kept[1] or (same_moments and len(kept[0]) != len(here)):
            found += [f"− {line}" for line in here] + [f"+ {line}" for line in there]
    return found


def _by_fixed(lines: list[Line]) -> dict[str, list[Line]]:
    found = defaultdict(list)
    for line in lines:
        found[line.fixed].append(line)
    return found


def _cards(office: Office) -> Iterator[Line]:
    for process, names in FIGURES.items():
        for card in office.cards(process):
            said = f"{process}: {card['title']}: {office.stage(card)}, {office.people[int(card['assignedById'])].login}"
            figures = "; ".join(str(card.get(f"UF_CRM_SF_{name}") or "") for name in names)
            moved = _minute(datetime.fromisoformat(card["movedTime"]))
            if process in UNTIL_ACCEPTED:
                yield Line(said, moved, figures)
            else:
                yield Line(f"{said}: {figures}", moved)


def _tasks(office: Office) -> Iterator[Line]:
    for task in office.tasks():
        state = "open" if task.is_open else "done"
        title = NUMBER.sub("№ …", task.title)
        said = f"task {task.code}: {title}: {office.people[task.responsible].login}, {state}"
        yield Line(
            said, _minute(task.created), f"due {_minute(task.deadline)}" if task.deadline else "without a deadline"
        )


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(MOSCOW):%d.%m.%Y %H:%M}"
