"""One fixture for all: `company`, a company at play."""

import pytest

from tests.company import playing


@pytest.fixture
def company(tmp_path):
    """Portal, receiver and layer of one test; the portal's clock stands at Monday 23.11.2026 10:00 Moscow when it begins."""
    with playing(tmp_path) as company:
        yield company
