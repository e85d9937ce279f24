"""The portal's bad days: what the ledger makes of every kind of failure, and that in the end everything is there once.

RELIABILITY §2.3, R13–R15, R24–R27.
"""

from datetime import datetime

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bitrix.errors import WebhookRefused
from emulator.control import running
from engine import storage
from engine.storage import StorageRefused
from engine.triggers import on_field
from robots.comment import comment
from robots.create_task import create_task, open_task
from robots.open_deal import open_deal
from robots.set_fields import set_fields
from tests.company import MOSCOW, playing
from tests.engine.test_lost_answers import EFFECTS, THERE, asking, card  # noqa: F401 asking is a fixture
from tests.engine.wait import let_waits_end, wait_until

# — §2.3: what the ledger does —

REFUSE = "refuse"
BUSY = {"code": "OPERATION_TIME_LIMIT", "status": 429}
# What the portal does to the command; what then stands in the ledger; whether nothing more leaves for the time being.
ROWS = {
    "the method's time is up": (REFUSE, BUSY, "planned", False),
    "no scope": (REFUSE, {"code": "insufficient_scope", "status": 403}, "planned", False),
    "another address": ("redirect", {}, "planned", True),
    "no such webhook": ("revoked", {}, "planned", True),
    "no right": (REFUSE, {"code": "ACCESS_DENIED", "description": "Access denied!", "status": 400}, "refused", False),
    "a wrong value": (REFUSE, {"code": "CRM_FIELD_ERROR_VALUE_NOT_VALID", "status": 400}, "refused", False),
    "a core error": (REFUSE, {"code": "ERROR_CORE", "description": "words", "status": 400}, "refused", False),
    "cut": ("cut_after", {}, "unknown", False),
    "half": ("half", {}, "unknown", False),
    "a page in a 200": ("html", {}, "unknown", False),
    "an error in a 200": ("error200", {}, "unknown", False),
    "500": ("wrong_after", {"code": "INTERNAL_SERVER_ERROR", "status": 500}, "unknown", False),
    "502": ("wrong_after", {"code": "", "status": 502}, "unknown", False),
    "504": ("wrong_after", {"code": "", "status": 504}, "unknown", False),
    "503 with an unknown word": ("wrong_after", {"code": "SOMETHING", "status": 503}, "unknown", False),
}  # fmt: skip
ALONE, BATCH, REST3 = "a comment", "a task", "a message"
SLOW = pytest.mark.slow
ALWAYS = ("no scope", "no such webhook", "no right", "502")


@pytest.fixture
def standing_of(company, monkeypatch):
    """`standing_of(method)`: how its newest effect stood in the ledger when its outcome had just been written down."""
    seen, table = {}, storage.effects

    def reach(point: str) -> None:
        if point == "recorded":
            with company.engine.storage.read() as connection:
                for row in connection.execute(sa.select(table).where(table.c.state != "done")):
                    seen.setdefault((row.method, row.deal_id), row.state)

    monkeypatch.setattr("engine.failpoints.reach", reach)
    return lambda method, deal: seen.get((method, deal))


@pytest.mark.parametrize(
    ("row", "way"),
    [
        pytest.param(row, way, marks=() if row in ALWAYS and way != BATCH else SLOW)
        for row in ROWS
        for way in (ALONE, BATCH, REST3)
        if (row, way) != ("no right", REST3)  # whoever may not read a chat is told nothing
    ],
)
def test_the_ledger_plans_again_refuses_or_does_not_know(company, asking, standing_of, row, way):  # noqa: F811
    """R13: and an effect that may leave again does so by itself, one that was refused is a dead letter."""
    kind, how, state, shut = ROWS[row]
    deal, effect = card(company, way), EFFECTS[way]
    company.settle()
    company.portal.fault(kind, method=effect.method, **how)
    company.fill(deal, so_need=way)
    wait_until(lambda: standing_of(effect.method, deal))
    assert standing_of(effect.method, deal) == state
    assert (company.engine.portal.circuit.trouble is not None) == shut
    company.portal.clear_faults()
    if how is BUSY:
        company.advance(minutes=11)
        company.engine.ledger.rest_no_longer()
        let_waits_end(company)
    company.settle()
    if state == "refused":
        assert len(company.failures()) == 1
        company.retry_failures()
        company.settle()
    else:
        assert effect.there(company, deal) == THERE[way]
    assert company.failures() == []


