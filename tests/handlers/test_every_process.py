"""What happens to a card of any process, as people see it on the portal."""

from datetime import date, datetime, timedelta

import pytest


@pytest.fixture
def client(company):
    return {"company": company.any_company(), "contact": company.any_contact()}


def test_the_second_return_within_a_minute_leaves_the_card_and_asks_by_a_task(company):
    """R-07."""
    deal = company.new_deal()
    company.settle()
    company.move(deal, "QUALIFY")
    company.settle()
    assert company.stage(deal) == "NEW"
    company.move(deal, "QUALIFY")
    company.settle()
    assert company.stage(deal) == "QUALIFY"
    assert company.value(deal, "block") == "Не заполнено: Компания, Контакт"
    assert "Заполните обязательные поля" in company.titles(deal)
    assert "Оцените клиента и потребности" not in company.titles(deal, open_only=False)


def test_a_card_that_stayed_gets_the_tasks_of_its_stage_once_it_is_complete(company, client):
    """R-07: closing the task too early opens it again."""
    deal = company.new_deal(stage="QUALIFY")
    company.settle()
    company.close_task(deal, "Заполните")
    company.settle()
    assert company.titles(deal) == ["Заполните обязательные поля"]
    assert company.messages(deal, "Заполните") == ["Не заполнено: Компания, Контакт"]
    company.fill(deal, **client)
    company.close_task(deal, "Заполните")
    company.settle()
    assert company.titles(deal) == ["Оцените клиента и потребности"]
    assert company.value(deal, "block") is None


def test_a_card_made_on_a_later_stage_without_its_fields_stays_there_with_a_task(company):
    """R-07: it has no stage to go back to."""
    deal = company.new_deal(stage="QUALIFY")
    company.settle()
    assert company.stage(deal) == "QUALIFY"
    assert company.value(deal, "block") == "Не заполнено: Компания, Контакт"
    assert company.titles(deal, open_only=False) == ["Заполните обязательные поля"]


def test_what_a_new_card_brings_waits_until_it_is_complete(company, client):
    """R-07, R-25, R-26, LG-T1: whether the task is finished or the card goes on by itself."""
    parent, twin = company.new_deal(), company.twin_of(client["company"])
    company.settle()
    finished, moved_on = (
        company.new_deal("LOGISTICS", parent=parent, stage="WORK", by=company.holder("HEAD_LOGIST")) for _ in range(2)
    )
    company.settle()
    assert not company.value(parent, "children")
    assert company.titles(finished, open_only=False) == ["Заполните обязательные поля"]
    what = {"lg_from": "Москва", "lg_to": "Омск", "lg_cargo": "2 т", "lg_date": date(2026, 12, 10)}
    for card in finished, moved_on:
        company.fill(card, company=twin, **what)
    company.close_task(finished, "Заполните")
    company.move(moved_on, "ASK", by=company.holder("HEAD_LOGIST"))
    company.settle()
    assert sorted(company.value(parent, "children")) == [finished, moved_on]
    for card in finished, moved_on:
        assert {"Проверьте дубль контрагента", "Оцените перевозку"} <= {*company.titles(card, open_only=False)}
    assert company.stage(moved_on) == "ASK"
    assert company.failures() == []


def test_a_complete_card_loses_its_block_when_the_guard_passes(company, client):
    """R-07."""
    deal = company.new_deal()
    company.move(deal, "QUALIFY")
    company.settle()
    company.fill(deal, **client)
    company.move(deal, "QUALIFY")
    company.settle()
    assert company.stage(deal) == "QUALIFY"
    assert company.value(deal, "block") is None


def test_stages_jumped_over_are_checked_as_if_they_had_been_entered(company):
    """R-06: NEW → OFFER asks for what QUALIFY asks for, not for what the optional DESIGN does alone."""
    deal = company.new_deal()
    company.settle()
    company.move(deal, "OFFER")
    company.settle()
    assert company.value(deal, "block").startswith("Не заполнено: Компания, Контакт, Потребности клиента")


