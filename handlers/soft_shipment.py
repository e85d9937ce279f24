"""SOFT_SHIPMENT, «Софт отгрузки»: one part of an order, its goods, its papers and its payment (spec §6.3).

The dates on the card say where it belongs: shipped, received, signed, paid. Each moves it one stage on, in whatever order
they arrive, and every sum is counted anew from rows and payments (robots/recount_order.py).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

import sqlalchemy as sa

from engine import guard, storage
from engine.deal import Deal, Row, rows_of
from engine.run import Run
from engine.triggers import (
    on_created,
    on_deleted,
    on_field,
    on_rows,
    on_signal,
    on_stage,
    on_task_closed,
    requires,
)
from robots.check_amount import check_amount
from robots.check_day import kind_of_vat, wrong_day
from robots.close_tasks import close_tasks, open_tasks
from robots.comment import comment
from robots.create_task import create_task, open_task
from robots.fill_for_shipment import fill_for_shipment
from robots.find_contract import read_contract
from robots.find_overdue import find_overdue
from robots.follow_payments import follow_payments, is_delivered
from robots.keep_word_of import keep_word_of
from robots.let_it_leave import let_it_leave
from robots.move_card import move_card
from robots.move_deadline import move_deadline
from robots.notify import notify
from robots.recount_order import Accounts, Standing, count_order, recount_order
from robots.register_document import register_document
from robots.remind_of_payment import remind_of_payment
from robots.set_fields import set_fields
from robots.set_rows import set_rows
from robots.take_payment import empty_a_late_input, keep_payments, take_entered_payment, take_told_payment
from rules import money, reading, shipped, shipping, vat

PLANNED, GONE = ("NEW", "RESERVE", "READY"), ("TRANSIT", "DOCS", "PAYMENT", "OVERDUE", "WON")
ENDED = ("LOSE", "RETURNED")
PICKED_UP = "Самовывоз"
PARTIAL = "(частично)"
END_OF_DAY = time(18)

# — what tables cannot say about entering a stage —


@requires("SOFT_SHIPMENT", "NEW")
def goods_that_have_left_are_not_planned(run: Run, deal: Deal) -> Iterator[str]:
    """E-SH-7. A card whose goods are shipped does not go back to a stage before that."""
    if deal.stage in PLANNED and deal["sh_fact"] and run.change.what.get("left") in GONE:
        yield guard.Obstacle(f"Товар отгружен {_said(deal['sh_fact'])}, отгрузка не может снова стать запланированной")


@requires("SOFT_SHIPMENT", "RESERVE")
def no_more_than_was_ordered(run: Run, deal: Deal) -> Iterator[str]:
    """E-SO-1. Together with what is reserved already, or further."""
    if _comes_to_reserve(run, deal):
        excess = _excess_with(deal, count_order(run, deal))
        if excess:
            yield guard.Obstacle(shipping.excess_text(excess))


@requires("SOFT_SHIPMENT", "RESERVE")
def a_contract_in_force(run: Run, deal: Deal) -> Iterator[str]:
    """RG-T13. Nothing new is shipped under a contract that has ended."""
    if _comes_to_reserve(run, deal):
        contract = read_contract(run, _naming(run, deal, "contract"))
        if contract is not None and contract.has_ended_by(run.today(deal)):
            yield guard.Obstacle("Договор истёк: новые отгрузки заблокированы")


@requires("SOFT_SHIPMENT", "TRANSIT")
def the_number_of_the_waybill(run: Run, deal: Deal) -> Iterator[str]:
    """Unless the client fetches the goods."""
    if _lacks_waybill(run, deal):
        yield run.engine.dictionary.field(deal.process, "sh_ttn").label


@requires("SOFT_SHIPMENT", "TRANSIT")
def a_day_on_which_goods_can_have_left(run: Run, deal: Deal) -> Iterator[str]:
    """E-SH-11. Neither one that is still to come nor one with a wrong year."""
    wrong = wrong_day(run, deal, deal["sh_fact"]) if deal["sh_fact"] else None
    if wrong:
        yield guard.Obstacle(wrong)


@requires("SOFT_SHIPMENT", "WON")
def everything_paid(run: Run, deal: Deal) -> Iterator[str]:
    """A shipment is done when it is paid."""
    if deal.stage == "WON" and not count_order(run, deal).of(deal).is_paid:
        yield guard.Obstacle(f"Не оплачено {money.text(count_order(run, deal).of(deal).debt)}")


@requires("SOFT_SHIPMENT", "LOSE")
def goods_that_have_left_are_not_cancelled(run: Run, deal: Deal) -> Iterator[str]:
    """SH-T12. What is shipped can only come back."""
    if deal.stage == "LOSE" and deal["sh_fact"]:
        title = run.company.processes[deal.process].stages["RETURNED"].title
        yield guard.Obstacle(f"Товар уже отгружен: отменить отгрузку нельзя, переведите её на стадию «{title}»")


@requires("SOFT_SHIPMENT", "LOSE")
@requires("SOFT_SHIPMENT", "RETURNED")
def a_comment_on_another_reason(run: Run, deal: Deal) -> Iterator[str]:
    """«Другое» says nothing by itself."""
    if deal["sh_cancel"] == "Другое" and not deal["lost_note"]:
        yield run.engine.dictionary.field(deal.process, "lost_note").label


def _comes_to_reserve(run: Run, deal: Deal) -> bool:
    return deal.stage == "RESERVE" or not guard.visited(run, deal, "RESERVE")


def _excess_with(deal: Deal, accounts: Accounts) -> list[shipping.Excess]:
    """By how much this shipment, and those that were reserved before it, exceed the order."""
    if accounts.order is None:
        return []
    others = [one for one in accounts.shipments if one.is_living and one.card.id != deal.id]
    before = [one for one in others if _was_reserved_before(one, deal)]
    rows = [row for one in (*before, accounts.of(deal)) for row in one.rows]
    return shipping.excess(accounts.order.rows, rows, accounts.order["so_toler"] or Decimal(0))


def _was_reserved_before(other: Standing, deal: Deal) -> bool:
    if other.stage == "RESERVE":
        return other.card.history_id < deal.history_id
    return other.stage != "NEW"


def _naming(run: Run, deal: Deal, field: str) -> Deal:
    """The shipment if it says so itself, else its order."""
    order = run.parent(deal)
    return deal if deal[field] or order is None else order


def _is_picked_up(run: Run, deal: Deal) -> bool:
    return _naming(run, deal, "delivery_way")["delivery_way"] == PICKED_UP


def _lacks_waybill(run: Run, deal: Deal) -> bool:
    return not deal["sh_ttn"] and not _is_picked_up(run, deal)


# — planned —


@on_created("SOFT_SHIPMENT")
def plan_a_shipment(run: Run, deal: Deal) -> None:
    """SH-T1. The shipment has its number and title, its sum and a foreseen schedule; more than was ordered is told at once."""
    _take_its_place(run, deal)
    if deal["sh_allow"]:
        keep_word_of(run, deal, "sh_allow", "COMMERCIAL_DIRECTOR")


def _take_its_place(run: Run, deal: Deal) -> None:
    """Among the shipments of its order."""
    order = run.parent(deal)
    number = _number(run, deal)
    with run.together():
        title = {"title": f"{order.title} / отгрузка {number}"} if order is not None else {}
        set_fields(run, deal, sh_no=number, **title, **_plan(run, deal, deal["sh_plan"]))
        accounts = recount_order(run, deal, changed={deal.id: {"sh_no": number}})
        check_amount(run, deal, deal.rows)
        if order is not None:
            check_amount(run, order, order.rows)
        if accounts.excess:
            comment(run, deal, shipping.excess_text(accounts.excess))


def _number(run: Run, deal: Deal) -> int:
    """1, 2, 3… within the order; the number of a shipment that is gone is not used again."""
    others = [one for one in run.family_cards() if one.process == deal.process and one.id != deal.id]
    return 1 + max((one["sh_no"] or 0 for one in others if deal.parent and one.parent == deal.parent), default=0)


@on_field("SOFT_SHIPMENT", "parent")
def go_to_another_order(run: Run, deal: Deal) -> None:
    """R-25. The shipment counts for its new order, and no longer for the old one, which is of another family now."""
    _take_its_place(run, deal)
    if run.change.what["old"]:
        run.signal(int(run.change.what["old"]), "recount")


@on_signal("SOFT", "recount")
def count_without_what_went(run: Run, order: Deal) -> None:
    """R-25. A shipment of the order counts for another one: what is left, owed and in advance is counted without it."""
    follow_payments(run, recount_order(run, order))


@on_rows("SOFT_SHIPMENT")
def follow_the_rows(run: Run, deal: Deal) -> None:
    """C-01, E-SH-4. Other goods: sums and schedules follow; goods that are ready and became less are a partial shipment."""
    accounts = recount_order(run, deal)
    before, after = (rows_of(run.change.what[when]) for when in ("before", "after"))
    with run.together():
        if deal.stage not in ("NEW", "RESERVE") and shipped.is_less(before, after):
            _call_partial(run, deal)
        if accounts.excess:
            comment(run, deal, shipping.excess_text(accounts.excess))
    follow_payments(run, accounts)


@on_field("SOFT_SHIPMENT", "terms")
@on_field("SOFT_SHIPMENT", "terms_pct")
@on_field("SOFT_SHIPMENT", "terms_days")
@on_field("SOFT_SHIPMENT", "terms_sched")
def follow_the_terms(run: Run, deal: Deal) -> None:
    """C-04. Other terms of payment: the schedule is built anew."""
    follow_payments(run, recount_order(run, deal))


@on_field("SOFT_SHIPMENT", "sh_plan")
def follow_the_plan(run: Run, deal: Deal) -> None:
    """SH-T1, SH-T11. Another planned day: the schedule is foreseen anew; each postponement is counted on the card."""
    plan = deal["sh_plan"]
    recount_order(run, deal)
    if deal.stage not in PLANNED or plan is None:
        return
    with run.together():
        if deal.stage == "NEW":
            set_fields(run, deal, **_plan(run, deal, plan))
        if run.change.what["old"]:
            times, old = run.fact("postponements", lambda: _postponements(run, deal)), run.change.what["old"]
            said = f"было {_day(old):%d.%m.%Y}, стало {plan:%d.%m.%Y}"
            comment(run, deal, f"Перенос отгрузки ({times}-й раз): {said}. Причину укажите в комментарии.")
        move_deadline(run, deal, "SH-3", within="D+0кд 18:00", day=plan)
        if plan >= run.today(deal):
            close_tasks(run, deal, "SH-8", because=f"Новая плановая дата: {plan:%d.%m.%Y}")


def _postponements(run: Run, deal: Deal) -> int:
    """How often people have set another planned day, this time included."""
    changes = storage.changes
    with run.engine.storage.read() as connection:
        found = connection.execute(
            sa.select(changes.c.what).where(
                changes.c.deal_id == deal.id, changes.c.kind == "field", changes.c.at <= run.at
            )
        ).scalars()
        return sum(one["field"] == "sh_plan" and bool(one["old"]) and bool(one["new"]) for one in found)


@on_stage("SOFT_SHIPMENT", "NEW")
def count_what_is_planned_again(run: Run, deal: Deal) -> None:
    """SH-T12. A shipment that had been cancelled, and is planned again, takes its goods from the order again."""
    if run.change.what.get("left") in ENDED:
        recount_order(run, deal)


@on_stage("SOFT_SHIPMENT", "RESERVE")
def reserve_the_goods(run: Run, deal: Deal) -> None:
    """SH-T2, SH-T9. The warehouse reserves and packs, logistics orders the transport; a client who is late is told of."""
    count_what_is_planned_again(run, deal)
    late = find_overdue(run, deal["company"])
    with run.together():
        create_task(run, deal, "SH-1")
        if not _is_picked_up(run, deal):
            create_task(run, deal, "SH-2")
        if late > 0:
            text = f"Клиент в просрочке {money.text(late)}"
            comment(run, deal, text)
            notify(run, "SALES", text)


@on_task_closed("SOFT_SHIPMENT", "SH-1")
def see_whether_it_is_ready(run: Run, deal: Deal) -> None:
    """SH-T3. Packed, and the transport ordered where there is one: the shipment is ready."""
    waits = run.fact("still open", lambda: open_tasks(run.engine, deal.id, ("SH-1", "SH-2")))
    if deal.stage == "RESERVE" and not waits:
        move_card(run, deal, "READY")


@on_task_closed("SOFT_SHIPMENT", "SH-2")
def see_whether_it_is_ready_too(run: Run, deal: Deal) -> None:
    """SH-T3. The same when the transport was the last to be ordered."""
    see_whether_it_is_ready(run, deal)


@on_stage("SOFT_SHIPMENT", "READY")
def send_what_is_paid_for(run: Run, deal: Deal) -> None:
    """SH-T3, SH-T4. Terms that count from readiness begin; the warehouse sends the goods, unless they must be paid first."""
    accounts = recount_order(run, deal)
    let_it_leave(run, accounts.of(deal), tell=True)
    _leave_if_it_left(run, deal)


@on_field("SOFT_SHIPMENT", "sh_allow")
def let_it_go_unpaid(run: Run, deal: Deal) -> None:
    """SH-T3. The commercial director alone lets goods go that are not paid for."""
    if keep_word_of(run, deal, "sh_allow", "COMMERCIAL_DIRECTOR") and deal["sh_allow"] and deal.stage == "READY":
        let_it_leave(run, count_order(run, deal).of(deal), allowed=True)


# — shipped —


@on_field("SOFT_SHIPMENT", "sh_fact")
def follow_the_day_of_shipment(run: Run, deal: Deal) -> None:
    """SH-T5, E-SH-11. Goods that left bring the card on; a day that was corrected brings schedule, lateness and deadlines anew.

    A day on which they cannot have left counts for nothing, and the card says what to correct.
    """
    old, fact = _day(run.change.what["old"]), deal["sh_fact"]
    wrong = wrong_day(run, deal, fact) if fact else None
    if wrong:
        _have_it_corrected(run, deal, old, wrong)
        return
    if fact is None and deal.stage in GONE:
        with run.together():
            set_fields(run, deal, sh_fact=old)
            comment(run, deal, "Товар уже отгружен: дата отгрузки возвращена. Её можно исправить, но не удалить.")
    elif fact is not None and deal.stage in PLANNED:
        recount_order(run, deal)
        _leave(run, deal, fact, deal["sh_ttn"])
    elif deal.stage in GONE:
        accounts = recount_order(run, deal)
        one = accounts.of(deal)
        with run.together():
            comment(
                run, deal, f"Дата отгрузки исправлена: было {_said(old)}, стало {_said(fact)}. {_vat_text(run, one)}"
            )
            move_deadline(run, deal, "SH-4", within=_delivery(run, deal), day=fact)
            if one.due is not None and one.due >= run.today(deal):
                move_deadline(run, deal, "SH-6", day=one.due)
        follow_payments(run, accounts)


def _have_it_corrected(run: Run, deal: Deal, old: date | None, wrong: str) -> None:
    """Goods that have left keep the day they had; else the person finds the mistake where it was made."""
    with run.together():
        if deal.stage in GONE and old is not None and wrong_day(run, deal, old) is None:
            set_fields(run, deal, sh_fact=old)
            comment(run, deal, f"{wrong}. Прежняя дата возвращена: {_said(old)}.")
        else:
            comment(run, deal, f"{wrong}. Исправьте поле, и сделка перейдёт дальше сама.")


@on_field("SOFT_SHIPMENT", "sh_ttn")
def go_on_with_the_waybill(run: Run, deal: Deal) -> None:
    """SH-T5. The number that was missing is there: goods that left are under way."""
    _leave_if_it_left(run, deal)


def _leave_if_it_left(run: Run, deal: Deal) -> None:
    fact = deal["sh_fact"]
    if fact and deal.stage in PLANNED and wrong_day(run, deal, fact) is None:
        _leave(run, deal, fact, deal["sh_ttn"])


def _leave(run: Run, deal: Deal, day: date, waybill: str | None) -> None:
    """The card of goods that left is under way, or says what is missing for that."""
    if waybill or _is_picked_up(run, deal):
        move_card(run, deal, "TRANSIT")
        return
    label = run.engine.dictionary.field(deal.process, "sh_ttn").label
    text = f"Товар отгружен {day:%d.%m.%Y}, но не заполнено: {label}. Заполните поле, и сделка перейдёт дальше сама."
    with run.together():
        comment(run, deal, text)
        notify(run, deal.responsible, text)


@on_signal("SOFT_SHIPMENT", "shipped")
def take_the_shipment_of_1c(run: Run, deal: Deal) -> None:
    """SH-T5, E-SH-4. 1C tells what left, when, and under which papers; what did not leave returns to the order."""
    what = run.change.what
    fact = shipped.as_shipped(
        _may_leave(run, deal), [(row["product"], Decimal(row["quantity"])) for row in what["rows"]]
    )
    refusal = _refusal(run, deal, fact.unknown)
    if refusal:
        comment(run, deal, f"Отгрузка из 1С не принята. {refusal}")
        run.answer("refused", refusal, card=deal.id)
        return
    day, waybill = _day(what["date"]), what.get("waybill")
    number = waybill["number"] if waybill else deal["sh_ttn"]
    with run.together():
        set_rows(run, deal, fact.rows)
        set_fields(run, deal, sh_fact=day, sh_ttn=number)
        if fact.is_partial:
            _call_partial(run, deal)
    if what.get("upd"):
        _register_papers_of_1c(run, deal, what["upd"])
    accounts = recount_order(run, deal, changed={deal.id: {"rows": fact.rows, "sh_fact": day, "sh_ttn": number}})
    _compare_with_1c(run, accounts.of(deal), what)
    if deal.stage in PLANNED:
        _leave(run, deal, day, number)
    else:
        follow_payments(run, accounts)
    run.answer("done", f"Отгрузка принята: {fact_text(accounts.of(deal), day)}.", card=deal.id)


def _may_leave(run: Run, deal: Deal) -> list[Row]:
    """What the shipment carries, and what else was ordered, of which nothing was planned in it."""
    order, planned = run.parent(deal), {row.product for row in deal.rows}
    others = [row for row in (order.rows if order is not None else []) if row.product not in planned]
    return [*deal.rows, *(replace(row, quantity=Decimal(0)) for row in others)]


def _refusal(run: Run, deal: Deal, unknown: list[str]) -> str | None:
    """Why the document does not fit the shipment, and what 1C's accountant can do about it."""
    what = run.change.what
    if not deal.is_living(run.company):
        title = run.company.processes[deal.process].stages[deal.stage].title
        return f"Отгрузка на стадии «{title}»: создайте новую отгрузку."
    taken = _taken_otherwise(run, deal, (what.get("upd") or {}).get("number"))
    if taken:
        return taken
    wrong = wrong_day(run, deal, _day(what["date"]))
    if wrong:
        return f"{wrong}. Пришлите отгрузку новым документом."
    if unknown:
        return f"В отгрузке и в заказе нет товаров: {', '.join(unknown)}. Исправьте товары отгрузки и пришлите её новым документом."
    return None


