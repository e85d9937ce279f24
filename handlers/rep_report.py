"""REP_REPORT, «Отчёт по территориальным представителям»: a month from its report to what is paid or withheld (spec §8).

The clock opens months (jobs/rep_report_open.py) and ends those that nobody hands in (jobs/rep_report_close.py). Everything
else is moved by people: by a drag of the card, or by closing their task.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from decimal import Decimal

from engine.deal import Deal
from engine.guard import Lacking, Obstacle, in_another_currency
from engine.run import Run
from engine.triggers import (
    on_created,
    on_deleted,
    on_field,
    on_left,
    on_rows,
    on_signal,
    on_stage,
    on_task_closed,
    requires,
)
from robots.close_tasks import close_tasks
from robots.comment import comment
from robots.count_tasks import count_tasks
from robots.create_task import create_task
from robots.fill_document import fill_document
from robots.find_last_task import find_last_task
from robots.find_reports import (
    MONTHS_BACK,
    Known,
    after_it,
    before_it,
    find_deadline,
    find_neighbours,
    is_cancelled,
    key_of,
    month_of,
)
from robots.keep_word_of import keep_word_of
from robots.move_card import move_card
from robots.notify import notify
from robots.open_report import duty, given
from robots.read_words import read_words
from robots.reckon_report import cut_of, expenses_of, figures, limit_of, reckon, reviewed, settled_as, spent, told
from robots.renew_task import renew_task
from robots.set_fields import set_fields
from rules import expenses, money, representative_month, returns, settlement, words
from rules.periods import Month
from rules.settlement import Settlement

PRINTED = "T21"
ZERO = Decimal(0)
REVIEWERS = {
    "COORD": ("Координатор", "RP-2"),
    "ACCOUNT": ("Бухгалтерия", "RP-3"),
    "DIRECTOR": ("Коммерческий директор", "RP-4"),
    "SETTLE": ("Бухгалтерия", "RP-5"),
}
"""Who may send a report back from which stage, and the task that says why."""
CLOSED = ("WON", "LOSE")
RECKONED = ("DIRECTOR", "SETTLE")
"""Stages whose figures are agreed upon: what changes there goes back to the accountant."""
KEPT = (
    "rp_claim", "rp_claimed", "rp_ok", "rp_cut", "rp_balance", "rp_pay", "rp_hold", "rp_carryout", "rp_taken", "rp_late", "rp_returns",
    "rp_vplan", "rp_vcount", "rp_tdone",
)  # fmt: skip

# — what tables cannot say about entering a stage —


@requires("REP_REPORT", "NEW")
def a_month_that_can_be_read(run: Run, report: Deal) -> Iterator[str]:
    """RP-T1."""
    if report["rp_month"] is not None and month_of(report) is None:
        yield Obstacle("«Отчётный месяц» пишется так: 2026-11")


@requires("REP_REPORT", "COORD")
def expenses_with_their_papers(run: Run, report: Deal) -> Iterator[str]:
    """RP-T2, E-RP-3. Rows or «Расходов нет»; papers for what was spent. A closed report that came back has left its files (E-RP-14)."""
    if report.stage == "WON" and report["rp_carryout"] is not None:
        return
    if not report.rows and not report["rp_noexp"] and not report["rp_claim"]:
        yield Obstacle(f"Внесите расходы или отметьте «{_label(run, 'rp_noexp')}»")
    if spent(report) > 0 and not report["rp_scans"]:
        yield _label(run, "rp_scans")


@requires("REP_REPORT", "REWORK")
def a_word_on_what_to_mend(run: Run, report: Deal) -> Iterator[str]:
    """RP-T6. The reviewer says why: in the task, or in «Почему не принято»."""
    if run.change.what.get("left") in REVIEWERS and not _why(run, report):
        yield Obstacle(f"Напишите в задаче или в поле «{_label(run, 'rp_cutnote')}», что доработать")


def why_it_was_cut(run: Run, report: Deal) -> Iterator[str]:
    """RP-T3, E-RP-6. A difference from what was claimed has a reason, whichever way it goes."""
    if cut_of(report) and not report["rp_cutnote"]:
        yield _label(run, "rp_cutnote")


requires("REP_REPORT", "DIRECTOR")(why_it_was_cut)


@requires("REP_REPORT", "ACCOUNT")
def why_the_coordinator_cut_it(run: Run, report: Deal) -> Iterator[str]:
    """RP-T3. Not of a report that comes back from the director: the accountant says it before it goes on."""
    if run.change.what.get("left") not in RECKONED:
        yield from why_it_was_cut(run, report)


@requires("REP_REPORT", "WON")
def a_payment_that_can_be_right(run: Run, report: Deal) -> Iterator[str]:
    """RP-T7. Not more than was to be paid or withheld; nothing is withheld without the written consent (ст. 137 ТК РФ)."""
    settled, done = settled_as(run, report), report["rp_done"]
    if isinstance(done, str):
        return  # in another currency: the guard says so
    if settled.asked > 0 and done is None:
        yield _label(run, "rp_done")
    if settled.hold > 0 and done != 0 and not report["rp_consent"]:
        yield _label(run, "rp_consent")
    if done is not None and (wrong := settlement.wrong_done(settled, done)):
        yield Obstacle(wrong)


def _label(run: Run, name: str) -> str:
    return run.engine.dictionary.field("REP_REPORT", name).label


# — the report is written —


@on_stage("REP_REPORT", "NEW")
def ask_for_the_report(run: Run, report: Deal) -> None:
    """RP-T1, E-RP-1, E-RP-2, E-RP-8. The representative reports the month, or whoever does it instead."""
    month, person = month_of(report), run.engine.people.user(report["rp_who"])
    whose, due = run.fact("duty", lambda: _duty(run, report, month))
    by = datetime.fromisoformat(due)
    with run.together():
        set_fields(run, report, stage_plan=by, **_not_given_yet(run, report, month))
        title = f"Подготовьте отчёт за {month.title}"
        note = "" if whose == person.id else f"Отчёт за сотрудника: {person.name}."
        create_task(run, report, "RP-1", title=title, to=whose, by=by, note=note)


def _duty(run: Run, report: Deal, month: Month) -> list:
    found = duty(run.engine, run.engine.people.user(report["rp_who"]), month, run.at)
    return [found.user, found.due.isoformat()]


def _not_given_yet(run: Run, report: Deal, month: Month) -> dict:
    """Of a card that a person has made: what the job gives to those that it opens."""
    whole = given(run, report["rp_who"], month)
    known = {name: value for name, value in whole.items() if report[name] is None}
    if known and any(one.month == month and one.id < report.id for one in find_neighbours(run, report)):
        known = {name: type(value)(0) for name, value in known.items()}  # the month's first report has them
    return known if report["rp_taken"] is not None else known | _carry_now(run, report)


@on_field("REP_REPORT", "rp_visits")
def count_the_visits(run: Run, report: Deal) -> None:
    """RP-T2. «Посещений всего» follows what is written."""
    if (month := month_of(report)) is not None and report.is_open(run.company):
        set_fields(run, report, rp_vcount=representative_month.visits_made(report["rp_visits"], month))


@on_task_closed("REP_REPORT", "RP-1")
@on_task_closed("REP_REPORT", "RP-6")
def hand_it_in(run: Run, report: Deal) -> None:
    """RP-T2. A report that is complete goes to the coordinator; else the task goes on and says what is missing."""
    if report.stage not in ("NEW", "REWORK"):
        return
    empty = [_label(run, name) for name in ("rp_tasks", "rp_visits") if not report[name]]
    missing = Lacking.of([*expenses_with_their_papers(run, report), *empty])
    if missing:
        renew_task(run, run.change.what["task"], f"{missing.said}.")
    else:
        move_card(run, report, "COORD")


# — it is checked —


@on_stage("REP_REPORT", "COORD")
def ask_the_coordinator(run: Run, report: Deal) -> None:
    """RP-T2, RP-T11, E-RP-3. What was claimed is written down at the first hand-in; the coordinator checks."""
    said = _handed_in(run, report) | figures(None) | _work(run, report)
    if run.change.what.get("left") == "LOSE":
        comment(run, report, "Отчёт сдан после закрытия месяца: разница перейдёт в открытый месяц поправкой.")
    now = report.but(**said)
    with run.together():
        set_fields(run, report, **said)
        create_task(run, report, "RP-2", note=_in_short(now))


def _handed_in(run: Run, report: Deal) -> dict:
    """«Принято» and «Не принято»; at the first hand-in, also one that skips the coordinator, what was claimed and done.

    A card that was made past its beginning, or had left it before anybody looked, has only now what a month begins with.
    """
    if report["rp_claim"] is not None:
        return reviewed(report)
    begins = _not_given_yet(run, report, month_of(report)) if report["rp_vplan"] is None else {}
    return begins | _claimed(run, report) | _work(run, report)


def _claimed(run: Run, report: Deal) -> dict:
    """Of the first hand-in: sum and lines, and how late it comes (E-RP-8: by the deadline that its task had)."""
    due = run.fact("due", lambda: _plain(find_deadline(run.engine, report.id)))
    known, zone = run.engine.people.representative(report["rp_who"]), run.engine.people.user(report["rp_who"]).zone
    calendar = run.engine.calendar_of(known.city if known is not None else report["city"])
    late = representative_month.days_late(datetime.fromisoformat(due).astimezone(zone), run.at, calendar) if due else 0
    lines = "\n".join(one.text for one in expenses_of(report))
    return {"rp_claim": spent(report), "rp_claimed": lines, "rp_late": late, "rp_ok": spent(report), "rp_cut": ZERO}


def _plain(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _work(run: Run, report: Deal) -> dict:
    """Visits and tasks of the month."""
    month, person = month_of(report), run.engine.people.user(report["rp_who"])
    since, until = (datetime.combine(day, time(), person.zone) for day in (month.first, (month + 1).first))
    done = run.fact(
        "tasks of the month", lambda: count_tasks(run.engine, [person.id], since, until, run.now)[person.id].text
    )
    return {"rp_vcount": representative_month.visits_made(report["rp_visits"], month), "rp_tdone": done}


def _in_short(report: Deal) -> str:
    """What the coordinator sees in the task."""
    late = f" Сдан с опозданием, рабочих дней: {report['rp_late']}." if report["rp_late"] else ""
    visits = f"Посещений: {report['rp_vcount']} из {report['rp_vplan'] or 0}."
    sums = f"Заявлено: {money.text(report['rp_claim'])}."
    if cut_of(report):
        sums += f" Сейчас в отчёте: {money.text(spent(report))}."
    return f"{visits} Задач закрыто / просрочено: {report['rp_tdone']}. {sums}{late}"


@on_task_closed("REP_REPORT", "RP-2")
def accept_by_the_coordinator(run: Run, report: Deal) -> None:
    """RP-T3. The accountant is next."""
    _accept(run, report, "COORD", "ACCOUNT")


@on_stage("REP_REPORT", "ACCOUNT")
def ask_the_accountant(run: Run, report: Deal) -> None:
    """RP-T3, E-RP-5. The accountant checks papers and figures; expenses of another month are pointed out, not refused."""
    said = _handed_in(run, report) | figures(None)
    with run.together():
        set_fields(run, report, **said)
        create_task(run, report, "RP-3", note=_strange(report))


def _strange(report: Deal) -> str:
    found = expenses.outside(expenses_of(report), month_of(report))
    lines = "\n".join(f"• {one.text}" for one in found)
    return f"Внимание, дата расхода вне отчётного месяца:\n{lines}" if found else ""


@on_task_closed("REP_REPORT", "RP-3")
def accept_by_the_accountant(run: Run, report: Deal) -> None:
    """RP-T4. The commercial director is next."""
    _accept(run, report, "ACCOUNT", "DIRECTOR")


@on_stage("REP_REPORT", "DIRECTOR")
def ask_the_director(run: Run, report: Deal) -> None:
    """RP-T4. Accounts are settled (C-11); the director sees the figures in the task."""
    said = _handed_in(run, report)
    now = report.but(**said)
    settled = reckon(run, now)
    with run.together():
        set_fields(run, report, **said, **figures(settled))
        create_task(run, report, "RP-4", note=told(now, settled))


@on_task_closed("REP_REPORT", "RP-4")
def accept_by_the_director(run: Run, report: Deal) -> None:
    """RP-T5. What the company and the representative owe each other is settled."""
    _accept(run, report, "DIRECTOR", "SETTLE")


def _accept(run: Run, report: Deal, stage: str, then: str) -> None:
    """The card goes on; a reviewer who has cut a row without a word says why first."""
    if report.stage != stage:
        return
    missing = list(why_it_was_cut(run, report))
    if missing:
        renew_task(run, run.change.what["task"], f"Заполните в сделке: {', '.join(missing)}")
    else:
        move_card(run, report, then)


@on_stage("REP_REPORT", "REWORK")
def send_it_back(run: Run, report: Deal) -> None:
    """RP-T6. The representative reads what to mend; returns are counted for each reviewer."""
    reviewer, _ = REVIEWERS.get(run.change.what.get("left"), ("", ""))
    why = _why(run, report)
    with run.together():
        if reviewer:
            set_fields(run, report, rp_returns=returns.counted(report["rp_returns"], reviewer))
            comment(run, report, f"Отчёт возвращён на доработку. {reviewer}: {why}")
        create_task(run, report, "RP-6", note=why)


def _why(run: Run, report: Deal) -> str:
    """The last words of the reviewer's task, and the reason of what was not accepted."""
    _, code = REVIEWERS.get(run.change.what.get("left"), ("", ""))
    task = run.fact("reviewer's task", lambda: find_last_task(run.engine, report.id, code)) if code else None
    said = read_words(run, task)[-1:] if task else []
    return "\n".join(dict.fromkeys(filter(None, [*said, report["rp_cutnote"]])))


