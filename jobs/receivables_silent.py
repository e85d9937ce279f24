"""On the last working day of the week at two in the afternoon: who has not reported on receivables."""

from collections.abc import Iterator
from datetime import datetime

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, once_a
from robots.notify import notify
from rules import money, receivables_week
from rules.periods import Week
from rules.working_time import WorkingCalendar

REPORT = "RECEIVABLES"


def _is_listed(week: Week, calendar: WorkingCalendar) -> datetime | None:
    office = receivables_week.of_office(week, MOSCOW, calendar)
    return office and office.lists_silent


@once_a(Week, _is_listed, zone="Europe/Moscow", newest_only=True, of=REPORT)
def find_who_is_silent(engine, period: Period) -> Iterator[Subject]:
    """RC-T6. The preliminary list, when the last local deadline has passed; not once the report itself is due, nor if nobody
    was asked because the layer was down."""
    week = period.of
    if engine.clock.now() < receivables_week.of_office(week, MOSCOW, engine.calendar_of(None)).reports:
        reports = engine.cards_on(REPORT, "NEW", "CHECK", "WON", "LOSE", dz_week=str(week))
        cards = [card.id for card in reports if card.stage == "NEW"]
        if reports:
            yield Subject(str(week), what={"week": str(week), "cards": cards}, once=True)


@find_who_is_silent.each
def tell_the_coordinator(run: Run, card: Deal | None) -> None:
    """RC-T6. Names, and how much each of them has not reported."""
    week = run.change.what["week"]
    known = [one for card_id in run.change.what["cards"] if (one := run.card(card_id))]
    open_ones = [one for one in known if one.stage == "NEW" and one["dz_sent"] is None]
    lines = [_line(run, one) for one in open_ones if _is_due(run, one)]
    if lines:
        text = f"Не сдали отчёт по ДЗ за неделю {week}: {len(lines)}."
    elif open_ones:
        text = f"Просроченных отчётов по ДЗ за неделю {week} нет, срок ещё не истёк: {len(open_ones)}."
    else:
        text = f"Отчёт по ДЗ за неделю {week} сдали все."
    notify(run, "COORDINATOR", "\n".join([text, *lines]))


def _is_due(run: Run, card: Deal) -> bool:
    return card["stage_plan"] is not None and card["stage_plan"] <= run.now


def _line(run: Run, card: Deal) -> str:
    person = run.engine.people.user(card["dz_manager"] or card.responsible)
    name = f"{person.name} ({person.city or 'город не указан'})" if person else card.title
    return f"• {name}: не заполнено строк — {len((card['dz_gaps'] or '').splitlines())}, просрочено {money.text(card['dz_total'])}"
