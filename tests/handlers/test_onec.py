"""Documents of 1C over HTTP: each comes to the card that it names, once, or 1C and the card hear why not."""

from datetime import date

import pytest
import sqlalchemy as sa

from engine import storage

DAY = date(2026, 11, 23)
PAYMENT = {"document": "p1", "date": "2026-11-23", "sum": "36000.00", "number": "117"}
UPD = {"number": "45", "date": "2026-11-23", "sum": "168000.00"}
SHIPPED = {
    "document": "s1",
    "date": "2026-11-23",
    "upd": UPD,
    "rows": [{"product": "Костюм «Монтажник»", "quantity": "40"}],
}
SPLIT = {"document": "r1", "rows": [{"product": "Костюм «Монтажник»", "stock": "100"}]}


@pytest.fixture
def order(company):
    """An order that stands at «Обеспечение заказа», with two planned shipments, an invoice and a contract in the register."""
    order = company.new_deal("SOFT", "SUPPLY", title="Спецодежда")
    company.settle()
    company.shipments = [company.new_deal("SOFT_SHIPMENT", parent=order) for _ in range(2)]
    company.settle()
    assert [company.value(one, "sh_no") for one in company.shipments] == [1, 2]
    company.register = {
        stage: company.new_deal("REGISTRY", stage, title=number, doc_no=number, doc_date=DAY, doc_source=order)
        for stage, number in (("INVOICE", "СЧ-2026/001"), ("CONTRACT", "Д-2026/117"))
    }
    company.fill(order, contract=company.register["CONTRACT"])
    company.settle()
    return order


def heard(company, deal: int) -> list[tuple[str, dict]]:
    """What a card was told, without who told it."""
    table = storage.changes
    told = sa.select(table.c.what).where(table.c.kind == "signal", table.c.deal_id == deal).order_by(table.c.seen_at)
    with company.engine.storage.read() as connection:
        found = list(connection.scalars(told))
    words = ("split", "shipped", "payment")
    left_out = ("name", "from", "depth")
    return [
        (one["name"], {name: value for name, value in one.items() if name not in left_out})
        for one in found
        if one["name"] in words
    ]


def refused(company, kind: str, content: dict) -> str:
    """Why the process refused a document that the door took."""
    assert company.onec(kind, content).status_code == 202
    company.settle()
    outcome = company.outcome(kind, content["document"])
    assert outcome["state"] == "refused"
    return outcome["text"]


def test_a_payment_by_the_invoice_comes_to_the_order_and_with_a_number_to_its_shipment(company, order):
    """SH-T8. Each was sent three times; the invoice is the register's."""
    for document, more in (("p1", {}), ("p2", {"shipment": 2, "number": "118"})):
        answers = [
            company.onec("payment", {**PAYMENT, "document": document, "invoice": "СЧ-2026/001", **more})
            for _ in range(3)
        ]
        assert [one.status_code for one in answers] == [202, 200, 200]
    company.settle()
    told = {"date": "2026-11-23", "sum": "36000.00", "source": "1С"}
    assert heard(company, order) == [("payment", {**told, "number": "117", "command": "payment/p1"})]
    assert heard(company, company.shipments[0]) == []
    assert heard(company, company.shipments[1]) == [("payment", {**told, "number": "118", "command": "payment/p2"})]


@pytest.mark.slow
def test_a_payment_by_the_contract_comes_to_its_one_order_at_work(company, order):
    company.new_deal("SOFT", "QUALIFY", contract=company.register["CONTRACT"])
    company.onec("payment", {**PAYMENT, "contract": "Д-2026/117"})
    company.settle()
    assert [name for name, _ in heard(company, order)] == ["payment"]

    other = company.new_deal("SOFT", "SHIPPING", title="Ещё заказ", contract=company.register["CONTRACT"])
    assert refused(company, "payment", {**PAYMENT, "document": "p2", "contract": "Д-2026/117"}) == (
        f"По договору Д-2026/117 найдено несколько сделок: Сделка №{order} «Спецодежда», Сделка №{other} «Ещё заказ». "
        "Укажите в deal номер карточки."
    )


