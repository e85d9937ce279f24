"""R04, R05, R22, R28: worker and receiver are down for an hour or for days, and miss nothing of what people did.

Not one event comes. What counts is each transition, not where the card stands in the end.
"""

import random
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from engine import storage
from engine.schedule import Subject, daily, every
from engine.triggers import on_created, on_field, on_stage
from robots.comment import comment
from tests.company import MOSCOW, playing

STAGES = ("NEW", "TALKS", "CONTRACT")
LEFT = "the card has left the stage already"
REQUESTS_AT_ONCE, REQUESTS_A_SECOND = 50, 2  # what the portal grants: docs/emulator.md, `--limits real`
DETECTED_WITHIN_SECONDS = 120


@pytest.fixture
def company(tmp_path):
    """Nothing rings: the receiver is down."""
    with playing(tmp_path) as company:
        company.portal.events(lose=10**9)
        yield company


@pytest.fixture
def said(claims):
    """Each stage of a service deal is answered by a comment that names the record of the history."""

    @on_created("SERVICE")
    @on_stage("SERVICE", "TALKS")
    @on_stage("SERVICE", "CONTRACT")
    def say(run, deal):
        comment(run, deal, f"{run.change.what['record']}: {run.change.what['stage']}")


class Story:
    """What people do with many cards while nobody looks, and what the portal then says of it."""

    def __init__(self, company, cards: int, seed: int):
        self._company, self._random = company, random.Random(seed)
        by = company.manager_of("Москва")
        client = {"company": company.any_company(), "contact": company.any_contact()}
        self.cards = [
            company.new_deal("SERVICE", by=by, title=f"Карточка {n}", sv_object="Котельная", **client)
            for n in range(cards)
        ]
        self.deleted: set[int] = set()
        self.gone_elsewhere: set[int] = set()
        self._act = lambda method, params: company.portal.act(by, method, {"entityTypeId": 2, **params})

    def go_on(self, moves: int, deletions: int, funnels: int, span: timedelta) -> None:
        """So many things in any order, evenly over the span; every card goes A→B→A→B at least in part."""
        things = ["move"] * (moves - funnels) + ["delete"] * deletions + ["funnel"] * funnels
        self._random.shuffle(things)
        stages = dict.fromkeys(self.cards, "NEW")
        for thing in things:
            self._company.portal.advance(span / len(things))
            card = self._random.choice([one for one in stages])
            if thing == "delete":
                self._act("crm.item.delete", {"id": card})
                self.deleted.add(card)
                del stages[card]
            elif thing == "funnel":
                self._move(card, "SOFT", "NEW")
                self.gone_elsewhere.add(card)
                del stages[card]
            else:
                stages[card] = self._random.choice([one for one in STAGES if one != stages[card]])
                self._move(card, "SERVICE", stages[card])

    def _move(self, card: int, process: str, stage: str) -> None:
        dictionary = self._company.dictionary
        place = {"categoryId": dictionary.category(process), "stageId": dictionary.stage_id(process, stage)}
        self._act("crm.item.update", {"id": card, "fields": place})

    def history(self) -> dict[int, list[int]]:
        """Card → ids of its stage records, by the portal."""
        found, start = defaultdict(list), 0
        while start is not None:
            params = {"entityTypeId": 2, "order": {"ID": "ASC"}, "filter": {"OWNER_ID": self.cards}, "start": start}
            answer = self._company.portal.act_fully(1, "crm.stagehistory.list", params)
            for record in answer["result"]["items"]:
                found[int(record["OWNER_ID"])].append(int(record["ID"]))
            start = answer.get("next")
        return found


def rows(company, table: sa.Table) -> list[sa.Row]:
    with company.engine.storage.read() as connection:
        return connection.execute(sa.select(table)).all()


def records_of(found: list[sa.Row]) -> dict[str, list[int]]:
    """Kind of change → which records of the history it stands for, sorted."""
    kinds = defaultdict(list)
    for change in found:
        if change.kind in ("stage", "created", "funnel"):
            kinds[change.kind].append(int(change.id.partition(":")[2]))
    return {kind: sorted(ids) for kind, ids in kinds.items()}


def detect(company, wanted: set[int], seconds: float = 100) -> tuple[float, int]:
    """Start, and wait until each record of the history is a change: how long it took, in how many requests."""
    company.portal.reset_counters()
    started = time.monotonic()
    company.start_layer()
    while not wanted <= {int(change.id.partition(":")[2]) for change in rows(company, storage.changes) if change.kind in ("stage", "created")}:  # fmt: skip
        assert time.monotonic() - started < seconds, "not detected"
        time.sleep(0.05)
    return time.monotonic() - started, company.portal.requests()["http"]


CARDS, DELETIONS, FUNNELS = 300, 50, 40