def _taken_otherwise(run: Run, deal: Deal, number: str | None) -> str | None:
    """Goods that have left under one УПД did not leave under another; one УПД is of one shipment."""
    known = _number_of_upd(run, deal)
    if deal["sh_fact"] and number and known not in (None, number, _paper_number(deal)):
        return f"Отгрузка {deal['sh_no']} уже отгружена по УПД № {known}: укажите номер отгрузки, к которой относится УПД № {number}."
    order = run.parent(deal)
    others = [one for one in (run.children(order, deal.process) if order else []) if one.id != deal.id]
    of_other = next((one["sh_no"] for one in others if number and _number_of_upd(run, one) == number), None)
    if of_other is not None:
        return f"УПД № {number} — отгрузки {of_other}: укажите её номер или исправьте номер УПД."
    return None


def _number_of_upd(run: Run, shipment: Deal) -> str | None:
    """As the register has it."""
    upd = run.card(shipment["sh_upd"]) if shipment["sh_upd"] else None
    return upd["doc_no"] if upd is not None and upd.process else None


def _register_papers_of_1c(run: Run, deal: Deal, upd: dict) -> None:
    """The УПД under the number that 1C gave it; the one that was entered before it is brought up to date."""
    day, amount = _day(upd["date"]), upd.get("sum")
    if deal["sh_upd"]:
        fields = {"doc_no": upd["number"], "doc_date": day.isoformat()} | ({"doc_sum": amount} if amount else {})
        run.signal(deal["sh_upd"], "registered", source=deal.id, file=None, fields=fields)
    else:
        register_document(run, deal, "UPD", number=upd["number"], date=day, sum=Decimal(amount) if amount else None)


