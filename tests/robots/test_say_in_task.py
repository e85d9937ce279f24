"""Messages in tasks leave by themselves, each once."""


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
