"""REGISTRY: until when a document lasts, and what people decide on it."""

from datetime import date
from decimal import Decimal

import pytest

from engine.triggers import Trigger, _claims, claim
from robots.register_document import register_document

FEBRUARY = date(2027, 2, 28)


@pytest.fixture
def client(company):
    return company.any_company()


def addendum(company, contract, end, number=None, **fields):
    """The lawyer enters an addendum of a contract that says until when the contract lasts."""
    said = {"doc_date": date(2026, 11, 20), "doc_state": "На подписании", "doc_side": "Клиент", "doc_no": number}
    said |= {"company": company.value(contract, "company"), "doc_init": company.manager_of("Москва")}
    said |= {"doc_base": contract, "doc_end": end}
    by = company.holder("LAWYER")
    return company.new_deal("REGISTRY", "ADDENDUM", title="Дополнительное соглашение", by=by, **{**said, **fields})


def history(company, contract):
    return company.value(contract, "doc_hist")


@pytest.fixture
def company_that_registers(company):
    """Signals «register» of this test have the layer enter a contract, as its own templates do."""
    asked = Trigger(
        "on_signal", "SOFT", "register", lambda run, deal: register_document(run, deal, "CONTRACT", doc_frame=True)
    )
    claim(asked)
    yield company
    del _claims[asked.identity]


# — the term —


@pytest.mark.slow
def test_the_layers_own_contract_without_a_term_is_asked_about_once(company_that_registers, client):
    """RG-T7: when it comes into force; the task ends only with an end or «Бессрочный»."""
    company = company_that_registers
    deal = company.deal_in("OFFER", company=client)
    company.tell(deal, "register")
    company.settle()
    [number] = company.register(doc_source=deal)
    assert company.value(number, "block") is None
    company.put_scan(number, "Договор.pdf")
    company.settle()
    manager = company.user_name(company.card(deal)["assignedById"])
    assert company.open_tasks(number) == [f"Уточните срок действия договора → {manager}, 25.11.2026 18:00"]
    company.close_task(number, "Уточните")
    company.settle()
    assert company.titles(number) == ["Уточните срок действия договора"]
    assert "«Действует до (включительно)»" in company.messages(number, "Уточните")[-1]
    company.fill(number, doc_termless=True)
    company.settle()
    assert company.titles(number) == []
    company.fill(number, doc_termless=False)
    company.fill(number, doc_state="Проект")
    company.settle()
    company.fill(number, doc_state="Действует")
    company.settle()
    assert company.titles(number, open_only=False).count("Уточните срок действия договора") == 1


@pytest.mark.slow
def test_e_rg_5_a_contract_that_had_ended_when_it_was_entered_is_expired_at_once(company, client):
    contract = company.frame_contract(client, until=date(2026, 11, 20), doc_scan=None, doc_state="Проект")
    company.settle()
    company.put_scan(contract, "Договор.pdf")
    company.settle()
    assert company.value(contract, "doc_state") == "Истёк"
    assert company.titles(contract) == ["Закройте обязательства по истёкшему договору"]
    assert company.checklist(contract, "Закройте") == ["отгрузки", "оплаты", "акт сверки"]
    company.at("24.11.2026 12:00")
    company.run_clock()
    assert company.titles(contract) == ["Закройте обязательства по истёкшему договору"]


@pytest.mark.slow
def test_e_rg_11_an_end_changed_by_hand_is_written_down_and_moves_the_question(company, client):
    lawyer = company.holder("LAWYER")
    contract = company.frame_contract(client, until=date(2026, 12, 31))
    company.settle()
    company.at("24.11.2026 06:05")
    company.run_clock()
    manager = company.user_name(company.manager_of("Москва"))
    assert company.open_tasks(contract) == [f"Пролонгируйте документ → {manager}, 17.12.2026 18:00"]
    company.fill(contract, by=lawyer, doc_end=date(2027, 1, 31))
    company.settle()
    assert company.open_tasks(contract) == [f"Пролонгируйте документ → {manager}, 18.01.2027 18:00"]
    assert history(company, contract) == [
        f"24.11.2026; 31.12.2026; 31.01.2027; изменено вручную; {company.user_name(lawyer)}"
    ]
    company.at("25.11.2026 06:05")
    company.run_clock()
    assert company.titles(contract) == ["Пролонгируйте документ"], "one question at a time"
    company.fill(contract, by=lawyer, doc_end=date(2026, 11, 1))
    company.settle()
    assert company.value(contract, "doc_state") == "Истёк"
    company.fill(contract, by=lawyer, doc_end=date(2027, 11, 1))
    company.settle()
    assert company.value(contract, "doc_state") == "Действует"
    assert company.titles(contract) == []
    assert company.failures() == []


