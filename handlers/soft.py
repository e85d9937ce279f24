"""SOFT, «Софт-продажи»: from a request to the last payment (spec §6.2)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from config import Terms, company
from documents import kept as documents
from documents import terms as terms_of_payment
from engine import guard
from engine.deal import Deal, Row, rows_of
from engine.people import MOSCOW
from engine.run import Run
from engine.triggers import (
    on_child,
    on_command,
    on_created,
    on_field,
    on_rows,
    on_signal,
    on_stage,
    on_task_closed,
    requires,
)
from robots.check_amount import check_amount
from robots.close_tasks import close_tasks, open_tasks
from robots.comment import comment
from robots.count_hours import count_hours
from robots.create_task import create_task, open_task
from robots.fill_document import fill_document
from robots.find_contract import Contract, find_framework_contract, read_contract
from robots.find_surplus import find_surplus
from robots.keep_word_of import keep_word_of
from robots.move_card import move_card
from robots.notify import notify
from robots.open_deal import open_deal
from robots.open_shipment import living_shipments, open_shipment
from robots.order_supply import asks_for_an_advance, is_advance_in, order_supply, order_what_waits
from robots.read_terms import read_terms
from robots.recount_order import recount_order
from robots.renew_task import renew_task
from robots.return_card import return_card
from robots.set_fields import set_fields
from robots.set_rows import set_rows
from robots.take_payment import empty_a_late_input, keep_payments, take_entered_payment, take_told_payment
from rules import amounts, money, payment_schedule, reading, shipping, split

TOLD_TO_LOGISTICS = {"address": "lg_to", "ship_until": "lg_date"}

# — what tables cannot say about entering a stage —


@requires("SOFT", "CONTRACT")
def terms_that_can_be_counted(run: Run, deal: Deal) -> Iterator[str]:
    """C-04, E-SO-9. The figures that the terms of payment need, terms that make sense, and something to pay."""
    terms = run.company.terms.get(deal["terms"])
    if terms is not None:
        yield from list(_figures(deal, terms)) or _what_is_wrong(run, deal, terms)
    if deal.amount <= 0:
        yield "Сумма"


def _figures(deal: Deal, terms: Terms) -> Iterator[str]:
    """The share of the advance and the days of the deferral, where the terms have them."""
    if terms.has_advance and deal["terms_pct"] is None:
        yield "Аванс, %"
    if terms.has_deferral and deal["terms_days"] is None:
        yield "Отсрочка, дней"
    if terms.by_schedule and not deal["terms_sched"]:
        yield "График оплаты"


def _what_is_wrong(run: Run, deal: Deal, terms: Terms) -> Iterator[str]:
    if terms.code == "RETENTION":
        text = f"Условия оплаты «{terms.title}» — для договоров подряда: выберите «{_title_of('STAGES')}»"
        yield guard.Obstacle(text)
        return
    try:
        read_terms(run, deal)
    except payment_schedule.WrongTerms as wrong:
        yield guard.Obstacle(str(wrong).removesuffix("."))


def _title_of(terms: str) -> str:
    return next(one.title for one in company().terms.values() if one.code == terms)


@requires("SOFT", "SUPPLY")
def what_a_skipped_contract_stage_asks_for(run: Run, deal: Deal) -> Iterator[str]:
    """R-06. Under a framework contract its stage may be skipped, but not what an order is made of."""
    for name in ("our", "terms"):
        if deal[name] is None:
            yield run.engine.dictionary.field("SOFT", name).label
    if not any(row.price > 0 for row in deal.rows):
        yield run.engine.dictionary.field("SOFT", "rows").label
    yield from terms_that_can_be_counted(run, deal)


@requires("SOFT", "SUPPLY")
def a_contract_that_lasts(run: Run, deal: Deal) -> Iterator[str]:
    """SO-T9, E-SO-6. The contract stage is skipped only under a framework contract that is valid on the day of delivery."""
    if deal.stage != "SUPPLY" and guard.visited(run, deal, "SUPPLY"):
        return  # it was asked when the order came to be supplied
    contract = read_contract(run, deal)
    if contract is None:
        return  # «Договор (реестр)» itself is asked for
    day = _day_of_delivery(run, deal)
    if contract.is_expired:
        yield guard.Obstacle(f"Договор больше не действует: {contract.title}")
    elif contract.is_framework and contract.end is not None and contract.end < day:
        yield guard.Obstacle(_ends_too_early(contract, day))
    elif not guard.visited(run, deal, "CONTRACT") and not (contract.is_framework and contract.is_valid_on(day)):
        title = run.company.processes["SOFT"].stages["CONTRACT"].title
        yield guard.Obstacle(f"Не пройдена стадия «{title}»: действующего рамочного договора нет")


@requires("SOFT", "SUPPLY")
def an_address_unless_it_is_fetched(run: Run, deal: Deal) -> Iterator[str]:
    """Everything but «Самовывоз» needs an address."""
    if deal["delivery_way"] != "Самовывоз" and not deal["address"]:
        yield "Адрес доставки"


@requires("SOFT", "LOSE")
@requires("SOFT", "NOT_FIT")
def a_comment_on_another_reason(run: Run, deal: Deal) -> Iterator[str]:
    """«Другое» says nothing by itself."""
    if deal["lost"] == "Другое" and not deal["lost_note"]:
        yield "Комментарий к отказу"


# — from the request to the offer —


@on_created("SOFT")
def take_up_the_request(run: Run, deal: Deal) -> None:
    """SO-T1. The manager contacts the client; a valid framework contract is found and linked, and our own company if it is open."""
    contract = find_framework_contract(run, deal)
    own = deal["our"] or next(iter(run.company.our_companies))
    with run.together():
        create_task(run, deal, "SO-1")
        set_fields(run, deal, our=own, **({"contract": contract.id} if contract else {}))
        if contract is not None:
            comment(run, deal, f"У клиента есть действующий рамочный договор: {contract.title}.")
    if deal["noadv"]:
        keep_word_of(run, deal, "noadv", "COMMERCIAL_DIRECTOR")


@on_stage("SOFT", "QUALIFY")
def assess_the_client(run: Run, deal: Deal) -> None:
    """SO-T2. The client and its needs are assessed."""
    with run.together():
        close_tasks(run, deal, "SO-1", because="Стадия пройдена")
        create_task(run, deal, "SO-2")


@on_field("SOFT", "so_newmat")
def send_to_design(run: Run, deal: Deal) -> None:
    """SO-T3. New materials are needed: a deal that is being assessed goes to the designers."""
    if run.change.what["new"] and deal.stage == "QUALIFY":
        move_card(run, deal, "DESIGN")


@on_stage("SOFT", "DESIGN")
def work_on_materials(run: Run, deal: Deal) -> None:
    """SO-T3. The designers work on materials and a sample."""
    create_task(run, deal, "SO-3")


@on_task_closed("SOFT", "SO-3")
def go_on_with_what_design_found(run: Run, deal: Deal) -> None:
    """SO-T4. What the designers attached is named on the card, which goes on to logistics or to the offer."""
    comment(run, deal, f"Материалы проработаны. Файлов в карточке: {len(deal['files'])}.")
    if deal.stage == "DESIGN":
        move_card(run, deal, "ESTIMATE" if deal["so_needlog"] else "OFFER")


# — the estimate of the transport —


@requires("SOFT", "ESTIMATE")
def an_address_to_bring_it_to(run: Run, deal: Deal) -> Iterator[str]:
    """SO-T5. Logistics must know where to."""
    if not deal["address"]:
        yield "Адрес доставки"


@on_stage("SOFT", "ESTIMATE", mandatory=True)
def have_the_transport_estimated(run: Run, deal: Deal) -> None:
    """SO-T5, E-LG-1. Logistics estimates the transport; a second time only once the first estimate is closed.

    Where an estimate is needed, a card that was on the stage for a moment only has one made as well.
    """
    estimates = run.children(deal, "LOGISTICS")
    if deal.stage != "ESTIMATE" and (estimates or not deal["so_needlog"]):
        return
    if not any(one.is_open(run.company) for one in estimates):
        open_an_estimate(run, deal, f"Логистика: {deal.title}")


@on_field("SOFT", "lg_new")
def have_another_estimate(run: Run, deal: Deal) -> None:
    """SO-T5, E-LG-1, E-LG-5. The button «Создать оценку логистики» makes one whatever there is: «Дополнительная оценка»."""
    set_fields(run, deal, lg_new=None)
    if not run.change.what["new"]:
        return
    if not deal["address"]:
        comment(run, deal, "Оценка логистики не создана: заполните «Адрес доставки» и нажмите ещё раз.")
        return
    is_first = not run.children(deal, "LOGISTICS")
    open_an_estimate(run, deal, f"{'Логистика' if is_first else 'Дополнительная оценка'}: {deal.title}")


def open_an_estimate(run: Run, deal: Deal, title: str) -> None:
    """An estimate card that knows where to, by when, what, and why."""
    copied = {"lg_to": deal["address"], "lg_date": deal["ship_until"], "lg_cargo": _cargo(deal.rows) or None}
    family = run.family_cards()  # a deleted estimate is not made again under its own number
    number = str(sum(one.parent == deal.id and one.process == "LOGISTICS" for one in family) or "")
    open_deal(
        run, deal, "LOGISTICS", title=title, subject=number, rows=deal.rows,
        copy=("address", "so_need", "ship_until", "lg_urgent"), **copied,
    )  # fmt: skip


def _cargo(rows: list[Row]) -> str:
    """«Костюм «Монтажник» — 100 шт; Каска — 10 шт»: weight and size the logist adds."""
    return "; ".join(f"{row.product} — {reading.quantity_text(row.quantity)} {row.unit}" for row in rows)


@on_child("SOFT", "LOGISTICS", "READY", mandatory=True)
def take_over_the_estimate(run: Run, deal: Deal) -> None:
    """SO-T6, E-LG-2. Cost and term of the delivery stand on the card, which goes on if it still waits for them."""
    _take_over(run, deal, run.deal, "READY")


@on_child("SOFT", "LOGISTICS", "MOVE", mandatory=True)
def take_over_what_was_not_ready(run: Run, deal: Deal) -> None:
    """SO-T6. The same of an estimate whose logist passed «Оценка готова» over."""
    if not run.fact("was ready", lambda: guard.visited(run, run.deal, "READY")):
        _take_over(run, deal, run.deal, "MOVE")


def _take_over(run: Run, deal: Deal, estimate: Deal, stage: str) -> None:
    cost, days = money.known(estimate["lg_price"]), estimate["lg_days"]
    logist = run.engine.people.user(estimate.responsible)
    if cost is None or not isinstance(days, int) or logist is None:
        return  # it was taken back again meanwhile
    hours = reading.quantity_text(count_hours(run, estimate, "NEW", stage))
    said = f"Оценка логистики готова: {money.text(cost)}, {days} дн."
    with run.together():
        set_fields(run, deal, so_logcost=cost, so_logdays=days)
        comment(run, deal, f"{said} Логист: {logist.name}. Рабочих часов от запроса до готовности: {hours}.")
        notify(run, "SALES", said, deal=deal)
    if deal.stage == "ESTIMATE":
        move_card(run, deal, "ESTIMATED")


@on_child("SOFT", "LOGISTICS", "LOSE")
@on_child("SOFT", "LOGISTICS", "IMPOSSIBLE")
def tell_that_there_is_no_estimate(run: Run, deal: Deal) -> None:
    """SO-T7. The card stays where it is; the manager hears why there is no estimate."""
    if not deal.is_open(run.company):
        return
    estimate = run.deal
    stage = run.company.processes["LOGISTICS"].stages[run.change.what["stage"]].title
    notify(run, "SALES", f"Логистика: «{stage}». Причина: {estimate['lost_note'] or 'не указана'}.", deal=deal)


@on_field("SOFT", "address")
@on_field("SOFT", "ship_until")
def tell_logistics_what_changed(run: Run, deal: Deal) -> None:
    """LG-T9, E-SO-6. Where to or by when has changed: those who estimate the transport hear of it, once a save."""
    edits = run.edits(*TOLD_TO_LOGISTICS)
    if run.change.what["field"] == next(iter(edits)):
        _tell_logistics(run, deal, {TOLD_TO_LOGISTICS[name]: edit for name, edit in edits.items()})
    if run.change.what["field"] == "ship_until":
        watch_the_term_of_the_contract(run, deal)


def tell_logistics_of_rows(run: Run, deal: Deal) -> None:
    """LG-T9. The goods have changed: estimates carry the new ones, and those who make them hear of it."""
    for card in _open_estimates(run, deal):
        set_rows(run, card, deal.rows)
    old, new = (_cargo(rows_of(run.change.what[which])) for which in ("before", "after"))
    _tell_logistics(run, deal, {"lg_cargo": {"old": old, "new": new}})


def _tell_logistics(run: Run, deal: Deal, edits: dict[str, dict]) -> None:
    for card in _open_estimates(run, deal):
        run.signal(card.id, "inputs", edits=edits)


def _open_estimates(run: Run, deal: Deal) -> list[Deal]:
    return [one for one in run.children(deal, "LOGISTICS") if one.is_open(run.company)]


# — the offer —


@on_stage("SOFT", "OFFER")
def prepare_the_offer(run: Run, deal: Deal) -> None:
    """SO-T8. The manager prepares and sends the offer."""
    create_task(run, deal, "SO-4")


@on_task_closed("SOFT", "SO-4")
def wait_for_the_answer(run: Run, deal: Deal) -> None:
    """SO-T8. The offer is sent: the manager gets the client's answer."""
    create_task(run, deal, "SO-5")


