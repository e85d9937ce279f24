"""When a document is to be prolonged, and until when: golden dates of the specification (registry §7.4)."""

from datetime import date, timedelta

import pytest

from config import company
from rules import prolongation
from rules.prolongation import Change
from rules.working_time import WorkingCalendar

CALENDAR = WorkingCalendar(company().calendar.short_days, (), company().calendar.overrides)
LADDER = (30, 14, 7)


def day(text: str) -> date:
    return date(*reversed([int(part) for part in text.split(".")]))


def first_asked(end: str, days: int, start: str | None = None) -> date:
    """The morning of the daily job on which the task is made."""
    begins = day(start) if start else None
    mornings = (day(end) - timedelta(days=n) for n in range(days + 40, -1, -1))
    return next(one for one in mornings if prolongation.is_asked_on(one, day(end), days, begins, CALENDAR))


@pytest.mark.parametrize(
    ("end", "days", "start", "asked"),
    [
        ("28.02.2027", 60, "01.03.2026", "30.12.2026"),
        ("31.12.2026", 60, "01.01.2026", "02.11.2026"),  # T−60 is Sunday 01.11
        ("28.02.2028", 60, "01.03.2026", "30.12.2027"),  # A-08, the next cycle
        ("23.12.2026", 30, "23.11.2026", "24.11.2026"),  # E-RG-6: the whole term is 30 days
        ("20.12.2026", 30, "20.11.2026", "23.11.2026"),  # E-RG-6: the day after the start is a Saturday
        ("28.02.2027", 60, None, "30.12.2026"),
    ],
)
def test_people_are_asked_so_many_days_before_the_end_and_never_on_a_day_off(end, days, start, asked):
    assert first_asked(end, days, start) == day(asked)


def test_nobody_is_asked_to_prolong_what_has_ended():
    assert not prolongation.is_asked_on(day("01.12.2026"), day("30.11.2026"), 60, None, CALENDAR)
    assert prolongation.is_asked_on(day("30.11.2026"), day("30.11.2026"), 60, None, CALENDAR)


@pytest.mark.parametrize(
    ("end", "today", "due"),
    [
        ("28.02.2027", "30.12.2026", "15.02.2027"),  # 14.02 is a Sunday
        ("31.12.2026", "02.11.2026", "17.12.2026"),
        ("10.12.2026", "27.11.2026", "02.12.2026"),  # fourteen days before is past: three working days
        ("01.12.2026", "27.11.2026", "01.12.2026"),  # three working days are Wednesday 02.12, after the end
        ("29.11.2026", "27.11.2026", "29.11.2026"),  # a Sunday, yet never after the end
    ],
)
def test_the_decision_is_due_fourteen_days_before_the_end_or_in_three_days_but_not_after_it(end, today, due):
    assert prolongation.decide_by(day(end), day(today), CALENDAR) == day(due)


@pytest.mark.parametrize(
    ("today", "rung"),
    [
        ("28.01.2027", None), ("29.01.2027", 30), ("13.02.2027", 30), ("14.02.2027", 14), ("20.02.2027", 14),
        ("21.02.2027", 7), ("28.02.2027", 7), ("01.03.2027", None),
    ],
)  # fmt: skip
def test_the_ladder_of_an_end_on_28_february_has_its_steps_on_these_days(today, rung):
    """RG-T9: T−30 29.01, T−14 14.02, T−7 21.02."""
    assert prolongation.rung(day(today), day("28.02.2027"), LADDER) == rung


@pytest.mark.parametrize(
    ("end", "months", "ends"),
    [
        ("29.02.2028", 12, ["28.02.2029", "28.02.2030", "28.02.2031", "29.02.2032"]),
        ("31.01.2027", 1, ["28.02.2027", "31.03.2027", "30.04.2027"]),
        ("31.08.2026", 6, ["28.02.2027", "31.08.2027", "29.02.2028"]),
        ("31.12.2026", 12, ["31.12.2027", "31.12.2028"]),
    ],
)
def test_automatic_prolongation_keeps_the_day_that_people_agreed_on(end, months, ends):
    """RG-T11, by the history that each prolongation leaves."""
    history, present, found = [], day(end), []
    for _ in ends:
        new = prolongation.next_end(prolongation.anchor(history, present), present, months)
        history.append(Change(present + timedelta(days=1), present, new, prolongation.BY_ITSELF, "Воронка").text)
        found.append(new)
        present = new
    assert found == [day(one) for one in ends]


def test_another_period_counts_from_the_same_anchor():
    assert prolongation.next_end(day("29.02.2028"), day("28.02.2029"), 6) == day("29.08.2029")


def test_an_end_changed_by_hand_is_a_new_anchor():
    history = [
        Change(day("01.03.2028"), day("29.02.2028"), day("28.02.2029"), prolongation.BY_ITSELF, "Воронка").text,
        Change(day("05.06.2028"), day("28.02.2029"), day("31.03.2029"), prolongation.BY_HAND, "Семёнов Игорь").text,
    ]
    assert prolongation.anchor(history, day("31.03.2029")) == day("31.03.2029")
    assert prolongation.anchor(history[:1], day("28.02.2029")) == day("29.02.2028")
    assert prolongation.anchor(["что-то другое", *history[:1]], day("28.02.2029")) == day("29.02.2028")
    assert prolongation.anchor(history[:1], day("30.04.2029")) == day("30.04.2029"), "spoilt by people"


@pytest.mark.parametrize(("most", "may"), [(None, True), (2, True), (1, False), (0, False)])
def test_not_more_often_than_the_contract_allows(most, may):
    history = [Change(day("01.01.2027"), day("31.12.2026"), day("31.12.2027"), prolongation.BY_ITSELF, "Воронка").text]
    assert prolongation.may_go_on(history, day("31.12.2027"), most) is may


def test_a_line_of_the_history_can_be_read_again():
    change = Change(
        day("01.03.2028"), None, day("28.02.2029"), "доп. соглашение № 2; подписано 27.02.2028", "Иванова Анна"
    )
    assert change.text == "01.03.2028; без срока; 28.02.2029; доп. соглашение № 2, подписано 27.02.2028; Иванова Анна"
    assert prolongation.parse(change.text).old is None
    assert prolongation.parse(change.text).new == day("28.02.2029")
    with pytest.raises(ValueError, match="не дата"):
        prolongation.parse("когда-то; 1; 2; 3; 4")