# — R14, R15 —

WRONG_AFTER = {
    "500": {"code": "INTERNAL_SERVER_ERROR", "status": 500},
    "500 with a page": {"code": "", "status": 500},
    "502": {"code": "", "status": 502},
    "504": {"code": "", "status": 504},
    "503 with an unknown word": {"code": "SOMETHING", "status": 503},
    "a page in a 200": {"code": "", "status": 200},
    "an error in a 200": {"code": "SOMETHING", "status": 200},
}


@pytest.mark.parametrize("answer", [one if one == "502" else pytest.param(one, marks=SLOW) for one in WRONG_AFTER])
@pytest.mark.slow
def test_what_was_done_and_answered_wrongly_is_not_done_again(company, asking, answer):  # noqa: F811
    """R14: every create, each alone and together with others."""
    deals = [(asked, card(company, asked)) for asked in EFFECTS for _ in range(2)]
    company.settle()
    for method in sorted({effect.method for effect in EFFECTS.values()} | {"task.checklistitem.add"}):
        company.portal.fault("wrong_after", method=method, times=2, **WRONG_AFTER[answer])
    for asked, deal in deals:
        company.fill(deal, so_need=asked)
    company.settle()
    assert company.failures() == []
    assert [EFFECTS[asked].there(company, deal) for asked, deal in deals] == [THERE[asked] for asked, _ in deals]


@SLOW
def test_answers_just_under_the_cut_are_taken(company, asking):  # noqa: F811
    """R15: none of them is an unknown outcome."""
    deals = [(asked, card(company, asked)) for asked in EFFECTS]
    company.settle()
    for asked, deal in deals:
        seconds = 0.95 * company.engine.portal.cut_seconds
        company.portal.fault("slow", method=EFFECTS[asked].method, seconds=seconds)
        company.fill(deal, so_need=asked)
        wait_until(lambda: not company.portal.faults_waiting())
    company.settle()
    assert [EFFECTS[asked].there(company, deal) for asked, deal in deals] == [THERE[asked] for asked, _ in deals]
    effects = storage.effects
    with company.engine.storage.read() as connection:
        numbers = [deal for _, deal in deals]
        states = connection.execute(
            sa.select(effects.c.state, effects.c.attempts).where(effects.c.deal_id.in_(numbers)).distinct()
        ).all()
    assert states == [("done", 0)]


# — R24: the webhook —


@pytest.fixture
def on_objects(claims):
    """«Объект» gives a comment, a task and a child."""

    @on_field("SERVICE", "sv_object")
    def act(run, deal):
        comment(run, deal, run.change.what["new"])
        create_task(run, deal, "SV-4")
        open_deal(run, deal, "LOGISTICS", title="Перевозка")


def wait_long(company) -> int:
    """Runs that wait for the portal would wait for days, as five minutes are at this scale: only what ends their waits helps."""
    runs = storage.runs
    with company.engine.storage.write() as tx:
        waiting = tx.execute(sa.select(runs.c.id, runs.c.wait).where(runs.c.wait["of_portal"].as_boolean())).all()
        for row in waiting:
            long = {**row.wait, "seconds": 10**6}
            tx.execute(sa.update(runs).where(runs.c.id == row.id).values(wait=long))
    return len(waiting)


def everything_once(company, deal: int) -> bool:
    children = company.value(deal, "children") or []
    filter_ = {"=UF_CRM_SF_PARENT": f"D_{deal}"}
    params = {"entityTypeId": 2, "filter": filter_, "useOriginalUfNames": "Y"}
    there = [int(item["id"]) for item in company.portal.act(1, "crm.item.list", params)["items"]]
    return (company.comments(deal), company.titles(deal), len(children), there) == (
        ["Котельная"], ["Разберите рекламацию"], 1, children,
    )  # fmt: skip