# — what changes while it is checked —


@on_rows("REP_REPORT")
def follow_the_rows(run: Run, report: Deal) -> None:
    """RP-T4, E-RP-6. «Принято» and «Не принято» follow the rows that a reviewer changes, and so does what the director sees."""
    if report["rp_claim"] is None or not report.is_open(run.company):
        return
    said = f"Изменены расходы: принято {money.text(spent(report))}."
    if report.stage == "DIRECTOR":
        settled = reckon(run, report)
        with run.together():
            set_fields(run, report, **reviewed(report), **figures(settled))
            comment(run, report, f"{said}\n{told(report, settled)}")
        return
    set_fields(run, report, **reviewed(report))
    if report.stage == "SETTLE":
        _count_anew(run, report, said)


@on_field("REP_REPORT", "rp_advance")
@on_field("REP_REPORT", "rp_carry")
@on_field("REP_REPORT", "rp_before")
def follow_what_was_given(run: Run, report: Deal) -> None:
    """E-RP-7. The accountant corrects «Выдано под отчёт», the carry, or what was paid before: what was agreed upon is counted anew."""
    name = run.change.what["field"]
    if not keep_word_of(run, report, name, "ACCOUNTANT", "CHIEF_ACCOUNTANT"):
        return
    label = _label(run, name)
    if report.stage in RECKONED:
        _count_anew(run, report, f"Изменено «{label}»: {money.text(report[name] or ZERO)}.")
    elif report.stage in CLOSED:
        comment(run, report, f"Отчёт уже закрыт: новое значение поля «{label}» в расчёт не вошло.")


