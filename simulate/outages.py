"""When the service is down in a life with bad days: some hours every few days, now and then days, once over the opening of a month."""

from datetime import date, timedelta
from random import Random

from simulate.calendar import at, distributor_month, months
from simulate.life import Outage

EVERY_DAYS, HOURS, LONG, LONG_DAYS = (2, 6), (1, 14), 0.15, (1, 3)
OVER_THE_OPENING = timedelta(days=3)


def outages(first: date, last: date, seed: int) -> tuple[Outage, ...]:
    """By dice, none overlapping another; the last days are quiet, so that everything can be made good."""
    dice, day, found = Random(seed), first + timedelta(days=2), []
    opened = next(
        opened for month in months(first, last) if (opened := distributor_month(month)[0]) > first + timedelta(days=7)
    )
    across = Outage(at(opened, 8) - timedelta(days=2), at(opened, 8) - timedelta(days=2) + OVER_THE_OPENING)
    while day < last - timedelta(days=7):
        since = at(day, dice.randint(0, 23))
        span = (
            timedelta(days=dice.randint(*LONG_DAYS)) if dice.random() < LONG else timedelta(hours=dice.randint(*HOURS))
        )
        one = Outage(since, since + span)
        if one.until < across.since or one.since > across.until:
            found.append(one)
        day = one.until.date() + timedelta(days=dice.randint(*EVERY_DAYS))
    return tuple(sorted([*found, across], key=lambda one: one.since))
