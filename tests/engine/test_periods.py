"""When jobs are due: predicates on dates, no clock in sight."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.schedule import daily, every

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