# — the button «Сформировать документ» —


@on_field("SOFT", "make_doc")
def make_the_chosen_document(run: Run, deal: Deal) -> None:
    """SO-T8, SO-T9. The chosen document is made, and the button is free for the next press."""
    make_document(run, deal, run.change.what["new"])


@on_command("SOFT", "make_document")
def make_the_document_a_rule_asked_for(run: Run, deal: Deal) -> None:
    """R-23. The same as the button, asked for by an automation rule of the portal: the offer unless the rule names a kind."""
    make_document(run, deal, run.change.what.get("kind") or company().document_kinds["T17"].option)


def make_document(run: Run, deal: Deal, kind: str) -> None:
    """The document lies on the card, or the card says why not."""
    set_fields(run, deal, make_doc=None)
    fill_document(run, deal, kind)


# — the contract —


@on_stage("SOFT", "CONTRACT")
def conclude_the_contract(run: Run, deal: Deal) -> None:
    """SO-T9. Under a framework contract that lasts until the delivery a specification is enough, else a contract is prepared."""
    _agree(run, deal)


def _agree(run: Run, deal: Deal) -> None:
    day = _day_of_delivery(run, deal)
    contract = find_framework_contract(run, deal, on=day)
    if contract is not None:
        named = set_fields(run, deal, contract=contract.id)
        fill_document(run, deal if named is None else run.card(deal.id), "T12")
        return
    _prepare_a_contract(run, deal, find_framework_contract(run, deal), day)


