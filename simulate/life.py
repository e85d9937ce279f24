"""The loop: the clock jumps to the next moment at which something is due or somebody acts; the layer does what is due then."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from simulate import calendar
from simulate.layer import Layer
from simulate.office import Office
from simulate.people import People
from simulate.trade import Trade

NOTICED = timedelta(minutes=2)  # the portal rings no doorbell here: by then a look has found what somebody did


@dataclass(frozen=True)
class Outage:
    """The service is down from the one moment to the other."""

    since: datetime
    until: datetime


@dataclass
class Told:
    """What the life was made of, and what it took."""

    stops: int = 0
    acts: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    slow: list[tuple[float, datetime]] = field(default_factory=list)


class Life:
    def __init__(self, office: Office, layer: Layer, seed: int, outages: tuple[Outage, ...] = ()):
        self._office, self._layer, self._outages = office, layer, outages
        self._people, self._trade = People(office, seed), Trade(office, seed)
        self._zones = {person.zone for person in office.people.values()}
        self.told = Told()

    @property
    def done(self) -> dict[str, int]:
        """How many tasks of each code people did."""
        return self._people.done

    def live(self, first: date, last: date, look: Callable[[date], None] = lambda day: None) -> Iterator[date]:
        """From the morning of the first day to the evening of the last; gives every day that is over.

        `look`: what is done in the first minute of each day.
        """
        for day in calendar.days(first, last):
            look(day)
            self._live_through(day)
            yield day

    def _live_through(self, day: date) -> None:
        trading, midnight = self._trade.moments(day), calendar.at(day + timedelta(days=1), 0)
        waiting = sorted({*calendar.stops(day, self._zones), *trading, *self._switches(day)})
        while waiting or ((planned := self._people.next) is not None and planned < midnight):
            planned = self._people.next
            if planned is not None and planned < midnight and (not waiting or planned < waiting[0]):
                moment = max(planned, self._office.portal.time())
            else:
                moment = waiting.pop(0)
            self._stop_at(moment, trades=moment in trading)

    def _switches(self, day: date) -> list[datetime]:
        """When the service goes down or comes up that day."""
        moments = [moment for outage in self._outages for moment in (outage.since, outage.until)]
        return [moment for moment in moments if moment.astimezone(calendar.MOSCOW).date() == day]

    def _stop_at(self, moment: datetime, *, trades: bool) -> None:
        began = time.monotonic()
        self.told.stops += 1
        if moment > self._office.portal.time():
            self._office.portal.set_time(moment)
        self._switch(moment)
        self._took("layer", self._layer.settle)
        acts = self._took("people", lambda: self._act(moment, trades))
        if acts:
            self.told.acts += acts
            self._office.portal.set_time(moment + NOTICED)
            self._took("layer", self._layer.settle)
        self._took("people", lambda: self._people.notice(moment))
        self.told.slow = sorted([*self.told.slow, (time.monotonic() - began, moment)], reverse=True)[:10]

    def _act(self, moment: datetime, trades: bool) -> int:
        return self._people.act(moment) + (self._trade.act(moment.astimezone(calendar.MOSCOW).date()) if trades else 0)

    def _switch(self, moment: datetime) -> None:
        is_down = any(outage.since <= moment < outage.until for outage in self._outages)
        if is_down and self._layer.is_up:
            self._took("switching", self._layer.stop)
        elif not is_down and not self._layer.is_up:
            self._took("switching", self._layer.start)

    def _took(self, what: str, do):
        began = time.monotonic()
        done = do()
        self.told.seconds[what] = self.told.seconds.get(what, 0) + time.monotonic() - began
        return done
