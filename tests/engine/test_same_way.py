"""A run that is repeated takes the way it first decided, whatever became of the card meanwhile."""

import pytest
import sqlalchemy as sa

from engine import storage
from engine.storage import Storage
from tests.company import playing
from tests.engine.wait import wait_until


@pytest.fixture
def company(tmp_path):
    with playing(tmp_path, apart=True, look_every_seconds=0.3, tick_seconds=1) as company:
        yield company


@pytest.fixture
def dies(company):
    """`dies(deal, "sent:3")`: a card is moved to QUALIFY, and the worker dies at that point."""

    def act(failpoint: str, **fields: object) -> int:
        worker = company.start_worker(failpoint)
        company.wait_until_live()
        deal = company.new_deal(**fields)
        wait_until(lambda: company.titles(deal))
        company.move(deal, "QUALIFY")
        assert worker.wait(timeout=20) == -9
        return deal

    return act


def decided(company) -> tuple[str, list[str]]:
    """The trigger that was at work when the worker died, and what it had planned."""
    store = Storage(company.settings.database_url)
    runs, effects = storage.runs, storage.effects
    with store.read() as connection:
        run = connection.execute(
            sa.select(runs).where(runs.c.state == "open", runs.c.card.is_not(None)).order_by(runs.c.id)
        ).first()
        steps = connection.scalars(sa.select(effects.c.step).where(effects.c.run_id == run.id)).all()
    store.close()
    return run.trigger, list(steps)


@pytest.mark.slow
def test_a_card_emptied_between_the_kill_and_the_repeat_is_let_in(company, dies):
    """The guard had looked at the complete card."""
    deal = dies("begun:4", company=company.any_company(), contact=company.any_contact())
    assert decided(company) == ("on_incomplete * *", [])
    company.fill(deal, contact=None)
    company.start_worker()
    wait_until(lambda: company.titles(deal) == ["Оцените клиента и потребности"])
    assert company.stage(deal) == "QUALIFY"
    assert company.value(deal, "block") is None


@pytest.mark.slow
def test_a_card_filled_between_the_kill_and_the_repeat_is_sent_back(company, dies):
    """The guard had found it incomplete, and had planned to say so."""
    deal = dies("before sent:3")
    trigger, steps = decided(company)
    assert trigger == "on_incomplete * *"
    assert steps == ["move NEW"]
    company.fill(deal, company=company.any_company(), contact=company.any_contact())
    company.start_worker()
    wait_until(lambda: company.stage(deal) == "NEW")
    wait_until(lambda: company.comments(deal))
    assert company.value(deal, "block") == "Не заполнено: Компания, Контакт"
    assert len(company.comments(deal)) == 1


@pytest.mark.slow
def test_a_task_that_was_planned_is_for_whoever_was_responsible_then(company, dies):
    manager, other = company.manager_of("Казань"), company.manager_of("Омск")
    deal = dies("planned:5", company=company.any_company(), contact=company.any_contact(), by=manager)
    trigger, steps = decided(company)
    assert trigger == "on_stage SOFT QUALIFY"
    assert "SO-2" in steps
    company.acts(1, "crm.item.update", {"entityTypeId": 2, "id": deal, "fields": {"assignedById": other}})
    company.start_worker()
    wait_until(lambda: company.titles(deal) == ["Оцените клиента и потребности"])
    assert int(company.task(deal, "Оцените")["responsibleId"]) == manager
