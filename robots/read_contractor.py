"""Know a contractor: a company of the portal that carries or works for us."""

from dataclasses import dataclass

from bitrix.errors import NotFound
from engine.dictionary import COMPANY
from engine.run import Run

KINDS = {"Перевозчик", "Подрядчик"}


@dataclass(frozen=True)
class Contractor:
    """`kinds`: what the company is to us; `inn`: empty where its requisites have none."""

    id: int
    title: str
    kinds: tuple[str, ...]
    inn: str

    @property
    def is_listed(self) -> bool:
        """Whether it is in the directory of contractors."""
        return bool(KINDS & set(self.kinds))


def read_contractor(run: Run, company: int) -> Contractor | None:
    """The company as the portal shows it now; None if it is gone."""
    known = run.fact(f"contractor {company}", lambda: _read(run, company))
    return Contractor(company, known["title"], tuple(known["kinds"]), known["inn"]) if known else None


def find_contractors(run: Run, names: list[str]) -> dict[str, int]:
    """Ids of the directory's companies that have exactly these names; others are not in the answer."""
    return run.fact("contractors by name", lambda: _find(run, sorted(set(names))))


def _read(run: Run, company: int) -> dict | None:
    try:
        item = run.engine.ask(
            "crm.item.get", {"entityTypeId": COMPANY, "id": company, "useOriginalUfNames": "Y"}
        ).result["item"]
    except NotFound:
        return None
    of_company = {"ENTITY_TYPE_ID": COMPANY, "ENTITY_ID": company}
    requisites = run.engine.ask("crm.requisite.list", {"filter": of_company, "select": ["RQ_INN"]}).result
    inn = next((one["RQ_INN"] for one in requisites if one.get("RQ_INN")), "")
    return {"title": item["title"], "kinds": _kinds(run, item), "inn": inn}


def _find(run: Run, names: list[str]) -> dict[str, int]:
    if not names:
        return {}
    params = {"entityTypeId": COMPANY, "filter": {"@title": names}, "select": ["*", "UF_*"], "useOriginalUfNames": "Y"}
    found = run.engine.ask("crm.item.list", {**params, "order": {"id": "DESC"}}).result["items"]
    return {item["title"]: int(item["id"]) for item in found if KINDS & set(_kinds(run, item))}


def _kinds(run: Run, item: dict) -> list[str]:
    field = run.engine.dictionary.company_field("kind")
    return run.engine.dictionary.decode(field, item.get(field.code))
