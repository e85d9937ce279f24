"""DISTRIBUTOR_BRANCH, «Дистрибьюторы», «Филиал»: a month of one branch, from its report to its bonus (spec §9).

Its summary, which opens it and follows it, is handlers/distributor.py; what the clock does: jobs/distributor_*.py.
"""

from collections.abc import Iterator

from engine import guard
from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.triggers import (
    on_computed_overwritten,
    on_deleted,
    on_field,
    on_rows,
    on_signal,
    on_stage,
    on_task_closed,
    requires,
)
from robots.close_tasks import close_tasks, open_tasks
from robots.comment import comment
from robots.count_activity import count_activity
from robots.count_branch import Counted, count_branch, keep_given_prices, priced
from robots.count_month import BRANCH, count_month, name_of, office_of
from robots.create_task import create_task
from robots.keep_months import month_of
from robots.move_card import move_card
from robots.notify import notify
from robots.open_branches import ask_for_the_report, report_due
from robots.read_branch_report import Report, read_branch_report
from robots.renew_task import renew_task
from robots.set_fields import set_fields
from robots.set_rows import set_rows
from robots.take_new_rates import take_new_rates
from robots.update_task import rename_task
from rules import distributor_month, money, reading

AWAITED, COUNTED = ("NEW", "REQUEST"), ("CHECK", "WON")
TO_BE_ENTERED = (*AWAITED, "INPUT", "LOSE")
LOADED = "Проверьте загруженные данные филиала {филиал}"

# — what tables cannot say about entering a stage —


@requires(BRANCH, "INPUT")
def the_report_itself(run: Run, branch: Deal) -> Iterator[str]:
    """The file of the distributor, or a note who told it on the phone."""
    if not branch["db_file"] and not branch["db_phone"]:
        yield f"{_label(run, 'db_file')} (или «{_label(run, 'db_phone')}»)"


@requires(BRANCH, "CHECK")
def sales_or_none(run: Run, branch: Deal) -> Iterator[str]:
    """Rows, or the word that nothing was sold; not both."""
    if not branch.rows and not branch["db_zero"]:
        yield f"{_label(run, 'rows')} (или «{_label(run, 'db_zero')}»)"
    if branch.rows and branch["db_zero"]:
        yield guard.Obstacle(f"Отмечено «{_label(run, 'db_zero')}», но строки заполнены: уберите одно из двух")


@requires(BRANCH, "CHECK")
def a_price_of_every_product(run: Run, branch: Deal) -> Iterator[str]:
    """E-DB-8. What the price list does not have is refused, unless the head gave its price."""
    if branch.rows and (text := _without_price(run, branch)):
        yield guard.Obstacle(text)


@requires(BRANCH, "WON")
def a_bonus(run: Run, branch: Deal) -> Iterator[str]:
    """E-DB-1. Nothing is closed without a rate; a bonus of nought is one."""
    from_the_check = run.change.what.get("left") == "CHECK"
    if branch["db_bonus"] is not None and (from_the_check or _is_as_counted(run, branch)):
        return
    if branch["db_sales"] is None or not from_the_check:
        title = run.company.processes[BRANCH].stages["CHECK"].title
        yield guard.Obstacle(f"Вознаграждение не рассчитано: сначала переведите сделку на стадию «{title}»")
    else:
        yield guard.Obstacle(count_branch(run, branch, "to close").no_rate or "Вознаграждение не рассчитано")


def _is_as_counted(run: Run, branch: Deal) -> bool:
    """R-22. Whether the card says what its rows say: it was counted, and neither rows nor figures have changed since."""
    if month_of(branch) is None:
        return False
    counted = count_branch(run, branch, "to close")
    return (counted.sales, counted.bonus) == (branch["db_sales"], branch["db_bonus"])


def _label(run: Run, name: str) -> str:
    return run.engine.dictionary.field(BRANCH, name).label


def _without_price(run: Run, branch: Deal) -> str | None:
    """«Нет цены: Сапоги, Каска»."""
    found = run.fact("without a price", lambda: priced(run, branch).missing)
    return f"Нет цены: {', '.join(found)}" if found else None


# — the report is asked for, and comes —


@on_stage(BRANCH, "NEW")
def begin_to_ask(run: Run, branch: Deal) -> None:
    """DB-T1. A card that a person has made goes on to asking, as those of the summary begin with it."""
    move_card(run, branch, "REQUEST")


@on_stage(BRANCH, "REQUEST")
def ask_the_branch(run: Run, branch: Deal) -> None:
    """DB-T1. The manager asks the branch for its report; those that the summary opens have their task already."""
    with run.together():
        set_fields(run, branch, stage_plan=report_due(run, branch))
        ask_for_the_report(run, branch)


@on_field(BRANCH, "db_file")
def take_the_file(run: Run, branch: Deal) -> None:
    """DB-T3, E-DB-10. The branch's report is read, once each: its rows are the card's if nobody has entered any."""
    if not _has_new_file(run):
        return
    if branch.stage not in TO_BE_ENTERED:
        title = run.company.processes[BRANCH].stages["INPUT"].title
        comment(run, branch, f"Файл не прочитан: сначала верните сделку на стадию «{title}» и приложите его ещё раз.")
        return
    loaded = read_branch_report(run, branch)
    if loaded is not None:
        branch = _load(run, branch, loaded)
    _take_the_report(run, branch)


