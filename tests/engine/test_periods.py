"""When jobs are due: predicates on dates, no clock in sight."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.schedule import daily, every, once_a
from rules.periods import Month, Quarter, Week
from rules.working_time import WorkingCalendar

MOSCOW = ZoneInfo("Europe/Moscow")
ZONES = ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Kamchatka", "UTC", "Europe/Berlin",
         "America/New_York", "Australia/Lord_Howe", "Asia/Tehran", "America/Santiago", "Africa/Casablanca", "Pacific/Apia"]  # fmt: skip


def job(claim, name: str = "a_job"):
    """A job of that name, due as the claim says."""

    def find(engine, period):
        return ()

    find.__module__ = f"jobs.{name}"
    return claim(find)


def moscow(text: str) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H:%M").replace(tzinfo=MOSCOW)


def due(one, after: str, until: str) -> list[str]:
    return [f"{p.due_at.astimezone(one.zone):%d.%m.%Y %H:%M}" for p in one.due(moscow(after), moscow(until))]


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        ("31.12.2026 23:45", "01.01.2027 00:15", []),
        ("31.12.2026 02:00", "31.12.2026 02:00", []),
        ("31.12.2026 01:59", "31.12.2026 02:00", ["31.12.2026 02:00"]),
        ("28.02.2027 02:00", "01.03.2027 02:00", ["01.03.2027 02:00"]),
        ("28.02.2028 02:00", "01.03.2028 02:00", ["29.02.2028 02:00", "01.03.2028 02:00"]),
        ("30.12.2026 12:00", "02.01.2027 12:00", ["31.12.2026 02:00", "01.01.2027 02:00", "02.01.2027 02:00"]),
    ],
)
def test_a_daily_job_is_due_once_a_day_across_months_and_years(claims, after, until, expected):
    one = job(daily("02:00", zone="Europe/Moscow"))
    assert due(one, after, until) == expected


def test_a_daily_job_goes_by_the_clocks_of_its_zone(claims):
    kamchatka = job(daily("09:00", zone="Asia/Kamchatka"))
    assert due(kamchatka, "23.11.2026 23:59", "24.11.2026 00:00") == ["24.11.2026 09:00"]
    assert kamchatka.due(moscow("23.11.2026 23:59"), moscow("24.11.2026 00:00"))[0].key == "2026-11-24T09:00+12:00"


def test_a_job_of_certain_days_is_due_on_those_alone(claims):
    first = job(daily("06:00", zone="Europe/Moscow", when=lambda day: day.day == 1))
    assert due(first, "30.11.2026 12:00", "05.02.2027 12:00") == [
        "01.12.2026 06:00",
        "01.01.2027 06:00",
        "01.02.2027 06:00",
    ]
    friday = job(daily("16:00", zone="Europe/Moscow", when=lambda day: day.weekday() == 4), "friday")
    assert due(friday, "27.11.2026 15:59", "11.12.2026 15:59") == ["27.11.2026 16:00", "04.12.2026 16:00"]


def test_quarters_of_an_hour_across_midnight_of_the_new_year(claims):
    quarters = job(every(minutes=15, newest_only=False))
    assert due(quarters, "01.01.2027 02:50", "01.01.2027 03:15") == ["01.01.2027 00:00", "01.01.2027 00:15"]


def test_of_what_was_missed_the_newest_or_each_oldest_first(claims):
    each, newest = (
        job(daily("02:00", zone="Europe/Moscow")),
        job(daily("02:00", zone="Europe/Moscow", newest_only=True), "newest"),
    )
    three_days = ("24.11.2026 10:00", "27.11.2026 10:00")
    assert due(each, *three_days) == ["25.11.2026 02:00", "26.11.2026 02:00", "27.11.2026 02:00"]
    assert due(newest, *three_days) == ["27.11.2026 02:00"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", ["00:00", "02:30", "23:59"])
def test_every_local_date_has_one_period_whatever_the_zone_does_to_its_clocks(claims, zone, at):
    """R21: looked at every 37 minutes for a year."""
    one = job(daily(at, zone=zone))
    now = last = datetime(2026, 1, 1, 12, tzinfo=UTC)
    dates: list[date] = []
    while now.year < 2027:
        now += timedelta(minutes=37)
        for period in one.due(last, now):
            dates.append(period.due_at.astimezone(one.zone).date())
            last = period.due_at
    expected = [dates[0] + timedelta(days=n) for n in range(len(dates))]
    assert dates == expected
    assert len(dates) >= 364


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        (datetime(2026, 10, 24, 12), datetime(2026, 10, 26, 12), ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]),
        (datetime(2027, 3, 27, 12), datetime(2027, 3, 29, 12), ["2027-03-28T03:30+02:00", "2027-03-29T02:30+02:00"]),
    ],
    ids=["twice in autumn", "never in spring"],
)
def test_a_time_that_the_clocks_of_a_city_abroad_show_twice_or_never_is_one_period(claims, after, until, expected):
    """A client's city: 02:30 comes twice on 25.10.2026 in Berlin, and not at all on 28.03.2027."""
    berlin = ZoneInfo("Europe/Berlin")
    one, now, keys = job(daily("02:30", zone="Europe/Berlin")), after.replace(tzinfo=berlin), []
    last, end = now, until.replace(tzinfo=berlin)
    while now < end:
        now = (now.astimezone(UTC) + timedelta(minutes=7)).astimezone(berlin)
        for period in one.due(last, now):
            assert timedelta() <= now.astimezone(UTC) - period.due_at.astimezone(UTC) < timedelta(minutes=7)
            keys.append(period.key)
            last = period.due_at
    assert keys == expected
    assert [period.key for period in one.due(after.replace(tzinfo=berlin), end)] == expected


