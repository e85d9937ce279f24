"""What a portal holds when it starts: `bare` as a registration leaves it, `empty` with the funnels and fields that
config/ describes, `demo` with a company of real size."""

from datetime import datetime

from ..clock import SERVER_ZONE
from . import bare

SEEDS = {"bare": bare.plant}
try:
    from . import configured

    SEEDS["empty"] = configured.plant
except ImportError:
    pass
START: dict[str, datetime] = {"demo": datetime(2026, 11, 23, 10, 0, tzinfo=SERVER_ZONE)}


def plant(portal, seed: str) -> None:
    if seed not in SEEDS:
        raise ValueError(f"there is no seed {seed!r}; there are {', '.join(sorted(SEEDS))}")
    SEEDS[seed](portal)
