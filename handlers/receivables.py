"""RECEIVABLES, «Отчёт по ДЗ»: every week each manager says what is known of late payments (spec §6.5).

A card is one manager's week. What he says stands on the cards of the shipments, which are of other families: whatever is
said there is told to the week's report, and the report counts itself anew (robots/recount_report.py). What the clock does
stands in jobs/receivables.py and its neighbours.
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from engine import guard, storage
from engine.deal import Deal
from engine.run import Run
from engine.triggers import on_field, on_signal, on_stage, on_task_closed, requires
from robots.close_tasks import close_tasks
from robots.comment import comment
from robots.create_task import create_task, deadline_of
from robots.find_debtors import OWING
from robots.move_card import move_card
from robots.notify import notify
from robots.read_comment import read_comment
from robots.recount_report import Counted, hand_in, is_too_late, note_when_handed_in, recount_report, week_of
from robots.renew_task import renew_task
from robots.set_fields import set_fields
from robots.tell_reports import tell_reports
from rules import debtors, reading, receivables_week
from rules.periods import Week

SAID = ("dz_reason", "dz_promise", "dz_note")
REWORK = "4рч"
CHECKING = (
    "Отчёт в порядке — завершите задачу. На доработку — напишите в карточке комментарий и верните её на стадию «{}»."
)
HOW = "В карточке каждой отгрузки заполните «Причина просрочки» и «Обещанная дата оплаты» или нажмите «ДЗ: без изменений»:"

# — what a manager says of a debtor, on the card of the shipment —


def take_what_is_said(run: Run, shipment: Deal) -> None:
    """RC-T2. The information is of today, and the week's report hears of it; once a save, however many fields it changed."""
    edits = run.edits(*SAID)
    if next(iter(edits), run.change.what["field"]) != run.change.what["field"]:
        return
    if any(one["new"] for one in edits.values()):
        set_fields(run, shipment, dz_updated=run.at)
    tell_reports(run, shipment.id)


def confirm_what_was_said(run: Run, shipment: Deal) -> None:
    """RC-T2, E-RC-9. «Без изменений» is said today as well, as long as the promised day is still to come."""
    confirmed = debtors.may_confirm(shipment["dz_promise"], run.at.astimezone(run.zone(shipment)).date())
    with run.together():
        if confirmed:
            set_fields(run, shipment, dz_same=None, dz_updated=run.at)
        else:
            set_fields(run, shipment, dz_same=None)
            text = _not_confirmed(shipment)
            comment(run, shipment, text)
            notify(run, run.change.what["by"] or "SALES", text)
    if confirmed:
        tell_reports(run, shipment.id)


def _not_confirmed(shipment: Deal) -> str:
    promise = shipment["dz_promise"]
    because = f"обещанная дата оплаты {reading.day_text(promise)} наступила" if promise else "обещанной даты оплаты нет"
    return f"«Без изменений» подтвердить нельзя: {because}. Укажите новую обещанную дату оплаты."


for _process in OWING:
    on_field(_process, "dz_same")(confirm_what_was_said)
    for _name in SAID:
        on_field(_process, _name)(take_what_is_said)


# — the report is asked for —


@requires("RECEIVABLES", "NEW")
def a_week_that_has_a_report(run: Run, card: Deal) -> Iterator[str]:
    """RC-T1. A card that somebody makes by hand names a week with a last working day."""
    text = card["dz_week"]
    try:
        day = text and receivables_week.report_day(Week.parse(text), run.engine.calendar_of(None))
    except ValueError:
        yield guard.Obstacle(
            f"Отчётная неделя «{text}» не читается: укажите год и номер недели, например {Week.example}"
        )
    else:
        if text and day is None:
            yield guard.Obstacle(f"На неделе {text} нет рабочих дней: отчёта по ней нет")


@on_stage("RECEIVABLES", "NEW")
def ask_for_the_report(run: Run, card: Deal) -> None:
    """RC-T1, RC-T5, E-RC-8. The manager has a task with a line for each debtor; what was returned is done over in four hours.

    Where everything was said before it could be asked for, the report is handed in at once.
    """
    match run.change.what.get("left"):
        case "CHECK":
            _ask_again(run, card)
        case None:
            _ask(run, card, week_of(run, card).deadline)
        case _:  # opened again
            _ask(run, card, deadline_of(run, card, "RC-1", within=REWORK))


def _ask(run: Run, card: Deal, deadline: datetime) -> None:
    counted = recount_report(run, card)
    items = [debtors.item(one) for one in counted.debtors]
    with run.together():
        set_fields(run, card, stage_plan=deadline)
        create_task(run, card, "RC-1", by=deadline, note=_how(run, counted), checklist=items)
    if counted.is_complete and run.change.what.get("left") is None:
        hand_in(run, card)


