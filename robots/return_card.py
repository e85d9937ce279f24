"""Put a card back to a stage and say why."""

from engine.deal import Deal
from engine.run import Doing, Run
from robots.comment import comment
from robots.move_card import move_card
from robots.notify import notify


def return_card(run: Run, deal: Deal, stage: str, because: str) -> Doing | None:
    """The card stands on `stage` again, says why, and whoever moved it is told. None: it is where somebody else wants it.

    The stage acts as on any other move: where it must not, a condition (`@requires`) refuses the entry instead.
    """
    returned = move_card(run, deal, stage)
    if returned is None or "stands_on" in returned.result:
        return None
    title = run.company.processes[deal.process].stages[stage].title
    text = f"Сделка возвращена на стадию «{title}». {because}"
    with run.together():
        comment(run, deal, text)
        if deal.moved_by != run.engine.own_user:
            notify(run, deal.moved_by, text, deal=deal)
    return returned
