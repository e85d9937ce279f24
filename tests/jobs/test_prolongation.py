"""What the clock says of documents that end soon (RG-T8, RG-T9)."""

from datetime import date

import pytest

FEBRUARY = date(2027, 2, 28)
UNDECIDED = "решения о пролонгации нет"


def told(company, user: int) -> int:
    return sum(UNDECIDED in text for text in company.notifications(user))


@pytest.mark.slow
def test_while_nobody_decides_more_and_more_people_hear_of_it_each_step_once(company):
    """RG-T9: initiator and head 30 days before the end, the head 14, the commercial director 7; at most the newest after a pause."""
    initiator = company.manager_of("Москва")
    head, director = company.head_of(initiator), company.holder("COMMERCIAL_DIRECTOR")
    contract = company.frame_contract(company.any_company(), until=FEBRUARY)
    company.settle()
    for morning, expected in (
        ("30.12.2026 12:00", (0, 0, 0)),
        ("28.01.2027 12:00", (0, 0, 0)),
        ("29.01.2027 12:00", (1, 1, 0)),
        ("12.02.2027 12:00", (1, 1, 0)),
        ("15.02.2027 12:00", (1, 2, 0)),  # 14.02 is a Sunday: people hear of it on Monday
        ("24.02.2027 12:00", (1, 2, 1)),
        ("26.02.2027 12:00", (1, 2, 1)),
    ):
        company.at(morning)
        company.run_clock()
        assert (told(company, initiator), told(company, head), told(company, director)) == expected, morning
    assert company.titles(contract) == ["Пролонгируйте документ"]
    assert any("действует до 28.02.2027 (осталось дней: 30)" in text for text in company.notifications(initiator))
    company.fill(contract, by=initiator, doc_prolong="Не требуется")
    company.settle()
    assert company.titles(contract) == []


@pytest.mark.slow
def test_after_a_month_without_the_layer_only_the_newest_step_is_told(company):
    """A-18: and the question is put once."""
    initiator, director = company.manager_of("Москва"), company.holder("COMMERCIAL_DIRECTOR")
    contract = company.frame_contract(company.any_company(), until=FEBRUARY)
    company.settle()
    company.at("30.12.2026 12:00")
    company.run_clock()
    with company.layer_down():
        company.at("25.02.2027 12:00")
    company.run_clock()
    company.at("26.02.2027 12:00")
    company.run_clock()
    assert (told(company, initiator), told(company, director)) == (0, 1)
    assert company.titles(contract, open_only=False) == ["Пролонгируйте документ"]


@pytest.mark.slow
def test_e_rg_6_a_power_of_attorney_shorter_than_its_warning_is_asked_about_on_the_day_after_its_start(company):
    """Nobody is asked about what is not to be prolonged, or has a successor."""
    initiator, client = company.manager_of("Москва"), company.any_company()
    said = {
        "doc_state": "Действует",
        "doc_date": date(2026, 11, 23),
        "doc_signed": date(2026, 11, 23),
        "doc_side": "Прочее",
    }
    said |= {"doc_start": date(2026, 11, 23), "doc_end": date(2026, 12, 22), "doc_init": initiator, "company": client}
    said |= {"doc_scan": [["Доверенность.pdf", "JVBERi0xLjQ="]]}
    by = company.holder("LAWYER")
    powers = {
        prolong: company.new_deal(
            "REGISTRY", "POA", title=f"Доверенность {prolong}", by=by, doc_prolong=prolong, **said
        )
        for prolong in ("Требуется", "Не требуется")
    }
    company.settle()
    assert company.value(powers["Требуется"], "doc_no") == "ДВ-2026/001"
    company.at("23.11.2026 23:00")
    company.run_clock()
    assert [company.titles(one) for one in powers.values()] == [[], []]
    company.at("24.11.2026 06:05")
    company.run_clock()
    assert [company.titles(one) for one in powers.values()] == [["Пролонгируйте документ"], []]
    assert company.failures() == []


@pytest.mark.slow
@pytest.mark.seed("demo")
def test_a_contract_from_before_the_first_start_is_asked_about_and_the_answer_is_seen(company):
    """RG-T11: the archive that a company brings along; this one ends on 09.11.2027 and goes on by itself."""
    stage = company.dictionary.stage_id("REGISTRY", "CONTRACT")
    of_type = {"entityTypeId": 2, "filter": {"=stageId": stage}, "order": {"id": "ASC"}}
    old = int(company.portal.act(1, "crm.item.list", of_type)["items"][0]["id"])
    company.at("10.09.2027 05:00")  # nights ask about what has ended, and then read all that is known
    company.run_clock()
    assert company.titles(old) == []
    company.at("10.09.2027 06:05")
    company.run_clock()
    assert company.titles(old) == ["Проверьте целесообразность автопролонгации"], company.value(old, "doc_end")
    company.fill(old, doc_result="Автопролонгация подтверждена")
    company.settle()
    assert company.titles(old) == []
