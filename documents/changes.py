"""What an addendum changes in its contract: clauses in their old and new wording, the price when the rate of VAT rises (T14)."""

from datetime import date

from documents.card import Card
from rules import changes, vat, words
from rules.changes import Changes, WrongChanges

FIELD = "doc_changes"
OF_THE_CONTRACT = "UF_CRM_SF_DOC_CHANGES"
VOCABULARY: dict[str, str] = {
    "changes.has_rows": "да/нет: меняются ли пункты договора", "changes.rows[].n": "изменение: номер по порядку",
    "changes.rows[].clause": "изменение: пункт договора", "changes.rows[].old": "изменение: прежняя редакция",
    "changes.rows[].new": "изменение: новая редакция", "changes.gross_fixed": "да/нет: при новой ставке НДС не меняется цена с НДС",
    "changes.net_fixed": "да/нет: при новой ставке НДС не меняется цена без НДС", "changes.rate_before": "прежняя ставка НДС: 20%",
    "changes.rate_after": "новая ставка НДС: 22%", "changes.rate_since": "с какого дня новая ставка, словами",
    "changes.has_since": "да/нет: назван ли день вступления в силу", "changes.since_text": "день вступления в силу, словами (может быть пусто)",
}  # fmt: skip


def lacking(card: Card) -> list[str]:
    """T14 needs at least one change (§15.3); what cannot be understood is told in its own words."""
    label = card.company.processes["REGISTRY"].fields[FIELD].label
    try:
        said = _read(card)
    except WrongChanges as wrong:
        return [f"{label}: {wrong}"]
    return [] if said.rows or said.tax else [label]


def make(card: Card, day: date) -> dict:
    said, (before, after) = _read(card), card.company.vat.rates[vat.STANDARD][-2:]
    return {
        "changes": {
            "has_rows": bool(said.rows), "rows": [
                {"n": str(place), "clause": one.clause, "old": one.old, "new": one.new} for place, one in enumerate(said.rows, 1)
            ],
            "gross_fixed": said.tax == changes.GROSS, "net_fixed": said.tax == changes.NET,
            "rate_before": words.percent(before.rate), "rate_after": words.percent(after.rate),
            "rate_since": words.date_text(after.starts), "has_since": said.since is not None,
            "since_text": words.date_text(said.since) if said.since else "",
        }
    }  # fmt: skip


def _read(card: Card) -> Changes:
    """Of the card itself; else of the contract's card in the register."""
    return changes.read(card.deal[FIELD] or card.found["contract"].get(OF_THE_CONTRACT) or "")
