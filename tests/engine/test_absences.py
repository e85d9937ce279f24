"""R-12: who is away, and who then makes a report."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
def reports(company):
    """`reports("rybakov", "23.11.2026 09:00", "27.11.2026 18:00")`: the login of whoever makes the report of that time."""
    people = company.engine.people

    def who(login: str, started: str, due: str, deputy: str = "", zone: ZoneInfo = MOSCOW) -> str:
        times = [datetime.strptime(one, "%d.%m.%Y %H:%M").replace(tzinfo=zone) for one in (started, due)]
        mail = f"{deputy}@sferotek.example" if deputy else ""
        return people.reporter(people.user(company.user(login)), *times, mail).email.partition("@")[0]

    return who


def test_a_report_is_made_by_the_person_unless_all_its_time_is_leave(company, reports):
    week = ("25.01.2027 09:00", "29.01.2027 18:00")
    assert reports("zhukova", *week, "kovalev") == "zhukova"
    company.on_leave("zhukova", "25.01.2027", "28.01.2027")
    assert reports("zhukova", *week, "kovalev") == "zhukova", "back on the last day"
    company.on_leave("zhukova", "29.01.2027")
    assert reports("zhukova", *week, "kovalev") == "kovalev"
    assert reports("zhukova", *week) == "kuznetsova", "without a deputy the head of the department"
    assert reports("zhukova", *week, "zhukova") == "kuznetsova", "nobody is their own deputy"
    company.on_leave("kovalev", "18.01.2027", "31.01.2027")
    assert reports("zhukova", *week, "kovalev") == "kuznetsova", "the deputy is away too"
    company.on_leave("kuznetsova", "24.01.2027", "30.01.2027")
    assert reports("zhukova", *week, "kovalev") == "orlova", "the head as well: the head above"


def test_a_head_who_is_away_is_stood_in_for_by_the_head_above_and_at_the_top_by_the_administrator(company, reports):
    month = ("01.02.2027 09:00", "04.02.2027 18:00")
    company.on_leave("vinogradov", "01.02.2027", "14.02.2027")
    assert reports("vinogradov", *month) == "lebedev"
    company.on_leave("lebedev", "01.02.2027", "14.02.2027")
    assert reports("vinogradov", *month) == "admin"


def test_leave_is_counted_in_the_days_of_the_person(company, reports):
    """When it is Friday morning in Kamchatka it is Thursday evening in Moscow and Kaliningrad."""
    hours = ("04.02.2027 23:00", "05.02.2027 03:00")
    company.on_leave("medvedeva", "05.02.2027")
    company.on_leave("litvinova", "05.02.2027")
    assert reports("medvedeva", *hours, "kim") == "kim", "11:00 to 15:00 of the 5th there"
    assert reports("litvinova", *hours, "kim") == "kim", "nobody works there at night: the time begins on the 5th"
    company.on_leave("medvedeva", "08.02.2027")
    company.on_leave("litvinova", "08.02.2027")
    assert reports("medvedeva", "04.02.2027 08:00", "07.02.2027 23:00", "kim") == "medvedeva"
    assert reports("litvinova", "05.02.2027 17:30", "09.02.2027 08:00", "kim") == "litvinova"


def test_who_is_dismissed_reports_nothing(company, reports):
    week = ("25.01.2027 09:00", "29.01.2027 18:00")
    company.on_leave("nazarov", "25.01.2027", "29.01.2027")
    company.dismiss(company.user("nazarov"))
    assert reports("nazarov", *week, "shevchenko") == "shevchenko"
    assert reports("nazarov", "01.02.2027 09:00", "05.02.2027 18:00") == "kuznetsova"


def test_who_stands_in_for_somebody_away_may_decide_what_only_that_role_may(company):
    people = company.engine.people
    director, deputy, head = (company.user(login) for login in ("orlova", "lebedev", "kuznetsova"))
    may = lambda: [people.holds(who, "COMMERCIAL_DIRECTOR", None) for who in (director, deputy, head)]  # noqa: E731
    assert may() == [True, False, False]
    company.on_leave("orlova", "23.11.2026")
    assert may() == [True, True, False]