def keep_what_was_reckoned(run: Run, report: Deal) -> None:
    """RP-T4, RP-T7. Figures that no later step may reckon anew: what a person writes over them is put back at once (R-22)."""
    name, dictionary = run.change.what["field"], run.engine.dictionary
    known = dictionary.field("REP_REPORT", name)
    before, typed = (dictionary.decode(known, run.change.what[when]) for when in ("old", "new"))
    if report[name] == typed:
        set_fields(run, report, **{name: before})


for _name in KEPT:
    on_field("REP_REPORT", _name)(keep_what_was_reckoned)


def _count_anew(run: Run, report: Deal, because: str) -> None:
    comment(run, report, f"{because} Отчёт возвращён в бухгалтерию на проверку.")
    move_card(run, report, "ACCOUNT")


# — accounts are settled —


@on_stage("REP_REPORT", "SETTLE")
def pay_or_withhold(run: Run, report: Deal) -> None:
    """RP-T5. The report is printed and registered; the accountant pays or withholds, or nothing is left to do."""
    settled = settled_as(run, report)
    _print(run, report, settled)
    if settled.asked == 0:
        set_fields(run, report, rp_done=ZERO)
        move_card(run, report, "WON")
        return
    what = "Выплатите" if settled.pay else "Удержите"
    to_be = "К выплате" if settled.pay else "К удержанию"
    with run.together():
        create_task(run, report, "RP-5", title=f"{what} {money.text(settled.asked)}", note=told(report, settled))
        notify(run, "REP", f"Отчёт за {month_of(report).title} согласован. {to_be}: {money.text(settled.asked)}.")


