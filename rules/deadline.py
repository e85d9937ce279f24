"""Deadlines as the specification writes them (§1): `4рч`, `2рд`, `0рд`, `5кд`, `D−2рд 12:00`, `мес+3рд`, `@мск`."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from rules.working_time import WorkingCalendar

SAME_DAY_UNTIL = time(15)

_ZONE = r"(?: ?@(?P<zone>исп|город|мск))?"
_AT = r"(?: (?P<at>(?:[01]\d|2[0-3]):[0-5]\d))?"
_FORMS = [
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<amount>[1-9]\d{0,3})(?P<unit>рч|рд|кд)" + _ZONE,
        r"(?P<amount>0)(?P<unit>рд)" + _ZONE,
        r"(?P<anchor>D)(?P<sign>[+−-])(?P<amount>\d{1,4})(?P<unit>рд|кд)" + _AT + _ZONE,
        r"(?P<anchor>D)(?P<sign>[+−-])(?P<amount>[1-9]\d{0,3})(?P<unit>рч)" + _ZONE,
        r"(?P<anchor>мес)(?P<sign>\+)(?P<amount>[1-9]\d?)(?P<unit>рд)" + _AT + _ZONE,
    )
]


@dataclass(frozen=True)
class Deadline:
    """A span. `anchor`: None counts from the start, `D` from a date field, `мес` from the end of the report month."""

    amount: int
    unit: str
    anchor: str | None = None
    at: time | None = None
    zone: str | None = None

    def count(self, start: datetime, zone: tzinfo, calendar: WorkingCalendar, date_: date | None = None) -> datetime:
        """The deadline, aware, in `zone`.

        `date_`: the date field of a `D…` span (with its time for `D−4рч`), any day of the report month of a `мес…` one.
        Only a span with an anchor can lie before `start`.
        """
        if self.anchor is None:
            return self._from_start(start.astimezone(zone).replace(second=0, microsecond=0), zone, calendar)
        if date_ is None:
            raise ValueError(f"A deadline that begins with {self.anchor} needs the date it is counted from.")
        if self.unit == "рч":
            return self._hours_from(date_, zone, calendar)
        local = date_.astimezone(zone).date() if isinstance(date_, datetime) else date_
        day = self._day_from(local, calendar)
        return datetime.combine(day, self.at, zone) if self.at else calendar.end_of(day, zone)

    def _from_start(self, local: datetime, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
        today = local.date()
        if self.unit == "рч":
            return calendar.add_hours(local, self.amount, zone)
        if self.unit == "кд":
            return calendar.end_of(calendar.next_working_day(today + timedelta(days=self.amount)), zone)
        if self.amount == 0 and calendar.is_working(today) and local.time() < SAME_DAY_UNTIL:
            return calendar.end_of(today, zone)
        return calendar.end_of_nth_working_day(today, max(self.amount, 1), zone)

    def _hours_from(self, moment: date, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
        if not isinstance(moment, datetime):
            raise ValueError("Working hours are counted from a moment, not from a whole day.")
        if self.amount < 0:
            return calendar.hours_before(moment, -self.amount, zone)
        return calendar.add_hours(moment, self.amount, zone)

    def _day_from(self, day: date, calendar: WorkingCalendar) -> date:
        if self.anchor == "мес":
            return calendar.nth_working_day_after(_last_of_month(day), self.amount)
        if self.unit == "кд" or self.amount == 0:
            return calendar.next_working_day(day + timedelta(days=self.amount))
        return calendar.nth_working_day_after(day, self.amount)


def parse(text: str) -> Deadline:
    """Read a span. Raises ValueError that shows the forms."""
    match = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    if match is None:
        raise ValueError(
            f"«{text}» is no deadline: write 4рч, 2рд, 5кд, D−2рд 12:00 or мес+3рд, with @исп, @город or @мск."
        )
    said = {"anchor": None, "sign": None, "at": None, "zone": None, **match.groupdict()}
    amount = -int(said["amount"]) if said["sign"] in ("−", "-") else int(said["amount"])
    at = time.fromisoformat(said["at"]) if said["at"] else None
    return Deadline(amount, said["unit"], said["anchor"], at, said["zone"])


def _last_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
