"""Open a task of the process' table for whoever fills its role, with a deadline in their working time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

import sqlalchemy as sa

from config import Task
from engine import storage
from engine.deal import Deal
from engine.ledger import Effect, Verb, verb
from engine.run import KEY, Doing, Run
from robots.choose_doer import Doer, choose_doer

CLOCKS_DIFFER = timedelta(hours=1)  # ours and the portal's, by no more than that
NOTHING: Mapping[str, str] = MappingProxyType({})


def create_task(
    run: Run,
    deal: Deal,
    code: str,
    *,
    to: str | int | None = None,
    within: str | None = None,
    by: datetime | None = None,
    day: date | None = None,
    title: str | None = None,
    filled: Mapping[str, str] = NOTHING,
    note: str = "",
    checklist: Sequence[str] = (),
    files: Sequence[int] = (),
    once: str | None = None,
    again: str | None = None,
) -> Doing:
    """Task `code` of the card's process exists once for this change, with its checklist.

    `to`: another role, or a user id; `within`: another span than the table's; `by`: an exact deadline; `day`: the date that
    a span «D…» is counted from; `filled`: what stands in {…} of the title; `title`: instead of the table's; `note`: a line for the description;
    `checklist`: further items; `files`: ids of files of the Disk that hang on it; `once`: the subject for which the card has it
    once, however often this trigger asks. On a stage entered again the title says « (повтор N)» (R-08), or what
    `again` says instead of it.
    https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-add.html
    """
    task = run.company.processes[deal.process].tasks[code]
    return open_task(
        run, deal, task, to=to, within=within, by=by, day=day, title=title, filled=filled, note=note,
        checklist=checklist, files=files, once=once, again=again,
    )  # fmt: skip


def open_task(
    run: Run,
    deal: Deal,
    task: Task,
    *,
    to: str | int | None = None,
    within: str | None = None,
    by: datetime | None = None,
    day: date | None = None,
    title: str | None = None,
    filled: Mapping[str, str] = NOTHING,
    note: str = "",
    checklist: Sequence[str] = (),
    files: Sequence[int] = (),
    once: str | None = None,
    again: str | None = None,
) -> Doing:
    """The same for a task that belongs to every process (config/common_tasks.yaml)."""
    doer = choose_doer(run, deal, task, to, within, by, day)
    repeat = f" ({again or f'повтор {deal.cycle}'})" if deal.cycle and not task.once else ""
    title = fill_in(title or task.title, filled)
    lines = [run.portal.address + deal.path, note, *_result_lines(run, deal.process, task)]
    fields = _fields(task, f"{title}{repeat} — {deal.title}", lines, doer, files) | {"UF_CRM_TASK": [f"D_{deal.id}"]}
    memo = _memo(run, task, deal.process, doer, title, checklist)
    memo |= {"stage": _stage(run, deal), "cycle": deal.cycle}
    return add_task(run, CREATE_TASK, fields, memo, deal_id=deal.id, once="task" if task.once else once)


def create_task_of_no_card(
    run: Run,
    process: str | None,
    code: str,
    *,
    to: str | int | None = None,
    within: str | None = None,
    by: datetime | None = None,
    day: date | None = None,
    title: str | None = None,
    filled: Mapping[str, str] = NOTHING,
    note: str = "",
    checklist: Sequence[str] = (),
    files: Sequence[int] = (),
) -> Doing:
    """Task `code` of the process, or of every process (None), exists once for this change and belongs to no card.

    The rest as `create_task`. What is asked of people about it — lateness, dismissal, deletion — is as with any other;
    `@on_task_closed(process, code)` hears of its end, with None for the card.
    """
    task = run.company.task(process, code)
    doer = choose_doer(run, None, task, to, within, by, day)
    title, lines = fill_in(title or task.title, filled), [note, *_result_lines(run, process, task)]
    fields = _fields(task, title, lines, doer, files)
    memo = _memo(run, task, process, doer, title, checklist) | {"stage": None, "cycle": 0}
    return add_task(run, CREATE_TASK_OF_NO_CARD, fields, memo)


def add_task(
    run: Run, how: Verb, fields: dict, memo: dict, *, deal_id: int | None = None, once: str | None = None
) -> Doing:
    """Send a task with the checklist of its memo."""
    code = memo["code"]
    with run.together():
        opened = run.do(how, code, "tasks.task.add", {"fields": fields}, deal_id=deal_id, memo=memo, once=once)
        for item in memo["checklist"]:
            params = {"TASKID": opened.ref("task", "id"), "FIELDS": {"TITLE": item}}
            run.do(ADD_ITEM, f"{code} {item}", "task.checklistitem.add", params, deal_id=deal_id, once=once)
    return opened


def _fields(task: Task, title: str, lines: list[str], doer: Doer, files: Sequence[int]) -> dict:
    fields = {
        "TITLE": title, "DESCRIPTION": "\n".join(filter(None, [*lines, doer.note, f"Ключ: {KEY}"])), "RESPONSIBLE_ID": doer.person.id,
        "DEADLINE": doer.due.isoformat(), "ALLOW_CHANGE_DEADLINE": "N" if task.fixed else "Y", "XML_ID": KEY,
    }  # fmt: skip
    if doer.observers:  # an empty list cannot travel in a batch
        fields["AUDITORS"] = doer.observers
    return fields | ({"UF_TASK_WEBDAV_FILES": [f"n{file}" for file in files]} if files else {})


def _memo(run: Run, task: Task, process: str | None, doer: Doer, title: str, checklist: Sequence[str]) -> dict:
    return {
        "code": task.code, "process": process, "responsible": doer.person.id, "started_at": run.at.isoformat(),
        "deadline": doer.due.isoformat(), "title": title, "checklist": list(dict.fromkeys((*task.checklist, *checklist))),
    }  # fmt: skip


def title_of(engine, task_id: int) -> str:
    """What a task of the layer is called, without the title of its card."""
    tasks = storage.tasks
    with engine.storage.read() as connection:
        row = connection.execute(sa.select(tasks).where(tasks.c.task_id == task_id)).one()
    of_table = engine.company.task(row.process, row.code)
    return row.title or (of_table.title if of_table else row.code)


def fill_in(title: str, filled: Mapping[str, str]) -> str:
    """«Подготовьте отчёт за {месяц}» with what the handler says for each name in braces. Raises KeyError for one it forgot."""
    return re.sub(r"\{(\w+)\}", lambda found: filled[found[1]], title)


def deadline_of(run: Run, deal: Deal, code: str, *, within: str | None = None) -> datetime:
    """When a task of that code would be due if it were set now; the person is whoever would do it."""
    task = run.company.processes[deal.process].tasks[code]
    return choose_doer(run, deal, task, within=within).due


def _stage(run: Run, deal: Deal) -> str:
    """The stage whose entry asked for the task; the card may have gone on by now."""
    of_this_card = run.change.is_entry and run.change.deal_id == deal.id
    return run.change.what["stage"] if of_this_card else deal.stage


def _result_lines(run: Run, process: str | None, task: Task) -> list[str]:
    """What the person shall fill in before closing the task."""
    labels = [run.engine.dictionary.field(process, name).label for name in task.result]
    wanted = "; ".join(filter(None, [*(f"поле «{label}»" for label in labels), task.result_note]))
    return [f"Результат: {wanted}"] if wanted else []


def _find(engine, effect: Effect) -> dict | None:
    """The deal's tasks are asked for; the key is compared here, as the portal cannot filter by it."""
    return _found(engine, effect, {"UF_CRM_TASK": f"D_{effect.deal_id}"}, "desc")


