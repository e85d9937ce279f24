"""Deadlines as the specification writes them (§1): `4рч`, `2рд`, `0рд`, `5кд`, `D−2рд 12:00`, `мес+3рд`, `@мск`."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from rules.working_time import WorkingCalendar

_FORM = re.compile(
    r"(?P<anchor>D|мес)?(?P<sign>[+−-])?(?P<amount>\d+)(?P<unit>рч|рд|кд)(?: (?P<at>\d\d:\d\d))?(?: ?@(?P<zone>исп|город|мск))?"
)
SAME_DAY_UNTIL = time(15)


@dataclass(frozen=True)
class Deadline:
    """A span. `anchor`: None counts from the start, `D` from a date field, `мес` from the end of the report month."""

    amount: int
    unit: str
    anchor: str | None = None
    at: time | None = None
    zone: str | None = None

    def count(self, start: datetime, zone: tzinfo, calendar: WorkingCalendar, date_: date | None = None) -> datetime:
        """The deadline, aware, in `zone`. `date_`: the date field of a `D…` span, the first of the month of a `мес…` one."""
        local = start.astimezone(zone).replace(second=0, microsecond=0)
        if self.unit == "рч":
            return calendar.add_hours(local, self.amount, zone)
        if self.anchor is not None:
            return self._from_date(date_, zone, calendar)
        if self.unit == "кд":
            return calendar.end_of(calendar.next_working_day(local.date() + timedelta(days=self.amount)), zone)
        if self.amount == 0:
            return self._same_day(local, zone, calendar)
        return calendar.end_of_nth_working_day(local.date(), self.amount, zone)

    def _same_day(self, local: datetime, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
        today = local.date()
        if calendar.is_working(today) and local.time() < SAME_DAY_UNTIL:
            return calendar.end_of(today, zone)
        return calendar.end_of_nth_working_day(today, 1, zone)

    def _from_date(self, day: date | None, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
        if day is None:
            raise ValueError(f"A deadline that begins with {self.anchor} needs the date it is counted from.")
        if self.anchor == "мес":
            last = (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            day = calendar.nth_working_day_after(last, self.amount)
        elif self.unit == "кд":
            day = calendar.next_working_day(day + timedelta(days=self.amount))
        else:
            day = calendar.nth_working_day_after(day, self.amount)
        return datetime.combine(day, self.at, zone) if self.at else calendar.end_of(day, zone)


def parse(text: str) -> Deadline:
    """Read a span. Raises ValueError that shows the forms."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"«{text}» is no deadline: write 4рч, 2рд, 5кд, D−2рд 12:00 or мес+3рд, with @исп, @город or @мск if needed."
        )
    amount = -int(match["amount"]) if match["sign"] in ("−", "-") else int(match["amount"])
    at = time.fromisoformat(match["at"]) if match["at"] else None
    return Deadline(amount, match["unit"], match["anchor"], at, match["zone"])
