"""LOGISTICS and the seller's side of an estimate (SO-T5…SO-T7), as people see them on the portal."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine import storage

ADDRESS = "г. Омск, ул. Мира, 5"
OWN = {"lg_mode": "Собственный транспорт"}
INPUTS = {"lg_from": "Москва, склад № 1"}
FIGURES = {"lg_cost": Decimal(48_000), "lg_price": Decimal(56_000), "lg_days": 6}
TAKEN = "Логистика: в работе у Рыбакова Антона."
WHOLE = {**INPUTS, **OWN, **FIGURES}


@pytest.fixture
def order(company):
    """A Soft order that waits for its estimate."""
    return company.deal_in("ESTIMATE", address=ADDRESS, ship_until=date(2026, 12, 20), so_needlog=True)


@pytest.fixture
def logist(company):
    return company.user("rybakov")


def estimate_of(company, order: int) -> int:
    return company.children(order, "LOGISTICS")[-1]


def lead_to(company, estimate: int, *stages: str, by: int, **fields: object) -> None:
    """A logist fills the card in and takes it through the stages."""
    company.fill(estimate, by=by, **fields)
    for stage in stages:
        company.move(estimate, stage, by=by)
        company.settle()
        assert company.stage(estimate) == stage, company.value(estimate, "block")


# — the request —


def test_the_logists_estimate_reaches_the_seller_with_who_made_it_and_in_how_many_hours(company, order, logist):
    """A-03: SO-T5, LG-T1, LG-T2, LG-T4, LG-T5, SO-T6."""
    (estimate,) = company.children(order, "LOGISTICS")
    seller = company.card(order)["assignedById"]
    assert company.stage(estimate) == "NEW"
    assert company.value(estimate, "lg_to") == ADDRESS
    assert company.value(estimate, "lg_date") == date(2026, 12, 20)
    assert company.value(estimate, "lg_cargo") == "Костюм «Монтажник» — 100 шт; Каска — 10 шт"
    assert company.value(estimate, "so_need") == "Костюмы для монтажников"
    assert company.rows(estimate) == company.rows(order)
    assert company.value(order, "children") == [estimate]
    assert [line.partition(" → ")[0] for line in company.open_tasks(estimate)] == ["Оцените перевозку"]
    assert company.open_tasks(estimate)[0].endswith("25.11.2026 18:00"), "two working days"

    company.at("23.11.2026 12:00")
    lead_to(company, estimate, "WORK", by=logist, **INPUTS)
    assert company.card(estimate)["assignedById"] == logist
    assert company.open_tasks(estimate) == [f"Оцените перевозку → {company.user_name(logist)}, 25.11.2026 18:00"]
    assert TAKEN in company.comments(order)

    lead_to(company, estimate, "APPROVE", by=logist, **OWN, lg_cost=Decimal(48_000))
    assert company.titles(estimate) == ["Оцените перевозку"], "48 000 is below the limit"
    assert any("согласование не требуется" in text for text in company.comments(estimate))

    company.at("24.11.2026 11:00")
    lead_to(company, estimate, "READY", by=logist, lg_price=Decimal(56_000), lg_days=6)
    assert company.titles(estimate) == []
    assert company.value(estimate, "lg_valid") == date(2026, 12, 8), "two weeks, as nobody has said another day"
    assert company.stage(order) == "ESTIMATED"
    assert company.value(order, "so_logcost") == Decimal("56000.00")
    assert company.value(order, "so_logdays") == 6
    said = "Оценка логистики готова: 56\u00a0000,00\u00a0₽, 6 дн."
    hours = f"Логист: {company.user_name(logist)}. Рабочих часов от запроса до готовности: 9."
    assert f"{said} {hours}" in company.comments(order)
    assert any(said in text for text in company.notifications(seller))


def test_e_lg_4_the_estimate_of_a_logist_on_leave_is_made_by_who_is_there_else_by_the_deputy(company, order, logist):
    """E-LG-4. Of several logists one who is there; of one alone the deputy, until the same day, and the logist watches."""
    company.on_leave("rybakov", "23.11.2026", "06.12.2026")
    company.on_leave("komarova", "20.11.2026", "25.11.2026")
    (estimate,) = company.children(order, "LOGISTICS")
    assert company.open_tasks(estimate) == ["Оцените перевозку → Рыбаков Антон, 25.11.2026 18:00"], "it was set before"
    company.fill(order, lg_new=True)
    company.settle()
    another = estimate_of(company, order)
    assert company.open_tasks(another) == ["Оцените перевозку → Гусев Олег, 25.11.2026 18:00"]
    assert company.card(another)["assignedById"] == company.user("gusev")

    far = company.new_deal("LOGISTICS", by=company.holder("HEAD_LOGIST"), city="Новосибирск")
    company.settle()
    head = company.user("vinogradov")
    assert company.open_tasks(far) == [f"Оцените перевозку → {company.user_name(head)}, 25.11.2026 14:00"]
    assert [int(one) for one in company.task(far, "Оцените")["auditors"]] == [company.user("komarova")]
    whole = {"lg_to": ADDRESS, "lg_cargo": "20 мест", "lg_date": date(2026, 12, 20)}
    lead_to(company, far, "WORK", by=head, **INPUTS, **whole)
    assert company.card(far)["assignedById"] == head, "the deputy takes it up"


@pytest.mark.slow
def test_an_order_without_an_address_is_not_sent_to_logistics(company):
    """SO-T5: GUARD."""
    deal = company.deal_in("QUALIFY")
    company.move(deal, "ESTIMATE")
    company.settle()
    assert company.stage(deal) == "QUALIFY"
    assert company.value(deal, "block") == "Не заполнено: Адрес доставки"
    assert company.children(deal, "LOGISTICS") == []


@pytest.mark.slow
def test_an_order_that_the_layer_sends_on_without_an_address_asks_its_manager(company):
    """SO-T4, R-07: nobody moved it, so whose card it is hears of it."""
    deal = company.deal_in("DESIGN", so_newmat=True, so_needlog=True)
    company.attach(deal, "Техописание.pdf")
    company.settle()
    company.close_task(deal, "Проработайте")
    company.settle()
    assert company.stage(deal) == "DESIGN"
    manager = company.card(deal)["assignedById"]
    assert any("Не заполнено: Адрес доставки" in text for text in company.notifications(manager))


@pytest.mark.slow
def test_an_estimate_that_is_needed_is_made_although_the_card_went_on_at_once(company):
    """SO-T5: [обяз. if NEEDLOG]; and urgent ones have four hours (LG-1)."""
    deal = company.deal_in("QUALIFY", address=ADDRESS, so_needlog=True, lg_urgent=True)
    company.move(deal, "ESTIMATE")
    company.move(deal, "OFFER")
    company.settle()
    assert company.stage(deal) == "OFFER"
    (estimate,) = company.children(deal, "LOGISTICS")
    (task,) = company.open_tasks(estimate)
    assert task.endswith("23.11.2026 15:00")


@pytest.mark.slow
def test_a_logist_who_begins_with_the_task_has_the_card(company, order):
    """LG-T2: said once, also when she moves the card later."""
    estimate, logist = estimate_of(company, order), company.user("gusev")
    company.start_task(estimate, "Оцените перевозку", by=logist)
    company.settle()
    said = "Логистика: в работе у Гусева Олега."
    assert company.card(estimate)["assignedById"] == logist
    assert company.comments(order).count(said) == 1
    lead_to(company, estimate, "WORK", by=logist, **INPUTS)
    assert company.comments(order).count(said) == 1


# — what the stages ask for —


@pytest.mark.slow
def test_a_contractor_needs_quotes_that_can_be_read_and_a_card_in_the_directory(company, order, logist):
    """LG-T4: GUARD, unless it is our own transport."""
    estimate, client = estimate_of(company, order), company.any_company()
    lead_to(company, estimate, "WORK", by=logist, **INPUTS)
    company.fill(
        estimate, by=logist, lg_mode="Подрядчик", lg_cost=Decimal(0), lg_quotes=["Север; дорого"], lg_carrier=client
    )
    company.move(estimate, "APPROVE", by=logist)
    company.settle()
    assert company.stage(estimate) == "WORK"
    block = company.value(estimate, "block")
    assert "Себестоимость равна нулю: напишите в комментарии к карточке почему" in block
    assert "Предложения подрядчиков: «Север; дорого»" in block
    assert "не отмечен вид «Перевозчик» или «Подрядчик»" in block

    company.advance(minutes=2)
    company.write_comment(estimate, "Попутный груз, бесплатно", by=logist)
    lead_to(company, estimate, "APPROVE", by=logist, **OWN, lg_quotes=[], lg_carrier=None)


@pytest.mark.slow
def test_e_lg_3_a_contractor_without_inn_may_be_quoted_but_not_chosen(company, order, logist):
    """E-LG-3: and its quote is known at the next request on the route (LG-T1)."""
    estimate, north = estimate_of(company, order), company.new_contractor("ТК Север", inn="")
    south = company.new_contractor("ТК Юг", kind="Подрядчик")
    offers = ["ТК Север; 45 000; 5; 23.11.2026; без экспедитора", "ТК Юг; 48 000,50; 6 дн; 22.11.2026"]
    lead_to(company, estimate, "WORK", by=logist, **INPUTS)
    company.fill(estimate, by=logist, lg_mode="ТК", lg_cost=Decimal(45_000), lg_quotes=offers, lg_carrier=north)
    company.move(estimate, "APPROVE", by=logist)
    company.settle()
    assert company.stage(estimate) == "WORK"
    assert "У подрядчика «ТК Север» нет ИНН" in company.value(estimate, "block")

    company.advance(minutes=2)
    lead_to(company, estimate, "APPROVE", by=logist, lg_carrier=south, lg_cost=Decimal("48000.50"))
    kept = quotes(company, estimate)
    assert [(q.company, q.route_from, q.route_to, q.mode, q.price, q.days, q.date, q.chosen) for q in kept] == [
        (north, "Москва", "Омск", "ТК", "45000.00", 5, "2026-11-23", False),
        (south, "Москва", "Омск", "ТК", "48000.50", 6, "2026-11-22", True),
    ]

    other = company.deal_in("ESTIMATE", address="Омск, пр. Ленина, 12")
    (comment,) = [text for text in company.comments(estimate_of(company, other)) if "Последние предложения" in text]
    assert comment.splitlines()[1:] == [
        "• ТК Север: 45\u00a0000,00\u00a0₽, 5 дн., из: Москва, 23.11.2026",
        "• ТК Юг: 48\u00a0000,50\u00a0₽, 6 дн., из: Москва, 22.11.2026 (выбран)",
    ]


def quotes(company, estimate: int) -> list[sa.Row]:
    table = storage.quotes
    with company.engine.storage.read() as connection:
        return connection.execute(sa.select(table).where(table.c.deal == estimate).order_by(table.c.number)).all()


@pytest.mark.slow
def test_a_dear_transport_is_agreed_to_by_the_head_and_then_ready_by_itself(company, order, logist):
    """LG-T3, LG-T4, LG-T5: skipping the stage does not skip the consent; a cost that grows needs another one."""
    estimate, head = estimate_of(company, order), company.holder("HEAD_LOGIST")
    lead_to(company, estimate, "WORK", "ASK", by=logist, **{**WHOLE, "lg_cost": Decimal(60_000)})
    assert any(
        line.startswith(f"Есть ли свободная техника? → {company.user_name(head)}")
        for line in company.open_tasks(estimate)
    )
    company.move(estimate, "READY", by=logist)
    company.settle()
    assert company.stage(estimate) == "ASK"
    assert "Стоимость не согласована: переведите на стадию «На согласовании»" in company.value(estimate, "block")

    company.advance(minutes=2)
    lead_to(company, estimate, "APPROVE", by=logist, lg_price=None)
    assert any(
        line.startswith(f"Согласуйте стоимость → {company.user_name(head)}") for line in company.open_tasks(estimate)
    )
    company.close_task(estimate, "Согласуйте стоимость")
    company.settle()
    assert company.stage(estimate) == "APPROVE"
    assert any("Заполните «Цена для клиента»" in text for text in company.notifications(logist))

    company.fill(estimate, by=logist, lg_cost=Decimal(70_000), lg_price=Decimal(80_000))
    company.settle()
    assert company.titles(estimate) == ["Оцените перевозку", "Согласуйте стоимость"]
    company.close_task(estimate, "Согласуйте стоимость")
    company.settle()
    assert company.stage(estimate) == "READY"
    assert company.stage(order) == "ESTIMATED"


# — the seller's side —


@pytest.mark.slow
def test_e_lg_2_a_seller_who_has_gone_on_gets_the_figures_and_is_not_moved(company, order, logist):
    estimate = estimate_of(company, order)
    company.move(order, "OFFER")
    company.settle()
    lead_to(company, estimate, "WORK", "READY", by=logist, **WHOLE)
    assert company.stage(order) == "OFFER"
    assert company.value(order, "so_logcost") == Decimal("56000.00")


@pytest.mark.slow
def test_e_lg_1_there_is_no_second_estimate_until_the_first_is_closed_or_another_is_asked_for(company, order, logist):
    """E-LG-1: and SO-T7, an estimate that cannot be made says why and leaves the order where it is."""
    (first,) = company.children(order, "LOGISTICS")
    seller = company.card(order)["assignedById"]
    company.move(order, "QUALIFY")
    company.move(order, "ESTIMATE")
    company.settle()
    assert company.children(order, "LOGISTICS") == [first]

    company.fill(order, lg_new=True)
    company.settle()
    first, second = company.children(order, "LOGISTICS")
    assert company.card(second)["title"].startswith("Дополнительная оценка: ")
    assert not company.value(order, "lg_new")

    company.move(first, "IMPOSSIBLE", by=logist)
    company.settle()
    assert company.stage(first) != "IMPOSSIBLE", "without a reason"
    company.advance(minutes=2)
    for card in (first, second):
        company.fill(card, by=logist, lost_note="Нет дороги до объекта")
        company.move(card, "IMPOSSIBLE", by=logist)
    company.settle()
    assert company.stage(order) == "ESTIMATE"
    assert any(
        "«Не можем выполнить». Причина: Нет дороги до объекта." in text for text in company.notifications(seller)
    )
    assert company.titles(first) == []

    company.move(order, "QUALIFY")
    company.move(order, "ESTIMATE")
    company.settle()
    assert len(company.children(order, "LOGISTICS")) == 3


@pytest.mark.slow
def test_e_lg_5_a_deleted_estimate_leaves_the_order_where_it_is_and_the_button_makes_another(company, order):
    estimate = estimate_of(company, order)
    company.delete(estimate)
    company.settle()
    assert company.stage(order) == "ESTIMATE"
    assert any(f"Удалена дочерняя сделка №{estimate}" in text for text in company.comments(order))
    company.fill(order, lg_new=True)
    company.settle()
    (another,) = company.children(order, "LOGISTICS")
    assert company.card(another)["title"].startswith("Логистика: ")


@pytest.mark.slow
def test_e_lg_5_the_stage_makes_another_estimate_after_the_only_one_was_deleted(company, order):
    company.delete(estimate_of(company, order))
    company.settle()
    company.move(order, "QUALIFY")
    company.move(order, "ESTIMATE")
    company.settle()
    assert len(company.children(order, "LOGISTICS")) == 1


@pytest.mark.slow
def test_an_estimate_that_skips_its_last_stage_reaches_the_seller_all_the_same(company, order, logist):
    """SO-T6: taken from «На согласовании» to «Организация перевозки»."""
    estimate = estimate_of(company, order)
    lead_to(company, estimate, "WORK", "APPROVE", "MOVE", by=logist, **WHOLE, lg_valid=date(2026, 12, 8))
    assert company.stage(order) == "ESTIMATED"
    assert (company.value(order, "so_logcost"), company.value(order, "so_logdays")) == (Decimal("56000.00"), 6)
    assert company.titles(estimate) == ["Организуйте перевозку"]


@pytest.mark.slow
def test_an_estimate_that_was_ready_reaches_the_seller_once(company, order, logist):
    """SO-T6."""
    lead_to(company, estimate_of(company, order), "WORK", "READY", "MOVE", by=logist, **WHOLE)
    assert len([text for text in company.comments(order) if text.startswith("Оценка логистики готова")]) == 1


@pytest.mark.slow
def test_a_cost_in_another_currency_stops_nobody(company, order, logist):
    """R-21: the guard says it."""
    estimate = estimate_of(company, order)
    lead_to(company, estimate, "WORK", by=logist, **WHOLE)
    field = company.dictionary.field("LOGISTICS", "lg_cost").code
    company.acts(
        logist,
        "crm.item.update",
        {"entityTypeId": 2, "id": estimate, "fields": {field: "500|USD"}, "useOriginalUfNames": "Y"},
    )
    company.settle()
    company.move(estimate, "APPROVE", by=logist)
    company.settle()
    assert company.failures() == []
    assert company.stage(estimate) == "WORK"
    assert "Валюта не поддерживается" in company.value(estimate, "block")


@pytest.mark.slow
def test_a_price_has_ended_when_it_has_in_the_cards_city(company, logist):
    """R-20: in Novosibirsk it is tomorrow already."""
    order = company.deal_in("ESTIMATE", address=ADDRESS, city="Новосибирск")
    estimate = estimate_of(company, order)
    company.at("24.11.2026 01:00", "Asia/Novosibirsk")
    lead_to(company, estimate, "WORK", by=logist, **WHOLE, lg_date=date(2026, 12, 20), lg_valid=date(2026, 11, 23))
    company.move(estimate, "READY", by=logist)
    company.settle()
    assert company.stage(estimate) == "WORK"
    assert company.value(estimate, "block") == "«Цена действует до»: дата уже прошла, исправьте или очистите поле"


@pytest.mark.slow
def test_inputs_that_the_seller_changed_restart_the_estimate(company, order, logist):
    """LG-T9: those of the order, those of the card; the logist's own edits restart nothing."""
    estimate, seller = estimate_of(company, order), company.card(order)["assignedById"]
    lead_to(company, estimate, "WORK", by=logist, **INPUTS, lg_cargo="100 костюмов, 120 кг")
    company.settle()
    assert company.value(estimate, "lg_redone") is None

    company.at("25.11.2026 11:00")
    company.fill(order, address="г. Томск, ул. Новая, 1")
    company.settle()
    assert company.value(estimate, "lg_to") == "г. Томск, ул. Новая, 1"
    assert company.value(estimate, "lg_redone") == 1
    assert company.comments(estimate)[-1].startswith(
        "Изменены вводные (переоценка № 1):\n• «Куда»: было «г. Омск, ул. Мира, 5»"
    )
    assert company.open_tasks(estimate) == [f"Оцените перевозку → {company.user_name(logist)}, 27.11.2026 18:00"]

    company.fill(estimate, by=seller, lg_from="Тула", lg_date=date(2026, 12, 1))
    company.settle()
    assert company.value(estimate, "lg_redone") == 2, "one save is one change of mind"
    assert company.comments(estimate)[-1].splitlines()[1:] == [
        "• «Откуда»: было «Москва, склад № 1», стало «Тула»", "• «Нужная дата»: было 20.12.2026, стало 01.12.2026",
    ]  # fmt: skip

    company.set_rows(order, ("Костюм «Монтажник»", "4200", "300"))
    company.settle()
    company.fill(order, address=ADDRESS, ship_until=date(2027, 1, 20))
    company.settle()
    assert company.value(estimate, "lg_redone") == 4, "rows, and one save of two fields"
    assert company.value(estimate, "lg_to") == ADDRESS
    assert company.value(estimate, "lg_date") == date(2026, 12, 1), "the seller's own word on the card"
    assert company.value(estimate, "lg_cargo") == "100 костюмов, 120 кг", "the logist's own words stay"
    assert company.rows(estimate) == company.rows(order)


