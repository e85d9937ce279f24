"""Estimates of a transport whose price no longer holds while the client still thinks it over (LG-T10)."""

from collections.abc import Iterator

from engine.deal import Deal, load_card
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.notify import notify
from rules import reading

DECIDED = "CONTRACT"


@daily("09:00", zone="Europe/Moscow", newest_only=True, of="LOGISTICS")
def find_stale_estimates(engine, period: Period) -> Iterator[Subject]:
    """LG-T10. Estimates whose «Цена действует до» has passed, of orders before their contract: once for each such day."""
    today = period.due_at.date()
    for estimate in engine.cards_on("LOGISTICS", "READY"):
        valid = estimate["lg_valid"]
        if valid is not None and valid < today and _is_undecided(engine, estimate.parent):
            yield Subject(f"{estimate.id}:{valid}", estimate.id, "LOGISTICS", {"valid": valid.isoformat()}, once=True)


def _is_undecided(engine, order: int | None) -> bool:
    with engine.storage.read() as connection:
        card = load_card(connection, order)
    if card is None or card["is_deleted"] or card["process"] != "SOFT":
        return False
    stages = list(engine.company.processes["SOFT"].stages)
    return card["stage"] in stages[: stages.index(DECIDED)]


@find_stale_estimates.each
def tell_the_seller(run: Run, estimate: Deal) -> None:
    """LG-T10. The seller asks for another estimate before she promises this price."""
    said = reading.day_text(reading.day(run.change.what["valid"]))
    text = f"Оценка устарела: цена доставки действовала до {said}. Запросите новую оценку, прежде чем называть цену клиенту."
    notify(run, "SALES", text, deal=run.parent(estimate))
