"""SOFT from supply to its end, as people see it on the portal."""

from datetime import date

import pytest
import sqlalchemy as sa

from engine import storage
from tests.engine.ring import deliver

SUIT, DAY = "Костюм «Монтажник»", date(2026, 11, 23)


@pytest.fixture
def client(company):
    """A client company and its contact."""
    return {"company": company.any_company(), "contact": company.any_contact()}


def catalogue(company) -> tuple:
    """A specification of goods of the catalogue, and one row of free text."""
    return (
        ("Костюм летний «Бригада», тёмно-синий", "3850", "100", company.product("Костюм летний")),
        ("Полукомбинезон «Мастер»", "2190", "50", company.product("Полукомбинезон")),
        ("Рубашка форменная с длинным рукавом", "1890", "40", company.product("Рубашка форменная")),
        ("Нашивка по эскизу клиента", "100", "150"),
    )


def say_split(company, order: int, document: str, *rows: tuple[str, str, str, str]) -> None:
    """1C tells where each product comes from: (product, on stock, to be made, to be bought)."""
    names = ("product", "stock", "make", "buy")
    said = {"document": document, "deal": order, "rows": [dict(zip(names, row, strict=True)) for row in rows]}
    assert company.onec("split", said).status_code == 202
    company.settle()


THREE = (
    ("Костюм летний «Бригада», тёмно-синий", "40", "60", "0"),
    ("Полукомбинезон «Мастер»", "0", "50", "0"),
    ("Рубашка форменная с длинным рукавом", "0", "10", "30"),
)


# — supply —


def test_an_order_with_an_advance_is_split_and_its_advance_watched(company, client):
    """SO-T12: 5 working days after the invoice, by Moscow's clock."""
    order = company.order_in("SUPPLY", **client)
    support, accountant = company.task(order, "Разложите заказ")["responsibleId"], company.holder("ACCOUNTANT")
    assert company.open_tasks(order) == [
        f"Разложите заказ: склад / производство / поставщик (1С) → {company.user_name(int(support))}, 23.11.2026 15:00",
        f"Проконтролируйте поступление аванса → {company.user_name(accountant)}, 30.11.2026 18:00",
    ]
    assert "Аванс: 36\u00a0000,00\u00a0₽" in company.task(order, "Проконтролируйте")["description"]
    assert company.children(order, "PRODUCTION") == company.children(order, "PURCHASE") == []
    specification, invoice = company.register(doc_source=order)
    assert (company.stage(specification), company.stage(invoice)) == ("SPEC", "INVOICE"), (
        "the contract stage was skipped"
    )
    assert company.value(invoice, "doc_no").startswith("СЧ-2026/")
    assert len(company.value(order, "files")) == 2


@pytest.mark.slow
def test_an_order_taken_past_supply_is_split_and_its_advance_watched_all_the_same(company, client):
    """SO-T12 is mandatory (R-06)."""
    order = company.order_in("SHIPPING", **client)
    assert "Разложите заказ: склад / производство / поставщик (1С)" in company.titles(order)
    assert "Проконтролируйте поступление аванса" in company.titles(order)


@pytest.mark.slow
def test_e_so_4_an_order_taken_back_loses_the_tasks_of_supply_and_keeps_its_children(company, client):
    order = company.order_in("SUPPLY", **client, terms="Отсрочка N календарных дней")
    say_split(company, order, "r1", (SUIT, "40", "0", "60"))
    company.fill(order, sh_create=True)
    company.settle()
    children = company.children(order, "SOFT_SHIPMENT") + company.children(order, "PURCHASE")
    assert len(children) == 2
    assert company.titles(order) == ["Согласуйте график отгрузок с клиентом"]
    company.move(order, "QUALIFY")
    company.settle()
    assert company.titles(order) == ["Оцените клиента и потребности"]
    assert company.children(order, "SOFT_SHIPMENT") + company.children(order, "PURCHASE") == children

    company.move(order, "SUPPLY")
    company.settle()
    assert "Разложите заказ: склад / производство / поставщик (1С) (повтор 1)" in company.titles(order)