def _compare_with_1c(run: Run, one: Standing, what: dict) -> None:
    if what.get("sum") and Decimal(what["sum"]) != one.total:
        said = money.text(Decimal(what["sum"]))
        comment(run, one.card, f"Сумма в 1С {said} не равна сумме товаров {money.text(one.total)}: проверьте цены.")


def _call_partial(run: Run, deal: Deal) -> None:
    """E-SH-4."""
    if PARTIAL not in deal.title:
        set_fields(run, deal, title=f"{deal.title} {PARTIAL}")


@on_stage("SOFT_SHIPMENT", "TRANSIT")
def begin_the_journey(run: Run, deal: Deal) -> None:
    """SH-T5. The papers are in the register, the schedule counts from the day of shipment, support confirms the receipt."""
    fact = deal["sh_fact"]
    close_tasks(run, deal, "SH-3", "SH-8", because="Отгружено")
    accounts = recount_order(run, deal)
    one = accounts.of(deal)
    if not deal["sh_upd"]:
        register_document(run, deal, "UPD", number=_paper_number(deal), date=fact, sum=one.total)
    if deal["sh_ttn"]:
        register_document(run, deal, "WAYBILL", number=deal["sh_ttn"], date=fact, sum=one.total)
    with run.together():
        comment(run, deal, f"Отгружено: {fact_text(one, fact)}. {_vat_text(run, one)}")
        if not deal["sh_received"]:
            create_task(run, deal, "SH-4", within=_delivery(run, deal), day=fact)
    follow_payments(run, accounts)
    if deal["sh_received"] and deal.stage == "TRANSIT":
        move_card(run, deal, "DOCS")


