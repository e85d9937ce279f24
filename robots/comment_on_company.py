"""Write into the timeline of a company of the portal."""

from engine.ledger import verb
from engine.run import MARK, Doing, Run
from robots.comment import find_comment


def comment_on_company(run: Run, company: int, text: str) -> Doing:
    """A comment on the company's card, with a short mark in its last line by which it is found again.

    https://apidocs.bitrix24.com/api-reference/crm/timeline/comments/crm-timeline-comment-add.html
    """
    fields = {"ENTITY_ID": company, "ENTITY_TYPE": "company", "COMMENT": f"{text}\n{MARK}"}
    return run.do(COMMENT, f"comment on company {company}", "crm.timeline.comment.add", {"fields": fields})


COMMENT = verb("comment_on_company", find=find_comment, check=lambda result: int(result) > 0)
