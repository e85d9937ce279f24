"""REGISTRY: a document comes to the register, is reviewed, signed, annulled or deleted."""

from datetime import date
from decimal import Decimal

import pytest


@pytest.fixture
def client(company):
    return {"company": company.any_company(), "contact": company.any_contact()}


def registered(company, deal, kind):
    """The register card of a document that the button made."""
    company.fill(deal, make_doc=kind)
    company.settle()
    return company.register(doc_source=deal)[-1]


def contract_of(company, client, deal=None, **fields):
    said = {"doc_no": "Д-2026/017", "doc_date": date(2026, 3, 31), "doc_state": "На подписании", "doc_side": "Клиент"}
    said |= {"company": client["company"], "doc_prolong": "Не требуется", "doc_init": company.manager_of("Москва")}
    said |= {"doc_sum": Decimal(429_000), "doc_end": date(2027, 12, 31)}
    return company.new_deal(
        "REGISTRY", "CONTRACT", title="Договор Д-2026/017", **{**said, "doc_source": deal, **fields}
    )


@pytest.mark.slow
def test_a_signed_scan_makes_a_contract_valid_and_its_order_goes_on(company, client):
    """RG-T6, SO-T11."""
    deal = company.deal_in("CONTRACT", **client, delivery_way="Самовывоз", ship_until=date(2026, 12, 28))
    contract = contract_of(company, client, deal)
    company.settle()
    company.put_scan(contract, "Договор подписанный.pdf")
    company.settle()
    state = [company.value(contract, name) for name in ("doc_state", "doc_signed", "doc_start")]
    assert state == ["Действует", date(2026, 11, 23), date(2026, 11, 23)]
    assert company.value(deal, "contract") == contract
    assert company.stage(deal) == "SUPPLY"


@pytest.mark.slow
def test_a_contract_that_is_made_with_its_scan_is_signed_as_well(company, client):
    """RG-T6."""
    deal = company.deal_in("CONTRACT", **client, delivery_way="Самовывоз", ship_until=date(2026, 12, 28))
    contract = contract_of(company, client, deal, doc_scan=[["Договор.pdf", "JVBERi0xLjQ="]])
    company.settle()
    assert company.value(contract, "doc_state") == "Действует"
    assert company.value(deal, "contract") == contract
    assert company.stage(deal) == "SUPPLY"


@pytest.mark.slow
def test_a_signing_date_that_people_entered_stays_and_a_closing_document_is_signed_not_valid(company, client):
    """RG-T6."""
    deal = company.deal_in("OFFER", **client)
    invoice = registered(company, deal, "Счёт на оплату")
    company.fill(invoice, doc_signed=date(2026, 11, 20))
    company.put_scan(invoice, "Счёт.pdf")
    company.settle()
    assert company.value(invoice, "doc_signed") == date(2026, 11, 20)
    assert company.value(invoice, "doc_state") == "Подписан (закрывающий)"
    assert "Документ подписан 20.11.2026, состояние: «Подписан (закрывающий)»." in company.comments(invoice)


@pytest.mark.slow
def test_a_signed_document_is_not_replaced_by_a_new_version(company, client):
    """The card says so; the new file lies on the deal."""
    deal = company.deal_in("OFFER", **client)
    invoice = registered(company, deal, "Счёт на оплату")
    company.put_scan(invoice, "Счёт.pdf")
    company.settle()
    company.set_rows(deal, ("Каска", "900", "1"))
    company.settle()
    registered(company, deal, "Счёт на оплату")
    assert company.value(invoice, "doc_sum") == Decimal("429000.00")
    assert any("документ уже подписан" in one for one in company.comments(invoice))
    assert len(company.files(deal)) == 2


def test_e_rg_9_a_deleted_document_is_told_to_its_source_whose_link_is_cleared(company, client):
    """E-RG-9."""
    deal = company.deal_in("OFFER", **client)
    contract = contract_of(company, client, deal)
    company.fill(deal, contract=contract)
    company.settle()
    company.delete(contract)
    company.settle()
    assert company.value(deal, "contract") is None
    assert "Документ удалён из реестра: Договор Д-2026/017." in company.comments(deal)


