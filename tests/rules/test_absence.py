"""R-12: who does what falls into an absence, and until when; E-RC-1, E-RP-8."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import absence, deadline, receivables_week
from rules.absence import Absence, decide
from rules.periods import Month, Week
from rules.representative_month import of_representative
from tests.rules.moments import KAMCHATKA, MOSCOW, at, shown
from tests.rules.test_debt import day
from tests.rules.test_working_time import CALENDAR, starts, zones


def away(*spans: str) -> list[Absence]:
    """«24.11–26.11» of 2026, or with years."""
    made = []
    for span in spans:
        first, _, last = span.partition("–")
        made.append(Absence(*(day(one if one.count(".") == 2 else f"{one}.2026") for one in (first, last or first))))
    return made


def counted(span: str, zone=MOSCOW, of: date | None = None) -> Callable[[datetime], datetime]:
    return lambda start: deadline.parse(span).count(start, zone, CALENDAR, of)


CASES = [
    # start, span, away → due, by the deputy
    ("23.11.2026 10:00", "3рд", [], "26.11.2026 18:00", False),
    ("23.11.2026 10:00", "3рд", ["20.11–22.11"], "26.11.2026 18:00", False),
    ("23.11.2026 10:00", "3рд", ["27.11–10.12"], "26.11.2026 18:00", False),
    ("23.11.2026 10:00", "3рд", ["16.11–11.12"], "26.11.2026 18:00", True),
    ("23.11.2026 10:00", "3рд", ["23.11–26.11"], "26.11.2026 18:00", True),
    ("23.11.2026 10:00", "3рд", ["23.11–24.11"], "30.11.2026 18:00", False),  # back on the 25th: 2рд later
    ("23.11.2026 10:00", "3рд", ["23.11–25.11"], "30.11.2026 18:00", False),  # back on the 26th: 2рд later all the same
    ("23.11.2026 10:00", "1рд", ["24.11"], "26.11.2026 18:00", False),
    ("23.11.2026 10:00", "1рд", ["24.11–25.11"], "26.11.2026 18:00", False),  # back on the last of those two days
    ("23.11.2026 10:00", "1рд", ["24.11–26.11"], "24.11.2026 18:00", True),  # back after them
    ("23.11.2026 10:00", "4рч", ["23.11"], "23.11.2026 15:00", True),
    ("23.11.2026 16:00", "4рч", ["24.11"], "25.11.2026 13:00", False),
    ("23.11.2026 16:00", "4рч", ["23.11"], "24.11.2026 13:00", False),
    ("23.11.2026 10:00", "10рд", ["24.11"], "09.12.2026 18:00", False),
    ("23.11.2026 10:00", "10рд", ["26.11"], "09.12.2026 18:00", False),
    ("23.11.2026 10:00", "10рд", ["26.11–08.12"], "09.12.2026 18:00", False),
    ("23.11.2026 10:00", "10рд", ["26.11–09.12"], "07.12.2026 18:00", True),
    ("30.12.2026 10:00", "1рд", ["11.01.2027"], "13.01.2027 18:00", False),  # holidays between are no days of anybody
    ("30.12.2026 10:00", "1рд", ["30.12.2026–12.01.2027"], "11.01.2027 18:00", True),
    # nights and days off do not count: whoever is away all the working time is away
    ("27.11.2026 18:00", "1рд", ["30.11"], "30.11.2026 18:00", True),
    ("27.11.2026 17:59", "1рд", ["30.11"], "02.12.2026 18:00", False),
    ("28.11.2026 11:00", "2рч", ["30.11"], "30.11.2026 11:00", True),
    ("30.12.2026 18:30", "1рд", ["11.01.2027–11.01.2027"], "11.01.2027 18:00", True),
    # of two absences the return from the last one counts
    ("23.11.2026 10:00", "3рд", ["23.11", "25.11"], "30.11.2026 18:00", False),
    ("23.11.2026 10:00", "3рд", ["23.11", "26.11–30.11"], "26.11.2026 18:00", True),
    # two absences with a weekend between them are one
    ("26.11.2026 10:00", "1рд", ["27.11", "30.11–01.12"], "27.11.2026 18:00", True),
    ("26.11.2026 10:00", "1рд", ["27.11"], "01.12.2026 18:00", False),
]


@pytest.mark.parametrize(("start", "span", "absences", "due", "by_deputy"), CASES)
def test_who_does_it_and_until_when(start, span, absences, due, by_deputy):
    found = decide(at(start), counted(span), away(*absences), MOSCOW, CALENDAR)
    assert (shown(found.due), found.by_deputy) == (due, by_deputy)


@pytest.mark.parametrize(("absences", "by_deputy"), [(["28.11"], True), (["27.11"], False), (["29.11–30.11"], False)])
def test_a_deadline_on_a_day_off_is_of_that_day(absences, by_deputy):
    found = decide(at("27.11.2026 19:00"), lambda _: at("28.11.2026 12:00"), away(*absences), MOSCOW, CALENDAR)
    assert (found.by_deputy, shown(found.due)) == (by_deputy, "28.11.2026 12:00")


@pytest.mark.parametrize(
    ("absences", "by_deputy"),
    [(["24.11–26.11"], False), (["26.11–27.11"], True), (["27.11"], True), (["23.11–27.11"], True)],
)
def test_a_day_that_is_fixed_is_kept_by_who_is_back_before_it(absences, by_deputy):
    """A date, the end of a month, a deadline that nobody may move."""
    found = decide(at("23.11.2026 10:00"), lambda _: at("27.11.2026 12:00"), away(*absences), MOSCOW, CALENDAR)
    assert (shown(found.due), found.by_deputy) == ("27.11.2026 12:00", by_deputy)


@pytest.mark.parametrize(
    ("moment", "absences", "is_away"),
    [
        ("27.11.2026 17:00", ["27.11"], True),
        ("27.11.2026 18:00", ["27.11"], False),
        ("27.11.2026 18:00", ["30.11"], True),
        ("28.11.2026 10:00", ["28.11–29.11"], False),
        ("31.12.2026 10:00", ["11.01.2027"], True),
        ("26.11.2026 10:00", [], False),
    ],
)
def test_away_is_who_is_not_there_on_the_working_day_at_hand(moment, absences, is_away):
    assert absence.is_away_at(away(*absences), at(moment), MOSCOW, CALENDAR) == is_away


def test_of_sources_that_contradict_each_other_the_more_trusted_one_holds():
    ours, portal = away("24.11–27.11"), away("25.11–11.12", "14.12–16.12")
    assert absence.agreed([ours, portal, away("16.12–18.12", "21.12")]) == away("24.11–27.11", "14.12–16.12", "21.12")
    assert absence.agreed([[], [], []]) == []


def test_days_are_those_of_the_absent_person():
    start = at("26.11.2026 22:00")  # in Kamchatka the 27th has begun
    assert decide(start, counted("1рд", KAMCHATKA), away("26.11"), KAMCHATKA, CALENDAR).by_deputy is False
    assert shown(decide(start, counted("1рд", KAMCHATKA), away("26.11"), KAMCHATKA, CALENDAR).due) == "30.11.2026 18:00"
    assert decide(start, counted("1рд", KAMCHATKA), away("27.11–30.11"), KAMCHATKA, CALENDAR).by_deputy


@pytest.mark.parametrize(
    ("absences", "by_deputy"),
    [(["26.11–27.11"], True), (["26.11"], False), (["27.11"], True), (["20.11–25.11"], False)],
)
def test_the_deputy_reports_the_receivables_of_who_is_away(absences, by_deputy):
    """E-RC-1. The deadline of the week is fixed: whoever comes back on its last morning still makes it."""
    week = receivables_week.of_manager(Week(2026, 48), MOSCOW, CALENDAR)
    found = decide(week.asks, lambda _: week.deadline, away(*absences), MOSCOW, CALENDAR)
    assert (found.by_deputy, found.due) == (by_deputy, week.deadline)


@pytest.mark.parametrize(
    ("absences", "covered"),
    [
        (["30.11–03.12"], True),
        (["30.11–02.12"], False),
        (["01.12–03.12"], False),
        (["23.11–02.12", "03.12–10.12"], True),
        ([], False),
    ],
)
def test_a_leave_that_takes_all_the_time_for_a_report(absences, covered):
    """E-RP-8: from the opening of November's report to its deadline."""
    month = of_representative(Month(2026, 11), KAMCHATKA, CALENDAR)
    assert absence.covers(away(*absences), month.opens, month.due, KAMCHATKA, CALENDAR) == covered


