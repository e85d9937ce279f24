"""C-09 and the month of a manager: A-10, A-11, DB-T6, DB-T11, E-DB-1, E-DB-6, E-DB-7, E-DB-11, E-DB-16, E-DB-19."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import amounts, bonus
from rules.bonus import Branch, corrections, goes_to, summary
from rules.periods import Month

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)


@dataclass(frozen=True)
class Row:
    quantity: Decimal
    price: Decimal


def sold(*rows: tuple[str, str]) -> Decimal:
    return amounts.total(Row(Decimal(quantity), Decimal(price)) for quantity, price in rows)


C_09 = [
    # branch, rate, rows, sales, bonus
    ("Казань", "1.25", [("10", "1500.55"), ("3", "333.33"), ("2.5", "99.99")], "16255.47", "203.19"),
    ("Уфа", "0.75", [("7", "1234.57")], "8641.99", "64.81"),
    ("Самара", "1.5", [("1", "1000.33")], "1000.33", "15.00"),
    ("Пермь", "0.125", [("1", "100.00")], "100.00", "0.13"),
    ("Томск", "1.1", [("-2", "450.45")], "-900.90", "-9.91"),
]


def november(without: str = "") -> list[Branch]:
    """The branches of C-09, all confirmed but one that has no rate."""
    made = []
    for name, rate, rows, *_ in C_09:
        sales = sold(*rows)
        earned = None if name == without else bonus.bonus(sales, Decimal(rate))
        made.append(Branch(name, sales, earned, bonus.NO_RATE if name == without else None))
    return made


def plain(text: str) -> list[str]:
    return text.replace("\u00a0", " ").splitlines()


@pytest.mark.parametrize(("name", "rate", "rows", "sales", "expected"), C_09)
def test_the_bonus_of_a_branch(name, rate, rows, sales, expected):
    assert str(sold(*rows)) == sales
    assert str(bonus.bonus(Decimal(sales), Decimal(rate))) == expected


@pytest.mark.parametrize(
    ("sales", "rate", "expected"),
    [("16255.47", None, None), ("16255.47", "0", "0.00"), ("0", "1.25", "0.00"), ("100000.00", "1.1", "1100.00"),
     ("100000.00", "1.0", "1000.00"), ("-0.30", "1", "0.00"), ("-0.50", "1", "-0.01"), ("0.50", "1", "0.01"),
     ("100", "1.176471", "1.18")],
)  # fmt: skip
def test_no_rate_is_no_bonus_and_nought_is_one(sales, rate, expected):
    """C-10, E-DB-1: «не рассчитана», not 0."""
    found = bonus.bonus(Decimal(sales), rate and Decimal(rate))
    assert (None if found is None else str(found)) == expected


def test_a_half_is_rounded_up_and_not_to_even():
    """E-DB-19: 2,5 × 99,99 = 249,975."""
    assert str(sold(("2.5", "99.99"))) == "249.98"


@pytest.mark.parametrize(
    ("sales", "vat_rate", "expected"),
    [
        ("122.00", "22", "100.00"),
        ("118270.50", "22", "96943.03"),
        ("100.00", None, "100.00"),
        ("-122.00", "22", "-100.00"),
    ],
)
def test_a_bonus_may_be_of_sales_without_vat(sales, vat_rate, expected):
    """`bonus_base: net`."""
    assert str(bonus.base(Decimal(sales), vat_rate and Decimal(vat_rate))) == expected


# — the month —


def test_the_month_of_a_manager():
    """A-10. The sum of rounded bonuses, not the rounded sum (273,23)."""
    found = summary(november())
    assert (str(found.sales), str(found.bonus), str(found.pay)) == ("25096.89", "273.22", "273.22")
    assert (found.done, found.total, found.is_complete, found.missing_list) == (5, 5, True, "")
    assert plain(found.done_list) == [
        "Казань — 16 255,47 ₽ — 203,19 ₽",
        "Уфа — 8 641,99 ₽ — 64,81 ₽",
        "Самара — 1 000,33 ₽ — 15,00 ₽",
        "Пермь — 100,00 ₽ — 0,13 ₽",
        "Томск — −900,90 ₽ — −9,91 ₽",
    ]


def test_a_branch_without_a_rate_is_missing_and_corrected_in_december():
    """A-11."""
    frozen = summary(november(without="Пермь"))
    assert (str(frozen.bonus), frozen.missing_list, frozen.is_complete) == ("273.09", "Пермь — нет ставки", False)

    now = {(NOVEMBER, one.name): one.bonus for one in november()}
    counted = {(NOVEMBER, one.name): [one.bonus] for one in november(without="Пермь") if one.bonus is not None}
    [found] = corrections(now, counted)
    assert (found.month, found.branch, str(found.amount), goes_to(NOVEMBER, [NOVEMBER, DECEMBER])) == (
        NOVEMBER, "Пермь", "0.13", DECEMBER,
    )  # fmt: skip
    assert plain(bonus.correction_text(found, "Пермь")) == ["Корректировка за ноябрь 2026: Пермь +0,13 ₽"]
    assert str(summary([], found.amount).pay) == "0.13"


def test_what_is_missing_is_told_with_its_reason():
    branches = [
        Branch("Казань", lacks=bonus.SILENT),
        Branch("Уфа", lacks=bonus.NOT_ENTERED),
        Branch("Пермь", Decimal("100.00"), Decimal("0.13"), bonus.NOT_CONFIRMED),
        Branch("Самара", Decimal("100.00")),
        Branch("Томск", lacks=bonus.DELETED),
    ]
    found = summary(branches)
    assert found.missing_list.splitlines() == [
        "Казань — не предоставлен",
        "Уфа — получен, не введён",
        "Пермь — расчёт не подтверждён",
        "Самара — нет ставки",
        "Томск — сделка удалена",
    ]
    assert (found.sales, found.bonus, found.done, found.done_list) == (0, 0, 0, "")


@pytest.mark.parametrize(
    ("earned", "corrected", "carry", "pay", "to_next"),
    [
        ("273.22", "0", "0", "273.22", "0.00"),
        ("-9.91", "0", "0", "0.00", "-9.91"),
        ("273.22", "0.13", "-9.91", "263.44", "0.00"),
        ("273.22", "-300", "0", "0.00", "-26.78"),
        ("5.00", "0", "-9.91", "0.00", "-4.91"),
        ("9.91", "0", "-9.91", "0.00", "0.00"),
    ],
)
def test_what_is_below_zero_is_carried_and_not_paid(earned, corrected, carry, pay, to_next):
    """E-DB-6, E-DB-7."""
    found = summary([Branch("Томск", bonus=Decimal(earned))], Decimal(corrected), Decimal(carry))
    assert (str(found.pay), str(found.to_next)) == (pay, to_next)


# — after the month —


def test_a_correction_is_made_once_and_then_only_by_the_difference():
    key = (NOVEMBER, "Пермь")
    assert corrections({key: Decimal("0.13")}, {key: [Decimal("0.13")]}) == []
    assert corrections({key: Decimal("0.13")}, {key: [Decimal("0.10"), Decimal("0.03")]}) == []
    [again] = corrections({key: Decimal("0.05")}, {key: [Decimal("0.10"), Decimal("0.03")]})
    assert str(again.amount) == "-0.08"
    assert plain(bonus.correction_text(again, "Пермь")) == ["Корректировка за ноябрь 2026: Пермь −0,08 ₽"]
    assert corrections({key: None}, {key: [Decimal("0.13")]}) == []


def test_corrections_of_several_months_come_in_order():
    now = {
        (DECEMBER, "Уфа"): Decimal(2), (NOVEMBER, "Уфа"): Decimal(1), (NOVEMBER, "Казань"): Decimal(3),
    }  # fmt: skip
    found = corrections(now, {})
    assert [(str(one.month), one.branch) for one in found] == [
        ("2026-11", "Уфа"), ("2026-11", "Казань"), ("2026-12", "Уфа"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("still_open", "expected"),
    [
        (["2026-12"], "2026-12"),
        (["2027-01", "2026-12"], "2026-12"),
        (["2026-11", "2027-02"], "2027-02"),
        (["2026-10", "2026-11"], None),
        ([], None),
    ],
)
def test_a_correction_goes_to_the_next_open_month(still_open, expected):
    """Months in which the manager had no branch are passed over; without a next one it is kept."""
    found = goes_to(NOVEMBER, map(Month.parse, still_open))
    assert (found and str(found)) == expected


# — is it plausible —


@pytest.mark.parametrize(
    ("sales", "last", "warned"),
    [
        ("150.00", ["100", "100", "100"], False),
        ("150.01", ["100", "100", "100"], True),
        ("50.00", ["100", "100", "100"], False),
        ("49.99", ["100", "100", "100"], True),
        ("0", ["100"], True),
        ("100", [], False),
        ("100", ["0", "0", "0"], False),
        ("100", ["-100", "100", "0"], False),
        ("-100", ["-100", "-100"], False),
    ],
)
def test_sales_far_from_the_mean_are_warned_of(sales, last, warned):
    """E-DB-11."""
    said = bonus.deviation(Decimal(sales), list(map(Decimal, last)), Decimal(50))
    assert (said is not None) == warned


def test_how_a_warning_reads():
    said = bonus.deviation(Decimal(250), [Decimal(90), Decimal(100), Decimal(110)], Decimal(50))
    assert plain(said) == [
        "Продажи 250,00 ₽ на 150% больше средних за прошлые месяцы (100,00 ₽): проверьте, тот ли это филиал"
    ]


kopecks = st.decimals(-(10**6), 10**6, places=2)
branches = st.lists(
    st.builds(Branch, st.just("А"), kopecks, st.none() | kopecks, st.none() | st.just("не предоставлен"))
)


@given(branches, kopecks, st.decimals(-(10**6), 0, places=2))
def test_what_is_paid_and_what_is_carried_make_the_whole(listed, corrected, carry):
    found = summary(listed, corrected, carry)
    assert found.pay + found.to_next == found.bonus + corrected + carry
    assert found.pay >= 0 >= found.to_next
    assert len(found.done_list.splitlines()) + len(found.missing_list.splitlines()) == found.total == len(listed)


@given(st.lists(kopecks, min_size=1, max_size=6))
def test_corrections_made_one_after_another_end_at_the_last_bonus(bonuses):
    key, counted = (NOVEMBER, "А"), []
    for one in bonuses:
        counted += [found.amount for found in corrections({key: one}, {key: counted})]
    assert sum(counted) == bonuses[-1]
    assert all(isinstance(one, Decimal) for one in counted)
