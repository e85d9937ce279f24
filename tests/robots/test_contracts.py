"""Contracts filled from a card, as people find them on the portal: T01, T02, T11, T14."""

from datetime import date
from decimal import Decimal

import pytest

from documents import checks

FRAMEWORK, SINGLE = "Договор поставки (рамочный, Софт)", "Договор поставки разовый (Софт)"
SECRECY, ADDENDUM = (
    "Соглашение о конфиденциальности",
    "Дополнительное соглашение об изменении условий (срок, цена, НДС)",
)
CHANGES = "п. 3.2\nБыло: Срок — 10 дней.\nСтало: Срок — 20 дней.\nДействует с 01.12.2026"


@pytest.fixture
def client(company):
    return {"company": company.any_company(), "contact": company.any_contact()}


def press(company, deal, kind):
    company.fill(deal, make_doc=kind)
    company.settle()


def text(company, deal):
    """The words of the card's newest DOCX."""
    content = [content for name, content in company.files(deal).items() if name.endswith(".docx")][-1]
    return checks.text_of(content).replace("\u00a0", " ")


def registered(company, deal, *names):
    [card] = company.register(doc_source=deal)
    return company.stage(card), *(company.value(card, name) for name in names)


def test_the_register_knows_of_a_framework_contract_what_its_text_says(company, client):
    """T01, §7.2: until when it holds, that it is prolonged by itself, and that it has no sum."""
    deal = company.deal_in("OFFER", **client, so_group="Спецодежда")
    press(company, deal, FRAMEWORK)
    said = text(company, deal)
    assert "ДОГОВОР ПОСТАВКИ № Д-2026/001" in said
    assert "действует по «23» ноября 2027 г. включительно" in said
    names = ("doc_no", "doc_state", "doc_frame", "doc_sum", "doc_end", "doc_prolong", "doc_period", "doc_termless")
    assert registered(company, deal, *names) == (
        "CONTRACT", "Д-2026/001", "Проект", True, None, date(2027, 11, 23), "Автоматическая", 12, False,
    )  # fmt: skip
    assert any(one.startswith("Проверьте склонение: «в лице генерального директора") for one in company.comments(deal))
    assert company.value(deal, "contract") == company.register(doc_source=deal)[0]
    assert not company.failures()


@pytest.mark.slow
def test_a_single_supply_has_its_sum_and_no_end_to_watch(company, client):
    """T02."""
    deal = company.deal_in("OFFER", **client, ship_until=date(2026, 12, 28), delivery_way="Самовывоз")
    press(company, deal, SINGLE)
    names = ("doc_sum", "doc_end", "doc_termless", "doc_prolong", "doc_frame")
    assert registered(company, deal, *names) == ("CONTRACT", Decimal("429000.00"), None, True, "Не требуется", False)
    assert "3.1. Срок поставки: до «28» декабря 2026 г." in text(company, deal)


@pytest.mark.slow
def test_an_agreement_on_secrecy_goes_to_its_own_stage_and_ends_in_three_years(company, client):
    """T11."""
    deal = company.deal_in("QUALIFY", **client)
    press(company, deal, SECRECY)
    assert registered(company, deal, "doc_no", "doc_end", "doc_prolong") == (
        "NDA", "К-2026/001", date(2029, 11, 23), "Не требуется",
    )  # fmt: skip


@pytest.mark.slow
def test_what_a_single_supply_lacks_is_named_in_the_words_of_the_form(company, client):
    deal = company.deal_in("OFFER", **client)
    press(company, deal, SINGLE)
    assert company.value(deal, "block") == "Документ не сформирован. Не заполнено: Срок поставки (план)"
    assert company.files(deal) == {}


@pytest.mark.slow
def test_an_addendum_asks_for_its_changes_and_is_counted_inside_its_contract(company, client):
    """T14: a wording that is not understood is told as it is; filled in and pressed again it is made."""
    contract = company.new_deal(
        "REGISTRY", "CONTRACT", title="Договор", doc_no="Д-2026/017", doc_date=date(2026, 3, 31), doc_state="Действует",
        doc_side="Клиент", doc_prolong="Не требуется", company=client["company"],
    )  # fmt: skip
    deal = company.deal_in("OFFER", **client, contract=contract)
    press(company, deal, ADDENDUM)
    assert company.value(deal, "block") == "Документ не сформирован. Не заполнено: Изменения договора"
    company.fill(deal, doc_changes="п. 3.2\nБыло: 10 дней")
    press(company, deal, ADDENDUM)
    assert "«Изменения договора: п. 3.2: нет строки «Стало:»»" in company.comments(deal)[-1]

    company.fill(deal, doc_changes=CHANGES)
    press(company, deal, ADDENDUM)
    assert registered(company, deal, "doc_no", "doc_base", "doc_end", "doc_prolong") == (
        "ADDENDUM", "1", contract, None, None,
    )  # fmt: skip
    said = text(company, deal)
    assert "1\nп. 3.2\nСрок — 10 дней.\nСрок — 20 дней." in said
    assert "вступает в силу «01» декабря 2026 г." in said
    assert not company.failures()