def _paper_number(deal: Deal) -> str:
    """What the УПД is called until 1C gives it its number."""
    return f"{deal.parent or deal.id}/{deal['sh_no']}"


def fact_text(one: Standing, day: date) -> str:
    """«27.11.2026, 72 000,00 ₽»."""
    return f"{day:%d.%m.%Y}, {money.text(one.total)}"


def _delivery(run: Run, deal: Deal) -> str:
    """Until when the goods should have arrived: the days of delivery that logistics estimated, 5рд where nobody did."""
    order = run.parent(deal)
    days = order["so_logdays"] if order is not None else None
    return f"D+{days}кд 18:00" if days else "D+5рд 18:00"


def _vat_text(run: Run, one: Standing) -> str:
    """C-03, E-SH-9. The VAT of the shipment at the rate of the day on which it left, by the mode of our own company."""
    rates = run.company.vat
    day = vat.rate_day(rates.rate_date, shipment_fact=one.card["sh_fact"], shipment_plan=one.card["sh_plan"])
    kind = kind_of_vat(run, one.card)
    by_rate = vat.by_rate(vat.at_rates(one.rows, rates.rates, kind, day or run.today(one.card)))
    said = [
        f"НДС {reading.quantity_text(rate)}% — {money.text(sums.vat)}"
        for rate, sums in by_rate.items()
        if rate is not None
    ]
    return f"В том числе {', '.join(said)}." if said else "НДС не облагается."