@pytest.mark.slow
@pytest.mark.timeout(500)
@pytest.mark.parametrize(("hours", "moves"), [(1, 600), (72, 200)], ids=["600 moves in an hour", "200 in three days"])
def test_each_move_of_the_downtime_is_seen_once_and_answered_once(company, said, hours, moves):
    story = Story(company, CARDS, seed=hours)
    company.settle(100)
    company.stop_layer()
    company.engine = None
    story.go_on(moves, DELETIONS, FUNNELS, timedelta(hours=hours))
    history = story.history()
    records = {record for ids in history.values() for record in ids}
    assert len(history) == CARDS - DELETIONS

    seconds, requests = detect(company, records)
    at_real_pace = max(0, requests - REQUESTS_AT_ONCE) / REQUESTS_A_SECOND
    print(f"\n{len(records)} records of {len(history)} cards: {seconds:.1f} s, {requests} requests, {at_real_pace:.0f} s at the portal's pace")  # fmt: skip
    assert at_real_pace <= DETECTED_WITHIN_SECONDS
    company.settle(400)

    seen = records_of(rows(company, storage.changes))
    of_living = [one for one in rows(company, storage.changes) if one.deal_id in history]
    assert sorted(records_of(of_living)["stage"] + records_of(of_living)["created"]) == sorted(records)
    assert len(seen["funnel"]) == len(story.gone_elsewhere - story.deleted) == FUNNELS
    assert company.failures() == []
    check_runs(company, history)
    for card, ids in history.items():
        check_card(company, card, ids, elsewhere=card in story.gone_elsewhere)
    check_deletions(company, story)


def check_runs(company, history: dict[int, list[int]]) -> None:
    """Each trigger met each change once, a card's changes in the order of its history."""
    found = [run for run in rows(company, storage.runs) if run.deal_id in history]
    assert {run.state for run in found} == {"done"}
    assert max(Counter((run.change_id, run.trigger) for run in found).values()) == 1
    for card in history:
        own = [run for run in sorted(found, key=lambda run: run.id) if run.deal_id == card]
        order = [int(run.change_id.partition(":")[2]) for run in own if run.change_id.split(":")[0] in ("stage", "created", "funnel")]  # fmt: skip
        assert order == sorted(order)
        for earlier, later in pairwise(
            own
        ):  # the portal's clock is heard anew with each answer, and differs by its way
            assert earlier.finished_at <= later.finished_at + timedelta(seconds=1)


def check_card(company, card: int, records: list[int], *, elsewhere: bool) -> None:
    """The newest record acted; what came before either acted before the downtime or was left already."""
    said = [int(text.partition(":")[0]) for text in company.comments(card) if text.partition(":")[0].isdecimal()]
    assert len(said) == len(set(said))
    assert records[0] in said, "the card was made while the layer worked"
    if elsewhere:
        assert company.titles(card) == ["Свяжитесь с клиентом"]
        return
    stands_on = company.stage(card)
    acts = stands_on != "NEW" and len(records) > 1  # nobody claims a way back to NEW
    assert said == [records[0], *([records[-1]] if acts else [])]
    with company.engine.storage.read() as connection:
        runs, trigger = storage.runs, f"on_stage SERVICE {stands_on}"
        of_card = sa.select(runs.c.change_id, runs.c.note).where(
            runs.c.deal_id == card, runs.c.trigger.like("on_stage %")
        )
        notes = {row.change_id: row.note for row in connection.execute(of_card)}
    last = f"stage:{records[-1]}"
    assert {note for change, note in notes.items() if change != last} <= {LEFT}, trigger
    assert notes.get(last) is None


def check_deletions(company, story: Story) -> None:
    """No event told of them: the night's sweep finds them, each once."""
    company.at_moment((company.portal.time() + timedelta(days=1)).replace(hour=12, minute=0))
    company.run_clock()
    company.settle(100)
    gone = [change.deal_id for change in rows(company, storage.changes) if change.kind == "deleted"]
    assert sorted(gone) == sorted(story.deleted)
    assert company.failures() == []


# — the clock across the end of a month —