@pytest.mark.slow
def test_a_shipment_comes_to_its_card_by_the_card_or_by_the_order_and_its_number(company, order):
    """SH-T5."""
    company.onec("shipment", {**SHIPPED, "deal": company.shipments[0], "waybill": {"number": "ТТН-7"}})
    company.onec("shipment", {**SHIPPED, "document": "s2", "invoice": "СЧ-2026/001", "shipment": 2})
    company.settle()
    told = {"date": "2026-11-23", "upd": UPD, "rows": SHIPPED["rows"], "sum": "168000.00"}
    assert heard(company, company.shipments[0]) == [
        ("shipped", {**told, "waybill": {"number": "ТТН-7"}, "command": "shipment/s1"})
    ]
    assert heard(company, company.shipments[1]) == [("shipped", {**told, "waybill": None, "command": "shipment/s2"})]


def test_a_split_comes_to_the_order(company, order):
    """SO-T13."""
    company.onec("split", {**SPLIT, "deal": order})
    company.settle()
    rows = [{"product": "Костюм «Монтажник»", "stock": "100", "make": "0", "buy": "0"}]
    assert heard(company, order) == [("split", {"rows": rows, "command": "split/r1"})]
    assert company.outcome("split", "r1")["state"] in ("done", "refused")


@pytest.mark.slow
def test_what_names_no_card_is_refused_with_what_to_write(company, order):
    missing = "Сделка по счёту СЧ-2026/999 не найдена: такого счёта нет в реестре документов. Проверьте номер или укажите deal."
    assert refused(company, "payment", {**PAYMENT, "invoice": "СЧ-2026/999"}) == missing
    text = refused(company, "payment", {**PAYMENT, "document": "p2", "deal": 99999})
    assert text == "Сделка №99999 не найдена. Проверьте deal: это номер карточки в Битрикс24."
    invoice = company.register["INVOICE"]
    text = refused(company, "split", {**SPLIT, "deal": invoice})
    assert (
        text
        == f"Сделка №{invoice} «СЧ-2026/001» — не заказ и не отгрузка. Укажите в deal номер карточки заказа или отгрузки."
    )
    assert company.failures() == []


@pytest.mark.slow
def test_where_the_card_is_known_the_refusal_stands_on_it_as_well(company, order):
    text = refused(company, "shipment", {**SHIPPED, "deal": order})
    assert (
        text
        == f"Сделка №{order} «Спецодежда»: в заказе не одна отгрузка (отгрузки: 1, 2). Укажите номер отгрузки в shipment."
    )
    assert company.comments(order)[-1] == f"1С: сообщение об отгрузке по УПД № 45 от 23.11.2026 не принято. {text}"

    text = refused(company, "payment", {**PAYMENT, "deal": order, "shipment": 3})
    assert (
        text
        == f"Сделка №{order} «Спецодежда»: в заказе нет отгрузки 3 (отгрузки: 1, 2). Укажите номер отгрузки в shipment."
    )
    assert company.comments(order)[-1] == f"1С: сообщение об оплате № 117 от 23.11.2026 не принято. {text}"

    first = company.shipments[0]
    text = refused(company, "split", {**SPLIT, "deal": first})
    assert "— отгрузка, а документ о заказе" in text
    assert text in company.comments(first)[-1]


def test_other_data_under_the_same_id_stand_on_the_card_once_and_change_nothing(company, order):
    payment = {**PAYMENT, "deal": company.shipments[0]}
    assert company.onec("payment", payment).status_code == 202
    assert [company.onec("payment", {**payment, "sum": "63000.00"}).status_code for _ in range(3)] == [409] * 3
    company.settle()
    said = [text for text in company.comments(company.shipments[0]) if text.startswith("1С прислала другие данные")]
    assert said == [
        "1С прислала другие данные по документу p1 (сообщение об оплате № 117 от 23.11.2026): сумма 63\u00a0000,00\u00a0₽ вместо "
        "36\u00a0000,00\u00a0₽. Ничего не изменено, действуют первые данные. Если верны новые, "
        "попросите бухгалтерию прислать их новым документом."
    ]
    assert [what["sum"] for _, what in heard(company, company.shipments[0])] == ["36000.00"]


