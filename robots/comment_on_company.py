"""Write into the timeline of a company of the portal."""

from engine.ledger import Effect, verb
from engine.run import MARK, Doing, Run

PAGES = 4


def comment_on_company(run: Run, company: int, text: str) -> Doing:
    """A comment on the company's card, with a short mark in its last line by which it is found again.

    https://apidocs.bitrix24.com/api-reference/crm/timeline/comments/crm-timeline-comment-add.html
    """
    fields = {"ENTITY_ID": company, "ENTITY_TYPE": "company", "COMMENT": f"{text}\n{MARK}"}
    return run.do(COMMENT, f"comment on company {company}", "crm.timeline.comment.add", {"fields": fields})


def _find(engine, effect: Effect) -> int | None:
    mark, company = f"#{effect.key[:8]}", effect.params["fields"]["ENTITY_ID"]
    params = {
        "filter": {"ENTITY_ID": company, "ENTITY_TYPE": "company"},
        "order": {"ID": "DESC"},
        "select": ["ID", "COMMENT"],
    }
    for page in range(PAGES):
        answer = engine.ask("crm.timeline.comment.list", {**params, "start": page * 50})
        for one in answer.result:
            if mark in (one.get("COMMENT") or ""):
                return int(one["ID"])
        if answer.next is None:
            return None
    return None


COMMENT = verb("comment_on_company", find=_find, check=lambda result: int(result) > 0)
