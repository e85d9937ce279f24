"""Fixtures for all: `company`, a company at play, and `store`, the layer's database alone."""

import pytest
from hypothesis import settings

from engine.storage import Storage
from tests.company import SCALE, playing
from tests.stores import new_store

settings.register_profile("unhurried", deadline=None)  # a busy machine is no mistake of ours
settings.load_profile("unhurried")


@pytest.fixture
def company(request, tmp_path):
    """Portal, receiver and layer of one test; the portal's clock stands at Monday 23.11.2026 10:00 Moscow when it begins.

    It has customers but no deals, unless the test is marked with `seed("demo")`; `scale(40)` makes its cut and pauses longer.
    """
    seed, scale = request.node.get_closest_marker("seed"), request.node.get_closest_marker("scale")
    with playing(
        tmp_path, seed=seed.args[0] if seed else "customers", scale=scale.args[0] if scale else SCALE
    ) as company:
        yield company


@pytest.fixture
def store(tmp_path):
    """A new database with its tables."""
    store = Storage(new_store(tmp_path))
    store.prepare()
    yield store
    store.close()
