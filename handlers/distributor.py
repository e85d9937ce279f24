"""DISTRIBUTOR, «Дистрибьюторы», «Сводная по менеджеру»: a manager's month, counted anew from its branches (spec §9).

It is opened by jobs/distributor_month.py, shut by jobs/distributor_cut_off.py; its branches are handlers/distributor_branch.py.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from engine import guard, storage
from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.triggers import on_child, on_computed_overwritten, on_field, on_signal, on_stage, on_task_closed, requires
from robots.attach_to_task import attach_to_task
from robots.close_tasks import close_tasks
from robots.comment import comment
from robots.count_month import BRANCH, SUMMARY, count_month, is_settled, office_of, tell_next
from robots.create_task import create_task
from robots.hand_over_month import hand_over_month, report_month
from robots.keep_months import frozen, left_over, month_of, thaw
from robots.move_card import move_card
from robots.notify import notify
from robots.open_branches import ask_for_the_report, open_branches
from robots.renew_task import renew_task
from robots.set_fields import set_fields
from robots.tell_child_state import tell_child_state
from rules import money, reading
from rules.bonus import ZERO
from rules.periods import Month

HANDED_OVER, ACCRUES = ("ACCOUNTING", "WON"), "DS-3"
TOO_LATE = (
    "Следующий месяц уже передан в бухгалтерию с тем, что перешло с этого: его суммы не меняются, "
    "изменения филиалов войдут корректировкой в следующий открытый месяц."
)
ACCRUED = "Месяц уже начислен: его суммы не меняются, изменения филиалов войдут корректировкой в следующий месяц."

# — what tables cannot say about entering a stage —


@requires(SUMMARY, "NEW")
@requires(BRANCH, "NEW")
def a_month_of_the_calendar(run: Run, card: Deal) -> Iterator[str]:
    """Everything else is counted from it."""
    if card["db_month"] and month_of(card) is None:
        yield guard.Obstacle(f"«{_label(run, 'db_month')}» пишется так: 2026-11")


@requires(SUMMARY, "APPROVE")
def a_month_that_is_settled(run: Run, summary: Deal) -> Iterator[str]:
    """DB-T8. A person passes a month without some of its branches on only where the head lets it close so."""
    if summary.moved_by != run.engine.own_user and _is_partial(summary) and not summary["ds_partial"]:
        yield guard.Obstacle(f"Отчитались не все филиалы. {_missing(summary)}")
        yield _label(run, "ds_partial")


@requires(SUMMARY, "ACCOUNTING")
def a_word_on_missing_branches(run: Run, summary: Deal) -> Iterator[str]:
    """DB-T8. Nothing is accrued without branches that are missing, unless the head says so."""
    if _is_partial(summary) and not summary["ds_partial"]:
        yield _label(run, "ds_partial")


@requires(SUMMARY, "ACCOUNTING")
def figures_that_are_agreed(run: Run, summary: Deal) -> Iterator[str]:
    """DB-T9. Nothing is accrued but what was handed over: a calculation of before lies on the card still when it was taken back."""
    if frozen(run.engine.storage, summary.id) is None:
        title = run.company.processes[SUMMARY].tasks["DS-2"].title
        yield guard.Obstacle(f"Расчёт не согласован: сначала руководитель направления закрывает задачу «{title}»")


def _is_a_month(text: str) -> bool:
    try:
        return bool(Month.parse(text))
    except ValueError:
        return False


def _is_partial(summary: Deal) -> bool:
    return (summary["ds_done"] or 0) < (summary["ds_total"] or 0)


def _missing(summary: Deal) -> str:
    """«Не предоставлено: Пермь — нет ставки; Уфа — не предоставлен»."""
    return f"Не предоставлено: {'; '.join((summary['ds_misslist'] or '').splitlines())}"


def _label(run: Run, name: str) -> str:
    return run.engine.dictionary.field(SUMMARY, name).label


# — the month is opened —


@on_stage(SUMMARY, "NEW")
def begin_to_collect(run: Run, summary: Deal) -> None:
    """DB-T1. A summary that a person has made goes on to collecting, as those of the clock begin with it."""
    move_card(run, summary, "COLLECT")


@on_stage(SUMMARY, "COLLECT")
def ask_the_branches(run: Run, summary: Deal) -> None:
    """DB-T1. Every branch of the manager has its card and its task; the manager is to close the month."""
    month, by_the_clock = month_of(summary), run.change.kind == "created" and summary["ds_total"] is not None
    _open_again(run, summary)
    opened = open_branches(run, summary, _without_a_card(run, summary))
    with run.together():
        set_fields(run, summary, stage_plan=office_of(run.engine, month).closes)
        create_task(run, summary, "DS-1", day=month.first)
        for branch in opened:
            ask_for_the_report(run, branch)
        if opened:
            tell_child_state(run, summary)
        if by_the_clock:
            _say_what_was_left(run, summary, month)
    if not by_the_clock:
        count_month(run, summary)


def _open_again(run: Run, summary: Deal) -> None:
    """R-09. A month taken back from the accountants is open again, and leaves nothing to the next one until it is agreed anew;
    one that is accrued, or whose rest was handed over with the next one, stays as it was."""
    if run.change.what.get("left") not in HANDED_OVER:
        return
    if _is_accrued(run, summary):
        comment(run, summary, ACCRUED)
    elif run.fact("open again", lambda: thaw(run.engine.storage, summary.id)):
        tell_next(run, summary)
    else:
        comment(run, summary, TOO_LATE)


def _is_accrued(run: Run, summary: Deal) -> bool:
    return run.fact("is accrued", lambda: guard.visited(run, summary, "WON"))


def _say_what_was_left(run: Run, summary: Deal, month: Month) -> None:
    """DB-T11. The clock has opened the card with corrections of earlier months."""
    lines = run.fact("left over", lambda: left_over(run.engine, summary["db_mgr"], month).lines)
    if lines:
        comment(run, summary, "\n".join(lines))


def _without_a_card(run: Run, summary: Deal) -> list[int]:
    """Branches that never had one; what was deleted, people have opened again (E-DB-16)."""
    had = {card["db_branch"] for card in run.family_cards() if card.process == BRANCH}
    return [one for one in summary["ds_branches"] if one not in had]


@on_field(SUMMARY, "ds_branches")
def ask_a_branch_that_was_added(run: Run, summary: Deal) -> None:
    """DB-T1. A branch that a person has added while the month is being collected is asked as well."""
    if summary.stage == "COLLECT":
        _open_and_ask(run, summary, _without_a_card(run, summary))


@on_field(SUMMARY, "ds_recreate")
def open_deleted_branches_again(run: Run, summary: Deal) -> None:
    """E-DB-16. Branches whose cards were deleted have new ones, if the month is still open."""
    set_fields(run, summary, ds_recreate=None)
    if summary.stage not in ("COLLECT", "APPROVE"):
        comment(run, summary, "Месяц уже передан в бухгалтерию: удалённые сделки не создаются.")
        return
    living = {card["db_branch"] for card in run.children(summary, BRANCH)}
    _open_and_ask(run, summary, [one for one in summary["ds_branches"] if one not in living])


def _open_and_ask(run: Run, summary: Deal, branches: list[int]) -> None:
    opened = open_branches(run, summary, branches)
    with run.together():
        for branch in opened:
            ask_for_the_report(run, branch)
        if opened:
            tell_child_state(run, summary)
    count_month(run, summary)


# — it is counted —


@on_child(SUMMARY, BRANCH)
def follow_a_branch(run: Run, summary: Deal) -> None:
    """DB-T6, DB-T7, DB-T11, E-DB-15. All branches are counted anew; when the last one is closed the head is asked."""
    by_the_clock = run.change.kind == "created" and int(run.deal.raw.get("createdBy") or 0) == run.engine.own_user
    if not by_the_clock:
        count_month(run, summary)
        _go_on_when_settled(run, summary)


@on_signal(SUMMARY, "month_before")
def count_again(run: Run, summary: Deal) -> None:
    """DB-T11, E-DB-7. A month before was handed over or corrected: what it leaves belongs to this one."""
    count_month(run, summary)


@on_field(SUMMARY, "db_mgr")
@on_field(SUMMARY, "db_month")
@on_field(BRANCH, "db_mgr")
@on_field(BRANCH, "db_month")
def keep_whose_month_it_is(run: Run, card: Deal) -> None:
    """E-DB-4, E-DB-5. Month and manager are those of the opening; whoever made a card by hand may correct them until it goes on."""
    name, old = run.change.what["field"], run.change.what["old"]
    if card.stage == "NEW" or not old or (name == "db_month" and not _is_a_month(old)):
        return
    text = f"«{_label(run, name)}» определяется при открытии месяца и не меняется: прежнее значение восстановлено."
    with run.together():
        set_fields(run, card, **{name: old})
        comment(run, card, text)


@on_computed_overwritten(SUMMARY)
def show_what_was_counted(run: Run, summary: Deal) -> None:
    """DB-T12. A figure that a person has overwritten is as it was counted again; after the month was handed over, as it was then."""
    count_month(run, summary)


@on_task_closed(SUMMARY, "DS-1")
def close_the_month(run: Run, summary: Deal) -> None:
    """DB-T7. The manager says that the month is closed: it is, if every branch is."""
    if summary.stage != "COLLECT":
        return
    if not _go_on_when_settled(run, summary):
        renew_task(run, run.change.what["task"], f"Закрыты не все филиалы. {_missing(summary)}")


def _go_on_when_settled(run: Run, summary: Deal) -> bool:
    if summary.stage != "COLLECT" or not is_settled(run, summary):
        return False
    close_tasks(run, summary, "DS-1", because="Все филиалы закрыты")
    move_card(run, summary, "APPROVE")
    return True


# — the head agrees —


@on_stage(SUMMARY, "APPROVE")
def have_the_month_agreed(run: Run, summary: Deal) -> None:
    """DB-T7, DB-T8. The head agrees to the figures, and says whether the month closes without the branches that are missing."""
    _open_again(run, summary)
    counted = count_month(run, summary)
    note = f"К начислению: {money.text(counted.pay if counted else summary['ds_pay'] or ZERO)}"
    collecting = run.company.processes[SUMMARY].stages["COLLECT"].title
    note += f"\nЧтобы вернуть расчёт менеджеру, переведите сделку на стадию «{collecting}»."
    missing = counted.missing_list if counted else ""
    if missing:
        listed = f"Не предоставлено: {'; '.join(missing.splitlines())}"
        note += f"\n{listed}\nЧтобы согласовать без них, установите «{_label(run, 'ds_partial')}»."
        comment(run, summary, listed)
    create_task(run, summary, "DS-2", note=note)


@on_field(SUMMARY, "ds_partial")
def let_only_the_head_close_it_so(run: Run, summary: Deal) -> None:
    """DB-T8. Whether a month closes without branches the head says, and nobody else."""
    by = run.change.what["by"]
    people, heads = run.engine.people, ("DIST_HEAD", "COMMERCIAL_DIRECTOR")
    if not summary["ds_partial"] or run.fact("may", lambda: any(people.may_fill(by, role) for role in heads)):
        return
    text = f"«{_label(run, 'ds_partial')}» устанавливает руководитель направления по работе с дистрибьюторами."
    with run.together():
        set_fields(run, summary, ds_partial=False)
        comment(run, summary, text)
        notify(run, by, text)


@on_task_closed(SUMMARY, "DS-2")
def pass_it_to_the_accountants(run: Run, summary: Deal) -> None:
    """DB-T9, E-DB-7. The figures are agreed: they are frozen, printed (T22) and passed on; the next month takes over what is left.

    Those that were handed over already are not handed over again (R-09).
    """
    if summary.stage != "APPROVE":
        return
    if run.fact("handed over", lambda: frozen(run.engine.storage, summary.id) is not None):
        move_card(run, summary, "WON" if _is_accrued(run, summary) else "ACCOUNTING")
    elif _is_partial(summary) and not summary["ds_partial"]:
        asked = f"Чтобы согласовать без них, установите «{_label(run, 'ds_partial')}»; иначе верните сделку на стадию сбора."
        renew_task(run, run.change.what["task"], f"{_missing(summary)}. {asked}")
    elif hand_over_month(run, summary):
        tell_next(run, summary)
        move_card(run, summary, "ACCOUNTING")
    else:
        again = "Расчёт вознаграждения не сформирован, причина — в комментарии к сделке. Устраните её и закройте задачу ещё раз."
        renew_task(run, run.change.what["task"], again)


# — it is accrued —


@on_stage(SUMMARY, "ACCOUNTING")
def have_it_accrued(run: Run, summary: Deal) -> None:
    """DB-T9, E-DB-5. The accountant accrues the bonus, with the calculation at hand; once it is accrued nobody does (R-09)."""
    if run.fact("is paid", lambda: _is_paid(run, summary)):
        comment(run, summary, ACCRUED)
        move_card(run, summary, "WON")
        return
    person = run.engine.people.user(summary["db_mgr"])
    stored = report_month(run, summary)
    task = create_task(
        run, summary, ACCRUES, note=_left_us(run, summary),
        filled={"ФИО": person.name if person else "", "сумма": reading.amount_text(summary["ds_pay"] or ZERO)},
    )  # fmt: skip
    if stored is not None and task.result is not None:
        attach_to_task(run, int(task.result["task"]["id"]), stored.file, deal_id=summary.id)


def _is_paid(run: Run, summary: Deal) -> bool:
    """Whether an accountant has said that it is accrued."""
    table = storage.tasks
    said = (table.c.deal_id == summary.id, table.c.code == ACCRUES, table.c.state == "done")
    with run.engine.storage.read() as connection:
        return connection.scalar(sa.select(table.c.task_id).where(*said).limit(1)) is not None


def _left_us(run: Run, summary: Deal) -> str:
    """E-DB-5. «Беляев Артур: уволен 15.12.2026»: the day on which the layer handed the cards over."""
    person = run.engine.people.user(summary["db_mgr"])
    if person is None or person.is_active:
        return ""
    table = storage.changes
    of_family = [summary.id, *(card.id for card in run.family_cards())]
    handed_over = (table.c.kind == "job", table.c.id.like("job:dismissed:%"), table.c.deal_id.in_(of_family))

    def learn() -> str | None:
        with run.engine.storage.read() as connection:
            at = connection.scalar(sa.select(sa.func.min(table.c.at)).where(*handed_over))
        return reading.day_text(at.astimezone(MOSCOW).date()) if at else None

    day = run.fact("left us", learn)
    return f"{person.name}: уволен {day}" if day else f"{person.name}: уволен"


@on_task_closed(SUMMARY, "DS-3")
def close_the_summary(run: Run, summary: Deal) -> None:
    """DB-T10. The bonus is accrued."""
    if summary.stage == "ACCOUNTING":
        move_card(run, summary, "WON")


@on_stage(SUMMARY, "CANCELLED")
def give_it_up(run: Run, summary: Deal) -> None:
    """DB-T11. Nobody works on a month that is cancelled; what it was to make good for earlier ones, the next summary does."""
    close_tasks(run, summary, because="Сделка отменена", as_="cancelled")
    if not _is_accrued(run, summary):
        run.fact("given up", lambda: thaw(run.engine.storage, summary.id))
        tell_next(run, summary)


@on_stage(SUMMARY, "WON")
def tell_the_manager(run: Run, summary: Deal) -> None:
    """DB-T10. The manager hears what is accrued, once; nothing new is where it was only looked at again (R-09)."""
    if summary.cycle:
        return
    month = month_of(summary)
    text = f"Начислено {money.text(summary['ds_pay'] or ZERO)} за {month.title if month else summary['db_month']}."
    notify(run, "DIST_MANAGER", text)
