"""Histories of rates and C-10: DR-T2…DR-T4, E-DB-1, E-DB-2, E-DB-3, E-DB-13."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import branch_rates
from rules.branch_rates import Interval, WrongRate, add, check, correct, gaps, noted, rate_of_month, rate_on
from rules.periods import Month
from tests.rules.test_debt import day

NOVEMBER = Month(2026, 11)


def rate(percent: str, since: str, until: str | None = None, **said) -> Interval:
    return Interval(Decimal(percent), day(since), day(until) if until else None, **said)


def shown(history: list[Interval]) -> list[str]:
    return [branch_rates.said(one) for one in history]


OLD = [rate("1", "01.01.2026", "31.03.2026"), rate("1.25", "01.04.2026")]


# — what may be a rate —


@pytest.mark.parametrize(
    ("percent", "why"),
    [
        ("0", None),
        ("10", None),
        ("0.125", None),
        ("0.1250", None),
        ("9.9999", None),
        ("-0.01", "Ставка −0,01% не принята: укажите от 0 до 10%"),
        ("10.0001", "Ставка 10,0001% не принята: укажите от 0 до 10%"),
        ("0.12345", "Ставка 0,12345% не принята: не больше 4 знаков после запятой"),
    ],
)
def test_what_may_be_a_rate(percent, why):
    """DR-T2."""
    wrong = branch_rates.wrong_rate(Decimal(percent), Decimal(10))
    assert (wrong and str(wrong)) == why


# — a new rate —


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (rate("1.5", "01.01.2027"),
         ["1% с 01.01.2026 по 31.03.2026", "1,25% с 01.04.2026 по 31.12.2026", "1,5% с 01.01.2027"]),
        (rate("0", "02.04.2026"), ["1% с 01.01.2026 по 31.03.2026", "1,25% с 01.04.2026 по 01.04.2026", "0% с 02.04.2026"]),
        (rate("2", "01.12.2026", "31.12.2026"),
         ["1% с 01.01.2026 по 31.03.2026", "1,25% с 01.04.2026 по 30.11.2026", "2% с 01.12.2026 по 31.12.2026",
          "1,25% с 01.01.2027"]),
        (rate("0.5", "01.10.2025", "31.12.2025"),
         ["0,5% с 01.10.2025 по 31.12.2025", "1% с 01.01.2026 по 31.03.2026", "1,25% с 01.04.2026"]),
        (rate("1.25", "01.04.2026"), ["1% с 01.01.2026 по 31.03.2026", "1,25% с 01.04.2026"]),
        (rate("3", "01.02.2026", "28.02.2026"),
         ["1% с 01.01.2026 по 31.01.2026", "3% с 01.02.2026 по 28.02.2026", "1% с 01.03.2026 по 31.03.2026",
          "1,25% с 01.04.2026"]),
        (rate("3", "15.03.2026", "31.03.2026"),
         ["1% с 01.01.2026 по 14.03.2026", "3% с 15.03.2026 по 31.03.2026", "1,25% с 01.04.2026"]),
    ],
)  # fmt: skip
def test_a_new_rate_ends_the_one_before(new, expected):
    """DR-T3."""
    assert shown(add(OLD, new)) == expected


def test_the_first_rate_of_a_branch():
    assert shown(add([], rate("1", "15.11.2026"))) == ["1% с 15.11.2026"]


@pytest.mark.parametrize(
    ("new", "covered"),
    [
        (rate("2", "01.03.2026"), "1,25% с 01.04.2026"),
        (rate("2", "01.04.2026"), "1,25% с 01.04.2026"),
        (rate("2", "01.01.2026", "31.01.2026"), "1% с 01.01.2026 по 31.03.2026"),
        (rate("2", "01.12.2025"), "1% с 01.01.2026 по 31.03.2026"),
        (rate("1.25", "01.04.2026", "30.04.2026"), "1,25% с 01.04.2026"),
    ],
)
def test_a_new_rate_never_covers_the_beginning_of_another(new, covered):
    with pytest.raises(WrongRate) as refused:
        add(OLD, new)
    assert str(refused.value) == (
        f"Ставка {branch_rates.said(new)} перекрывает начало ставки {covered}: исправьте ту ставку."
    )


# — a correction —


def test_a_rate_is_corrected_and_the_others_stay():
    corrected = correct(OLD, day("01.04.2026"), replace(OLD[1], rate=Decimal("1.3"), since=day("10.04.2026")))
    assert shown(corrected) == ["1% с 01.01.2026 по 31.03.2026", "1,3% с 10.04.2026"]
    assert gaps(corrected, day("01.01.2026"), day("31.12.2026")) == [(day("01.04.2026"), day("09.04.2026"))]


@pytest.mark.parametrize(
    ("since", "corrected", "why"),
    [
        ("01.04.2026", rate("1", "31.03.2026"),
         "Ставки 1% с 01.01.2026 по 31.03.2026 и 1% с 31.03.2026 пересекаются: исправьте даты."),
        ("01.01.2026", rate("1", "01.01.2026"),
         "Ставки 1% с 01.01.2026 и 1,25% с 01.04.2026 пересекаются: исправьте даты."),
        ("01.01.2026", rate("1", "01.01.2026", "31.12.2025"),
         "Ставка 1% с 01.01.2026 по 31.12.2025: последний день раньше первого."),
        ("02.04.2026", rate("1", "02.04.2026"), "С 02.04.2026 не начинается ни одна ставка: проверьте дату."),
    ],
)  # fmt: skip
def test_a_correction_that_cannot_be_is_refused(since, corrected, why):
    with pytest.raises(WrongRate) as refused:
        correct(OLD, day(since), corrected)
    assert str(refused.value) == why


def test_a_rate_that_nobody_reviewed_gets_a_note_once():
    """DR-T4."""
    said = "продлена без пересмотра"
    once = noted([OLD[0], replace(OLD[1], note="по приказу 7")], day("30.12.2026"), said)
    assert [one.note for one in once] == ["", "по приказу 7; продлена без пересмотра"]
    assert noted(once, day("30.12.2026"), said) == once


# — which rate on which day —


@pytest.mark.parametrize(
    ("on", "percent"),
    [("31.12.2025", None), ("01.01.2026", "1"), ("31.03.2026", "1"), ("01.04.2026", "1.25"), ("01.01.2099", "1.25")],
)
def test_the_rate_of_a_day(on, percent):
    found = rate_on(OLD, day(on))
    assert (found and str(found.rate)) == percent


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], [("01.11.2026", "30.11.2026")]),
        ([rate("1", "01.01.2026")], []),
        ([rate("1", "01.11.2026", "30.11.2026")], []),
        ([rate("1", "02.11.2026")], [("01.11.2026", "01.11.2026")]),
        ([rate("1", "01.01.2026", "31.10.2026")], [("01.11.2026", "30.11.2026")]),
        ([rate("1", "01.01.2026", "30.09.2026")], [("01.11.2026", "30.11.2026")]),
        ([rate("1", "01.01.2026", "30.09.2026"), rate("2", "02.11.2026", "31.12.2026")], [("01.11.2026", "01.11.2026")]),
        ([rate("1", "01.12.2026")], [("01.11.2026", "30.11.2026")]),
        ([rate("1", "01.01.2026", "10.11.2026"), rate("2", "21.11.2026", "29.11.2026")],
         [("11.11.2026", "20.11.2026"), ("30.11.2026", "30.11.2026")]),
    ],
)  # fmt: skip
def test_gaps_of_november(history, expected):
    found = gaps(history, NOVEMBER.first, NOVEMBER.last)
    assert [(f"{first:%d.%m.%Y}", f"{last:%d.%m.%Y}") for first, last in found] == expected


# — the rate of a month —

HALVES = [rate("1.0", "01.11.2026", "15.11.2026"), rate("1.2", "16.11.2026")]
FROM_15 = [rate("1.5", "15.11.2026")]


@pytest.mark.parametrize(
    ("history", "policy", "starts", "expected"),
    [
        (HALVES, "first_day", None, "1.0"),  # E-DB-2
        (HALVES, "prorata_days", None, "1.100000"),
        ([rate("0", "01.01.2026")], "first_day", None, "0"),
        ([rate("0", "01.01.2026")], "prorata_days", None, "0.000000"),
        ([], "first_day", None, None),  # E-DB-1
        ([], "prorata_days", None, None),
        (FROM_15, "first_day", None, None),
        (FROM_15, "prorata_days", None, None),
        (FROM_15, "first_day", "15.11.2026", "1.5"),  # E-DB-13
        (FROM_15, "prorata_days", "15.11.2026", "1.500000"),
        (FROM_15, "first_day", "14.11.2026", None),
        (HALVES, "first_day", "20.11.2026", "1.2"),
        (HALVES, "prorata_days", "14.11.2026", "1.176471"),  # (2×1,0 + 15×1,2) / 17
        (HALVES, "first_day", "01.01.2020", "1.0"),
        ([rate("1", "01.01.2026", "29.11.2026")], "first_day", None, "1"),
        ([rate("1", "01.01.2026", "29.11.2026")], "prorata_days", None, None),
    ],
)
def test_the_rate_of_november(history, policy, starts, expected):
    found = rate_of_month(history, NOVEMBER, policy, starts and day(starts))
    assert (None if found is None else str(found)) == expected


def test_a_branch_that_ends_inside_the_month_has_the_mean_of_its_days():
    history = [rate("1", "01.01.2026", "15.11.2026"), rate("2", "16.11.2026", "20.11.2026")]
    assert rate_of_month(history, NOVEMBER, "prorata_days") is None
    assert str(rate_of_month(history, NOVEMBER, "prorata_days", ends=day("21.11.2026"))) == "1.250000"


def test_a_late_report_has_the_rate_of_its_month():
    """E-DB-3: December is handed in after the review of January."""
    history = add([rate("1.25", "01.01.2026")], rate("1.5", "01.01.2027"))
    assert [rate_of_month(history, month) for month in (Month(2026, 12), Month(2027, 1))] == [
        Decimal("1.25"), Decimal("1.5"),
    ]  # fmt: skip


def test_changes_inside_the_month_are_told():
    """E-DB-2."""
    assert shown(branch_rates.changes_inside(HALVES, NOVEMBER)) == ["1,2% с 16.11.2026"]
    assert branch_rates.changes_inside(HALVES, Month(2026, 12)) == []


def test_a_rate_that_begins_with_the_branch_is_no_change():
    """E-DB-13: of a branch that opens on the 15th nothing changes inside the month but what begins after that day."""
    assert branch_rates.changes_inside(FROM_15, NOVEMBER, day("15.11.2026")) == []
    assert branch_rates.changes_inside(HALVES, NOVEMBER, day("20.11.2026")) == []
    assert shown(branch_rates.changes_inside(HALVES, NOVEMBER, day("10.11.2026"))) == ["1,2% с 16.11.2026"]


# — whatever is entered —

percents = st.integers(0, 100_000).map(lambda number: Decimal(number) / 10_000)
when = st.dates(date(2026, 1, 1), date(2027, 12, 31))
intervals = st.builds(
    lambda percent, since, days: Interval(percent, since, None if days is None else since + timedelta(days=days)),
    percents, when, st.none() | st.integers(0, 200),
)  # fmt: skip
histories = st.lists(intervals, max_size=8)


def entered(news: list[Interval]) -> list[Interval]:
    """A history in which everything that can be added was."""
    history: list[Interval] = []
    for new in news:
        try:
            history = add(history, new)
        except WrongRate:
            pass
    return history


@given(histories, when)
def test_no_day_ever_has_two_rates(news, on):
    history = entered(news)
    assert sum(on in one for one in history) <= 1
    assert check(history) == history


@given(histories, intervals, when)
def test_a_new_rate_changes_no_other_day(news, new, on):
    history = entered(news)
    try:
        after = add(history, new)
    except WrongRate:
        return
    before = rate_on(history, on)
    expected = new.rate if on in new else before and before.rate
    found = rate_on(after, on)
    assert (found and found.rate) == expected


@given(histories, when, st.integers(0, 90))
def test_a_day_is_in_a_gap_or_has_a_rate(news, first, length):
    history, last = entered(news), first + timedelta(days=length)
    found = gaps(history, first, last)
    assert all(first <= begins <= ends <= last for begins, ends in found)
    for on in (first + timedelta(days=number) for number in range(length + 1)):
        assert (rate_on(history, on) is None) == any(begins <= on <= ends for begins, ends in found)


@given(histories, st.sampled_from([Month(2026, 3), Month(2026, 11), Month(2027, 2)]))
def test_the_mean_of_a_month_lies_within_its_rates(news, month):
    history = entered(news)
    mean = rate_of_month(history, month, "prorata_days")
    assert (mean is None) == bool(gaps(history, month.first, month.last))
    if mean is not None:
        rates = [one.rate for one in history if one.since <= month.last and (one.until or date.max) >= month.first]
        assert min(rates) <= mean <= max(rates)


# — planned, given up, removed —


@pytest.mark.parametrize(
    ("today", "new", "expected"),
    [
        ("20.12.2026", rate("2", "01.01.2027"), ["1% с 01.01.2026 по 31.12.2026", "2% с 01.01.2027"]),
        ("01.01.2027", rate("2", "01.01.2027"), ["1% с 01.01.2026 по 31.12.2026", "2% с 01.01.2027"]),
        ("20.12.2026", rate("2", "25.12.2026"), ["1% с 01.01.2026 по 24.12.2026", "2% с 25.12.2026"]),
        ("20.12.2026", rate("2", "01.02.2027"),
         ["1% с 01.01.2026 по 31.12.2026", "1,5% с 01.01.2027 по 31.01.2027", "2% с 01.02.2027"]),
    ],
)  # fmt: skip
def test_what_has_not_begun_gives_way_to_a_newer_word(today, new, expected):
    """DR-T3."""
    planned = [rate("1", "01.01.2026", "31.12.2026"), rate("1.5", "01.01.2027")]
    changed = branch_rates.plan(planned, new, day(today))
    assert shown(changed) == expected
    assert branch_rates.plan(changed, new, day(today)) == changed, "said again it changes nothing"


def test_a_rate_that_begins_in_a_gap_fills_it():
    """E-DB-1: DB-4 asks for the rate of a month whose rate began after its first day."""
    begun, new = [rate("2", "15.11.2026")], rate("1", "01.11.2026")
    changed = branch_rates.plan(begun, new, day("02.12.2026"))
    assert shown(changed) == ["1% с 01.11.2026 по 14.11.2026", "2% с 15.11.2026"]
    assert branch_rates.plan(changed, new, day("02.12.2026")) == changed, "said again it changes nothing"


def test_what_has_begun_is_a_correction():
    with pytest.raises(WrongRate, match="исправьте ту ставку"):
        branch_rates.plan([rate("1.5", "01.01.2027")], rate("2", "01.01.2027"), day("11.01.2027"))


def test_a_rate_that_is_removed_leaves_a_gap():
    assert shown(branch_rates.without(OLD, day("01.01.2026"))) == ["1,25% с 01.04.2026"]
    with pytest.raises(WrongRate, match="С 02.01.2026 не начинается ни одна ставка"):
        branch_rates.without(OLD, day("02.01.2026"))