# — received, signed —


@on_field("SOFT_SHIPMENT", "sh_received")
def confirm_the_receipt(run: Run, deal: Deal) -> None:
    """SH-T6. The client has the goods: terms that count from then begin, transports of the order are done."""
    accounts = recount_order(run, deal)
    if deal["sh_received"] is None:
        return
    close_tasks(run, deal, "SH-4", because="Груз получен клиентом")
    for transport in _transports(run, deal):
        run.signal(transport.id, "delivered", day=deal["sh_received"].isoformat())
    if deal.stage == "TRANSIT":
        _wait_for_papers(run, deal)
    elif deal.stage in GONE:
        follow_payments(run, accounts)


def _transports(run: Run, deal: Deal) -> list[Deal]:
    order = run.parent(deal)
    return [one for card in (deal, order) if card is not None for one in run.children(card, "LOGISTICS")]


@on_field("SOFT_SHIPMENT", "sh_upd")
def go_on_with_the_upd(run: Run, deal: Deal) -> None:
    """SH-T6. The УПД that was missing is named: goods that were received wait for it to be signed."""
    if deal.stage == "TRANSIT" and deal["sh_received"]:
        _wait_for_papers(run, deal)


def _wait_for_papers(run: Run, deal: Deal) -> None:
    if deal["sh_upd"]:
        move_card(run, deal, "DOCS")
    else:
        label = run.engine.dictionary.field(deal.process, "sh_upd").label
        comment(run, deal, f"Груз получен, но не заполнено: {label}. Заполните поле, и сделка перейдёт дальше сама.")