@pytest.mark.slow
def test_a_scan_that_came_before_the_type_was_chosen_counts_when_it_is(company, client):
    """RG-T6. Put on a card whose type nobody knew yet."""
    deal = company.deal_in("OFFER", **client)
    said = {
        "doc_no": "45",
        "doc_date": date(2026, 11, 20),
        "doc_state": "Проект",
        "doc_side": "Клиент",
        "doc_sum": Decimal(1),
    }
    said |= {"company": client["company"], "doc_init": company.manager_of("Москва"), "doc_source": deal}
    document = company.new_deal("REGISTRY", "NEW", title="Документ", **said)
    company.put_scan(document, "Документ.pdf")
    company.settle()
    assert company.value(document, "doc_state") == "Проект"
    company.move(document, "UPD")
    company.settle()
    assert company.value(document, "doc_state") == "Подписан (закрывающий)"
    assert company.value(document, "doc_signed") == date(2026, 11, 23)
    signed = [one for one in company.comments(document) if one.startswith("Документ подписан")]
    assert len(signed) == 1


# — its type and its number —


def paper(company, stage, *, by=None, client=None, **fields):
    """A person enters a document of that type."""
    said = {
        "doc_date": date(2026, 11, 20),
        "doc_state": "Проект",
        "doc_side": "Клиент",
        "company": company.any_company(),
    }
    said |= {"doc_init": company.manager_of("Москва"), "our": next(iter(company.config.our_companies))}
    by = by or company.holder("LAWYER")
    document = company.new_deal("REGISTRY", stage, title=f"Документ {stage}", by=by, **{**said, **fields})
    company.settle()
    return document


@pytest.mark.slow
def test_whoever_puts_a_file_into_the_register_says_what_it_is(company):
    """RG-T2, RG-T3: a task for its creator, which ends when the type is chosen; then it has number and readers."""
    support = company.user("zaytseva")
    document = paper(company, "NEW", by=support, doc_file=["Письмо.pdf", "JVBERi0xLjQ="], doc_init=None)
    assert company.open_tasks(document) == ["Укажите тип документа → Зайцева Полина, 24.11.2026 18:00"]
    without_a_file = paper(company, "NEW", by=support)
    assert company.titles(without_a_file) == []

    company.fill(document, doc_init=company.manager_of("Москва"))
    company.move(document, "LETTER")
    company.settle()
    assert company.stage(document) == "LETTER", company.value(document, "block")
    assert company.titles(document) == []
    assert company.value(document, "doc_no") == "ИСХ-2026/001"
    assert "Бухгалтерия" in company.value(document, "doc_dept")
    assert "Логистика" not in company.value(document, "doc_dept")


@pytest.mark.slow
def test_e_rg_10_a_file_on_a_deal_is_a_document_and_a_large_one_stays_where_it_is(company, client):
    """RG-T1: once, however many lie there; the register says where a large one lies."""
    limits = company.config.limits.model_copy(update={"register_file_mb": 1})
    company.config = company.config.model_copy(update={"limits": limits})
    with company.layer_down():
        pass
    deal, manager = company.new_deal(**client), company.manager_of("Москва")
    company.settle()
    company.attach(deal, "Техописание.pdf")
    company.settle()
    (small,) = company.register(doc_source=deal)
    assert company.stage(small) == "NEW"
    assert company.files(small, "doc_file") == company.files(deal)
    assert company.open_tasks(small) == [f"Укажите тип документа → {company.user_name(manager)}, 24.11.2026 18:00"]
    assert sum("Файл внесён в реестр документов" in text for text in company.comments(deal)) == 1

    company.attach(deal, "Чертежи.zip", content=b"x" * (1024 * 1024 + 1), keeping=True)
    company.settle()
    small_again, large = company.register(doc_source=deal)
    assert small_again == small
    assert company.card(large)["title"].startswith("Чертежи.zip — ")
    assert company.files(large, "doc_file") == {}
    assert company.value(large, "doc_orig").endswith(f"/crm/deal/details/{deal}/")
    assert company.titles(large) == ["Укажите тип документа"]
    assert company.failures() == []


