"""Not faster than the portal allows: requests by the bucket, each method by its operating time."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bitrix.client import Answer, Command, Portal
from bitrix.errors import MethodPaused
from bitrix.limits import Bucket, Limits, Pace
from emulator.control import running

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Hands:
    """A clock that a test moves."""

    def __init__(self):
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def after(self, seconds: float) -> dict:
        """`operating_reset_at` so many seconds after the start."""
        return {"operating_reset_at": int((START + timedelta(seconds=seconds)).timestamp())}


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def pace(clock) -> Pace:
    return Pace(Limits.named("real"), clock)


# — profiles —


def test_profiles_are_what_the_documentation_says():
    assert Limits.named("real") == Limits(50, 2.0, 480.0)
    assert (Limits.named("enterprise").burst, Limits.named("enterprise").per_second) == (250, 5.0)
    scaled = Limits.named("scaled:20")
    assert (scaled.burst, scaled.per_second, scaled.operating_seconds, scaled.cut_seconds) == (50, 40.0, 9600.0, 3.0)
    assert Limits.named("real").cut_seconds == Limits.named("off").cut_seconds == 60


@pytest.mark.parametrize(
    "name", ["", "fast", "scaled", "scaled:", "scaled:0", "scaled:-1", "scaled:x", "real:2", "off:1"]
)
def test_an_unknown_profile_is_refused(name):
    with pytest.raises(ValueError, match="real, enterprise, scaled:N or off"):
        Limits.named(name)


# — requests —


def test_a_burst_leaves_at_once_and_the_rest_at_the_rate():
    bucket = Bucket(Limits(burst=10, per_second=50))

    started = time.monotonic()
    for _ in range(19):
        bucket.acquire()

    assert 0.19 < time.monotonic() - started < 0.35  # nine at once (a tenth is margin), ten more at 50 a second


def test_threads_share_the_bucket():
    bucket = Bucket(Limits(burst=10, per_second=100))
    threads = [threading.Thread(target=lambda: [bucket.acquire() for _ in range(5)]) for _ in range(8)]

    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.monotonic() - started > 0.3  # (40 − 9) / 100


def test_after_a_refusal_the_bucket_knows_that_it_is_full():
    bucket = Bucket(Limits(burst=10, per_second=20))
    bucket.refused()

    started = time.monotonic()
    bucket.acquire()

    assert time.monotonic() - started > 0.04


def test_the_real_limit_is_never_overrun_by_our_own_fault():
    with running(seed="bare", limits="scaled:20") as emulated:
        portal = Portal(emulated.webhook_url, limits="scaled:20")
        outcomes = Counter()
        portal.observe(lambda event: outcomes.update([event["outcome"]]))
        threads = [threading.Thread(target=lambda: [portal.call("user.current") for _ in range(15)]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert outcomes == {"done": 120}


def test_two_workers_that_know_nothing_of_each_other_do_everything_once():
    """R11: the bucket is the portal's, per address. What it refuses comes again, and only once."""
    with running(seed="bare", limits="scaled:20") as emulated:
        outcomes = Counter()
        threads = []
        for worker in range(2):
            portal = Portal(emulated.webhook_url, limits="scaled:20")
            portal.observe(lambda event: outcomes.update([event["outcome"]]))
            threads += [threading.Thread(target=_add_companies, args=(portal, f"{worker}.{n}")) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        made = Counter(effect["params"]["fields"]["title"] for effect in emulated.log())

    assert set(made.values()) == {1}
    assert outcomes["done"] == len(made) == 160
    assert outcomes["LimitExceeded"] > 0
    assert set(outcomes) == {"done", "LimitExceeded"}


def _add_companies(portal: Portal, name: str) -> None:
    for number in range(20):
        portal.call("crm.item.add", {"entityTypeId": 4, "fields": {"title": f"{name}.{number}"}})


# — operating time —


def test_expected_seconds_are_learnt(pace):
    assert pace.seconds("tasks.task.add") == pytest.approx(0.93)
    for _ in range(30):
        pace.learn("Tasks.Task.Add", {"duration": 0.2})

    assert pace.seconds("tasks.task.add") == pytest.approx(0.2, abs=0.01)


def test_a_method_near_its_budget_waits_for_the_reset_and_others_do_not(pace, clock):
    pace.learn("crm.item.add", {"operating": 431, **clock.after(300)})
    assert pace.wait({"crm.item.add": 1}) == 0

    pace.learn("crm.item.add", {"operating": 432.5, **clock.after(300)})

    assert pace.wait({"crm.item.add": 1}) == 300
    assert pace.wait({"tasks.task.add": 1}) == 0
    assert pace.wait({"tasks.task.add": 1, "crm.item.add": 1}) == 300


def test_what_is_under_way_counts_before_it_is_accounted_for(pace, clock):
    pace.learn("crm.item.add", {"operating": 400, **clock.after(300)})

    begun = pace.begin({"crm.item.add": 50})
    assert pace.wait({"crm.item.add": 1}) == 300
    pace.end(begun)

    assert pace.wait({"crm.item.add": 1}) == 0


def test_after_the_reset_one_departure_probes(pace, clock):
    pace.learn("crm.item.add", {"operating": 470, **clock.after(60)})
    clock.now += timedelta(seconds=61)

    assert pace.wait({"crm.item.add": 1}) == 0
    probe = pace.begin({"crm.item.add": 20})
    assert pace.wait({"crm.item.add": 1}) > 0
    pace.learn("crm.item.add", {"operating": 20, **clock.after(660)})
    pace.end(probe)

    assert pace.wait({"crm.item.add": 1}) == 0


def test_a_refused_method_waits_for_the_known_reset_or_a_minute(pace, clock):
    pace.learn("crm.item.add", {"operating": 10, **clock.after(200)})

    assert pace.pause("crm.item.add") == START + timedelta(seconds=200)
    assert pace.pause("tasks.task.add") == START + timedelta(seconds=60)
    assert (pace.wait(["crm.item.add"]), pace.wait(["tasks.task.add"])) == (200, 60)


def test_an_older_answer_that_comes_late_gives_nothing_back(pace, clock):
    pace.learn("crm.item.add", {"operating": 440, **clock.after(300)})
    pace.learn("crm.item.add", {"operating": 20, **clock.after(300)})

    assert pace.wait(["crm.item.add"]) == 300


def test_a_method_that_others_used_up_is_left_alone_until_the_portal_gives_time_back_and_others_go_on():
    """R12: the portal's own refusal, met once; it names no moment, so the method is tried again minute by minute."""
    task = {"fields": {"TITLE": "Задача", "RESPONSIBLE_ID": 1}}
    with running(seed="bare", limits="real") as emulated:
        others = Portal(emulated.webhook_url, limits="off")
        while all(isinstance(one, Answer) for one in others.batch([Command("tasks.task.add", task)] * 50)):
            pass
        portal, asked = Portal(emulated.webhook_url, limits="real", patience_seconds=0), Counter()
        portal.observe(lambda event: asked.update([event["method"]]))

        minutes = 0
        while isinstance(outcome := portal.submit([Command("tasks.task.add", task)])[0], MethodPaused):
            with pytest.raises(MethodPaused):
                portal.call("tasks.task.add", task)
            assert portal.call("user.current").result
            emulated.advance(outcome.seconds_left + 1)
            portal.call("server.time")
            minutes += 1

    assert asked["tasks.task.add"] == minutes + 1 <= 11  # one probe a minute, ten at most
    assert asked["user.current"] == minutes


def test_a_known_reset_is_kept_to_the_second():
    """R12: an answer has named the moment, then somebody else used the method up."""
    task = {"fields": {"TITLE": "Задача", "RESPONSIBLE_ID": 1}}
    with running(seed="bare", limits="real") as emulated:
        portal, asked = Portal(emulated.webhook_url, limits="real", patience_seconds=0), Counter()
        portal.observe(lambda event: asked.update([event["method"]]))
        portal.submit([Command("tasks.task.add", task)])
        others = Portal(emulated.webhook_url, limits="off")
        while all(isinstance(one, Answer) for one in others.batch([Command("tasks.task.add", task)] * 50)):
            pass

        [refused] = portal.submit([Command("tasks.task.add", task)])
        assert isinstance(refused, MethodPaused)
        for _ in range(9):
            emulated.advance(refused.seconds_left / 10)
            portal.call("server.time")
            with pytest.raises(MethodPaused):
                portal.call("tasks.task.add", task)
        assert asked["tasks.task.add"] == 2
        emulated.advance(refused.seconds_left / 10 + 1)
        portal.call("server.time")
        assert isinstance(portal.submit([Command("tasks.task.add", task)])[0], Answer)


def test_eight_hundred_tasks_in_a_row_never_meet_the_portals_refusal():
    """The real budget of 480 s in ten minutes on a clock that the test moves."""
    with running(seed="bare", limits="real") as emulated:
        portal = Portal(emulated.webhook_url, limits="real", patience_seconds=0)
        done, pauses = 0, 0
        while done < 800:
            outcomes = portal.submit(
                [Command("tasks.task.add", {"fields": {"TITLE": str(n), "RESPONSIBLE_ID": 1}}) for n in range(50)]
            )
            done += sum(isinstance(one, Answer) for one in outcomes)
            held = [one for one in outcomes if isinstance(one, MethodPaused)]
            assert not any(one.http_status for one in held)  # ours, not the portal's
            if held:
                assert isinstance(portal.submit([Command("crm.item.list", {"entityTypeId": 2})])[0], Answer)
                pauses += 1
                emulated.advance(held[0].seconds_left + 1)
                portal.call("user.current")

        assert pauses == 1
        assert len([one for one in emulated.log() if one["method"] == "tasks.task.add"]) == done