def test_a_stage_that_was_left_before_we_looked_does_not_act(company, client):
    """R-06: the visit counts in the history, its actions do not run."""
    deal = company.new_deal(**client, so_need="Костюмы", so_group="Спецодежда", so_class="A")
    company.settle()
    with company.layer_down():
        company.move(deal, "QUALIFY")
        company.move(deal, "OFFER")
    company.settle()
    assert company.titles(deal, open_only=False) == ["Свяжитесь с клиентом", "Подготовьте и отправьте КП"]


def test_going_back_cancels_later_tasks_and_coming_again_repeats_them(company, client):
    """R-08."""
    deal = company.deal_in("OFFER", **client)
    company.move(deal, "QUALIFY")
    company.settle()
    assert company.titles(deal) == ["Оцените клиента и потребности"]
    assert company.messages(deal, "Подготовьте") == ["Сделка возвращена на стадию «Оценка клиента и потребностей»"]
    company.move(deal, "OFFER")
    company.settle()
    assert company.titles(deal) == ["Подготовьте и отправьте КП (повтор 1)"]


def test_a_passed_stage_closes_its_tasks_and_people_are_told_why(company, client):
    """R-28."""
    deal = company.deal_in("QUALIFY", **client)
    company.fill(deal, so_need="Костюмы", so_group="Спецодежда", so_class="A")
    company.move(deal, "OFFER")
    company.settle()
    assert company.titles(deal) == ["Подготовьте и отправьте КП"]
    assert company.messages(deal, "Оцените") == ["Стадия пройдена"]


def test_only_a_head_or_the_commercial_director_opens_a_closed_deal_again(company, client):
    """R-09."""
    deal = company.deal_in("QUALIFY", **client, lost="Цена")
    company.move(deal, "LOSE")
    company.settle()
    company.move(deal, "QUALIFY")
    company.settle()
    assert company.stage(deal) == "LOSE"
    assert "может только руководитель отдела или коммерческий директор" in company.comments(deal)[-1]
    company.advance(minutes=2)
    company.move(deal, "QUALIFY", by=company.holder("COMMERCIAL_DIRECTOR"))
    company.settle()
    assert company.stage(deal) == "QUALIFY"


def test_a_deleted_deal_closes_its_tasks(company):
    """R-10."""
    deal = company.new_deal()
    company.settle()
    company.delete(deal)
    company.settle()
    assert company.titles(deal) == []
    assert company.messages(deal, "Свяжитесь") == ["Сделка удалена"]


def test_a_deletion_whose_event_was_lost_is_found_at_night(company):
    """R-10, R-19."""
    deal = company.new_deal()
    company.settle()
    company.portal.events(lose=1)
    company.delete(deal)
    company.settle()
    company.portal.events(lose=0)
    assert company.titles(deal) != []
    company.at("24.11.2026 03:31")
    company.run_clock()
    assert company.titles(deal) == []


def test_the_responsible_of_an_orphan_decides_what_becomes_of_it(company):
    """R-10, R-25."""
    parent = company.new_deal()
    company.settle()
    child = company.new_deal(
        "LOGISTICS", parent=parent, lg_from="Москва", lg_to="Омск", by=company.holder("HEAD_LOGIST")
    )
    company.settle()
    company.delete(parent)
    company.settle()
    assert company.comments(child) == ["Родительская сделка удалена"]
    assert "Решите судьбу сделки без родителя" in company.titles(child)


def test_a_parent_lists_a_child_that_a_person_made(company):
    """R-25."""
    parent = company.new_deal()
    company.settle()
    child = company.new_deal("LOGISTICS", parent=parent, by=company.holder("HEAD_LOGIST"))
    company.settle()
    assert company.value(parent, "children") == [child]


