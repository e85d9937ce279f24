"""The production calendar of the next year."""

import pytest

TITLE = "Дополните производственный календарь: 2029 год"


def asked(company) -> list[str]:
    return [line.partition(", ")[0] for line in company.open_tasks(None) if "календарь" in line]


@pytest.mark.slow
def test_in_october_and_december_the_administrator_completes_the_next_year(company):
    """R-20: 2027 is complete; of 2029 nothing is known in October 2028."""
    company.at("01.12.2026 09:05")
    company.run_clock()
    assert asked(company) == []
    for moment in ("01.10.2028 09:05", "01.12.2028 09:05"):
        company.at(moment)
        company.run_clock()
        assert asked(company) == [f"{TITLE} → {company.user_name(company.holder('ADMIN'))}"], (
            "in December it is open still"
        )
    assert "Не известны переносы выходных 2029 года" in company.task(None, TITLE)["description"]
    assert company.failures() == []
