"""LOGISTICS, «Логистика»: the estimate of a transport, and the transport itself (spec fulfilment §13.1).

The figures reach the sales deal in handlers/soft.py (SO-T6, SO-T7).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from engine import guard, storage
from engine.deal import Deal
from engine.run import Run
from engine.triggers import (
    on_created,
    on_field,
    on_left,
    on_parent,
    on_signal,
    on_stage,
    on_task_closed,
    on_task_started,
    requires,
)
from robots.close_tasks import close_tasks, open_tasks
from robots.comment import comment
from robots.create_task import create_task, deadline_of
from robots.find_quotes import find_quotes
from robots.keep_quotes import keep_quotes
from robots.move_card import move_card
from robots.notify import notify
from robots.rate_contractor import rate_contractor
from robots.read_contractor import read_contractor
from robots.set_fields import set_fields
from robots.update_task import hand_over_task, restart_task
from rules import declension, money, quotes, reading

OWN_TRANSPORT = "Собственный транспорт"
FETCHED = "Самовывоз"
MARKS = range(1, 6)
INPUTS = ("lg_from", "lg_to", "lg_cargo", "lg_date")
BEING_ESTIMATED = ("WORK", "ASK", "APPROVE", "READY")
NOT_DELIVERED = ("LOSE", "RETURNED")

# — what tables cannot say about entering a stage —


@requires("LOGISTICS", "APPROVE")
def a_cost_and_who_offers_it(run: Run, deal: Deal) -> Iterator[str]:
    """E-LG-3. A cost, a nought only with a note; quotes and a contractor that has an ИНН, unless it is our own transport."""
    cost = money.known(deal["lg_cost"])
    if cost is not None and cost < 0:
        yield guard.Obstacle("Себестоимость не может быть меньше нуля")
    if cost == 0 and not _has_note(run, deal):
        yield guard.Obstacle("Себестоимость равна нулю: напишите в комментарии к карточке почему")
    if deal["lg_mode"] == OWN_TRANSPORT:
        return
    if not deal["lg_quotes"]:
        yield "Предложения подрядчиков"
    yield from _unreadable(deal["lg_quotes"] or [])
    yield from _unfit_contractor(run, deal["lg_carrier"])


@requires("LOGISTICS", "READY")
@requires("LOGISTICS", "MOVE")
def an_agreed_cost(run: Run, deal: Deal) -> Iterator[str]:
    """LG-T5. The cost is known and, above the limit, agreed to, also when «На согласовании» was skipped."""
    if deal["lg_cost"] is None:
        yield "Себестоимость"
    elif _needs_consent(run, deal) and _last_task(run, deal, "LG-3") != "done":
        title = run.company.processes["LOGISTICS"].stages["APPROVE"].title
        yield guard.Obstacle(f"Стоимость не согласована: переведите на стадию «{title}» и дождитесь завершения задачи")


@requires("LOGISTICS", "READY")
def a_price_that_still_holds(run: Run, deal: Deal) -> Iterator[str]:
    """LG-T10 would tell the seller the same the next morning."""
    if deal["lg_valid"] is not None and deal["lg_valid"] < run.today(deal):
        yield guard.Obstacle("«Цена действует до»: дата уже прошла, исправьте или очистите поле")


@requires("LOGISTICS", "WON")
def a_mark_and_what_it_cost(run: Run, deal: Deal) -> Iterator[str]:
    """A contractor has a mark from 1 to 5; a transport that took place has its cost."""
    if deal["lg_carrier"] and deal["lg_mark"] not in MARKS:
        yield "Оценка подрядчика, 1–5"
    if deal["lg_fact"] is None and guard.visited(run, deal, "MOVE"):
        yield "Фактическая стоимость"


@requires("LOGISTICS", "IMPOSSIBLE")
def a_reason_for_the_seller(run: Run, deal: Deal) -> Iterator[str]:
    """SO-T7 tells the seller why."""
    if not deal["lost_note"]:
        yield "Комментарий к отказу"


def _has_note(run: Run, deal: Deal) -> bool:
    """Whether a person has commented on the card."""
    of_card = {"filter": {"ENTITY_ID": deal.id, "ENTITY_TYPE": "deal"}, "select": ["ID", "AUTHOR_ID"]}
    found = run.engine.ask("crm.timeline.comment.list", {**of_card, "order": {"ID": "DESC"}}).result
    return any(int(one["AUTHOR_ID"]) != run.engine.own_user for one in found)


def _unreadable(lines: list[str]) -> Iterator[str]:
    for line in lines:
        try:
            quotes.parse(line)
        except quotes.WrongQuote as wrong:
            yield guard.Obstacle(f"Предложения подрядчиков: {wrong}")


def _unfit_contractor(run: Run, company: int | None) -> Iterator[str]:
    contractor = read_contractor(run, company) if company else None
    if contractor is None:
        yield "Выбранный подрядчик"
    elif not contractor.is_listed:
        yield guard.Obstacle(f"У подрядчика «{contractor.title}» не отмечен вид «Перевозчик» или «Подрядчик»")
    elif not contractor.inn:
        text = "предложение хранится, но выбрать его для договора нельзя"
        yield guard.Obstacle(f"У подрядчика «{contractor.title}» нет ИНН: {text}")


def _needs_consent(run: Run, deal: Deal) -> bool:
    cost = money.known(deal["lg_cost"])
    return cost is not None and cost > run.company.limits.lg_approve_from


def _last_task(run: Run, deal: Deal, code: str) -> str | None:
    """The state of the card's newest task of that code; None where there was none."""
    table = storage.tasks
    of_code = sa.select(table.c.state).where(table.c.deal_id == deal.id, table.c.code == code)
    with run.engine.storage.read() as connection:
        return connection.scalar(of_code.order_by(table.c.task_id.desc()).limit(1))


