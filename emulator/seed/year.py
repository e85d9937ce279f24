"""The demo company with a year behind it: what clients owe, what representatives and the distributor's branches have reported."""

from datetime import timedelta
from random import Random

from ..objects import leaves
from . import branches, debts, demo, representatives
from .hand import Hand, play

ON_LEAVE, DAYS_OF_LEAVE = "galimova", 12


def plant(portal) -> None:
    """All of it in one order of time, with the forty deals of `demo` in between."""
    dice = Random(demo.SEED)
    goods, firms = demo.plant_customers(portal, dice)
    steps = [
        *demo.steps(portal, dice, goods, firms),
        *debts.steps(portal, goods, firms),
        *representatives.steps(portal, firms),
        *branches.steps(portal, goods),
    ]
    play(portal, steps)
    _send_on_leave(portal)


def _send_on_leave(portal) -> None:
    """A manager is away from today on, with a debtor whom somebody else must ask."""
    today = portal.clock.now().date()
    last = today + timedelta(days=DAYS_OF_LEAVE - 1)
    leaves.enter(portal, Hand(portal).users[ON_LEAVE], today.isoformat(), last.isoformat())
