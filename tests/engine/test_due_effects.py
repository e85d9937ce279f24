"""Effects that leave by themselves (notifications that waited, messages in tasks) are no less sure than the others."""

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


def test_a_message_whose_answer_was_lost_is_said_once(company):
    deal = company.deal_in("QUALIFY", so_need="Костюмы", so_group="Спецодежда", so_class="A")
    company.portal.fault(kind="cut_after", method="tasks.task.chat.message.send")
    company.move(deal, "OFFER")
    company.settle()
    assert company.messages(deal, "Оцените") == ["Стадия пройдена"]


def test_a_message_into_a_task_that_is_gone_is_nothing_to_worry_about(company):
    deal = company.deal_in("QUALIFY", so_need="Костюмы", so_group="Спецодежда", so_class="A")
    with company.layer_down():
        company.move(deal, "OFFER")
        company.delete_task(deal, "Оцените")
    company.settle()
    assert company.failures() == []