def test_a_parent_lists_the_children_that_people_give_it(company):
    """R-25: and no longer those that they take away."""
    first, second = company.new_deal(title="Первая"), company.new_deal(title="Вторая")
    child = company.new_deal("LOGISTICS", by=company.holder("HEAD_LOGIST"))
    company.settle()
    company.fill(child, parent=first)
    company.settle()
    assert company.value(first, "children") == [child]
    company.fill(child, parent=second)
    company.settle()
    assert company.value(first, "children") == []
    assert company.value(second, "children") == [child]


def test_the_tasks_of_a_dismissed_person_go_to_the_head(company):
    """R-11, A-17: tasks, cards, one digest."""
    manager = company.manager_of("Казань")
    deals = [company.new_deal(by=manager, title=f"Запрос {n}") for n in (1, 2)]
    company.settle()
    company.dismiss(manager)
    company.at("24.11.2026 02:01")
    company.run_clock()
    owners = {int(company.card(deal)["assignedById"]) for deal in deals}
    assert len(owners) == 1
    owner = owners.pop()
    assert owner != manager
    assert {int(company.task(deal, "Свяжитесь")["responsibleId"]) for deal in deals} == {owner}
    company.at("24.11.2026 12:00")
    company.run_clock()
    digests = [text for text in company.notifications(owner) if "дела уволенного сотрудника" in text]
    assert len(digests) == 1


@pytest.mark.seed("demo")
def test_cards_from_before_go_live_are_handed_over_too(company):
    """R-11: the seed's own deals, which nothing has happened to since."""
    deal = company.old_deal()
    manager = int(company.card(deal)["assignedById"])
    company.dismiss(manager)
    company.at("24.11.2026 02:01")
    company.run_clock()
    assert int(company.card(deal)["assignedById"]) != manager


def test_a_task_for_a_dismissed_person_is_never_made(company, client):
    """R-11: on every task creation."""
    deal = company.new_deal(**client)
    company.settle()
    manager = int(company.card(deal)["assignedById"])
    company.dismiss(manager)
    company.move(deal, "QUALIFY", by=1)
    company.settle()
    assert int(company.task(deal, "Оцените")["responsibleId"]) != manager


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param((("23.11.2026 21:40", 0), ("24.11.2026 07:59", 0), ("24.11.2026 08:00", 1)), id="for the morning"),
        pytest.param(
            (("28.11.2026 12:00", 0), ("30.11.2026 08:00", 1)), id="slept through until a Saturday, for Monday"
        ),
    ],
)
def test_a_notification_of_the_evening_waits(company, client, moments):
    """R-13: for the next hours in which people want to be told, also where the service was down when it might have left."""
    deal = company.new_deal()
    company.settle()
    company.at("23.11.2026 21:30")
    company.move(deal, "QUALIFY")
    company.settle()
    manager = int(company.card(deal)["assignedById"])
    for moment, told in moments:
        company.at(moment)
        company.settle()
        assert sum("возвращена" in text for text in company.notifications(manager)) == told, moment


def test_a_late_task_climbs_from_its_responsible_to_the_owner_of_the_process(company):
    """R-14: each step once; the card is marked."""
    deal = company.new_deal()
    company.settle()
    manager = int(company.card(deal)["assignedById"])
    head, owner = company.head_of(manager), company.holder("COMMERCIAL_DIRECTOR")
    due = company.deadline(deal, "Свяжитесь")

    company.at_moment(due + timedelta(minutes=20))
    company.run_clock()
    company.run_clock()
    assert sum("Просрочена задача «Свяжитесь с клиентом»" in text for text in company.notifications(manager)) == 1
    assert company.messages(deal, "Свяжитесь") == ["Срок задачи истёк."]

    company.at("24.11.2026 11:00")
    company.run_clock()
    assert any("ответственный" in text for text in company.notifications(head))
    assert company.value(deal, "overdue") is True
    assert head in [int(one) for one in company.task(deal, "Свяжитесь")["auditors"]]

    company.at("26.11.2026 10:00")
    company.run_clock()
    assert any("просрочена на 2 раб. дн." in text for text in company.notifications(owner))


