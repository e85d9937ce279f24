"""Cards made before go-live: their history never fires, what people do from now on does."""

import pytest

STRAIGHT = {"UF_CRM_SF_SO_NEWMAT": 0, "UF_CRM_SF_SO_NEEDLOG": 0}


@pytest.fixture(scope="module")
def old(company):
    """`old("QUALIFY")`: a Soft card of the seed on that stage, another one each time."""
    taken: set[int] = set()

    def pick(stage: str, **filter_: object) -> int:
        stage_id = company.dictionary.stage_id("SOFT", stage)
        params = {"entityTypeId": 2, "filter": {"=stageId": stage_id, **filter_}, "order": {"id": "ASC"}}
        params |= {"useOriginalUfNames": "Y"}
        items = company.portal.act(1, "crm.item.list", params)["items"]
        deal = next(int(item["id"]) for item in items if int(item["id"]) not in taken)
        taken.add(deal)
        return deal

    return pick


def test_an_edited_field_of_an_old_card_fires_nothing_the_first_time(company, old):
    deal = old("QUALIFY", **STRAIGHT)
    company.fill(deal, so_newmat=True)
    company.settle()
    assert company.stage(deal) == "QUALIFY"
    assert company.comments(deal) == []
    company.fill(deal, so_newmat=False)
    company.settle()
    company.fill(deal, so_newmat=True)
    company.settle()
    assert company.stage(deal) == "DESIGN", "from then on it is known and acts"


def test_a_filled_button_of_an_old_card_acts(company, old):
    deal = old("OFFER")
    company.fill(deal, make_doc="Договор субподряда")
    company.settle()
    assert ["ещё не подготовлен" in text for text in company.comments(deal)] == [True]
    assert company.value(deal, "make_doc") is None


def test_an_incomplete_old_card_goes_back_to_where_it_really_stood(company, old):
    """R-07: the previous stage comes from the portal's history."""
    deal = old("NEW")
    company.fill(deal, contact=None)
    company.move(deal, "OFFER")
    company.settle()
    assert company.stage(deal) == "NEW"
    assert company.value(deal, "block").startswith("Не заполнено: Контакт, ")


def test_an_old_card_seen_by_an_edit_and_then_moved_knows_its_previous_stage(company, old):
    deal = old("QUALIFY", **STRAIGHT)
    company.fill(deal, contact=None)
    company.settle()
    company.move(deal, "OFFER")
    company.settle()
    assert company.stage(deal) == "QUALIFY"
    assert company.value(deal, "block") == "Не заполнено: Контакт"


def test_the_move_of_a_complete_old_card_acts_once(company, old):
    deal = old("NEW")
    company.move(deal, "QUALIFY")
    company.settle()
    assert company.stage(deal) == "QUALIFY", company.value(deal, "block")
    assert company.titles(deal, open_only=False) == ["Оцените клиента и потребности"]
