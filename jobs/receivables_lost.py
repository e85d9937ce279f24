"""Every day at two in the afternoon: reports on receivables that were given up (RC-T8)."""

from collections.abc import Iterator
from datetime import timedelta

from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.notify import notify
from rules import money

REPORT = "RECEIVABLES"
DAY = timedelta(days=1)


@daily("14:00", zone="Europe/Moscow", newest_only=True, of=REPORT)
def find_reports_given_up(engine, period: Period) -> Iterator[Subject]:
    """RC-T8. Those that nobody made, since the digest before; by then the last local noon has passed."""
    dictionary, since = engine.dictionary, period.since or period.due_at - DAY
    which = {
        "=categoryId": dictionary.category(REPORT), "=stageId": dictionary.stage_id(REPORT, "LOSE"),
        ">movedTime": since.isoformat(), "<=movedTime": period.due_at.isoformat(),
    }  # fmt: skip
    lines = [_line(engine, card) for card in engine.cards_where(which)]
    if lines:
        yield Subject("digest", what={"lines": lines})


def _line(engine, card: Deal) -> str:
    person = engine.people.user(card["dz_manager"] or card.responsible)
    name = f"{person.name} ({person.city or 'город не указан'})" if person else card.title
    return f"• {name}, неделя {card['dz_week']}: просрочено {money.text(card['dz_total'] or 0)}"


@find_reports_given_up.each
def tell_the_director(run: Run, card: Deal | None) -> None:
    """RC-T8. One notification, whose reports and how much is late there."""
    lines = run.change.what["lines"]
    notify(run, "COMMERCIAL_DIRECTOR", "\n".join([f"Не предоставлены отчёты по ДЗ: {len(lines)}.", *lines]))