@on_stage("SOFT_SHIPMENT", "DOCS")
def get_the_papers_back(run: Run, deal: Deal) -> None:
    """SH-T6. Support gets the signed УПД back, unless it is signed already."""
    accounts = recount_order(run, deal)
    if deal["sh_signed"]:
        _wait_for_money(run, accounts.of(deal))
    else:
        create_task(run, deal, "SH-5")


@on_signal("SOFT_SHIPMENT", "signed")
def take_the_signed_upd(run: Run, deal: Deal) -> None:
    """SH-T7. The signed scan of the УПД lies in the register."""
    what = run.change.what
    if what["stage"] == "UPD" and deal["sh_upd"] in (None, what["document"]):
        signed = _day(what["signed"])
        set_fields(run, deal, sh_signed=signed)
        _sign(run, deal, recount_order(run, deal, changed={deal.id: {"sh_signed": signed}}))


@on_field("SOFT_SHIPMENT", "sh_signed")
def take_the_day_of_signing(run: Run, deal: Deal) -> None:
    """SH-T7. The same, entered by hand."""
    accounts = recount_order(run, deal)
    if deal["sh_signed"]:
        _sign(run, deal, accounts)


def _sign(run: Run, deal: Deal, accounts: Accounts) -> None:
    """The client has signed: the shipment waits for its payment, or is done."""
    close_tasks(run, deal, "SH-5", because="УПД подписан клиентом")
    if deal.stage == "DOCS":
        _wait_for_money(run, accounts.of(deal))
    elif deal.stage in GONE:
        one = accounts.of(deal)
        if one.due is not None and one.due >= run.today(deal):
            move_deadline(run, deal, "SH-6", day=one.due)
        follow_payments(run, accounts)


