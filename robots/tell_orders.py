"""Tell the deals that use a contract what became of it."""

from engine.deal import Deal
from engine.dictionary import DEAL, links
from engine.run import Run

USERS = ("SOFT", "HARD", "SOFT_SHIPMENT")
PAGES = 20


def tell_orders(run: Run, contract: Deal, signal: str, **what: object) -> None:
    """Every open deal that names the contract hears the signal; a shipment whose order does is the order's to tell.

    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-list.html
    """
    for deal_id in run.fact(f"deals of {contract.id}", lambda: _find(run, contract)):
        run.signal(deal_id, signal, contract=contract.id, title=contract.title, **what)


def _find(run: Run, contract: Deal) -> list[int]:
    """Their ids; from now on the layer knows them."""
    items = [item for item in _ask(run, contract.id) if Deal.of_item(run.engine.dictionary, item).is_open(run.company)]
    with run.engine.storage.write() as tx:
        for item in items:
            run.engine.observer.remember(tx, item)
    cards = [Deal.of_item(run.engine.dictionary, item) for item in items]
    named = {card.id for card in cards}
    return sorted(card.id for card in cards if card.parent not in named)


def _ask(run: Run, contract: int) -> list[dict]:
    dictionary, found = run.engine.dictionary, []
    field = dictionary.field("SOFT", "contract")
    which = {
        "@categoryId": [dictionary.category(process) for process in USERS if run.company.processes[process].enabled],
        f"@{field.code}": links([contract]),
    }
    params = {"entityTypeId": DEAL, "filter": which, "select": ["*", "UF_*"], "useOriginalUfNames": "Y"}
    for page in range(PAGES):
        answer = run.engine.ask("crm.item.list", {**params, "order": {"id": "ASC"}, "start": page * 50})
        found += answer.result["items"]
        if answer.next is None:
            break
    return found
