"""C-05: payments over lines, shipments and the advance; A-04 and A-05 as tables."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules import debt
from rules.allocation import (
    Line,
    Payment,
    Shipment,
    advances_are_met,
    allocate,
    defer_advances,
    received,
)
from rules.payment_schedule import parts, schedule
from rules.working_time import WorkingCalendar

CALENDAR = WorkingCalendar(company().calendar.short_days)
PART_POST = next(terms for terms in company().terms.values() if terms.code == "PART_POST")


def day(text: str) -> date:
    return date(*map(int, reversed(text.split("."))))


def paid(amount: str, on: str = "24.11.2026", number: str = "1") -> Payment:
    return Payment(day(on), Decimal(amount), number)


def shipment(key: int, *lines: str, own: tuple[str, ...] = ()) -> Shipment:
    """Lines «100» or «100 by 30.11.2026»; `own`: amounts paid on its card."""
    made = []
    for line in lines:
        amount, _, due = line.partition(" by ")
        made.append(Line(day(due) if due else None, Decimal(amount)))
    return Shipment(key, made, [paid(amount) for amount in own], key)


def shown(found) -> tuple[dict, str]:
    return {key: [f"{amount.normalize():f}" for amount in amounts] for key, amounts in found.paid.items()}, str(
        found.advance
    )


# — FIFO —

# shipments, payments of the order → what each line got, the advance
FIFO = [
    ([shipment(1, "100", "200", own=("150",))], [], {1: ["100", "50"]}, "0.00"),
    ([shipment(1, "100", "200", own=("300",))], [], {1: ["100", "200"]}, "0.00"),
    ([shipment(1, "100", own=("150",))], [], {1: ["100"]}, "50.00"),
    ([shipment(1, "100"), shipment(2, "100", own=("150",))], [], {1: ["50"], 2: ["100"]}, "0.00"),
    ([shipment(1, "100", own=("150",)), shipment(2, "100")], [], {1: ["100"], 2: ["50"]}, "0.00"),
    ([shipment(2, "100"), shipment(1, "100")], ["120"], {1: ["100"], 2: ["20"]}, "0.00"),
    ([shipment(1, "100 by 30.12.2026", "100 by 30.11.2026")], ["120"], {1: ["20", "100"]}, "0.00"),
    ([shipment(1, "100 by 30.11.2026", "100 by 30.11.2026")], ["120"], {1: ["100", "20"]}, "0.00"),
    ([shipment(1, "100", "100 by 30.11.2026", "100")], ["120"], {1: ["100", "20", "0"]}, "0.00"),
    ([shipment(1)], ["120"], {1: []}, "120.00"),
    ([], ["120", "-20"], {}, "100.00"),  # E-SO-3
    ([], [], {}, "0.00"),
]


@pytest.mark.parametrize(("shipments", "of_order", "expected", "advance"), FIFO)
def test_the_oldest_shipment_and_its_first_due_line_come_first(shipments, of_order, expected, advance):
    found = allocate(shipments, [paid(amount) for amount in of_order])
    assert shown(found) == (expected, advance)


# — refunds —

REFUNDS = [
    # the last line gives first
    ([shipment(1, "100", "200", own=("300", "-50"))], [], {1: ["100", "150"]}, "0.00"),
    ([shipment(1, "100", "200", own=("300", "-250"))], [], {1: ["50", "0"]}, "0.00"),
    # the advance gives before any line
    ([shipment(1, "100", own=("150", "-30"))], [], {1: ["100"]}, "20.00"),
    # what the order gave to the newer shipment gives before the older
    ([shipment(1, "100"), shipment(2, "100")], ["200", "-120"], {1: ["80"], 2: ["0"]}, "0.00"),
    # nothing of the order is left: the newest shipment gives of its own
    ([shipment(1, "100", own=("100",)), shipment(2, "100", own=("100",))], ["-120"], {1: ["80"], 2: ["0"]}, "0.00"),
    # a refund on the card of a shipment that the order paid
    ([shipment(1, "100", own=("-30",))], ["100"], {1: ["70"]}, "0.00"),
    # more went back than came
    ([shipment(1, "100", own=("100", "-130"))], [], {1: ["0"]}, "-30.00"),
]


@pytest.mark.parametrize(("shipments", "of_order", "expected", "advance"), REFUNDS)
def test_a_refund_takes_back_what_was_covered_last(shipments, of_order, expected, advance):
    found = allocate(shipments, [paid(amount) for amount in of_order])
    assert shown(found) == (expected, advance)


# — in proportion —


def order_lines(total: str, advance: str = "30") -> list:
    return schedule(Decimal(total), parts(PART_POST, Decimal(advance), 30), {}, CALENDAR)


PROPORTIONAL = [
    # the order, shipments, paid → what they got, the advance that waits for shipments to come
    ("120000", [("72000", ())], ["36000"], {1: "21600.00"}, "14400.00"),
    ("120000", [("72000", ()), ("48000", ())], ["36000"], {1: "21600.00", 2: "14400.00"}, "0.00"),
    ("100", [("33.33", ()), ("33.33", ()), ("33.34", ())], ["10"], {1: "3.33", 2: "3.33", 3: "3.34"}, "0.00"),
    ("0.03", [("0.01", ()), ("0.01", ()), ("0.01", ())], ["0.01"], {1: "0.00", 2: "0.00", 3: "0.01"}, "0.00"),
    # what came beyond the advance lines goes to the oldest
    ("120000", [("72000", ()), ("48000", ())], ["46000"], {1: "31600.00", 2: "14400.00"}, "0.00"),
    # its own payments on top of the share, the excess to the other
    ("120000", [("72000", ("60000",)), ("48000", ())], ["36000"], {1: "72000.00", 2: "24000.00"}, "0.00"),
    # a refund takes first what waits
    ("120000", [("72000", ("-4400",))], ["36000"], {1: "17200.00"}, "14400.00"),
    ("120000", [("72000", ("-30000",))], ["36000"], {1: "0.00"}, "6000.00"),
]


@pytest.mark.parametrize(("total", "amounts", "of_order", "expected", "advance"), PROPORTIONAL)
def test_an_advance_may_be_shared_in_proportion(total, amounts, of_order, expected, advance):
    shipments = [shipment(number, amount, own=own) for number, (amount, own) in enumerate(amounts, 1)]
    found = allocate(shipments, [paid(amount) for amount in of_order], "proportional", order_lines(total))
    assert {key: str(found.of(key)) for key in found.paid} == expected
    assert str(found.advance) == advance


def test_the_two_ways_differ_while_something_is_not_shipped():
    """C-05: of A-04 the debt is 36 000,00 by FIFO and 50 400,00 in proportion."""
    first = Shipment(1, order_lines("72000"), position=1)
    debts = [
        debt.debt(Decimal(72000), allocate([first], [paid("36000")], policy, order_lines("120000")).of(1))
        for policy in ("fifo", "proportional")
    ]
    assert debts == [Decimal("36000.00"), Decimal("50400.00")]


# — acceptance —

A_04 = {"terms": "PART_POST", "percent": Decimal(30), "days": 30, "shipped": day("27.11.2026")}


def planned(total: str, **dates: date) -> list:
    """Lines of a shipment of the order of A-04, invoiced on Monday 23.11.2026."""
    made = parts(PART_POST, A_04["percent"], A_04["days"])
    return schedule(Decimal(total), made, {"invoice": day("23.11.2026"), **dates}, CALENDAR)


def test_a_04_the_advance_covers_its_line_and_goes_on_to_the_next():
    first = planned("72000", shipped=A_04["shipped"])
    assert [(str(line.amount), line.due) for line in first] == [
        ("21600.00", day("30.11.2026")),
        ("50400.00", day("28.12.2026")),  # 27.12 is a Sunday
    ]
    for shipments in ([Shipment(1, first, (), 1)], [Shipment(1, first, (), 1), Shipment(2, planned("48000"), (), 2)]):
        found = allocate(shipments, [paid("36000")])
        assert found.paid[1] == [Decimal("21600.00"), Decimal("14400.00")]
        assert [str(one.rest) for one in debt.rests(first, found.paid[1])] == ["0.00", "36000.00"]
        assert debt.debt(Decimal(72000), found.of(1)) == Decimal("36000.00")
        assert found.advance == 0


def test_a_05_with_the_second_shipment_planned_the_excess_is_part_of_its_advance():
    first, second = planned("72000", shipped=A_04["shipped"]), planned("48000")
    own = [paid("40000", "11.12.2026", "2")]
    found = allocate([Shipment(1, first, own, 1), Shipment(2, second, (), 2)], [paid("36000")])
    assert found.of(1) == Decimal("72000.00")
    assert found.paid[2] == [Decimal("4000.00"), Decimal("0.00")]
    assert second[0].amount == Decimal("14400.00")
    assert (found.advance, debt.debt(Decimal(72000), found.of(1))) == (0, 0)

    # «Не поступил аванс» is not shown: 76 000,00 came, the advance lines of the order ask for 36 000,00.
    assert advances_are_met(Decimal("76000"), planned("120000"))
    late = debt.overdue(debt.rests(second, found.paid[2]), day("14.12.2026"), CALENDAR)
    assert [str(one.rest) for one in late] == ["10400.00"]
    deferred = defer_advances(second)
    assert debt.overdue(debt.rests(deferred, found.paid[2]), day("14.12.2026"), CALENDAR) == []


def test_a_05_without_a_second_shipment_the_excess_is_the_advance_of_the_order():
    first = planned("72000", shipped=A_04["shipped"])
    found = allocate([Shipment(1, first, [paid("40000", "11.12.2026", "2")], 1)], [paid("36000")])
    assert found.of(1) == Decimal("72000.00")
    assert (str(found.advance), debt.debt(Decimal(72000), found.of(1))) == ("4000.00", 0)


# — advances that count as met —


@pytest.mark.parametrize(("came", "met"), [("35999.99", False), ("36000", True), ("76000", True), ("0", False)])
def test_advances_are_met_when_all_that_came_covers_them(came, met):
    assert advances_are_met(Decimal(came), planned("120000")) is met


def test_an_order_without_an_advance_has_met_it():
    assert advances_are_met(Decimal(0), [Line(None, Decimal(100))])


def test_an_advance_that_is_met_is_due_with_the_next_line():
    lines = planned("48000", shipped=day("10.12.2026"))
    assert [line.due for line in defer_advances(lines)] == [day("11.01.2027")] * 2
    assert [line.due for line in defer_advances(planned("48000"))] == [None, None]
    assert defer_advances([Line(day("30.11.2026"), Decimal(1), True)]) == [Line(None, Decimal(1), True)]
    assert defer_advances([]) == []


# — what always holds —

amounts = st.decimals(0, 1000, places=2)
money = st.decimals(-300, 1000, places=2)
days = st.one_of(st.none(), st.dates(date(2026, 11, 1), date(2026, 12, 31)))
lines_ = st.lists(st.builds(Line, days, amounts, st.booleans()), max_size=4)
payments_ = st.lists(st.builds(Payment, st.just(date(2026, 11, 24)), money), max_size=4)
orders = st.lists(st.tuples(lines_, payments_), max_size=4).map(
    lambda made: [Shipment(number, lines, own, number) for number, (lines, own) in enumerate(made, 1)]
)
policies = st.sampled_from(["fifo", "proportional"])


def everything(shipments: list[Shipment], of_order: list[Payment]) -> Decimal:
    return received([*of_order, *(payment for one in shipments for payment in one.own)])


@given(orders, payments_, policies, lines_)
def test_no_kopeck_is_lost_and_no_line_gets_less_than_nothing_or_more_than_it_asks(shipments, of_order, policy, order):
    found = allocate(shipments, of_order, policy, order)
    together = sum((found.of(one.key) for one in shipments), Decimal(0))
    assert together + found.advance == everything(shipments, of_order)
    for one in shipments:
        for line, got in zip(one.lines, found.paid[one.key], strict=True):
            assert 0 <= got <= line.amount
    if found.advance < 0:
        assert together == 0
        assert everything(shipments, of_order) < 0


@given(orders, payments_)
def test_there_is_an_advance_only_when_everything_is_paid(shipments, of_order):
    found = allocate(shipments, of_order)
    if found.advance > 0:
        assert all(found.of(one.key) == one.amount for one in shipments)


@given(orders, payments_)
def test_money_of_the_order_never_skips_an_older_shipment(shipments, of_order):
    """A shipment that is not paid leaves to younger ones no more than what was paid on their own cards."""
    found = allocate(shipments, of_order)
    unpaid = [one.position for one in shipments if found.of(one.key) < one.amount]
    for one in shipments:
        if unpaid and one.position > unpaid[0]:
            assert found.of(one.key) <= max(received(one.own), 0)


@given(lines_, amounts)
def test_a_line_gets_nothing_while_one_that_is_due_earlier_waits(lines, amount):
    dated = [line for line in lines if line.due]
    found = allocate([Shipment(1, dated)], [Payment(date(2026, 11, 24), amount)]).paid[1]
    by_due = sorted(zip(dated, found, strict=True), key=lambda pair: pair[0].due)
    full = [got == line.amount for line, got in by_due]
    some = [got > 0 for _, got in by_due]
    first_gap = full.index(False) if False in full else len(full)
    assert not any(some[first_gap + 1 :])


@given(orders, payments_, amounts, policies)
def test_a_refund_undoes_the_payment_before_it(shipments, of_order, amount, policy):
    back_and_forth = [*of_order, Payment(date(2026, 12, 1), amount), Payment(date(2026, 12, 2), -amount)]
    assert allocate(shipments, back_and_forth, policy) == allocate(shipments, of_order, policy)


@given(orders, payments_, st.randoms())
def test_the_order_of_arrival_decides_nothing(shipments, of_order, random):
    shuffled, later = list(shipments), list(of_order)
    random.shuffle(shuffled)
    random.shuffle(later)
    assert allocate(shuffled, later) == allocate(shipments, of_order)


@given(orders, payments_, amounts)
def test_more_money_never_takes_anything_from_anybody(shipments, of_order, amount):
    before, after = allocate(shipments, of_order), allocate(shipments, [*of_order, Payment(date(2026, 12, 1), amount)])
    for one in shipments:
        assert all(now >= was for was, now in zip(before.paid[one.key], after.paid[one.key], strict=True))


@given(lines_)
def test_deferring_changes_due_dates_of_advances_and_nothing_else(lines):
    deferred = defer_advances(lines)
    assert [line.amount for line in deferred] == [line.amount for line in lines]
    assert [line for line in deferred if not line.is_advance] == [line for line in lines if not line.is_advance]
