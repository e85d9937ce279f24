"""Several workers on one PostgreSQL database: one leads, all do runs, and whoever falls silent is replaced."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from bitrix.limits import Limits
from engine import slots, storage
from engine.shared_limit import SharedBucket
from engine.slots import Slot, SlotLost
from engine.storage import Storage, StorageRefused
from tests import postgres
from tests.company import playing
from tests.engine.wait import wait_until
from tests.stores import ON_POSTGRES, new_store

pytestmark = pytest.mark.skipif(not ON_POSTGRES, reason="several workers need PostgreSQL: make test-postgres")
CARDS = 12
QUICK = {"look_every_seconds": 0.3, "tick_seconds": 1, "takeover_seconds": 3}


def slot_on(store: Storage, wanted: str = "", takeover_seconds: float = 45) -> Slot:
    slot = Slot(store, wanted, takeover_seconds)
    slot.claim()
    return slot


@pytest.fixture
def company(tmp_path):
    with playing(tmp_path, apart=True, **QUICK) as company:
        yield company


def two_workers(company) -> list:
    """The first leads."""
    workers = [company.start_worker()]
    company.wait_until_live()
    workers.append(company.start_worker())
    wait_until(lambda: len(signs(company)) == 2, 30)
    return workers


def signs(company) -> dict[str, dict]:
    """The slots that are taken, and their last signs of life."""
    store = Storage(company.settings.database_url)
    with store.read() as connection:
        rows = connection.execute(sa.select(storage.marks).where(storage.marks.c.name.like("slot:%"))).all()
        found = {row.name.removeprefix("slot:"): row.value for row in rows}
    store.close()
    return found


def leader(company) -> str:
    store = Storage(company.settings.database_url)
    with store.read() as connection:
        found = store.mark(connection, slots.LEAD)["slot"]
    store.close()
    return found


def cards_led_on(company) -> list[int]:
    """Cards that people lead to the next stage, all at once: work for a while."""
    client = {"company": company.any_company(), "contact": company.any_contact()}
    deals = [company.new_deal(**client) for _ in range(CARDS)]
    for deal in deals:
        company.move(deal, "QUALIFY")
    return deals


def is_done_once(company, deals: list[int]) -> None:
    for deal in deals:
        assert company.titles(deal, open_only=False) == ["Свяжитесь с клиентом", "Оцените клиента и потребности"]
        assert company.titles(deal) == ["Оцените клиента и потребности"]
        assert len(company.checklist(deal, "Оцените")) == 6
        assert company.messages(deal, "Свяжитесь") == ["Стадия пройдена"]
    assert company.failures() == []


# — slots —


def test_each_worker_gets_the_first_free_slot_and_the_first_leads(store):
    first, second = slot_on(store), slot_on(store)
    assert (first.name, second.name) == ("worker-1", "worker-2")
    second.beat()
    assert (first.leads, second.leads) == (True, False)
    first.leave()
    second.beat()
    assert second.leads
    third = slot_on(store)
    assert third.name == "worker-1"
    for slot in (second, third):
        slot.leave()


def test_whoever_comes_back_to_the_slot_of_a_killed_leader_leads_at_once(store):
    """Workers that die more often than the takeover takes would else leave nobody leading, for ever."""
    killed, other = slot_on(store), slot_on(store)
    killed._held.close()
    again = slot_on(store)
    other.beat()
    assert (again.name, again.leads, other.leads) == ("worker-1", True, False)
    for slot in (again, other):
        slot.leave()


def test_a_slot_that_is_taken_is_refused_with_its_name(store):
    mine = slot_on(store, "worker-7")
    with pytest.raises(StorageRefused, match="worker-7"):
        slot_on(store, "worker-7")
    mine.leave()


def test_a_silent_worker_is_seen_and_finds_its_slot_lost(store):
    silent, awake = slot_on(store, takeover_seconds=0.6), slot_on(store, takeover_seconds=0.6)
    awake.beat()
    assert awake.silent() == []
    time.sleep(0.7)
    awake.beat()
    assert (awake.leads, silent.leads, awake.silent()) == (True, False, ["worker-1"])
    awake.clear("worker-1")
    with pytest.raises(SlotLost, match="silent"):
        silent.beat()
    for slot in (silent, awake):
        slot.leave()


def test_a_session_that_the_server_ended_for_hanging_is_a_database_that_is_away(store):
    def hang() -> None:
        with store.write() as tx:
            tx.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 100")
            time.sleep(0.5)
            store.set_mark(tx, "late", 1)

    with pytest.raises(sa.exc.OperationalError):
        hang()
    with store.write() as tx:
        store.set_mark(tx, "anew", 1)


# — the portal's limit —


def test_the_bucket_of_requests_is_one_for_all_processes(tmp_path):
    """As many as the portal's burst allows at once, then at its rate; no process goes without."""
    url, limits = new_store(tmp_path), Limits(burst=20, per_second=40)
    Storage(url).prepare()
    stores = [Storage(url) for _ in range(3)]
    buckets, left, until = [SharedBucket(store, limits) for store in stores], [], time.monotonic() + 3
    started = time.monotonic()

    def process(number: int) -> None:
        while time.monotonic() < until:
            buckets[number].acquire()
            left.append((time.monotonic() - started, number))

    with ThreadPoolExecutor(3) as processes:
        list(processes.map(process, range(3)))
    left.sort()
    for place, (at, _) in enumerate(left, start=1):
        assert place <= limits.burst + limits.per_second * at + 1, f"{place} requests in {at:.2f} s"
    shares = [sum(1 for _, by in left if by == number) for number in range(3)]
    assert min(shares) > len(left) / 6, shares
    for store in stores:
        store.close()