@pytest.mark.slow
def test_another_type_keeps_the_number_and_has_other_readers(company):
    """RG-T3, §7.5."""
    document = paper(company, "LETTER", doc_no="17-б")
    company.move(document, "TENDER_DOC")
    company.settle()
    assert company.value(document, "doc_no") == "17-б"
    assert company.value(document, "doc_dept") == [
        "Тендерный отдел", "Юрист", "Коммерческий директор", "Генеральный директор",
    ]  # fmt: skip
    carrier = paper(
        company, "CONTRACT", doc_side="Перевозчик", doc_sum=Decimal(1), doc_prolong="Не требуется", doc_termless=True
    )
    assert {"Логистика", "Склад"} <= set(company.value(carrier, "doc_dept"))
    assert "Снабжение" not in company.value(carrier, "doc_dept")


@pytest.mark.slow
def test_numbers_count_by_type_company_and_year_and_one_that_is_used_already_is_told_of(company):
    """Spec §7.3."""
    first, second = paper(company, "LETTER"), paper(company, "LETTER")
    earlier = paper(company, "LETTER", doc_date=date(2025, 12, 30))
    other = paper(company, "LETTER", our=list(company.config.our_companies)[1])
    numbers = [company.value(one, "doc_no") for one in (first, second, earlier, other)]
    assert numbers == ["ИСХ-2026/001", "ИСХ-2026/002", "ИСХ-2025/001", "ИСХ-2026/001"]
    assert not any("Номер уже использован" in text for one in (first, second, other) for text in company.comments(one))

    company.fill(second, doc_no="ИСХ-2026/001")
    company.settle()
    assert company.value(second, "doc_no") == "ИСХ-2026/001", "a number given by hand is kept"
    (told,) = [text for text in company.comments(second) if text.startswith("Номер уже использован")]
    assert f"/crm/deal/details/{first}/" in told
    company.fill(first, doc_reason="Ошибка")
    company.move(first, "LOSE")
    company.settle()
    again = paper(company, "LETTER", doc_no="ИСХ-2026/001")
    assert any("Номер уже использован" in text for text in company.comments(again)), "annulled numbers count as well"
    assert company.value(paper(company, "LETTER"), "doc_no") == "ИСХ-2026/003"


@pytest.mark.slow
def test_an_addendum_counts_inside_its_contract_and_cannot_be_without_one(company):
    """Spec §7.2, §7.3."""
    client = company.any_company()
    lonely = paper(company, "ADDENDUM", client=company.another_company())
    assert company.value(lonely, "doc_no") == "1", "that client has no contract in the register"
    contract = company.frame_contract(client)
    company.settle()
    without = paper(company, "ADDENDUM", client=client)
    assert company.value(without, "block") == "Не заполнено: Основной документ"
    numbers = [company.value(paper(company, "ADDENDUM", doc_base=contract), "doc_no") for _ in range(2)]
    assert numbers == ["1", "2"]


@pytest.mark.slow
def test_what_a_type_asks_for_is_asked_for(company):
    """Spec §7.2: what depends on the state or on another field; nobody is asked for a number that the layer gives."""
    document = paper(company, "NEW", doc_state="Действует", doc_init=None)
    company.move(document, "CONTRACT")
    company.settle()
    assert company.stage(document) == "NEW"
    asked = "Пролонгация, Инициатор, Сумма, Действует до (включительно), Скан подписанного"
    assert company.value(document, "block") == f"Не заполнено: {asked}"
    company.advance(minutes=2)
    company.move(document, "CERT")
    company.settle()
    assert "Номер документа" in company.value(document, "block"), "a certificate has the number that others gave it"


# — review and signature —


@pytest.mark.slow
def test_a_lawyer_agrees_by_ticking_everything_off_or_sends_the_draft_back(company):
    """RG-T4."""
    manager, lawyer = company.manager_of("Москва"), company.holder("LAWYER")
    document = paper(company, "LETTER")
    company.fill(document, by=manager, doc_state="На согласовании")
    company.settle()
    assert company.open_tasks(document) == [f"Согласуйте документ → {company.user_name(lawyer)}, 24.11.2026 18:00"]
    assert company.checklist(document, "Согласуйте") == ["реквизиты", "ответственность", "сроки"]
    company.tick(document, "Согласуйте", "реквизиты", "сроки")
    company.close_task(document, "Согласуйте")
    company.settle()
    assert company.value(document, "doc_state") == "Проект"
    assert any("не согласовано: ответственность" in text for text in company.notifications(manager))

    company.fill(document, by=manager, doc_state="На согласовании")
    company.settle()
    company.tick(document, "Согласуйте", "реквизиты", "ответственность", "сроки")
    company.close_task(document, "Согласуйте")
    company.settle()
    assert company.value(document, "doc_state") == "На согласовании"
    assert any("согласован юристом" in text for text in company.notifications(manager))

    company.fill(document, by=lawyer, doc_state="Проект")
    company.settle()
    assert any("возвращён в состояние «Проект»" in text for text in company.notifications(manager))


