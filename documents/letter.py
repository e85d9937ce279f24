"""What letters and offers say besides: who wrote them, how the client is greeted, until when prices hold (spec §15.2)."""

from datetime import date, timedelta

from documents.card import Card
from rules import declension, words

PRICES_HOLD = 30
VOCABULARY: dict[str, str] = {
    "manager.fio": "ответственный: ФИО", "manager.post": "ответственный: должность", "manager.phone": "ответственный: телефон",
    "manager.email": "ответственный: почта", "greeting": "Уважаемый Иван Иванович!",
    "price.until_text": "до какого дня действует цена", "stamp.flag": "да/нет: печатать ли подпись и печать",
}  # fmt: skip


def make(card: Card, today: date) -> dict:
    """`today`: when this version of the document is made."""
    until = today + timedelta(days=card.kind.valid_days or PRICES_HOLD)
    return {
        "manager": _manager(card),
        "greeting": _greeting(card),
        "price": {"until_text": words.date_text(until)},
        "stamp": {"flag": card.our.stamp},
    }


def _manager(card: Card) -> dict:
    user = card.found["user"]
    return {
        "fio": " ".join(filter(None, (user.get("LAST_NAME"), user.get("NAME"), user.get("SECOND_NAME")))),
        "post": user.get("WORK_POSITION") or "", "phone": user.get("WORK_PHONE") or user.get("PERSONAL_MOBILE") or card.our.phone,
        "email": user.get("EMAIL") or card.our.email,
    }  # fmt: skip


def _greeting(card: Card) -> str:
    """«Уважаемый Иван Иванович!»; whose sex nothing says, or whose name nobody knows, is greeted otherwise."""
    contact = card.found["contact"]
    first, second = contact.get("name") or "", contact.get("secondName") or ""
    if not first:
        return "Добрый день!"
    sex = declension.sex(" ".join(filter(None, (contact.get("lastName") or "Неизвестно", first, second))))
    address = {declension.MALE: "Уважаемый", declension.FEMALE: "Уважаемая"}.get(sex)
    named = " ".join(filter(None, (first, second)))
    return f"{address} {named}!" if address else f"Здравствуйте, {named}!"
