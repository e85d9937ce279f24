"""Write into the card's timeline."""

from engine.deal import Deal
from engine.ledger import Effect, verb
from engine.run import MARK, Doing, Run

PAGES = 4


def comment(run: Run, deal: Deal | int, text: str, *, once: str | None = None) -> Doing:
    """A comment on the card, with a short mark in its last line by which it is found again. `once`: as `run.do`.

    https://apidocs.bitrix24.com/api-reference/crm/timeline/comments/crm-timeline-comment-add.html
    """
    deal_id = deal if isinstance(deal, int) else deal.id
    fields = {"ENTITY_ID": deal_id, "ENTITY_TYPE": "deal", "COMMENT": f"{text}\n{MARK}"}
    return run.do(COMMENT, "comment", "crm.timeline.comment.add", {"fields": fields}, deal_id=deal_id, once=once)


def find_comment(engine, effect: Effect) -> int | None:
    """The comment that an effect has made on its card, or company: by the mark."""
    mark, fields = f"#{effect.key[:8]}", effect.params["fields"]
    filter_ = {"ENTITY_ID": fields["ENTITY_ID"], "ENTITY_TYPE": fields["ENTITY_TYPE"]}
    params = {"filter": filter_, "order": {"ID": "DESC"}, "select": ["ID", "COMMENT"]}
    for page in range(PAGES):
        answer = engine.ask("crm.timeline.comment.list", {**params, "start": page * 50})
        for one in answer.result:
            if mark in (one.get("COMMENT") or ""):
                return int(one["ID"])
        if answer.next is None:
            return None
    return None


COMMENT = verb("comment", find=find_comment, check=lambda result: int(result) > 0)
