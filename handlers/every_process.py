"""What happens to a card of any process: entering a stage, leaving it, tasks and cards touched by people."""

from datetime import datetime

import sqlalchemy as sa

from config import Task
from engine import guard, storage
from engine.deal import Deal
from engine.guard import Lacking
from engine.run import Run
from engine.triggers import (
    on_computed_overwritten,
    on_created,
    on_deleted,
    on_failed,
    on_field,
    on_funnel_left,
    on_incomplete,
    on_left,
    on_signal,
    on_task_closed,
    on_task_deleted,
)
from robots.attach_pdf import attach_pdf
from robots.close_tasks import close_tasks
from robots.comment import comment
from robots.create_task import open_task
from robots.link_child import link_child, unlink_child
from robots.move_card import move_card
from robots.notify import notify
from robots.recreate_task import recreate_task
from robots.renew_task import renew_task
from robots.set_fields import set_fields
from robots.tell_child_state import tell_child_state
from rules import deadline

REGISTER, OWN_BRANCHES = "REGISTRY", "DISTRIBUTOR_BRANCH"
# Why something was not done, as people read it on the card.
REASONS = {
    "Refused": "портал отказал.",
    "Parked": "ответ портала потерян, проверьте, выполнено ли действие.",
    "Waits": "портал занят или недоступен.",
    "Circle": "правила переводят сделку по кругу.",
}

# — entering a stage —


@on_incomplete()
def check_the_entry(run: Run, deal: Deal, lacking: Lacking) -> None:
    """R-07, R-09. A card that lacks what the stage requires goes back and says what is missing; else its plan is set."""
    if _reopened(run, deal) and not _may_reopen(run, deal):
        _refuse(
            run, deal, "Вернуть закрытую сделку в работу может только руководитель отдела или коммерческий директор."
        )
    elif lacking:
        _ask_for(run, deal, lacking)
    else:
        end = _planned_end(run, deal)
        with run.together():
            set_fields(run, deal, block=None, stage_plan=end, **guard.defaults(run, deal))
            _tell_the_parent(run, deal, end)
        if run.change.kind != "created":
            run.begin_after_all()


def _ask_for(run: Run, deal: Deal, lacking: Lacking) -> None:
    text, fill_in = lacking.said, "Заполните эти поля" if lacking.fields else "Исправьте это"
    if run.change.what.get("left") is not None and not run.fact("returned lately", lambda: guard.returned_lately(run)):
        _refuse(run, deal, f"{text}. {fill_in} и переведите сделку ещё раз.", block=text)
        return
    with run.together():
        set_fields(run, deal, block=text)
        comment(
            run,
            deal,
            f"{text}. Сделка остаётся на стадии. {fill_in} и завершите задачу «Заполните обязательные поля»: тогда появятся задачи стадии.",
        )
        open_task(run, deal, run.company.common_tasks["G-FIX"], to=deal.responsible, note=text)
        notify(run, _who_can_fill_in(run, deal), text)
    run.withhold(text)


def _who_can_fill_in(run: Run, deal: Deal) -> int:
    """Whoever moved the card; where the layer did, whose card it is."""
    return deal.responsible if deal.moved_by == run.engine.own_user else deal.moved_by


def _tell_the_parent(run: Run, deal: Deal, end: datetime | None) -> None:
    parent = run.parent(deal)
    if parent is not None:
        tell_child_state(run, parent, due={deal.id: end})


def _refuse(run: Run, deal: Deal, text: str, block: str | None = None) -> None:
    """The card goes back to where it came from; nobody else acts on this move.

    Not if a person has moved it meanwhile, nor if the portal refuses: then `move_card` has asked the person.
    """
    back_to = run.change.what["left"]
    guard.refuse(run, back_to)
    returned = move_card(run, deal, back_to)
    if returned is None or "stands_on" in returned.result:
        guard.expect_no_return(run)
    else:
        title = run.company.processes[deal.process].stages[back_to].title
        with run.together():
            if block:
                set_fields(run, deal, block=block)
            comment(run, deal, f"Сделка возвращена на стадию «{title}». {text}")
            notify(run, _who_can_fill_in(run, deal), f"Сделка возвращена на стадию «{title}». {text}")
    run.withhold(text)


def _reopened(run: Run, deal: Deal) -> bool:
    stages, left = run.company.processes[deal.process].stages, run.change.what.get("left")
    return left in stages and stages[left].semantics != "process" and stages[deal.stage].semantics == "process"


def _may_reopen(run: Run, deal: Deal) -> bool:
    people, process = run.engine.people, run.company.processes[deal.process]
    by = process.stages[run.change.what["left"]].reopened_by
    roles = ("COMMERCIAL_DIRECTOR", process.owner, *([by] if by else []))

    def allowed() -> list[int]:
        responsible = people.user(deal.responsible)
        heads = [people.head_of(responsible)] if responsible is not None else []
        return [*(one.id for one in heads), *(people.in_role(role, deal).id for role in roles), run.engine.own_user]

    return deal.moved_by in run.fact("may reopen", allowed)