# — the split —


@pytest.mark.slow
def test_1c_splits_an_order_and_what_is_not_in_stock_is_ordered_by_family(company, client):
    """SO-T13, E-SO-8: one production card per section of the catalogue; free text is left to support."""
    order = company.order_in("SUPPLY", *catalogue(company), **client, terms="Отсрочка N календарных дней")
    say_split(company, order, "r0", *THREE)
    made = {
        company.card(one)["title"].rpartition(": ")[2]: company.rows(one)
        for one in company.children(order, "PRODUCTION")
    }
    assert made == {
        "Спецодежда": [
            ("Костюм летний «Бригада», тёмно-синий", "3850", "60"),
            ("Полукомбинезон «Мастер»", "2190", "50"),
        ],
        "Форменная одежда": [("Рубашка форменная с длинным рукавом", "1890", "10")],
    }
    [purchase] = company.children(order, "PURCHASE")
    assert company.rows(purchase) == [("Рубашка форменная с длинным рукавом", "1890", "30")]
    assert company.value(order, "so_split").splitlines() == [
        "Костюм летний «Бригада», тёмно-синий: склад 40 / производство 60 / поставщик 0",
        "Полукомбинезон «Мастер»: склад 0 / производство 50 / поставщик 0",
        "Рубашка форменная с длинным рукавом: склад 0 / производство 10 / поставщик 30",
        "Нашивка по эскизу клиента: склад 0 / производство 0 / поставщик 0 / вручную 150",
    ]
    assert any("разложите вручную: Нашивка по эскизу клиента" in text for text in company.comments(order))
    assert "Разложите заказ: склад / производство / поставщик (1С)" in company.titles(order), "the free text is left"
    assert "Согласуйте график отгрузок с клиентом" in company.titles(order)


@pytest.mark.slow
def test_e_so_8_support_splits_the_free_text_by_hand(company, client):
    """E-SO-8: what was ordered already is not ordered again."""
    order = company.order_in("SUPPLY", *catalogue(company), **client, terms="Отсрочка N календарных дней")
    say_split(company, order, "r0", *THREE)
    before, comments = len(company.children(order, "PRODUCTION")), len(company.comments(order))
    text = company.value(order, "so_split").replace("поставщик 0 / вручную 150", "поставщик 150")
    company.fill(order, so_split=text)
    company.settle()
    assert len(company.comments(order)) == comments, "the field is support's to fill in"
    company.close_task(order, "Разложите заказ")
    company.settle()
    assert len(company.children(order, "PRODUCTION")) == before
    assert [company.rows(one) for one in company.children(order, "PURCHASE")] == [
        [("Рубашка форменная с длинным рукавом", "1890", "30")],
        [("Нашивка по эскизу клиента", "100", "150")],
    ]


@pytest.mark.slow
def test_a_split_by_hand_that_does_not_fit_the_order_is_asked_for_again(company, client):
    """SO-T13, R-16: first nothing, then too little, then all of it."""
    order = company.order_in("SUPPLY", **client, terms="Отсрочка N календарных дней")
    company.close_task(order, "Разложите заказ")
    company.settle()
    assert company.messages(order, "Разложите заказ")[-1] == "Заполните в сделке: Разложение обеспечения"
    company.fill(order, so_split=f"{SUIT}: склад 40")
    company.close_task(order, "Разложите заказ")
    company.settle()
    assert company.messages(order, "Разложите заказ")[-1].endswith(f"{SUIT}: в заказе 100, разложено 40")
    company.fill(order, so_split=f"{SUIT}: склад 40 / производство 60")
    company.close_task(order, "Разложите заказ")
    company.settle()
    [made] = company.children(order, "PRODUCTION")
    assert company.rows(made) == [(SUIT, "1200", "60")]
    assert company.titles(order) == ["Согласуйте график отгрузок с клиентом"]


