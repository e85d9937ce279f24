"""Find the order or the shipment that a document of 1C names: by its card, an invoice, a contract, the shipment's number."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.dictionary import DEAL, links
from engine.ledger import Waits
from engine.run import Run

ORDER, SHIPMENT, REGISTER = "SOFT", "SOFT_SHIPMENT", "REGISTRY"
NAME_IT = "Укажите номер отгрузки в shipment."
PLAN_IT = "Создайте отгрузку в карточке заказа и пришлите новый документ."
OWES_SINCE = "SUPPLY"  # from this stage on an order is paid for


class NoSuchCard(Exception):
    """None, or more than one. The text tells 1C's accountants what to write; `card`: where it belongs as well."""

    def __init__(self, text: str, card: int | None = None):
        super().__init__(text)
        self.card = card


def find_named_card(run: Run, named: Mapping, process: str | None = None) -> Deal:
    """The card that is named: an order or a shipment, or one of `process`. The layer knows it from now on.

    `named`: deal, invoice or contract, perhaps shipment. Raises NoSuchCard.
    """
    who = " ".join(f"{name} {named[name]}" for name in ("deal", "invoice", "contract", "shipment") if named.get(name))
    found = run.fact(f"card of {who}", lambda: _learn(run, named, process))
    if "why" in found:
        raise NoSuchCard(found["why"], found["card"])
    _have_them_read(run, found["order"])
    return run.card(found["card"])


def _learn(run: Run, named: Mapping, process: str | None) -> dict:
    try:
        card = _find(run, named, process)
    except NoSuchCard as reason:
        return {"card": reason.card, "why": str(reason)}
    order = (
        card if card.process == ORDER else next(iter(_cards(run, {"=id": card.parent})), card) if card.parent else card
    )
    return {"card": card.id, "order": [order.id, *(one.id for one in _shipments(run, order))]}


def _have_them_read(run: Run, order: Sequence[int]) -> None:
    """An order of before the first start was never read whole: what is counted over it waits for the observer."""
    cards = storage.cards
    never_read = sa.and_(cards.c.version == 0, cards.c.process.is_not(None), cards.c.deleted_at.is_(None))
    with run.engine.storage.write() as tx:
        unread = list(tx.scalars(sa.select(cards.c.deal_id).where(cards.c.deal_id.in_(order), never_read)))
        for deal_id in unread:
            run.engine.observer.ring(tx, "deal", deal_id)
    if unread:
        raise Waits(0, f"cards {unread} were never read", counts=True)


def _find(run: Run, named: Mapping, process: str | None) -> Deal:
    card, number = _named(run, named), named.get("shipment")
    if card.process == ORDER:
        return card if process != SHIPMENT and number is None else _shipment(run, card, number)
    if process == ORDER:
        raise NoSuchCard(
            f"{_title(card)} — отгрузка, а документ о заказе. Укажите в deal номер карточки заказа.", card.id
        )
    if number not in (None, card["sh_no"]):
        raise NoSuchCard(
            f"{_title(card)} — отгрузка {card['sh_no'] or 'без номера'}, а в shipment указан номер {number}.", card.id
        )
    return card


def _named(run: Run, named: Mapping) -> Deal:
    if "deal" in named:
        return _by_id(run, named["deal"])
    if "invoice" in named:
        return _by_invoice(run, named["invoice"])
    return _by_contract(run, named["contract"])


def _by_id(run: Run, deal_id: int) -> Deal:
    found = _cards(run, {"=id": deal_id})
    if not found:
        raise NoSuchCard(f"Сделка №{deal_id} не найдена. Проверьте deal: это номер карточки в Битрикс24.")
    if found[0].process not in (ORDER, SHIPMENT):
        raise NoSuchCard(
            f"{_title(found[0])} — не заказ и не отгрузка. Укажите в deal номер карточки заказа или отгрузки."
        )
    return found[0]