@pytest.mark.slow
def test_e_rg_12_of_an_end_and_no_end_the_end_rules(company, client):
    contract = company.frame_contract(client, doc_termless=True)
    company.settle()
    assert not company.value(contract, "doc_termless")
    company.fill(contract, doc_termless=True)
    company.settle()
    assert not company.value(contract, "doc_termless")
    assert sum("действует дата 31.12.2027" in text for text in company.comments(contract)) == 2


# — prolonged by an addendum —


@pytest.mark.slow
def test_a_signed_addendum_prolongs_its_contract_and_the_next_cycle_begins(company, client):
    """A-08, E-RG-1: a task for each end, however often the clock strikes; the old end stays until the signature."""
    contract = company.frame_contract(client, until=FEBRUARY)
    company.settle()
    manager = company.user_name(company.manager_of("Москва"))
    company.at("29.12.2026 06:05")
    company.run_clock()
    assert company.titles(contract) == []
    for moment in ("30.12.2026 06:00", "30.12.2026 06:30", "31.12.2026 06:05"):
        company.at(moment)
        company.run_clock()
        assert company.open_tasks(contract) == [f"Пролонгируйте документ → {manager}, 15.02.2027 18:00"]
    assert company.checklist(contract, "Пролонгируйте") == [
        "нужен ли документ", "условия и цены (НДС)", "контрагент согласен",
    ]  # fmt: skip

    paper = addendum(company, contract, date(2028, 2, 28))
    company.settle()
    assert company.value(contract, "doc_end") == FEBRUARY
    assert company.titles(paper) == ["Загрузите подписанный скан"]
    company.put_scan(paper, "ДС подписано.pdf")
    company.settle()
    assert company.value(contract, "doc_end") == date(2028, 2, 28)
    assert company.titles(contract) == []
    assert history(company, contract) == [
        f"31.12.2026; 28.02.2027; 28.02.2028; доп. соглашение № 1, подписано 31.12.2026; {manager}"
    ]
    company.at("29.12.2027 06:05")
    company.run_clock()
    assert company.titles(contract) == []
    company.at("30.12.2027 06:05")
    company.run_clock()
    assert company.open_tasks(contract) == [f"Пролонгируйте документ → {manager}, 14.02.2028 18:00"]
    assert company.failures() == []


@pytest.mark.slow
def test_the_decision_to_prolong_makes_the_addendum_and_its_signature_ends_the_question(company, client):
    """RG-T10: T13 of the contract's card, registered under it; another new end before the signature is a second version."""
    manager = company.manager_of("Москва")
    contract = company.frame_contract(client, until=date(2026, 12, 31))
    company.settle()
    company.at("24.11.2026 12:00")
    company.run_clock()
    company.fill(contract, by=manager, doc_result="Пролонгирован доп. соглашением", doc_newend=date(2027, 12, 31))
    company.settle()
    (paper,) = company.register(doc_base=contract)
    assert (company.stage(paper), company.value(paper, "doc_no")) == ("ADDENDUM", "1"), company.value(contract, "block")
    said = [company.value(paper, name) for name in ("doc_state", "doc_end", "doc_init", "company", "block")]
    assert said == ["На подписании", date(2027, 12, 31), manager, client, None]
    assert company.open_tasks(paper) == [f"Загрузите подписанный скан → {company.user_name(manager)}, 08.12.2026 18:00"]
    assert company.titles(contract) == ["Пролонгируйте документ"]
    assert company.value(contract, "doc_end") == date(2026, 12, 31)

    company.fill(contract, by=manager, doc_newend=date(2028, 6, 30))
    company.settle()
    assert company.register(doc_base=contract) == [paper]
    assert company.value(paper, "doc_end") == date(2028, 6, 30)
    assert company.titles(paper) == ["Загрузите подписанный скан"]

    company.put_scan(paper, "ДС подписано.pdf")
    company.settle()
    said = [company.value(contract, name) for name in ("doc_end", "doc_result", "doc_newend", "doc_state")]
    assert said == [date(2028, 6, 30), None, None, "Действует"]
    assert company.titles(contract) == []

    company.fill(contract, by=manager, doc_newend=date(2029, 6, 30))
    company.fill(contract, by=manager, make_doc="Дополнительное соглашение о пролонгации")
    company.settle()
    assert len(company.register(doc_base=contract)) == 2, "another term, another addendum"
    assert company.value(contract, "doc_result") == "Пролонгирован доп. соглашением"
    assert company.failures() == []


