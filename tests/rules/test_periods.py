"""Weeks by ISO 8601, months, quarters (spec §2.2, the keys of RECEIVABLES, REP_REPORT, DISTRIBUTOR and RATE_REVIEW)."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.periods import Month, Quarter, Week, due_between
from tests.rules.moments import KAMCHATKA, MOSCOW, at
from tests.rules.test_debt import day

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
kinds = st.sampled_from([Week, Month, Quarter])

PERIODS = [
    # kind, a day, its period, the first and the last day
    (Week, "26.11.2026", "2026-W48", "23.11.2026", "29.11.2026"),
    (Week, "28.12.2026", "2026-W53", "28.12.2026", "03.01.2027"),
    (Week, "03.01.2027", "2026-W53", "28.12.2026", "03.01.2027"),
    (Week, "04.01.2027", "2027-W01", "04.01.2027", "10.01.2027"),
    (Week, "01.01.2028", "2027-W52", "27.12.2027", "02.01.2028"),
    (Week, "31.12.2029", "2030-W01", "31.12.2029", "06.01.2030"),
    (Month, "30.11.2026", "2026-11", "01.11.2026", "30.11.2026"),
    (Month, "31.12.2026", "2026-12", "01.12.2026", "31.12.2026"),
    (Month, "29.02.2028", "2028-02", "01.02.2028", "29.02.2028"),
    (Quarter, "31.12.2026", "2026Q4", "01.10.2026", "31.12.2026"),
    (Quarter, "01.01.2027", "2027Q1", "01.01.2027", "31.03.2027"),
    (Quarter, "30.06.2027", "2027Q2", "01.04.2027", "30.06.2027"),
]
REFUSED = [
    (Week, "2027-W53"), (Week, "2026-W00"), (Week, "2026-W54"), (Week, "2026-48"), (Week, "2026-W8"), (Week, ""),
    (Month, "2026-13"), (Month, "2026-00"), (Month, "11.2026"), (Month, "2026-1"), (Month, "٢٠٢٦-11"),
    (Quarter, "2026Q5"), (Quarter, "2026Q0"), (Quarter, "2026-Q4"), (Quarter, "IV кв. 2026"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "of", "name", "first", "last"), PERIODS)
def test_the_period_of_a_day(kind, of, name, first, last):
    period = kind.of(day(of))
    assert str(period) == name
    assert (period.first, period.last) == (day(first), day(last))
    assert day(first) in period
    assert day(last) + timedelta(days=1) not in period


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_a_period_that_does_not_exist_is_refused(kind, text):
    with pytest.raises(ValueError):
        kind.parse(text)


def test_how_people_read_them():
    assert (Month(2026, 11).name, Month(2026, 11).title) == ("ноябрь", "ноябрь 2026")
    assert [Quarter(2027, number).title for number in (1, 2, 3, 4)] == [
        "I кв. 2027", "II кв. 2027", "III кв. 2027", "IV кв. 2027",
    ]  # fmt: skip
    assert Quarter(2026, 4).months == [Month(2026, 10), Month(2026, 11), Month(2026, 12)]
    assert Month(2028, 2).days == 29


def test_those_between_cross_the_year():
    assert list(map(str, Week(2026, 52).until(Week(2027, 2)))) == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]
    assert list(map(str, (Month(2027, 2) - 4).until(Month(2027, 1)))) == ["2026-10", "2026-11", "2026-12", "2027-01"]
    assert list(Month(2027, 2).until(Month(2027, 1))) == []


@pytest.mark.parametrize(
    ("period", "expected"),
    [(Month(2027, 2), "26.02.2027"), (Month(2026, 12), "30.12.2026"), (Month(2026, 10), "30.10.2026"),
     (Quarter(2026, 4), "30.12.2026"), (Quarter(2027, 4), "30.12.2027"), (Week(2027, 7), "20.02.2027")],
)  # fmt: skip
def test_its_last_working_day(calendar, period, expected):
    assert period.last_working_day(calendar) == day(expected)


@given(kinds, days)
def test_a_period_is_read_as_it_was_written_and_holds_its_days(kind, of):
    period = kind.of(of)
    assert kind.parse(str(period)) == period
    assert of in period
    assert period.first <= of <= period.last


@given(kinds, days, st.integers(-60, 60), st.integers(-60, 60))
def test_periods_follow_each_other_without_a_gap(kind, of, there, back):
    period = kind.of(of)
    assert (period + 1).first - period.last == timedelta(days=1)
    assert period + there - back == period + (there - back)
    assert (period + there < period) == (there < 0)


# — which of them are due —


def on_its_third_day(period: Month | Week | Quarter) -> datetime:
    return datetime.combine(period.first + timedelta(days=2), time(9), KAMCHATKA)


def after_it(period: Month | Week | Quarter) -> datetime:
    return datetime.combine(period.last + timedelta(days=3), time(18), MOSCOW)


def before_it(period: Month | Week | Quarter) -> datetime:
    return datetime.combine(period.first - timedelta(days=3), time(9), MOSCOW)


@pytest.mark.parametrize(
    ("moment_of", "since", "until", "expected"),
    [
        (on_its_third_day, "02.11.2026 23:59", "03.11.2026 00:00", ["2026-11"]),
        (on_its_third_day, "03.11.2026 00:00", "03.11.2026 00:15", []),
        (on_its_third_day, "02.11.2026 00:00", "02.11.2026 23:59", []),
        (on_its_third_day, "04.11.2026 00:00", "03.02.2027 00:00", ["2026-12", "2027-01", "2027-02"]),
        (after_it, "03.12.2026 17:45", "03.12.2026 18:00", ["2026-11"]),
        (before_it, "28.11.2026 08:45", "28.11.2026 09:00", ["2026-12"]),
        (lambda month: None, "01.01.2026 00:00", "01.01.2027 00:00", []),
    ],
)
def test_months_that_are_due(moment_of, since, until, expected):
    assert list(map(str, due_between(Month, moment_of, at(since), at(until)))) == expected


@given(kinds, st.lists(st.integers(1, 50_000), min_size=1, max_size=5),
       st.sampled_from([on_its_third_day, after_it, before_it]))  # fmt: skip
def test_every_period_is_due_once_however_time_is_cut(kind, steps, moment_of):
    moments = [at("20.10.2026")]
    for minutes in steps:
        moments.append(moments[-1] + timedelta(minutes=minutes))
    piecewise = [one for since, until in zip(moments, moments[1:], strict=False)
                 for one in due_between(kind, moment_of, since, until)]  # fmt: skip
    assert piecewise == list(due_between(kind, moment_of, moments[0], moments[-1]))