@pytest.mark.parametrize(
    "point", ["sent", *(pytest.param(one, marks=SLOW) for one in ("planned", "before sent", "answered", "recorded"))]
)
def test_a_webhook_edited_in_the_middle_of_a_run_costs_few_requests_and_doubles_nothing(
    company, on_objects, at_point, point
):
    """R24: everything waits until a worker is started with the new address."""
    deal, others = company.new_deal("SERVICE"), [company.new_deal("SERVICE") for _ in range(5)]
    company.settle()
    new = []

    def edit() -> None:
        company.portal.reset_counters()
        new.append(company.portal.rotate_webhook(f"another{point.replace(' ', '')}"))

    at_point(point, edit)
    with capture_logs() as said:
        company.fill(deal, sv_object="Котельная")
        wait_until(lambda: company.engine.portal.circuit.trouble)
        for other in others:
            company.fill(other, sv_object="Котельная")
        company.portal.settle_events()
        for _ in range(20):
            with pytest.raises(WebhookRefused):
                company.engine.look()
    assert company.portal.requests()["http"] <= 3 + 1  # and the request that was under way
    [line] = [one for one in said if one["log_level"] == "error"]
    assert line["kind"] == "WebhookRefused"
    assert "check there that the incoming webhook exists" in line["reason"]
    assert company.engine.metrics.registry.get_sample_value("voronka_portal_shut", {"reason": "WebhookRefused"}) == 1

    wait_long(company)
    company.enter_webhook(new[0])
    company.settle()
    assert company.failures() == []
    assert all(everything_once(company, one) for one in (deal, *others))


def test_a_right_that_is_given_back_needs_no_restart(company, on_objects, at_point):
    """R24: the next probe is answered, and what waited goes on."""
    deal = company.new_deal("SERVICE")
    company.settle()
    at_point("planned", lambda: company.portal.fault("revoked"))
    company.fill(deal, sv_object="Котельная")
    wait_until(lambda: company.engine.portal.circuit.trouble)
    wait_until(lambda: wait_long(company))
    company.portal.clear_faults()
    wait_until(lambda: everything_once(company, deal), 20)
    assert company.engine.portal.circuit.trouble is None
    assert company.engine.metrics.registry.get_sample_value("voronka_portal_shut", {"reason": "WebhookRefused"}) is None


def test_a_message_whose_answer_was_lost_with_the_webhook_is_left_to_a_person(company, asking):  # noqa: F811
    """R24: the key of REST 3 was the old webhook's; a second message would be a double."""
    deal = card(company, REST3)
    company.settle()
    company.portal.fault("cut_after", method="tasks.task.chat.message.send")
    company.fill(deal, so_need=REST3)
    wait_until(lambda: company.messages(deal, "Свяжитесь"))
    company.enter_webhook(company.portal.rotate_webhook("oncemore"))
    company.settle()
    assert company.messages(deal, "Свяжитесь") == ["Слово"]
    assert "another webhook" in company.failures()[0]
    company.retry_failures()
    company.settle()
    assert company.messages(deal, "Свяжитесь") == ["Слово", "Слово"], "a person has looked and wants it"
    assert company.failures() == []


def test_a_webhook_of_another_portal_is_refused_at_the_start(company, on_objects):
    """R24: its cards would be taken for ours."""
    deal, right = company.new_deal("SERVICE"), company.portal.webhook_url
    company.settle()
    with running(seed="demo", limits="off", now=datetime(2026, 11, 22, tzinfo=MOSCOW)) as other:
        with pytest.raises(StorageRefused, match="memory of the portal 127.0.0.1.*another"):
            company.enter_webhook(other.webhook_url)
        assert other.log() == []
    company.stop_layer()
    company.enter_webhook(right.replace("127.0.0.1", "localhost"))  # the same portal under another name
    company.fill(deal, sv_object="Котельная")
    company.settle()
    assert everything_once(company, deal)
    company.enter_webhook(right)


# — R25: fields —


