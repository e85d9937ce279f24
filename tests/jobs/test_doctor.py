"""What the administrator hears in the morning of what is wrong with the installation."""

BEGINNING = "Утренняя проверка «Воронки»"


def told(company) -> list[str]:
    return [text for text in company.notifications(company.holder("ADMIN")) if text.startswith(BEGINNING)]


def morning(company, moment: str) -> list[str]:
    company.at(moment)
    company.run_clock()
    company.at(moment.replace("06:05", "09:30"))
    company.run_clock()
    return told(company)


def test_nothing_is_said_while_all_is_well(company):
    assert morning(company, "25.11.2026 06:05") == []


def test_a_field_that_somebody_deleted_is_an_error_and_said_every_morning(company):
    [field] = company.portal.act(1, "crm.company.userfield.list", {"filter": {"FIELD_NAME": "UF_CRM_SF_KIND"}})
    company.portal.act(1, "crm.company.userfield.delete", {"id": field["ID"]})
    [text] = morning(company, "25.11.2026 06:05")
    assert text == f"{BEGINNING}: ошибок — 1. Что исправить, скажет flask check."
    assert len(morning(company, "26.11.2026 06:05")) == 2
