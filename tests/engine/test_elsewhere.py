"""Cards, funnels and stages that are none of ours."""

import pytest


def nothing_happened(company, deal: int) -> bool:
    return company.titles(deal, open_only=False) == [] and company.comments(deal) == [] and company.failures() == []


def people_make(company, **fields: object) -> int:
    """Somebody makes a card in the portal's first funnel."""
    item = {"title": "Аренда офиса", "categoryId": 0, **fields}
    return int(company.acts(1, "crm.item.add", {"entityTypeId": 2, "fields": item})["item"]["id"])


def test_a_funnel_that_is_not_in_config_is_left_alone(company):
    deal = people_make(company)
    company.settle()
    company.acts(1, "crm.item.update", {"entityTypeId": 2, "id": deal, "fields": {"stageId": "EXECUTING"}})
    company.acts(1, "crm.item.update", {"entityTypeId": 2, "id": deal, "fields": {"UF_CRM_SF_SO_NEWMAT": "Y"}})
    company.delete(deal)
    company.settle()
    assert nothing_happened(company, deal)


def test_a_card_from_a_strange_funnel_is_new_in_ours(company, client):
    deal = people_make(company, assignedById=company.manager_of("Омск"))
    company.settle()
    company.move_to_funnel(deal, "SOFT", "NEW")
    company.settle()
    assert company.titles(deal) == ["Свяжитесь с клиентом"]


@pytest.fixture
def made_meanwhile(company, client):
    """A Soft card made and moved on while nobody looked."""

    def make(category: int, stage_id: str) -> int:
        with company.engine._looking:
            deal = company.new_deal(**client, so_need="Костюмы")
            company.move(deal, "QUALIFY")
            fields = {"categoryId": category, "stageId": stage_id}
            company.acts(1, "crm.item.update", {"entityTypeId": 2, "id": deal, "fields": fields})
            company.portal.settle_events()
        company.settle()
        return deal

    return make


def test_a_card_that_left_for_a_strange_funnel_before_we_looked_is_left_alone(company, made_meanwhile):
    assert nothing_happened(company, made_meanwhile(0, "NEW"))


def test_a_card_that_left_for_another_process_before_we_looked_belongs_to_that(company, made_meanwhile):
    service = company.dictionary.category("SERVICE")
    deal = made_meanwhile(service, company.dictionary.stage_id("SERVICE", "NEW"))
    assert nothing_happened(company, deal)
    assert company.value(deal, "stage_plan") is not None, "of SERVICE"


@pytest.fixture(scope="module")
def strange_stage(company) -> str:
    """The administrator adds a column to the funnel."""
    category = company.dictionary.category("SOFT")
    fields = {"ENTITY_ID": f"DEAL_STAGE_{category}", "STATUS_ID": "PONDER", "NAME": "Обдумать", "SORT": 25}
    company.acts(1, "crm.status.add", {"fields": fields})
    return f"C{category}:PONDER"


def put_on(company, deal: int, stage_id: str) -> None:
    company.acts(1, "crm.item.update", {"entityTypeId": 2, "id": deal, "fields": {"stageId": stage_id}})


def test_a_stage_that_is_not_in_config_is_passed_over(company, client, strange_stage):
    deal = company.new_deal(**client)
    company.settle()
    put_on(company, deal, strange_stage)
    company.settle()
    assert company.titles(deal) == ["Свяжитесь с клиентом"]
    company.set_rows(deal, ("Каска", "900", "10"))
    company.settle()
    company.set_rows(deal, ("Каска", "900", "20"))
    company.fill(deal, so_newmat=True)
    company.close_task(deal, "Свяжитесь")
    company.settle()
    assert company.failures() == []
    company.move(deal, "QUALIFY")
    company.settle()
    assert company.titles(deal) == ["Оцените клиента и потребности"]
    assert company.failures() == []


def test_an_incomplete_card_is_not_sent_back_to_a_stage_that_is_not_in_config(company, strange_stage):
    deal = company.new_deal()
    company.settle()
    put_on(company, deal, strange_stage)
    company.settle()
    company.move(deal, "QUALIFY")
    company.settle()
    assert company.stage(deal) == "QUALIFY"
    assert "Заполните обязательные поля" in company.titles(deal)
    assert company.failures() == []


def test_a_card_on_a_strange_stage_does_not_keep_the_jobs_from_the_others(company, client, strange_stage):
    manager = company.manager_of("Казань")
    deal, other = (company.new_deal(**client, by=manager) for _ in range(2))
    company.settle()
    put_on(company, deal, strange_stage)
    company.settle()
    company.dismiss(manager)
    company.at("24.11.2026 02:01")
    company.run_clock()
    company.at("24.11.2026 12:01")
    company.run_clock()
    assert int(company.card(other)["assignedById"]) != manager
    assert company.failures() == []
