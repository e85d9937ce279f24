"""kill -9 of the worker between any two steps of a run: after the restart every effect exists once."""

import pytest

from tests.company import playing

# Each point of the engine, and how often it is passed before the worker dies there.
KILL = "sent:2"
MORE_KILLS = [
    "begun:2", "recorded:3", "noticed:2", "fact:2", "planned:2", "answered:3", "read:2", "before sent:1", "sent:3", "finished:2",
]  # fmt: skip


@pytest.mark.parametrize("failpoint", [KILL, *(pytest.param(one, marks=pytest.mark.slow) for one in MORE_KILLS)])
def test_a_killed_worker_leaves_every_effect_once(tmp_path, failpoint):
    with playing(tmp_path, apart=True, look_every_seconds=0.3, tick_seconds=1) as company:
        client = {"company": company.any_company(), "contact": company.any_contact()}
        worker = company.start_worker(failpoint)
        company.wait_until_live()
        complete, incomplete = company.new_deal(**client), company.new_deal()
        company.move(complete, "QUALIFY")
        company.move(incomplete, "QUALIFY")
        assert worker.wait(timeout=60) == -9, f"the worker never came to {failpoint}"

        company.start_worker()
        company.settle(60)
        assert company.titles(complete, open_only=False) == ["Свяжитесь с клиентом", "Оцените клиента и потребности"]
        assert company.titles(complete) == ["Оцените клиента и потребности"]
        assert len(company.checklist(complete, "Оцените")) == 6
        assert company.messages(complete, "Свяжитесь") == ["Стадия пройдена"]
        assert company.stage(incomplete) == "NEW"
        assert company.titles(incomplete, open_only=False) == ["Свяжитесь с клиентом"]
        assert [text.split(".")[0] for text in company.comments(incomplete)] == [
            "Сделка возвращена на стадию «Новая заявка»"
        ]
        assert len(company.notifications(company.card(incomplete)["assignedById"])) == 1
        assert company.failures() == []