def _by_invoice(run: Run, number: str) -> Deal:
    """The deal for which the register's invoice was made."""
    invoices = _documents(run, "INVOICE", number)
    if not invoices:
        raise NoSuchCard(
            f"Сделка по счёту {number} не найдена: такого счёта нет в реестре документов. Проверьте номер или укажите deal."
        )
    sources = sorted({one["doc_source"] for one in invoices if one["doc_source"]})
    found = [one for one in _cards(run, {"@id": sources}) if one.process in (ORDER, SHIPMENT)] if sources else []
    if not found:
        raise NoSuchCard(
            f"Сделка по счёту {number} не найдена: в реестре документов у него нет сделки-источника. Укажите deal."
        )
    return _only(found, f"По счёту {number}")


def _by_contract(run: Run, number: str) -> Deal:
    """The one order of the contract that is being supplied; where none is, the one that is finished."""
    contracts = _documents(run, "CONTRACT", number)
    if not contracts:
        raise NoSuchCard(
            f"Сделка по договору {number} не найдена: такого договора нет в реестре документов. Проверьте номер или укажите deal."
        )
    linked = {"@" + run.engine.dictionary.field(ORDER, "contract").code: links(one.id for one in contracts)}
    orders = _cards(run, {"=categoryId": run.engine.dictionary.category(ORDER), **linked})
    stages = run.company.processes[ORDER].stages
    since = list(stages)[list(stages).index(OWES_SINCE) :]
    owing = [one for one in orders if one.stage in since and stages[one.stage].semantics == "process"]
    found = owing or [one for one in orders if one.stage in stages and stages[one.stage].semantics == "success"]
    if not found:
        raise NoSuchCard(f"Сделка по договору {number} не найдена: по нему нет заказа в работе. Укажите deal.")
    return _only(found, f"По договору {number}")


def _shipment(run: Run, order: Deal, number: int | None) -> Deal:
    """The shipment of that number; without one, the only one whose goods have not left."""
    children = _shipments(run, order)
    living = [one for one in children if one.is_living(run.company)]
    waiting = [one for one in living if one["sh_fact"] is None]
    found = [one for one in children if one["sh_no"] == number] if number else waiting
    if len(found) == 1:
        return found[0]
    there = ", ".join(str(one["sh_no"]) for one in living if one["sh_no"]) or "без номеров"
    if not living:
        said = f"в заказе нет отгрузок. {PLAN_IT}"
    elif number:
        said = f"в заказе нет отгрузки {number} (отгрузки: {there}). {NAME_IT}"
    elif waiting:
        said = f"в заказе не одна отгрузка (отгрузки: {there}). {NAME_IT}"
    else:
        said = f"все отгрузки заказа уже отгружены (отгрузки: {there}). {NAME_IT} Если это новая: {PLAN_IT.lower()}"
    raise NoSuchCard(f"{_title(order)}: {said}", order.id)


def _shipments(run: Run, order: Deal) -> list[Deal]:
    parent = {"@" + run.engine.dictionary.field(SHIPMENT, "parent").code: links([order.id])}
    return _cards(run, {"=categoryId": run.engine.dictionary.category(SHIPMENT), **parent})


def _only(found: Sequence[Deal], whose: str) -> Deal:
    if len(found) > 1:
        which = ", ".join(_title(one) for one in found[:5])
        raise NoSuchCard(f"{whose} найдено несколько сделок: {which}. Укажите в deal номер карточки.")
    return found[0]


def _documents(run: Run, stage: str, number: str) -> list[Deal]:
    """Cards of the register; the portal compares numbers without regard to case, so they are compared here once more."""
    dictionary = run.engine.dictionary
    on = {"=stageId": dictionary.stage_id(REGISTER, stage), "=" + dictionary.field(REGISTER, "doc_no").code: number}
    found = _cards(run, {"=categoryId": dictionary.category(REGISTER), **on})
    return [one for one in found if (one["doc_no"] or "").strip() == number]


def _cards(run: Run, which: dict) -> list[Deal]:
    """Cards as the portal shows them; those that the layer never saw are remembered."""
    whole = {"select": ["*", "UF_*"], "order": {"id": "ASC"}, "useOriginalUfNames": "Y"}
    items = run.engine.items({"entityTypeId": DEAL, "filter": which, **whole})
    with run.engine.storage.write() as tx:
        for item in items:
            run.engine.observer.remember(tx, item)
    return [Deal.of_item(run.engine.dictionary, item) for item in items]


def _title(deal: Deal) -> str:
    return f"Сделка №{deal.id} «{deal.title}»"
