"""Show on a parent where each of its children stands: «Состояние дочерних сделок»."""

from datetime import datetime

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Doing, Run
from robots.set_fields import set_fields


def tell_child_state(run: Run, parent: Deal, *, due: dict[int, datetime | None] | None = None) -> Doing | None:
    """One line a child, «№, воронка, стадия, ответственный, срок» (spec §4.1), from what the layer knows of them now.

    `due`: planned ends of stages that this very run has set, by the child's id.
    """
    children = [child for child in run.children(parent) if child.process and child.process != "REGISTRY"]
    ends = {child.id: child["stage_plan"] for child in children} | (due or {})
    lines = run.fact(
        f"children of {parent.id} stand", lambda: [_line(run, child, ends[child.id]) for child in children]
    )
    return set_fields(run, parent, child_state="\n".join(lines))


def _line(run: Run, child: Deal, end: datetime | None) -> str:
    process = run.company.processes[child.process]
    stage = process.stages.get(child.stage)
    person = run.engine.people.user(child.responsible)
    said = [f"№{child.id}", process.funnel, stage.title if stage else child.stage, person.name if person else ""]
    if end is not None and child.is_open(run.company):
        said.append(f"до {end.astimezone(person.zone if person else MOSCOW):%d.%m.%Y %H:%M}")
    return ", ".join(filter(None, said))