@pytest.mark.slow
def test_a_split_that_was_never_written_or_cannot_be_read_says_what_to_write(company, client):
    """SO-T13, R-16: the third time the task closes without its result."""
    order = company.order_in("SUPPLY", **client, terms="Отсрочка N календарных дней")
    for _ in range(3):
        company.close_task(order, "Разложите заказ")
        company.settle()
    assert company.failures() == []
    asked = f"Исправьте «Разложение обеспечения»: {SUIT}: в заказе 100, разложено 0"
    assert company.messages(order, "Разложите заказ")[-1] == asked
    company.fill(order, so_split="как получится")
    company.close_task(order, "Разложите заказ")
    company.settle()
    said = "«Разложение обеспечения», строка «как получится» не читается."
    assert company.messages(order, "Разложите заказ")[-1].startswith(said)


@pytest.mark.slow
def test_children_on_a_stage_that_nobody_knows_stop_nothing(company, client):
    """IT has added a stage to the funnel by hand, and moved a child to a funnel of its own."""
    order = company.order_in("SUPPLY", **client, terms="Отсрочка N календарных дней", lost="Цена")
    say_split(company, order, "r7", (SUIT, "40", "0", "60"))
    shipment, [purchase] = company.shipment_of(order), company.children(order, "PURCHASE")
    forget_the_stage(company, shipment)
    forget_the_stage(company, purchase)
    say_split(company, order, "r8", (SUIT, "30", "0", "70"))
    assert company.failures() == []
    assert [company.rows(one) for one in company.children(order, "PURCHASE")[1:]] == [[(SUIT, "1200", "10")]]

    company.move(order, "SHIPPING")
    company.move(order, "WON")
    company.settle()
    assert "«на стадии" not in company.comments(order)[-1]
    assert "на стадии не из настроек" in company.comments(order)[-1]
    strange = {"categoryId": 0, "stageId": "NEW"}
    company.acts(1, "crm.item.update", {"entityTypeId": 2, "id": purchase, "fields": strange})
    company.settle()
    company.advance(minutes=2)
    company.move(order, "LOSE")
    company.settle()
    assert company.failures() == []
    assert company.stage(order) == "LOSE"
    assert company.titles(purchase) == []


def forget_the_stage(company, card: int) -> None:
    """The card stands on a stage that is not in config."""
    with company.engine.storage.write() as tx:
        tx.execute(sa.update(storage.cards).where(storage.cards.c.deal_id == card).values(stage=None))


@pytest.mark.slow
def test_a_split_of_1c_that_does_not_fit_the_order_is_refused_on_the_card(company, client):
    order = company.order_in("SUPPLY", **client)
    say_split(company, order, "r2", (SUIT, "40", "50", "0"))
    refused = f"Разложение из 1С не принято: {SUIT}: в заказе 100, разложено 90."
    assert company.comments(order)[-1] == refused
    assert company.outcome("split", "r2")["state"] == "refused"
    assert company.value(order, "so_split") is None


@pytest.mark.slow
def test_production_and_purchase_wait_for_the_advance(company, client):
    """SO-T12, SO-T13: 36 000,00 is asked for; 10 000,00 is not enough."""
    order = company.order_in("SUPPLY", **client)
    say_split(company, order, "r3", (SUIT, "0", "60", "40"))
    assert company.children(order, "PRODUCTION") == company.children(order, "PURCHASE") == []
    assert "Производство и закупка начнутся, когда поступит аванс." in company.comments(order)
    company.pay(order, "10000", number="1")
    assert company.children(order, "PRODUCTION") == []
    company.pay(order, "26000", number="2")
    assert [company.rows(one) for one in company.children(order, "PRODUCTION")] == [[(SUIT, "1200", "60")]]
    assert [company.rows(one) for one in company.children(order, "PURCHASE")] == [[(SUIT, "1200", "40")]]
    assert "Проконтролируйте поступление аванса" not in company.titles(order)