@pytest.mark.slow
def test_e_rg_3_a_new_end_that_is_not_later_is_refused(company, client):
    manager = company.manager_of("Москва")
    contract = company.frame_contract(client, until=FEBRUARY)
    company.settle()
    company.fill(contract, by=manager, doc_result="Пролонгирован доп. соглашением")
    company.settle()
    assert "Заполните «Новый срок действия до»" in company.comments(contract)[-1]
    company.fill(contract, by=manager, doc_newend=date(2027, 2, 28))
    company.settle()
    assert (company.value(contract, "doc_result"), company.value(contract, "doc_newend")) == (None, None)
    assert any("Новый срок 28.02.2027 не позже текущего 28.02.2027" in text for text in company.notifications(manager))
    assert company.value(contract, "doc_end") == FEBRUARY


@pytest.mark.slow
def test_e_rg_2_of_two_addenda_signed_on_one_day_the_higher_number_rules(company, client):
    """Whichever scan comes first; an older one changes nothing."""
    contract = company.frame_contract(client, until=FEBRUARY)
    company.settle()
    papers = {number: addendum(company, contract, end, number) for number, end in (
        ("9", date(2029, 2, 28)), ("10", date(2028, 2, 28)),
    )}  # fmt: skip
    older = addendum(company, contract, date(2027, 12, 31), "8", doc_signed=date(2026, 11, 1))
    company.settle()
    company.put_scan(papers["9"], "ДС 9.pdf")
    company.settle()
    assert company.value(contract, "doc_end") == date(2029, 2, 28)
    company.put_scan(papers["10"], "ДС 10.pdf")
    company.settle()
    assert company.value(contract, "doc_end") == date(2028, 2, 28)
    (told,) = [text for text in company.comments(contract) if text.startswith("В один день (23.11.2026)")]
    assert told.endswith("№ 9 — до 28.02.2029, № 10 — до 28.02.2028. Действует № 10.")
    company.put_scan(older, "ДС 8.pdf")
    company.settle()
    assert company.value(contract, "doc_end") == date(2028, 2, 28)
    assert len(history(company, contract)) == 2


# — another contract, or none —


@pytest.mark.slow
def test_a_new_contract_takes_over_what_is_planned_after_the_end_of_the_old_one(company):
    """RG-T12."""
    order = company.order_in("SUPPLY", ship_until=date(2026, 12, 10))
    client, manager = company.value(order, "company"), company.card(order)["assignedById"]
    old = company.value(order, "contract")
    before = company.shipment_of(order, ("Костюм «Монтажник»", "1200", "60"), plan=date(2026, 11, 27))
    after = company.shipment_of(order, ("Костюм «Монтажник»", "1200", "40"), plan=date(2026, 12, 8))
    company.fill(old, doc_end=date(2026, 11, 30))
    new = company.frame_contract(client, doc_no="Д-2026-018")
    company.settle()
    company.fill(old, by=manager, doc_result="Заключён новый договор")
    company.settle()
    assert "Заполните «Документ-преемник»" in company.comments(old)[-1]
    company.fill(old, by=manager, doc_next=new)
    company.settle()
    assert company.value(old, "doc_state") == "Действует"
    assert [company.value(one, "contract") for one in (before, after, order)] == [None, new, old]
    assert any("преемник: Договор № Д-2026-018" in text for text in company.comments(order))
    company.at("01.12.2026 00:35")
    company.run_clock()
    assert (company.stage(old), company.value(old, "doc_state")) == ("WON", "Архив")
    assert company.value(order, "contract") == new
    assert company.failures() == []


@pytest.mark.slow
def test_what_is_not_prolonged_ends_with_its_last_day_and_a_contract_that_would_go_on_needs_a_notice(company, client):
    """RG-T11, RG-T13."""
    manager = company.manager_of("Москва")
    contract = company.frame_contract(
        client,
        until=date(2026, 12, 31),
        doc_prolong="Автоматическая",
        doc_period=12,
        doc_frame=False,
        doc_sum=Decimal(1),
    )
    company.settle()
    company.at("24.11.2026 06:05")
    company.run_clock()
    assert company.open_tasks(contract) == [
        f"Проверьте целесообразность автопролонгации → {company.user_name(manager)}, 26.11.2026 18:00"
    ]
    company.fill(contract, by=manager, doc_result="Не продлеваем")
    company.settle()
    assert company.titles(contract) == []
    assert company.value(contract, "doc_prolong") == "Не требуется"
    (notice,) = company.register(doc_base=contract)
    assert (company.stage(notice), company.value(notice, "doc_no")) == ("LETTER", "ИСХ-2026/001")
    assert any(name.startswith("Уведомление об отказе от пролонгации") for name in company.files(contract))
    company.at("01.01.2027 00:35")
    company.run_clock()
    assert company.value(contract, "doc_state") == "Истёк"
    assert company.value(contract, "doc_end") == date(2026, 12, 31)
