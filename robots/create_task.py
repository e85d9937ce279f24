"""Open a task of the process' table for whoever fills its role, with a deadline in their working time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from config import Task
from engine import storage
from engine.deal import Deal
from engine.ledger import Effect, verb
from engine.people import MOSCOW, Person
from engine.run import KEY, Doing, Run
from rules import absence, deadline
from rules.absence import Absence

TODAY = "0рд"


def create_task(
    run: Run,
    deal: Deal,
    code: str,
    *,
    to: str | int | None = None,
    within: str | None = None,
    by: datetime | None = None,
    day: date | None = None,
    note: str = "",
    once: str | None = None,
) -> Doing:
    """Task `code` of the card's process exists once for this change, with its checklist.

    `to`: another role, or a user id; `within`: another span than the table's; `by`: an exact deadline; `day`: the date that
    a span «D…» is counted from; `note`: a line for the description; `once`: the subject for which the card has it once,
    however often this trigger asks. On a stage entered again the title says « (повтор N)» (R-08).
    https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-add.html
    """
    task = run.company.processes[deal.process].tasks[code]
    return open_task(run, deal, task, to=to, within=within, by=by, day=day, note=note, once=once)


def open_task(
    run: Run,
    deal: Deal,
    task: Task,
    *,
    to: str | int | None = None,
    within: str | None = None,
    by: datetime | None = None,
    day: date | None = None,
    note: str = "",
    once: str | None = None,
) -> Doing:
    """The same for a task that belongs to every process (config/common_tasks.yaml)."""
    doer = _doer(run, deal, task, to, within or task.deadline, by, day)
    person, due = doer.person, doer.due
    repeat = f" (повтор {deal.cycle})" if deal.cycle and not task.once else ""
    fields = {
        "TITLE": f"{task.title}{repeat} — {deal.title}",
        "DESCRIPTION": "\n".join(
            filter(None, [run.portal.address + deal.path, note, *_result_lines(run, deal, task), f"Ключ: {KEY}"])
        ),
        "RESPONSIBLE_ID": person.id,
        "DEADLINE": due.isoformat(),
        "ALLOW_CHANGE_DEADLINE": "N" if task.fixed else "Y",
        "XML_ID": KEY,
        "UF_CRM_TASK": [f"D_{deal.id}"],
    }
    if observers := _observers(run, deal, task, doer):  # an empty list cannot travel in a batch
        fields["AUDITORS"] = observers
    memo = {
        "code": task.code, "process": deal.process, "stage": _stage(run, deal), "cycle": deal.cycle,
        "responsible": person.id, "started_at": run.at.isoformat(), "deadline": due.isoformat(),
    }  # fmt: skip
    with run.together():
        once = "task" if task.once else once
        opened = run.do(
            CREATE_TASK, task.code, "tasks.task.add", {"fields": fields}, deal_id=deal.id, memo=memo, once=once
        )
        for item in task.checklist:
            params = {"TASKID": opened.ref("task", "id"), "FIELDS": {"TITLE": item}}
            run.do(ADD_ITEM, f"{task.code} {item}", "task.checklistitem.add", params, deal_id=deal.id, once=once)
    return opened


def deadline_of(run: Run, deal: Deal, code: str, *, within: str | None = None) -> datetime:
    """When a task of that code would be due if it were set now; the person is whoever would do it."""
    task = run.company.processes[deal.process].tasks[code]
    return _doer(run, deal, task, None, within or task.deadline).due


def _stage(run: Run, deal: Deal) -> str:
    """The stage whose entry asked for the task; the card may have gone on by now."""
    of_this_card = run.change.is_entry and run.change.deal_id == deal.id
    return run.change.what["stage"] if of_this_card else deal.stage


@dataclass(frozen=True)
class _Doer:
    """Who does a task, and until when; `watches`: who would have done it, and is away."""

    person: Person
    due: datetime
    watches: Person | None = None


def _doer(
    run: Run,
    deal: Deal,
    task: Task,
    to: str | int | None,
    span: str,
    by: datetime | None = None,
    day: date | None = None,
) -> _Doer:
    """R-12. Who is away for a part of the time does it later; who is away for all of it watches the deputy do it."""
    person, away = _responsible(run, deal, task, to)
    started, count = (run.at, _always(by)) if by else _counting(run, deal, person, span, day)
    due = count(started)
    if task.fixed or deadline.parse(span).anchor:
        count = _always(due)
    decision = absence.decide(started, count, away, person.zone, run.engine.calendar_of(person.city))
    if not decision.by_deputy:
        return _Doer(person, decision.due)
    role = to if isinstance(to, str) else task.role
    instead_of = run.engine.people.instead_of
    deputy = run.fact(f"{task.code} deputy {deal.id} {due}", lambda: instead_of(person, started, due, role).id)
    return _Doer(run.engine.people.user(deputy), due, person)


def _always(due: datetime) -> Callable[[datetime], datetime]:
    return lambda _: due


def _responsible(run: Run, deal: Deal, task: Task, to: str | int | None) -> tuple[Person, list[Absence]]:
    """Whose task it is, and when they are away, as it was known when they were chosen."""
    people = run.engine.people

    def choose() -> list:
        one = people.active(people.user(to)) if isinstance(to, int) else people.in_role(to or task.role, deal)
        days = people.absences.of(one.id, since=run.at.date() - timedelta(days=1))
        return [one.id, *([away.first.isoformat(), away.last.isoformat()] for away in days)]

    person, *days = run.fact(f"{task.code} whose {deal.id}", choose)
    return people.user(person), [Absence(*map(date.fromisoformat, pair)) for pair in days]


def _observers(run: Run, deal: Deal, task: Task, doer: _Doer) -> list[int]:
    """Whoever the table names, and who is away (R-12)."""
    watches = [doer.watches.id] if doer.watches else []
    if task.observers:
        in_role = run.engine.people.in_role
        name = f"{task.code} observers {deal.id}"
        watches += run.fact(name, lambda: [in_role(role, deal).id for role in task.observers])
    return [one for one in dict.fromkeys(watches) if one != doer.person.id]


def due_at(run: Run, deal: Deal, person: Person, span: str, day: date | None = None) -> datetime:
    """Counted from the change on the portal, or from `day`; if that has passed already, from now (spec §1)."""
    started, count = _counting(run, deal, person, span, day)
    return count(started)


def _counting(
    run: Run, deal: Deal, person: Person, span: str, day: date | None
) -> tuple[datetime, Callable[[datetime], datetime]]:
    """From when the time of a task runs, and how its deadline follows from that."""
    parsed = deadline.parse(span)
    zone, calendar = _zone(run, deal, person, parsed.zone), run.engine.calendar_of(person.city)
    if parsed.count(run.at, zone, calendar, day) > run.now:
        return run.at, lambda start: parsed.count(start, zone, calendar, day)
    late = deadline.parse(TODAY) if parsed.anchor else parsed
    return run.now, lambda start: late.count(start, zone, calendar)


def _zone(run: Run, deal: Deal, person: Person, of: str | None) -> ZoneInfo:
    city = run.company.cities.get(deal["city"] or "")
    return {"мск": MOSCOW, "город": ZoneInfo(city.zone) if city else person.zone}.get(of or "исп", person.zone)


def _result_lines(run: Run, deal: Deal, task: Task) -> list[str]:
    """What the person shall fill in before closing the task."""
    labels = [run.engine.dictionary.field(deal.process, name).label for name in task.result]
    wanted = "; ".join(filter(None, [*(f"поле «{label}»" for label in labels), task.result_note]))
    return [f"Результат: {wanted}"] if wanted else []


def _find(engine, effect: Effect) -> dict | None:
    """The deal's tasks are asked for; the key is compared here, as the portal cannot filter by it."""
    params = {"filter": {"UF_CRM_TASK": f"D_{effect.deal_id}"}, "select": ["ID", "XML_ID"], "order": {"ID": "desc"}}
    start: int | None = 0
    while start is not None:
        answer = engine.ask("tasks.task.list", {**params, "start": start})
        for task in answer.result["tasks"]:
            if task.get("xmlId") == effect.key:
                return {"task": {"id": task["id"]}, "adopted": True}
        start = answer.next
    return None


