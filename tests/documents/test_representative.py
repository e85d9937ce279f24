"""T21, the printed report of a representative: expenses as claimed and accepted, and C-11 in words."""

from decimal import Decimal

import pytest

from documents import example, template, variables
from documents.checks import text_of
from documents.example import Sheet, card

CODE = "T21"


def told(**fields):
    """What the template is given of the example with other fields."""
    one = card(CODE)
    one.deal = Sheet("REP_REPORT", {**one.deal, **fields})
    return example.variables_of(one)


def test_every_expense_is_shown_as_claimed_and_as_accepted():
    report = told()["report"]
    assert [(line["item"], line["date"], line["claimed"], line["accepted"]) for line in report["lines"]] == [
        ("ГСМ", "12.11.2026", "8\u00a0450,75", "8\u00a0450,75"),
        ("Проживание", "13.11.2026", "10\u00a0000,00", "10\u00a0000,00"),
        ("Представительские", "19.11.2026", "1\u00a0200,00", "0,00"),
    ]
    assert (report["claimed"], report["accepted"], report["cut"]) == (
        "19\u00a0650,75", "18\u00a0450,75", "1\u00a0200,00",
    )  # fmt: skip
    assert variables.to_pay(card(CODE), example.DAY) == Decimal("18450.75")


def test_what_a_reviewer_adds_to_a_month_without_expenses_was_not_claimed():
    """E-RP-3, E-RP-6: the column sums up to its total."""
    report = told(rp_claim=Decimal(0), rp_claimed=None)["report"]
    assert [line["claimed"] for line in report["lines"]] == ["0,00"] * len(report["lines"])
    assert (report["claimed"], report["accepted"]) == ("0,00", "18\u00a0450,75")


@pytest.mark.parametrize(("fields", "said"), [
    ({"rp_balance": Decimal("5310.40"), "rp_pay": Decimal("5310.40"), "rp_hold": Decimal(0)},
     "К выплате представителю: 5 310 (Пять тысяч триста десять) рублей 40 копеек."),
    ({}, "К удержанию с представителя: 2 000 (Две тысячи) рублей 00 копеек."),
    ({}, "Переносится на следующий месяц: 749 (Семьсот сорок девять) рублей 25 копеек."),
    ({"rp_balance": Decimal(0), "rp_hold": Decimal(0)}, "Расчёты закрыты: стороны ничего не должны друг другу."),
    ({"rp_before": Decimal("150.50"), "rp_balance": Decimal("-2899.75")}, "Выплачено ранее, ₽"),
    ({"rp_before": Decimal("-100")}, "остаток + принято − выдано + удержано ранее"),
    ({"rp_late": 2}, "Отчёт сдан с опозданием, рабочих дней: 2."),
    ({"rp_cutnote": "нет чека."}, "Основание: нет чека."),
    ({"rp_claim": Decimal(18000)}, "Принято сверх заявленного: 450,75 ₽."),
    ({}, "за ноябрь 2026 г."),
])  # fmt: skip
def test_accounts_are_told_in_words(fields, said):
    content = template.fill(CODE, told(**fields), {})
    assert said in text_of(content).replace("\u00a0", " ")


def test_a_month_without_expenses_and_in_time_says_no_more_than_that():
    one = card(CODE)
    one.rows = []
    nothing = {
        "rp_claim": Decimal(0),
        "rp_claimed": None,
        "rp_late": 0,
        "rp_balance": Decimal(-20000),
        "rp_hold": Decimal(20000),
    }
    one.deal = Sheet("REP_REPORT", {**one.deal, **nothing})
    text = text_of(template.fill(CODE, example.variables_of(one), {}))
    assert "Расходов в отчётном месяце нет." in text
    assert "Переносится" not in text
    assert "опозданием" not in text
