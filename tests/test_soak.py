"""The judge of `make soak`: what the layer really did is clean, and a record that was doctored is not."""

import copy
from dataclasses import replace

import pytest

from engine.storage import Storage
from soak import checker
from soak.processes import points
from soak.record import collect, newest_record
from tests.company import playing


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Three deals: one that has its transport estimated, goes to its offer, back and there again, one that is returned, and
    one that a person moved there, back and there again before the layer returned it.

    And what the portal then knows.
    """
    with playing(tmp_path_factory.mktemp("soak"), seed="empty") as company:
        before = newest_record(company.portal)
        whole, lacking = play(company)
        store = Storage(company.settings.database_url)
        record = collect(company.portal, store, before)
        store.close()
    return record, whole, lacking


def play(company) -> tuple[int, int]:
    manager = company.manager_of("Москва")
    made = {
        kind: company.acts(manager, "crm.item.add", {"entityTypeId": kind, "fields": fields})["item"]["id"]
        for kind, fields in ((4, {"title": "Заказчик"}), (3, {"name": "Пётр"}))
    }
    client = {"company": int(made[4]), "contact": int(made[3])}
    needs = {"so_need": "Каски", "so_group": "Спецодежда", "so_class": "B"}
    whole, lacking = company.new_deal(**client, **needs, address="Омск"), company.new_deal(**needs)
    company.settle()
    for stage in ("QUALIFY", "ESTIMATE", "OFFER", "QUALIFY", "OFFER"):
        company.move(whole, stage)
        company.settle()
    company.fill(whole, make_doc="Коммерческое предложение")
    company.close_task(whole, "Подготовьте и отправьте КП")
    company.move(lacking, "QUALIFY")
    company.settle()
    restless = company.new_deal(**needs)
    company.settle()
    company.stop_layer()
    for stage in ("QUALIFY", "NEW", "QUALIFY"):
        company.move(restless, stage)
    company.start_layer()
    company.settle()
    return whole, lacking


@pytest.fixture
def record(played):
    """A copy that a test may doctor."""
    return copy.deepcopy(played[0])


@pytest.fixture
def whole(played):
    return played[1]


@pytest.fixture
def lacking(played):
    return played[2]


def kinds(record) -> set[str]:
    return {finding.kind for finding in checker.check(record)}


def effects(record, method: str, deal: int, word: str = "") -> list[dict]:
    """What the layer did to a deal by that method."""
    found = [one for one in record.log if one["via"] == "webhook" and one["method"] == method]
    names = (f"'D_{deal}'", f"'ENTITY_ID': {deal},", f"'ENTITY_ID': '{deal}'", f"'id': {deal},", f"'id': '{deal}'")
    return [one for one in found if any(name in str(one["params"]) for name in names) and word in str(one["params"])]


def happen(record, effect: dict, **other: object) -> None:
    """The portal executed one more effect, at the end."""
    record.log.append({**copy.deepcopy(effect), "number": len(record.log) + 1, **other})


def undo(record, deal: int, title: str) -> None:
    """The newest task of that title never was."""
    task = effects(record, "tasks.task.add", deal, title)[-1]
    named = ({"taskId": task["id"]}, {"TASKID": task["id"]})
    record.log = [
        one
        for one in record.log
        if one is not task and not any(str(one["params"].get(k)) == str(v) for name in named for k, v in name.items())
    ]


def test_what_the_layer_did_is_clean(record):
    assert [str(finding) for finding in checker.check(record)] == []


def test_a_task_that_is_there_twice_is_seen(record, whole):
    happen(record, effects(record, "tasks.task.add", whole, "Свяжитесь")[0], id=9_999)
    assert "twice" in kinds(record)


def test_an_item_of_a_checklist_that_is_there_twice_is_seen(record):
    happen(record, next(one for one in record.log if one["method"] == "task.checklistitem.add"))
    assert kinds(record) == {"twice"}


def test_a_comment_that_is_there_twice_is_seen(record, lacking):
    happen(record, effects(record, "crm.timeline.comment.add", lacking)[0])
    assert "twice" in kinds(record)


def test_a_message_that_was_said_twice_is_seen(record):
    happen(record, next(one for one in record.log if one["method"] == "tasks.task.chat.message.send"))
    assert kinds(record) == {"twice"}


def test_a_task_that_is_not_there_is_seen(record, whole):
    undo(record, whole, "Подготовьте и отправьте КП")
    assert "lost" in kinds(record)


def test_the_layers_word_alone_excuses_nothing(record, whole):
    """Its tables say that the card had left the stage; the portal knows of no newer record."""
    undo(record, whole, "Подготовьте и отправьте КП")
    for run in record.runs:
        if run["trigger"] == "on_stage SOFT OFFER":
            run["note"] = "the card has left the stage already"
    assert "lost" in kinds(record)


@pytest.mark.parametrize(
    "method",
    ["crm.timeline.comment.add", "task.checklistitem.add", "tasks.task.chat.message.send", "im.notify.system.add"],
)
def test_whatever_else_is_not_there_is_seen(record, method):
    """Without its comment a return looks like a move that follows from nothing."""
    one = next(one for one in record.log if one["via"] == "webhook" and one["method"] == method)
    record.log.remove(one)
    assert kinds(record) & {"lost", "causeless"}


def test_a_stage_that_nobody_noticed_is_seen(record, whole):
    last = [run for run in record.runs if run["deal_id"] == whole and run["change_id"].startswith("stage:")][-1]
    record.runs = [run for run in record.runs if run["change_id"] != last["change_id"]]
    assert kinds(record) == {"lost"}


def test_a_button_that_was_not_answered_is_seen(record, whole):
    record.log.remove(effects(record, "crm.timeline.comment.add", whole, "Документ не сформирован")[0])
    assert kinds(record) == {"lost"}


def test_an_effect_that_follows_from_nothing_is_seen(record, whole):
    task = effects(record, "tasks.task.add", whole, "Оцените")[0]
    happen(record, {**task, "params": {"fields": {**task["params"]["fields"], "XML_ID": "a" * 26}}}, id=9_999)
    assert "causeless" in kinds(record)


@pytest.mark.parametrize("method", ["tasks.task.delete", "crm.item.add", "tasks.task.update"])
def test_an_effect_that_the_layer_never_has_is_seen(record, whole, method):
    params = {"entityTypeId": 2, "taskId": 1, "fields": {"categoryId": 1, "stageId": "C1:NEW"}}
    happen(record, record.log[-1], method=method, via="webhook", id=9_999, params=params)
    assert "causeless" in kinds(record)


def test_a_card_that_the_layer_moved_by_itself_is_seen(record, whole):
    stage = record.cards[str(whole)]["stageId"].replace("OFFER", "NEW")
    params = {"entityTypeId": 2, "id": whole, "fields": {"stageId": stage}}
    happen(record, record.log[-1], method="crm.item.update", via="webhook", id=whole, params=params)
    assert "causeless" in kinds(record)


def test_an_estimate_that_is_not_there_is_seen(record, whole):
    """Nor its task, nor the order's word of it."""
    opened = next(one for one in record.log if one["via"] == "webhook" and one["method"] == "crm.item.add")
    task = effects(record, "tasks.task.add", opened["id"], "Оцените перевозку")[0]
    record.log.remove(task)
    record.cards[str(whole)]["UF_CRM_SF_CHILDREN"] = []
    assert [finding.kind for finding in checker.check(record) if finding.kind == "lost"] == ["lost", "lost"]


