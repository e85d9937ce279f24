"""What a portal holds when it starts.

`bare`: as a registration leaves it. `staff`: with the company's people, and nothing set up. `empty`: with the funnels and
fields that config/ describes and the company's people, but no customers. `customers`: with customers and a catalogue, but no deals. `demo`: a company of real size in the
middle of its work. `year`: the same with a year behind it: what clients owe, reports of representatives, the distributor's
branches. `large`: a portal of years, with a hundred thousand deals.
"""

import pickle
from datetime import datetime

from ..clock import SERVER_ZONE
from . import bare, configured, customers, demo, large, mail, people, year

EMPTY = (bare, configured, people)
SEEDS = {
    "bare": (bare, mail),
    "staff": (bare, people, mail),
    "empty": (*EMPTY, mail),
    "customers": (*EMPTY, customers, mail),
    "demo": (*EMPTY, demo, mail),
    "year": (*EMPTY, year, mail),
    "large": (*EMPTY, customers, large),
}
START = dict.fromkeys(
    ("staff", "customers", "demo", "year", "large"), datetime(2026, 11, 23, 10, 0, tzinfo=SERVER_ZONE)
)


# Portals planted before in this process, by seed and moment: copying one takes a tenth of the time.
_PLANTED: dict[tuple[str, datetime], bytes] = {}
NOT_KEPT = ("large",)


def plant(portal, seed: str, start: datetime | None) -> None:
    """Fill the portal's empty store. `start`: when it begins, where that is no accident."""
    if seed not in SEEDS:
        raise ValueError(f"there is no seed {seed!r}; there are {', '.join(SEEDS)}")
    if (seed, start) in _PLANTED:
        portal.store = pickle.loads(_PLANTED[seed, start])
        return
    for layer in SEEDS[seed]:
        layer.plant(portal)
    if start is not None and seed not in NOT_KEPT:
        _PLANTED[seed, start] = pickle.dumps(portal.store)


def plant_history(portal) -> None:
    """What `year` has and `empty` has not, on a portal whose funnels and fields somebody has made meanwhile."""
    year.plant(portal)
