"""The grammar of deadlines (spec §1), and the golden table of days (§2.1)."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import deadline
from rules.deadline import Deadline
from tests.rules.moments import KAMCHATKA, MOSCOW, NOVOSIBIRSK, at, shown
from tests.rules.test_working_time import CALENDAR, starts, zones

DAYS = [
    ("27.11.2026", "1рд", "30.11.2026 18:00"),
    ("29.12.2026", "3рд", "12.01.2027 18:00"),
    ("19.02.2027", "1рд", "20.02.2027 17:00"),
    ("19.02.2027", "2рд", "24.02.2027 18:00"),
    ("02.11.2026", "1рд", "03.11.2026 17:00"),
    ("03.11.2026", "1рд", "05.11.2026 18:00"),
    ("28.11.2026", "1рд", "30.11.2026 18:00"),
]
THE_SAME_DAY = [
    ("24.11.2026 14:59", "24.11.2026 18:00"),
    ("24.11.2026 15:00", "25.11.2026 18:00"),
    ("24.11.2026 08:00", "24.11.2026 18:00"),
    ("27.11.2026 15:00", "30.11.2026 18:00"),
    ("28.11.2026 11:00", "30.11.2026 18:00"),
    ("03.11.2026 14:59", "03.11.2026 17:00"),
    ("03.11.2026 15:00", "05.11.2026 18:00"),
    ("02.11.2026 16:00", "03.11.2026 17:00"),
]
CALENDAR_DAYS = [
    ("24.11.2026", "5кд", "30.11.2026 18:00"),
    ("23.11.2026", "5кд", "30.11.2026 18:00"),
    ("25.11.2026", "5кд", "30.11.2026 18:00"),
    ("26.11.2026", "5кд", "01.12.2026 18:00"),
    ("29.10.2026", "5кд", "03.11.2026 17:00"),
    ("15.02.2027", "5кд", "20.02.2027 17:00"),
    ("30.12.2026", "5кд", "11.01.2027 18:00"),
    ("24.11.2026", "60кд", "25.01.2027 18:00"),
]
FROM_A_DATE = [
    ("D−2рд 12:00", "11.12.2026", "09.12.2026 12:00"),
    ("D-2рд 12:00", "11.12.2026", "09.12.2026 12:00"),
    ("D−2рд", "11.12.2026", "09.12.2026 18:00"),
    ("D−2рд", "13.12.2026", "10.12.2026 18:00"),
    ("D−1рд", "05.11.2026", "03.11.2026 17:00"),
    ("D+3рд 18:00", "03.12.2026", "08.12.2026 18:00"),
    ("D+0рд", "11.12.2026", "11.12.2026 18:00"),
    ("D+0рд", "12.12.2026", "14.12.2026 18:00"),
    ("D−14кд", "28.02.2027", "15.02.2027 18:00"),
    ("D+30кд", "01.12.2026", "11.01.2027 18:00"),
]
FROM_A_MONTH = [
    ("мес+3рд", "30.11.2026", "03.12.2026 18:00"),
    ("мес+3рд 14:00", "01.11.2026", "03.12.2026 14:00"),
    ("мес+1рд 09:00", "15.12.2026", "11.01.2027 09:00"),
    ("мес+8рд", "31.01.2027", "10.02.2027 18:00"),
    ("мес+2рд", "10.10.2026", "03.11.2026 17:00"),
]
REFUSED = [
    "", " ", "рд", "2", "2 рд", " 2рд", "2рд ", "2рд\n", "2рд  @мск", "2рд @спб", "2рд @исп 12:00", "2дн",
    "2рд 12:00", "4рч 12:00", "0рч", "0кд", "-2рд", "−2рд", "+2рд", "1.5рч", "٤рч", "²рд", "99999рд",
    "D", "D2рд", "d−2рд", "D−2рд 24:00", "D−2рд 12:60", "D−2рд 9:00", "D−4рч 12:00", "D−0рч",
    "мес", "мес3рд", "мес−3рд", "мес+0рд", "мес+5кд", "мес+4рч",
]  # fmt: skip
ACCEPTED = {
    "4рч": Deadline(4, "рч"),
    "2рд": Deadline(2, "рд"),
    "0рд": Deadline(0, "рд"),
    "5кд @исп": Deadline(5, "кд", zone="исп"),
    "1рд@город": Deadline(1, "рд", zone="город"),
    "D−2рд 12:00 @мск": Deadline(-2, "рд", "D", time(12), "мск"),
    "D−4рч": Deadline(-4, "рч", "D"),
    "D+1рч": Deadline(1, "рч", "D"),
    "D−1рд 20:05": Deadline(-1, "рд", "D", time(20, 5)),
    "мес+3рд 18:00 @исп": Deadline(3, "рд", "мес", time(18), "исп"),
}


@pytest.mark.parametrize(("start", "span", "expected"), [*DAYS, *CALENDAR_DAYS])
def test_days_from_the_start(calendar, start, span, expected):
    assert shown(deadline.parse(span).count(at(start), MOSCOW, calendar)) == expected


@pytest.mark.parametrize(("start", "expected"), THE_SAME_DAY)
def test_the_same_day_until_three_then_the_next(calendar, start, expected):
    assert shown(deadline.parse("0рд").count(at(start), MOSCOW, calendar)) == expected


def test_the_first_call_of_a_new_request_in_novosibirsk(calendar):
    """A-01: SO-1 (4рч) of a deal made there on Monday at 16:30."""
    start = at("23.11.2026 16:30", NOVOSIBIRSK)
    due = deadline.parse("4рч @исп").count(start, NOVOSIBIRSK, calendar)
    assert shown(due) == "24.11.2026 11:30"
    assert shown(due, MOSCOW) == "24.11.2026 07:30"


def test_the_start_counts_on_the_day_of_the_zone(calendar):
    start = at("26.11.2026 22:00")  # in Kamchatka the 27th has begun
    assert shown(deadline.parse("1рд").count(start, KAMCHATKA, calendar)) == "30.11.2026 18:00"
    assert shown(deadline.parse("1рд").count(start, MOSCOW, calendar)) == "27.11.2026 18:00"


def test_seconds_of_the_start_are_dropped(calendar):
    start = at("24.11.2026 14:59").replace(second=59, microsecond=999_999)
    assert deadline.parse("2рч").count(start, MOSCOW, calendar) == at("24.11.2026 16:59")
    assert deadline.parse("0рд").count(start, MOSCOW, calendar) == at("24.11.2026 18:00")


@pytest.mark.parametrize(("span", "day", "expected"), [*FROM_A_DATE, *FROM_A_MONTH])
def test_days_from_a_date_or_a_month(calendar, span, day, expected):
    start = at("01.10.2026")
    assert shown(deadline.parse(span).count(start, MOSCOW, calendar, at(day).date())) == expected


def test_hours_before_a_moment(calendar):
    submit = at("24.11.2026 10:00")
    assert shown(deadline.parse("D−4рч").count(at("01.11.2026"), MOSCOW, calendar, submit)) == "23.11.2026 15:00"
    assert shown(deadline.parse("D+4рч").count(at("01.11.2026"), MOSCOW, calendar, submit)) == "24.11.2026 15:00"


def test_a_moment_stands_for_its_day_in_the_zone(calendar):
    submit = at("26.11.2026 22:00")
    assert shown(deadline.parse("D−1рд").count(at("01.11.2026"), KAMCHATKA, calendar, submit)) == "26.11.2026 18:00"


@pytest.mark.parametrize("span", ["D−2рд", "мес+3рд", "D−4рч"])
def test_a_span_with_an_anchor_needs_its_date(calendar, span):
    with pytest.raises(ValueError, match="needs the date"):
        deadline.parse(span).count(at("24.11.2026"), MOSCOW, calendar)


def test_hours_need_a_moment(calendar):
    with pytest.raises(ValueError, match="from a moment"):
        deadline.parse("D−4рч").count(at("24.11.2026"), MOSCOW, calendar, date(2026, 12, 1))


@pytest.mark.parametrize(("text", "expected"), ACCEPTED.items())
def test_what_is_read(text, expected):
    assert deadline.parse(text) == expected


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(text):
    with pytest.raises(ValueError, match="write 4рч, 2рд, 5кд, D−2рд 12:00 or мес"):
        deadline.parse(text)


spans = st.one_of(
    st.integers(1, 200).map("{}рч".format),
    st.integers(0, 60).map("{}рд".format),
    st.integers(1, 400).map("{}кд".format),
)


@given(starts, spans, zones)
def test_a_deadline_is_never_before_its_start_and_ends_a_working_stretch(start, span, zone):
    start = start.replace(tzinfo=zone)
    due = deadline.parse(span).count(start, zone, CALENDAR)
    assert due > start
    assert CALENDAR.is_working(due.date())
    assert "рч" in span or due.time() == CALENDAR.closes_at(due.date())


@given(starts, starts, spans, zones)
def test_who_starts_later_is_never_due_earlier(one, other, span, zone):
    first, second = (moment.replace(tzinfo=zone) for moment in sorted((one, other)))
    count = deadline.parse(span).count
    assert count(first, zone, CALENDAR) <= count(second, zone, CALENDAR)


@given(starts, st.sampled_from(["D−3рд", "D+2рд 12:00", "D−10кд", "мес+3рд"]), zones)
def test_an_anchored_deadline_does_not_depend_on_the_start(start, span, zone):
    day = date(2026, 12, 6)
    first = deadline.parse(span).count(start.replace(tzinfo=zone), zone, CALENDAR, day)
    again = deadline.parse(span).count(datetime(2020, 1, 1, tzinfo=zone), zone, CALENDAR, day)
    assert first == again
    assert CALENDAR.is_working(first.date())
