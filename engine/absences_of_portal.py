"""What the portal says of who is away: its chart of absences (of those on leave today) and people's calendars (R-12)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bitrix.batch import as_map
from bitrix.client import Command, Portal
from engine.absences import Told
from engine.people import Person
from rules.working_time import OPENS, WorkingCalendar

AT_ONCE = 50  # people of one command
ONE_DAY = timedelta(days=1)
ALL_DAY, ABSENT = "Y", "absent"


def on_leave(portal: Portal, people: Sequence[Person]) -> dict[int, date]:
    """Who is on leave today by the chart of absences, and until which day, that one included.

    `absent` is the moment a day after the end of the leave; of a leave that ends within a day, the day before is the last.
    https://apidocs.bitrix24.com/api-reference/chats/users/im-user-list-get.html
    """
    found = {}
    for answer in _asked(portal, "im.user.list.get", people, lambda ids: {"ID": ids}):
        for user_id, user in as_map(answer).items():
            if user.get("absent"):
                found[int(user_id)] = _last_day(datetime.fromisoformat(user["absent"]) - ONE_DAY)
    return found


def away_by_calendar(
    portal: Portal,
    people: Sequence[Person],
    calendar_of: Callable[[str | None], WorkingCalendar],
    first: date,
    last: date,
) -> list[Told]:
    """Days of the period that an event «отсутствую» of somebody's calendar takes from the beginning to the end of work.

    https://apidocs.bitrix24.com/api-reference/calendar/calendar-event/calendar-accessibility-get.html
    """
    period, known = {"from": first.isoformat(), "to": last.isoformat()}, {person.id: person for person in people}
    told = []
    for answer in _asked(portal, "calendar.accessibility.get", people, lambda ids: {"users": ids, **period}):
        for user_id, events in as_map(answer).items():
            person = known[int(user_id)]
            told += [
                Told(person.id, *days)  # what it is called is nobody's business
                for event in events or ()
                if event.get("ACCESSIBILITY") == ABSENT
                and (days := _whole_days(event, person, calendar_of(person.city))) is not None
            ]
    return told


def _asked(portal: Portal, method: str, people: Sequence[Person], params: Callable[[list[int]], dict]) -> Iterator:
    """What the portal answers of all these people. Raises PortalError."""
    ids = [person.id for person in people]
    commands = [Command(method, params(ids[start : start + AT_ONCE])) for start in range(0, len(ids), AT_ONCE)]
    for answer in portal.submit(commands):
        if isinstance(answer, Exception):
            raise answer
        yield answer.result


def _last_day(end: datetime) -> date:
    """Of an absence that ends then: a day that is named without a time (the portal adds a second) is away as a whole."""
    in_the_day = timedelta(seconds=1) < end - datetime.combine(end, time(), end.tzinfo) < timedelta(hours=17)
    return end.date() - ONE_DAY if in_the_day else end.date()


def _whole_days(event: dict, person: Person, calendar: WorkingCalendar) -> tuple[date, date] | None:
    """First and last day on which the event takes all of the working time; None when it takes none of that kind."""
    begins, ends = (int(event[f"DATE_{side}_TS_UTC"]) for side in ("FROM", "TO"))
    if event.get("DT_SKIP_TIME") == ALL_DAY:
        return _day(event["DATE_FROM"], begins), _day(event["DATE_TO"], ends)
    start, end = (datetime.fromtimestamp(one, person.zone) for one in (begins, ends))
    first = start.date() if start.time() <= OPENS else start.date() + ONE_DAY
    last = end.date() if end >= calendar.end_of(end.date(), person.zone) else end.date() - ONE_DAY
    return (first, last) if first <= last else None


def _day(text: str, seconds: int) -> date:
    """The day that an event of whole days names, in the form of a Russian portal; else by its stamp."""
    try:
        return datetime.strptime(text[:10], "%d.%m.%Y").date()
    except ValueError:
        return (datetime.fromtimestamp(seconds, UTC) + timedelta(hours=12)).date()