# — the estimate —


@on_created("LOGISTICS")
def ask_for_an_estimate(run: Run, deal: Deal) -> None:
    """LG-T1. A logist estimates the transport, sooner if it is urgent, and sees what was offered on the route before."""
    offers = find_quotes(run, deal["lg_from"], deal["lg_to"])
    with run.together():
        create_task(run, deal, "LG-1", within=_span(run, deal))
        if offers:
            comment(run, deal, "Последние предложения по этому маршруту:\n" + "\n".join(f"• {one}" for one in offers))


def _span(run: Run, deal: Deal) -> str | None:
    return run.company.limits.lg_urgent if deal["lg_urgent"] else None


@on_left("LOGISTICS", "NEW")
def take_it_up(run: Run, deal: Deal) -> None:
    """LG-T2. The logist who takes the request is responsible for the card and its estimate; the seller sees who it is."""
    was_told = run.fact("begun", lambda: _is_begun(run, deal)) and deal.moved_by == deal.responsible
    if run.change.what["stage"] in BEING_ESTIMATED and not was_told:
        _is_with(run, deal, deal.moved_by)


@on_task_started("LOGISTICS", "LG-1")
def take_up_its_task(run: Run, deal: Deal) -> None:
    """LG-T2. The same for a logist who begins with the task and leaves the card where it is."""
    if deal.stage == "NEW":
        _is_with(run, deal, run.change.what["by"])


def _is_begun(run: Run, deal: Deal) -> bool:
    """Whether a logist has begun with LG-1, which was told then."""
    table = storage.changes
    begun = sa.select(table.c.id).where(table.c.deal_id == deal.id, table.c.kind == "task_started")
    with run.engine.storage.read() as connection:
        return connection.execute(begun.limit(1)).first() is not None


def _is_with(run: Run, deal: Deal, logist: int) -> None:
    if not run.fact("is a logist", lambda: run.engine.people.may_fill(logist, "LOGIST")):
        return
    tasks = run.fact("open LG-1", lambda: open_tasks(run.engine, deal.id, ("LG-1",)))
    with run.together():
        if logist != deal.responsible:
            set_fields(run, deal, responsible=logist)
            for task_id in tasks:
                hand_over_task(run, task_id, logist, deal_id=deal.id)
        if deal.parent:
            comment(run, deal.parent, f"Логистика: {_in_the_hands_of(run.engine.people.user(logist).name)}.")


