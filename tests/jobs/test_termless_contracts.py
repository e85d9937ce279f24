"""The lawyer's list of contracts without a term (RG-T7)."""

from datetime import date

import pytest


@pytest.mark.slow
def test_on_mondays_the_lawyer_gets_the_contracts_of_which_nobody_knows_until_when(company):
    """RG-T7: neither those with an end nor those without one for good."""
    client, lawyer = company.any_company(), company.holder("LAWYER")
    unknown = company.frame_contract(client, until=None, doc_no="Д-1")
    company.frame_contract(client, until=None, doc_termless=True, doc_no="Д-2")
    company.frame_contract(client, until=date(2027, 12, 31), doc_no="Д-3")
    company.settle()
    for moment in ("27.11.2026 12:00", "30.11.2026 09:05", "01.12.2026 12:00"):
        company.at(moment)
        company.run_clock()
    (text,) = [one for one in company.notifications(lawyer) if "Договоры без срока" in one]
    assert f"Договоры без срока: 1.\n• Договор № Д-1 (№{unknown})" in text
