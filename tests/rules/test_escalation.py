"""The ladder of a task around its deadline (spec R-14)."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules import deadline
from rules.escalation import OVERDUE, REMIND, TO_HEAD, TO_OWNER, Ladder, steps
from tests.rules.moments import KAMCHATKA, MOSCOW, NOVOSIBIRSK, at, shown
from tests.rules.test_working_time import CALENDAR, starts, zones

LADDERS = [
    # start, zone, span → remind, overdue, to the head, to the owner of the process
    ("23.11.2026 10:00", MOSCOW, "3рд", "26.11 10:00, 26.11 18:00, 27.11 13:00, 30.11 18:00"),
    ("23.11.2026 10:00", MOSCOW, "8рч", "23.11 17:00, 24.11 10:00, 24.11 15:00, 26.11 18:00"),
    ("23.11.2026 10:00", MOSCOW, "16рч", "24.11 17:00, 25.11 10:00, 25.11 15:00, 27.11 18:00"),
    ("23.11.2026 16:30", NOVOSIBIRSK, "4рч", "—, 24.11 11:30, 24.11 16:30, 26.11 18:00"),
    ("24.11.2026 11:00", MOSCOW, "0рд", "—, 24.11 18:00, 25.11 13:00, 26.11 18:00"),
    ("02.11.2026 09:00", MOSCOW, "1рд", "03.11 10:00, 03.11 17:00, 05.11 13:00, 06.11 18:00"),
    ("28.12.2026 09:00", KAMCHATKA, "2рд", "30.12 10:00, 30.12 18:00, 11.01 13:00, 12.01 18:00"),
]


@pytest.mark.parametrize(("start", "zone", "span", "expected"), LADDERS)
def test_the_ladder_of_a_task(calendar, start, zone, span, expected):
    parsed = deadline.parse(span)
    due = parsed.count(at(start, zone), zone, calendar)
    ladder = dict(steps(at(start, zone), due, parsed.unit == "рч", zone, calendar))
    climbed = [ladder.get(step) for step in (REMIND, OVERDUE, TO_HEAD, TO_OWNER)]
    assert ", ".join(f"{moment:%d.%m %H:%M}" if moment else "—" for moment in climbed) == expected


@pytest.mark.parametrize(
    ("start", "due", "reminded"),
    [
        ("23.11.2026 10:00", "24.11.2026 10:00", True),  # eight working hours ahead
        ("23.11.2026 10:01", "24.11.2026 10:00", False),
        ("27.11.2026 18:00", "30.11.2026 18:00", True),
        ("28.11.2026 12:00", "30.11.2026 17:00", False),
    ],
)
def test_only_who_has_eight_working_hours_is_reminded(calendar, start, due, reminded):
    first, _ = steps(at(start), at(due), False, MOSCOW, calendar)[0]
    assert (first == "remind") is reminded


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("26.11.2026 09:30", "25.11.2026 16:30"),
        ("26.11.2026 10:00", "25.11.2026 17:00"),
        ("26.11.2026 10:01", "26.11.2026 10:00"),
    ],
)
def test_a_deadline_until_ten_in_the_morning_is_reminded_of_two_working_hours_earlier(calendar, due, expected):
    ladder = dict(steps(at("23.11.2026 10:00"), at(due), False, MOSCOW, calendar))
    assert shown(ladder["remind"]) == expected


def test_a_deadline_on_a_day_off_is_reminded_of_before_that_day(calendar):
    """Moved there by a person, or handed over to a region with a holiday: on the day itself nobody is told anything (R-13)."""
    ladder = dict(steps(at("23.11.2026 10:00"), at("28.11.2026 18:00"), False, MOSCOW, calendar))
    assert shown(ladder["remind"]) == "27.11.2026 16:00"


def test_a_deadline_moved_by_a_person_makes_the_ladder_anew(calendar):
    """R-14, R-15: the hours before the end are those before the new end."""
    ladder = dict(steps(at("23.11.2026 10:00"), at("27.11.2026 15:00"), True, MOSCOW, calendar))
    assert {step: shown(moment) for step, moment in ladder.items()} == {
        "remind": "27.11.2026 12:00",
        "overdue": "27.11.2026 15:00",
        "to_head": "30.11.2026 10:00",
        "to_owner": "01.12.2026 18:00",
    }


def test_the_company_may_have_other_numbers(calendar):
    """The tender department has the head after two hours, the director after four (spec tender)."""
    said = Ladder(remind_min_hours=4, remind_at=time(9, 30), head_after_hours=2, owner_after_days=1)
    ladder = dict(steps(at("23.11.2026 10:00"), at("24.11.2026 18:00"), False, MOSCOW, calendar, said))
    assert [shown(moment) for moment in ladder.values()] == [
        "24.11.2026 09:30", "24.11.2026 18:00", "25.11.2026 11:00", "25.11.2026 18:00",
    ]  # fmt: skip


def test_the_numbers_that_the_company_has_set():
    said = company().limits.escalation.model_dump(exclude={"digest_at"})
    assert Ladder(**said) == Ladder()


@given(starts, st.sampled_from(["4рч", "8рч", "20рч", "0рд", "1рд", "5рд", "7кд"]), zones)
def test_the_steps_come_one_after_the_other_and_people_are_told_at_work(start, span, zone):
    start = start.replace(tzinfo=zone)
    parsed = deadline.parse(span)
    ladder = steps(start, parsed.count(start, zone, CALENDAR), parsed.unit == "рч", zone, CALENDAR)
    moments = [moment for _, moment in ladder]
    assert moments == sorted(set(moments))
    assert [step for step, _ in ladder][-3:] == ["overdue", "to_head", "to_owner"]
    assert moments[0] >= start
    assert all(CALENDAR.is_working(moment.astimezone(zone).date()) for moment in moments)
