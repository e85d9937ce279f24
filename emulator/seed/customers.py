"""The customers and the catalogue of the demo company, without a deal."""

from random import Random

from . import demo


def plant(portal) -> None:
    demo.plant_customers(portal, Random(demo.SEED))
