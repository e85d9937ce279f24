"""The variables of a template, out of a card and what belongs to it (spec §15.2). Every value is a text, a flag or a list of such.

One module of this folder for each block makes them; VOCABULARY says what each means, docs/documents.md shows it, and a test holds
it against what is made.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import chain
from types import ModuleType

from config import Company
from documents import (
    acceptance,
    agreed,
    bonus,
    changes,
    claim,
    delivery,
    goods,
    heading,
    invoice,
    letter,
    parties,
    prolongation,
    reconciliation,
    refusal,
    representative,
    terms,
)
from documents.card import Card

NO_CLIENT, NO_CONTRACT, NO_INN = "Компания", "Договор (реестр)", "ИНН (реквизиты компании)"
OF_NO_FIELD = {"inn": NO_INN, "signer": "подписант компании и основание его полномочий"}

COMMON = (parties, heading, goods, terms, delivery, letter, invoice, agreed)
REQUIRED: dict[str, tuple[str, ...]] = {
    "T01": ("company", "inn", "signer", "terms"),
    "T02": ("company", "inn", "signer", "rows", "ship_until", "terms"),
    "T11": ("company", "inn", "signer"),
    "T12": ("company", "rows", "inn", "contract", "signer"),
    "T13": ("company", "inn", "contract", "signer", "doc_end", "doc_newend"),
    "T14": ("company", "inn", "contract", "signer", "doc_changes"),
    "T15": ("company", "inn", "contract", "signer", "rows"),
    "T16": ("company", "rows", "inn"),
    "T17": ("company", "rows"),
    "T18": ("company", "inn"),
    "T19": ("company", "inn", "period_from", "period_to"),
    "T21": ("rp_month", "rp_who"),
    "T22": ("db_month", "db_mgr"),
    "T24": ("company", "contract", "doc_end"),
}
"""Without what a template cannot be filled (§15.3): a name of CHECKED, else a field of the card that must say something.

What only a block knows («at least one overdue line») its own `lacking` says. Where `signer` stands, both sides sign.
"""
BLOCKS: dict[str, tuple[ModuleType, ...]] = {
    "T13": (prolongation,),
    "T14": (changes,),
    "T15": (acceptance,),
    "T18": (claim,),
    "T19": (reconciliation,),
    "T21": (representative,),
    "T22": (bonus,),
    "T24": (refusal,),
}
"""The modules of this folder that a template has of its own: `VOCABULARY`, `make(card, day)` and, if they like, `lacking(card)` with
`NEEDS`, what that asks for, and `total(card, day)`, the sum of a document whose rows do not make it."""


def signs(code: str) -> bool:
    """Whether both sides sign it, so that posts and names must be declined."""
    return "signer" in REQUIRED.get(code, ())


def shows_requisites(code: str) -> bool:
    """Whether the client's requisites are printed, so that wrong ones are told."""
    return "inn" in REQUIRED.get(code, ())


def lacking(card: Card) -> list[str]:
    """Labels of what the template requires and the card lacks (§15.3), each once."""
    empty = [label for name in REQUIRED.get(card.kind.code, ()) for label in _lacking(card, name)]
    of_blocks = [block.lacking(card) for block in BLOCKS.get(card.kind.code, ()) if hasattr(block, "lacking")]
    return list(dict.fromkeys([*empty, *chain.from_iterable(of_blocks)]))


def _lacking(card: Card, name: str) -> list[str]:
    if name in CHECKED:
        return CHECKED[name](card)
    return [] if card.deal[name] else [label(card.company, name)]


def label(company: Company, name: str) -> str:
    """What people call something of REQUIRED. Deals share their fields, so any process that has a field says its words."""
    tables = [company.deal_fields, *(process.fields for process in company.processes.values())]
    return OF_NO_FIELD.get(name) or next(fields[name].label for fields in tables if name in fields)


def _without_inn(card: Card) -> list[str]:
    return [NO_INN] if card.deal["company"] and not card.client.said["inn"] else []


CHECKED: dict[str, Callable[[Card], list[str]]] = {
    "company": lambda card: [] if card.deal["company"] else [NO_CLIENT],
    "inn": _without_inn,
    "signer": lambda card: card.client.lacking if card.deal["company"] else [],
    "contract": lambda card: [] if heading.contract(card)["number"] else [NO_CONTRACT],
    "rows": lambda card: [] if any(row.price > 0 for row in card.rows) else [label(card.company, "rows")],
    "doc_changes": changes.lacking,
}
"""What is more than a filled field."""


def make(card: Card, *, number: str, day: date, today: date) -> dict:
    """The variables of the document under its number and date; `today`: when this version of it is made."""
    gross = goods.gross(card, day)
    said = {"our": card.ours.said, "client": card.client.said}
    said |= heading.make(card, number, day) | goods.make(card, day) | terms.make(card, gross, day)
    said |= delivery.make(card) | letter.make(card, today) | agreed.make(card, day)
    said |= invoice.make(card, gross, day, said)
    for block in BLOCKS.get(card.kind.code, ()):
        said |= block.make(card, day)
    return said


def to_pay(card: Card, day: date) -> Decimal:
    """The sum of the document with VAT."""
    for block in BLOCKS.get(card.kind.code, ()):
        if hasattr(block, "total"):
            return block.total(card, day)
    return goods.gross(card, day)


def vocabulary(code: str) -> dict[str, str]:
    """Every name that the template may use, and what stands under it: those of all, and those of its own blocks."""
    return _names(*COMMON, *BLOCKS.get(code, ()))


def _names(*blocks: ModuleType) -> dict[str, str]:
    return {name: meaning for block in blocks for name, meaning in block.VOCABULARY.items()}


VOCABULARY = _names(*COMMON)
"""Every name that any template may use."""
