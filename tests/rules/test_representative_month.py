"""The cycle of REP_REPORT by month, visits and delays: RP-T1, RP-T8…RP-T10, E-RP-1, E-RP-2, E-RP-8, E-RP-9, E-RP-10, E-RP-11."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules import deadline
from rules import representative_month as rep
from rules.periods import Month, due_between
from rules.working_time import WorkingCalendar
from tests.rules.moments import KALININGRAD, KAMCHATKA, MOSCOW, at, shown
from tests.rules.test_debt import day
from tests.rules.test_working_time import CALENDAR, zones

CYCLE = [
    # month, opened, due, late, coordinator, list, accounting, director, closed
    ("2026-10", "30.10.2026", "05.11.2026", "06.11", "09.11", "10.11", "11.11", "13.11", "17.11"),
    ("2026-11", "30.11.2026", "03.12.2026", "04.12", "07.12", "08.12", "09.12", "11.12", "15.12"),
    ("2026-12", "30.12.2026", "13.01.2027", "14.01", "15.01", "18.01", "19.01", "21.01", "25.01"),
    ("2027-01", "29.01.2027", "03.02.2027", "04.02", "05.02", "08.02", "09.02", "11.02", "15.02"),
    ("2027-02", "26.02.2027", "03.03.2027", "04.03", "05.03", "09.03", "10.03", "12.03", "16.03"),
    ("2027-03", "31.03.2027", "05.04.2027", "06.04", "07.04", "08.04", "09.04", "13.04", "15.04"),
    ("2027-04", "30.04.2027", "06.05.2027", "07.05", "11.05", "12.05", "13.05", "17.05", "19.05"),
]
NOVEMBER = Month(2026, 11)


@pytest.mark.parametrize(
    ("month", "opens", "due", "late", "coordinator", "silent", "accounting", "director", "end"), CYCLE
)
def test_the_cycle_of_a_month(calendar, month, opens, due, late, coordinator, silent, accounting, director, end):
    own = rep.of_representative(Month.parse(month), KAMCHATKA, calendar)
    office = rep.of_office(Month.parse(month), MOSCOW, calendar)
    assert (shown(own.opens), shown(own.due)) == (f"{opens} 09:00", f"{due} 18:00")
    assert f"{own.late:%d.%m %H:%M}" == f"{late} 10:00"
    assert f"{office.lists_silent:%d.%m %H:%M}" == f"{silent} 10:00"
    assert f"{office.closes:%d.%m %H:%M}" == f"{end} 18:00"
    by = (office.coordinator_by, office.accounting_by, office.director_by)
    assert [f"{one:%d.%m}" for one in by] == [coordinator, accounting, director]


def test_the_task_of_the_process_is_due_when_the_cycle_says(calendar):
    """RP-1 is written in config/processes/rep_report.yaml."""
    span = deadline.parse(company().processes["REP_REPORT"].tasks["RP-1"].deadline)
    for month in Month(2026, 10).until(Month(2027, 12)):
        own = rep.of_representative(month, KALININGRAD, calendar)
        assert span.count(own.opens, KALININGRAD, calendar, month.first) == own.due


def test_the_ends_of_the_country():
    """E-RP-11."""
    opens = rep.of_representative(NOVEMBER, KAMCHATKA, CALENDAR).opens
    due = rep.of_representative(NOVEMBER, KALININGRAD, CALENDAR).due
    assert (shown(opens, MOSCOW), shown(due, MOSCOW)) == ("30.11.2026 00:00", "03.12.2026 19:00")


def test_a_holiday_of_the_region_moves_the_dates_of_its_representative():
    """06.11.2026 is off in Казань; the office works."""
    kazan = WorkingCalendar(company().calendar.short_days, company().cities["Казань"].extra_days_off)
    assert shown(rep.of_representative(Month(2026, 10), MOSCOW, kazan).late) == "09.11.2026 10:00"


# — which months are due —


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("29.11.2026 23:45", "30.11.2026 00:00", ["2026-11"]),
        ("30.11.2026 00:00", "30.11.2026 00:15", []),
        ("20.12.2026 00:00", "15.03.2027 00:00", ["2026-12", "2027-01", "2027-02"]),
        ("30.12.2026 00:00", "31.12.2026 23:59", []),
    ],
)
def test_months_that_are_due_in_kamchatka(calendar, since, until, expected):
    """RP-T1, E-RP-9, E-RP-11: by Moscow's clock."""
    found = due_between(
        Month, lambda month: rep.of_representative(month, KAMCHATKA, calendar).opens, at(since), at(until)
    )
    assert list(map(str, found)) == expected


@pytest.mark.parametrize(
    ("started", "ended", "active"),
    [
        ("01.01.2020", None, True),
        ("20.11.2026", None, True),
        ("30.11.2026", None, True),
        ("01.12.2026", None, False),
        ("01.01.2020", "01.11.2026", True),
        ("01.01.2020", "31.10.2026", False),
    ],
)
def test_who_reports_november(started, ended, active):
    assert rep.is_active(NOVEMBER, day(started), ended and day(ended)) == active


# — leaving, leave, being late —