@on_field(BRANCH, "db_got")
@on_field(BRANCH, "db_phone")
@on_task_closed(BRANCH, "DB-1")
def take_the_report(run: Run, branch: Deal) -> None:
    """DB-T3. The report has come, as a file or on the phone: the operator enters it."""
    _take_the_report(run, branch)


def _take_the_report(run: Run, branch: Deal) -> None:
    has_come = branch["db_file"] or branch["db_phone"]
    if branch.stage not in AWAITED or not (has_come or branch["db_got"]):
        return
    if not has_come:
        wanted = f"Приложите «{_label(run, 'db_file')}» или заполните «{_label(run, 'db_phone')}»"
        set_fields(run, branch, block=wanted)
        if "task" in run.change.what:
            renew_task(run, run.change.what["task"], wanted)
        return
    if branch["db_got"] is None:
        person = run.engine.people.user(branch.responsible)
        set_fields(run, branch, db_got=run.at.astimezone(person.zone if person else MOSCOW).date())
    close_tasks(run, branch, "DB-1", because="Отчёт получен")
    move_card(run, branch, "INPUT")


def _has_new_file(run: Run) -> bool:
    old, new = ({int(one["id"]) for one in run.change.what[when] or []} for when in ("old", "new"))
    return bool(new - old)


def _load(run: Run, branch: Deal, loaded: Report) -> Deal:
    """The rows of the file at the prices of the month; what people have entered stays."""
    if not loaded.replaces(branch.rows):
        comment(run, branch, f"Файл «{loaded.name}» прочитан, но строки уже введены вручную: они не изменены.")
        return branch
    rows = priced(run, branch.with_rows(loaded.rows)).rows
    with run.together():
        set_rows(run, branch, rows)
        comment(run, branch, f"Из файла «{loaded.name}» загружено строк: {len(loaded.rows)}.{loaded.unread}")
        for task_id in run.fact("open DB-2", lambda: open_tasks(run.engine, branch.id, ("DB-2",))):
            rename_task(run, task_id, branch, LOADED.replace("{филиал}", name_of(branch)))
    return branch.with_rows(rows)


# — it is entered —


@on_stage(BRANCH, "INPUT")
def have_it_entered(run: Run, branch: Deal) -> None:
    """DB-T3, E-DB-12. The operator enters the report, or looks at what was read of the file."""
    month = month_of(branch)
    office = office_of(run.engine, month)
    operator = run.fact("operator", lambda: run.engine.people.in_role("DIST_OPERATOR", branch).id)
    person = run.engine.people.user(operator)
    due = distributor_month.input_due(run.at, office, person.zone, run.engine.calendar_of(person.city))
    with run.together():
        set_fields(run, branch, stage_plan=max(due, office.input_by))
        create_task(
            run, branch, "DB-2", by=due if due > run.now else None,
            title=LOADED if branch.rows else "", filled={"филиал": name_of(branch)},
        )  # fmt: skip


@on_task_closed(BRANCH, "DB-2")
def go_on_to_the_check(run: Run, branch: Deal) -> None:
    """DB-T4, E-DB-8. What is entered is counted, if there is something to count and a price of everything."""
    if branch.stage != "INPUT":
        return
    branch = _price(run, branch)
    lacking = [str(one) for check in (sales_or_none, a_price_of_every_product) for one in check(run, branch)]
    if lacking:
        text = f"Отчёт не принят. {'. '.join(lacking)}"
        with run.together():
            set_fields(run, branch, block=text)
            renew_task(run, run.change.what["task"], text)
            if _without_price(run, branch):
                notify(
                    run, "DIST_HEAD", f"{_without_price(run, branch)}. Внесите цену в строку сделки или в прайс-лист."
                )
        return
    move_card(run, branch, "CHECK")


@on_rows(BRANCH)
def price_what_was_sold(run: Run, branch: Deal) -> None:
    """DB-T6, E-DB-8, E-DB-9. Rows have the prices of the month's first day; after the check the month is counted anew."""
    if run.fact("by the head", lambda: run.engine.people.may_fill(branch.updated_by, "DIST_HEAD")):
        _keep_prices_of_the_head(run, branch)
    branch = _price(run, branch)
    if branch.stage in COUNTED:
        _count_anew(run, branch)


def _keep_prices_of_the_head(run: Run, branch: Deal) -> None:
    """What the list does not have costs what the head says."""
    missing = run.fact("not in the list", lambda: priced(run, branch).missing)
    given = [row for row in branch.rows if row.product in missing and row.price > 0]
    if given:
        keep_given_prices(run, branch, given)
        names = ", ".join(f"{row.product} — {money.text(row.price)}" for row in given)
        comment(run, branch, f"Цены, внесённые руководителем направления: {names}.")


def _price(run: Run, branch: Deal) -> Deal:
    """The card with its rows at their prices."""
    rows = priced(run, branch).rows
    set_rows(run, branch, rows)
    return branch.with_rows(rows)


