"""A task is opened again, whatever becomes of the request."""

import pytest

from engine.triggers import on_task_closed
from robots.renew_task import renew_task


@pytest.fixture
def again(claims):
    """«Свяжитесь с клиентом» is never done."""

    @on_task_closed("SOFT", "SO-1")
    def open_again(run, deal):
        renew_task(run, run.change.what["task"], "Ещё раз")


def test_a_renewal_whose_answer_is_lost_is_no_failure(company, again):
    """Asked again, the portal refuses to open what is open."""
    deal = company.new_deal()
    company.settle()
    company.portal.fault("cut_after", method="tasks.task.renew")
    company.close_task(deal, "Свяжитесь")
    company.settle()
    assert company.portal.faults_waiting() == []
    assert company.titles(deal) == ["Свяжитесь с клиентом"]
    assert company.messages(deal, "Свяжитесь") == ["Ещё раз"]
    assert company.failures() == []
