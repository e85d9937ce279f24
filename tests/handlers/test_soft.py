"""SOFT up to the offer, and its refusals, as people see it on the portal."""

from datetime import date

import pytest

QUALIFIED = {"so_need": "Костюмы для монтажников, 120 комплектов", "so_group": "Спецодежда", "so_class": "B"}


@pytest.fixture
def client(company):
    """A client company and its contact."""
    return {"company": company.any_company(), "contact": company.any_contact()}


def test_a_new_request_asks_its_manager_to_contact_the_client_in_her_own_time(company):
    """A-01: created on Monday 16:30 in Novosibirsk, 4 working hours end on Tuesday at 11:30 there, 07:30 in Moscow."""
    manager = company.manager_of("Новосибирск")
    company.at("23.11.2026 16:30", "Asia/Novosibirsk")
    deal = company.new_deal(by=manager)
    company.settle()
    assert company.open_tasks(deal) == [f"Свяжитесь с клиентом → {company.user_name(manager)}, 24.11.2026 11:30"]
    assert company.task(deal, "Свяжитесь")["deadline"] == "2026-11-24T07:30:00+03:00"


def test_a_deal_moved_to_the_offer_too_early_comes_back_and_says_what_is_missing(company):
    """A-02."""
    mover = company.holder("HEAD_SOFT")
    deal = company.new_deal(company=company.any_company(), contact=company.any_contact())
    company.move(deal, "QUALIFY")
    company.settle()
    company.fill(deal, company=None, contact=None)
    company.settle()
    company.move(deal, "OFFER", by=mover)
    company.settle()

    missing = "Не заполнено: Компания, Контакт, Потребности клиента, Товарная группа, Категория клиента"
    assert company.stage(deal) == "QUALIFY"
    assert company.value(deal, "block") == missing
    assert "Подготовьте и отправьте КП" not in company.titles(deal, open_only=False)
    assert any(missing in text for text in company.notifications(mover))
    assert "Оцените клиента и потребности" in company.titles(deal), "the return closes nothing"


def test_a_qualified_client_gets_an_assessment_with_its_checklist(company, client):
    """SO-T2."""
    deal = company.new_deal(**client)
    company.settle()
    company.move(deal, "QUALIFY")
    company.settle()
    assert company.titles(deal) == ["Оцените клиента и потребности"]
    assert company.checklist(deal, "Оцените") == [
        "реквизиты/ИНН", "объём и сезонность", "ЛПР", "категория клиента", "нужны ли новые материалы", "нужна ли оценка логистики",
    ]  # fmt: skip
    assert company.value(deal, "stage_plan").date() == date(2026, 11, 26)


def test_new_materials_send_the_deal_to_the_designers_and_then_on_to_the_offer(company, client):
    """SO-T3, SO-T4: and R-16, a result that is missing is asked for."""
    deal = company.new_deal(**client, **QUALIFIED)
    company.move(deal, "QUALIFY")
    company.settle()
    company.fill(deal, so_newmat=True)
    company.settle()
    assert company.stage(deal) == "DESIGN"
    assert company.titles(deal) == ["Проработайте материалы и образец"]

    company.close_task(deal, "Проработайте")
    company.settle()
    assert company.stage(deal) == "DESIGN", "closed without its result: opened again"
    assert company.titles(deal) == ["Проработайте материалы и образец"]
    assert company.messages(deal, "Проработайте")[-1] == "Заполните в сделке: Документы по сделке"

    company.attach(deal, "Техописание.pdf")
    company.close_task(deal, "Проработайте")
    company.settle()
    assert company.stage(deal) == "OFFER"
    assert company.titles(deal) == ["Подготовьте и отправьте КП"]
    assert "Материалы проработаны" in "\n".join(company.comments(deal))


def test_a_deal_that_needs_logistics_goes_to_the_estimate_after_the_designers(company, client):
    """SO-T4."""
    deal = company.new_deal(**client, **QUALIFIED, so_newmat=True, so_needlog=True, address="Пермь, ул. Мира, 1")
    company.move(deal, "QUALIFY")
    company.move(deal, "DESIGN")
    company.attach(deal, "Техописание.pdf")
    company.settle()
    company.close_task(deal, "Проработайте")
    company.settle()
    assert company.stage(deal) == "ESTIMATE"


def test_new_materials_that_nobody_worked_on_keep_the_deal_from_the_offer(company, client):
    """The field says «Да»: the stage of the designers must have been visited."""
    deal = company.new_deal(**client, **QUALIFIED, so_newmat=True)
    company.move(deal, "QUALIFY")
    company.settle()
    company.move(deal, "OFFER")
    company.settle()
    assert company.stage(deal) == "QUALIFY"
    assert "Не пройдена стадия «Проработка материалов (КО)»" in company.value(deal, "block")


def test_the_offer_sent_waits_for_the_clients_answer(company, client):
    """SO-T8: pressed, closed, renewed and closed again acts again."""
    deal = company.deal_at_offer(client)
    company.close_task(deal, "Подготовьте и отправьте КП")
    company.settle()
    assert company.titles(deal) == ["Получите ответ по КП"]
    company.renew_task(deal, "Подготовьте и отправьте КП")
    company.settle()
    company.close_task(deal, "Подготовьте и отправьте КП")
    company.settle()
    assert company.titles(deal) == ["Получите ответ по КП", "Получите ответ по КП"]