@pytest.mark.slow
def test_a_payment_order_that_comes_under_another_id_is_refused_or_taken_with_a_warning(company):
    """E-SH-1, E-SH-2, E-SH-3: the second document is another one for the door, and the process decides."""
    order = company.order_in("SUPPLY")
    payment = {**PAYMENT, "deal": order}
    company.onec("payment", payment)
    company.settle()
    assert company.value(order, "payments") == ["23.11.2026; 36\u00a0000,00; 117; 1С"]
    assert company.outcome("payment", "p1")["state"] == "done"

    assert "Такой платёж уже внесён" in refused(company, "payment", {**payment, "document": "p2"})
    assert "ещё не наступила" in refused(company, "payment", {**payment, "document": "p3", "date": "2026-11-24"})
    company.onec("payment", {**payment, "document": "p4", "sum": "1000.00"})
    company.settle()
    assert company.outcome("payment", "p4")["state"] == "done"
    assert len(company.value(order, "payments")) == 2
    told = "\n".join(company.comments(order))
    assert "Такой платёж уже внесён" in told
    assert "Платёж с № п/п 117 уже есть" in told


@pytest.mark.slow
def test_a_document_whose_run_died_is_said_to_have_stopped_and_ends_when_it_is_retried(company):
    """R-18."""
    order = company.order_in("SUPPLY")
    company.portal.fault("refuse", method="crm.item.update", code="ERROR_CORE", description="Ошибка", status=400)
    company.onec("payment", {**PAYMENT, "deal": order})
    company.settle()
    outcome = company.outcome("payment", "p1")
    assert (outcome["state"], outcome["answered_at"]) == ("accepted", None)
    assert "Обработка остановлена ошибкой, администратор уведомлён" in outcome["text"]
    company.retry_failures()
    company.settle()
    assert company.outcome("payment", "p1")["state"] == "done"
    assert len(company.value(order, "payments")) == 1


@pytest.mark.slow
def test_a_card_deleted_meanwhile_is_said_to_be_so(company, order):
    with company.layer_down():
        company.onec("payment", {**PAYMENT, "deal": order})
        company.delete(order)
    company.settle()
    assert company.outcome("payment", "p1")["state"] == "refused"


@pytest.mark.seed("demo")
@pytest.mark.slow
def test_an_order_of_before_the_first_start_is_read_before_anything_is_counted(company):
    old = company.old_deal("QUALIFY")
    company.onec("payment", {**PAYMENT, "deal": old})
    company.settle()
    assert [name for name, _ in heard(company, old)] == ["payment"]
    with company.engine.storage.read() as connection:
        card = connection.execute(sa.select(storage.cards).where(storage.cards.c.deal_id == old)).one()
    assert card.version > 0
    assert card.rows is not None


def test_1c_says_who_is_away_and_is_refused_as_a_whole(company):
    """R-12: our own list, beside `flask absences load`."""
    row = {"employee": "Ким Виктория Александровна", "first": "2026-12-01", "last": "2026-12-14", "reason": "Отпуск"}
    wrong = {"employee": "Пупкин Василий", "first": "2026-12-14", "last": "2026-12-01"}
    kim, known = company.user("kim"), company.engine.people.absences
    assert refused(company, "absences", {"document": "a1", "rows": [row, wrong]}) == (
        "Отсутствия не приняты. rows[2]: сотрудника «Пупкин Василий» на портале нет. Впишите e-mail или фамилию и имя, как в "
        "Битрикс24. rows[2]: «С» 14.12.2026 позже, чем «По» 01.12.2026. Поменяйте даты местами."
    )
    assert known.of(kim) == []
    for document, said in (("a2", "Новых: 1, заменено прежних: 0."), ("a3", "Новых: 0, заменено прежних: 0.")):
        company.onec("absences", {"document": document, "rows": [row]})
        company.settle()
        assert company.outcome("absences", document)["text"] == f"Отсутствия приняты. {said}"
    assert [one.first for one in known.of(kim)] == [date(2026, 12, 1)]
    assert company.onec("absences", {"document": "a3", "rows": [{**row, "last": "2026-12-20"}]}).status_code == 409
    company.settle()
    assert company.failures() == []