@pytest.mark.parametrize(
    ("last_day", "due"),
    [("10.12.2026", "10.12.2026 18:00"), ("12.12.2026", "11.12.2026 18:00"), ("20.02.2027", "20.02.2027 17:00"),
     ("31.12.2026", "30.12.2026 18:00")],
)  # fmt: skip
def test_who_leaves_reports_by_the_last_working_day(calendar, last_day, due):
    """E-RP-2."""
    assert shown(rep.due_on_dismissal(day(last_day), MOSCOW, calendar)) == due


@pytest.mark.parametrize(
    ("ended", "due"),
    [("20.11.2026", "20.11.2026 18:00"), ("27.11.2026", "27.11.2026 18:00"), ("30.11.2026", "30.11.2026 18:00"),
     ("01.12.2026", "03.12.2026 18:00")],
)  # fmt: skip
def test_who_leaves_on_the_last_working_day_does_not_report_after_it(calendar, ended, due):
    """E-RP-2."""
    own = rep.of_representative(NOVEMBER, MOSCOW, calendar, day(ended))
    assert shown(own.due) == due
    assert own.opens.date() == min(day(ended), day("30.11.2026"))


@pytest.mark.parametrize(
    ("back", "due"), [("07.12.2026", "09.12.2026 18:00"), ("05.12.2026", "09.12.2026 18:00"),
                      ("11.01.2027", "13.01.2027 18:00"), ("01.11.2026", "05.11.2026 18:00")]
)  # fmt: skip
def test_after_a_leave_there_are_two_days(calendar, back, due):
    """E-RP-8."""
    assert shown(rep.due_after_leave(day(back), MOSCOW, calendar)) == due


@pytest.mark.parametrize(
    ("handed_in", "days"),
    [
        ("01.12.2026 12:00", 0),
        ("03.12.2026 18:00", 0),
        ("03.12.2026 18:01", 1),
        ("04.12.2026 10:00", 1),
        ("05.12.2026 12:00", 1),
        ("07.12.2026 09:00", 2),
        ("15.12.2026 09:00", 8),
    ],
)
def test_days_late_are_working_days(calendar, handed_in, days):
    due = rep.of_representative(NOVEMBER, MOSCOW, calendar).due
    assert rep.days_late(due, at(handed_in), calendar) == days


def test_days_late_are_counted_where_the_representative_is(calendar):
    due = rep.of_representative(NOVEMBER, KAMCHATKA, calendar).due  # 09:00 in Moscow
    assert rep.days_late(due, at("03.12.2026 09:01"), calendar) == 1
    assert rep.days_late(due, at("04.12.2026 16:00"), calendar) == 1  # there it is Saturday
    assert rep.days_late(due, at("06.12.2026 16:00"), calendar) == 2  # there it is Monday


# — visits —


@pytest.mark.parametrize(
    ("plan", "month", "started", "ended", "expected"),
    [
        (20, "2026-11", None, None, 20),
        (20, "2026-11", "20.11.2026", None, 7),  # 7 working days of 20
        (20, "2026-11", "01.01.2020", None, 20),
        (20, "2026-12", None, "10.12.2026", 7),  # 8 of 22: 7,27
        (20, "2026-11", "30.11.2026", None, 1),
        (15, "2026-11", "17.11.2026", "18.11.2026", 2),  # 2 of 20: 1,5
        (10, "2026-11", "23.11.2026", "27.11.2026", 3),  # 5 of 20: 2,5
        (20, "2026-11", "01.12.2026", None, 0),
        (0, "2026-11", None, None, 0),
        (20, "2027-01", "14.01.2027", None, 16),  # 12 of 15
    ],
)
def test_the_plan_of_visits_of_a_part_of_the_month(calendar, plan, month, started, ended, expected):
    """E-RP-1."""
    found = rep.visits_planned(plan, Month.parse(month), calendar, started and day(started), ended and day(ended))
    assert found == expected


def test_only_visits_of_the_month_count():
    lines = [
        "02.11.2026; ООО «Ромашка»; образцы; договорились",
        "2026-11-30; АО «Вектор»",
        " 5.11.2026 ;ИП Котов;;",
        "31.10.2026; ООО «Ромашка»; ; ",
        "01.12.2026; ООО «Ромашка»; ; ",
        "31.11.2026; ООО «Ромашка»; ; ",
        "был у клиента; ООО «Ромашка»",
        "",
    ]
    assert rep.visits_made(lines, NOVEMBER) == 3


months = st.dates(date(2026, 1, 1), date(2028, 10, 31)).map(Month.of)


@given(months, zones)
def test_dates_follow_each_other_on_working_days(month, zone):
    own, office = rep.of_representative(month, zone, CALENDAR), rep.of_office(month, zone, CALENDAR)
    moments = [own.opens, own.due, own.late, office.lists_silent, office.closes]
    assert moments == sorted(set(moments))
    assert all(CALENDAR.is_working(moment.date()) for moment in moments)
    assert own.late.date() < office.coordinator_by < office.accounting_by < office.director_by < office.closes.date()


@given(months, st.integers(0, 60), st.integers(-10, 40), st.integers(0, 40))
def test_parts_of_a_month_never_plan_more_than_the_month(month, plan, after, length):
    first = month.first + timedelta(days=after)
    part = rep.visits_planned(plan, month, CALENDAR, first, first + timedelta(days=length))
    assert 0 <= part <= rep.visits_planned(plan, month, CALENDAR) == plan