def _prepare_a_contract(run: Run, deal: Deal, ending: Contract | None, day: date) -> None:
    """SO-6, and why: a framework contract that is ending."""
    with run.together():
        if ending is not None:
            comment(run, deal, f"{_ends_too_early(ending, day)}. Подготовьте новый договор или продлите действующий.")
        create_task(run, deal, "SO-6")


def watch_the_term_of_the_contract(run: Run, deal: Deal) -> None:
    """E-SO-6. A later day of delivery, and the framework contract ends before it: another contract is prepared."""
    day, contract = _day_of_delivery(run, deal), find_framework_contract(run, deal)
    if deal.stage != "CONTRACT" or contract is None or contract.is_valid_on(day):
        return
    under_way = run.fact("contract under way", lambda: open_tasks(run.engine, deal.id, ("SO-6", "SO-7")))
    if not under_way and find_framework_contract(run, deal, on=day) is None:
        _prepare_a_contract(run, deal, contract, day)


def _day_of_delivery(run: Run, deal: Deal) -> date:
    return deal["ship_until"] or run.now.astimezone(MOSCOW).date()


def _ends_too_early(contract: Contract, day: date) -> str:
    return f"Рамочный договор истекает {contract.end:%d.%m.%Y}, раньше срока поставки {day:%d.%m.%Y}"


