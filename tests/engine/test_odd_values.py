"""Values that nobody should write, and somebody does: only their own card is the worse for it."""

import pytest

ODD = [("UF_CRM_SF_PARENT", "no deal"), ("UF_CRM_SF_PARENT", "C_5"), ("UF_CRM_SF_SO_LOGCOST", "12|USD"), ("UF_CRM_SF_CITY", 99999),
       ("assignedById", 99999), ("currencyId", "EUR")]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), ODD)
def test_an_odd_value_on_one_card_keeps_no_other_from_going_on(company, client, field, value):
    odd, other = company.new_deal(**client), company.new_deal(**client)
    company.settle()
    params = {"entityTypeId": 2, "id": odd, "fields": {field: value}, "useOriginalUfNames": "Y"}
    company.acts(1, "crm.item.update", params)
    company.acts(
        1, "crm.item.update", {**params, "fields": {"stageId": company.dictionary.stage_id("SOFT", "QUALIFY")}}
    )
    company.move(other, "QUALIFY")
    company.settle()
    assert company.titles(other) == ["Оцените клиента и потребности"]
    assert company.titles(odd) != []
    company.acts(1, "crm.item.update", {**params, "fields": {"title": "Исправлено"}})
    company.settle()
    assert company.failures() == []