def _print(run: Run, report: Deal, settled: Settlement) -> None:
    """The document says what is settled, also of a card that skipped the director."""
    said = _handed_in(run, report) | figures(settled)
    set_fields(run, report, **said)
    fill_document(run, report.but(**said), PRINTED)


@on_task_closed("REP_REPORT", "RP-5")
def take_what_was_done(run: Run, report: Deal) -> None:
    """RP-T7. What was really paid or withheld can be right, and the report is closed; else the task goes on and says why."""
    if report.stage != "SETTLE":
        return
    process = run.company.processes[report.process]
    wrong = Lacking.of([*a_payment_that_can_be_right(run, report), *in_another_currency(process, report)])
    if wrong:
        renew_task(run, run.change.what["task"], f"Отчёт не закрыт. {wrong.said}.")
    else:
        move_card(run, report, "WON")


@on_stage("REP_REPORT", "WON")
def close_the_report(run: Run, report: Deal) -> None:
    """RP-T7, RP-T11, E-RP-4, E-RP-13. What was not paid or withheld goes on to the next month."""
    settled, done = settled_as(run, report), report["rp_done"] or ZERO
    out = _carried_out(run, report, settled, done)
    if run.change.what.get("left") not in ("SETTLE", *CLOSED, None):
        _print(run, report, settled)  # that stage was skipped
    with run.together():
        set_fields(run, report, rp_carryout=out, rp_done=done, **figures(settled))
        comment(run, report, f"Отчёт закрыт. {_done(settled, done)} Перенос на следующий месяц: {money.text(out)}.")
    _pass_on(run, report, out)
    _tell_of_a_long_debt(run, report, settled.balance)


