"""What a document agrees upon beyond the card, out of config/contracts.yaml, in words (spec §15.3)."""

from collections.abc import Callable
from datetime import date

from dateutil.relativedelta import relativedelta

from documents.card import Card
from rules import words

VOCABULARY: dict[str, str] = {
    "agreed.has_term": "да/нет: есть ли дата окончания", "agreed.until_text": "по какой день документ действует (пусто, если такого дня нет)",
    "agreed.prolongs": "да/нет: продлевается ли сам", "agreed.prolong": "на сколько: 12 (двенадцать) месяцев (может быть пусто)",
    "agreed.notice": "не позднее чем за сколько предупреждают об отказе: 30 (тридцать) календарных дней", "agreed.penalty": "неустойка за день: 0,1%",
    "agreed.penalty_cap": "не более: 10%", "agreed.fine": "штраф за разглашение, с суммой прописью",
    "agreed.has_limit": "да/нет: есть ли предел задолженности", "agreed.limit": "предел задолженности, с суммой прописью (может быть пусто)",
    "agreed.order": "срок ответа на заявку: 2 (двух) рабочих дней", "agreed.ready": "срок выборки товара",
    "agreed.quantity": "срок приёмки по количеству", "agreed.quality": "срок приёмки по качеству",
    "agreed.faults": "срок ответа на извещение о недостатках", "agreed.replacement": "срок замены товара",
    "agreed.acceptance": "срок приёмки работ, подписания акта", "agreed.claim": "срок ответа на претензию", "agreed.originals": "срок возврата оригиналов",
    "agreed.force_majeure": "срок извещения об обстоятельствах непреодолимой силы", "agreed.warranty": "гарантия: 12 (двенадцати) месяцев",
    "agreed.secrecy": "срок конфиденциальности: 3 (трёх) лет", "agreed.payer": "за чей счёт доставка: Поставщика",
    "agreed.court": "куда передаётся спор: Арбитражный суд города Москвы", "agreed.electronic": "да/нет: обмениваются ли документами электронно",
}  # fmt: skip
AUTOMATIC, NONE = "Автоматическая", "Не требуется"


def for_register(card: Card, day: date) -> dict:
    """What the register's card says of the term and the sum, as the text of the document does; nothing of one that is silent."""
    own = card.agreed
    said: dict[str, object] = {"doc_frame": True} if own.framework else {}
    if own.months:
        said["doc_end"] = _until(card, day)
    elif own.until_fulfilled:
        said["doc_termless"] = True
    if own.months or own.until_fulfilled:
        said["doc_prolong"] = AUTOMATIC if own.prolong_months else NONE
    return {**said, "doc_period": own.prolong_months} if own.prolong_months else said


def make(card: Card, day: date) -> dict:
    """«agreed.…» of the document of that date."""
    own, until = card.agreed, _until(card, day)
    spans = (
        "order", "ready", "quantity", "quality", "faults", "replacement", "acceptance", "claim", "originals", "force_majeure",
    )  # fmt: skip
    return {
        "agreed": {
            "has_term": until is not None, "until_text": words.date_text(until) if until else "",
            "prolongs": own.prolong_months is not None, "prolong": words.by_months(own.prolong_months) if own.prolong_months else "",
            "penalty": words.percent(own.penalty), "penalty_cap": words.percent(own.penalty_cap), "fine": words.amount(own.fine),
            "has_limit": own.deferral_limit is not None, "limit": words.amount(own.deferral_limit) if own.deferral_limit else "",
            "warranty": words.months(own.warranty_months), "secrecy": words.years(own.secrecy_years), "payer": own.payer, "court": own.court,
            "electronic": own.electronic, "notice": _days(own.notice, words.days_before), **{name: _days(getattr(own, name)) for name in spans},
        }
    }  # fmt: skip


def _until(card: Card, day: date) -> date | None:
    """The day that the card names; else so many months on, the day of the same number (ст. 192 ГК РФ)."""
    months = card.agreed.months
    return card.deal["doc_end"] or (day + relativedelta(months=months) if months else None)


def _days(span: str, said: Callable[..., str] = words.days) -> str:
    return said(int(span[:-2]), working=span.endswith("рд"))
