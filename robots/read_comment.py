"""Read what a person wrote into the card's timeline last."""

from datetime import datetime

from engine.deal import Deal
from engine.run import Run


def read_comment(run: Run, deal: Deal, *, by: int, since: datetime) -> str | None:
    """The newest comment of that person since then; None where there is none.

    https://apidocs.bitrix24.com/api-reference/crm/timeline/comments/crm-timeline-comment-list.html
    """
    return run.fact(f"comment of {by} on {deal.id}", lambda: _ask(run, deal, by, since))


def _ask(run: Run, deal: Deal, by: int, since: datetime) -> str | None:
    select = ["ID", "COMMENT", "AUTHOR_ID", "CREATED"]
    which = {"ENTITY_ID": deal.id, "ENTITY_TYPE": "deal"}
    found = run.engine.ask("crm.timeline.comment.list", {"filter": which, "order": {"ID": "DESC"}, "select": select})
    own = [
        one for one in found.result if int(one["AUTHOR_ID"]) == by and datetime.fromisoformat(one["CREATED"]) >= since
    ]
    return own[0]["COMMENT"] if own else None
