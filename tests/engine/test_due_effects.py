"""Effects that leave by themselves (notifications, messages in tasks) are no less sure than the others."""


def test_a_notification_that_the_portal_refuses_is_a_dead_letter_and_can_be_retried(company):
    mover, admin = company.holder("HEAD_SOFT"), company.holder("ADMIN")
    deal = company.new_deal()
    company.settle()
    company.portal.fault(kind="refuse", method="im.notify.system.add", code="USER_NOT_FOUND", status=400)
    company.move(deal, "QUALIFY", by=mover)
    company.settle()
    assert company.notifications(mover) == []
    assert len(company.failures()) == 1
    assert "Не выполнено автоматически" in company.notifications(admin)[-1]

    company.retry_failures()
    company.settle()
    assert "Сделка возвращена" in company.notifications(mover)[-1]
    assert company.failures() == []


def test_people_hear_of_every_failure_also_of_the_second_one_after_a_retry(company):
    admin = company.holder("ADMIN")
    deal = company.new_deal()
    company.settle()
    for times in (1, 2):
        company.portal.fault(kind="refuse", method="im.notify.system.add", code="USER_NOT_FOUND", status=400)
        company.move(deal, "QUALIFY", by=company.holder("HEAD_SOFT")) if times == 1 else company.retry_failures()
        company.settle()
        assert len(company.notifications(admin)) == times


def test_a_message_whose_answer_was_lost_is_said_once(company):
    deal = company.deal_in("QUALIFY", so_need="Костюмы", so_group="Спецодежда", so_class="A")
    company.portal.reset_counters()
    company.portal.fault(kind="cut_after", method="tasks.task.chat.message.send")
    company.move(deal, "OFFER")
    company.settle()
    assert company.messages(deal, "Оцените") == ["Стадия пройдена"]
    assert company.portal.requests()["commands"]["tasks.task.chat.message.send"] == 2
