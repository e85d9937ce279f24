"""Keep what contractors offered, for the next transport on the same route."""

from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.run import Run
from robots.read_contractor import find_contractors, read_contractor
from rules import money, quotes
from rules.routes import town


def keep_quotes(run: Run, card: Deal) -> None:
    """LG-T4. The offers of an estimate card stand in the table of quotes, the chosen one marked; never twice.

    A chosen contractor that is in no line stands there with the card's own cost and term.
    """
    rows = run.fact("quotes", lambda: _rows(run, card))
    table = storage.quotes
    with run.engine.storage.write() as tx:
        tx.execute(sa.delete(table).where(table.c.deal == card.id))
        if rows:
            tx.execute(sa.insert(table), rows)


def _rows(run: Run, card: Deal) -> list[dict]:
    offers = [quotes.parse(line) for line in card["lg_quotes"] or []]
    ids = find_contractors(run, [offer.contractor for offer in offers])
    carrier = read_contractor(run, card["lg_carrier"]) if card["lg_carrier"] else None
    rows = [_row(run, card, offer, ids.get(offer.contractor)) for offer in offers]
    chosen = [row for row in rows if carrier and carrier.id == row["company"]]
    if carrier and not chosen:
        own = quotes.Quote(carrier.title, money.known(card["lg_cost"]) or Decimal(0), card["lg_days"])
        chosen = [_row(run, card, own, carrier.id)]
        rows += chosen
    for row in chosen[:1]:
        row["chosen"] = True
    return [{**row, "number": number} for number, row in enumerate(rows, start=1)]


def _row(run: Run, card: Deal, offer: quotes.Quote, company: int | None) -> dict:
    return {
        "deal": card.id, "company": company, "contractor": offer.contractor, "route_from": town(card["lg_from"]),
        "route_to": town(card["lg_to"]), "mode": card["lg_mode"] or "", "price": str(offer.price), "days": offer.days,
        "date": (offer.day or run.at.astimezone(run.zone(card)).date()).isoformat(), "chosen": False,
    }  # fmt: skip