# — it is counted and confirmed —


@on_stage(BRANCH, "CHECK")
def count_and_have_it_confirmed(run: Run, branch: Deal) -> None:
    """DB-T4, E-DB-1, E-DB-2, E-DB-11. Sales, rate and bonus stand on the card; the manager confirms them, or the head sets the rate."""
    branch = _price(run, branch)
    _have_it_confirmed(run, branch, _count(run, branch))


def _have_it_confirmed(run: Run, branch: Deal, counted: Counted) -> None:
    """DB-3, or DB-4 where there is no rate; each once while it is open."""
    code = "DB-3" if counted.no_rate is None else "DB-4"
    if code == "DB-3":
        close_tasks(run, branch, "DB-4", because="Ставка установлена")
    if not run.fact(f"open {code}", lambda: open_tasks(run.engine, branch.id, (code,))):
        said = _said(run, counted) if code == "DB-3" else f"{counted.no_rate}. {_how(counted)}"
        create_task(run, branch, code, note="\n".join([said, *counted.remarks]), filled={"филиал": name_of(branch)})


def _count(run: Run, branch: Deal) -> Counted:
    month = month_of(branch)
    counted = count_branch(run, branch)
    activity = count_activity(run, branch["db_branch"], branch["db_mgr"], month)
    with run.together():
        set_fields(
            run, branch, db_sales=counted.sales, db_rate=counted.rate, db_bonus=counted.bonus, db_act=activity, block=counted.no_rate
        )  # fmt: skip
        for remark in counted.remarks:
            comment(run, branch, remark)
    return counted


def _said(run: Run, counted: Counted) -> str:
    title = run.company.processes[BRANCH].stages["INPUT"].title
    figures = f"Продажи: {money.text(counted.sales)}, вознаграждение: {money.text(counted.bonus)}."
    return f"{figures}\nЕсли в расчёте ошибка, верните сделку на стадию «{title}», не закрывая задачу."


def _how(counted: Counted) -> str:
    """The day is said too: of a branch that has a rate today, a new one would else begin with the next quarter."""
    since = f"«Новая ставка действует с» (не позже {reading.day_text(counted.day)})"
    return f"В карточке филиала заполните «Новая ставка, %» и {since}."


@on_signal(BRANCH, "rate_set")
@on_task_closed(BRANCH, "DB-4")
def count_with_the_rate(run: Run, branch: Deal) -> None:
    """E-DB-1. The head has set the rate: the bonus is counted, and the manager confirms it."""
    if branch.stage != "CHECK" or branch["db_bonus"] is not None:
        return
    if "task" in run.change.what:
        offers = take_new_rates(run, source=run.change.what["task"], only=[branch["db_branch"]])
    counted = _count_anew(run, branch)
    if counted is not None and counted.no_rate and "task" in run.change.what:
        refused = [f"{one.why}." for one in offers if one.why] or [_how(counted)]
        renew_task(run, run.change.what["task"], " ".join([f"{counted.no_rate}.", *refused]))


@on_computed_overwritten(BRANCH)
def show_what_was_counted(run: Run, branch: Deal) -> None:
    """R-22. A figure that a person has overwritten is counted again: it is what is paid."""
    if branch.stage in COUNTED:
        _count_anew(run, branch)


def _count_anew(run: Run, branch: Deal) -> Counted | None:
    """DB-T6. Branch and month, after something of the branch has changed. None: a product has no price, so nothing is counted."""
    if branch.rows and (text := _without_price(run, branch)):
        comment(run, branch, f"{text}. Расчёт не изменён.")
        return None
    counted = _count(run, branch)
    if branch.stage == "CHECK" and (counted.no_rate is None or "task" not in run.change.what):
        _have_it_confirmed(run, branch, counted)
    _count_the_month(run, branch)
    return counted


def _count_the_month(run: Run, branch: Deal) -> None:
    parent = run.parent(branch)
    if parent is not None:
        count_month(run, parent)


@on_task_closed(BRANCH, "DB-3")
def close_the_branch(run: Run, branch: Deal) -> None:
    """DB-T5. The manager has confirmed the figures."""
    if branch.stage == "CHECK" and branch["db_bonus"] is not None:
        move_card(run, branch, "WON")


@on_stage(BRANCH, "LOSE")
def ask_no_more(run: Run, branch: Deal) -> None:
    """DB-T8. Nobody works on a report that did not come; if it comes after all, the manager takes the card back (E-DB-12)."""
    close_tasks(run, branch, because="Отчёт не предоставлен", as_="cancelled")


@on_stage(BRANCH, "CANCELLED")
def leave_it_out(run: Run, branch: Deal) -> None:
    """DB-T6. A branch whose card is cancelled does not belong to the month."""
    close_tasks(run, branch, because="Сделка отменена", as_="cancelled")


@on_deleted(BRANCH)
def count_without_it(run: Run, branch: Deal) -> None:
    """E-DB-16. The summary says that the card was deleted."""
    parent = run.parent(branch)
    if parent is not None and parent.process == "DISTRIBUTOR":
        count_month(run, parent)
