"""Shipments that did not leave on their planned day (SH-T11)."""

from datetime import date

import pytest


@pytest.mark.slow
def test_a_planned_day_that_has_passed_asks_support_and_each_postponement_is_counted(company):
    """SH-T11: from six in the morning of the next day, once a planned day."""
    manager, support = company.manager_of("Омск"), company.user("zaytseva")
    order = company.new_deal(by=manager)
    company.settle()
    shipment = company.new_deal("SOFT_SHIPMENT", by=support, parent=order, city="Омск", sh_plan=date(2026, 11, 24))
    company.settle()
    company.at("24.11.2026 12:00")
    company.run_clock()
    assert company.titles(shipment) == []
    for moment in ("25.11.2026 03:10", "25.11.2026 12:00", "26.11.2026 12:00"):
        company.at(moment)
        company.run_clock()
        assert company.titles(shipment) == ["Отгрузка не в срок: согласуйте новую дату"]
    assert company.task(shipment, "Отгрузка не в срок")["responsibleId"] == str(support)
    company.at("26.11.2026 14:00")
    assert (
        sum("Отгрузка не в срок: была запланирована на 24.11.2026." in text for text in company.notifications(manager))
        == 1
    )

    company.fill(shipment, sh_plan=date(2026, 11, 27))
    company.settle()
    assert company.titles(shipment) == [], "the new day is what the task asked for"
    company.fill(shipment, sh_plan=date(2026, 12, 1))
    company.settle()
    postponements = [text for text in company.comments(shipment) if text.startswith("Перенос")]
    assert postponements == [
        "Перенос отгрузки (1-й раз): было 24.11.2026, стало 27.11.2026. Причину укажите в комментарии.",
        "Перенос отгрузки (2-й раз): было 27.11.2026, стало 01.12.2026. Причину укажите в комментарии.",
    ]
    company.at("02.12.2026 12:00")
    company.run_clock()
    assert company.titles(shipment) == ["Отгрузка не в срок: согласуйте новую дату"]
    assert company.failures() == []