def _how(run: Run, counted: Counted) -> str:
    """Where the manager says what is known: a line for each debtor, with the way to its card."""
    lines = [f"{one.name}: {run.portal.address}/crm/deal/details/{one.deal_id}/" for one in counted.debtors]
    return "\n".join([HOW, *lines]) if lines else ""


def _ask_again(run: Run, card: Deal) -> None:
    """RC-T5. What the coordinator wrote goes with the task."""
    since = datetime.fromisoformat(run.fact("checked since", lambda: _checked_since(run, card)))
    said = read_comment(run, card, by=card.moved_by, since=since)
    counted, deadline = recount_report(run, card), deadline_of(run, card, "RC-1", within=REWORK)
    text = (
        f"Отчёт возвращён на доработку: {said}" if said else "Отчёт возвращён на доработку, см. комментарии в карточке."
    )
    with run.together():
        set_fields(run, card, dz_returns=(card["dz_returns"] or 0) + 1, stage_plan=deadline)
        create_task(
            run,
            card,
            "RC-1",
            by=deadline,
            again="доработка",
            note=f"{text}\n{_how(run, counted)}",
        )
        notify(run, "SALES", text)


def _checked_since(run: Run, card: Deal) -> str:
    """When the card last came to the coordinator."""
    records = storage.stage_records
    which = (records.c.deal_id == card.id, records.c.stage == "CHECK", records.c.id < card.history_id)
    with run.engine.storage.read() as connection:
        at = connection.scalar(sa.select(sa.func.max(records.c.at)).where(*which))
    return (at or run.at).isoformat()


# — the report is made —


@on_signal("RECEIVABLES", "debtor")
def follow_a_debtor(run: Run, card: Deal) -> None:
    """RC-T2, E-RC-5. A line was filled in or paid: sums and gaps follow, and a report without gaps is handed in.

    One that was returned is handed in by closing its task, as nobody knows which of the changes is the last. After its last
    chance it waits for the clock to give it up (RC-T8).
    """
    if card.stage not in ("NEW", "CHECK"):
        return
    counted = recount_report(run, card)
    if card.stage == "NEW" and counted.is_complete and not card["dz_returns"] and not is_too_late(run, card, run.at):
        hand_in(run, card)


@on_task_closed("RECEIVABLES", "RC-1")
def take_the_report(run: Run, card: Deal) -> None:
    """RC-T3, R-16. A task closed with gaps is opened again, twice at most, and says which; without gaps the report is handed in."""
    if card.stage != "NEW" or is_too_late(run, card, run.at):
        return
    counted, task = recount_report(run, card), run.change.what["task"]
    if not counted.gaps:
        hand_in(run, card)
        return
    wanted = f"Заполните в карточках отгрузок:\n{counted.gaps}"
    if run.fact("renewals", lambda: _renewals(run, task)) < run.company.limits.renewals:
        renew_task(run, task, wanted)
    else:
        notify(run, "H-SALES", f"Отчёт по ДЗ закрыт незаполненным в третий раз. {wanted}")


def _renewals(run: Run, task: int) -> int:
    with run.engine.storage.read() as connection:
        return connection.scalar(sa.select(storage.tasks.c.renewals).where(storage.tasks.c.task_id == task))


# — the report is checked —


@requires("RECEIVABLES", "CHECK")
def a_report_without_gaps(run: Run, card: Deal) -> Iterator[str]:
    """RC-T2. Every line must be complete."""
    if card["dz_gaps"]:
        yield guard.Obstacle(f"Не заполнено по должникам: {'; '.join(card['dz_gaps'].splitlines())}")


@on_stage("RECEIVABLES", "CHECK")
def have_it_checked(run: Run, card: Deal) -> None:
    """RC-T4, E-RC-5. Debts are counted anew, what was paid meanwhile stays as «оплачено»; the coordinator looks at it."""
    note_when_handed_in(run, card)
    counted = recount_report(run, card)
    how = CHECKING.format(run.company.processes[card.process].stages["NEW"].title)
    create_task(run, card, "RC-2", note=f"{how}\n{debtors.table(counted.debtors)}")


@on_task_closed("RECEIVABLES", "RC-2")
def accept_the_report(run: Run, card: Deal) -> None:
    """RC-T4. The coordinator has closed the task: the report is accepted. To have it done over, the card goes back."""
    if card.stage == "CHECK":
        move_card(run, card, "WON")


@on_stage("RECEIVABLES", "WON")
def accept_it_unchecked(run: Run, card: Deal) -> None:
    """RC-T4. A report that people accept without having it checked is handed in by that."""
    if card["dz_list"]:
        note_when_handed_in(run, card)


@on_stage("RECEIVABLES", "LOSE")
def give_it_up(run: Run, card: Deal) -> None:
    """RC-T8. Nobody is asked any more."""
    close_tasks(run, card, because="Отчёт не предоставлен")