def _wait_for_money(run: Run, one: Standing) -> None:
    move_card(run, one.card, "WON" if one.is_paid else "PAYMENT")


@on_signal("SOFT_SHIPMENT", "document_deleted")
def forget_a_deleted_upd(run: Run, deal: Deal) -> None:
    """E-RG-9. The register card of the УПД is gone: the shipment no longer names it."""
    if deal["sh_upd"] and deal["sh_upd"] == run.change.what["document"]:
        with run.together():
            set_fields(run, deal, sh_upd=None)
            comment(run, deal, "УПД удалён из реестра: зарегистрируйте его снова и укажите в карточке.")


# — paid —


@on_stage("SOFT_SHIPMENT", "PAYMENT")
def wait_for_the_payment(run: Run, deal: Deal) -> None:
    """SH-T7. The manager reminds the client in time; what is paid already is done."""
    accounts = recount_order(run, deal)
    one = accounts.of(deal)
    close_tasks(run, deal, "SH-5", because="УПД подписан клиентом")
    if one.is_paid and is_delivered(one):
        move_card(run, deal, "WON")
        return
    with run.together():
        set_fields(run, deal, **_plan(run, deal, one.due))
        remind_of_payment(run, deal, one.due)


@on_stage("SOFT_SHIPMENT", "WON")
def close_what_is_paid(run: Run, deal: Deal) -> None:
    """SH-T8. Nothing is left to do."""
    close_tasks(run, deal, because="Отгрузка оплачена полностью")