@pytest.mark.slow
def test_a_document_at_signature_waits_for_its_scan(company):
    """RG-T5, RG-T6: the task ends with the scan; no state says signed without one."""
    manager = company.manager_of("Москва")
    document = paper(company, "LETTER")
    company.fill(document, by=manager, doc_state="Подписан (закрывающий)")
    company.settle()
    assert company.value(document, "doc_state") == "Проект"
    assert any("Не заполнено: Скан подписанного." in text for text in company.notifications(manager))
    company.fill(document, by=manager, doc_state="На подписании")
    company.settle()
    assert company.open_tasks(document) == [
        f"Загрузите подписанный скан → {company.user_name(manager)}, 07.12.2026 18:00"
    ]
    company.put_scan(document, "Письмо.pdf")
    company.settle()
    assert company.titles(document) == []
    assert company.value(document, "doc_state") == "Подписан (закрывающий)"
    company.put_scan(document, "Письмо, второй лист.pdf")
    company.settle()
    assert sum(text.startswith("Документ подписан") for text in company.comments(document)) == 1
    assert company.failures() == []


@pytest.mark.slow
def test_e_rg_4_a_document_whose_initiator_is_dismissed_is_its_sellers_and_then_the_heads(company, client):
    """E-RG-4: the responsible of the source deal, then the head of the initiator."""
    seller, initiator = company.manager_of("Москва"), company.manager_of("Омск")
    deal, head = company.new_deal(by=seller, **client), company.head_of(initiator)
    company.settle()
    before = contract_of(company, client, deal, doc_init=initiator, doc_no="Д-2026/016")
    company.settle()
    assert company.task(before, "Загрузите")["responsibleId"] == str(initiator)
    company.dismiss(initiator)
    document = contract_of(company, client, deal, doc_init=initiator)
    lonely = contract_of(company, client, None, doc_init=initiator, doc_no="Д-2026/018")
    company.settle()
    assert company.task(document, "Загрузите")["responsibleId"] == str(seller)
    assert company.task(lonely, "Загрузите")["responsibleId"] == str(head)
    company.at("24.11.2026 02:05")
    company.run_clock()
    assert company.task(before, "Загрузите")["responsibleId"] == str(seller), "R-11"


# — its end —


@pytest.mark.slow
def test_a_contract_with_papers_that_count_is_not_annulled(company, client):
    """RG-T14: neither without a reason."""
    contract = company.frame_contract(client["company"])
    company.settle()
    act = paper(company, "ACT", doc_base=contract, doc_sum=Decimal(1), doc_scan=[["Акт.pdf", "JVBERi0xLjQ="]])
    assert company.value(act, "doc_state") == "Подписан (закрывающий)"
    company.move(contract, "LOSE")
    company.settle()
    assert company.stage(contract) == "CONTRACT"
    assert company.value(contract, "block") == (
        "Не заполнено: Причина аннулирования. По документу есть действующие документы: Документ ACT"
    )
    company.advance(minutes=2)
    company.move(act, "WON")
    company.fill(contract, doc_reason="Заключён по ошибке")
    company.settle()
    company.move(contract, "LOSE")
    company.settle()
    assert company.stage(contract) == "LOSE", company.value(contract, "block")
    assert company.value(contract, "doc_state") == "Расторгнут"
    assert company.value(act, "doc_state") == "Архив"


@pytest.mark.slow
def test_e_rg_8_what_is_in_force_goes_to_the_archive_only_with_a_decision(company, client):
    contract = company.frame_contract(client["company"])
    company.settle()
    company.move(contract, "WON")
    company.settle()
    assert company.stage(contract) == "CONTRACT"
    assert company.value(contract, "block") == "Не заполнено: Решение о пролонгации"
    company.advance(minutes=2)
    company.fill(contract, doc_result="Не продлеваем")
    company.settle()
    company.move(contract, "WON")
    company.settle()
    assert (company.stage(contract), company.value(contract, "doc_state")) == ("WON", "Архив")
