"""A notification that waits for the morning is no less sure than one that leaves at once."""

import pytest


@pytest.fixture
def mover(company):
    return company.holder("HEAD_SOFT")


@pytest.fixture
def returned_at_night(company, mover):
    """A card that was returned in the evening: its mover hears of it in the morning."""
    deal = company.new_deal()
    company.settle()
    company.at("23.11.2026 21:00")
    company.move(deal, "QUALIFY", by=mover)
    company.settle()
    assert company.notifications(mover) == []
    return deal


def in_the_morning(company):
    company.at("24.11.2026 08:05")
    company.settle()


def refuse_the_next_notification(company):
    company.portal.fault(kind="refuse", method="im.notify.system.add", code="USER_NOT_FOUND", status=400)


def test_a_late_notification_that_the_portal_refuses_is_a_dead_letter(company, returned_at_night, mover):
    refuse_the_next_notification(company)
    in_the_morning(company)
    assert company.notifications(mover) == []
    assert len(company.failures()) == 1
    assert "Не выполнено автоматически" in company.notifications(company.holder("ADMIN"))[-1]

    company.retry_failures()
    company.settle()
    assert "Сделка возвращена" in company.notifications(mover)[-1]
    assert company.failures() == []


def test_people_hear_of_a_second_failure_after_a_retry(company, returned_at_night):
    refuse_the_next_notification(company)
    in_the_morning(company)
    refuse_the_next_notification(company)
    company.retry_failures()
    company.settle()
    assert len(company.notifications(company.holder("ADMIN"))) == 2


def test_a_notification_waits_while_the_portal_is_busy(company, returned_at_night, mover):
    company.portal.fault(kind="refuse", method="im.notify.system.add", code="QUERY_LIMIT_EXCEEDED", status=503, times=4)
    in_the_morning(company)
    assert "Сделка возвращена" in company.notifications(mover)[-1]
    assert company.failures() == []
