"""The variables of a template, out of a card and what belongs to it (spec §15.2). Every value is a text, a flag or a list of such.

VOCABULARY says what each means; docs/documents.md shows it, and a test holds it against what is made here.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from types import ModuleType

from documents import agreed, qr, terms
from documents.card import Card
from engine.deal import Row
from rules import amounts, declension, payment_schedule, reading, vat, words
from rules.money import q
from rules.payment_schedule import Due

TAXES_BY_LAW = "Цена включает НДС по ставке, установленной законодательством РФ на дату отгрузки."
NO_CLIENT, NO_CONTRACT, NO_INN = "Компания", "Договор (реестр)", "ИНН (реквизиты компании)"

REQUIRED: dict[str, tuple[str, ...]] = {
    "T01": ("company", "inn", "signer", "terms"),
    "T02": ("company", "inn", "signer", "rows", "ship_until", "terms"),
    "T11": ("company", "inn", "signer"),
    "T12": ("company", "rows", "inn", "contract", "signer"),
    "T13": ("company", "inn", "contract", "signer", "doc_end", "doc_newend"),
    "T14": ("company", "inn", "contract", "signer"),
    "T15": ("company", "inn", "contract", "signer", "rows"),
    "T16": ("company", "rows", "inn"),
    "T17": ("company", "rows"),
    "T18": ("company", "inn"),
    "T19": ("company", "inn"),
    "T24": ("company", "contract", "doc_end"),
}
"""Without what a template cannot be filled (§15.3): a name of CHECKED, else a field of the card that must say something.

