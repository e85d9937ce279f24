"""Every night: what dismissed people were responsible for goes to whoever stands in for them (R-11)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal, load_card
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.comment import comment
from robots.notify import notify
from robots.set_fields import set_fields
from robots.update_task import hand_over_task


@daily("02:00", zone="Europe/Moscow", newest_only=True)
def find_the_dismissed(engine, period: Period) -> Iterator[Subject]:
    """R-11. One subject a card whose responsible or whose tasks' responsible is dismissed, one a task of no card, and one
    digest a new owner."""
    engine.people.refresh()
    dismissed = {person.id for person in engine.people.everybody() if not person.is_active}
    cards = {card.id: card for card in engine.open_cards_of(dismissed)}
    tasks = _tasks_of(engine, dismissed)
    digest: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for deal_id in sorted(cards.keys() | tasks.keys()):
        card = cards.get(deal_id) or _known(engine, deal_id)
        owner = card.responsible if deal_id in cards else None
        people = {owner, *(person for _, person in tasks.get(deal_id, []))} - {None}
        to = {person: _instead_of(engine, person, card) for person in people}
        if owner in dismissed:
            digest[to[owner]][0] += 1
        for _, person in tasks.get(deal_id, []):
            digest[to[person]][1] += 1
        hand_over = {
            "owner": to.get(owner) if owner in dismissed else None,
            "tasks": [[task, to[person]] for task, person in tasks.get(deal_id, [])],
        }
        yield Subject(f"deal-{deal_id}", deal_id, card.process if deal_id in cards else None, hand_over)
    for task, process, person in _tasks_of_no_card(engine, dismissed):
        to = engine.people.active(engine.people.user(person)).id
        digest[to][1] += 1
        yield Subject(f"task-{task}", None, process, {"task": task, "owner": None, "tasks": [[task, to]]})
    for person, (deals, open_tasks) in digest.items():
        yield Subject(f"digest-{person}", what={"digest": person, "deals": deals, "tasks": open_tasks})


def _known(engine, deal_id: int) -> Deal | None:
    """A card as the layer last knew it."""
    with engine.storage.read() as connection:
        card = load_card(connection, deal_id)
    return Deal(engine.dictionary, card) if card is not None else None


def _instead_of(engine, person: int, card: Deal | None) -> int:
    """Whoever stands in for the person; for one whom the card names in a field, whoever gets the card's next task (E-RG-4)."""
    process = engine.company.processes.get(card.process) if card is not None else None
    role = engine.company.roles.get(process.responsible) if process is not None else None
    if role is not None and role.field and person in (card.responsible, card[role.field]):
        return engine.people.in_role(role.code, card).id
    return engine.people.active(engine.people.user(person)).id


def _tasks_of(engine, people: set[int]) -> dict[int, list[tuple[int, int]]]:
    """Open tasks: deal → [(task, responsible)]."""
    found = defaultdict(list)
    for row in _open_tasks(engine, people, storage.tasks.c.deal_id.is_not(None)):
        found[row.deal_id].append((row.task_id, row.responsible))
    return found


def _tasks_of_no_card(engine, people: set[int]) -> list[tuple[int, str | None, int]]:
    """(task, process, responsible)."""
    rows = _open_tasks(engine, people, storage.tasks.c.deal_id.is_(None))
    return [(row.task_id, row.process, row.responsible) for row in rows]


def _open_tasks(engine, people: set[int], which: sa.ColumnElement) -> Sequence[sa.Row]:
    table = storage.tasks
    query = sa.select(table).where(table.c.state == "open", table.c.responsible.in_(people), which)
    with engine.storage.read() as connection:
        return connection.execute(query.order_by(table.c.task_id)).all()


@find_the_dismissed.each
def hand_everything_over(run: Run, deal: Deal | None) -> None:
    """R-11. Tasks and card have a new responsible; the card says so; the new owner gets one digest."""
    what = run.change.what
    if "digest" in what:
        notify(
            run,
            what["digest"],
            f"Вам переданы дела уволенного сотрудника: сделок — {what['deals']}, задач — {what['tasks']}.",
        )
        return
    with run.together():
        for task, person in what["tasks"]:
            hand_over_task(run, task, person, deal_id=run.change.deal_id)
        if what["owner"]:
            set_fields(run, deal, responsible=what["owner"])
        if deal is not None:
            comment(run, deal, _handed_over(run, what["owner"], [person for _, person in what["tasks"]]))


def _handed_over(run: Run, owner: int | None, doers: list[int]) -> str:
    people = run.engine.people
    parts = [f"Сделка передана: {people.user(owner).name}."] if owner else []
    if doers:
        names = ", ".join(people.user(person).name for person in dict.fromkeys(doers))
        parts.append(f"Открытые задачи переданы: {names}.")
    return " ".join(["Сотрудник уволен.", *parts])