# — stories —


def test_two_workers_do_every_effect_once(company):
    """R23, R38."""
    workers = two_workers(company)
    deals = cards_led_on(company)
    company.settle(120)
    is_done_once(company, deals)
    assert leader(company) == "worker-1"
    assert [worker.poll() for worker in workers] == [None, None]


@pytest.mark.parametrize("failpoint", ["begun:9", "planned:9", "sent:9", "answered:9"])
def test_what_a_dead_worker_was_at_another_one_does(company, failpoint):
    """ENGINE pitfall 5: nobody starts the dead one again."""
    dying = company.start_worker(failpoint)
    company.wait_until_live()
    deals = cards_led_on(company)
    assert dying.wait(timeout=60) == -signal.SIGKILL
    company.start_worker(slot="worker-2")
    wait_until(lambda: leader(company) == "worker-2", 30)
    company.settle(120)
    is_done_once(company, deals)
    assert list(signs(company)) == ["worker-2"]


def test_a_leader_that_hangs_is_replaced_and_ends_when_it_wakes_up(company):
    """R23: nothing that it still wanted to do is done twice."""
    hanging, _ = two_workers(company)
    deals = []
    people = threading.Thread(target=lambda: deals.extend(cards_led_on(company)))
    people.start()
    time.sleep(1)
    os.kill(hanging.pid, signal.SIGSTOP)
    wait_until(lambda: list(signs(company)) == ["worker-2"], 60)
    people.join()
    company.settle(120)
    is_done_once(company, deals)
    os.kill(hanging.pid, signal.SIGCONT)
    assert hanging.wait(timeout=60) == 0
    company.settle(120)
    is_done_once(company, deals)


def test_a_database_that_is_restarted_in_the_middle_loses_nothing(tmp_path):
    """R38."""
    with postgres.server() as server, playing(
        tmp_path, apart=True, database_url=postgres.fresh(server.url), **{**QUICK, "takeover_seconds": 30}
    ) as company:  # fmt: skip
        workers = two_workers(company)
        people = threading.Thread(target=lambda: deals.extend(cards_led_on(company)))
        deals: list[int] = []
        people.start()
        for _ in range(3):
            time.sleep(1.5)
            server.restart()
        people.join()
        company.settle(120)
        is_done_once(company, deals)
        assert [worker.poll() for worker in workers] == [None, None]
        company.stop_layer()
