"""The calendar of DISTRIBUTOR by month; DB-T1, DB-T2, DB-T8, A-18, E-DB-4, E-DB-13, E-DB-14, E-DB-20."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules import deadline
from rules import distributor_month as month_of
from rules.periods import Month, due_between
from tests.rules.moments import KAMCHATKA, MOSCOW, NOVOSIBIRSK, at, shown
from tests.rules.test_debt import day
from tests.rules.test_working_time import CALENDAR, zones

CYCLE = [
    # month, opened, reminded, branch's report, input, cut-off, agreed, accrued
    ("2026-10", "02.11.2026", "03.11", "05.11", "09.11", "12.11", "13.11", "16.11"),
    ("2026-11", "01.12.2026", "02.12", "03.12", "07.12", "10.12", "11.12", "14.12"),
    ("2026-12", "11.01.2027", "12.01", "13.01", "15.01", "20.01", "21.01", "22.01"),
    ("2027-01", "01.02.2027", "02.02", "03.02", "05.02", "10.02", "11.02", "12.02"),
    ("2027-02", "01.03.2027", "02.03", "03.03", "05.03", "11.03", "12.03", "15.03"),
    ("2027-03", "01.04.2027", "02.04", "05.04", "07.04", "12.04", "13.04", "14.04"),
]
NOVEMBER = Month(2026, 11)


@pytest.mark.parametrize(
    ("month", "opened", "reminded", "report", "entered", "closed", "agreed", "accrued"), CYCLE
)  # fmt: skip
def test_the_cycle_of_a_month(calendar, month, opened, reminded, report, entered, closed, agreed, accrued):
    office = month_of.of_office(Month.parse(month), MOSCOW, calendar)
    manager = month_of.of_manager(Month.parse(month), NOVOSIBIRSK, calendar)
    assert shown(office.opens) == f"{opened} 09:00"
    assert [f"{one:%d.%m %H:%M}" for one in manager.reminders] == [
        f"{reminded} 10:00", f"{report} 10:00", f"{report} 14:00",
    ]  # fmt: skip
    assert f"{manager.due:%d.%m %H:%M}" == f"{report} 18:00"
    assert f"{office.input_by:%d.%m %H:%M}" == f"{entered} 18:00"
    assert f"{office.closes:%d.%m %H:%M}" == f"{closed} 18:00"
    assert [f"{one:%d.%m}" for one in (office.approved_by, office.accrued_by)] == [agreed, accrued]


def test_the_tasks_of_the_process_are_due_when_the_calendar_says(calendar):
    """DB-1 and DS-1 are written in config/processes/distributor*.yaml."""
    processes = company().processes
    db_1 = deadline.parse(processes["DISTRIBUTOR_BRANCH"].tasks["DB-1"].deadline)
    ds_1 = deadline.parse(processes["DISTRIBUTOR"].tasks["DS-1"].deadline)
    for month in Month(2026, 10).until(Month(2027, 12)):
        office = month_of.of_office(month, MOSCOW, calendar)
        due = month_of.of_manager(month, KAMCHATKA, calendar).due
        assert db_1.count(office.opens, KAMCHATKA, calendar, month.first) == due
        assert ds_1.count(office.opens, MOSCOW, calendar, month.last) == office.closes


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("01.12.2026 08:59", "01.12.2026 09:00", ["2026-11"]),
        ("01.12.2026 09:00", "01.12.2026 09:15", []),
        ("30.11.2026 00:00", "04.12.2026 12:00", ["2026-11"]),  # A-18, E-DB-20
        ("20.12.2026 00:00", "15.03.2027 00:00", ["2026-12", "2027-01", "2027-02"]),
    ],
)
def test_months_that_are_due(calendar, since, until, expected):
    """DB-T1."""
    found = due_between(Month, lambda month: month_of.of_office(month, MOSCOW, calendar).opens, at(since), at(until))
    assert list(map(str, found)) == expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("02.12.2026 09:45", "02.12.2026 10:00", "02.12.2026 10:00"),
        ("02.12.2026 10:00", "02.12.2026 10:15", None),
        ("30.11.2026 12:00", "03.12.2026 13:00", "03.12.2026 10:00"),
        ("30.11.2026 12:00", "03.12.2026 16:00", "03.12.2026 14:00"),
        ("03.12.2026 14:00", "10.12.2026 10:00", None),
    ],
)
def test_after_a_downtime_only_the_newest_reminder_is_sent(calendar, since, until, expected):
    """A-18."""
    dates = month_of.of_manager(NOVEMBER, MOSCOW, calendar)
    found = month_of.newest_reminder(dates, at(since), at(until))
    assert (found and shown(found)) == expected


@pytest.mark.parametrize(
    ("got", "due"),
    [
        ("02.12.2026 11:00", "03.12.2026 18:00"),
        ("04.12.2026 17:00", "07.12.2026 18:00"),
        ("07.12.2026 10:00", "07.12.2026 18:00"),  # the last day of input
        ("07.12.2026 18:00", "08.12.2026 18:00"),
        ("09.12.2026 11:00", "10.12.2026 18:00"),  # after it
    ],
)
def test_what_is_entered_until_when(calendar, got, due):
    """DB-2."""
    office = month_of.of_office(NOVEMBER, MOSCOW, calendar)
    assert shown(month_of.input_due(at(got), office, MOSCOW, calendar), MOSCOW) == due


def test_an_operator_in_the_east_has_the_day_of_the_east(calendar):
    office = month_of.of_office(NOVEMBER, MOSCOW, calendar)
    due = month_of.input_due(at("02.12.2026 11:00"), office, KAMCHATKA, calendar)
    assert shown(due, KAMCHATKA) == "03.12.2026 18:00"


@pytest.mark.parametrize(
    ("since", "until", "reports", "without_partial"),
    [
        ("01.01.2020", None, True, True),
        ("01.11.2026", None, True, True),
        ("15.11.2026", None, True, False),  # E-DB-13
        ("30.11.2026", None, True, False),
        ("01.12.2026", None, False, False),
        (None, None, False, False),
        (None, "01.12.2026", False, False),
        ("01.01.2020", "30.11.2026", True, True),  # E-DB-14
        ("01.01.2020", "02.11.2026", True, True),
        ("01.01.2020", "01.11.2026", False, False),
        ("01.01.2020", "31.10.2026", False, False),
    ],
)
def test_which_branches_report_november(since, until, reports, without_partial):
    asked = NOVEMBER, since and day(since), until and day(until)
    assert month_of.reports_in(*asked) == reports
    assert month_of.reports_in(*asked, include_partial=False) == without_partial


def test_a_closed_branch_does_not_report_the_month_after():
    """E-DB-14."""
    assert not month_of.reports_in(Month(2026, 12), day("01.01.2020"), day("30.11.2026"))


@pytest.mark.parametrize(("since", "on"), [("01.01.2020", "01.11.2026"), ("15.11.2026", "15.11.2026")])
def test_the_first_day_decides_or_the_branch_s_own(since, on):
    """E-DB-4, E-DB-13."""
    assert month_of.deciding_day(day(since), NOVEMBER) == day(on)


months = st.dates(date(2026, 1, 1), date(2028, 10, 31)).map(Month.of)


@given(months, zones)
def test_dates_follow_each_other_on_working_days(month, zone):
    manager, office = month_of.of_manager(month, zone, CALENDAR), month_of.of_office(month, zone, CALENDAR)
    moments = [office.opens, *manager.reminders, manager.due, office.input_by, office.closes]
    assert moments == sorted(set(moments))
    assert all(CALENDAR.is_working(one.date()) for one in moments)
    assert office.closes.date() < office.approved_by < office.accrued_by


@given(months, st.integers(0, 60 * 24 * 20), zones)
def test_there_is_always_time_to_enter_a_report(month, minutes, zone):
    office = month_of.of_office(month, MOSCOW, CALENDAR)
    got = office.opens + timedelta(minutes=minutes)
    due = month_of.input_due(got, office, zone, CALENDAR)
    assert due > got
    assert got >= office.input_by or due <= office.input_by


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Филиал Казань", "Казань"), ("Филиал «Волга»", "«Волга»"), ("Казань", "Казань"), ("Филиал в г. Казань", "Филиал в г. Казань"),
        ("Филиал 7", "7"), ("Филиалы", "Филиалы"),
    ],
)  # fmt: skip
def test_a_branch_is_called_without_the_word_before_its_name(title, name):
    assert month_of.branch_name(title) == name
