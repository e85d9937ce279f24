"""R-12: a task of somebody who is away waits for the return, or goes to the deputy."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from rules.working_time import OPENS, WorkingCalendar

AT_MOST_LATER = 2
"""Working days by which the deadline of a task may move because of an absence."""


@dataclass(frozen=True)
class Absence:
    """Days on which somebody does not work, the last one included, in that person's zone."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, other: "Absence") -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Decision:
    """Until when a task is done, and whether by the deputy; then the absent person watches it."""

    due: datetime
    by_deputy: bool = False


def is_away(absences: Iterable[Absence], day: date) -> bool:
    """Whether the person is away on the day."""
    return any(day in absence for absence in absences)


def agreed(told: Iterable[Iterable[Absence]]) -> list[Absence]:
    """What several sources tell of one person, the most trusted first: of absences that overlap, the more trusted one holds."""
    kept: list[Absence] = []
    for of_one_source in told:
        kept += [new for new in of_one_source if not any(new.overlaps(old) for old in kept)]
    return sorted(kept, key=lambda one: one.first)


def back_on(absences: Iterable[Absence], day: date, calendar: WorkingCalendar) -> date:
    """The first working day after `day` on which the person is there."""
    known = list(absences)
    back = calendar.nth_working_day_after(day, 1)
    while is_away(known, back):
        back = calendar.nth_working_day_after(back, 1)
    return back


def covers(
    absences: Iterable[Absence], started: datetime, due: datetime, zone: tzinfo, calendar: WorkingCalendar
) -> bool:
    """Whether the person is away all the working days from `started` to `due`."""
    known = list(absences)
    return all(is_away(known, day) for day in _days(started, due, zone, calendar))


def decide(
    started: datetime,
    count_from: Callable[[datetime], datetime],
    absences: Iterable[Absence],
    zone: tzinfo,
    calendar: WorkingCalendar,
) -> Decision:
    """R-12. Who does a task that begins at `started`, and until when. `count_from`: its deadline, counted from a start.

    Away for all of its time: the deputy. For a part: the deadline is counted from the first working day after the return, but
    moves by no more than two working days; whoever is not back before that leaves the task, with its deadline, to the deputy.
    A deadline that does not move with the start (a date, the end of a month) is kept by whoever is back before it.
    """
    known, due = list(absences), count_from(started)
    days = _days(started, due, zone, calendar)
    away = [day for day in days if is_away(known, day)]
    if not away:
        return Decision(due)
    if away == days:
        return Decision(due, by_deputy=True)
    returns = datetime.combine(back_on(known, away[-1], calendar), OPENS, zone)
    latest = max(due, calendar.end_of_nth_working_day(days[-1], AT_MOST_LATER, zone))
    moved = min(count_from(returns), latest)
    return Decision(moved) if returns < moved else Decision(due, by_deputy=True)


def is_away_at(absences: Iterable[Absence], moment: datetime, zone: tzinfo, calendar: WorkingCalendar) -> bool:
    """Whether the person is away on the working day that it is, or that comes next."""
    return is_away(absences, _first_day(moment, zone, calendar))


def _days(started: datetime, due: datetime, zone: tzinfo, calendar: WorkingCalendar) -> list[date]:
    """Working days of which something lies between the two moments; the last day where there is none."""
    day, last = _first_day(started, zone, calendar), due.astimezone(zone).date()
    days = [day + timedelta(days=number) for number in range((last - day).days + 1)]
    return [one for one in days if calendar.is_working(one)] or [last]


def _first_day(started: datetime, zone: tzinfo, calendar: WorkingCalendar) -> date:
    """The working day in which there is time to work from that moment on."""
    begins = calendar.add_hours(started, 0, zone)
    day = begins.date()
    return calendar.nth_working_day_after(day, 1) if begins == calendar.end_of(day, zone) else day
