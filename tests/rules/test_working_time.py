"""Working days and hours, by the golden tables of spec §2.1 and §4.3."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules.working_time import WorkingCalendar
from tests.rules.moments import KALININGRAD, KAMCHATKA, MOSCOW, at, shown

WORKING_DAYS = {
    2026: (15, 19, 21, 22, 19, 21, 23, 21, 22, 22, 20, 22),
    2027: (15, 19, 22, 22, 19, 21, 22, 22, 22, 21, 20, 22),
}
SHORT_DAYS = [
    "30.04.2026", "08.05.2026", "11.06.2026", "03.11.2026", "20.02.2027", "30.04.2027", "11.06.2027", "03.11.2027",
]  # fmt: skip
MOVED_DAYS_OFF = ["09.01.2026", "31.12.2026", "22.02.2027", "05.11.2027", "31.12.2027"]

ADDED_HOURS = [
    # start, zone, hours, deadline there, in Moscow
    ("27.11.2026 17:00", KAMCHATKA, 8, "30.11.2026 17:00", "30.11.2026 08:00"),
    ("03.11.2026 15:30", MOSCOW, 4, "05.11.2026 11:30", "05.11.2026 11:30"),
    ("22.11.2026 11:00", MOSCOW, 2, "23.11.2026 11:00", "23.11.2026 11:00"),
    ("30.12.2026 16:00", MOSCOW, 16, "12.01.2027 16:00", "12.01.2027 16:00"),
    ("23.11.2026 12:30", KALININGRAD, 1, "23.11.2026 14:30", "23.11.2026 15:30"),
    ("23.11.2026 12:00", KALININGRAD, 1, "23.11.2026 13:00", "23.11.2026 14:00"),
    ("19.02.2027 17:00", MOSCOW, 8, "20.02.2027 17:00", "20.02.2027 17:00"),
]

OFFICES = [
    # city, Thursday 09:00 there in Moscow, Friday 12:00 there in Moscow
    ("Калининград", "10:00", "13:00"),
    ("Москва", "09:00", "12:00"),
    ("Санкт-Петербург", "09:00", "12:00"),
    ("Краснодар", "09:00", "12:00"),
    ("Казань", "09:00", "12:00"),
    ("Самара", "08:00", "11:00"),
    ("Екатеринбург", "07:00", "10:00"),
    ("Омск", "06:00", "09:00"),
    ("Новосибирск", "05:00", "08:00"),
    ("Красноярск", "05:00", "08:00"),
    ("Иркутск", "04:00", "07:00"),
    ("Якутск", "03:00", "06:00"),
    ("Владивосток", "02:00", "05:00"),
    ("Магадан", "01:00", "04:00"),
    ("Петропавловск-Камчатский", "00:00", "03:00"),
]

CALENDAR = WorkingCalendar(company().calendar.short_days)
minutes = st.integers(0, 700 * 24 * 60).map(lambda number: timedelta(minutes=number))
starts = minutes.map(lambda since: datetime(2026, 1, 1) + since)
zones = st.sampled_from(sorted({city.zone for city in company().cities.values()})).map(ZoneInfo)
halves = st.integers(0, 80).map(lambda number: number / 2)


# — days —


@pytest.mark.parametrize(("year", "expected"), WORKING_DAYS.items())
def test_working_days_of_every_month(calendar, year, expected):
    assert tuple(calendar.working_days_in_month(year, month) for month in range(1, 13)) == expected
    assert sum(expected) == 247


@pytest.mark.parametrize("day", SHORT_DAYS)
def test_the_day_before_a_holiday_is_short(calendar, day):
    assert calendar.is_working(at(day).date())
    assert f"{calendar.closes_at(at(day).date()):%H:%M}" == "17:00"


def test_there_are_no_other_short_days(calendar):
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(730)]
    assert [f"{day:%d.%m.%Y}" for day in days if calendar.is_short(day)] == SHORT_DAYS


@pytest.mark.parametrize("day", MOVED_DAYS_OFF)
def test_days_off_that_were_moved_to_a_weekday(calendar, day):
    assert not calendar.is_working(at(day).date())


def test_the_saturday_that_is_worked_instead(calendar):
    assert calendar.is_working(date(2027, 2, 20))
    assert not calendar.is_working(date(2027, 2, 27))


def test_a_region_has_holidays_of_its_own():
    kazan = WorkingCalendar(extra_days_off=company().cities["Казань"].extra_days_off)
    assert not kazan.is_working(date(2026, 11, 6))
    assert CALENDAR.is_working(date(2026, 11, 6))


@pytest.mark.parametrize(
    ("said", "works", "closes"), [("off", False, None), ("work", True, "18:00"), ("short", True, "17:00")]
)
@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2026, 11, 28), date(2026, 11, 6), date(2026, 11, 3)])
def test_an_override_rules_over_everything(day, said, works, closes):
    calendar = WorkingCalendar([date(2026, 11, 3)], [date(2026, 11, 6)], {day: said})
    assert calendar.is_working(day) is works
    assert closes is None or f"{calendar.closes_at(day):%H:%M}" == closes


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("27.11.2026", 1, "30.11.2026"),
        ("28.11.2026", 1, "30.11.2026"),
        ("30.11.2026", -1, "27.11.2026"),
        ("29.11.2026", -2, "26.11.2026"),
        ("29.11.2026", 0, "29.11.2026"),
        ("30.12.2026", 1, "11.01.2027"),
    ],
)
def test_the_nth_working_day(calendar, day, n, expected):
    assert calendar.nth_working_day_after(at(day).date(), n) == at(expected).date()


def test_threads_that_ask_for_a_year_at_once_all_get_it_whole():
    """A year that is still being filled would call the first of January a working day."""
    together, answers = Barrier(16), []

    def ask():
        together.wait()
        answers.extend(WorkingCalendar().is_working(date(year, 1, 1)) for year in range(1995, 2045))

    threads = [Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 16 * 50
    assert not any(answers)


# — hours —


@pytest.mark.parametrize(("start", "zone", "hours", "there", "in_moscow"), ADDED_HOURS)
def test_adding_working_hours(calendar, start, zone, hours, there, in_moscow):
    deadline = calendar.add_hours(at(start, zone), hours, zone)
    assert shown(deadline) == there
    assert shown(deadline, MOSCOW) == in_moscow


def test_the_start_may_be_told_in_another_zone(calendar):
    start = at("27.11.2026 17:00", KAMCHATKA).astimezone(UTC)
    assert shown(calendar.add_hours(start, 8, KAMCHATKA)) == "30.11.2026 17:00"


@pytest.mark.parametrize(
    ("end", "hours", "expected"),
    [
        ("24.11.2026 15:00", 2, "24.11.2026 12:00"),
        ("23.11.2026 10:00", 2, "20.11.2026 17:00"),
        ("24.11.2026 14:00", 1, "24.11.2026 12:00"),
        ("05.11.2026 09:30", 1, "03.11.2026 16:30"),
        ("22.11.2026 11:00", 8, "20.11.2026 09:00"),
        ("24.11.2026 13:00", 0, "24.11.2026 13:00"),
        ("24.11.2026 20:00", 0, "24.11.2026 18:00"),
    ],
)
def test_taking_working_hours(calendar, end, hours, expected):
    assert shown(calendar.hours_before(at(end), hours, MOSCOW)) == expected


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("20.11.2026 16:00", "24.11.2026 11:00", 12),  # C-14
        ("03.11.2026 10:00", "05.11.2026 10:00", 7),  # C-14: a short day, a holiday, an hour
        ("23.11.2026 10:00", "23.11.2026 10:00", 0),
        ("23.11.2026 12:30", "23.11.2026 14:30", 1),  # lunch
        ("21.11.2026 10:00", "22.11.2026 20:00", 0),  # a weekend
        ("24.11.2026 11:00", "23.11.2026 11:00", 0),  # the wrong way round
    ],
)
def test_working_hours_between_two_moments(calendar, start, end, hours):
    assert calendar.hours_between(at(start), at(end), MOSCOW) == timedelta(hours=hours)


def test_hours_go_one_way_only(calendar):
    with pytest.raises(ValueError, match="hours_before"):
        calendar.add_hours(at("23.11.2026"), -1, MOSCOW)
    with pytest.raises(ValueError, match="add_hours"):
        calendar.hours_before(at("23.11.2026"), -1, MOSCOW)


@given(starts, halves, halves, zones)
def test_hours_added_twice_are_hours_added_once(start, first, then, zone):
    start = start.replace(tzinfo=zone)
    by_steps = CALENDAR.add_hours(CALENDAR.add_hours(start, first, zone), then, zone)
    assert by_steps == CALENDAR.add_hours(start, first + then, zone)


@given(starts, halves.filter(bool), zones)
def test_a_deadline_lies_in_working_time_and_after_its_start(start, hours, zone):
    start = start.replace(tzinfo=zone)
    deadline = CALENDAR.add_hours(start, hours, zone)
    assert deadline >= start + timedelta(hours=hours)
    assert _is_worked(deadline)


@given(starts, halves.filter(bool), zones)
def test_taking_hours_undoes_adding_them(start, hours, zone):
    deadline = CALENDAR.add_hours(start.replace(tzinfo=zone), hours, zone)
    back = CALENDAR.hours_before(deadline, hours, zone)
    assert _is_worked(back)
    assert CALENDAR.add_hours(back, hours, zone) == deadline


@given(starts, halves, zones)
def test_the_hours_that_were_added_lie_between(start, hours, zone):
    start = start.replace(tzinfo=zone)
    assert CALENDAR.hours_between(start, CALENDAR.add_hours(start, hours, zone), zone) == timedelta(hours=hours)


@given(starts, halves, zones)
def test_a_deadline_is_the_same_moment_in_every_zone(start, hours, zone):
    deadline = CALENDAR.add_hours(start.replace(tzinfo=zone), hours, zone)
    assert deadline.astimezone(UTC).astimezone(zone) == deadline
    assert datetime.fromisoformat(deadline.isoformat()) == deadline


@given(st.dates(date(2025, 1, 1), date(2028, 12, 1)), st.integers(1, 30))
def test_as_many_working_days_lie_between_as_were_counted(day, n):
    there = CALENDAR.nth_working_day_after(day, n)
    assert CALENDAR.is_working(there)
    assert CALENDAR.working_days_between(day, there) == n
    if CALENDAR.is_working(day):
        assert CALENDAR.nth_working_day_after(there, -n) == day


def _is_worked(moment: datetime) -> bool:
    clock, day = f"{moment:%H:%M}", moment.date()
    in_hours = "09:00" <= clock <= "13:00" or "14:00" <= clock <= f"{CALENDAR.closes_at(day):%H:%M}"
    return CALENDAR.is_working(day) and in_hours


# — zones (§4.3) —


def test_every_city_stands_in_the_table():
    assert [city for city, _, _ in OFFICES] == list(company().cities)


@pytest.mark.parametrize(("city", "thursday", "friday"), OFFICES)
@pytest.mark.parametrize("month", ["02.2026", "08.2026", "11.2026", "02.2027", "08.2027"])
def test_zones_of_the_cities(city, thursday, friday, month):
    zone = ZoneInfo(company().cities[city].zone)
    first = at(f"01.{month} 09:00", zone)
    a_thursday = first + timedelta(days=(3 - first.weekday()) % 7)
    a_friday = a_thursday.replace(hour=12) + timedelta(days=1)
    assert f"{a_thursday.astimezone(MOSCOW):%a %H:%M}" == f"Thu {thursday}"
    assert f"{a_friday.astimezone(MOSCOW):%a %H:%M}" == f"Fri {friday}"
