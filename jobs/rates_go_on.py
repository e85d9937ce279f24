"""At the end of a quarter: rates that nobody reviewed go on (DR-T4)."""

from collections.abc import Iterator
from datetime import datetime

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, once_a
from robots.find_branches import find_branches
from robots.find_review import PROCESS, find_review
from robots.keep_rates import keep_rates
from robots.notify import notify
from rules import branch_rates
from rules import rate_review as rules
from rules.periods import Quarter
from rules.working_time import WorkingCalendar


def _ends(quarter: Quarter, calendar: WorkingCalendar) -> datetime:
    return rules.review(quarter, MOSCOW, calendar).ends


@once_a(Quarter, _ends, zone="Europe/Moscow", newest_only=True, of=PROCESS)
def find_an_open_review(engine, period: Period) -> Iterator[Subject]:
    """DR-T4. On the last working day of the quarter, if the review of the next one is still open."""
    quarter = period.of
    if find_review(engine, quarter) is not None:
        branches = [one.id for one in find_branches(engine) if rules.is_reviewed(quarter, one.starts, one.ends)]
        what = {"quarter": str(quarter), "branches": branches}
        yield Subject(f"RATES_GO_ON:{quarter}", process=PROCESS, what=what, once=True)


@find_an_open_review.each
def let_the_rates_go_on(run: Run, deal: Deal | None) -> None:
    """DR-T4. The history says so, the commercial director hears it; the task stays open."""
    what, quarter = run.change.what, Quarter.parse(run.change.what["quarter"])
    note = f"{quarter.title}: продлена без пересмотра"
    keep_rates(
        run.engine.storage,
        {branch: lambda history: branch_rates.noted(history, quarter.first, note) for branch in what["branches"]},
    )
    text = f"Пересмотр ставок филиалов на {quarter.title} не завершён: ставки продлены без пересмотра, филиалов: {len(what['branches'])}."
    notify(run, "COMMERCIAL_DIRECTOR", text)
