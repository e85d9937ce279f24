"""Commands of concurrent threads leave together, each with its own outcome, none lost and none twice."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from bitrix.client import Answer, Command, Portal
from bitrix.errors import LimitExceeded, MethodPaused, NotExecuted, NotFound, OutcomeUnknown, Unreachable
from emulator.control import running
from tests.bitrix.odd_server import cut, error, reply


def deal(title: str, label: str | None = None) -> Command:
    return Command("crm.item.add", {"entityTypeId": 2, "fields": {"title": title}}, label)


def task(title: str, on: str, label: str | None = None) -> Command:
    return Command(
        "tasks.task.add", {"fields": {"TITLE": title, "RESPONSIBLE_ID": 1, "UF_CRM_TASK": [f"D_{on}"]}}, label
    )


def tasks_of(emulated, created: Answer) -> list[str]:
    """Titles of the tasks on that deal, in the order of their making."""
    only = {"UF_CRM_TASK": f"D_{created.result['item']['id']}"}
    pages = [
        emulated.act(1, "tasks.task.list", {"filter": only, "order": {"ID": "asc"}, "start": start})
        for start in (0, 50, 100)
    ]
    return list(dict.fromkeys(one["title"] for page in pages for one in page["tasks"]))


NO_SUCH_DEAL = Command("crm.item.get", {"entityTypeId": 2, "id": 999}, "lost")


@pytest.fixture
def watched(portal):
    """The requests as they were reported: (method, commands in it)."""
    return _watched(portal)


def _watched(portal: Portal) -> list[tuple[str, int]]:
    seen: list[tuple[str, int]] = []
    portal.observe(lambda event: seen.append((event["method"], sum(event["commands"].values()))))
    return seen


@contextmanager
def closed_gate(portal: Portal):
    """While the block lasts a first group stands just before its first byte, so that all others wait for it."""
    gate, there = threading.Event(), threading.Event()
    portal.leaving_together = lambda tokens: (there.set(), gate.wait(10))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(portal.submit, [Command("user.current")], "first")
        there.wait(10)
        portal.leaving_together = None
        yield
        gate.set()
        first.result()


@pytest.fixture
def narrow(emulated):
    """A client that lets only one request be under way, so that the others wait and combine."""
    client = Portal(emulated.webhook_url, limits="off", batches_under_way=1)
    yield client
    client.close()


def submitted_together(portal: Portal, groups: list[list[Command]]) -> list:
    """The outcomes of groups that waited at the same time."""
    with ThreadPoolExecutor(len(groups)) as pool:
        with closed_gate(portal):
            futures = []
            for group in groups:
                futures.append(pool.submit(portal.submit, group))
                time.sleep(0.02)
        return [future.result() for future in futures]


# — what one group sees —


def test_a_lone_command_leaves_as_a_plain_call(portal, watched):
    [answer] = portal.submit([deal("one")])

    assert answer.result["item"]["title"] == "one"
    assert watched == [("crm.item.add", 1)]


def test_a_group_leaves_in_one_request_and_its_references_hold(portal, emulated, watched):
    child, first, second = portal.submit(
        [deal("Сделка", "child"), task("A", "$result[child][item][id]"), task("B", "$result[child][item][id]")]
    )

    assert watched == [("batch", 3)]
    assert first.result["task"]["title"] == "A"
    assert tasks_of(emulated, child) == [one.result["task"]["title"] for one in (first, second)] == ["A", "B"]
    assert second.time["operating"] > 0


def test_no_commands_need_no_request(portal, watched):
    assert portal.submit([]) == []
    assert watched == []


def test_what_leans_on_a_failure_is_not_run_and_everything_else_is(portal, emulated, watched):
    lost, leaning, further, other = portal.submit(
        [NO_SUCH_DEAL, task("never", "$result[lost][item][id]", "t"), deal("$result[t][task][title]"), deal("ever")]
    )

    assert type(lost) is NotFound
    assert (type(leaning), leaning.code, leaning.method) == (NotExecuted, "NOT_SENT", "tasks.task.add")
    assert type(further) is NotExecuted
    assert other.result["item"]["title"] == "ever"
    assert [effect["method"] for effect in emulated.log()] == ["crm.item.add"]
    assert watched == [("batch", 4), ("crm.item.add", 1)]


def test_what_cannot_travel_in_a_batch_goes_alone_in_its_turn(portal, emulated, watched):
    first, emptied, last = portal.submit(
        [
            deal("first", "first"),
            Command(
                "crm.item.update",
                {"entityTypeId": 2, "id": "$result[first][item][id]", "fields": {"comments": None}},
                "then",
            ),
            task("$result[then][item][title]", "$result[first][item][id]"),
        ]
    )

    assert watched == [("crm.item.add", 1), ("crm.item.update", 1), ("tasks.task.add", 1)]
    assert emptied.result["item"]["id"] == first.result["item"]["id"]
    assert last.result["task"]["title"] == "first"


def test_a_group_too_large_for_one_request_leaves_in_several_and_in_order(portal, emulated, watched):
    titles = [f"{n:03}" for n in range(120)]
    outcomes = portal.submit([deal("root", "root"), *(task(title, "$result[root][item][id]") for title in titles)])

    assert [one.result["task"]["title"] for one in outcomes[1:]] == titles
    assert max(commands for _, commands in watched) <= 50
    assert sum(commands for _, commands in watched) == 121
    assert Counter(effect["method"] for effect in emulated.log()) == {"crm.item.add": 1, "tasks.task.add": 120}
    assert tasks_of(emulated, outcomes[0]) == titles


def test_a_text_that_looks_like_a_reference_arrives_as_it_is(portal):
    text = "см. $result[order][id] и $result"
    outcomes = portal.submit([deal(text, "a"), deal("b", "b")])

    assert outcomes[0].result["item"]["title"] == text


@pytest.mark.parametrize(
    "commands",
    [
        [deal("a", "same"), deal("b", "same")],
        [deal("a", "with space")],
        [deal("$result[later][item][id]", "a"), deal("b", "later")],
        [deal("$result[a][item][id]", "a")],
        [Command("crm.item.add?entityTypeId=2", {})],
        [Command("crm.item.add", {"fields": {"x": object()}})],
        [Command("crm.item.add", {"fields": {"x": {1, 2}, "y": None}})],
        [Command("crm.item.add", {"fields": {"x": "\ud800"}})],
    ],
)
def test_an_error_in_the_commands_is_raised_before_anything_is_sent(portal, watched, commands):
    with pytest.raises((ValueError, TypeError)):
        portal.submit(commands)

    assert watched == []


# — what groups are to each other —


def test_groups_that_wait_leave_together_and_keep_their_outcomes_apart(narrow, emulated):
    emulated.reset_counters()
    groups = [[deal(f"d{n}", "deal"), task(f"t{n}", "$result[deal][item][id]")] for n in range(10)]

    outcomes = submitted_together(narrow, groups)

    assert emulated.requests()["http"] == 2  # the one at the gate, and all the others
    assert [one[0].result["item"]["title"] for one in outcomes] == [f"d{n}" for n in range(10)]
    for created, todo in outcomes:
        assert tasks_of(emulated, created) == [todo.result["task"]["title"]]


def test_a_failure_concerns_its_own_group_only(narrow, emulated):
    good, bad, late = submitted_together(
        narrow,
        [
            [deal("good", "deal"), task("good", "$result[deal][item][id]")],
            [NO_SUCH_DEAL, task("never", "$result[lost][item][id]")],
            [deal("late", "deal"), task("late", "$result[deal][item][id]")],
        ],
    )

    assert [type(one) for one in good + late] == [Answer] * 4
    assert [type(one) for one in bad] == [NotFound, NotExecuted]
    assert Counter(effect["method"] for effect in emulated.log()) == {"crm.item.add": 2, "tasks.task.add": 2}


def test_first_come_first_served_and_never_more_than_fifty_commands(narrow, emulated):
    narrow.submit([deal(f"to learn that this portal is fast {n}") for n in range(28)])
    before, sizes = len(emulated.log()), []
    narrow.observe(lambda event: sizes.append(sum(event["commands"].values())))

    submitted_together(narrow, [[deal(f"{n}-{m}") for m in range(20)] for n in range(5)])

    assert sizes == [1, 50, 50], "of the third group the first ten fill the departure"
    titles = [effect["params"]["fields"]["title"] for effect in emulated.log(before)]
    assert titles == [f"{n}-{m}" for n in range(5) for m in range(20)]


def test_a_batch_is_filled_for_a_third_of_the_time_after_which_the_portal_cuts(emulated):
    portal = Portal(emulated.webhook_url, limits="real", batches_under_way=1)
    sizes: list[int] = []
    portal.observe(lambda event: sizes.append(sum(event["commands"].values())))

    portal.submit([task(str(n), "1") for n in range(50)])

    assert sizes[0] == 21  # 0.93 s each by the documentation's samples, 20 s in all
    assert sum(sizes) == 50
    assert len(sizes) == 2  # by then it is known that this portal is faster


def test_many_threads_lose_nothing_double_nothing_and_need_few_requests():
    """32 threads × 5 groups of a deal and two tasks, under limits that are scaled."""
    with running(seed="bare", limits="scaled:20") as emulated:
        portal = Portal(emulated.webhook_url, limits="scaled:20")
        refusals: list[str] = []
        portal.observe(lambda event: event["outcome"] != "done" and refusals.append(event["outcome"]))

        def work(name: str) -> list:
            todo = [task(name + letter, "$result[d][item][id]") for letter in "ab"]
            return portal.submit([deal(name, "d"), *todo])

        names = [f"{worker}-{n}" for n in range(5) for worker in range(32)]
        with ThreadPoolExecutor(32) as pool:
            done = dict(zip(names, pool.map(work, names), strict=True))
        counted, effects = emulated.requests(), emulated.log()
        on_deals = {name: tasks_of(emulated, created) for name, (created, _, _) in done.items()}

    assert len(done) == 160
    for name, (created, first, second) in done.items():
        assert created.result["item"]["title"] == name
        assert [one.result["task"]["title"] for one in (first, second)] == on_deals[name] == [name + "a", name + "b"]
    assert Counter(effect["method"] for effect in effects) == {"crm.item.add": 160, "tasks.task.add": 320}
    assert (
        counted["http"] <= 80
    )  # measured: 13 on a quiet machine; one for each of the 160 groups would be the other way
    assert refusals == []


def test_at_most_four_requests_are_under_way(emulated):
    under_way, most = Counter(), []
    portal = Portal(emulated.webhook_url, limits="off")

    def leaving(tokens):
        under_way["now"] += 1
        most.append(under_way["now"])
        time.sleep(0.01)

    portal.leaving_together = leaving
    portal.observe(lambda event: under_way.subtract(["now"]))

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(lambda n: portal.submit([deal(str(n))], n), range(96)))

    assert max(most) <= 4


# — threads that are at work on the same thing —


@pytest.fixture
def counted(emulated):
    """A client of a portal that counts requests."""
    client = Portal(emulated.webhook_url, limits="real")
    yield client
    client.close()


@pytest.fixture
def watched_counted(counted):
    return _watched(counted)


def _at_work(portal: Portal, name: str, after: float) -> None:
    """A thread that does so long something else before it asks for its deal."""
    with portal.at_work():
        time.sleep(after)
        portal.submit([deal(name)])


def test_a_departure_waits_for_threads_that_are_at_work(counted, watched_counted):
    """Twelve threads bring one command each, fifty milliseconds one after the other: one request."""
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: _at_work(counted, str(n), n * 0.05), range(12)))

    assert watched_counted == [("batch", 12)]


def test_who_is_alone_at_work_waits_for_nobody(counted, watched_counted):
    started = time.monotonic()
    _at_work(counted, "alone", 0)

    assert watched_counted == [("crm.item.add", 1)]
    assert time.monotonic() - started < 0.2


def test_a_thread_that_does_not_come_is_not_waited_for_long(counted, watched_counted):
    with ThreadPoolExecutor(2) as pool:
        late = pool.submit(_at_work, counted, "late", 3)
        time.sleep(0.1)
        started = time.monotonic()
        _at_work(counted, "now", 0)
        taken = time.monotonic() - started
        late.result()

    assert taken < 1.5
    assert [size for _, size in watched_counted] == [1, 1]


def test_those_that_are_about_to_begin_are_waited_for(counted, watched_counted):
    counted.expected_at_work = lambda: 2
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda n: time.sleep(n * 0.1) or _at_work(counted, str(n), 0), range(2)))

    assert watched_counted == [("batch", 2)]


def test_where_nothing_is_counted_nobody_waits(portal, watched):
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda n: _at_work(portal, str(n), n * 0.2), range(2)))

    assert watched == [("crm.item.add", 1)] * 2


# — the ledger's hook —


def test_the_ledger_hears_once_per_request_which_groups_leave(narrow, emulated):
    heard: list[list] = []
    with ThreadPoolExecutor() as pool:
        with closed_gate(narrow):
            futures = [pool.submit(narrow.submit, [deal(name)], name) for name in ("a", "b")]
            futures.append(pool.submit(narrow.submit, [deal("a reader, unknown to the ledger")]))
            time.sleep(0.1)
            narrow.leaving_together = lambda tokens: (
                heard.append(tokens) or emulated.log() == [] or pytest.fail("it was late")
            )
        [future.result() for future in futures]

    assert [sorted(tokens) for tokens in heard] == [["a", "b"]]


def test_if_the_ledger_cannot_write_nothing_is_sent_and_every_group_hears_why(narrow, emulated):
    class DiskFull(Exception):
        pass

    def fails(tokens):
        raise DiskFull("no space")

    with ThreadPoolExecutor() as pool:
        with closed_gate(narrow):
            futures = [pool.submit(narrow.submit, [deal(name)], name) for name in ("a", "b", "c")]
            time.sleep(0.1)
            narrow.leaving_together = fails
        assert all(isinstance(future.exception(), DiskFull) for future in futures)
    narrow.leaving_together = None

    assert emulated.log() == []
    assert narrow.submit([deal("and on we go")], "d")[0].result["item"]["title"] == "and on we go"


def test_a_limiter_that_fails_is_the_trouble_of_who_asked_it(emulated):
    class Broken:
        def acquire(self):
            raise ConnectionError("the database is away")

        def refused(self):
            pass

    portal = Portal(emulated.webhook_url, limits="off", limiter=Broken())
    for _ in range(3):
        with pytest.raises(ConnectionError):
            portal.submit([deal("a"), deal("b")])

    assert emulated.log() == []


# — a portal in trouble —


def test_a_busy_portal_is_asked_again_and_the_ledger_hears_of_each_request(odd, odd_portal):
    busy = error("QUERY_LIMIT_EXCEEDED", "Too many requests", 503)
    odd.answers(busy, busy, reply({"result": {"result": {}, "result_time": {}}}))
    heard = []
    odd_portal.leaving_together = heard.append

    odd_portal.submit([deal("a"), deal("b")], "token")

    assert heard == [["token"]] * 3
    assert len({asked.body for asked in odd.asked}) == 1


def test_a_portal_that_stays_busy_is_not_waited_for_forever(odd, odd_portal):
    odd.answers(error("QUERY_LIMIT_EXCEEDED", "Too many requests", 503))

    started = time.monotonic()
    outcomes = odd_portal.submit([deal("a"), deal("b")])

    assert [type(one) for one in outcomes] == [LimitExceeded] * 2
    assert time.monotonic() - started < 3
    assert len(odd.asked) >= 2


def test_after_a_lost_answer_every_command_is_unknown_and_nothing_is_repeated(odd, odd_portal):
    odd.answers(cut)

    outcomes = odd_portal.submit([Command("crm.timeline.comment.add", {"n": n}) for n in range(62)])

    assert [type(one) for one in outcomes] == [OutcomeUnknown] * 50 + [NotExecuted] * 12
    assert {one.method for one in outcomes} == {"crm.timeline.comment.add"}
    assert len(odd.asked) == 1


def test_a_portal_that_is_away_concerns_everybody_who_waits(odd):
    odd.close()
    portal = Portal(odd.webhook(), limits="off")

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda n: portal.submit([deal(str(n)), deal("second")]), range(8)))

    assert {type(one) for group in outcomes for one in group} == {Unreachable}


def test_a_paused_method_waits_and_others_flow(emulated):
    emulated.fault("refuse", method="crm.item.add", code="OPERATION_TIME_LIMIT", description="blocked", status=429)
    portal = Portal(emulated.webhook_url, limits="real")

    [refused] = portal.submit([deal("a")])
    started = time.monotonic()
    held, flowing = portal.submit([deal("b"), deal("c")]), portal.submit([task("d", "1")])

    assert type(refused) is MethodPaused
    assert [type(one) for one in held] == [MethodPaused] * 2
    assert 50 < held[0].seconds_left <= 60
    assert held[0].until > portal.now()
    assert type(flowing[0]) is Answer
    assert time.monotonic() - started < 3
    assert [effect["method"] for effect in emulated.log()] == ["tasks.task.add"]


def test_a_short_pause_is_waited_out(emulated):
    portal = Portal(emulated.webhook_url, limits="real", patience_seconds=120)
    portal.call("user.current")
    emulated.fault("refuse", method="crm.item.add", code="OPERATION_TIME_LIMIT", description="blocked", status=429)
    portal.submit([deal("a")])

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(portal.submit, [deal("b")])
        time.sleep(0.2)
        assert not waiting.done()
        emulated.advance(61)
        portal.call("user.current")
        [answer] = waiting.result(timeout=10)

    assert answer.result["item"]["title"] == "b"