@pytest.mark.slow
def test_only_the_commercial_director_lets_an_order_go_without_its_advance(company, client):
    """SO-T12, R-22."""
    order = company.order_in("SUPPLY", **client)
    say_split(company, order, "r4", (SUIT, "0", "100", "0"))
    company.fill(order, noadv=True)
    company.settle()
    assert not company.value(order, "noadv")
    assert company.children(order, "PRODUCTION") == []
    company.fill(order, noadv=True, by=company.holder("COMMERCIAL_DIRECTOR"))
    company.settle()
    assert company.value(order, "noadv")
    assert len(company.children(order, "PRODUCTION")) == 1


# — shipments —


@pytest.mark.slow
def test_the_button_makes_a_shipment_of_what_no_shipment_carries_yet(company, client):
    """SO-T14, E-SO-7: the second gets what is left, and where nothing is left none is made."""
    order = company.order_in("SUPPLY", **client, address="Пермь, ул. Мира, 1")
    company.fill(order, sh_create=True)
    company.settle()
    [first] = company.children(order, "SOFT_SHIPMENT")
    assert company.rows(first) == [(SUIT, "1200", "100")]
    for name in ("contract", "our", "terms", "terms_pct", "terms_days", "delivery_way", "address", "company"):
        assert company.value(first, name) == company.value(order, name), name
    assert not company.value(order, "sh_create")

    company.set_rows(first, (SUIT, "1200", "60"))
    company.settle()
    company.fill(order, sh_create=True)
    company.settle()
    [_, second] = company.children(order, "SOFT_SHIPMENT")
    assert company.rows(second) == [(SUIT, "1200", "40")]
    company.fill(order, sh_create=True)
    company.settle()
    assert len(company.children(order, "SOFT_SHIPMENT")) == 2
    assert company.comments(order)[-1] == "Отгрузка не создана: все товары заказа уже распределены по отгрузкам."


@pytest.mark.slow
def test_e_so_7_two_managers_press_at_once_and_one_shipment_is_made(company, client):
    order = company.order_in("SUPPLY", **client)
    managers = (company.holder("HEAD_SOFT"), company.holder("COMMERCIAL_DIRECTOR"))
    with company.layer_down():
        company.fill(order, sh_create=True, by=managers[0])
        company.fill(order, sh_create=True, by=managers[1])
    company.settle()
    company.fill(order, sh_create=True, by=managers[1])
    company.settle()
    assert [company.rows(one) for one in company.children(order, "SOFT_SHIPMENT")] == [[(SUIT, "1200", "100")]]


@pytest.mark.slow
def test_a_shipment_is_not_made_of_what_is_not_ordered_yet(company, client):
    deal = company.deal_at_offer(client)
    company.fill(deal, sh_create=True)
    company.settle()
    assert company.children(deal, "SOFT_SHIPMENT") == []
    assert "начиная со стадии «Обеспечение заказа»" in company.comments(deal)[-1]


@pytest.mark.slow
def test_shipments_agreed_without_any_make_the_whole_order_one(company, client):
    """SO-T14."""
    order = company.order_in("SUPPLY", **client)
    say_split(company, order, "r5", (SUIT, "100", "0", "0"))
    company.close_task(order, "Согласуйте график")
    company.settle()
    [shipment] = company.children(order, "SOFT_SHIPMENT")
    assert company.rows(shipment) == [(SUIT, "1200", "100")]


def deliver_to_the_client(company, shipment: int) -> None:
    """The goods leave, the client has them and has signed for them."""
    upd = company.new_deal("REGISTRY", "UPD", title="УПД", doc_no=f"У-{shipment}", by=company.holder("ACCOUNTANT"))
    company.fill(shipment, sh_fact=DAY, sh_upd=upd)
    company.settle()
    company.fill(shipment, sh_received=DAY, sh_signed=DAY)
    company.settle()
    assert company.stage(shipment) == "PAYMENT", company.value(shipment, "block")


