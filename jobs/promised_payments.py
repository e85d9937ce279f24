"""At 07:00 of each city, when it is known what is late: payments that were promised for a day that has passed (RC-T7)."""

from collections.abc import Iterator
from datetime import date

from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, cities_at, every
from robots.close_tasks import open_tasks
from robots.create_task import open_task
from robots.find_debtors import OWING, SHIPMENT, late_sum
from robots.say_in_task import say_in_task
from robots.set_fields import set_fields
from robots.tell_reports import tell_reports
from rules import debtors, money, reading

HOUR = 7


@every(minutes=60)
def find_broken_promises(engine, period: Period) -> Iterator[Subject]:
    """RC-T7. Cards with late payments whose promised day was yesterday or before, in the cities where it is seven."""
    cities = cities_at(engine, HOUR, period)
    for process, stages in OWING.items() if cities else ():
        for card in engine.known_cards(process, *stages):
            begun = cities.get(card["city"])
            if begun is not None and _is_broken(engine, card, begun.date()):
                key = f"{card.id}:{card['dz_promise']}"
                yield Subject(key, card.id, process, {"day": begun.date().isoformat()}, once=True)


def _is_broken(engine, card: Deal, today: date) -> bool:
    return debtors.is_broken(card["dz_promise"], late_sum(engine, card, today), today)


@find_broken_promises.each
def ask_for_another_promise(run: Run, card: Deal) -> None:
    """RC-T7. The reason stays, the day is asked for anew; how often that happened is counted on the card."""
    today = date.fromisoformat(run.change.what["day"])
    if not _is_broken(run.engine, card, today):
        return
    promise, rest = card["dz_promise"], late_sum(run.engine, card, today)
    times = (card["dz_broken"] or 0) + 1
    text = f"Обещанная дата оплаты {reading.day_text(promise)} прошла, не оплачено {money.text(rest, card.currency)}. Сорванных обещаний: {times}."
    asked = run.fact("asked already", lambda: open_tasks(run.engine, card.id, ("SH-7",)))
    with run.together():
        set_fields(run, card, dz_promise=None, dz_broken=times)
        if asked:
            say_in_task(run, asked[-1], f"{text} Узнайте новую дату.", deal_id=card.id)
        else:
            open_task(run, card, run.company.processes[SHIPMENT].tasks["SH-7"], note=text)
    tell_reports(run, card.id)
