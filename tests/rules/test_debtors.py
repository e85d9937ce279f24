"""The lines of the report on receivables, their gaps, and the figures of the summary: RC-T1, RC-T2, RC-T6, RC-T7, E-RC-5, E-RC-9."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules import debtors
from rules.debt import Overdue
from rules.debtors import CONFIRM, NOTE, PROMISE, REASON, Debtor, missing
from rules.periods import Week
from tests.rules.moments import at
from tests.rules.test_debt import day

ASKED, REPORT_DAY, W48 = at("26.11.2026 09:00"), date(2026, 11, 27), Week(2026, 48)


def late(days: int, rest: str, number: int = 1) -> Overdue:
    return Overdue(number, REPORT_DAY, Decimal(rest), days)


FULL = Debtor(
    "ООО «Ромашка»", "12-1", [late(31, "50400")], "Забыли оплатить", day("04.12.2026"), None, at("26.11.2026 15:00"), 7
)
PAID = replace(FULL, overdues=[], reason=None, promise=None, updated=None)

LINES = [
    # what is said, what is missing
    ({}, []),
    ({"reason": None}, [REASON]),
    ({"reason": ""}, [REASON]),
    ({"promise": None}, [PROMISE]),
    ({"promise": day("26.11.2026")}, [PROMISE]),
    ({"promise": day("27.11.2026")}, []),
    ({"reason": "Другое"}, [NOTE]),
    ({"reason": "Другое", "note": "  "}, [NOTE]),
    ({"reason": "Другое", "note": "ждут перевода"}, []),
    ({"reason": "Спор по качеству"}, [NOTE]),
    ({"reason": "Спор по количеству"}, [NOTE]),
    ({"reason": "Банкротство"}, []),
    ({"reason": None, "promise": None}, [REASON, PROMISE]),
    ({"updated": None}, [CONFIRM]),
    ({"updated": at("26.11.2026 09:00")}, []),
    ({"updated": at("26.11.2026 08:59")}, [CONFIRM]),
    ({"updated": at("25.11.2026 17:00")}, [CONFIRM]),
    ({"updated": at("25.11.2026 17:00"), "promise": None}, [PROMISE]),
    ({"overdues": [], "reason": None, "promise": None, "updated": None}, []),
    ({"overdues": [late(31, "0.00")], "reason": None}, []),
]


@pytest.mark.parametrize(("said", "lacks"), LINES)
def test_a_line_is_complete_when_everything_of_this_week_is_said(said, lacks):
    assert missing(replace(FULL, **said), REPORT_DAY, ASKED) == lacks


def test_reasons_that_need_a_comment_are_reasons_of_the_card():
    options = company().processes["SOFT_SHIPMENT"].fields["dz_reason"].options
    assert [one for one in options if one.startswith(debtors.NEED_A_NOTE)] == [
        "Спор по качеству", "Спор по количеству", "Другое",
    ]  # fmt: skip


def test_gaps_are_a_line_for_each_debtor_who_has_some():
    silent = replace(FULL, number="12-2", reason=None, promise=None)
    assert debtors.gaps([FULL, silent, PAID], REPORT_DAY, ASKED) == (
        "ООО «Ромашка» — № 12-2: причина просрочки, обещанная дата оплаты"
    )
    assert debtors.gaps([FULL, PAID], REPORT_DAY, ASKED) == ""


def test_the_checklist_and_the_table():
    old = replace(FULL, number="9-3", overdues=[late(91, "100"), late(4, "0.50", 2)], reason=None, promise=None)
    assert debtors.item(FULL).replace("\u00a0", " ") == "ООО «Ромашка» — № 12-1 — 31 дн. — 50 400,00 ₽"
    assert debtors.item(replace(FULL, currency="CNY")).endswith("— 50\u00a0400,00\u00a0CNY"), "E-RC-10"
    assert debtors.item(PAID) == "ООО «Ромашка» — № 12-1 — оплачено"
    assert debtors.item(replace(PAID, otherwise=debtors.RETURNED)).endswith("— отменена или возвращена")
    assert debtors.table([PAID, FULL, old]).replace("\u00a0", " ").splitlines() == [
        "ООО «Ромашка» — № 9-3 — 91 дн. — 100,50 ₽",
        "ООО «Ромашка» — № 12-1 — 31 дн. — 50 400,00 ₽ — Забыли оплатить — обещано 04.12.2026",
        "ООО «Ромашка» — № 12-1 — оплачено",
    ]


@pytest.mark.parametrize(
    ("promise", "confirms", "broken"),
    [("28.11.2026", True, False), ("27.11.2026", False, False), ("26.11.2026", False, True), (None, False, False)],
)
def test_a_promise_is_confirmed_before_its_day_and_broken_after_it(promise, confirms, broken):
    promised, today = day(promise) if promise else None, REPORT_DAY
    assert debtors.may_confirm(promised, today) == confirms
    assert debtors.is_broken(promised, Decimal("0.01"), today) == broken
    assert not debtors.is_broken(promised, Decimal("0.00"), today)


# — the summary —


def test_the_figures_of_a_manager():
    listed = [
        FULL,
        replace(FULL, number="12-2", overdues=[late(1, "600"), late(60, "1000", 2)], promise=day("30.11.2026")),
        replace(FULL, company="АО «Вектор»", company_id=8, overdues=[late(91, "8000")], promise=day("07.12.2026")),
        replace(FULL, company="ООО «Ромашка»", company_id=9, overdues=[late(10, "0.01")], promise=None),
        PAID,
    ]
    found = debtors.figures(listed, Decimal("120000.00"), W48)
    assert (found.debt, found.overdue, found.debtors, found.max_days) == (120000, Decimal("60000.01"), 3, 91)
    assert {name: str(amount) for name, amount in found.buckets.items()} == {
        "1–30": "600.01", "31–60": "51400.00", "61–90": "0.00", "90+": "8000.00",
    }  # fmt: skip
    # (50400×31 + 600×1 + 1000×60 + 8000×91 + 0,01×10) / 60000,01 = 39,18…
    assert str(found.mean_days) == "39.2"
    assert str(found.promised) == "52000.00"  # 04.12 and 30.11, not 07.12


def test_a_manager_without_debtors():
    found = debtors.figures([PAID], Decimal("5"), W48)
    assert (found.overdue, found.debtors, found.max_days, found.mean_days, found.promised) == (0, 0, 0, None, 0)


overdues = st.lists(
    st.builds(
        Overdue, st.integers(1, 5), st.just(REPORT_DAY), st.decimals("0.01", 10**6, places=2), st.integers(1, 400)
    ),
    max_size=4,
)


@given(st.lists(st.builds(Debtor, st.sampled_from("АБВ"), st.just("1"), overdues), max_size=6))
def test_buckets_make_the_whole_and_the_mean_lies_within(listed):
    found = debtors.figures(listed, Decimal(0), W48)
    assert sum(found.buckets.values()) == found.overdue == sum(one.rest for one in listed)
    assert found.mean_days is None if not found.overdue else 1 <= found.mean_days <= found.max_days
