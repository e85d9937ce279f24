"""Find the client's framework contract in the register."""

from dataclasses import dataclass
from datetime import date

from engine.deal import Deal
from engine.dictionary import DEAL
from engine.run import Run


@dataclass(frozen=True)
class Contract:
    """A register card."""

    id: int
    title: str


def find_framework_contract(run: Run, deal: Deal, on: date | None = None) -> Contract | None:
    """The valid framework contract of the card's company on that day (today by default), the newest of several.

    Valid: type «Договор», «Рамочный», state «Действует», without an end or not ended (spec registry §7.2).
    """
    day = on or run.now.date()
    found = run.fact("framework contract", lambda: _ask(run, deal["company"], day))
    return Contract(**found) if found else None


def _ask(run: Run, company: int | None, day: date) -> dict | None:
    if company is None:
        return None
    dictionary = run.engine.dictionary
    field = {name: dictionary.field("REGISTRY", name) for name in ("doc_frame", "doc_state", "doc_end", "doc_termless")}
    filter_ = {
        "=categoryId": dictionary.category("REGISTRY"),
        "=stageId": dictionary.stage_id("REGISTRY", "CONTRACT"),
        "=companyId": company,
        f"={field['doc_frame'].code}": 1,
    }
    params = {
        "entityTypeId": DEAL,
        "filter": filter_,
        "select": ["*", "UF_*"],
        "order": {"id": "DESC"},
        "useOriginalUfNames": "Y",
    }
    for item in run.engine.ask("crm.item.list", params).result["items"]:
        value = {name: dictionary.decode(one, item.get(one.code)) for name, one in field.items()}
        lasts = value["doc_termless"] or (value["doc_end"] is not None and value["doc_end"] >= day)
        if value["doc_frame"] and value["doc_state"] == "Действует" and lasts:
            return {"id": int(item["id"]), "title": item["title"]}
    return None
