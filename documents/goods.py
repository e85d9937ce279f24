"""What is delivered: the rows of a document with their VAT, and what they come to (spec §15.2, C-01…C-03)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from documents.card import Card
from engine.deal import Row
from rules import amounts, reading, vat, words

TAXES_BY_LAW = "Цена включает НДС по ставке, установленной законодательством РФ на дату отгрузки."
OTHER = "Другое"
VOCABULARY: dict[str, str] = {
    "rows[].n": "номер строки", "rows[].name": "товар",
    "rows[].article": "артикул (пока всегда пусто: в строке товара портал его не хранит)", "rows[].unit": "единица измерения",
    "rows[].qty": "количество: 10,5", "rows[].price": "цена: 15 005,50", "rows[].sum": "сумма строки",
    "rows[].vat_rate": "ставка НДС: 22% или «без НДС»", "rows[].vat_sum": "НДС строки",
    "rows[].note": "примечание (пока всегда пусто)", "total.sum": "сумма документа с НДС", "total.sum_words": "сумма прописью",
    "total.net": "сумма без НДС", "total.vat": "НДС всего", "total.has_vat": "да/нет: есть ли НДС",
    "total.vat_clause": "фраза об НДС одной строкой", "total.vat_lines[]": "фразы об НДС, по одной на ставку",
    "total.by_law": "фраза «Цена включает НДС по ставке, установленной законодательством …»", "total.count": "число строк",
    "total.taxes": "фраза об НДС без сумм, предложением: по режиму нашего юридического лица",
    "goods.group": "товарная группа, как в карточке (может быть пусто)",
}  # fmt: skip


def make(card: Card, day: date) -> dict:
    rows = _taxed(card, day)
    group = card.deal["so_group"] or ""
    return {
        "rows": [_row(place, row) for place, row in enumerate(rows, 1)],
        "total": _total(card, rows, _is_taxed(card, day)),
        "goods": {"group": "" if group == OTHER else group},
    }


def gross(card: Card, day: date) -> Decimal:
    """The sum of the document with VAT."""
    return vat.of_rows(_taxed(card, day)).gross


def _taxed(card: Card, day: date) -> list[Row]:
    """The rows with the rates of their day (C-03); prices of the portal hold the VAT always, whatever their rate.

    Works are performed when their period ends, also where the act is signed in the next year.
    """
    rates = card.company.vat
    on = vat.rate_day(
        rates.rate_date,
        shipment_fact=card.deal["period_to" if card.kind.registry == "ACT" else "sh_fact"],
        shipment_plan=card.deal["ship_until"],
        doc_date=day,
    )
    return vat.at_rates(card.rows, rates.rates, rates.kind_of(card.our.vat_mode), on)


def _row(place: int, row: Row) -> dict:
    return {
        "n": str(place), "name": row.product, "article": "", "unit": row.unit, "note": "",
        "qty": reading.quantity_text(row.quantity), "price": reading.amount_text(row.price),
        "sum": reading.amount_text(amounts.row_total(row.quantity, row.price)),
        "vat_rate": "без НДС" if row.vat_rate is None else words.percent(row.vat_rate),
        "vat_sum": reading.amount_text(vat.of_row(row).vat),
    }  # fmt: skip


def _total(card: Card, rows: Sequence[Row], taxed: bool) -> dict:
    """`taxed`: what a contract says that names no goods yet."""
    together = vat.of_rows(rows)
    rates = [(rate, True, one.vat) for rate, one in vat.by_rate(rows).items()]
    basis = card.company.vat.none_basis
    clauses = words.vat_clauses(rates, together.gross, basis)
    return {
        "sum": reading.amount_text(together.gross), "sum_words": words.amount(together.gross),
        "net": reading.amount_text(together.net), "vat": reading.amount_text(together.vat),
        "has_vat": any(rate is not None for rate, *_ in rates) if rows else taxed,
        "vat_clause": "; ".join(clauses), "vat_lines": clauses, "by_law": TAXES_BY_LAW, "count": str(len(rows)),
        "taxes": TAXES_BY_LAW if taxed else f"{words.UNSAID} на основании {basis}.",
    }  # fmt: skip


def _is_taxed(card: Card, day: date) -> bool:
    """Whether our company pays VAT, whatever it delivers."""
    rates = card.company.vat
    return vat.rate_on(rates.rates, rates.kind_of(card.our.vat_mode), day) is not None
