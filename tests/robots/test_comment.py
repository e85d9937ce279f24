"""A comment stands on the card once, whatever becomes of the portal's answer."""


def test_a_comment_whose_answer_was_lost_is_found_and_not_repeated(company):
    deal = company.deal_in("OFFER")
    company.portal.fault(kind="cut_after", method="crm.timeline.comment.add")
    company.fill(deal, make_doc="Договор субподряда")
    company.settle()
    assert [text for text in company.comments(deal) if "ещё не подготовлен" in text] != []
    assert company.comments(deal) == list(dict.fromkeys(company.comments(deal)))