def _in_the_hands_of(name: str) -> str:
    """«в работе у Соколовой Елены»; a name that says neither «М» nor «Ж» stays as it is."""
    sex = declension.sex(name)
    return f"в работе у {declension.name_genitive(name, sex).text}" if sex else f"в работе, логист — {name}"


@on_stage("LOGISTICS", "ASK")
def ask_for_our_own_vehicles(run: Run, deal: Deal) -> None:
    """LG-T3. The head of logistics says whether there is a vehicle of our own."""
    create_task(run, deal, "LG-2")


@on_stage("LOGISTICS", "APPROVE")
def have_the_cost_agreed(run: Run, deal: Deal) -> None:
    """LG-T4. The quotes go to the directory; a cost above the limit is agreed to by the head of logistics."""
    keep_quotes(run, deal)
    cost, limit = money.known(deal["lg_cost"]), money.text(run.company.limits.lg_approve_from)
    if _needs_consent(run, deal):
        create_task(run, deal, "LG-3", note=f"Себестоимость: {money.text(cost)}")
    elif cost is not None:
        comment(run, deal, f"Себестоимость {money.text(cost)} не выше {limit}: согласование не требуется.")


@on_field("LOGISTICS", "lg_cost")
def have_a_changed_cost_agreed_again(run: Run, deal: Deal) -> None:
    """LG-T4. A cost that changed after it was agreed to, and is above the limit, is agreed to anew."""
    was, now = (money.known(run.change.what[name]) for name in ("old", "new"))
    is_agreed = run.fact("agreed", lambda: _last_task(run, deal, "LG-3") == "done")
    if is_agreed and now is not None and now > run.company.limits.lg_approve_from and (was is None or now > was):
        create_task(run, deal, "LG-3", note=f"Себестоимость изменилась: {_said(was)} → {money.text(now)}")


def _said(amount: Decimal | None) -> str:
    return "не указана" if amount is None else money.text(amount)


@on_task_closed("LOGISTICS", "LG-3")
def go_on_with_the_agreed_cost(run: Run, deal: Deal) -> None:
    """LG-T5. The cost is agreed to: the estimate is ready, if price and term for the client are known."""
    if deal.stage != "APPROVE":
        return
    lacking = [
        label for name, label in (("lg_price", "Цена для клиента"), ("lg_days", "Срок, дней")) if deal[name] is None
    ]
    if not lacking:
        move_card(run, deal, "READY")
        return
    title = run.company.processes["LOGISTICS"].stages["READY"].title
    text = f"Стоимость согласована. Заполните «{'», «'.join(lacking)}» и переведите сделку на стадию «{title}»."
    with run.together():
        comment(run, deal, text)
        notify(run, deal.responsible, text)


@on_stage("LOGISTICS", "READY")
def finish_the_estimate(run: Run, deal: Deal) -> None:
    """LG-T5, LG-T6. The estimate is made (its figures reach the seller by SO-T6); where goods leave already, the transport begins."""
    close_tasks(run, deal, "LG-1", because="Оценка готова")
    parent = run.parent(deal)
    if parent is not None and parent.process == "SOFT" and parent.stage == "SHIPPING":
        begin_the_transport(run, deal)


# — inputs that changed —


@on_field("LOGISTICS", "lg_from")
@on_field("LOGISTICS", "lg_to")
@on_field("LOGISTICS", "lg_cargo")
@on_field("LOGISTICS", "lg_date")
def estimate_anew(run: Run, deal: Deal) -> None:
    """LG-T9. The seller changed what the estimate starts from: it begins anew. The logist's own edits are her work."""
    by = run.change.what["by"]
    if not by or run.fact("by a logist", lambda: run.engine.people.may_fill(by, "LOGIST")):
        return
    edits = run.edits(*INPUTS)
    if run.change.what["field"] == next(iter(edits)):
        _restart(run, deal, [_edit(run, deal, name, edit) for name, edit in edits.items()])