def _find_of_no_card(engine, effect: Effect) -> dict | None:
    """Whoever has it by now, the layer has set it, and not before it was asked for."""
    since = datetime.fromisoformat(effect.memo["started_at"]) - CLOCKS_DIFFER
    return _found(engine, effect, {"CREATED_BY": engine.own_user, ">=CREATED_DATE": since.isoformat()}, "asc")


def _found(engine, effect: Effect, which: dict, order: str) -> dict | None:
    params = {"filter": which, "select": ["ID", "XML_ID"], "order": {"ID": order}}
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
        "moves": 0, "renewals": memo.get("renewals", 0), "title": memo.get("title"),
    }  # fmt: skip
    engine.storage.upsert(tx, storage.tasks, row)
    if "adopted" in result:
        engine.observer.ring(tx, "task", task_id)


def _settle_of_no_card(engine, tx: sa.Connection, effect: Effect, result: dict) -> None:
    _settle(engine, tx, replace(effect, deal_id=None), result)


def _find_item(engine, effect: Effect) -> int | None:
    params = engine.ledger.resolved(effect)
    answer = engine.ask("task.checklistitem.getlist", {"TASKID": params["TASKID"]})
    same = [item for item in answer.result if item["TITLE"] == params["FIELDS"]["TITLE"]]
    return int(same[0]["ID"]) if same else None


def _is_made(result: dict) -> bool:
    return int(result["task"]["id"]) > 0


CREATE_TASK = verb("create_task", find=_find, settle=_settle, check=_is_made)
CREATE_TASK_OF_NO_CARD = verb(
    "create_task_of_no_card", find=_find_of_no_card, settle=_settle_of_no_card, check=_is_made
)
ADD_ITEM = verb("add_checklist_item", find=_find_item, check=lambda result: int(result) > 0)
