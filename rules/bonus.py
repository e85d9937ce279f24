"""C-09: the bonus of a branch, the month of its manager, and what changes after the month was handed over (DB-T11)."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rules import money, reading, vat
from rules.money import q
from rules.periods import Month

HUNDRED = Decimal(100)
ZERO = Decimal("0.00")
SILENT, NOT_ENTERED, NO_RATE, DELETED = "не предоставлен", "получен, не введён", "нет ставки", "сделка удалена"
NOT_CONFIRMED = "расчёт не подтверждён"
"""Why a branch does not count yet, as «Не предоставлено / не введено» says it."""


def base(sales: Decimal, vat_rate: Decimal | None) -> Decimal:
    """Sales without the VAT in them, where a bonus is counted of those (`bonus_base: net`). `vat_rate`: in percent."""
    return vat.split(sales, vat_rate).net


def bonus(sales: Decimal, rate: Decimal | None) -> Decimal | None:
    """C-09. In roubles, half-up to kopecks, below zero for returns; None without a rate. `rate`: in percent."""
    return None if rate is None else q(sales * rate / HUNDRED)


# — the month of a manager —


@dataclass(frozen=True)
class Branch:
    """A branch in a month. `lacks`: why it does not count; None once its bonus is confirmed."""

    name: str
    sales: Decimal = ZERO
    bonus: Decimal | None = None
    lacks: str | None = None


@dataclass(frozen=True)
class Summary:
    """DB-T6. A manager's month, counted anew from all branches. `to_next`: what the next month starts with, never above 0."""

    total: int
    done: int
    done_list: str
    missing_list: str
    sales: Decimal
    bonus: Decimal
    corrections: Decimal
    carry: Decimal
    pay: Decimal
    to_next: Decimal

    @property
    def is_complete(self) -> bool:
        """DB-T7. Whether every branch counts."""
        return self.done == self.total


def summary(branches: Sequence[Branch], corrections: Decimal = ZERO, carry: Decimal = ZERO) -> Summary:
    """The month from its branches. `corrections`: of months handed over before; `carry`: from the month before, ≤ 0."""
    done = [one for one in branches if one.lacks is None and one.bonus is not None]
    missing = [one for one in branches if one.lacks is not None or one.bonus is None]
    earned = sum((one.bonus for one in done if one.bonus is not None), ZERO)
    accrued = q(earned + corrections + carry)
    return Summary(
        len(branches),
        len(done),
        "\n".join(f"{one.name} — {money.text(one.sales)} — {money.text(one.bonus or ZERO)}" for one in done),
        "\n".join(f"{one.name} — {one.lacks or NO_RATE}" for one in missing),
        sum((one.sales for one in done), ZERO),
        earned,
        q(corrections),
        q(carry),
        max(accrued, ZERO),
        min(accrued, ZERO),
    )


# — after the month was handed over —


@dataclass(frozen=True)
class Correction:
    """By how much the bonus of a branch in a month differs from what was handed over for it."""

    month: Month
    branch: Hashable
    amount: Decimal


def corrections(
    now: Mapping[tuple[Month, Hashable], Decimal | None], counted: Mapping[tuple[Month, Hashable], Iterable[Decimal]]
) -> list[Correction]:
    """DB-T11. What the next open summary has to make good, by month and in the order of `now`.

    `now`: bonuses of months handed over, None while one is not confirmed (then nothing is said of it yet); `counted`:
    the bonus frozen with its month, if there was one, and the corrections frozen since. So a correction is made once,
    and what changes again is corrected by the difference.
    """
    differences = [
        Correction(month, branch, q(amount - sum(counted.get((month, branch), ()), ZERO)))
        for (month, branch), amount in now.items()
        if amount is not None
    ]
    return sorted((one for one in differences if one.amount), key=lambda one: one.month)


def goes_to(month: Month, open_months: Iterable[Month]) -> Month | None:
    """DB-T11. The month whose summary takes what is left of a month handed over: the first after it that is still open.

    None: there is none yet, so it is kept for the next one.
    """
    return min((one for one in open_months if one > month), default=None)


def correction_text(correction: Correction, branch: str) -> str:
    """«Корректировка за ноябрь 2026: Пермь +0,13 ₽»."""
    sign = "+" if correction.amount > 0 else ""
    return f"Корректировка за {correction.month.title}: {branch} {sign}{money.text(correction.amount)}"


# — is it plausible —


def deviation(sales: Decimal, last_months: Sequence[Decimal], limit: Decimal) -> str | None:
    """E-DB-11. A warning when sales are off the mean of the last months by more than `limit` percent; None otherwise."""
    mean = sum(last_months, ZERO) / len(last_months) if last_months else ZERO
    if not mean or abs(sales - mean) * HUNDRED <= limit * abs(mean):
        return None
    percent = reading.quantity_text(money.q1(abs(sales - mean) * HUNDRED / abs(mean)))
    way = "больше" if sales > mean else "меньше"
    return f"Продажи {money.text(sales)} на {percent}% {way} средних за прошлые месяцы ({money.text(mean)}): проверьте, тот ли это филиал"