def _done(settled: Settlement, done: Decimal) -> str:
    if settled.asked == 0:
        return "Выплачивать и удерживать нечего."
    return f"{'Выплачено' if settled.pay else 'Удержано'}: {money.text(done)} из {money.text(settled.asked)}."


@on_stage("REP_REPORT", "LOSE")
def take_the_advance_for_a_debt(run: Run, report: Deal) -> None:
    """RP-T10. Nothing was handed in: the whole advance is a debt, which goes on to the next month."""
    now, advance, before = _carry_now(run, report), report["rp_advance"] or ZERO, report["rp_before"] or ZERO
    settled = settlement.not_handed_in(now["rp_carry"] - before, advance, limit_of(run, report))
    close_tasks(run, report, because="Отчёт не сдан", as_="cancelled")
    debt = f"Аванс {money.text(advance)} — долг представителя. " if advance else ""
    text = f"Отчёт за {_month(report)} не сдан. {debt}Перенос на следующий месяц: {money.text(settled.carry_out)}."
    with run.together():
        set_fields(run, report, rp_carryout=settled.carry_out, **now, **figures(settled))
        comment(run, report, text)
        notify(run, "REP", text)
        notify(run, "COORDINATOR", text)
    _pass_on(run, report, settled.carry_out)
    _tell_of_a_long_debt(run, report, settled.balance)


def _month(report: Deal) -> str:
    month = month_of(report)
    return month.title if month is not None else report["rp_month"] or "—"


@on_deleted("REP_REPORT")
def say_how_to_let_it_go(run: Run, report: Deal) -> None:
    """E-RP-14. A deleted report comes back in the morning; the administrator hears how it does not.

    It stays away where another one stands for the month, or its key is cancelled: then the next month begins without it.
    """
    month = month_of(report)
    if month is None or not report["rp_who"]:
        return
    key, others = key_of(report["rp_who"], month), find_neighbours(run, report)
    stays_away = any(one.month == month for one in others)
    if stays_away or run.fact("cancelled", lambda: is_cancelled(run.engine, key)):
        _tell_the_next(run, report, others)
    else:
        text = f"Удалён «{report.title}». Утром он будет создан заново. Если он не нужен: flask cancel {key}"
        notify(run, "ADMIN", text)


# — from month to month —


@on_created("REP_REPORT")
def take_what_was_left(run: Run, report: Deal) -> None:
    """RP-T1, E-RP-14. The report before may have been closed while this card was being opened; the report after begins from this one."""
    if report.is_open(run.company) and month_of(report) is not None:
        set_fields(run, report, **_carry_now(run, report))
    _tell_the_next(run, report, find_neighbours(run, report))


def take_it_up_again(run: Run, report: Deal) -> None:
    """R-09, RP-T11. A closed report goes on with what it left: with corrections, and less what was paid or withheld already."""
    balance, done = report["rp_balance"] or ZERO, report["rp_done"] or ZERO
    said = _carry_now(run, report) | figures(None) | {"rp_done": None}
    if run.change.what["left"] == "WON" and done:
        said["rp_before"] = (report["rp_before"] or ZERO) + (done if balance > 0 else -done)
        was = "выплачено" if balance > 0 else "удержано"
        comment(run, report, f"Отчёт возвращён в работу. По нему уже {was} {money.text(done)}: это учтено в расчёте.")
    set_fields(run, report, **said)


