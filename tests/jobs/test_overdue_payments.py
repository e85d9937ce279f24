"""Payments that are late, as the clock finds them (SH-T9)."""

from datetime import date
from decimal import Decimal

import pytest

SUIT = "Костюм «Монтажник»"


def sent(company, day: date, *, city: str, days: int, signed: bool = True) -> int:
    """A shipment of 120 000,00 that was sent, received and signed for on that day, to be paid so many days later."""
    shipment = company.new_deal(
        "SOFT_SHIPMENT", by=company.manager_of("Москва"), company=company.any_company(), city=city, delivery_way="Самовывоз",
        terms="Отсрочка N календарных дней", terms_days=days, sh_plan=day, sh_warehouse="Новосибирск",
    )  # fmt: skip
    company.set_rows(shipment, (SUIT, "1200", "100"))
    company.settle()
    company.fill(shipment, sh_upd=company.any_contact(), sh_received=day, sh_signed=day if signed else None)
    company.settle()
    company.fill(shipment, sh_fact=day)
    company.settle()
    assert company.stage(shipment) == ("PAYMENT" if signed else "DOCS"), company.value(shipment, "block")
    return shipment


@pytest.mark.slow
def test_e_sh_10_due_on_a_saturday_is_due_on_monday_and_late_from_tuesday_six_in_the_morning_there(company):
    """SH-T9, SH-T10: 28.11.2026 is a Saturday; Novosibirsk is four hours before Moscow."""
    shipment = sent(company, date(2026, 11, 23), city="Новосибирск", days=5)
    assert company.value(shipment, "sh_due") == date(2026, 11, 30)
    for moment in ("30.11.2026 10:00", "01.12.2026 01:30"):
        company.at(moment)
        company.run_clock()
        assert company.stage(shipment) == "PAYMENT"
    company.at("01.12.2026 02:05")
    company.run_clock()
    assert company.stage(shipment) == "OVERDUE"
    assert company.value(shipment, "sh_overdays") == 1
    assert company.value(shipment, "sh_oversum") == Decimal(120000)
    assert "Работа с просроченной оплатой" in company.titles(shipment)

    company.at("02.12.2026 12:00")
    company.run_clock()
    assert company.value(shipment, "sh_overdays") == 2
    assert company.titles(shipment).count("Работа с просроченной оплатой") == 1, "once for the line"

    other = company.new_deal(
        "SOFT_SHIPMENT", company=company.any_company(), sh_plan=date(2026, 12, 4), sh_warehouse="Новосибирск"
    )
    company.set_rows(other, (SUIT, "1200", "1"))
    company.settle()
    company.move(other, "RESERVE")
    company.settle()
    assert "Клиент в просрочке 120\u00a0000,00\u00a0₽" in company.comments(other)

    company.pay(shipment, "120000", number="1")
    assert company.stage(shipment) == "WON"
    assert company.titles(shipment) == []
    assert not company.value(shipment, "sh_oversum")
    company.pay(shipment, "-20000", number="2")
    assert company.stage(shipment) == "OVERDUE", "E-SH-6"
    assert company.failures() == []


@pytest.mark.slow
def test_head_lawyer_and_director_hear_of_it_after_15_31_and_61_days_each_once(company):
    """SH-T9: due 23.11.2026; a shipment whose papers are not back stays on its stage."""
    head, director = company.holder("HEAD_SOFT"), company.holder("COMMERCIAL_DIRECTOR")
    shipment = sent(company, date(2026, 11, 20), city="Москва", days=3, signed=False)

    def told(user: int) -> int:
        return sum("Просрочка оплаты" in text for text in company.notifications(user))

    for morning, expected in (
        ("07.12.2026 12:00", (0, 0, 0)),
        ("08.12.2026 12:00", (1, 0, 0)),
        ("24.12.2026 12:00", (1, 1, 0)),
        ("25.01.2027 12:00", (1, 1, 1)),
    ):
        company.at(morning)
        company.run_clock()
        claims = company.titles(shipment, open_only=False).count("Подготовьте претензию")
        assert (told(head), claims, told(director)) == expected, morning
    assert company.stage(shipment) == "DOCS"
    assert company.value(shipment, "sh_overdays") == 63
    assert company.titles(shipment).count("Работа с просроченной оплатой") == 1
    [name] = company.files(shipment)
    assert name.startswith("Претензия о погашении задолженности ИСХ-2026_001")
    assert name.endswith("2026-12-24.docx")
    [letter] = company.register(doc_source=shipment, doc_no="ИСХ-2026/001")
    assert company.value(letter, "doc_sum") == Decimal(120000), "without a contract there is no penalty"
