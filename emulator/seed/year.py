"""The demo company with a year behind it: what clients owe, what representatives and the distributor's branches have reported."""

from random import Random

from . import branches, debts, demo, representatives
from .hand import play


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
