"""Payments as text, and E-SH-1, E-SH-2, E-SH-3."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import payments
from rules.allocation import Payment
from rules.payments import Verdict, check, line, parse

TODAY = date(2026, 11, 27)
KNOWN = Payment(date(2026, 11, 24), Decimal("100000.00"), "118", "вручную")


def entered(amount: str = "100000", day: date = KNOWN.day, number: str = "118") -> Payment:
    return Payment(day, Decimal(amount), number, "1С")


def test_a_payment_is_a_line_of_the_card():
    shown = line(Payment(date(2026, 11, 24), Decimal("36000"), "118", "вручную"))
    assert shown.replace("\u00a0", " ") == "24.11.2026; 36 000,00; 118; вручную"
    assert parse("24.11.2026; −36 000,00 ₽; ; 1С") == Payment(date(2026, 11, 24), Decimal("-36000.00"), "", "1С")
    assert parse(shown) == Payment(date(2026, 11, 24), Decimal("36000.00"), "118", "вручную")


@pytest.mark.parametrize("text", ["24.11.2026", "24.11.2026; много", "вчера; 100; 1; 1С", "31.11.2026; 1; 1; 1С"])
def test_a_line_that_is_no_payment_is_refused(text):
    with pytest.raises(ValueError, match="не (число|дата)"):
        parse(text)


@given(
    st.builds(
        Payment,
        st.dates(date(2000, 1, 1), date(2999, 1, 1)),
        st.decimals(-(10**9), 10**9, places=2),
        st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=";"), max_size=12),
        st.sampled_from([payments.BY_HAND, payments.FROM_1C]),
    )
)
def test_a_payment_is_read_as_it_was_written(payment):
    assert parse(line(payment)) == payment


# — what is refused, what is odd —


@pytest.mark.parametrize("number", ["118", " 118", "№ 118", "000118"])
def test_the_same_payment_twice_is_refused(number):
    assert check(entered(number=number), [KNOWN], TODAY).refused == "Такой платёж уже внесён"


def test_two_payments_without_a_number_are_told_apart_by_their_number():
    known = Payment(KNOWN.day, KNOWN.amount)
    refused = check(entered(number=""), [known], TODAY).refused
    assert refused == "Такой платёж уже внесён. Если это другой платёж, укажите его № п/п"
    assert check(entered(number=""), [KNOWN], TODAY) == Verdict()
    assert check(entered("5", number=""), [known], TODAY) == Verdict()


@pytest.mark.parametrize("other", [entered("99999.99"), entered("-100000"), entered(day=date(2026, 11, 25))])
def test_the_same_number_with_another_sum_or_day_is_taken_with_a_warning(other):
    verdict = check(other, [KNOWN], TODAY)
    assert verdict.refused is None
    assert verdict.warning.replace("\u00a0", " ") == (
        "Платёж с № п/п 118 уже есть (24.11.2026, 100 000,00 ₽): проверьте, не ошибка ли это"
    )


@pytest.mark.parametrize(
    ("day", "refused", "warning"),
    [
        (TODAY, False, False),
        (TODAY + timedelta(days=1), True, False),
        (TODAY - timedelta(days=365), False, False),
        (TODAY - timedelta(days=366), False, True),
    ],
)
def test_a_payment_of_the_future_is_refused_and_an_old_one_is_odd(day, refused, warning):
    verdict = check(entered(day=day, number="7"), [KNOWN], TODAY)
    assert (verdict.refused is not None, verdict.warning is not None) == (refused, warning)


def test_a_payment_of_the_future_says_its_date():
    assert check(entered(day=date(2026, 11, 28)), [], TODAY).refused == "Дата оплаты 28.11.2026 ещё не наступила"


def test_nothing_is_no_payment_and_a_refund_is_one():
    assert check(entered("0"), [], TODAY).refused.startswith("Сумма оплаты — 0,00 ₽")
    assert check(entered("-500"), [], TODAY) == Verdict()


def test_a_sentence_leaves_out_what_a_payment_lacks():
    paid = payments.parse("24.11.2026; 36 000,00; ; вручную")
    assert payments.said(paid) == "24.11.2026; 36\u00a0000,00; вручную"
    assert payments.parse(payments.line(paid)) == paid