@pytest.mark.slow
def test_an_order_that_is_lost_takes_its_estimate_along(company, order, logist):
    """LG-T8."""
    estimate = estimate_of(company, order)
    lead_to(company, estimate, "WORK", by=logist, **INPUTS)
    company.fill(order, lost="Цена")
    company.move(order, "LOSE")
    company.settle()
    assert company.stage(estimate) == "LOSE"
    assert company.titles(estimate) == []


# — the transport —


@pytest.mark.slow
def test_a_shipment_that_is_delivered_ends_with_a_mark_and_what_it_cost(company, logist):
    """LG-T6, LG-T7: the contractor's rating is the mean of its last ten marks."""
    order = company.order_in("SUPPLY", delivery_way="ТК", address=ADDRESS)
    company.fill(order, lg_new=True)
    company.settle()
    estimate, south = estimate_of(company, order), company.new_contractor("ТК Юг")
    remember_marks(company, south, 1, *[5] * 9)
    chosen = {**WHOLE, "lg_mode": "ТК", "lg_quotes": ["ТК Юг; 48 000; 6"], "lg_carrier": south}
    lead_to(company, estimate, "WORK", "APPROVE", "READY", by=logist, **chosen)
    shipment = company.new_deal(
        "SOFT_SHIPMENT",
        title="Отгрузка 1",
        parent=order,
        delivery_way="ТК",
        sh_plan=date(2026, 12, 3),
        by=company.holder("SUPPORT"),
    )
    company.settle()
    company.move(order, "SHIPPING")
    company.settle()
    assert company.stage(estimate) == "MOVE", company.value(order, "block")
    assert company.open_tasks(estimate) == [f"Организуйте перевозку → {company.user_name(logist)}, 03.12.2026 18:00"]

    company.at("04.12.2026 12:00")
    company.fill(shipment, sh_received=date(2026, 12, 4))
    company.settle()
    company.tell(estimate, "delivered", day="2026-12-04")
    company.settle()
    assert "Оцените работу подрядчика" in company.titles(estimate)
    company.fill(estimate, by=logist, lg_mark=4)
    company.close_task(estimate, "Оцените работу подрядчика")
    company.settle()
    assert company.stage(estimate) == "MOVE", "what it cost is not known yet"
    company.fill(estimate, by=logist, lg_fact=Decimal("49500.50"))
    company.settle()
    assert company.stage(estimate) == "WON"
    said = "Перевозка завершена: фактическая стоимость 49\u00a0500,50\u00a0₽, по оценке 48\u00a0000,00\u00a0₽, разница +1\u00a0500,50\u00a0₽."
    assert said in company.comments(estimate)
    assert said in company.comments(order)
    assert company.company_value(south, "rating") == Decimal("4.9"), "nine fives and this four; the one was long ago"

    company.fill(estimate, by=logist, lg_mark=5)
    company.settle()
    assert company.company_value(south, "rating") == 5


