"""SOFT_SHIPMENT, from the plan to the last kopeck, as people see it on the portal."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from documents import checks

SUIT = "Костюм «Монтажник»"
SHIPPED_ON = date(2026, 11, 27)
CLAIM, RECONCILIATION = "Претензия о погашении задолженности", "Акт сверки взаимных расчётов"


@pytest.fixture
def order(company):
    """100 suits at 1 200,00: 30 % in advance, the rest 30 days after the shipment; the client fetches them."""
    return company.order_in("SUPPLY")


def money(company, deal: int, *names: str) -> list[Decimal]:
    """Sums of a card; an empty one is nought."""
    return [company.value(deal, name) or Decimal(0) for name in names]


def test_acceptance_a04_and_a05_a_payment_covers_what_is_due_first(company, order):
    """A-04, A-05, with exactly their numbers; and what exceeds the order waits for the advance of the next shipment."""
    first = company.shipment_of(order, (SUIT, "1200", "60"))
    company.at("24.11.2026 11:00")
    company.pay(order, "36000", date(2026, 11, 24), "117")
    company.at("27.11.2026 10:00")
    company.ship(first, SHIPPED_ON)

    assert company.stage(first) == "TRANSIT"
    assert company.value(first, "sh_sched").replace("\u00a0", " ").splitlines()[1] == "28.12.2026; 50 400,00; 36 000,00"
    assert company.value(first, "sh_sched").replace("\u00a0", " ").splitlines()[0].endswith("; 21 600,00; 0,00")
    assert money(company, first, "sh_sum", "sh_paid", "sh_debt") == [72000, 36000, 36000]
    assert company.value(first, "sh_due") == date(2026, 12, 28)
    assert money(company, order, "so_shipped", "so_paid", "so_debt", "so_advance") == [72000, 36000, 36000, 0]

    company.at("11.12.2026 12:00")
    company.pay(order, "40000", date(2026, 12, 11), "118")
    assert money(company, first, "sh_paid", "sh_debt") == [72000, 0]
    assert money(company, order, "so_paid", "so_debt", "so_advance") == [76000, 0, 4000]

    second = company.shipment_of(order, (SUIT, "1200", "40"))
    assert money(company, second, "sh_sum", "sh_paid", "sh_debt") == [48000, 4000, 0]
    assert company.value(second, "sh_sched").replace("\u00a0", " ").splitlines()[0].endswith("; 14 400,00; 10 400,00")
    assert money(company, order, "so_debt", "so_advance") == [0, 0]
    assert company.value(order, "so_left") is None
    assert not company.value(second, "sh_overdays"), (
        "received 76 000,00 ≥ the order's advance 36 000,00: nothing is late"
    )
    assert company.failures() == []


@pytest.mark.slow
def test_e_sh_5_a_payment_of_more_than_the_shipment_goes_to_the_oldest_unpaid_one_and_then_to_the_order(company, order):
    """C-05: paid on the second shipment, it covers that one, then the first, then nobody."""
    first = company.shipment_of(order, (SUIT, "1200", "60"))
    second = company.shipment_of(order, (SUIT, "1200", "40"))
    company.pay(second, "100000", number="5")
    assert money(company, second, "sh_paid") == [48000]
    assert money(company, first, "sh_paid") == [52000]
    company.pay(first, "25000", number="6")
    assert money(company, first, "sh_paid") == [72000]
    assert money(company, order, "so_paid", "so_advance", "so_debt") == [125000, 5000, 0]


@pytest.mark.slow
def test_an_invoice_counts_however_the_portal_spells_the_link_to_its_order(company, order):
    """C-04. «12» and «D_12» are one deal: the advance is due by the day of the invoice, not by that of the supply."""
    invoice = company.new_deal("REGISTRY", "INVOICE", title="Счёт", doc_no="1", doc_date=date(2026, 11, 2))
    link = {"entityTypeId": 2, "id": invoice, "fields": {"UF_CRM_SF_DOC_SOURCE": str(order)}, "useOriginalUfNames": "Y"}
    company.acts(1, "crm.item.update", link)
    shipment = company.shipment_of(order)
    first = company.value(shipment, "sh_sched").splitlines()[0]
    assert date(2026, 11, 2) <= datetime.strptime(first[:10], "%d.%m.%Y").date() < date(2026, 11, 20), first


# — planned —


@pytest.mark.slow
def test_e_so_1_shipments_are_numbered_and_more_than_was_ordered_is_not_reserved(company, order):
    """SH-T1, SH-T2: 60 and 50 of 100; told at once, blocked at the reserve, let through by a tolerance of 10 %."""
    first = company.shipment_of(order, (SUIT, "1200", "60"))
    assert company.value(order, "so_left") == f"{SUIT}: 40 шт."
    second = company.shipment_of(order, (SUIT, "1200", "50"))
    title = company.card(order)["title"]
    assert [company.card(one)["title"] for one in (first, second)] == [f"{title} / отгрузка 1", f"{title} / отгрузка 2"]
    assert [company.value(one, "sh_no") for one in (first, second)] == [1, 2]
    assert company.value(first, "sh_sched").endswith("; 50\u00a0400,00; 50\u00a0400,00"), (
        "foreseen from the planned day"
    )
    assert "Отгрузка превышает заказ на 10 шт." in company.comments(second)

    company.move(first, "RESERVE")
    company.move(second, "RESERVE")
    company.settle()
    assert company.stage(first) == "RESERVE"
    assert company.titles(first) == ["Зарезервируйте и скомплектуйте"], "fetched by the client: no transport"
    assert company.stage(second) == "NEW"
    assert company.value(second, "block") == "Отгрузка превышает заказ на 10 шт"
    company.fill(order, so_toler=Decimal(10))
    company.advance(minutes=2)
    company.move(second, "RESERVE")
    company.settle()
    assert company.stage(second) == "RESERVE"

    company.delete(first)
    company.settle()
    assert company.value(order, "so_left") == f"{SUIT}: 50 шт.", "R-10"
    third = company.shipment_of(order, (SUIT, "1200", "10"))
    assert company.value(third, "sh_no") == 3, "a number is not used again"


@pytest.mark.slow
def test_nothing_is_reserved_under_a_contract_that_has_ended(company, order):
    """RG-T13."""
    contract = company.frame_contract(
        company.value(order, "company"), doc_no="Д-2025-001", doc_state="Истёк", until=date(2026, 11, 20)
    )
    shipment = company.shipment_of(order, contract=contract)
    company.move(shipment, "RESERVE")
    company.settle()
    assert company.stage(shipment) == "NEW"
    assert "Договор истёк: новые отгрузки заблокированы" in company.value(shipment, "block")


@pytest.mark.slow
def test_goods_that_must_be_paid_first_wait_for_the_money_or_for_the_commercial_director(company):
    """SH-T3, SH-T4, R-22."""
    order = company.order_in("SUPPLY", terms="100% предоплата", terms_pct=None, terms_days=None)
    manager, director = company.card(order)["assignedById"], company.holder("COMMERCIAL_DIRECTOR")
    first = company.shipment_of(order, (SUIT, "1200", "60"))
    second = company.shipment_of(order, (SUIT, "1200", "40"))
    for shipment in (first, second):
        company.ship(shipment, SHIPPED_ON, until="READY")
        assert company.stage(shipment) == "READY"
        assert "Отгрузка не оплачена" in company.comments(shipment)
        assert company.titles(shipment) == []
    assert sum("Отгрузка не оплачена" in text for text in company.notifications(manager)) == 2

    company.fill(first, by=manager, sh_allow=True)
    company.settle()
    assert not company.value(first, "sh_allow"), "only the commercial director may"
    assert "может изменить только коммерческий директор" in company.comments(first)[-1]
    assert company.titles(first) == []
    company.fill(first, by=director, sh_allow=True)
    company.settle()
    assert company.open_tasks(first) == [
        f"Отгрузите и оформите УПД → {company.user_name(company.holder('WAREHOUSE'))}, 27.11.2026 18:00"
    ]

    company.pay(order, "120000", number="9")
    assert company.titles(first) == company.titles(second) == ["Отгрузите и оформите УПД"], "asked once"


# — on its way —


@pytest.mark.slow
def test_a_shipment_goes_its_whole_way(company):
    """SH-T2…SH-T8: by a carrier, paid 10 days after receipt."""
    order = company.order_in(
        "SUPPLY", terms="N дней после получения", terms_pct=None, terms_days=10, delivery_way="ТК", address="Омск"
    )
    company.fill(order, so_logdays=4)
    shipment = company.shipment_of(order)
    support = company.card(shipment)["assignedById"]
    company.move(shipment, "RESERVE")
    company.settle()
    assert company.titles(shipment) == ["Зарезервируйте и скомплектуйте", "Закажите доставку"]
    company.close_task(shipment, "Зарезервируйте")
    company.settle()
    assert company.stage(shipment) == "RESERVE"
    company.close_task(shipment, "Закажите доставку")
    company.settle()
    assert company.stage(shipment) == "READY"

    company.at("27.11.2026 15:00")
    company.fill(shipment, sh_fact=SHIPPED_ON)
    company.settle()
    assert company.stage(shipment) == "READY"
    assert "не заполнено: Номер ТТН / накладной ТК" in company.comments(shipment)[-1]
    company.fill(shipment, sh_ttn="ТТН-77")
    company.settle()
    assert company.stage(shipment) == "TRANSIT"
    assert company.open_tasks(shipment) == [
        f"Подтвердите получение клиентом → {company.user_name(support)}, 01.12.2026 18:00"
    ]
    assert company.value(shipment, "sh_upd")
    assert any("в реестр" in text and "ТТН-77" in text for text in company.comments(shipment))
    assert "НДС 22% — 21\u00a0639,34\u00a0₽" in "\n".join(company.comments(shipment))
    assert company.value(shipment, "sh_sched") == "после получения; 120\u00a0000,00; 120\u00a0000,00"

    company.at("30.11.2026 10:00")
    company.fill(shipment, sh_received=date(2026, 11, 30))
    company.settle()
    assert company.stage(shipment) == "DOCS"
    assert company.titles(shipment) == ["Верните подписанный УПД"]
    assert company.value(shipment, "sh_due") == date(2026, 12, 10)
    company.sign_upd(shipment, date(2026, 12, 1))
    assert company.stage(shipment) == "PAYMENT"
    assert company.value(shipment, "sh_signed") == date(2026, 12, 1)
    assert company.open_tasks(shipment) == [
        f"Напомните клиенту об оплате → {company.user_name(company.card(order)['assignedById'])}, 07.12.2026 18:00"
    ]
    company.pay(shipment, "20000", number="1")
    assert company.stage(shipment) == "PAYMENT"
    assert company.titles(shipment) == ["Напомните клиенту об оплате"], "the same day is still to be paid"
    company.pay(shipment, "100000", number="2")
    assert company.stage(shipment) == "WON"
    assert company.titles(shipment) == []
    assert company.failures() == []


@pytest.mark.slow
def test_facts_that_come_in_the_wrong_order_give_the_same(company, order):
    """A-16: paid and signed before it is shipped, received with the day of shipment in one update."""
    shipment = company.shipment_of(order)
    company.pay(shipment, "120000", date(2026, 11, 20), "3")
    company.ship(shipment, SHIPPED_ON, until="READY")
    company.at("30.11.2026 10:00")
    company.fill(shipment, sh_signed=date(2026, 11, 30))
    company.settle()
    company.fill(shipment, sh_received=date(2026, 11, 30), sh_fact=SHIPPED_ON)
    company.settle()
    assert company.stage(shipment) == "WON"
    assert money(company, shipment, "sh_paid", "sh_debt") == [120000, 0]
    assert company.titles(shipment) == []
    assert company.failures() == []


@pytest.mark.slow
def test_e_sh_4_what_did_not_leave_returns_to_the_order(company, order):
    """1C shipped 40 of 60; the УПД has the number of 1C."""
    shipment = company.shipment_of(order, (SUIT, "1200", "60"))
    company.ship(shipment, SHIPPED_ON, until="READY")
    company.at("27.11.2026 12:00")
    rows = [{"product": SUIT, "quantity": "40"}]
    upd = {"number": "451", "date": "2026-11-27", "sum": "48000.00"}
    company.tell(shipment, "shipped", date="2026-11-27", upd=upd, waybill=None, rows=rows, sum="48000.00")
    company.settle()
    assert company.stage(shipment) == "TRANSIT"
    assert company.card(shipment)["title"].endswith("/ отгрузка 1 (частично)")
    assert company.rows(shipment) == [(SUIT, "1200", "40")]
    assert company.value(order, "so_left") == f"{SUIT}: 60 шт."
    assert money(company, shipment, "sh_sum") == money(company, order, "so_shipped") == [48000]
    assert company.value(company.value(shipment, "sh_upd"), "doc_no") == "451"
    assert company.titles(shipment) == ["Подтвердите получение клиентом"]


@pytest.mark.slow
def test_e_sh_7_what_is_shipped_does_not_become_planned_again(company, order):
    shipment = company.shipment_of(order)
    company.ship(shipment, SHIPPED_ON, until="PAYMENT")
    tasks = company.titles(shipment)
    company.move(shipment, "NEW")
    company.settle()
    assert company.stage(shipment) == "PAYMENT"
    assert "Товар отгружен 27.11.2026, отгрузка не может снова стать запланированной" in company.value(
        shipment, "block"
    )
    assert company.titles(shipment) == tasks


@pytest.mark.slow
def test_e_sh_8_a_shipment_whose_order_was_deleted_stays_and_is_counted_by_itself(company, order):
    """R-10."""
    shipment = company.shipment_of(order)
    company.delete(order)
    company.settle()
    assert "Решите судьбу сделки без родителя" in company.titles(shipment)
    company.pay(shipment, "20000", number="1")
    assert money(company, shipment, "sh_paid") == [20000]
    assert company.failures() == []


@pytest.mark.slow
def test_e_sh_9_the_rate_of_vat_is_that_of_the_day_of_shipment(company, order):
    """31.12.2025: 20 %; corrected to 01.01.2026: 22 %."""
    shipment = company.shipment_of(order)
    company.ship(shipment, date(2025, 12, 31))
    assert "НДС 20% — 20\u00a0000,00\u00a0₽" in "\n".join(company.comments(shipment))
    company.fill(shipment, sh_fact=date(2026, 1, 1))
    company.settle()
    assert (
        "было 31.12.2025, стало 01.01.2026. В том числе НДС 22% — 21\u00a0639,34\u00a0₽."
        in company.comments(shipment)[-1]
    )


@pytest.mark.slow
def test_e_sh_11_a_corrected_day_of_shipment_brings_schedule_and_deadlines_anew(company, order):
    shipment = company.shipment_of(order)
    company.ship(shipment, SHIPPED_ON, until="PAYMENT")
    assert company.value(shipment, "sh_due") != date(2026, 12, 28), "the advance is due first"
    company.pay(shipment, "36000", number="1")
    assert company.value(shipment, "sh_due") == date(2026, 12, 28)
    assert company.deadline(shipment, "Напомните").date() == date(2026, 12, 23)
    company.fill(shipment, sh_fact=date(2026, 11, 20))
    company.settle()
    assert company.value(shipment, "sh_due") == date(2026, 12, 21)
    assert company.deadline(shipment, "Напомните").date() == date(2026, 12, 16)
    assert company.moves(shipment, "Напомните")[0] == 0, "no move by people"
    company.fill(shipment, sh_fact=None)
    company.settle()
    assert company.value(shipment, "sh_fact") == date(2026, 11, 20), "corrected, not removed"


@pytest.mark.slow
def test_e_sh_12_half_of_a_kopeck_is_a_kopeck_and_the_remainder_nothing(company):
    order = company.order_in("SUPPLY", (SUIT, "0.01", "1"), terms_pct=50)
    shipment = company.shipment_of(order)
    assert [line.split("; ")[1] for line in company.value(shipment, "sh_sched").splitlines()] == ["0,01", "0,00"]


TODAY = date(2026, 11, 23)


def told(company, document: str, deal: int, quantity: str, upd: str, day: str = "2026-11-23") -> tuple[str, str]:
    """What 1C hears about a shipment that it sent without the number of the shipment: the outcome and its text."""
    rows = [{"product": SUIT, "quantity": quantity}]
    papers = {"number": upd, "date": "2026-11-23", "sum": str(1200 * int(quantity))}
    sent = {"document": document, "deal": deal, "date": day, "upd": papers, "rows": rows}
    assert company.onec("shipment", sent).status_code == 202
    company.settle()
    outcome = company.outcome("shipment", document)
    return outcome["state"], outcome["text"]


@pytest.mark.slow
def test_a_second_upd_without_the_number_of_its_shipment_does_not_overwrite_the_first_shipment(company, order):
    """SH-T5. It goes to the one shipment that has not left, or is refused; what is signed stays in the register."""
    first = company.shipment_of(order, (SUIT, "1200", "60"))
    company.ship(first, TODAY, until="READY")
    assert told(company, "s1", order, "60", "45")[0] == "done"
    assert company.stage(first) == "TRANSIT"

    state, text = told(company, "s2", order, "40", "46")
    assert state == "refused"
    assert "все отгрузки заказа уже отгружены (отгрузки: 1). Укажите номер отгрузки в shipment." in text
    state, text = told(company, "s3", first, "40", "46")
    assert state == "refused"
    assert "Отгрузка 1 уже отгружена по УПД № 45: укажите номер отгрузки" in text
    upd = company.value(first, "sh_upd")
    assert (company.rows(first), company.value(upd, "doc_no")) == ([(SUIT, "1200", "60")], "45")

    second = company.shipment_of(order, (SUIT, "1200", "40"))
    company.ship(second, TODAY, until="READY")
    state, text = told(company, "s4", order, "60", "45")
    assert (state, text) == ("refused", "УПД № 45 — отгрузки 1: укажите её номер или исправьте номер УПД.")
    assert told(company, "s5", order, "40", "46")[0] == "done"
    assert [company.stage(one) for one in (first, second)] == ["TRANSIT", "TRANSIT"]
    assert company.value(company.value(second, "sh_upd"), "doc_no") == "46"

    company.sign_upd(first, TODAY)
    assert told(company, "s6", first, "59", "45")[0] == "done"
    assert company.value(upd, "doc_sum") == Decimal(72000)
    assert "Документ уже подписан, в реестре не изменено. Пришло другое: Сумма 70" in company.comments(upd)[-1]
    assert company.failures() == []


@pytest.mark.slow
def test_a_shipment_that_goes_to_another_order_leaves_the_old_one_with_what_it_still_has(company, order):
    """R-25."""
    first = company.shipment_of(order, (SUIT, "1200", "60"))
    second = company.shipment_of(order, (SUIT, "1200", "40"))
    company.ship(first, TODAY)
    assert money(company, order, "so_shipped", "so_debt") == [72000, 72000]
    other = company.order_in("SUPPLY")
    company.fill(second, parent=other)
    company.settle()
    assert money(company, order, "so_shipped", "so_debt") == [72000, 72000]
    assert [company.value(one, "so_left") for one in (order, other)] == [f"{SUIT}: 40 шт.", f"{SUIT}: 60 шт."]
    assert company.failures() == []


@pytest.mark.slow
def test_a_shipment_on_a_stage_that_nobody_knows_is_counted_as_living(company, order):
    """A stage that people have added to the funnel."""
    shipment = company.shipment_of(order, (SUIT, "1200", "60"))
    category = company.dictionary.category("SOFT_SHIPMENT")
    fields = {"ENTITY_ID": f"DEAL_STAGE_{category}", "STATUS_ID": "OURS", "NAME": "Наша стадия", "SORT": 15}
    company.acts(1, "crm.status.add", {"fields": fields})
    at = {"entityTypeId": 2, "id": shipment, "fields": {"stageId": f"C{category}:OURS"}}
    company.acts(1, "crm.item.update", at)
    company.settle()
    company.pay(order, "5000", number="1")
    assert money(company, order, "so_paid") == [5000]
    assert company.value(order, "so_left") == f"{SUIT}: 40 шт."
    company.fill(order, sh_create=True)
    company.settle()
    assert company.rows(company.children(order, "SOFT_SHIPMENT")[-1]) == [(SUIT, "1200", "40")]
    assert company.failures() == []


@pytest.mark.slow
def test_e_sh_11_a_day_on_which_goods_cannot_have_left_is_not_taken(company, order):
    """A typing mistake is told and can be corrected; nothing is registered, counted or moved on by it."""
    shipment = company.shipment_of(order)
    company.ship(shipment, TODAY, until="READY")
    wrong = {
        date(206, 11, 23): "Дата отгрузки 23.11.0206 раньше 01.01.2019: проверьте год",
        date(
            2026, 11, 24
        ): "Дата отгрузки 24.11.2026 ещё не наступила: укажите день, когда товар действительно отгружен",
    }
    for day, said in wrong.items():
        company.fill(shipment, sh_fact=day)
        company.settle()
        assert company.stage(shipment) == "READY"
        assert company.comments(shipment)[-1] == f"{said}. Исправьте поле, и сделка перейдёт дальше сама."
    company.move(shipment, "TRANSIT")
    company.settle()
    assert (company.stage(shipment), company.value(shipment, "block")) == ("READY", said)
    assert company.value(shipment, "sh_upd") is None
    assert money(company, order, "so_shipped", "so_debt") == [0, 0]
    state, text = told(company, "s1", shipment, "100", "45", day="2026-11-24")
    assert (state, text) == ("refused", f"{said}. Пришлите отгрузку новым документом.")

    company.fill(shipment, sh_fact=TODAY)
    company.settle()
    assert company.stage(shipment) == "TRANSIT"
    company.fill(shipment, sh_fact=date(2016, 11, 23))
    company.settle()
    assert company.comments(shipment)[-1].endswith("проверьте год. Прежняя дата возвращена: 23.11.2026.")
    assert company.value(shipment, "sh_fact") == TODAY
    assert company.failures() == []


# — payments —


@pytest.mark.slow
def test_a_number_typed_after_the_sum_does_not_go_to_the_next_payment(company, order):
    """SH-T8. Sum first: the payment is taken without number and date; what comes right after is told and emptied."""
    company.pay(order, "36000")
    assert company.value(order, "payments") == ["23.11.2026; 36\u00a0000,00; ; вручную"]
    company.fill(order, pay_no="117")
    company.settle()
    company.fill(order, pay_date=date(2026, 11, 20))
    company.settle()
    assert [company.value(order, name) for name in ("pay_date", "pay_no")] == [None, None]
    number, day = company.comments(order)[-2:]
    assert number.startswith(
        "«Внести оплату: № п/п» (117) заполнено после суммы: платёж 23.11.2026; 36\u00a0000,00; вручную уже внесён без этого"
    )
    assert day.startswith("«Внести оплату: дата» (20.11.2026) заполнено после суммы")

    company.fill(order, pay_sum=Decimal(36000))
    company.settle()
    assert "Такой платёж уже внесён" in company.comments(order)[-1]
    company.fill(order, pay_no="118")
    company.settle()
    assert company.value(order, "pay_no") == "118", "the last sum was refused: the number is for its repetition"
    company.fill(order, pay_date=date(2026, 11, 20))
    company.settle()
    company.fill(order, pay_sum=Decimal(1000))
    company.settle()
    assert company.value(order, "payments")[-1] == "20.11.2026; 1\u00a0000,00; 118; вручную"
    assert company.failures() == []


@pytest.mark.slow
def test_e_sh_1_e_sh_2_e_sh_3_odd_payments_are_refused_or_taken_with_a_warning(company, order):
    shipment, accountant = company.shipment_of(order), company.holder("ACCOUNTANT")
    company.pay(shipment, "100000", date(2026, 11, 20), "17")
    company.pay(shipment, "100000", date(2026, 11, 20), "17")
    assert "Платёж 100\u00a0000,00\u00a0₽ не принят. Такой платёж уже внесён." in company.comments(shipment)
    assert any("Такой платёж уже внесён" in text for text in company.notifications(accountant))
    company.pay(order, "100000", date(2026, 11, 20), "17")
    assert any("Такой платёж уже внесён" in text for text in company.comments(order)), "on the order's card as well"
    assert [company.value(shipment, name) for name in ("pay_sum", "pay_date", "pay_no")] == [None, None, None]
    assert company.value(shipment, "payments") == ["20.11.2026; 100\u00a0000,00; 17; вручную"]

    company.pay(shipment, "5000", date(2026, 11, 20), "17")
    assert "Платёж с № п/п 17 уже есть" in company.comments(shipment)[-1]
    company.pay(shipment, "1000", date(2026, 11, 24), "18")
    assert "ещё не наступила" in company.comments(shipment)[-1]
    company.pay(shipment, "1000", date(2025, 11, 1), "19")
    assert "больше года назад" in company.comments(shipment)[-1]
    assert money(company, shipment, "sh_paid") == [106000]
    company.pay(shipment, "1000")
    assert company.value(shipment, "payments")[-1] == "23.11.2026; 1\u00a0000,00; ; вручную", "today"

    company.fill(shipment, by=accountant, payments=[])
    company.settle()
    assert len(company.value(shipment, "payments")) == 4, "R-22"
    assert money(company, order, "so_paid") == [107000]


@pytest.mark.slow
def test_e_sh_6_a_refund_opens_a_paid_shipment_again(company, order):
    shipment = company.shipment_of(order)
    company.ship(shipment, SHIPPED_ON, until="PAYMENT")
    company.pay(shipment, "120000", number="1")
    assert company.stage(shipment) == "WON"
    company.pay(shipment, "-20000", number="2")
    assert company.stage(shipment) == "PAYMENT"
    assert "долг 20\u00a0000,00\u00a0₽. Сделка снова открыта на стадии «Ожидаем оплату»." in "\n".join(
        company.comments(shipment)
    )
    assert money(company, shipment, "sh_paid", "sh_debt") == [100000, 20000]
    assert company.titles(shipment) == ["Напомните клиенту об оплате (повтор 1)"]


# — cancelled, returned —


@pytest.mark.slow
def test_a_cancelled_shipment_gives_its_goods_back_to_the_order(company, order):
    """SH-T12: with a reason, and not when the goods have left; SH-T13: then they can come back."""
    first = company.shipment_of(order, (SUIT, "1200", "60"))
    second = company.shipment_of(order, (SUIT, "1200", "40"))
    company.move(first, "RESERVE")
    company.settle()
    company.move(first, "LOSE")
    company.settle()
    assert (company.stage(first), company.value(first, "block")) == (
        "RESERVE",
        "Не заполнено: Причина отмены / возврата",
    )
    company.fill(first, sh_cancel="Нет товара")
    company.advance(minutes=2)
    company.move(first, "LOSE")
    company.settle()
    assert company.stage(first) == "LOSE"
    assert company.titles(first) == []
    assert company.value(order, "so_left") == f"{SUIT}: 60 шт."
    company.move(first, "NEW", by=company.holder("COMMERCIAL_DIRECTOR"))
    company.settle()
    assert company.value(order, "so_left") is None, "planned again"
    company.move(first, "LOSE")
    company.settle()
    assert company.value(order, "so_left") == f"{SUIT}: 60 шт."

    company.ship(second, SHIPPED_ON, until="DOCS")
    company.pay(second, "10000", number="1")
    assert money(company, order, "so_shipped", "so_debt", "so_advance") == [48000, 38000, 0]
    company.fill(second, sh_cancel="Брак")
    company.move(second, "LOSE")
    company.settle()
    assert company.stage(second) == "DOCS"
    assert "Товар уже отгружен" in company.value(second, "block")
    company.advance(minutes=2)
    company.move(second, "RETURNED")
    company.settle()
    assert company.stage(second) == "RETURNED"
    accountant = company.user_name(company.holder("ACCOUNTANT"))
    assert company.open_tasks(second) == [f"Оформите возврат / корректировочный УПД → {accountant}, 02.12.2026 18:00"]
    assert money(company, order, "so_shipped", "so_debt", "so_advance") == [0, 0, 10000]


@pytest.mark.slow
def test_a_sum_that_is_off_the_rows_is_told_and_the_rows_count(company, order):
    """C-01."""
    company.set_sum_by_hand(order, "119999.99")
    company.settle()
    company.shipment_of(order, (SUIT, "1200", "60"))
    told = "Сумма сделки 119\u00a0999,99\u00a0₽ не равна сумме товаров 120\u00a0000,00\u00a0₽. В расчётах используется 120\u00a0000,00\u00a0₽."
    assert told in company.comments(order)


def paper(company, deal: int, beginning: str) -> list[str]:
    """What the documents of a card say whose names begin so, oldest first, with ordinary spaces."""
    files = company.files(deal)
    return [
        checks.text_of(content).replace("\u00a0", " ") for name, content in files.items() if name.startswith(beginning)
    ]


@pytest.mark.slow
def test_the_claim_of_the_31st_day_lists_everything_that_is_late_under_the_contract(company, order):
    """SH-T9, T18: the advance was due on 30.11., the rest on 28.12.; C-08 at 0,1 % a day."""
    first = company.shipment_of(order, (SUIT, "1200", "60"))
    company.at("27.11.2026 10:00")
    company.ship(first, SHIPPED_ON)
    assert company.value(first, "sh_due") == date(2026, 11, 30)
    company.at("31.12.2026 12:00")
    company.run_clock()

    [claim] = paper(company, first, "Претензия")
    assert "по договору № Д-2026-017 от «31» марта 2026 г." in claim
    assert f"1\nУПД № {order}/1\n27.11.2026\n21 600,00\n30.11.2026\n0,00\n21 600,00\n31\n" in claim
    assert f"2\nУПД № {order}/1\n27.11.2026\n50 400,00\n28.12.2026\n0,00\n50 400,00\n3\n" in claim
    assert "01.12.2026\n31.12.2026\n31\n0,1%\n669,60" in claim
    assert "29.12.2026\n31.12.2026\n3\n0,1%\n151,20" in claim
    assert "Всего к уплате: 72 820 (Семьдесят две тысячи восемьсот двадцать) рублей 80 копеек." in claim

    [card] = company.register(doc_source=first, doc_no="ИСХ-2026/001")
    assert company.stage(card) == "LETTER"
    assert company.value(card, "doc_sum") == Decimal("72820.80")
    assert company.value(card, "doc_base") == company.value(order, "contract")
    assert "Подготовьте претензию" in company.titles(first)

    company.at("01.01.2027 12:00")
    company.run_clock()
    assert len(paper(company, first, "Претензия")) == 1, "once for the line"
    assert company.failures() == []


@pytest.mark.slow
def test_a_claim_can_be_asked_for_at_any_time_and_says_what_is_late_by_then(company, order):
    """§15.1, T18: it takes in the other shipments of the contract, and needs something that is late."""
    first, second = (company.shipment_of(order, (SUIT, "1200", quantity)) for quantity in ("60", "40"))
    company.at("27.11.2026 10:00")
    company.ship(first, SHIPPED_ON)
    company.ship(second, SHIPPED_ON)
    company.fill(first, make_doc=CLAIM)
    company.settle()
    assert company.files(first) == {}
    assert "Просроченные платежи по отгрузкам" in company.value(first, "block")

    company.pay(order, "36000", date(2026, 11, 27), "117")
    company.at("11.01.2027 12:00")
    company.fill(second, make_doc=CLAIM)
    company.settle()
    [claim] = paper(company, second, "Претензия")
    assert f"1\nУПД № {order}/1\n27.11.2026\n50 400,00\n28.12.2026\n14 400,00\n36 000,00\n14\n" in claim
    assert f"2\nУПД № {order}/2\n27.11.2026\n48 000,00\n28.12.2026\n0,00\n48 000,00\n14\n" in claim, (
        "one line for a day"
    )
    assert company.value(second, "make_doc") is None
    assert company.failures() == []


@pytest.mark.slow
def test_the_account_with_the_client_has_the_shipments_and_payments_of_the_contract(company, order):
    """T19, A-04: the client's payment of 11.12. is more than what was shipped."""
    first = company.shipment_of(order, (SUIT, "1200", "60"))
    company.at("24.11.2026 11:00")
    company.pay(order, "36000", date(2026, 11, 24), "117")
    company.at("27.11.2026 10:00")
    company.ship(first, SHIPPED_ON)
    company.at("11.12.2026 12:00")
    company.pay(first, "40000", date(2026, 12, 11), "118")

    company.fill(order, make_doc=RECONCILIATION)
    company.settle()
    assert "Документ за период: с" in company.value(order, "block")
    company.fill(order, period_from=date(2026, 11, 25), period_to=date(2026, 12, 31), make_doc=RECONCILIATION)
    company.settle()

    [account] = paper(company, order, "Акт сверки")
    assert "Сальдо начальное\n\n36 000,00\n" in account
    assert f"27.11.2026\nПродажа (УПД № {order}/1 от 27.11.2026)\n72 000,00\n" in account
    assert "11.12.2026\nОплата (п/п № 118 от 11.12.2026)\n\n40 000,00\n" in account
    assert "составляет 4 000 (Четыре тысячи) рублей 00 копеек." in account
    assert "задолженность в пользу ООО «Сферотек»" not in account
    [card] = company.register(doc_source=order, doc_no="АС-2026/001")
    assert company.stage(card) == "RECON"
    assert company.value(card, "doc_sum") == Decimal("4000.00")
    assert company.failures() == []
