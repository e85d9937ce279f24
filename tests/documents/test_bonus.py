"""What the calculation of a manager's bonus says (T22)."""

from decimal import Decimal

import pytest

from documents import checks, example, renderer, template, variables
from tests.documents.test_variables import named


@pytest.fixture
def card():
    """A month with a correction, a carry and two branches that do not count."""
    one = example.card("T22")
    one.found["month"] = {**example.HANDED_OVER}
    return one


def said_by(card):
    return variables.make(card, number="ИСХ-2026/117", day=example.DAY, today=example.DAY)


def printed(card):
    content = renderer.fill("T22", checks.clean(said_by(card)), {})
    return checks.text_of(content).replace("\u00a0", " ")


def test_the_vocabulary_names_every_variable_and_nothing_else(card):
    assert named(said_by(card)) == set(variables.vocabulary("T22"))
    assert variables.lacking(card) == []
    assert variables.to_pay(card, example.DAY) == Decimal("263.31")


def test_it_prints_branches_corrections_who_is_missing_and_the_sum(card):
    text = printed(card)
    assert text.startswith("ООО «Сферотек»") or "РАСЧЁТ ВОЗНАГРАЖДЕНИЯ № ИСХ-2026/117" in text
    for line in (
        "за ноябрь 2026 г.",
        "Менеджер: Беляев Артур.",
        "16 255,47",
        "1,25%",
        "203,19",
        "За октябрь 2026: Пермь",
        "нет ставки",
        "−9,91",
    ):
        assert line in text, line
    assert "К начислению: 263 (Двести шестьдесят три) рубля 31 копейка." in text
    assert "Переходит на следующий месяц" not in text


def test_a_plain_month_has_no_empty_tables(card):
    figures = {
        **example.HANDED_OVER["figures"],
        "corrections": "0.00",
        "carry": "0.00",
        "pay": "0.00",
        "to_next": "-9.91",
    }
    card.found["month"] |= {"branches": example.HANDED_OVER["branches"][3:4], "corrections": [], "figures": figures}
    text = printed(card)
    assert "Корректировки" not in text
    assert "Не вошли в расчёт" not in text
    assert "К начислению: 0 (Ноль) рублей 00 копеек." in text
    assert "Переходит на следующий месяц" in text


def test_a_month_that_is_open_has_no_calculation(card):
    card.found["month"] = {}
    assert variables.lacking(card) == ["переданный месяц"]


def test_the_template_is_there():
    assert template.exists("T22")