def remember_marks(company, contractor: int, *marks: int) -> None:
    """Transports of earlier days and how the contractor did, the oldest first."""
    known = {
        "company": contractor,
        "contractor": "ТК Юг",
        "route_from": "Тула",
        "route_to": "Пермь",
        "mode": "ТК",
        "price": "9000.00",
    }
    known |= {"number": 1, "date": "2026-11-01", "chosen": True}
    day = company.portal.time() - timedelta(days=30)
    rows = [
        {**known, "deal": -number, "mark": mark, "marked_at": day + timedelta(hours=number)}
        for number, mark in enumerate(marks, start=1)
    ]
    with company.engine.storage.write() as tx:
        tx.execute(sa.insert(storage.quotes), rows)


@pytest.mark.slow
def test_a_transport_is_not_won_without_mark_and_cost_nor_begun_where_the_client_fetches(company, logist):
    """LG-T6: Самовывоз needs no transport; LG_MARK and LG_FACT are asked for on WON."""
    order = company.order_in("SUPPLY", address=ADDRESS)  # fetched
    company.fill(order, lg_new=True)
    company.settle()
    estimate, south = estimate_of(company, order), company.new_contractor("ТК Юг")
    company.new_deal(
        "SOFT_SHIPMENT", title="Отгрузка 1", parent=order, delivery_way="Самовывоз", by=company.holder("SUPPORT")
    )
    company.move(order, "SHIPPING")
    company.settle()
    lead_to(company, estimate, "WORK", "READY", by=logist, **WHOLE)
    assert company.stage(estimate) == "READY"
    lead_to(company, estimate, "MOVE", by=logist, lg_carrier=south)
    assert company.deadline(estimate, "Организуйте перевозку").date() == date(2026, 12, 21), (
        "the order's day is a Sunday"
    )
    company.move(estimate, "WON", by=logist)
    company.settle()
    assert company.stage(estimate) == "MOVE"
    assert company.value(estimate, "block") == "Не заполнено: Оценка подрядчика, 1–5, Фактическая стоимость"

    company.advance(minutes=2)
    company.fill(estimate, by=logist, lg_mark=5, lg_fact=Decimal(48_000))
    company.move(estimate, "WON", by=logist)
    company.settle()
    assert company.stage(estimate) == "WON", company.value(estimate, "block")
    assert [(one.contractor, one.mark) for one in quotes(company, estimate)] == [("ТК Юг", 5)]


@pytest.mark.slow
def test_the_transport_begins_with_a_later_shipment_that_is_brought(company, logist):
    """LG-T6: the order was shipping already, what the client fetches."""
    order = company.order_in(
        "SHIPPING", ("Костюм «Монтажник»", "1200", "100"), address=ADDRESS, terms="Отсрочка N календарных дней"
    )
    company.fill(order, lg_new=True)
    company.settle()
    estimate = estimate_of(company, order)
    lead_to(company, estimate, "WORK", "READY", by=logist, **WHOLE)
    assert company.stage(estimate) == "READY"
    shipment = company.shipment_of(order, delivery_way="ТК")
    assert company.stage(estimate) == "READY", "it is only planned"
    company.move(shipment, "RESERVE")
    company.settle()
    assert company.stage(shipment) == "RESERVE", company.value(shipment, "block")
    assert company.stage(estimate) == "MOVE"