def _planned_end(run: Run, deal: Deal) -> datetime | None:
    """Stage entry + the planned duration of the stage, in the responsible's working time; a new card of the layer's may bring it."""
    if deal["stage_plan"] is not None and _was_opened_now(run, deal):
        return deal["stage_plan"]
    plan = run.company.processes[deal.process].stages[deal.stage].plan
    person = run.engine.people.user(deal.responsible)
    if plan is None or person is None:
        return None
    return deadline.parse(plan).count(run.at, person.zone, run.engine.calendar_of(person.city))


def _was_opened_now(run: Run, deal: Deal) -> bool:
    """Whether this is the layer's own opening of the card."""
    own = run.engine.own_user
    return run.change.kind == "created" and int(deal.raw.get("createdBy") or 0) == own == deal.moved_by


@on_created()
def receive_a_new_card(run: Run, deal: Deal) -> None:
    """R-25, R-26. Its parent lists it; a client whose ИНН and КПП another company has as well is compared by the responsible."""
    if deal.parent:
        link_child(run, deal.parent, deal.id)
    twins = run.fact("twins", lambda: _twins_of_a_new_client(run, deal))
    if twins:
        text = f"Контрагент с такими же ИНН и КПП уже есть: {', '.join(f'№{twin}' for twin in twins)}."
        comment(run, deal, text)
        open_task(run, deal, run.company.common_tasks["G-DUP"], to=deal.responsible, note=text)


def _twins_of_a_new_client(run: Run, deal: Deal) -> list[int]:
    """Of a client that nobody has just entered nobody is asked: of children, documents of the register, branches of the distributor."""
    if deal.process == OWN_BRANCHES:
        return []
    if deal.parent and _was_opened_now(run, deal):
        return []
    above = deal.parent or (deal["doc_source"] if deal.process == REGISTER else None)
    source = run.card(above) if above else None
    if source is not None and source.process and source["company"] == deal["company"]:
        return []
    return _companies_with_same_requisites(run, deal["company"])


def _companies_with_same_requisites(run: Run, company: int | None) -> list[int]:
    if company is None:
        return []
    of_company = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": company}
    own = run.engine.ask("crm.requisite.list", {"filter": of_company, "select": ["RQ_INN", "RQ_KPP"]}).result
    twins: set[int] = set()
    for requisite in own:
        if requisite.get("RQ_INN"):
            same = {"ENTITY_TYPE_ID": 4, "RQ_INN": requisite["RQ_INN"], "RQ_KPP": requisite.get("RQ_KPP") or ""}
            found = run.engine.ask(
                "crm.requisite.list", {"filter": same, "select": ["ENTITY_ID", "RQ_INN", "RQ_KPP"]}
            ).result
            twins |= {
                int(one["ENTITY_ID"])
                for one in found
                if one["RQ_INN"] == same["RQ_INN"] and (one.get("RQ_KPP") or "") == same["RQ_KPP"]
            }
    return sorted(twins - {company})


@on_task_closed(code="G-FIX")
def enter_with_what_was_missing(run: Run, deal: Deal) -> None:
    """R-07. The fields of a card that stayed are filled in: its stage acts. Something is still missing: the task goes on."""
    lacking = guard.lacking(run, deal)
    if lacking:
        renew_task(run, run.change.what["task"], lacking.said)
    else:
        run.enter_after_all()


# — leaving a stage —


@on_left()
def close_what_the_stage_left_open(run: Run, deal: Deal) -> None:
    """R-08, R-28. Forwards: tasks of passed stages are closed, those that outlive their stage stay. Back: later ones are cancelled."""
    process = run.company.processes[deal.process]
    order, entered = list(process.stages), run.change.what["stage"]
    if not process.sequential or process.stages[entered].semantics == "failure":
        return
    later = order[order.index(entered) + 1 :]
    if run.change.what["left"] in later:
        because = f"Сделка возвращена на стадию «{process.stages[entered].title}»"
        close_tasks(run, deal, because=because, as_="cancelled", stages=later)
    else:
        outliving = [task.code for task in process.tasks.values() if task.outlives]
        close_tasks(run, deal, because="Стадия пройдена", stages=order[: order.index(entered)], keep=outliving)


@on_funnel_left()
def leave_the_process(run: Run, deal: Deal) -> None:
    """R-19. The card went to another funnel: what the old process asked for is closed."""
    close_tasks(run, deal, because="Сделка переведена в другую воронку", as_="cancelled")


# — tasks touched by people —


