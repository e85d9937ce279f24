"""The production calendar as the company has configured it, without a region's holidays."""

import pytest

from config import company
from rules.working_time import WorkingCalendar


@pytest.fixture(scope="session")
def calendar() -> WorkingCalendar:
    said = company().calendar
    return WorkingCalendar(said.short_days, (), said.overrides)
