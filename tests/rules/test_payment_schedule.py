"""C-04 and §15.4: terms of payment, their lines, amounts and due dates."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules import payment_schedule
from rules.money import q
from rules.payment_schedule import Part, WrongTerms, effective, has_advance, parts, schedule
from rules.working_time import WorkingCalendar

TERMS = {terms.code: terms for terms in company().terms.values()}
CALENDAR = WorkingCalendar(company().calendar.short_days)
DATES = {
    "invoice": date(2026, 11, 23),
    "ready": date(2026, 11, 26),
    "shipped": date(2026, 11, 27),
    "received": date(2026, 12, 1),
    "signed": date(2026, 12, 8),
    "documents": date(2026, 12, 4),
    "retention": date(2027, 11, 27),
}

# terms, «Аванс, %», «Отсрочка, дней» → amounts and due dates of 120 000,00
ALL_TERMS = [
    ("PREPAY_100", None, None, ["120000.00 30.11.2026 advance"]),
    ("PREPAY_100", None, 3, ["120000.00 26.11.2026 advance"]),
    ("PART_SHIP", "30", None, ["36000.00 30.11.2026 advance", "84000.00 01.12.2026"]),
    ("PART_SHIP", "30", 2, ["36000.00 25.11.2026 advance", "84000.00 01.12.2026"]),
    ("PART_POST", "30", 30, ["36000.00 30.11.2026 advance", "84000.00 28.12.2026"]),
    ("PART_POST", "33.33", 0, ["39996.00 30.11.2026 advance", "80004.00 27.11.2026"]),
    ("POST_CAL", None, 30, ["120000.00 28.12.2026"]),
    ("POST_WORK", None, 10, ["120000.00 11.12.2026"]),
    ("POST_RECEIVE", None, 14, ["120000.00 15.12.2026"]),
    ("POST_SIGN", None, None, ["120000.00 17.12.2026"]),
    ("POST_SIGN", None, 30, ["120000.00 28.01.2027"]),
    ("RETENTION", "5", None, ["114000.00 15.12.2026", "6000.00 29.11.2027"]),
    ("RETENTION", "0", None, ["120000.00 15.12.2026"]),
    ("LC", None, None, ["120000.00 11.12.2026"]),
]


def lines(total: str, made: list[Part], dates=DATES, **how) -> list[str]:
    due = schedule(Decimal(total), made, dates, CALENDAR, **how)
    shown = [(one.amount, f"{one.due:%d.%m.%Y}" if one.due else "—", "advance" * one.is_advance) for one in due]
    return [f"{amount} {day} {advance}".strip() for amount, day, advance in shown]


def written(text: str) -> list[Part]:
    return parts(TERMS["STAGES"], schedule_text=text)


# — the terms of the specification —


@pytest.mark.parametrize(("code", "percent", "days", "expected"), ALL_TERMS)
def test_every_term_has_its_lines(code, percent, days, expected):
    made = parts(TERMS[code], Decimal(percent) if percent else None, days)
    assert lines("120000", made) == expected


def test_what_is_held_back_may_stand_in_a_field_of_its_own():
    made = parts(TERMS["RETENTION"], Decimal(30), None, retained=Decimal("7.5"))
    assert [part.percent for part in made] == [Decimal("92.5"), Decimal("7.5")]


@pytest.mark.parametrize("terms", TERMS.values(), ids=list(TERMS))
def test_only_money_that_an_invoice_asks_for_is_an_advance(terms):
    made = parts(terms, Decimal(30), 10, "30; счёт; 5 рд\n70; отгрузка; 30")
    assert [part.event for part in made if part.is_advance] == ["invoice"] * has_advance(made)
    assert has_advance(made) == (terms.code in ("PREPAY_100", "PART_SHIP", "PART_POST", "STAGES"))


@pytest.mark.parametrize("code", ["PART_SHIP", "PART_POST"])
@pytest.mark.parametrize(
    ("percent", "said"),
    [
        (None, "заполните «Аванс, %»"),
        ("0", "Аванс 0% не подходит .* выберите условия с отсрочкой"),
        ("100", "Аванс 100% не подходит .* выберите «100% предоплата»"),
        ("100.01", "100,01 — укажите больше 0 и меньше 100"),
        ("-5", "−5 — укажите больше 0 и меньше 100"),
        ("33.333", "33,333 — не больше двух знаков после запятой"),
    ],
)
def test_an_advance_that_is_none_is_refused_with_a_hint(code, percent, said):
    with pytest.raises(WrongTerms, match=said):
        parts(TERMS[code], Decimal(percent) if percent else None, 30)


@pytest.mark.parametrize("code", ["PART_POST", "POST_CAL", "POST_WORK", "POST_RECEIVE"])
def test_a_deferral_of_nobody_knows_how_many_days_is_refused(code):
    with pytest.raises(WrongTerms, match="заполните «Отсрочка, дней»"):
        parts(TERMS[code], Decimal(30))
    with pytest.raises(WrongTerms, match="«Отсрочка, дней»: -1 — укажите от 0"):
        parts(TERMS[code], Decimal(30), -1)


@pytest.mark.parametrize(("percent", "said"), [(None, "укажите процент"), ("100", "от 0 и меньше 100")])
def test_a_retention_needs_its_percent(percent, said):
    with pytest.raises(WrongTerms, match=said):
        parts(TERMS["RETENTION"], Decimal(percent) if percent else None)


# — «График оплаты» —


def test_a_schedule_is_read_line_by_line():
    made = written("30; счёт; 5 рд\n 20,5;Готовность;3рд \n\n19,5 %; Отгрузка ; 30\n10; получение; 14 кд\n"
                   "10; подписание; 7 рд\n5; документы; 5рд\n5; 28.12.2026")  # fmt: skip
    assert lines("100000", made) == [
        "30000.00 30.11.2026 advance",
        "20500.00 01.12.2026",
        "19500.00 28.12.2026",
        "10000.00 15.12.2026",
        "10000.00 17.12.2026",
        "5000.00 11.12.2026",
        "5000.00 28.12.2026",
    ]


def test_a_date_needs_no_days_and_may_have_them():
    assert lines("10", written("50; 2026-12-01\n50; 01.12.2026; 2 рд")) == ["5.00 01.12.2026", "5.00 03.12.2026"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "«График оплаты» пуст"),
        ("  \n ", "«График оплаты» пуст"),
        ("30; счёт; 5 рд\n69; отгрузка; 30", "проценты дают 99%, а должно быть ровно 100%"),
        ("60; счёт; 5 рд\n60; отгрузка; 30", "проценты дают 120%"),
        ("33,33; счёт; 5 рд\n66,66; отгрузка; 30", "проценты дают 99,99%"),
        ("100; аванс; 5", "нет события «аванс»"),
        ("100", "нет события «»"),
        ("сто; счёт; 5", "«сто» — не число"),
        ("0; счёт; 5\n100; отгрузка; 5", "больше 0 и не больше 100"),
        ("-10; счёт; 5\n110; отгрузка; 5", "больше 0 и не больше 100"),
        ("33,333; счёт; 5\n66,667; отгрузка; 5", "не больше двух знаков"),
        ("100; счёт", "не указано, сколько дней"),
        ("100; счёт; пять", "не указано, сколько дней"),
        ("100; счёт; 5 мес", "не указано, сколько дней"),
        ("100; отгрузка; 9999", "не указано, сколько дней"),
        ("100; 31.11.2026", "«31.11.2026» — не дата"),
    ],
)
def test_a_schedule_that_cannot_be_read_is_refused(text, said):
    with pytest.raises(WrongTerms, match=said):
        written(text)


@pytest.mark.parametrize("text", ["", "100; аванс; 5", "сто; счёт; 5", "100; счёт"])
def test_the_refusal_shows_how_it_is_written(text):
    with pytest.raises(WrongTerms, match="пишется так: «30; счёт; 5 рд», «50; отгрузка; 30 кд» или «20; 28.12.2026»"):
        written(text)


# — amounts —


@pytest.mark.parametrize(
    ("total", "percents", "expected"),
    [
        ("100000.01", (30, 40, 30), ["30000.00", "40000.00", "30000.01"]),
        ("0.01", (50, 50), ["0.01", "0.00"]),  # E-SH-12
        ("0.02", (25, 25, 25, 25), ["0.01", "0.01", "0.00", "0.00"]),
        ("100", ("33.33", "33.33", "33.34"), ["33.33", "33.33", "33.34"]),
        ("0.00", (30, 70), ["0.00", "0.00"]),
        ("72000", (30, 70), ["21600.00", "50400.00"]),
    ],
)
def test_the_last_line_takes_the_remainder(total, percents, expected):
    made = [Part(Decimal(percent), "shipped", 0, False, False) for percent in percents]
    assert [line.partition(" ")[0] for line in lines(total, made)] == expected


@given(st.decimals(0, 10**9, places=2), st.lists(st.integers(1, 9999), max_size=6, unique=True))
def test_lines_are_the_whole_and_none_is_negative(total, cuts):
    bounds = [0, *sorted(cuts), 10_000]
    percents = [Decimal(after - before) / 100 for before, after in zip(bounds, bounds[1:], strict=False)]
    made = schedule(total, [Part(percent, "shipped", 0, False, False) for percent in percents], {}, CALENDAR)
    assert sum(line.amount for line in made) == q(total)
    assert all(line.amount >= 0 for line in made)
    assert [line.number for line in made] == list(range(1, len(percents) + 1))


# — due dates —


@pytest.mark.parametrize(
    ("event", "days", "working", "expected"),
    [
        ("28.11.2026", 0, False, "30.11.2026"),  # E-SH-10: a Saturday
        ("27.11.2026", 0, False, "27.11.2026"),
        ("27.11.2026", 1, False, "30.11.2026"),
        ("27.11.2026", 30, False, "28.12.2026"),  # 27.12.2026 is a Sunday
        ("27.11.2026", 1, True, "30.11.2026"),
        ("28.11.2026", 0, True, "30.11.2026"),
        ("02.12.2026", 30, False, "11.01.2027"),  # 01.01.2027
        ("30.12.2026", 2, True, "12.01.2027"),
    ],
)
def test_a_due_date_is_counted_from_the_day_after_and_moves_off_days_off(event, days, working, expected):
    base = date(*map(int, reversed(event.split("."))))
    due = schedule(Decimal(1), [Part(Decimal(100), "shipped", days, working, False)], {"shipped": base}, CALENDAR)
    assert f"{due[0].due:%d.%m.%Y}" == expected


def test_days_off_count_where_the_company_says_so():
    made = [Part(Decimal(100), "shipped", 30, False, False)]
    assert lines("1", made, shift_weekend=False) == ["1.00 27.12.2026"]


def test_while_its_event_has_no_day_a_line_has_none():
    made = parts(TERMS["PART_POST"], Decimal(30), 30)
    assert lines("120000", made, {"invoice": None}) == ["36000.00 — advance", "84000.00 —"]


@given(st.dates(date(2026, 1, 1), date(2027, 6, 1)), st.integers(0, 60), st.booleans())
def test_a_due_date_is_a_working_day_and_no_earlier_than_said(base, days, working):
    (due,) = schedule(Decimal(1), [Part(Decimal(100), "ready", days, working, False)], {"ready": base}, CALENDAR)
    assert CALENDAR.is_working(due.due)
    assert due.due >= base + timedelta(days=days)
    assert effective(due.due, CALENDAR) == due.due


# — as the card shows them —


def test_the_card_shows_date_amount_and_rest():
    made = parts(TERMS["PART_POST"], Decimal(30), 30)
    due = schedule(Decimal(72000), made, {"shipped": date(2026, 11, 27)}, CALENDAR)
    shown = payment_schedule.text(due, [Decimal("21600"), Decimal("36000")]).replace("\u00a0", " ")
    assert shown == "после счёта; 21 600,00; 21 600,00\n28.12.2026; 50 400,00; 36 000,00"