def test_a_task_that_was_late_all_the_downtime_marks_its_card_as_well(company):
    """R-14, A-18: of the steps that were slept through only the last one is told, but the card is late all the same."""
    deal = company.new_deal()
    company.settle()
    with company.layer_down():
        company.at("26.11.2026 10:00")
    company.run_clock()
    owner = company.holder("COMMERCIAL_DIRECTOR")
    assert sum("просрочена на 2 раб. дн." in text for text in company.notifications(owner)) == 1
    assert company.value(deal, "overdue") is True


def test_a_moved_deadline_starts_the_steps_anew(company):
    """R-15."""
    deal = company.new_deal()
    company.settle()
    manager, due = int(company.card(deal)["assignedById"]), company.deadline(deal, "Свяжитесь")
    company.at_moment(due + timedelta(minutes=20))
    company.run_clock()
    company.move_deadline(deal, "Свяжитесь", due + timedelta(hours=1))
    company.settle()
    company.at_moment(due + timedelta(hours=1, minutes=20))
    company.run_clock()
    assert sum("Просрочена задача" in text for text in company.notifications(manager)) == 2
    assert company.moves(deal, "Свяжитесь") == (1, due)


def test_heads_find_what_is_late_in_the_morning(company):
    """R-14(e): once a working day."""
    deal = company.new_deal()
    company.settle()
    head = company.head_of(int(company.card(deal)["assignedById"]))
    company.at("24.11.2026 09:31")
    company.run_clock()
    company.run_clock()
    assert sum("Просроченных задач отдела: 1" in text for text in company.notifications(head)) == 1


def test_a_task_closed_without_its_result_three_times_is_told_to_the_head(company, client):
    """R-16."""
    deal = company.deal_in("DESIGN", **client)
    for _ in range(3):
        company.close_task(deal, "Проработайте")
        company.settle()
    designer = int(company.task(deal, "Проработайте")["responsibleId"])
    head = company.head_of(designer)
    assert any("закрыта без результата в третий раз" in text for text in company.notifications(head))
    assert company.messages(deal, "Проработайте").count("Заполните в сделке: Документы по сделке") == 2


def test_a_task_of_a_stage_that_was_left_meanwhile_is_not_opened_again(company, client):
    """R-16. Seen in a soak: the card had gone on and come back, and had the task anew."""
    deal = company.deal_in("DESIGN", **client)
    with company.layer_down():
        company.move(deal, "OFFER")
        company.move(deal, "DESIGN")
        company.close_task(deal, "Проработайте")
    company.settle()
    assert company.titles(deal) == ["Проработайте материалы и образец (повтор 1)"]
    assert company.stage(deal) == "DESIGN"


def test_a_deleted_task_comes_back_once_with_the_same_deadline(company):
    """R-17."""
    deal = company.new_deal()
    company.settle()
    due = company.deadline(deal, "Свяжитесь")
    company.delete_task(deal, "Свяжитесь")
    company.settle()
    assert company.titles(deal) == ["Свяжитесь с клиентом"]
    assert company.deadline(deal, "Свяжитесь") == due
    company.delete_task(deal, "Свяжитесь")
    company.settle()
    assert company.titles(deal) == []


def test_what_the_portal_refuses_is_told_to_the_administrator_and_on_the_card(company, client):
    """R-18: a dead letter; `flask retry` does it after all."""
    deal = company.new_deal(**client)
    company.settle()
    company.portal.fault("refuse", method="tasks.task.add", code="ERROR_CORE", status=400)
    company.move(deal, "QUALIFY")
    company.settle()
    assert "Не выполнено автоматически" in company.comments(deal)[-1]
    assert any("flask retry" in text for text in company.notifications(company.holder("ADMIN")))
    assert company.titles(deal) == []
    company.retry_failures()
    company.settle()
    assert company.titles(deal) == ["Оцените клиента и потребности"]


