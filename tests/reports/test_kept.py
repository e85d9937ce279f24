"""Rows of reports in the layer's memory: the same ones come back, and the old ones are forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from reports import kept
from tests.reports import sample


class Clock:
    """A clock that stands where the test puts it."""

    def __init__(self):
        self.moment = datetime(2026, 11, 27, 13, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


def test_a_report_comes_back_as_it_was_made_also_when_it_is_made_again(store):
    clock, week = Clock(), sample.report()
    number = kept.keep(store, clock, "key", "Отчёты/ДЗ/2026", week)
    assert kept.keep(store, clock, "key", "Отчёты/ДЗ/2026", sample.report(managers=[], weeks=[])) == number
    assert kept.report(store, number) == week


def test_rows_are_forgotten_after_a_month_when_the_next_report_is_made(store):
    clock = Clock()
    first = kept.keep(store, clock, "first", "Отчёты/ДЗ/2026", sample.report())
    clock.moment += timedelta(days=32)
    second = kept.keep(store, clock, "second", "Отчёты/ДЗ/2026", sample.report())
    assert kept.report(store, second) == sample.report()
    with pytest.raises(LookupError, match="no longer kept"):
        kept.report(store, first)
