"""Payments as a card keeps them, lines «дата; сумма; № п/п; источник», and which of them are refused."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from rules import money, reading
from rules.allocation import Payment

BY_HAND, FROM_1C = "вручную", "1С"
OLD = timedelta(days=365)


@dataclass(frozen=True)
class Verdict:
    """Why a payment is not accepted, or what is odd about one that is; both for people."""

    refused: str | None = None
    warning: str | None = None


def parse(line: str) -> Payment:
    """«24.11.2026; 36 000,00; 118; вручную». Raises ValueError."""
    day, amount, number, source = reading.fields(line, 4)
    return Payment(reading.day(day), money.q(reading.number(amount)), number, source)


def readable(lines: Iterable[str] | None) -> list[Payment]:
    """What was paid by the lines of a card; one that people have spoilt is passed over until it is put right."""
    found = []
    for line in lines or []:
        with suppress(ValueError):
            found.append(parse(line))
    return found


def line(payment: Payment) -> str:
    """As `parse` reads it; a semicolon in a number would end it, so it becomes a comma."""
    said = (payment.number.replace(";", ",").strip(), payment.source.replace(";", ",").strip())
    return "; ".join([reading.day_text(payment.day), reading.amount_text(payment.amount), *said])


def said(payment: Payment) -> str:
    """The same in a sentence: «24.11.2026; 36 000,00; вручную» where there is no number."""
    return "; ".join(part for part in line(payment).split("; ") if part)


def check(payment: Payment, known: Iterable[Payment], today: date) -> Verdict:
    """E-SH-1, E-SH-2, E-SH-3. What is wrong with a payment that somebody enters beside the `known` ones."""
    same_number = [one for one in known if _bare(one.number) == _bare(payment.number)]
    if payment.amount == 0:
        return Verdict(refused="Сумма оплаты — 0,00 ₽: укажите сумму, для возврата — со знаком минус")
    if payment.day > today:
        return Verdict(refused=f"Дата оплаты {reading.day_text(payment.day)} ещё не наступила")
    if any((one.day, one.amount) == (payment.day, payment.amount) for one in same_number):
        no_number = "" if _bare(payment.number) else ". Если это другой платёж, укажите его № п/п"
        return Verdict(refused=f"Такой платёж уже внесён{no_number}")
    return Verdict(warning=_warning(payment, same_number, today))


def _warning(payment: Payment, same_number: list[Payment], today: date) -> str | None:
    if _bare(payment.number) and same_number:
        other = same_number[-1]
        said = f"{reading.day_text(other.day)}, {money.text(other.amount)}"
        return f"Платёж с № п/п {payment.number} уже есть ({said}): проверьте, не ошибка ли это"
    if payment.day < today - OLD:
        return f"Дата оплаты {reading.day_text(payment.day)} — больше года назад: проверьте её"
    return None


def _bare(number: str) -> str:
    """«№ 000118» and «118» are one number."""
    return number.replace("№", "").strip().lstrip("0").casefold()