@pytest.mark.slow
def test_an_order_follows_its_shipments_to_the_end(company, client):
    """SO-T15, SO-T17, SO-T18: the inspection of what saves from falling is offered."""
    order = company.order_in("SUPPLY", **client, terms="Отсрочка N календарных дней", so_group="СИЗ от падения")
    first = company.shipment_of(order, (SUIT, "1200", "60"))
    second = company.shipment_of(order, (SUIT, "1200", "40"))
    company.ship(first, DAY, until="READY")
    assert company.stage(order) == "SHIPPING"
    deliver_to_the_client(company, first)
    company.pay(first, "72000", number="1")
    assert company.stage(first) == "WON"
    assert company.stage(order) == "SHIPPING", "the rest is not shipped yet"
    company.ship(second, DAY, until="READY")
    deliver_to_the_client(company, second)
    assert company.stage(order) == "PAYMENT"
    company.pay(order, "48000", number="2")
    assert company.stage(second) == "WON"
    assert company.stage(order) == "WON"
    assert company.titles(order) == ["Предложите клиенту повторный заказ"]
    assert company.deadline(order, "Предложите").date() == date(2027, 1, 22)
    [service] = company.children(order, "SERVICE")
    assert company.stage(service) == "NEW"
    manager = company.card(order)["assignedById"]
    assert any("заказ отгружен и оплачен полностью" in text for text in company.notifications(manager))


@pytest.mark.slow
def test_e_so_5_an_order_won_by_hand_while_a_shipment_is_unpaid_comes_back_with_the_list(company, client):
    order = company.order_in("SHIPPING", **client, terms="Отсрочка N календарных дней")
    shipment = company.shipment_of(order)
    company.ship(shipment, DAY)
    mover = company.holder("HEAD_SOFT")
    company.move(order, "WON", by=mover)
    company.settle()
    assert company.stage(order) == "PAYMENT"
    text = company.comments(order)[-1]
    assert "Не все отгрузки оплачены" in text
    assert "долг 120\u00a0000,00\u00a0₽" in text
    assert any("Не все отгрузки оплачены" in text for text in company.notifications(mover))
    assert "Предложите клиенту повторный заказ" not in company.titles(order, open_only=False)


# — payments as the order shows them —


def sums(company, order: int) -> list[str]:
    """Shipped, paid, owed and paid ahead."""
    return [str(company.value(order, name) or "0.00") for name in ("so_shipped", "so_paid", "so_debt", "so_advance")]


@pytest.mark.slow
def test_e_so_3_a_payment_before_any_shipment_waits_on_the_order_and_goes_to_the_first_one(company, client):
    order = company.order_in("SUPPLY", **client)
    company.pay(order, "36000", number="1")
    assert sums(company, order) == ["0.00", "36000.00", "0.00", "36000.00"]
    shipment = company.shipment_of(order)
    assert str(company.value(shipment, "sh_paid")) == "36000.00"
    assert sums(company, order) == ["0.00", "36000.00", "0.00", "0.00"]


@pytest.mark.slow
def test_e_so_2_more_than_all_debts_is_an_advance_that_the_next_order_of_the_contract_is_offered(company, client):
    order = company.order_in("SUPPLY", **client, terms="Отсрочка N календарных дней")
    shipment = company.shipment_of(order)
    company.ship(shipment, DAY)
    company.pay(shipment, "124000", number="1")
    assert sums(company, order) == ["120000.00", "124000.00", "0.00", "4000.00"]
    contract = company.value(order, "contract")
    following = company.new_deal(**{**company.complete_order(**client), "contract": contract})
    company.set_rows(following, (SUIT, "1200", "10"))
    company.move(following, "SUPPLY")
    company.settle()
    said = f"По этому договору переплачено 4\u00a0000,00\u00a0₽ в сделке №{order}"
    assert any(said in text for text in company.comments(following))
    assert any(said in text for text in company.notifications(company.holder("ACCOUNTANT")))


