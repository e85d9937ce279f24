"""A run that asks the portal something, and gets no answer, waits and asks again."""

import pytest

from engine.triggers import on_stage
from robots.comment import comment

TROUBLES = [
    ("html", {}), ("error200", {}), ("half", {}), ("cut_before", {}), ("redirect", {}),
    ("refuse", {"code": "INTERNAL_SERVER_ERROR", "status": 500}),
    ("refuse", {"code": "QUERY_LIMIT_EXCEEDED", "status": 503}),
]  # fmt: skip


@pytest.fixture
def counting(claims):
    """Talks begin with a look at the client's requisites."""

    @on_stage("SERVICE", "TALKS")
    def count(run, deal):
        found = run.fact("requisites", lambda: len(run.engine.ask("crm.requisite.list", {}).result))
        comment(run, deal, f"Реквизитов: {found}")


@pytest.mark.parametrize(
    ("kind", "how"), TROUBLES, ids=[f"{kind} {how.get('code', '')}".strip() for kind, how in TROUBLES]
)
def test_a_question_without_an_answer_is_asked_again(company, counting, kind, how):
    deal = company.new_deal("SERVICE")
    company.settle()
    company.portal.fault(kind, method="crm.requisite.list", **how)
    company.move(deal, "TALKS")
    company.settle()
    assert company.portal.faults_waiting() == []
    assert [text.startswith("Реквизитов: ") for text in company.comments(deal)] == [True]
    assert company.failures() == []


def test_a_question_that_the_portal_refuses_is_a_dead_letter(company, counting):
    deal = company.new_deal("SERVICE")
    company.settle()
    company.portal.fault("refuse", method="crm.requisite.list", code="ACCESS_DENIED", status=400)
    company.move(deal, "TALKS")
    company.settle()
    assert "Не выполнено автоматически: портал отказал" in company.comments(deal)[-1]
    company.retry_failures()
    company.settle()
    assert company.comments(deal)[-1].startswith("Реквизитов: ")
    assert company.failures() == []