for _stage in CLOSED:
    on_left("REP_REPORT", _stage)(take_it_up_again)


def _carry_now(run: Run, report: Deal) -> dict:
    """«Остаток с прошлого месяца» by what the report before leaves now, and how much of it that is.

    An accountant's correction stays. Without a report before, what a person wrote counts.
    """
    left, carry = _left_before(run, report), report["rp_carry"] or ZERO
    if left is None:
        return {"rp_carry": carry, "rp_taken": report["rp_taken"] or ZERO}
    return {"rp_carry": settlement.carried_in(carry, _taken(report), left), "rp_taken": left}


def _carried_out(run: Run, report: Deal, settled: Settlement, done: Decimal) -> Decimal:
    """What a closed report leaves: the rest of its own, and what has come from the report before since it was settled."""
    left, rest = _left_before(run, report), settlement.carry_out(settled, done)
    return rest if left is None else settlement.carried_in(rest, _taken(report), left)


def _left_before(run: Run, report: Deal) -> Decimal | None:
    before = before_it(find_neighbours(run, report), report)
    return None if before is None else before.carry_out


def _taken(report: Deal) -> Decimal:
    """Of a card that people have filled in all of its carry."""
    return (report["rp_carry"] or ZERO) if report["rp_taken"] is None else report["rp_taken"]


def _pass_on(run: Run, report: Deal, out: Decimal) -> None:
    """RP-T7, RP-T11. The next card hears that something else comes from this one. Asked after that was written: a card opened
    later reads it."""
    change = out - (report["rp_carryout"] or ZERO)
    later = _tell_the_next(run, report, find_neighbours(run, report, "afterwards")) if change else None
    if later is not None:
        comment(run, report, f"В отчёт за {later.month.title} передано изменение остатка: {money.text(change)}.")


def _tell_the_next(run: Run, report: Deal, known: Iterable[Known]) -> Known | None:
    later = after_it(known, report)
    if later is not None:
        run.signal(later.id, "carried_over", month=month_of(report).title)
    return later


@on_signal("REP_REPORT", "carried_over")
def take_what_is_carried_over(run: Run, report: Deal) -> None:
    """RP-T7, RP-T11. An open month takes what the report before leaves into «Остаток с прошлого месяца», a closed one passes it on.

    Nothing is added: the portal is asked what that is now, so telling twice, or late, changes nothing.
    """
    whence = f"Остаток из отчёта за {run.change.what['month']} изменился на"
    if report.stage in CLOSED:
        _pass_the_correction_on(run, report, whence)
        return
    now = _carry_now(run, report)
    change = now["rp_carry"] - (report["rp_carry"] or ZERO)
    set_fields(run, report, **now)
    if not change:
        return
    text = f"{whence} {money.text(change)}. Остаток с прошлого месяца: {money.text(now['rp_carry'])}."
    if report.stage in RECKONED:
        _count_anew(run, report, text)
    else:
        comment(run, report, text)


def _pass_the_correction_on(run: Run, report: Deal, whence: str) -> None:
    if report["rp_carryout"] is None:
        return  # it is being closed: then it asks by itself
    done = (report["rp_done"] or ZERO) if report.stage == "WON" else ZERO
    out = _carried_out(run, report, settled_as(run, report), done)
    change = out - report["rp_carryout"]
    if not change:
        return
    with run.together():
        set_fields(run, report, rp_carryout=out)
        comment(
            run,
            report,
            f"{whence} {money.text(change)}. Месяц уже закрыт: поправка перенесена дальше. "
            f"Перенос на следующий месяц: {money.text(out)}.",
        )
    _pass_on(run, report, out)


def _tell_of_a_long_debt(run: Run, report: Deal, balance: Decimal) -> None:
    """E-RP-4. From the third month in a row below zero on the coordinator and the chief accountant hear of it."""
    month = month_of(report)
    if month is None:
        return
    known = {one.month: one.balance for one in find_neighbours(run, report)}
    count = settlement.months_of_debt([balance, *(known.get(month - ago) for ago in range(1, MONTHS_BACK + 1))])
    if count < settlement.MONTHS_OF_DEBT:
        return
    person = run.engine.people.user(report["rp_who"])
    text = (
        f"{person.name}: {words.ordinal(count)} месяц подряд итог расчётов отрицательный, сейчас {money.text(balance)}."
    )
    with run.together():
        notify(run, "COORDINATOR", text)
        notify(run, "CHIEF_ACCOUNTANT", text)