@on_task_closed("SOFT", "SO-6")
def wait_for_the_signature(run: Run, deal: Deal) -> None:
    """SO-T10. The contract is prepared: the manager gets it signed."""
    create_task(run, deal, "SO-7")


@on_signal("SOFT", "signed")
def go_on_with_what_is_signed(run: Run, deal: Deal) -> None:
    """SO-T11. The contract, or the specification under a framework contract, is signed: the order can be supplied."""
    document, kind = run.change.what["document"], run.change.what["stage"]
    if kind == "CONTRACT":
        set_fields(run, deal, contract=document)
    elif kind != "SPEC" or not _is_under_a_framework_contract(run, deal):
        return
    title, day = run.company.processes["REGISTRY"].stages[kind].title, date.fromisoformat(run.change.what["signed"])
    close_tasks(run, deal, "SO-6", "SO-7", because="Договор подписан")
    comment(run, deal, f"Подписано {day:%d.%m.%Y}: {title} № {run.change.what['number']}.")
    if deal.stage == "CONTRACT":
        move_card(run, deal, "SUPPLY")


def _is_under_a_framework_contract(run: Run, deal: Deal) -> bool:
    contract = read_contract(run, deal)
    return contract is not None and contract.is_framework


@on_signal("SOFT", "document_deleted")
def forget_a_deleted_contract(run: Run, deal: Deal) -> None:
    """E-RG-9. The order hears of a document that is gone from the register, and no longer names it as its contract."""
    comment(run, deal, f"Документ удалён из реестра: {run.change.what['title']}.")
    if deal["contract"] == run.change.what["document"]:
        set_fields(run, deal, contract=None)


