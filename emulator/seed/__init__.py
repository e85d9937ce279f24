"""What a portal holds when it starts.

`bare`: as a registration leaves it. `empty`: with the funnels and fields that config/ describes and the company's
people, but no customers. `customers`: with customers and a catalogue, but no deals. `demo`: a company of real size in the
middle of its work. `large`: a portal of years, with a hundred thousand deals.
"""

from datetime import datetime

from ..clock import SERVER_ZONE
from . import bare, configured, customers, demo, large, mail, people

EMPTY = (bare, configured, people)
SEEDS = {
    "bare": (bare, mail),
    "empty": (*EMPTY, mail),
    "customers": (*EMPTY, customers, mail),
    "demo": (*EMPTY, demo, mail),
    "large": (*EMPTY, customers, large),
}
START = dict.fromkeys(("customers", "demo", "large"), datetime(2026, 11, 23, 10, 0, tzinfo=SERVER_ZONE))


def plant(portal, seed: str) -> None:
    if seed not in SEEDS:
        raise ValueError(f"there is no seed {seed!r}; there are {', '.join(SEEDS)}")
    for layer in SEEDS[seed]:
        layer.plant(portal)