def test_a_second_estimate_is_seen(record):
    opened = next(one for one in record.log if one["via"] == "webhook" and one["method"] == "crm.item.add")
    happen(record, opened, id=9_999)
    assert "twice" in kinds(record)


def test_effects_in_another_order_than_the_stages_are_seen(record, whole):
    """The task of the first stage comes last."""
    task = effects(record, "tasks.task.add", whole, "Свяжитесь")[0]
    record.log.remove(task)
    happen(record, task)
    assert "order" in kinds(record)


def test_a_field_that_says_what_nobody_wrote_is_seen(record, whole):
    record.cards[str(whole)]["UF_CRM_SF_ADDRESS"] = "Томск"
    assert kinds(record) == {"foreign"}


def test_a_field_that_nobody_ever_wrote_is_seen(record, whole):
    record.cards[str(whole)]["UF_CRM_SF_TERMS_SCHED"] = "30; аванс; 5"
    assert kinds(record) == {"foreign"}


def test_a_foreign_field_that_the_layer_wrote_is_seen(record, whole):
    params = {"entityTypeId": 2, "id": whole, "fields": {"UF_CRM_SF_ADDRESS": "Омск"}}
    happen(record, record.log[-1], method="crm.item.update", via="webhook", id=whole, params=params)
    assert "foreign" in kinds(record)


def test_a_plan_of_another_stage_is_seen(record, whole):
    record.cards[str(whole)]["UF_CRM_SF_STAGE_PLAN"] = "2026-11-24T18:00:00+03:00"
    assert kinds(record) == {"foreign"}


def test_a_task_left_open_behind_the_card_is_seen(record, whole):
    task = effects(record, "tasks.task.add", whole, "Оцените")[0]["id"]
    record.log = [
        one for one in record.log if "complete" not in one["method"] or str(one["params"]["taskId"]) != str(task)
    ]
    assert "lost" in kinds(record)


@pytest.mark.parametrize("state", ["open", "failed", "parked"])
def test_what_the_layer_has_not_finished_is_seen(record, state):
    record.runs[-1]["state"] = state
    assert kinds(record) == {"open"}


def test_an_effect_of_unknown_outcome_is_seen(record, whole):
    record.not_done.append({"verb": "comment", "state": "unknown", "deal_id": whole, "run_id": 1, "error": None})
    assert kinds(record) == {"open"}


def test_a_worker_that_ended_by_itself_is_seen(record):
    assert kinds(replace(record, worker_endings=["worker-1 ended by itself"])) == {"unexplained"}


def test_a_soak_knows_every_point_at_which_a_worker_can_die():
    assert {"sent", "before sent", "answered", "planned", "noticed"} <= set(points())
