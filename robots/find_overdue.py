"""Find what a client owes too long, over all its orders."""

from decimal import Decimal

from engine.dictionary import DEAL
from engine.run import Run
from robots.recount_order import SHIPMENT

SHIPPED = ("TRANSIT", "DOCS", "PAYMENT", "OVERDUE")
PAGES = 20


def find_overdue(run: Run, company: int | None) -> Decimal:
    """SH-T9. The sum of «Просрочено» of the client's shipments, as the portal shows them."""
    if company is None:
        return Decimal(0)
    return Decimal(run.fact(f"overdue of {company}", lambda: str(_ask(run, company))))


def _ask(run: Run, company: int) -> Decimal:
    dictionary = run.engine.dictionary
    field = dictionary.field(SHIPMENT, "sh_oversum")
    which = {
        "=categoryId": dictionary.category(SHIPMENT), "=companyId": company,
        "@stageId": [dictionary.stage_id(SHIPMENT, stage) for stage in SHIPPED],
    }  # fmt: skip
    params = {"entityTypeId": DEAL, "filter": which, "select": ["id", field.code], "useOriginalUfNames": "Y"}
    found = Decimal(0)
    for page in range(PAGES):
        answer = run.engine.ask("crm.item.list", {**params, "order": {"id": "ASC"}, "start": page * 50})
        sums = [dictionary.decode(field, item.get(field.code)) for item in answer.result["items"]]
        found += sum((one for one in sums if isinstance(one, Decimal)), Decimal(0))
        if answer.next is None:
            break
    return found