@on_field("SOFT", "company")
def start_over_with_another_client(run: Run, deal: Deal) -> None:
    """E-SO-12. Another client: the contract of the old one is no longer this order's, which goes back to its contract stage."""
    contract = read_contract(run, deal)
    if contract is None or contract.company == deal["company"]:
        return
    begins = deal.is_open(run.company) and not deal.has_reached("CONTRACT", run.company)
    other = find_framework_contract(run, deal) if begins else None
    with run.together():
        set_fields(run, deal, contract=other.id if other else None)
        comment(run, deal, f"Компания заменена: договор «{contract.title}» заключён с другой, связь с ним снята.")
    if deal.stage == "CONTRACT":
        _agree(run, deal)
    elif deal.is_open(run.company) and deal.has_reached("CONTRACT", run.company):
        move_card(run, deal, "CONTRACT")


# — supply —


@on_stage("SOFT", "SUPPLY", mandatory=True)
def supply_the_order(run: Run, deal: Deal) -> None:
    """SO-T12, SO-T9. Support splits the order; an advance is invoiced and watched. A skipped contract stage leaves its specification to do."""
    if not deal.has_reached("SUPPLY", run.company):
        return  # it was taken back or lost at once
    create_task(run, deal, "SO-8")
    if not run.fact("contract stage", lambda: guard.visited(run, deal, "CONTRACT")):
        fill_document(run, deal, "T12")
    if asks_for_an_advance(run, deal):
        _ask_for_the_advance(run, deal)
    _offer_what_was_overpaid(run, deal)


def _ask_for_the_advance(run: Run, deal: Deal) -> None:
    fill_document(run, deal, "T16")
    if is_advance_in(run, deal, _amount(deal, "so_paid")):
        return
    total, parts, calendar = amounts.total(deal.rows), read_terms(run, deal), run.engine.calendar_of(None)
    invoiced = {payment_schedule.INVOICE: run.at.astimezone(MOSCOW).date()}
    dues = terms_of_payment.schedule(run.company, calendar, total, parts, invoiced)
    advance = [one for one in dues if one.is_advance]
    until, amount = min(one.due for one in advance), sum(one.amount for one in advance)
    create_task(run, deal, "SO-10", within="D+0кд 18:00 @мск", day=until, note=f"Аванс: {money.text(amount)}")


def _offer_what_was_overpaid(run: Run, deal: Deal) -> None:
    """E-SO-2. What the client paid too much on another order of the contract may pay for this one: the accountant decides."""
    for one in find_surplus(run, deal):
        text = f"По этому договору переплачено {money.text(one.amount)} в сделке №{one.order} «{one.title}»: зачтите в этом заказе."
        with run.together():
            comment(run, deal, text)
            notify(run, "ACCOUNTANT", text)