# — a changed specification, a refusal —


@pytest.mark.slow
def test_a_specification_changed_in_the_middle_is_counted_anew(company, client):
    """SO-T21: what is left follows, and the specification has a second version under its number."""
    order = company.order_in("SUPPLY", **client)
    company.fill(order, sh_create=True)
    company.settle()
    specification, files = company.register(doc_source=order)[0], len(company.value(order, "files"))
    company.set_rows(order, (SUIT, "1200", "120"))
    company.settle()
    assert len(company.value(order, "files")) == files + 1
    assert any("(версия 2)" in name for name in company.files(order))
    assert str(company.value(specification, "doc_sum")) == "144000.00"
    assert company.value(order, "so_left") == f"{SUIT}: 20 шт."
    assert any("стало 120 шт. по 1\u00a0200,00" in text for text in company.comments(order))


@pytest.mark.slow
def test_a_refused_order_asks_those_who_lead_its_children(company, client):
    """SO-T19, E-SO-10: the reserve is cancelled, and the accountant returns or offsets what was paid."""
    order = company.order_in("SUPPLY", **client, lost="Цена")
    company.pay(order, "36000", number="1")
    say_split(company, order, "r6", (SUIT, "40", "0", "60"))
    shipment, [purchase] = company.shipment_of(order), company.children(order, "PURCHASE")
    company.move(shipment, "RESERVE")
    company.settle()
    company.move(order, "LOSE")
    company.settle()
    for child in (shipment, purchase):
        task = company.task(child, "Родительская сделка проиграна — отмените или перенесите")
        assert [one["id"] for one in company.tasks(child) if one["status"] != "5"] == [task["id"]]
        assert int(task["responsibleId"]) == company.card(child)["assignedById"]
    assert sorted(company.titles(order)) == [
        "Вернуть или зачесть аванс 36\u00a0000,00\u00a0₽", "Выясните причину отказа (контроль руководителя)",
    ]  # fmt: skip
    assert int(company.task(order, "Вернуть")["responsibleId"]) == company.holder("ACCOUNTANT")
    assert company.deadline(order, "Вернуть").date() == date(2026, 11, 26)


@pytest.mark.slow
def test_e_so_11_a_client_far_away_leaves_tasks_in_the_managers_zone(company, client):
    """E-SO-11: the manager sits in Novosibirsk, the goods go to Almaty."""
    manager = company.manager_of("Новосибирск")
    company.at("23.11.2026 16:30", "Asia/Novosibirsk")
    deal = company.new_deal(by=manager, **client, address="Казахстан, Алматы, пр. Абая, 1")
    company.settle()
    assert company.open_tasks(deal) == [f"Свяжитесь с клиентом → {company.user_name(manager)}, 24.11.2026 11:30"]


# — rings —


@pytest.mark.slow
def test_a_16_stage_and_sum_rung_in_reverse_order_and_one_twice(company, client):
    """A-16: one set of tasks, and the advance of the new sum."""
    order = company.order_in("OFFER", **client)
    seen = len([event for event in company.portal.events_done() if event["outcome"] == "lost"])
    company.portal.events(lose=1000)
    company.move(order, "SUPPLY")
    company.set_rows(order, (SUIT, "1200", "200"))
    company.portal.events(lose=0)
    stage, rows = [event for event in company.portal.events_done() if event["outcome"] == "lost"][seen:]
    for event in (rows, stage, rows):
        assert deliver(company, event) == 200
    company.settle()
    assert company.titles(order) == [
        "Разложите заказ: склад / производство / поставщик (1С)", "Проконтролируйте поступление аванса",
    ]  # fmt: skip
    assert company.card(order)["opportunity"] == 240000
    assert "Аванс: 72\u00a0000,00\u00a0₽" in company.task(order, "Проконтролируйте")["description"]