def test_a_busy_portal_only_delays(company, client):
    """R-18."""
    deal = company.new_deal(**client)
    company.settle()
    company.portal.fault("refuse", method="tasks.task.add", code="OVERLOAD_LIMIT", status=503, times=2)
    company.move(deal, "QUALIFY")
    company.settle()
    assert company.titles(deal) == ["Оцените клиента и потребности"]


def test_a_card_that_goes_to_another_funnel_closes_what_the_old_process_asked_for(company, client):
    """R-19: no event tells of it."""
    deal = company.deal_in("QUALIFY", **client)
    company.move_to_funnel(deal, "SERVICE", "NEW")
    company.settle()
    assert company.titles(deal) == []
    company.move_to_funnel(deal, "SOFT", "NEW")
    company.settle()
    assert company.titles(deal) == ["Свяжитесь с клиентом (повтор 1)"]


def test_overwriting_a_computed_field_is_answered_once(company):
    """R-22."""
    deal = company.new_deal()
    company.settle()
    company.fill(deal, so_logdays=5)
    company.settle()
    assert [
        text for text in company.comments(deal) if "рассчитывается автоматически: «Срок доставки, дней»" in text
    ] != []
    assert len(company.comments(deal)) == 1


def test_a_client_that_exists_twice_is_compared_by_the_responsible(company):
    """R-26."""
    first = company.any_company()
    twin = company.twin_of(first)
    deal = company.new_deal(company=twin)
    company.settle()
    assert "Проверьте дубль контрагента" in company.titles(deal)
    assert f"№{first}" in company.comments(deal)[0]


@pytest.mark.slow
def test_what_follows_from_a_card_of_that_client_asks_nobody_again(company):
    """R-26: the card of a document in the register."""
    deal = company.deal_in("OFFER", company=company.twin_of(company.any_company()))
    company.fill(deal, make_doc="Коммерческое предложение")
    company.settle()
    [document] = company.register(doc_source=deal)
    asked = [company.titles(card, open_only=False).count("Проверьте дубль контрагента") for card in (deal, document)]
    assert asked == [1, 0]


def test_the_deadline_counts_from_the_change_and_not_from_when_we_got_to_it(company, client):
    """Spec §1: the start is the moment on the portal."""
    with company.layer_down():
        deal = company.new_deal()
        made = datetime.fromisoformat(company.card(deal)["createdTime"])
        company.advance(hours=1)
    company.settle()
    assert company.deadline(deal, "Свяжитесь") == made.replace(second=0) + timedelta(hours=5)


def test_a_return_that_the_portal_refuses_is_asked_of_the_person(company):
    """R-07: the portal's own required fields may keep a card from going back."""
    deal = company.new_deal()
    company.settle()
    company.portal.fault(
        kind="refuse", method="crm.item.update", code="CRM_FIELD_ERROR_REQUIRED", status=400, description="Не заполнено"
    )
    company.move(deal, "QUALIFY")
    company.settle()
    assert company.stage(deal) == "QUALIFY"
    assert company.value(deal, "block").startswith("Портал не принял переход на стадию «Новая заявка»")
    assert company.failures() == []


def test_what_is_no_empty_field_is_told_in_its_own_words(company):
    """R-07, R-21: an amount that is not in roubles; nothing is left to fill in."""
    deal = company.new_deal("LOGISTICS", lg_from="Москва", lg_to="Омск", lg_cargo="2 т", lg_date=date(2026, 12, 1))
    company.settle()
    company.acts(1, "crm.item.update", {
        "entityTypeId": 2, "id": deal, "useOriginalUfNames": "Y", "fields": {"UF_CRM_SF_LG_COST": "500|USD"},
    })  # fmt: skip
    company.move(deal, "WORK")
    company.settle()
    assert company.stage(deal) == "NEW"
    assert company.value(deal, "block") == "Валюта не поддерживается: «Себестоимость» — 500 USD"
    assert any(text.endswith("500 USD. Исправьте это и переведите сделку ещё раз.") for text in company.comments(deal))