def test_the_document_button_answers_and_can_be_pressed_again(company, client):
    """SO-T8: a template that is not written yet is told of; the button is empty again after each press."""
    deal = company.deal_at_offer(client)
    for times in (1, 2):
        company.fill(deal, make_doc="Договор субподряда")
        company.settle()
        answers = [text for text in company.comments(deal) if "Шаблон «Договор субподряда» ещё не подготовлен" in text]
        assert len(answers) == times
        assert company.value(deal, "make_doc") is None


def test_an_automation_rule_asks_for_the_same_document_as_the_button(company, client):
    """SO-T8, R-23: the offer lies on the card."""
    deal = company.deal_at_offer(client)
    company.rule_asks("make_document", deal)
    company.settle()
    assert len(company.value(deal, "files")) == 1, company.comments(deal)
    company.fill(deal, make_doc="Коммерческое предложение")
    company.settle()
    assert len(company.value(deal, "files")) == 1, "nothing has changed"


@pytest.mark.slow
def test_a_refusal_closes_everything_and_its_head_finds_out_why(company, client):
    """SO-T19: and an unexplained one comes back."""
    deal = company.deal_at_offer(client)
    company.move(deal, "LOSE")
    company.settle()
    assert company.stage(deal) == "OFFER"
    assert company.value(deal, "block") == "Не заполнено: Причина отказа"

    company.fill(deal, lost="Другое")
    company.advance(minutes=2)
    company.move(deal, "LOSE")
    company.settle()
    assert company.stage(deal) == "OFFER"
    assert company.value(deal, "block") == "Не заполнено: Комментарий к отказу"

    company.fill(deal, lost="Цена")
    company.advance(minutes=2)
    company.move(deal, "LOSE")
    company.settle()
    assert company.stage(deal) == "LOSE"
    assert company.titles(deal) == ["Выясните причину отказа (контроль руководителя)"]


def test_a_changed_specification_after_the_contract_stage_is_shown_with_its_difference(company, client):
    """SO-T21."""
    deal = company.deal_in("CONTRACT", **client)
    company.set_rows(deal, ("Костюм «Монтажник»", "4200", "100"), ("Каска", "900", "10"))
    company.settle()
    before = len(company.comments(deal))
    company.set_rows(deal, ("Костюм «Монтажник»", "4200", "120"))
    company.settle()
    text = company.comments(deal)[before:][0]
    assert "Спецификация изменена" in text
    said = text.replace("\u00a0", " ")
    assert "• Костюм «Монтажник»: было 100 шт. по 4 200,00 ₽, стало 120 шт. по 4 200,00 ₽" in said
    assert "• Каска: убрано, было 10 шт. по 900,00 ₽" in said


def test_a_valid_framework_contract_is_found_for_a_new_request(company, client):
    """SO-T1."""
    contract = company.new_deal(
        "REGISTRY", "CONTRACT", title="Договор № Д-2026-017", company=client["company"], doc_frame=True, doc_state="Действует",
        doc_end=date(2027, 3, 31), doc_no="Д-2026-017", doc_date=date(2026, 3, 31), by=company.holder("LAWYER"),
    )  # fmt: skip
    deal = company.new_deal(**client)
    company.settle()
    assert company.value(deal, "contract") == contract
    assert company.comments(deal) == ["У клиента есть действующий рамочный договор: Договор № Д-2026-017."]


def test_a_contract_that_somebody_chose_for_a_new_request_stays(company, client):
    """SO-T1."""
    chosen = company.frame_contract(client["company"], doc_no="Д-2026-001")
    company.frame_contract(client["company"], doc_no="Д-2026-002")
    company.settle()
    deal = company.new_deal(**client, contract=chosen)
    company.settle()
    assert company.value(deal, "contract") == chosen
    assert company.comments(deal) == []


def test_a_silent_deal_reminds_its_manager_and_then_her_head(company, client):
    """SO-T20: 10 working days without anything, 5 more for the head; each once."""
    deal = company.deal_at_offer(client)
    manager, head = company.card(deal)["assignedById"], company.holder("HEAD_SOFT")
    company.at("08.12.2026 09:05")
    company.run_clock()
    assert any("ничего не происходит" in text for text in company.notifications(manager))
    assert not any("ничего не происходит" in text for text in company.notifications(head))
    company.at("15.12.2026 09:05")
    company.run_clock()
    assert any("ничего не происходит" in text for text in company.notifications(head))


@pytest.mark.seed("demo")
@pytest.mark.slow
def test_a_deal_from_before_go_live_that_is_silent_is_noticed_too(company):
    """SO-T20: silent for so long that its head hears of it at once."""
    deal = company.old_deal("QUALIFY")
    company.at("15.12.2026 09:05")
    company.run_clock()
    title = company.card(deal)["title"]
    assert any(
        title in text and "ничего не происходит" in text for text in company.notifications(company.holder("HEAD_SOFT"))
    )
