"""What an act of works or services says besides its rows: period, remarks, and what is still to be paid (T15)."""

from datetime import date
from decimal import Decimal

from documents import goods
from documents.card import Card
from rules import acceptance, payments, reading, words
from rules.acceptance import Settlement

NO_PERIOD = ("Документ за период: с", "Документ за период: по")

VOCABULARY: dict[str, str] = {
    "acceptance.has_period": "да/нет: назван ли период", "acceptance.from_text": "начало работ словами (может быть пусто)",
    "acceptance.until_text": "окончание работ словами (может быть пусто)", "acceptance.stage": "этап работ (может быть пусто)",
    "acceptance.object": "объект с адресом (может быть пусто)", "acceptance.has_remarks": "да/нет: есть ли замечания",
    "acceptance.remarks[]": "замечания заказчика, по одному", "acceptance.has_advance": "да/нет: зачитывается ли аванс",
    "acceptance.advance": "зачтённый аванс", "acceptance.advance_words": "зачтённый аванс, с суммой прописью",
    "acceptance.has_retention": "да/нет: есть ли гарантийное удержание", "acceptance.retained": "гарантийное удержание",
    "acceptance.retained_percent": "доля удержания: 5%",
    "acceptance.retained_until": "когда возвращается удержание: не позднее «…» … (может быть пусто)",
    "acceptance.is_paid": "да/нет: платить больше нечего", "acceptance.to_pay": "к оплате", "acceptance.to_pay_words": "к оплате, с суммой прописью",
}  # fmt: skip


def lacking(card: Card) -> list[str]:
    """§15.3: a period, or a stage of the works."""
    if card.deal["act_stage"] or _period(card):
        return []
    return list(NO_PERIOD)


def make(card: Card, day: date) -> dict:
    """«acceptance.…»."""
    period, remarks, made = _period(card), _remarks(card), settlement(card, day)
    until = card.deal["hd_retdate"]
    return {
        "acceptance": {
            "has_period": bool(period), "from_text": words.date_text(period[0]) if period else "",
            "until_text": words.date_text(period[1]) if period else "", "stage": card.deal["act_stage"] or "",
            "object": _object(card), "has_remarks": bool(remarks), "remarks": remarks,
            "has_advance": made.advance > 0, "advance": reading.amount_text(made.advance), "advance_words": words.amount(made.advance),
            "has_retention": made.retained > 0, "retained": reading.amount_text(made.retained),
            "retained_percent": words.percent(_retain(card)),
            "retained_until": f"не позднее {words.date_text(until)}" if until else "",
            "is_paid": made.to_pay == 0, "to_pay": reading.amount_text(made.to_pay), "to_pay_words": words.amount(made.to_pay),
        }
    }  # fmt: skip


def settlement(card: Card, day: date) -> Settlement:
    """The sum of the act divided.

    «Зачесть аванс» rules; where it is empty, an act of the whole is offset against all that the card was paid. An act of one
    stage is not: nobody knows which payments were for which stage.
    """
    said, paid = card.deal["act_advance"], payments.readable(card.deal["payments"])
    received = Decimal(0) if card.deal["act_stage"] else sum((one.amount for one in paid), Decimal(0))
    return acceptance.settle(goods.gross(card, day), received if said is None else said, _retain(card))


def _retain(card: Card) -> Decimal:
    return card.deal["hd_retain"] or Decimal(0)


def _period(card: Card) -> list[date]:
    """Both days, whichever way round they were entered; of a project without them those of its works."""
    named = [card.deal["period_from"], card.deal["period_to"]]
    works = [card.deal["hd_start"], card.deal["hd_end"]]
    return next((sorted(days) for days in (named, works) if all(days)), [])


def _object(card: Card) -> str:
    """Where the works were done: what the project, the visit or the installation says."""
    project = ", ".join(filter(None, (card.deal["hd_object"], card.deal["hd_objaddr"])))
    return words.unbroken(project or card.deal["sv_object"] or card.deal["cm_addr"] or "")


def _remarks(card: Card) -> list[str]:
    """A line each."""
    return [line.strip() for line in (card.deal["act_remarks"] or "").splitlines() if line.strip()]
