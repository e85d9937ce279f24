"""Find the client's framework contract in the register; read the one that a card names."""

from dataclasses import dataclass
from datetime import date

from bitrix.errors import NotFound
from engine.deal import Deal
from engine.dictionary import DEAL
from engine.people import MOSCOW
from engine.run import Run

FIELDS = ("doc_frame", "doc_state", "doc_start", "doc_end", "doc_termless", "doc_no")
ENDED = ("Истёк", "Расторгнут", "Архив")
"""States of a document that was in force once and is no longer."""


@dataclass(frozen=True)
class Contract:
    """A contract of the register. `start`, `end`: None where it has none; `is_valid_on` asks for the state «Действует» as well."""

    id: int
    title: str
    number: str
    company: int | None
    is_framework: bool
    is_active: bool
    start: date | None
    end: date | None
    is_termless: bool
    is_expired: bool

    def has_ended_by(self, day: date) -> bool:
        """RG-T13: nothing new is shipped under it."""
        return self.is_expired or (self.end is not None and self.end < day)

    def is_valid_on(self, day: date) -> bool:
        """Spec registry §7.2: state «Действует», begun by then, without an end or not ended."""
        begun = self.start is None or self.start <= day
        return self.is_active and begun and (self.end >= day if self.end is not None else self.is_termless)


def find_framework_contract(run: Run, deal: Deal, on: date | None = None) -> Contract | None:
    """The valid framework contract of the card's company on that day (today by default), the newest of several."""
    day = on or run.now.astimezone(MOSCOW).date()
    found = run.fact(f"framework contracts of {deal['company']}", lambda: _ask(run, deal["company"]))
    return next((one for one in map(_known, found) if one.is_framework and one.is_valid_on(day)), None)


def read_contract(run: Run, deal: Deal) -> Contract | None:
    """The contract that the card names, as the register has it; None where it names none, or one that is gone."""
    number = deal["contract"]
    found = run.fact(f"contract {number}", lambda: _read(run, number)) if number else None
    return _known(found) if found else None


def has_contract(run: Run, company: int | None) -> bool:
    """Whether the company has any contract in force."""
    found = run.fact(f"contracts of {company}", lambda: _ask(run, company, of_all_kinds=True))
    return any(one.is_active for one in map(_known, found))


def _ask(run: Run, company: int | None, *, of_all_kinds: bool = False) -> list[dict]:
    if company is None:
        return []
    dictionary = run.engine.dictionary
    filter_ = {
        "=categoryId": dictionary.category("REGISTRY"),
        "=stageId": dictionary.stage_id("REGISTRY", "CONTRACT"),
        "=companyId": company,
    }
    if not of_all_kinds:
        filter_[f"={dictionary.field('REGISTRY', 'doc_frame').code}"] = 1
    params = {"entityTypeId": DEAL, "filter": filter_, "select": ["*", "UF_*"], "useOriginalUfNames": "Y"}
    found = run.engine.ask("crm.item.list", {**params, "order": {"id": "DESC"}}).result["items"]
    return [_plain(run, item) for item in found]


def _read(run: Run, number: int) -> dict | None:
    try:
        params = {"entityTypeId": DEAL, "id": number, "useOriginalUfNames": "Y"}
        return _plain(run, run.engine.ask("crm.item.get", params).result["item"])
    except NotFound:
        return None


def _plain(run: Run, item: dict) -> dict:
    """As a run keeps it."""
    dictionary = run.engine.dictionary
    field = {name: dictionary.field("REGISTRY", name) for name in FIELDS}
    value = {name: dictionary.decode(one, item.get(one.code)) for name, one in field.items()}
    return {
        "id": int(item["id"]),
        "title": item["title"],
        "number": value["doc_no"] or "",
        "company": int(item.get("companyId") or 0) or None,
        "is_framework": bool(value["doc_frame"]),
        "is_active": value["doc_state"] == "Действует",
        "is_expired": value["doc_state"] in ENDED,
        "start": value["doc_start"].isoformat() if value["doc_start"] else None,
        "end": value["doc_end"].isoformat() if value["doc_end"] else None,
        "is_termless": bool(value["doc_termless"]),
    }


def _known(plain: dict) -> Contract:
    days = {name: date.fromisoformat(plain[name]) if plain[name] else None for name in ("start", "end")}
    return Contract(**{**plain, **days})
