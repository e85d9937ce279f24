"""Tell any card of the portal something, also one that the layer has never seen."""

from bitrix.errors import NotFound
from engine.deal import load_card
from engine.dictionary import DEAL
from engine.run import Run


def tell_card(run: Run, deal_id: int, signal: str, **what: object) -> None:
    """The card hears the signal, in a run of its own family; nothing happens where there is no such card any more."""
    if run.fact(f"card {deal_id} is there", lambda: _is_known(run, deal_id)):
        run.signal(deal_id, signal, **what)


def _is_known(run: Run, deal_id: int) -> bool:
    with run.engine.storage.read() as connection:
        if load_card(connection, deal_id) is not None:
            return True
    try:
        answer = run.engine.ask("crm.item.get", {"entityTypeId": DEAL, "id": deal_id, "useOriginalUfNames": "Y"})
    except NotFound:
        return False
    with run.engine.storage.write() as tx:
        run.engine.observer.remember(tx, answer.result["item"])
    return True