@on_signal("LOGISTICS", "inputs")
def estimate_anew_what_the_order_says(run: Run, deal: Deal) -> None:
    """LG-T9. Address, term or goods of the order changed: the estimate follows, unless the logist has written otherwise."""
    values, texts = {}, []
    for name, edit in run.change.what["edits"].items():
        field = run.engine.dictionary.field("LOGISTICS", name)
        old, new = (run.engine.dictionary.decode(field, edit[which]) for which in ("old", "new"))
        values |= {name: new} if deal[name] in (old, None) else {}
        texts.append(_edit(run, deal, name, edit))
    if values:
        set_fields(run, deal, **values)
    _restart(run, deal, texts)


def _edit(run: Run, deal: Deal, name: str, edit: dict) -> str:
    label = run.engine.dictionary.field(deal.process, name).label
    return f"«{label}»: было {_shown(edit['old'])}, стало {_shown(edit['new'])}"


def _shown(value: str | None) -> str:
    try:
        return reading.day_text(date.fromisoformat(value or ""))
    except ValueError:
        return f"«{value}»" if value else "пусто"


def _restart(run: Run, deal: Deal, edits: list[str]) -> None:
    """The card says what changed and how often it did; LG-1 counts from now. A request that nobody took up needs neither."""
    if deal.stage not in (*BEING_ESTIMATED, "MOVE"):
        return
    times = (deal["lg_redone"] or 0) + 1
    with run.together():
        comment(run, deal, f"Изменены вводные (переоценка № {times}):\n" + "\n".join(f"• {one}" for one in edits))
        set_fields(run, deal, lg_redone=times)
        if deal.stage != "MOVE":
            _restart_the_task(run, deal, f"Изменены вводные, переоценка № {times}")


def _restart_the_task(run: Run, deal: Deal, note: str) -> None:
    tasks = run.fact("open LG-1", lambda: open_tasks(run.engine, deal.id, ("LG-1",)))
    if not tasks:
        create_task(run, deal, "LG-1", within=_span(run, deal), note=note)
    for task_id in tasks:
        restart_task(run, task_id, deadline_of(run, deal, "LG-1", within=_span(run, deal)), deal_id=deal.id)


# — the transport —


@on_parent("LOGISTICS", "SOFT", "SHIPPING")
@on_signal("LOGISTICS", "shipping")
def begin_the_transport(run: Run, deal: Deal) -> None:
    """LG-T6. Goods of the order leave and are to be delivered: of several estimates the newest one becomes the transport.

    The order tells of goods that leave later (SO-T15), when the first ones were fetched.
    """
    estimates = [card for card in _siblings(run, deal, "LOGISTICS") if card.stage == "READY"]
    if deal.stage == "READY" and estimates and estimates[-1].id == deal.id and _deliveries(run, deal):
        move_card(run, deal, "MOVE")


@on_stage("LOGISTICS", "MOVE")
def organise_the_transport(run: Run, deal: Deal) -> None:
    """LG-T6. A logist organises the transport by the date that is planned for the shipment, else for the order."""
    close_tasks(run, deal, "LG-1", because="Оценка готова")
    planned = [day for card in _deliveries(run, deal) if (day := card["sh_plan"]) is not None]
    day = min(planned, default=deal["lg_date"])
    if day is None:
        create_task(run, deal, "LG-4", within="0рд", note="Плановая дата не указана.")
    else:
        create_task(run, deal, "LG-4", within="D+0кд 18:00", day=day)


@on_signal("LOGISTICS", "delivered")
def have_the_contractor_rated(run: Run, deal: Deal) -> None:
    """LG-T7. Everything has arrived: the logist marks the contractor and enters what it cost; then the card is done."""
    if deal.stage != "MOVE" or not _is_delivered(run, deal) or run.fact("asked", lambda: _last_task(run, deal, "LG-5")):
        return
    if deal["lg_carrier"]:
        create_task(run, deal, "LG-5", note="Заполните также «Фактическая стоимость»: сделка завершится сама.")
    elif money.known(deal["lg_fact"]) is None:
        text = "Груз доставлен. Заполните «Фактическая стоимость»: сделка завершится сама."
        with run.together():
            comment(run, deal, text)
            notify(run, deal.responsible, text)
    else:
        move_card(run, deal, "WON")