@pytest.mark.slow
def test_three_days_across_a_months_end_are_made_up_for_in_order(tmp_path, claims):
    """R22: down from 31.08. 23:50 to 03.09. 11:00."""

    def job(name: str, when):
        def find(engine, period):
            when = f"{name} {period.due_at.astimezone(MOSCOW):%d.%m. %H:%M}"
            return [Subject("it", card, "SERVICE", {"when": when})]

        find.__module__ = f"jobs.{name}"
        when(find).each(lambda run, deal: comment(run, deal, run.change.what["when"]))

    with playing(tmp_path, apart=True) as company:
        company.at("31.08.2027 23:40")
        job("monthly", daily("06:00", zone="Europe/Moscow", when=lambda day: day.day == 1))
        job("nightly", daily("02:00", zone="Europe/Moscow"))
        job("reminder", daily("09:00", zone="Europe/Moscow", newest_only=True))
        job("quarterly", every(minutes=15))
        job("hourly", every(minutes=60, newest_only=False))
        company.start_layer()
        card = company.new_deal("SERVICE")
        company.at("31.08.2027 23:50")
        company.run_clock()
        company.stop_layer()
        before = max(effect["number"] for effect in company.portal.log())
        company.at("03.09.2027 11:00")
        company.start_layer()
        company.run_clock()
        company.run_clock()
        made_up = defaultdict(list)
        for effect in company.portal.log(before):
            if effect["method"] == "crm.timeline.comment.add":
                name, _, when = effect["params"]["fields"]["COMMENT"].partition("\n")[0].partition(" ")
                made_up[name].append(when)
        assert company.failures() == []
    hours = [f"{day:02}.09. {hour:02}:00" for day in (1, 2, 3) for hour in range(24)][: 2 * 24 + 12]
    assert made_up == {
        "monthly": ["01.09. 06:00"],
        "nightly": ["01.09. 02:00", "02.09. 02:00", "03.09. 02:00"],
        "reminder": ["03.09. 09:00"],
        "quarterly": ["03.09. 11:00"],
        "hourly": hours,
    }


# — between two looks —


@pytest.fixture
def heard(claims):
    """What a card's object changes from and to."""
    told: dict[int, list[tuple]] = defaultdict(list)

    @on_field("SERVICE", "sv_object")
    def hear(run, deal):
        told[deal.id].append((run.change.what["old"], run.change.what["new"]))

    return told


def write(company, card: int, value: str) -> None:
    """Somebody edits, in whatever second it is."""
    fields = {"UF_CRM_SF_SV_OBJECT": value}
    params = {"entityTypeId": 2, "id": card, "fields": fields, "useOriginalUfNames": "Y"}
    company.portal.act(1, "crm.item.update", params)


@pytest.mark.parametrize(
    ("cards", "edits"), [(20, 150), pytest.param(120, 3000, marks=[pytest.mark.slow, pytest.mark.timeout(400)])]
)
def test_what_many_people_write_while_the_look_reads_is_seen_without_a_gap(company, heard, cards, edits):
    """R28: the changes of a card follow from one another, and the last of them is what stands on the portal."""
    deals = [company.new_deal("SERVICE", title=f"Карточка {n}") for n in range(cards)]
    company.settle()
    dice = random.Random(edits)
    plan = [(dice.choice(deals), f"Объект {n}") for n in range(edits)]
    with ThreadPoolExecutor(8) as people:
        writing = [people.submit(write, company, *edit) for edit in plan]
        while not all(one.done() for one in writing):
            company.engine.look(thorough=True)
            company.portal.advance(dice.choice([0, 0, 0.3, 1]))
        for one in writing:
            one.result()
    company.advance(minutes=1)
    company.settle(100)
    check_chains(company, heard, {deal for deal, _ in plan})


def check_chains(company, heard: dict[int, list[tuple]], deals) -> None:
    """Each change begins where the one before it ended, and the last one ends where the card stands."""
    for deal in deals:
        chain = heard[deal]
        assert chain[0][0] is None
        assert [old for old, _ in chain[1:]] == [new for _, new in chain[:-1]]
        assert chain[-1][1] == company.value(deal, "sv_object")


@pytest.mark.slow
def test_a_mass_edit_within_one_second_is_seen_whole(company, heard):
    """R28: more ties than a page holds, twice in the same second on some."""
    deals = [company.new_deal("SERVICE", title=f"Карточка {n}") for n in range(55)]
    company.settle()
    moment = company.portal.time().replace(microsecond=0) + timedelta(minutes=1)
    for number, deal in enumerate(deals):
        company.portal.set_time(moment)
        write(company, deal, f"Объект {number}")
        if number % 30 == 0:
            company.engine.look(thorough=True)
    company.portal.set_time(moment)
    write(company, deals[0], "Снова")
    company.advance(minutes=1)
    company.settle(100)
    check_chains(company, heard, deals)
    assert heard[deals[0]][-1][1] == "Снова"


def test_a_record_of_the_history_that_is_committed_after_newer_ones_is_seen(company, said):
    """The portal gives ids before it commits: the look reads what lies behind its cursor as well."""
    deals = [company.new_deal("SERVICE", title=f"Карточка {n}", sv_object="Котельная") for n in range(3)]
    company.settle()
    company.move(deals[0], "TALKS")
    late = max(int(one["ID"]) for one in company.portal.act(1, "crm.stagehistory.list", {"entityTypeId": 2, "filter": {"OWNER_ID": deals[0]}})["items"])  # fmt: skip
    for deal in deals[1:]:
        company.move(deal, "TALKS")
    company.stop_layer()
    store = storage.Storage(company.settings.database_url)
    with store.write() as tx:  # as if a look had read all of them but the first
        store.set_mark(tx, "history", late + 2)
    store.close()
    company.start_layer()
    company.settle()
    assert f"{late}: TALKS" in company.comments(deals[0])