def test_a_field_that_may_not_be_written_is_named_and_keeps_no_other_run_waiting(company, claims):
    """R25: the update that contains it is refused whole; it is tried once."""

    @on_field("SERVICE", "sv_period")
    def write(run, deal):
        set_fields(run, deal, lost_note="Омск", sv_object="Котельная")

    @on_field("SERVICE", "sv_claimtxt")
    def tell(run, deal):
        set_fields(run, deal, block="Течёт")

    deal = company.new_deal("SERVICE")
    company.settle()
    field = company.dictionary.key(company.dictionary.field("SERVICE", "sv_object"))
    company.portal.reset_counters()
    company.portal.fault("denied_field", method="crm.item.update", field=field)
    company.fill(deal, sv_period=1)
    company.settle()
    company.fill(deal, sv_claimtxt="Течёт")
    company.settle()
    assert field in company.failures()[0]
    assert any(field in text for text in company.comments(deal))
    assert company.value(deal, "block") == "Течёт"
    assert company.portal.requests()["commands"]["crm.item.update"] == 2
    company.retry_failures()
    company.settle()
    assert (company.value(deal, "lost_note"), company.value(deal, "sv_object")) == ("Омск", "Котельная")


@pytest.mark.parametrize("asked", ["a field", "a move"])
def test_what_the_portal_silently_leaves_as_it_was_is_found_in_its_answer(company, asking, asked):  # noqa: F811
    """R25."""
    deal = card(company, asked)
    company.settle()
    field = "stageId" if asked == "a move" else company.dictionary.key(company.dictionary.field("SOFT", "address"))
    company.portal.fault("ignored_field", method="crm.item.update", field=field)
    company.fill(deal, so_need=asked)
    company.settle()
    told = [*company.failures(), company.value(deal, "block") or ""]
    assert any(f"the portal left {field} as it was" in text for text in told)
    company.retry_failures()
    company.settle()
    assert company.failures() == []


# — R26: a card is deleted —

POINTS = ["begun", "fact", "planned", "before sent", "sent", "answered", "recorded"]


@pytest.mark.parametrize("point", POINTS)
def test_a_card_deleted_in_the_middle_of_its_run_alarms_nobody_and_leaves_nothing_open(
    company, claims, at_point, point
):
    """R26: after the portal has said that there is no such card nothing is made for it any more."""

    @on_field("SERVICE", "sv_object")
    def act(run, deal):
        run.fact("asked", lambda: True)
        create_task(run, deal, "SV-4")
        set_fields(run, deal, lost_note="Омск")
        open_deal(run, deal, "LOGISTICS", title="Перевозка")
        open_task(run, deal, run.company.common_tasks["G-FIX"], to=deal.responsible)

    deal = company.new_deal("SERVICE")
    company.settle()
    told = len(company.notifications(company.holder("ADMIN")))
    at_point(point, lambda: company.delete(deal))
    company.fill(deal, sv_object="Котельная")
    company.settle()
    assert company.failures() == []
    assert len(company.notifications(company.holder("ADMIN"))) == told
    assert company.open_tasks(deal) == []
    assert len(company.tasks(deal)) <= 1
    filter_ = {"=UF_CRM_SF_PARENT": f"D_{deal}"}
    params = {"entityTypeId": 2, "filter": filter_, "useOriginalUfNames": "Y"}
    assert company.portal.act(1, "crm.item.list", params)["items"] == []


# — R27: a large portal —


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_portal_full_of_old_cards_goes_live_without_a_single_effect(tmp_path):
    """R27, at a twentieth of its size."""
    with playing(tmp_path, apart=True) as company:
        stage = {"categoryId": company.dictionary.category("SOFT")}
        stage |= {"stageId": company.dictionary.stage_id("SOFT", "QUALIFY"), "assignedById": company.user("volkova")}
        for part in range(100):
            adds = {
                f"a{n}": f"crm.item.add?entityTypeId=2&fields[title]=Старая {part}.{n}"
                + "".join(f"&fields[{key}]={value}" for key, value in stage.items())
                for n in range(50)
            }
            company.portal.act(1, "batch", {"cmd": adds})
        company.portal.settle_events(60)
        before, tasks = len(company.portal.log()), company.portal.act_fully(1, "tasks.task.list", {})["total"]
        company.start_layer()
        company.settle(120)
        assert [one for one in company.portal.log()[before:] if one["via"] == "webhook"] == []
        assert company.portal.act_fully(1, "tasks.task.list", {})["total"] == tasks
        effects = storage.effects
        with company.engine.storage.read() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(effects)) == 0
        deal = company.old_deal()
        company.fill(deal, so_need="Костюмы")
        company.settle()
        assert company.failures() == []
