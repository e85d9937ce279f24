"""Every quarter of an hour, in each manager's own time: who has not reported yet (DB-T2)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.deal import Deal
from engine.people import Person
from engine.run import Run
from engine.schedule import Period, Subject, every
from robots.count_month import BRANCH, SUMMARY, name_of
from robots.notify import notify
from robots.set_fields import set_fields
from rules import distributor_month, reading
from rules.periods import Month

STEP = timedelta(minutes=15)
AWAITED = "REQUEST"


@every(minutes=15, of=BRANCH)
def find_silent_branches(engine, period: Period) -> Iterator[Subject]:
    """DB-T2, A-18. Summaries whose manager is to hear of silent branches now, each reminder once; of several missed ones the newest."""
    for month in _months(period):
        if not any(_due(engine, person, month, period) for person in _places(engine)):
            continue
        silent: dict[int, list[Deal]] = defaultdict(list)
        for card in engine.cards_on(BRANCH, AWAITED, db_month=str(month)):
            if card.parent:
                silent[card.parent].append(card)
        for summary, cards in silent.items():
            person = engine.people.user(cards[0].responsible)
            due = _due(engine, person, month, period) if person is not None else None
            if due is not None and any(_opened(card) < due for card in cards):
                key = f"DISTRIBUTOR:{month}:{summary}:{due:%d.%m %H:%M}"
                yield Subject(key, summary, SUMMARY, {"month": str(month), "to": person.id}, once=True)


def _months(period: Period) -> Iterator[Month]:
    """Months whose branches may be reminded between the two moments; a day more, as the zones differ."""
    first = Month.of((period.since or period.due_at - STEP).date() - timedelta(days=1)) - 1
    yield from first.until(Month.of(period.due_at.date() + timedelta(days=1)) - 1)


def _places(engine) -> list[Person]:
    """One person of each zone and city: their hours are the same."""
    return list({(str(one.zone), one.city): one for one in engine.people.everybody() if one.is_active}.values())


def _due(engine, person: Person, month: Month, period: Period) -> datetime | None:
    dates = distributor_month.of_manager(month, person.zone, engine.calendar_of(person.city))
    return distributor_month.newest_reminder(dates, period.since or period.due_at - STEP, period.due_at)


def _opened(card: Deal) -> datetime:
    """Whoever was asked only now is not reminded of what he could not know."""
    return datetime.fromisoformat(card.raw["createdTime"])


@find_silent_branches.each
def remind_of_them(run: Run, summary: Deal) -> None:
    """DB-T2. One message lists the silent branches; each of them counts its reminders."""
    month, to = Month.parse(run.change.what["month"]), run.change.what["to"]
    silent = [card for card in run.children(summary, BRANCH) if card.stage == AWAITED]
    if not silent or summary.stage != "COLLECT":
        return
    person = run.engine.people.user(to)
    due = distributor_month.of_manager(month, person.zone, run.engine.calendar_of(person.city)).due
    names = ", ".join(name_of(card) for card in silent)
    with run.together():
        text = f"Нет отчётов филиалов за {month.title} ({len(silent)}): {names}. Срок: {reading.day_text(due)} {due:%H:%M}."
        notify(run, to, text)
        for card in silent:
            set_fields(run, card, db_reminded=(card["db_reminded"] or 0) + 1)