@on_task_closed("LOGISTICS", "LG-5")
@on_field("LOGISTICS", "lg_fact")
def finish_when_all_is_known(run: Run, deal: Deal) -> None:
    """LG-T7. Delivered, marked and paid for: the card is done."""
    is_marked = not deal["lg_carrier"] or (
        deal["lg_mark"] in MARKS and run.fact("marked", lambda: _last_task(run, deal, "LG-5")) == "done"
    )
    if deal.stage == "MOVE" and money.known(deal["lg_fact"]) is not None and is_marked and _is_delivered(run, deal):
        move_card(run, deal, "WON")


@on_stage("LOGISTICS", "WON")
def settle_the_transport(run: Run, deal: Deal) -> None:
    """LG-T7. The contractor's mark goes to the directory; card and order say what it cost and how far that is from the estimate."""
    if deal["lg_carrier"]:
        rate_contractor(run, deal, deal["lg_carrier"], deal["lg_mark"])
    if money.known(deal["lg_fact"]) is None:
        return
    text = f"Перевозка завершена: {_difference(deal)}."
    with run.together():
        comment(run, deal, text)
        if deal.parent:
            comment(run, deal.parent, text)


def _difference(deal: Deal) -> str:
    fact, cost = (money.known(deal[name]) for name in ("lg_fact", "lg_cost"))
    said = f"фактическая стоимость {money.text(fact)}"
    if cost is None:
        return said
    more = f"+{money.text(fact - cost)}" if fact > cost else money.text(fact - cost)
    return f"{said}, по оценке {money.text(cost)}, разница {more}"


@on_field("LOGISTICS", "lg_mark")
def rate_anew(run: Run, deal: Deal) -> None:
    """LG-T7. A mark that is corrected after the end counts as corrected."""
    if deal.stage == "WON" and deal["lg_carrier"] and deal["lg_mark"] in MARKS:
        rate_contractor(run, deal, deal["lg_carrier"], deal["lg_mark"])


def _siblings(run: Run, deal: Deal, process: str) -> list[Deal]:
    """Living cards of that process under the same order, by their ids."""
    parent = run.parent(deal)
    return run.children(parent, process) if parent is not None else []


def _deliveries(run: Run, deal: Deal) -> list[Deal]:
    """Shipments of the order that are brought to the client."""
    parent = run.parent(deal)
    shipments = [one for one in _siblings(run, deal, "SOFT_SHIPMENT") if one.stage not in NOT_DELIVERED]
    return [one for one in shipments if (one["delivery_way"] or parent["delivery_way"]) not in (None, FETCHED)]


def _is_delivered(run: Run, deal: Deal) -> bool:
    """Whether the client has received every shipment that is brought."""
    deliveries = _deliveries(run, deal)
    return bool(deliveries) and all(one["sh_received"] is not None for one in deliveries)


# — when nothing comes of it —


@on_parent("LOGISTICS", "SOFT", "LOSE")
@on_parent("LOGISTICS", "SOFT", "NOT_FIT")
def give_up_with_the_order(run: Run, deal: Deal) -> None:
    """LG-T8. The client refused: nothing is transported."""
    if deal.is_open(run.company):
        move_card(run, deal, "LOSE")


@on_stage("LOGISTICS", "LOSE")
def close_what_is_not_needed(run: Run, deal: Deal) -> None:
    """LG-T8. Everything open is closed."""
    close_tasks(run, deal, because="Перевозка не понадобилась", as_="cancelled")


@on_stage("LOGISTICS", "IMPOSSIBLE")
def close_what_cannot_be_done(run: Run, deal: Deal) -> None:
    """SO-T7. Everything open is closed; the seller hears why in SO-T7."""
    close_tasks(run, deal, because="Не можем выполнить", as_="cancelled")
