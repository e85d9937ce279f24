"""Move a card to another stage of its funnel, unless a person moved it meanwhile."""

from datetime import datetime

from engine.changes import Change
from engine.deal import Deal
from engine.dictionary import DEAL
from engine.ledger import Effect, Refused, verb
from engine.run import Doing, Run
from robots.comment import comment
from robots.set_fields import set_fields


def move_card(run: Run, deal: Deal, stage: str) -> Doing | None:
    """The card stands on `stage`, which then acts like any other move. Not when it has left `deal.stage` by itself.

    If the portal refuses, for a missing required field as a rule, the card says so («Чего не хватает») and stays; None is
    returned. That can only be told where the move leaves at once, not inside `together()`.
    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-update.html
    """
    stage_id = run.engine.dictionary.stage_id(deal.process, stage)
    params = {"entityTypeId": DEAL, "id": deal.id, "fields": {"stageId": stage_id}, "useOriginalUfNames": "Y"}
    memo = {"from": run.engine.dictionary.stage_id(deal.process, deal.stage), "after": deal.history_id}
    try:
        return run.do(MOVE_CARD, f"move {stage}", "crm.item.update", params, deal_id=deal.id, memo=memo)
    except Refused as refusal:
        title = run.company.processes[deal.process].stages[stage].title
        set_fields(run, deal, block=f"Портал не принял переход на стадию «{title}»: {refusal.said}")
        asked = "Исправьте это и переведите сделку вручную."
        comment(run, deal, f"Сделка не переведена на стадию «{title}», портал отказал: {refusal.said} {asked}")
        return None


def _unless(engine, effect: Effect, item: dict) -> dict | None:
    """Compare, then set: nothing to do when the card is there already, or when it is not where it was."""
    return None if item["stageId"] == effect.memo["from"] else {"stands_on": item["stageId"]}


def _find(engine, effect: Effect) -> dict | None:
    """Whether the move is in the card's history: a record on the target after the change that asked for it."""
    target = effect.params["fields"]["stageId"]
    params = {"entityTypeId": DEAL, "order": {"ID": "DESC"}, "filter": {"OWNER_ID": effect.deal_id}}
    answer = engine.ask("crm.stagehistory.list", params)
    for record in answer.result["items"]:
        if (
            int(record["OWNER_ID"]) == effect.deal_id
            and int(record["ID"]) > effect.memo["after"]
            and record["STAGE_ID"] == target
        ):
            return {"history": int(record["ID"])}
    return None


def _moved_since(engine, effect: Effect, change: Change) -> dict | None:
    """Whether the card has been on the target since; where people have moved it from there, that is their word."""
    target, after = effect.params["fields"]["stageId"], change.what.get("record", 0)
    params = {"entityTypeId": DEAL, "order": {"ID": "DESC"}, "filter": {"OWNER_ID": effect.deal_id, ">ID": after}}
    for record in engine.ask("crm.stagehistory.list", params).result["items"]:
        since = int(record["ID"]) > after and datetime.fromisoformat(record["CREATED_TIME"]) >= change.at
        if since and int(record["OWNER_ID"]) == effect.deal_id and record["STAGE_ID"] == target:
            return {"history": int(record["ID"])}
    return None


MOVE_CARD = verb(
    "move_card",
    find=_find,
    recall=_moved_since,
    unless=_unless,
    check=lambda result: result["item"]["id"],
    ignored=lambda effect, result: ["stageId"] if result["item"].get("stageId") == effect.memo["from"] else [],
)
