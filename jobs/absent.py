"""Every night: who is away, by the portal (R-12). Our own list, `flask absences`, rules over it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from bitrix.errors import MethodMissing, Rejected, WebhookRefused
from engine.absences_of_portal import away_by_calendar, on_leave
from engine.log import log
from engine.people import MOSCOW
from engine.schedule import Period, Subject, daily

AHEAD = timedelta(days=92)
"""How far calendars are read: no deadline is counted further than a quarter."""


@daily("02:00", zone="Europe/Moscow", newest_only=True)
def hear_who_is_away(engine, period: Period) -> Iterator[Subject]:
    """R-12. The chart of absences says who is on leave and until when, calendars say what is planned; tasks follow by themselves.

    Tasks that are there already stay where they are: R-12 is about new ones.
    """
    people = [person for person in engine.people.everybody() if person.is_active]
    now = engine.clock.now()
    today, known = now.astimezone(MOSCOW).date(), engine.people.absences
    _hear("chart", lambda: known.renew_chart(on_leave(engine.portal, people), today, now))
    planned = lambda: away_by_calendar(engine.portal, people, engine.calendar_of, today, today + AHEAD)  # noqa: E731
    _hear("calendar", lambda: known.renew("calendar", planned(), today, now))
    return iter(())


def _hear(source: str, read: Callable[[], None]) -> None:
    """What the portal will not tell (a right that is missing) stays as it was known, and the other source is heard."""
    try:
        read()
    except (WebhookRefused, MethodMissing, Rejected) as reason:
        log.warning("absences not read", source=source, reason=str(reason))