def on_working_day(number: int, hour: int):
    """мес+Nрд: the n-th working day of the month after the one that is reported."""

    def at(month: Month, calendar: WorkingCalendar) -> datetime:
        day = calendar.nth_working_day_after(month.last, number)
        return datetime(day.year, day.month, day.day, hour, tzinfo=MOSCOW)

    return at


def named(one, after: str, until: str, calendar: WorkingCalendar | None = None) -> list[str]:
    return [f"{p.of} {p.due_at:%d.%m.%Y %H:%M}" for p in one.due(moscow(after), moscow(until), calendar)]


def test_a_job_of_the_month_is_due_on_its_working_day_and_knows_its_month(claims):
    opens = job(once_a(Month, on_working_day(1, 9), zone="Europe/Moscow"))
    assert named(opens, "01.11.2026 00:00", "01.02.2027 00:00") == [
        "2026-10 02.11.2026 09:00",
        "2026-11 01.12.2026 09:00",
        "2026-12 11.01.2027 09:00",
    ]
    assert named(opens, "01.12.2026 09:00", "11.01.2027 08:59") == []
    moved = WorkingCalendar(overrides={date(2026, 12, 1): "off", date(2027, 1, 10): "work"})
    assert named(opens, "20.11.2026 00:00", "01.02.2027 00:00", moved) == [
        "2026-11 02.12.2026 09:00",
        "2026-12 10.01.2027 09:00",
    ]


def test_a_job_of_the_week_goes_by_iso_weeks_across_the_new_year(claims):
    def on_the_last_working_day(week: Week, calendar: WorkingCalendar) -> datetime | None:
        day = week.last_working_day(calendar)
        return datetime(day.year, day.month, day.day, 14, tzinfo=MOSCOW) if day in week else None

    friday = job(once_a(Week, on_the_last_working_day, zone="Europe/Moscow"))
    assert named(friday, "14.12.2026 00:00", "18.01.2027 00:00") == [
        "2026-W51 18.12.2026 14:00",
        "2026-W52 25.12.2026 14:00",
        "2026-W53 30.12.2026 14:00",
        "2027-W02 15.01.2027 14:00",
    ]


def test_a_job_of_the_quarter_is_foreseen_months_ahead(claims):
    def on_the_tenth(quarter: Quarter, calendar: WorkingCalendar) -> datetime:
        day = calendar.next_working_day(quarter.last.replace(day=10))
        return datetime(day.year, day.month, day.day, 9, tzinfo=MOSCOW)

    review = job(once_a(Quarter, on_the_tenth, zone="Europe/Moscow"))
    assert named(review, "01.01.2026 00:00", "31.12.2026 00:00") == [
        "2026Q1 10.03.2026 09:00",
        "2026Q2 10.06.2026 09:00",
        "2026Q3 10.09.2026 09:00",
        "2026Q4 10.12.2026 09:00",
    ]
    assert review.next(moscow("10.12.2026 09:00")) == moscow("10.03.2027 09:00")


def test_after_a_downtime_each_month_or_the_newest(claims):
    each = job(once_a(Month, on_working_day(8, 18), zone="Europe/Moscow"))
    newest = job(once_a(Month, on_working_day(8, 18), zone="Europe/Moscow", newest_only=True), "newest")
    assert named(each, "01.11.2026 00:00", "15.12.2026 00:00") == [
        "2026-10 12.11.2026 18:00",
        "2026-11 10.12.2026 18:00",
    ]
    [only] = newest.due(moscow("01.11.2026 00:00"), moscow("15.12.2026 00:00"))
    assert (str(only.of), only.since) == ("2026-11", moscow("01.11.2026 00:00"))