@on_signal("SOFT", "split")
def take_the_split_of_1c(run: Run, deal: Deal) -> None:
    """SO-T13. 1C says where each product comes from; free text that it does not know is left to people (E-SO-8)."""
    said = [_said(row) for row in run.change.what["rows"]]
    manual = [split.Split(row.product, manual=row.quantity) for row in _unknown_to_1c(deal.rows, said)]
    begins = run.company.processes["SOFT"].stages["SUPPLY"].title
    too_early = [f"сделка закрыта или ещё не дошла до стадии «{begins}»"]
    problems = split.check(said + manual, deal.rows) if _is_in_supply(run, deal) else too_early
    if problems:
        text = f"Разложение из 1С не принято: {'; '.join(problems)}."
        comment(run, deal, text)
        run.answer("refused", text)
        return
    with run.together():
        set_fields(run, deal, so_split=split.text(said + manual))
        if manual:
            comment(run, deal, f"Нет в каталоге, разложите вручную: {', '.join(one.product for one in manual)}.")
        else:
            close_tasks(run, deal, "SO-8", because="Заказ разложен по данным 1С")
    _supply_by(run, deal, said)
    run.answer("done", "Разложение принято.")


def _said(row: dict) -> split.Split:
    """A row of a message of 1C; numbers travel as text."""
    return split.Split(row["product"], *(Decimal(str(row.get(place) or 0)) for place in ("stock", "make", "buy")))


def _unknown_to_1c(rows: list[Row], said: list[split.Split]) -> list[Row]:
    named = {reading.name_key(one.product) for one in said}
    return [row for row in rows if not row.product_id and reading.name_key(row.product) not in named]


@on_field("SOFT", "noadv")
def let_it_go_without_an_advance(run: Run, deal: Deal) -> None:
    """SO-T12. Only the commercial director allows to order before the advance; then what waits for it is ordered."""
    kept = keep_word_of(run, deal, "noadv", "COMMERCIAL_DIRECTOR")
    if kept and run.change.what["new"]:
        order_what_waits(run, deal)


@on_task_closed("SOFT", "SO-8")
def take_the_split_of_a_person(run: Run, deal: Deal) -> None:
    """SO-T13. What support wrote into «Разложение обеспечения» counts like a message of 1C."""
    try:
        splits = split.parse(deal["so_split"] or "")
    except split.WrongSplit as wrong:
        renew_task(run, run.change.what["task"], str(wrong))
        return
    problems = split.check(splits, deal.rows)
    if problems:
        renew_task(run, run.change.what["task"], f"Исправьте «Разложение обеспечения»: {'; '.join(problems)}")
    else:
        _supply_by(run, deal, splits)


def _supply_by(run: Run, deal: Deal, splits: list[split.Split]) -> None:
    """Stock is reserved by the shipments; the rest is ordered, with the advance if there is one; shipments are agreed."""
    if not _waits_for_the_advance(run, deal):
        order_supply(run, deal, splits)
    elif any(one.make or one.buy for one in splits):
        comment(run, deal, "Производство и закупка начнутся, когда поступит аванс.")
    if not run.fact("shipments are agreed", lambda: _are_shipments_agreed(run, deal)):
        create_task(run, deal, "SO-9")


def _waits_for_the_advance(run: Run, deal: Deal) -> bool:
    """SO-T12. Goods are ordered with the advance, or when the commercial director allows to go without."""
    received = _amount(deal, "so_paid")
    return not deal["noadv"] and asks_for_an_advance(run, deal) and not is_advance_in(run, deal, received)


def _are_shipments_agreed(run: Run, deal: Deal) -> bool:
    return bool(open_tasks(run.engine, deal.id, ("SO-9",)) or run.children(deal, "SOFT_SHIPMENT"))


def _amount(deal: Deal, name: str) -> Decimal:
    """What a field of money says, nought where it says no amount."""
    return money.known(deal[name]) or Decimal(0)


def _is_in_supply(run: Run, deal: Deal) -> bool:
    return deal.is_open(run.company) and deal.has_reached("SUPPLY", run.company)


# — shipments —


@on_field("SOFT", "sh_create")
def create_a_shipment(run: Run, deal: Deal) -> None:
    """SO-T14, E-SO-7. The button «Создать отгрузку»: a shipment of what is left, and the button is free again."""
    set_fields(run, deal, sh_create=False)
    if _is_in_supply(run, deal):
        open_shipment(run, deal)
    else:
        title = run.company.processes["SOFT"].stages["SUPPLY"].title
        comment(run, deal, f"Отгрузка не создана: это можно сделать в открытой сделке, начиная со стадии «{title}».")


