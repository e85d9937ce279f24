"""Keep a parent's list of its children (R-25): Bitrix24 knows no deal above a deal."""

from engine.deal import Deal
from engine.run import Doing, Run
from robots.set_fields import set_fields


def link_child(run: Run, parent_id: int, child_id: int) -> Doing | None:
    """The parent's «Дочерние сделки» name the child."""
    return _change(run, parent_id, lambda children: [*children, child_id] if child_id not in children else children)


def unlink_child(run: Run, parent_id: int, child_id: int) -> Doing | None:
    """The parent's «Дочерние сделки» no longer name the child."""
    return _change(run, parent_id, lambda children: [one for one in children if one != child_id])


def _change(run: Run, parent_id: int, change) -> Doing | None:
    parent: Deal | None = run.card(parent_id)
    if parent is None or parent.is_deleted or parent.process is None:
        return None
    children = run.fact(f"children of {parent_id}", lambda: change(parent["children"] or []))
    return set_fields(run, parent, children=children)
