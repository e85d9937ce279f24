"""Two processes in one funnel: the field that `selector` names says whose a card is."""

import pytest

from engine.triggers import on_field
from robots.comment import comment
from tests.company import playing


@pytest.fixture
def company(tmp_path, claims):
    @on_field("DISTRIBUTOR", "lost_note")
    def tell_of_the_manager(run, deal):
        comment(run, deal, "Сводная")

    @on_field("DISTRIBUTOR_BRANCH", "lost_note")
    def tell_of_the_branch(run, deal):
        comment(run, deal, "Филиал")

    with playing(tmp_path, apart=True) as company:
        company.start_layer()
        yield company


def test_each_card_belongs_to_the_process_that_its_field_names(company):
    summary = company.new_deal("DISTRIBUTOR", db_type="Сводная по менеджеру")
    branch = company.new_deal("DISTRIBUTOR_BRANCH", db_type="Филиал")
    unsaid = company.new_deal("DISTRIBUTOR_BRANCH")
    company.settle()
    for deal in (summary, branch, unsaid):
        company.fill(deal, lost_note="Ошибка")
    company.settle()
    told = [
        [text for text in company.comments(deal) if text in ("Сводная", "Филиал")] for deal in (summary, branch, unsaid)
    ]
    assert told == [["Сводная"], ["Филиал"], ["Сводная"]], "a card that does not say is of the first process"