@on_task_closed("SOFT", "SO-9")
def plan_the_first_shipment(run: Run, deal: Deal) -> None:
    """SO-T14. Shipments are agreed: where support made none, the whole order is one."""
    if not living_shipments(run, deal):
        open_shipment(run, deal)


@on_child("SOFT", "SOFT_SHIPMENT", "RESERVE")
def begin_shipping(run: Run, order: Deal) -> None:
    """SO-T15, LG-T6. The first shipment is being put together; of a later one those hear who are to bring it."""
    if order.is_open(run.company) and not order.has_reached("SHIPPING", run.company):
        move_card(run, order, "SHIPPING")
    elif order.stage == "SHIPPING":
        for estimate in _open_estimates(run, order):
            run.signal(estimate.id, "shipping")


@on_child("SOFT", "SOFT_SHIPMENT")
def follow_the_shipments(run: Run, order: Deal) -> None:
    """SO-T17, SO-T18. With everything shipped the order waits for its payments; with everything paid it is done."""
    _go_on(run, order, _amount(order, "so_debt"))


def _go_on(run: Run, order: Deal, debt: Decimal | None) -> None:
    if not order.is_open(run.company):
        return
    if _is_settled(run, order, debt):
        move_card(run, order, "WON")
    elif _is_shipped(run, order) and not order.has_reached("PAYMENT", run.company):
        move_card(run, order, "PAYMENT")


@on_stage("SOFT", "PAYMENT")
def close_what_is_paid_already(run: Run, deal: Deal) -> None:
    """SO-T18. An order that somebody takes to its payments after the last of them came is done."""
    _go_on(run, deal, _amount(deal, "so_debt"))


def _is_shipped(run: Run, order: Deal) -> bool:
    """SO-T17. Every product in the quantity ordered, give or take the tolerance, and every shipment with the client."""
    shipments = living_shipments(run, order)
    rows = [row for one in shipments for row in one.rows]
    arrived = all(one.has_reached("DOCS", run.company) for one in shipments)
    return arrived and _is_all(order, rows)


def _is_all(order: Deal, rows: list[Row]) -> bool:
    return shipping.is_complete(order.rows, rows, order["so_toler"] or Decimal(0))


def _is_settled(run: Run, order: Deal, debt: Decimal | None) -> bool:
    """SO-T18. Shipments are paid or cancelled, one at least is paid, nothing is owed; and there was nothing else to ship."""
    shipments = run.children(order, "SOFT_SHIPMENT")
    ended = {one.stage for one in shipments} <= {"WON", "LOSE"} and any(one.stage == "WON" for one in shipments)
    planned = [row for one in shipments if one["sh_cancel"] != "Перенос" for row in one.rows]
    return ended and not debt and (order.stage == "PAYMENT" or _is_all(order, planned))


# — payments —


@on_field("SOFT", "pay_sum")
def take_what_was_entered(run: Run, deal: Deal) -> None:
    """SH-T8, SO-T16. A payment is entered on the order: its oldest shipment that is not paid gets it, then its advance."""
    take_entered_payment(run, deal)


@on_field("SOFT", "pay_date")
@on_field("SOFT", "pay_no")
def wait_for_the_sum(run: Run, deal: Deal) -> None:
    """SH-T8. Date and number wait for their sum; typed right after it, they are not left for the next payment."""
    empty_a_late_input(run, deal, run.change.what["field"])


@on_signal("SOFT", "payment")
def take_the_payment_of_1c(run: Run, deal: Deal) -> None:
    """SH-T8, SO-T16. 1C tells of a payment of the order."""
    take_told_payment(run, deal)


@on_field("SOFT", "payments")
def put_the_payments_back(run: Run, deal: Deal) -> None:
    """R-22. Payments are taken by entering them; a list that somebody has changed says again what it said."""
    keep_payments(run, deal)


# — the end —