def _settle(engine, tx: sa.Connection, effect: Effect, result: dict) -> None:
    """Remember the task; one that was adopted is looked at, as people may have closed it already."""
    task_id, memo = int(result["task"]["id"]), effect.memo
    due, started = datetime.fromisoformat(memo["deadline"]), datetime.fromisoformat(memo["started_at"])
    row = {
        "task_id": task_id, "effect_key": effect.key, "code": memo["code"], "process": memo["process"], "deal_id": effect.deal_id,
        "stage": memo["stage"], "cycle": memo["cycle"], "responsible": memo["responsible"], "original_responsible": memo["responsible"],
        "started_at": started, "deadline": due, "original_deadline": due, "state": "open",
        "moves": 0, "renewals": memo.get("renewals", 0),
    }  # fmt: skip
    engine.storage.upsert(tx, storage.tasks, row)
    if "adopted" in result:
        engine.observer.ring(tx, "task", task_id)


def _find_item(engine, effect: Effect) -> int | None:
    params = engine.ledger.resolved(effect)
    answer = engine.ask("task.checklistitem.getlist", {"TASKID": params["TASKID"]})
    same = [item for item in answer.result if item["TITLE"] == params["FIELDS"]["TITLE"]]
    return int(same[0]["ID"]) if same else None


CREATE_TASK = verb("create_task", find=_find, settle=_settle, check=lambda result: int(result["task"]["id"]) > 0)
ADD_ITEM = verb("add_checklist_item", find=_find_item, check=lambda result: int(result) > 0)