@on_field("SOFT_SHIPMENT", "pay_sum")
def take_what_was_entered(run: Run, deal: Deal) -> None:
    """SH-T8, SH-T10. A payment is entered on the shipment; without a date it came today (Moscow)."""
    take_entered_payment(run, deal)


@on_field("SOFT_SHIPMENT", "pay_date")
@on_field("SOFT_SHIPMENT", "pay_no")
def wait_for_the_sum(run: Run, deal: Deal) -> None:
    """SH-T8. Date and number wait for their sum; typed right after it, they are not left for the next payment."""
    empty_a_late_input(run, deal, run.change.what["field"])


@on_signal("SOFT_SHIPMENT", "payment")
def take_the_payment_of_1c(run: Run, deal: Deal) -> None:
    """SH-T8, SH-T10. 1C tells of a payment of this shipment."""
    take_told_payment(run, deal)


@on_field("SOFT_SHIPMENT", "payments")
def put_the_payments_back(run: Run, deal: Deal) -> None:
    """R-22. Payments are taken by entering them; a list that somebody has changed says again what it said."""
    keep_payments(run, deal)


# — its documents —


@on_field("SOFT_SHIPMENT", "make_doc")
def make_a_document(run: Run, deal: Deal) -> None:
    """SH-T9. Somebody wants a document of the shipment: a claim, an account with the client."""
    set_fields(run, deal, make_doc=None)
    fill_for_shipment(run, deal, run.change.what["new"])


# — cancelled, returned, deleted —


@on_stage("SOFT_SHIPMENT", "LOSE")
def cancel_the_shipment(run: Run, deal: Deal) -> None:
    """SH-T12. Everything open is closed; its goods are to be shipped again, its payments are the order's."""
    close_tasks(run, deal, because="Отгрузка отменена", as_="cancelled")
    follow_payments(run, recount_order(run, deal))


@on_stage("SOFT_SHIPMENT", "RETURNED")
def take_the_goods_back(run: Run, deal: Deal) -> None:
    """SH-T13. Nothing is owed for goods that came back; the accountant corrects the papers, payments are the order's advance."""
    close_tasks(run, deal, because="Товар возвращён", as_="cancelled")
    open_task(run, deal, run.company.common_tasks["G-RETURN"], to="ACCOUNTANT")
    follow_payments(run, recount_order(run, deal))


@on_deleted("SOFT_SHIPMENT")
def count_without_it(run: Run, deal: Deal) -> None:
    """R-10. The order is counted without a shipment that was deleted."""
    order = run.parent(deal)
    if order is not None:
        recount_order(run, order)


# — days —


def _plan(run: Run, deal: Deal, day: date | None) -> dict:
    """Until when the stage is planned, where a date decides it."""
    person = run.engine.people.user(deal.responsible)
    if day is None or person is None:
        return {}
    return {"stage_plan": datetime.combine(day, END_OF_DAY, person.zone)}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _said(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else "пусто"
