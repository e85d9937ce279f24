"""C-01, C-02, C-03: amounts of rows, VAT of them, and the rate of a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules import amounts, vat
from rules.money import KOPECK, q

RATES = company().vat.rates


@dataclass(frozen=True)
class Row:
    price: Decimal
    quantity: Decimal
    vat_rate: Decimal | None = Decimal(22)


def row(price: str, quantity: str, rate: str | None = "22") -> Row:
    return Row(Decimal(price), Decimal(quantity), Decimal(rate) if rate else None)


quantities = st.decimals(0, 10_000, places=4)
prices = st.decimals(0, 1_000_000, places=2)
rates = st.sampled_from([None, *map(Decimal, (0, 5, 7, 10, 20, 22))])
rows = st.lists(st.builds(Row, prices, quantities, rates), max_size=8)


# — C-01 —


@pytest.mark.parametrize(
    ("quantity", "price", "expected"),
    [
        ("100", "1200.00", "120000.00"),
        ("1.5", "0.01", "0.02"),
        ("0.3333", "15005.50", "5001.33"),
        ("2.0000", "0.00", "0.00"),
        ("0.0001", "49.99", "0.00"),
        ("-1", "0.005", "-0.01"),
    ],
)
def test_a_row_is_rounded_to_the_kopeck(quantity, price, expected):
    assert str(amounts.row_total(Decimal(quantity), Decimal(price))) == expected


def test_a_card_is_the_sum_of_rounded_rows_not_the_rounded_sum():
    assert amounts.total([row("0.01", "0.5"), row("0.01", "0.5")]) == Decimal("0.02")
    assert str(amounts.total([])) == "0.00"


@pytest.mark.parametrize(
    ("amount", "off"), [("120000", False), ("120000.00", False), ("120000.01", True), ("119999.99", True)]
)
def test_a_kopeck_of_difference_is_a_difference(amount, off):
    assert amounts.differs(Decimal(amount), [row("1200", "100")]) is off


# — C-02 —


@pytest.mark.parametrize(
    ("amount", "rate", "included", "net", "tax", "gross"),
    [
        ("118270.50", "22", True, "96943.03", "21327.47", "118270.50"),
        ("100.00", "22", True, "81.97", "18.03", "100.00"),
        ("100.00", "20", True, "83.33", "16.67", "100.00"),
        ("50000.00", "22", False, "50000.00", "11000.00", "61000.00"),
        ("50000.00", "5", True, "47619.05", "2380.95", "50000.00"),
        ("50000.00", "7", True, "46728.97", "3271.03", "50000.00"),
        ("118270.50", "22", False, "118270.50", "26019.51", "144290.01"),
        ("100.00", None, True, "100.00", "0.00", "100.00"),
        ("100.00", "0", False, "100.00", "0.00", "100.00"),
        ("0.01", "22", True, "0.01", "0.00", "0.01"),
        ("0.00", "22", True, "0.00", "0.00", "0.00"),
    ],
)
def test_vat_of_an_amount(amount, rate, included, net, tax, gross):
    found = vat.split(Decimal(amount), Decimal(rate) if rate else None, included)
    assert (str(found.net), str(found.vat), str(found.gross)) == (net, tax, gross)


def test_totals_are_sums_of_rows():
    """Three rows of 0,03 hold 0,01 each, 0,09 at once would hold 0,02."""
    found = vat.of_rows([row("0.03", "1")] * 3)
    assert (found.vat, found.gross) == (Decimal("0.03"), Decimal("0.09"))
    assert vat.of_rows([]) == vat.NOTHING


def test_a_document_with_mixed_rates_has_a_line_for_each():
    found = vat.by_rate([row("100", "1", None), row("100", "1", "10"), row("100", "1"), row("99.99", "1", "10")])
    assert list(found) == [Decimal(22), Decimal(10), None]
    assert found[Decimal(10)] == vat.Vat(Decimal("181.81"), Decimal("18.18"), Decimal("199.99"))
    assert found[None].vat == 0


@given(rows)
def test_net_and_vat_are_the_whole_and_rates_are_all_of_it(rows):
    found = vat.of_rows(rows)
    assert found.net + found.vat == found.gross == amounts.total(rows)
    assert min(found.net, found.vat, found.gross) >= 0
    assert sum(vat.by_rate(rows).values(), vat.NOTHING) == found
    assert all(amount == q(amount) for amount in (found.net, found.vat, found.gross))


@given(prices, rates)
def test_vat_on_top_of_what_vat_was_taken_from_is_the_same_vat_give_or_take_a_kopeck(amount, rate):
    inside = vat.split(amount, rate, included=True)
    on_top = vat.split(inside.net, rate, included=False)
    assert abs(inside.vat - on_top.vat) <= KOPECK


# — C-03 —


@pytest.mark.parametrize(
    ("kind", "day", "rate"),
    [
        ("standard", "2019-01-01", 20),
        ("standard", "2025-12-31", 20),  # E-SH-9
        ("standard", "2026-01-01", 22),  # E-SH-9
        ("standard", "2030-07-01", 22),
        ("reduced", "2026-11-27", 10),
        ("usn5", "2026-11-27", 5),
        ("usn7", "2026-11-27", 7),
        ("none", "2026-11-27", None),
    ],
)
def test_the_rate_is_that_of_the_day_of_shipment(kind, day, rate):
    assert vat.rate_on(RATES, kind, date.fromisoformat(day)) == rate


def test_a_day_before_the_first_row_and_an_unknown_kind_are_refused():
    with pytest.raises(ValueError, match=r"config/vat.yaml has no rate «standard» for 31.12.2018"):
        vat.rate_on(RATES, "standard", date(2018, 12, 31))
    with pytest.raises(ValueError, match="There is no rate of VAT «usn6»"):
        vat.rate_on(RATES, "usn6", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"doc_date": date(2025, 12, 1)}, date(2025, 12, 1)),
        ({"doc_date": date(2025, 12, 1), "shipment_plan": date(2026, 1, 12)}, date(2026, 1, 12)),
        (
            {"shipment_fact": date(2025, 12, 31), "shipment_plan": date(2026, 1, 12), "doc_date": date(2025, 12, 1)},
            date(2025, 12, 31),
        ),
        ({"shipment_fact": None, "shipment_plan": None}, None),
    ],
)
def test_the_first_known_day_decides(dates, expected):
    assert vat.rate_day(company().vat.rate_date, **dates) == expected


def test_a_day_before_the_first_rate_says_which_day_it_is():
    """C-03."""
    with pytest.raises(vat.NoRate) as wrong:
        vat.rate_on(RATES, "standard", date(206, 12, 20))
    assert wrong.value.day == date(206, 12, 20)


@pytest.mark.parametrize(
    ("kind", "day", "own", "expected"),
    [
        ("standard", "2026-11-27", None, 22),
        ("standard", "2026-11-27", 20, 22),  # a row of last year's rate
        ("standard", "2025-12-31", 22, 20),
        ("standard", "2026-11-27", 18, 22),
        ("standard", "2026-11-27", 10, 10),
        ("standard", "2026-11-27", 0, 0),
        ("usn5", "2026-11-27", 22, 5),
        ("usn5", "2026-11-27", 10, 5),
        ("none", "2026-11-27", 22, None),
        ("none", "2026-11-27", 0, None),
    ],
)
def test_a_row_has_the_rate_of_the_day_unless_its_own_is_a_reduced_one(kind, day, own, expected):
    """C-03. The same for documents and for what a shipment says of itself."""
    row = Row(Decimal(1200), Decimal(1), None if own is None else Decimal(own))
    assert [one.vat_rate for one in vat.at_rates([row], RATES, kind, date.fromisoformat(day))] == [expected]


def test_before_the_first_day_of_a_kind_there_is_no_rate():
    assert vat.first_day(RATES, "standard") == date(2019, 1, 1)
    assert vat.at_rates([], RATES, "standard", vat.first_day(RATES, "standard")) == []
    with pytest.raises(ValueError, match="has no rate"):
        vat.at_rates([], RATES, "usn5", date(2024, 12, 31))