What only a block knows («at least one overdue line») its own `lacking` says. Where `signer` stands, both sides sign.
"""
BLOCKS: dict[str, tuple[ModuleType, ...]] = {}
"""The modules of this folder that a template has of its own: `VOCABULARY`, `make(card, day)` and, if they like, `lacking(card)`."""


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
    return [] if card.deal[name] else [_label(card, name)]


def _label(card: Card, name: str) -> str:
    """The words of the form for a field: deals share their fields, so any process that has it says them."""
    tables = [card.company.deal_fields, *(process.fields for process in card.company.processes.values())]
    return next(fields[name].label for fields in tables if name in fields)


def _without_inn(card: Card) -> list[str]:
    return [NO_INN] if card.deal["company"] and not card.client.said["inn"] else []


CHECKED: dict[str, Callable[[Card], list[str]]] = {
    "company": lambda card: [] if card.deal["company"] else [NO_CLIENT],
    "inn": _without_inn,
    "signer": lambda card: card.client.lacking if card.deal["company"] else [],
    "contract": lambda card: [] if _contract(card)["number"] else [NO_CONTRACT],
    "rows": lambda card: [] if any(row.price > 0 for row in card.rows) else [_label(card, "rows")],
}
"""What is more than a filled field."""


def make(card: Card, *, number: str, day: date, today: date) -> dict:
    """The variables of the document under its number and date; `today`: when this version of it is made."""
    rows = _taxed(card, day)
    total = _total(card, rows)
    said = {
        "our": card.ours.said,
        "client": card.client.said,
        "doc": {"number": number, "date_text": words.date_text(day), "date": reading.day_text(day), "city": _city(card)},
        "contract": _contract(card),
        "rows": [_row(place, row) for place, row in enumerate(rows, 1)],
        "total": total,
        "terms": _terms(card, vat.of_rows(rows).gross, day),
        "delivery": _delivery(card),
        "manager": _manager(card),
        "greeting": _greeting(card),
        "price": {"until_text": words.date_text(today + timedelta(days=card.kind.valid_days or 30))},
        "stamp": {"flag": card.our.stamp},
    }  # fmt: skip
    said |= {"invoice": _invoice(card, vat.of_rows(rows).gross, day, said)} | agreed.make(card, day)
    for block in BLOCKS.get(card.kind.code, ()):
        said |= block.make(card, day)
    return said


def to_pay(card: Card, day: date) -> Decimal:
    """The sum of the document with VAT."""
    return vat.of_rows(_taxed(card, day)).gross


# — rows and totals —


def _taxed(card: Card, day: date) -> list[Row]:
    """The rows with the rates of their day (C-03); prices of the portal hold the VAT always, whatever their rate."""
    rates = card.company.vat
    on = vat.rate_day(
        rates.rate_date,
        shipment_fact=card.deal["sh_fact"],
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


def _total(card: Card, rows: Sequence[Row]) -> dict:
    together = vat.of_rows(rows)
    rates = [(rate, True, one.vat) for rate, one in vat.by_rate(rows).items()]
    clauses = words.vat_clauses(rates, together.gross, card.company.vat.none_basis)
    return {
        "sum": reading.amount_text(together.gross), "sum_words": words.amount(together.gross),
        "net": reading.amount_text(together.net), "vat": reading.amount_text(together.vat),
        "has_vat": any(rate is not None for rate, *_ in rates),
        "vat_clause": "; ".join(clauses), "vat_lines": clauses, "by_law": TAXES_BY_LAW, "count": str(len(rows)),
    }  # fmt: skip


# — terms, delivery, payment —


def _terms(card: Card, gross: Decimal, day: date) -> dict:
    is_invoice = card.kind.registry == "INVOICE"
    dues = _dues(card, gross, day if is_invoice else None)
    return {"title": card.deal["terms"] or "", "text": terms.text(card.parts), "lines": terms.lines(card.parts, dues)}


def _dues(card: Card, gross: Decimal, invoiced: date | None) -> list[Due]:
    return terms.schedule(card.company, card.calendar, gross, card.parts, {payment_schedule.INVOICE: invoiced})


def _delivery(card: Card) -> dict:
    until, way = card.deal["ship_until"], card.deal["delivery_way"] or ""
    return {
        "way": way, "address": card.deal["address"] or "", "is_fetched": way == "Самовывоз",
        "until_text": f"до {words.date_text(until)}" if until else "по согласованию сторон.",
    }  # fmt: skip


def _invoice(card: Card, gross: Decimal, day: date, said: dict) -> dict:
    """What is to be paid by the invoice now, until when, and what the payment order says."""
    on_invoice = [part for part in card.parts if part.event == payment_schedule.INVOICE]
    dues = _dues(card, gross, day)
    now = [due for due in dues if due.event == payment_schedule.INVOICE]
    amount = sum((due.amount for due in now), Decimal(0)) if now else gross
    until = now[-1].due if now else card.calendar.nth_working_day_after(day, card.kind.valid_days or 5)
    share = sum((part.percent for part in on_invoice), Decimal(0))
    number = said["doc"]["number"]
    part = amount != gross
    purpose = f"{'Аванс' if part else 'Оплата'} по счёту № {number} от {said['doc']['date']}{_tax_in(amount, gross, said['total'])}"
    return {
        "purpose": purpose, "until_text": words.date_text(until), "now": reading.amount_text(amount),
        "now_words": words.amount(amount), "is_part": part, "percent": words.percent(share) if part else "100%",
        "basis": f"договор № {said['contract']['number']} от {said['contract']['date_text']}" if said["contract"]["number"] else "",
        "qr": qr.payment(said["our"], amount, purpose),
    }  # fmt: skip


def _tax_in(amount: Decimal, gross: Decimal, total: dict) -> str:
    """What a payment order says of VAT: of an advance its share."""
    if not total["has_vat"]:
        return f", {words.UNSAID}"
    share = q(reading.number(total["vat"]) * amount / gross) if gross else Decimal(0)
    return f", в т. ч. НДС {reading.amount_text(share)}"


# — who and where —


def _contract(card: Card) -> dict:
    """The contract that the card names; a card of the register is one itself."""
    item = card.found["contract"]
    number, day = item.get("UF_CRM_SF_DOC_NO") or "", item.get("UF_CRM_SF_DOC_DATE") or ""
    if card.is_of_register:
        number, day = card.deal["doc_no"] or "", card.deal["doc_date"].isoformat() if card.deal["doc_date"] else ""
    known = bool(number and day)
    return {
        "number": number if known else "",
        "date_text": words.date_text(date.fromisoformat(day[:10])) if known else "",
    }


def _city(card: Card) -> str:
    head = next((name for name, city in card.company.cities.items() if city.head_office), "Москва")
    return f"г.\u00a0{card.deal['city'] or head}"


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


Meaning = dict[str, str]

_PARTY: Meaning = {
    "full_name": "полное наименование", "short_name": "краткое наименование", "inn": "ИНН", "kpp": "КПП (у ИП пусто)",
    "ogrn": "ОГРН или ОГРНИП", "ogrn_label": "слово «ОГРН» или «ОГРНИП»", "okpo": "ОКПО (может быть пусто)",
    "legal_address": "юридический адрес", "post_address": "почтовый адрес", "phone": "телефон", "email": "электронная почта",
    "bank.name": "банк", "bank.bik": "БИК", "bank.account": "расчётный счёт", "bank.corr": "корреспондентский счёт",
    "accountant_short": "главный бухгалтер, И. И. Фамилия (может быть пусто)", "is_entrepreneur": "да/нет: ИП или самозанятый",
    "named": "именуемое, именуемый или именуемая", "sign_line": "в лице … в родительном падеже, действующего на основании …; у ИП — ФИО, действующий на основании …",
    "acts": "то же, что sign_line, но у ИП без ФИО: для текста, где ФИО уже названо", "sign_post": "должность подписанта",
    "sign_short": "подписант, И. И. Фамилия",
}  # fmt: skip

VOCABULARY: Meaning = {
    **{f"our.{name}": f"наше юридическое лицо: {meaning}" for name, meaning in _PARTY.items()},
    **{f"client.{name}": f"клиент: {meaning}" for name, meaning in _PARTY.items()},
    "doc.number": "номер документа", "doc.date_text": "дата словами: «22» ноября 2026 г.", "doc.date": "дата цифрами: 22.11.2026",
    "doc.city": "город подписания: г. Москва", "contract.number": "номер договора (может быть пусто, кроме T12)",
    "contract.date_text": "дата договора словами", "rows[].n": "номер строки", "rows[].name": "товар",
    "rows[].article": "артикул (пока всегда пусто: в строке товара портал его не хранит)", "rows[].unit": "единица измерения",
    "rows[].qty": "количество: 10,5", "rows[].price": "цена: 15 005,50", "rows[].sum": "сумма строки",
    "rows[].vat_rate": "ставка НДС: 22% или «без НДС»", "rows[].vat_sum": "НДС строки", "rows[].note": "примечание (пока всегда пусто)",
    "total.sum": "сумма документа с НДС", "total.sum_words": "сумма прописью",
    "total.net": "сумма без НДС", "total.vat": "НДС всего", "total.has_vat": "да/нет: есть ли НДС",
    "total.vat_clause": "фраза об НДС одной строкой",
    "total.vat_lines[]": "фразы об НДС, по одной на ставку", "total.by_law": "фраза «Цена включает НДС по ставке, установленной законодательством …»",
    "total.count": "число строк", "terms.title": "условия оплаты, как в карточке (может быть пусто)", "terms.text": "условия оплаты фразой договора",
    "terms.lines[].n": "график: номер", "terms.lines[].percent": "график: доля", "terms.lines[].amount": "график: сумма",
    "terms.lines[].when": "график: срок словами", "terms.lines[].due": "график: дата (может быть пусто)",
    "delivery.way": "способ доставки (может быть пусто)", "delivery.address": "адрес доставки (может быть пусто)",
    "delivery.is_fetched": "да/нет: самовывоз", "delivery.until_text": "срок поставки: «до …» или «по согласованию сторон.», точку после него не ставят",
    "manager.fio": "ответственный: ФИО", "manager.post": "ответственный: должность", "manager.phone": "ответственный: телефон",
    "manager.email": "ответственный: почта", "greeting": "Уважаемый Иван Иванович!", "price.until_text": "до какого дня действует цена",
    "stamp.flag": "да/нет: печатать ли подпись и печать", "invoice.purpose": "назначение платежа", "invoice.until_text": "оплатить до",
    "invoice.now": "сколько платить по счёту сейчас (аванс или всё)", "invoice.now_words": "то же прописью",
    "invoice.is_part": "да/нет: сейчас платят только аванс", "invoice.percent": "доля аванса", "invoice.basis": "основание: договор № … от … (может быть пусто)",
    "invoice.qr": "текст QR-кода по ГОСТ Р 56042-2014",
    **agreed.VOCABULARY,
}  # fmt: skip
"""Every name that any template may use, and what stands under it."""


def vocabulary(code: str) -> Meaning:
    """Every name that the template may use: those of all, and those of its own blocks."""
    return {**VOCABULARY, **{name: one for block in BLOCKS.get(code, ()) for name, one in block.VOCABULARY.items()}}