@pytest.mark.parametrize(
    ("absences", "after", "back"),
    [
        (["24.11"], "24.11.2026", "25.11.2026"),
        (["24.11–27.11"], "27.11.2026", "30.11.2026"),
        (["27.11", "30.11–01.12"], "27.11.2026", "02.12.2026"),
        (["28.12.2026–10.01.2027"], "30.12.2026", "11.01.2027"),
        ([], "24.11.2026", "25.11.2026"),
    ],
)
def test_when_somebody_is_back(absences, after, back):
    assert absence.back_on(away(*absences), day(after), CALENDAR) == day(back)


spans = st.one_of(st.integers(1, 40).map("{}рч".format), st.integers(0, 15).map("{}рд".format))
absences = st.lists(
    st.builds(lambda first, days: Absence(first, first + timedelta(days=days)),
              st.dates(date(2026, 1, 1), date(2027, 12, 1)), st.integers(0, 20)),
    max_size=3,
)  # fmt: skip


@given(starts, spans, absences, zones)
def test_nobody_works_while_away_nor_waits_too_long(start, span, absences, zone):
    started = start.replace(tzinfo=zone)
    count = counted(span, zone)
    found, due = decide(started, count, absences, zone, CALENDAR), count(started)
    if found.by_deputy:
        assert found.due == due
        return
    assert due <= found.due <= CALENDAR.end_of_nth_working_day(due.date(), 2, zone)
    assert not absence.covers(absences, started, found.due, zone, CALENDAR)


@given(starts, spans, zones)
def test_who_is_there_keeps_the_deadline(start, span, zone):
    started = start.replace(tzinfo=zone)
    assert decide(started, counted(span, zone), [], zone, CALENDAR).due == counted(span, zone)(started)
