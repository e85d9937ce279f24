"""Soft deals in which nothing happens (SO-T20)."""

from collections.abc import Iterator

from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.notify import notify

FIRST, LAST = "QUALIFY", "CONTRACT"


@daily("09:00", zone="Europe/Moscow", newest_only=True, of="SOFT")
def find_silent_deals(engine, period: Period) -> Iterator[Subject]:
    """SO-T20. Deals from QUALIFY to CONTRACT without any activity for 10 working days; 5 more, and the head hears of it."""
    order, limits = list(engine.company.processes["SOFT"].stages), engine.company.limits
    calendar, today = engine.calendar_of(None), period.due_at.date()
    for deal in engine.cards_on("SOFT", *order[order.index(FIRST) : order.index(LAST) + 1]):
        silent = calendar.working_days_between(deal.last_activity.date(), today)
        if silent >= limits.silence_days:
            step = "head" if silent >= limits.silence_days + limits.silence_head_days else "manager"
            key = f"{deal.id}:{deal.last_activity.isoformat()}:{step}"
            yield Subject(key, deal.id, "SOFT", {"step": step, "days": silent}, once=True)


@find_silent_deals.each
def ask_why_nothing_happens(run: Run, deal: Deal) -> None:
    """SO-T20. The manager, later the head, is asked to go on with the deal."""
    to = "HEAD_SOFT" if run.change.what["step"] == "head" else deal.responsible
    days, missed = run.change.what["days"], "ни переходов, ни задач, ни комментариев, ни звонков"
    notify(run, to, f"В сделке ничего не происходит, рабочих дней: {days}. Нет {missed}.")
