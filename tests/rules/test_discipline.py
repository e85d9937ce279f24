"""C-17, C-18: in time, late, overdue; and the percentages of reports (spec §5)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import discipline, shares
from rules.discipline import Discipline, Duty
from tests.rules.moments import KAMCHATKA, MOSCOW, at

DEADLINE = at("27.11.2026 12:00")
NOW = at("30.11.2026 09:00")


@pytest.mark.parametrize(
    ("duty", "expected"),
    [
        (Duty(DEADLINE, at("27.11.2026 11:59")), (1, 0, 0)),
        (Duty(DEADLINE, DEADLINE), (1, 0, 0)),
        (Duty(DEADLINE, at("27.11.2026 12:01")), (0, 1, 0)),
        (Duty(DEADLINE), (0, 0, 1)),
        (Duty(NOW), (0, 0, 0)),
        (Duty(at("01.12.2026 12:00")), (0, 0, 0)),
        (Duty(DEADLINE, is_cancelled=True), (0, 0, 0)),
        (Duty(DEADLINE, at("28.11.2026 12:00"), is_cancelled=True), (0, 0, 0)),
        (Duty(at("27.11.2026 12:00", KAMCHATKA), at("27.11.2026 02:59", MOSCOW)), (1, 0, 0)),
        (Duty(at("27.11.2026 12:00", KAMCHATKA), at("27.11.2026 03:01", MOSCOW)), (0, 1, 0)),
    ],
)
def test_one_duty(duty, expected):
    found = discipline.of([duty], NOW)
    assert (found.in_time, found.late, found.overdue) == expected


@pytest.mark.parametrize(
    ("counts", "percent"), [((2, 1, 0), "66.7"), ((1, 1, 1), "33.3"), ((0, 0, 3), "0.0"), ((5, 0, 0), "100.0"),
                            ((1, 5, 2), "12.5"), ((0, 0, 0), "None"), ((1, 15, 0), "6.3")]
)  # fmt: skip
def test_the_share_in_time_is_of_all_that_was_due(counts, percent):
    """6,25 is 6,3."""
    assert str(Discipline(*counts).percent) == percent


def test_weeks_of_a_manager_from_the_start_of_the_quarter():
    """C-18: four weeks were due, one report came late, one never; the week that runs does not count yet."""
    weeks = [
        Duty(at("06.11.2026 12:00"), at("06.11.2026 11:00")),
        Duty(at("13.11.2026 12:00"), at("13.11.2026 15:00")),
        Duty(at("20.11.2026 12:00")),
        Duty(at("27.11.2026 12:00"), at("26.11.2026 09:30")),
        Duty(at("04.12.2026 12:00")),
    ]
    assert discipline.of(weeks, NOW).percent == 50


# — shares —


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(4, 12, "33,3"), (0, 12, "0,0"), (12, 12, "100,0"), (0, 0, "—"), (1, 8, "12,5"), (1, 16, "6,3"), (-1, 16, "−6,3"),
     (Decimal("500000"), Decimal("5000000"), "10,0")],
)  # fmt: skip
def test_a_share_has_one_decimal_and_nothing_is_a_dash(part, whole, expected):
    assert shares.text(shares.share(part, whole)) == expected


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        ("110", "100", "10,0"),
        ("90", "100", "−10,0"),
        ("100", "0", "—"),
        ("0", "100", "−100,0"),
        ("50", "-100", "150,0"),
    ],
)
def test_growth(now, before, expected):
    assert shares.text(shares.growth(Decimal(now), Decimal(before))) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [([(10, Decimal(100)), (40, Decimal(50))], "20,0"), ([(91, Decimal("0.01"))], "91,0"), ([], "—"), ([(5, 0)], "—"),
     ([(1, Decimal(1)), (2, Decimal(3)), (3, Decimal(4))], "2,4")],
)  # fmt: skip
def test_a_mean_by_weight(pairs, expected):
    """19/8 = 2,375."""
    assert shares.text(shares.weighted(pairs)) == expected


@given(st.lists(st.tuples(st.integers(1, 400), st.decimals("0.01", 10**6, places=2)), min_size=1, max_size=8))
def test_a_mean_lies_between_its_values(pairs):
    values = [value for value, _ in pairs]
    assert min(values) <= shares.weighted(pairs) <= max(values)
