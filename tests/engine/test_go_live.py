"""The first start on a portal in the middle of its work."""

from datetime import timedelta

from tests.company import playing


def test_a_button_that_was_filled_before_go_live_acts_when_the_card_is_first_seen(tmp_path):
    """DESIGN §1: a button fires when it is filled and no snapshot holds that value."""
    with playing(tmp_path, apart=True) as company:
        company.portal.events(lose=2)
        deal = company.new_deal(company=company.any_company(), contact=company.any_contact())
        company.fill(deal, make_doc="Договор субподряда")
        company.portal.advance(timedelta(minutes=1))  # the second of the go-live itself belongs to what comes after
        company.start_layer()
        company.settle()
        assert company.comments(deal) == [], "nobody has touched it since"
        company.fill(deal, so_need="Костюмы")
        company.settle()
        assert ["ещё не подготовлен" in text for text in company.comments(deal)] == [True]
        assert company.value(deal, "make_doc") is None
