"""Tell the deals that use a contract what became of it."""

from engine.deal import Deal
from engine.dictionary import links
from engine.run import Run

USERS = ("SOFT", "HARD", "SOFT_SHIPMENT")


def tell_orders(run: Run, contract: Deal, signal: str, **what: object) -> None:
    """Every open deal that names the contract hears the signal; a shipment whose order does is the order's to tell.

    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-list.html
    """
    for deal_id in run.fact(f"deals of {contract.id}", lambda: _find(run, contract)):
        run.signal(deal_id, signal, contract=contract.id, title=contract.title, **what)


def _find(run: Run, contract: Deal) -> list[int]:
    """Their ids; from now on the layer knows them."""
    dictionary = run.engine.dictionary
    which = {
        "@categoryId": [dictionary.category(process) for process in USERS if run.company.processes[process].enabled],
        f"@{dictionary.field('SOFT', 'contract').code}": links([contract.id]),
    }
    cards = [card for card in run.engine.cards_where(which) if card.is_open(run.company)]
    with run.engine.storage.write() as tx:
        for card in cards:
            run.engine.observer.remember(tx, card.raw)
    named = {card.id for card in cards}
    return sorted(card.id for card in cards if card.parent not in named)
