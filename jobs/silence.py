"""Soft deals in which nothing happens (SO-T20)."""

from collections.abc import Iterator
from datetime import datetime

from engine.deal import Deal
from engine.dictionary import DEAL
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.notify import notify

FIRST, LAST = "QUALIFY", "CONTRACT"


@daily("09:00", zone="Europe/Moscow", newest_only=True)
def find_silent_deals(engine, period: Period) -> Iterator[Subject]:
    """SO-T20. Deals from QUALIFY to CONTRACT without any activity for 10 working days; 5 more, and the head hears of it."""
    process = engine.company.processes["SOFT"]
    order, limits = list(process.stages), engine.company.limits
    stages = [engine.dictionary.stage_id("SOFT", code) for code in order[order.index(FIRST) : order.index(LAST) + 1]]
    calendar, today = engine.calendar_of(None), period.due_at.date()
    for item in _cards(engine, stages):
        last = datetime.fromisoformat(item["lastActivityTime"] or item["updatedTime"])
        silent = calendar.working_days_between(last.date(), today)
        if silent >= limits.silence_days:
            step = "head" if silent >= limits.silence_days + limits.silence_head_days else "manager"
            yield Subject(
                f"{item['id']}:{last.isoformat()}:{step}",
                int(item["id"]),
                "SOFT",
                {"step": step, "days": silent},
                once=True,
            )


def _cards(engine, stages: list[str]) -> Iterator[dict]:
    params = {"entityTypeId": DEAL, "filter": {"@stageId": stages}, "select": ["id", "lastActivityTime", "updatedTime"]}
    return engine.portal.list("crm.item.list", params)


@find_silent_deals.each
def ask_why_nothing_happens(run: Run, deal: Deal | None) -> None:
    """SO-T20. The manager, later the head, is asked to go on with the deal."""
    if deal is None:
        return
    to = "HEAD_SOFT" if run.change.what["step"] == "head" else deal.responsible
    notify(
        run,
        to,
        f"В сделке {run.change.what['days']} рабочих дней ничего не происходит: нет ни переходов, ни задач, ни комментариев, ни звонков.",
    )