@on_stage("SOFT", "WON")
def close_the_order(run: Run, deal: Deal) -> None:
    """SO-T18, E-SO-5. The client is offered more, and an inspection of what saves from falling; what is not paid brings the order back."""
    unpaid = [one for one in living_shipments(run, deal) if one.stage != "WON"]
    if unpaid:
        which = "; ".join(_standing(run, one) for one in unpaid)
        return_card(run, deal, "PAYMENT", f"Не все отгрузки оплачены: {which}.")
        return
    close_tasks(run, deal, "SO-8", "SO-9", "SO-10", because="Заказ отгружен и оплачен полностью")
    with run.together():
        create_task(run, deal, "SO-12")
        notify(run, "SALES", "Сделка завершена: заказ отгружен и оплачен полностью.")
        if deal["so_group"] == "СИЗ от падения":
            open_deal(run, deal, "SERVICE", title=f"Инспекция СИЗ: {deal.title}")


def _standing(run: Run, shipment: Deal) -> str:
    stage = run.company.processes["SOFT_SHIPMENT"].stages.get(shipment.stage)
    debt = _amount(shipment, "sh_debt")
    standing = f"«{stage.title}»" if stage else "на стадии не из настроек"
    return f"{shipment.title} — {standing}{f', долг {money.text(debt)}' if debt else ''}"


# — the specification —


@on_rows("SOFT")
def tell_of_a_changed_specification(run: Run, deal: Deal) -> None:
    """SO-T21. After the contract stage a changed specification is shown with its difference, and support hears of it."""
    tell_logistics_of_rows(run, deal)
    check_amount(run, deal, deal.rows)
    if not deal.has_reached("CONTRACT", run.company):
        return
    before, after = (rows_of(run.change.what[which]) for which in ("before", "after"))
    difference = "\n".join(f"• {one}" for one in shipping.difference(before, after))
    with run.together():
        comment(run, deal, f"Спецификация изменена:\n{difference}")
        notify(run, "SUPPORT", f"Изменена спецификация сделки:\n{difference}")
    accounts = recount_order(run, deal)
    if deal.is_open(run.company) and not _is_shipped(run, deal) and _has_a_specification(run, deal):
        fill_document(run, deal, "T12")
    _go_on(run, deal, accounts.debt)


def _has_a_specification(run: Run, deal: Deal) -> bool:
    return run.fact("has T12", lambda: documents.last(run.engine.storage, deal.id, "T12") is not None)


@on_field("SOFT", "amount")
def compare_with_the_specification(run: Run, deal: Deal) -> None:
    """C-01. A sum that is not the sum of the rows is told of; everything is counted by the rows."""
    check_amount(run, deal, deal.rows)


# — a refusal —


@on_stage("SOFT", "LOSE")
def learn_from_a_refusal(run: Run, deal: Deal) -> None:
    """SO-T19, E-SO-10. Everything open is closed or asked about; above the threshold the head finds out why the client refused."""
    _stop(run, deal, "Клиент отказался")
    if deal.amount >= run.company.limits.soft_lost_check_min:
        create_task(run, deal, "SO-11")


@on_stage("SOFT", "NOT_FIT")
def close_a_request_that_does_not_fit(run: Run, deal: Deal) -> None:
    """SO-T19. Everything open is closed or asked about."""
    _stop(run, deal, "Не целевой клиент")


def _stop(run: Run, deal: Deal, because: str) -> None:
    """The estimate of its logistics ends by itself; who leads another open child decides what becomes of it."""
    close_tasks(run, deal, because=because, as_="cancelled")
    for child in run.children(deal):
        if child.process != "LOGISTICS" and child.is_open(run.company):
            _ask_what_becomes_of(run, child)
    paid_for_nothing = _amount(deal, "so_paid") - _amount(deal, "so_shipped") + _amount(deal, "so_debt")
    if paid_for_nothing > 0:
        task = run.company.common_tasks["G-ADVANCE"]
        title = f"{task.title} {money.text(paid_for_nothing)}"
        open_task(run, deal, task.model_copy(update={"title": title}), to="ACCOUNTANT")


def _ask_what_becomes_of(run: Run, child: Deal) -> None:
    open_task(run, child, run.company.common_tasks["G-LOST"], to=child.responsible)
    if child.process == "SOFT_SHIPMENT" and not child.has_reached("TRANSIT", run.company):
        because = "Родительская сделка проиграна, резерв снят"
        if close_tasks(run, child, "SH-1", "SH-2", "SH-3", because=because, as_="cancelled"):
            comment(run, child, f"{because}.")
            notify(run, "WAREHOUSE", f"{because}.", deal=child)