@on_task_closed()
def ask_for_the_result(run: Run, deal: Deal | None) -> None:
    """R-16. A task closed without its result is opened again and says what to fill in, twice at most; then its head hears of it."""
    task = _task_of_table(run)
    if task is None or deal is None or not task.result:
        return
    empty = [
        run.engine.dictionary.field(deal.process, name).label for name in task.result if deal[name] in (None, "", [])
    ]
    if not empty:
        return
    row = _task_row(run)
    if run.fact("is over", lambda: _is_over(run, row)):
        run.withhold("Стадия пройдена")
        return
    wanted = f"Заполните в сделке: {', '.join(empty)}"
    if run.fact("renewals", lambda: row.renewals) < run.company.limits.renewals:
        renew_task(run, row.task_id, wanted)
        run.withhold(wanted)
    else:
        people = run.engine.people
        head = run.fact("head", lambda: people.head_of(people.user(row.responsible)).id)
        notify(run, head, f"Задача «{row.title or task.title}» закрыта без результата в третий раз. {wanted}")


def _is_over(run: Run, row: sa.Row) -> bool:
    """Whether the card has left the stage for which the task was set, though it may have come back and have another one."""
    table = storage.tasks
    again = (table.c.deal_id == row.deal_id, table.c.code == row.code, table.c.cycle > row.cycle)
    with run.engine.storage.read() as connection:
        is_set_again = connection.scalar(sa.select(table.c.task_id).where(*again).limit(1)) is not None
    return is_set_again or row.state in ("passed", "cancelled")


@on_task_deleted()
def open_a_deleted_task_again(run: Run, deal: Deal | None) -> None:
    """R-17. A deleted task is opened once more with the same deadline, unless the card has left the stage."""
    row = _task_row(run)
    if _task_of_table(run) is not None and (deal is None or deal.stage == row.stage):
        recreate_task(run, row)


def _task_of_table(run: Run) -> Task | None:
    return run.company.task(run.change.process, run.change.what["code"])


def _task_row(run: Run) -> sa.Row:
    with run.engine.storage.read() as connection:
        return connection.execute(
            sa.select(storage.tasks).where(storage.tasks.c.task_id == run.change.what["task"])
        ).one()


# — cards touched by people —


@on_computed_overwritten()
def say_that_it_is_computed(run: Run, deal: Deal) -> None:
    """R-22. A person overwrote a computed field: the card says that it will be computed again, unless a task asks for it."""
    name = run.change.what["field"]
    if any(name in task.result for task in run.company.processes[deal.process].tasks.values()):
        return
    label = run.engine.dictionary.field(deal.process, name).label
    comment(
        run,
        deal,
        f"Поле рассчитывается автоматически: «{label}». Введённое значение будет заменено при следующем пересчёте.",
    )


@on_field(None, "parent")
def follow_the_parent(run: Run, deal: Deal) -> None:
    """R-25. A person changed whose child the card is: both parents list their children anew."""
    old, new = run.change.what["old"], run.change.what["new"]
    if old:
        unlink_child(run, int(old), deal.id)
    if new:
        link_child(run, int(new), deal.id)


@on_deleted()
def settle_a_deletion(run: Run, deal: Deal) -> None:
    """R-10. Tasks of a deleted card are closed; its parent and its children hear of it."""
    close_tasks(run, deal, because="Сделка удалена", as_="cancelled")
    if deal.parent:
        unlink_child(run, deal.parent, deal.id)
        if (parent := run.parent(deal)) is not None:
            tell_child_state(run, parent)
        comment(run, deal.parent, f"Удалена дочерняя сделка №{deal.id}: {deal.title}")
    for child in run.family_cards():
        if child.parent == deal.id and not child.is_deleted and child.process != "REGISTRY":
            comment(run, child, "Родительская сделка удалена")
            open_task(run, child, run.company.common_tasks["G-ORPHAN"], to=child.responsible)


# — what went wrong —


@on_failed()
def tell_that_it_failed(run: Run, deal: Deal | None) -> None:
    """R-18. A dead letter: the administrator is told, and the card says what was not done."""
    what = run.change.what
    because = f"{REASONS.get(what['kind'], 'ошибка программы.')} {what['said']}".strip()
    how = f"Повтор: flask retry {what['run']}; отказаться: flask park {what['run']}."
    notify(run, "ADMIN", f"Не выполнено автоматически: {because}\n{how}\nПодробности: {what['why']}", urgent=True)
    if deal is not None and not deal.is_deleted:
        comment(run, deal, f"Не выполнено автоматически: {because}\nАдминистратор уведомлён. {how}")


# — documents —


@on_signal(None, "document_filled")
def put_the_pdf_beside_it(run: Run, deal: Deal) -> None:
    """The PDF of a document that was just filled lies on the card beside its DOCX."""
    attach_pdf(run, deal, run.change.what["document"])
