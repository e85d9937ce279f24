"""Count what an order and its shipments are owed, anew from their data (C-01, C-04, C-05, C-06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal, Row, rows_of
from engine.dictionary import DEAL, links
from engine.observer import plain_rows
from engine.run import Run
from robots.check_day import wrong_day
from robots.read_terms import read_terms
from robots.set_fields import set_fields
from rules import allocation, amounts, debt, payment_schedule, payments, shipping
from rules.allocation import Payment
from rules.debt import Overdue, Rest
from rules.payment_schedule import Due, Part, WrongTerms
from rules.shipping import Excess

SHIPMENT = "SOFT_SHIPMENT"
NOTHING = Decimal("0.00")
LAST = 1_000_000  # the place of a shipment that has no number yet
NO_TERMS = "Условия оплаты не указаны: график не построен."


@dataclass(frozen=True)
class Standing:
    """How one shipment stands. `trouble`: why its terms of payment give no schedule, in words for people."""

    card: Deal
    stage: str
    rows: list[Row]
    total: Decimal
    lines: list[Due]
    rests: list[Rest]
    overdues: list[Overdue]
    paid: Decimal
    debt: Decimal
    is_shipped: bool
    is_living: bool
    trouble: str | None = None

    @property
    def due(self) -> date | None:
        """When the next payment is to be made."""
        return debt.next_due(self.rests)

    @property
    def is_paid(self) -> bool:
        """Whether nothing of it is left to pay."""
        return self.paid >= self.total

    @property
    def overdue_sum(self) -> Decimal:
        return debt.overdue_sum(self.overdues)


@dataclass(frozen=True)
class Accounts:
    """How an order stands. `order` is None for a shipment without one.

    `received`: Σ of all payments of the order and its shipments; `advance`: what of it covers nothing yet; `left`: rows
    that no living shipment carries; `excess`: what the shipments exceed the order by, beyond its tolerance.
    """

    order: Deal | None
    shipments: list[Standing]
    received: Decimal
    advance: Decimal
    left: list[Row]
    excess: list[Excess]

    @property
    def shipped(self) -> Decimal:
        """For how much goods have left (those that came back do not count)."""
        return sum((one.total for one in self.shipments if one.is_shipped and one.is_living), NOTHING)

    @property
    def debt(self) -> Decimal:
        return sum((one.debt for one in self.shipments), NOTHING)

    def of(self, card: Deal) -> Standing:
        """The standing of one shipment."""
        return next(one for one in self.shipments if one.card.id == card.id)


def recount_order(run: Run, card: Deal, *, changed: Mapping[int, dict] | None = None) -> Accounts:
    """C-01, C-04…C-06. Sums, schedules, debts and what is late stand on every shipment of the order and on the order.

    `card`: the order or any of its shipments; one without an order is counted alone. `changed`: what this very run has
    written, card id → names and values, also `rows` and `stage`. Call it once in a run, after everything else is known.
    """
    accounts = count_order(run, card, changed=changed)
    with run.together():
        for one in accounts.shipments:
            set_fields(run, one.card, **_fields(one))
        if accounts.order is not None:
            set_fields(
                run,
                accounts.order,
                so_shipped=accounts.shipped,
                so_paid=accounts.received,
                so_debt=accounts.debt,
                so_advance=accounts.advance,
                so_left=shipping.left_text(accounts.left) or None,
            )
    return accounts


def _fields(one: Standing) -> dict:
    schedule = payment_schedule.text(one.lines, (rest.rest for rest in one.rests)) if one.is_living else None
    return {
        "sh_sum": one.total, "sh_sched": one.trouble or schedule, "sh_due": one.due, "sh_paid": one.paid,
        "sh_debt": one.debt, "sh_overdays": debt.overdue_days(one.overdues), "sh_oversum": one.overdue_sum,
    }  # fmt: skip


# — counting —


def count_order(run: Run, card: Deal, *, changed: Mapping[int, dict] | None = None) -> Accounts:
    """The same without writing anything."""
    order = run.parent(card) if card.process == SHIPMENT else card
    whole = _View(run, order, changed) if order is not None else None
    views = [_View(run, one, changed) for one in _shipments(run, order, card)]
    living = [view for view in views if view.is_living]
    received = allocation.received(payment for view in (whole, *views) if view for payment in view.payments)
    schedules = _schedules(run, whole, living, received)
    got = _allocated(run, whole, views, schedules)
    standings = [_standing(run, view, *schedules.get(view.id, ([], None)), got.paid.get(view.id, [])) for view in views]
    rows = [row for view in living for row in view.rows]
    return Accounts(
        order,
        standings,
        received,
        got.advance,
        shipping.left(whole.rows, rows) if whole else [],
        shipping.excess(whole.rows, rows, whole["so_toler"] or Decimal(0)) if whole else [],
    )


class _View:
    """A card together with what this run has written on it."""

    def __init__(self, run: Run, card: Deal, changed: Mapping[int, dict] | None):
        self.card, self.id, self._run = card, card.id, run
        self._changed = (changed or {}).get(card.id, {})

    def __getitem__(self, name: str) -> object:
        return self._changed[name] if name in self._changed else self.card[name]

    @property
    def stage(self) -> str:
        return self._changed.get("stage", self.card.stage)

    @property
    def is_living(self) -> bool:
        return self.card.is_living(self._run.company, self.stage)

    @property
    def shipped_on(self) -> date | None:
        """The day on which its goods left; a day on which they cannot have left is nobody's word until it is corrected."""
        day = self["sh_fact"]
        return None if day is None or wrong_day(self._run, self.card, day) else day

    @property
    def rows(self) -> list[Row]:
        """Product rows; of a card that was only seen in a list they are asked for."""
        if "rows" in self._changed:
            return self._changed["rows"]
        return self.card.rows or rows_of(self._run.fact(f"rows of {self.id}", lambda: _ask_rows(self._run, self.id)))

    @property
    def total(self) -> Decimal:
        return amounts.total(self.rows)

    @property
    def payments(self) -> list[Payment]:
        """What was paid; a line that people have spoilt is passed over until it is put right."""
        return payments.readable(self["payments"])


def _shipments(run: Run, order: Deal | None, card: Deal) -> list[Deal]:
    """Shipments of the order, in the order of their ids; the card itself as its run knows it."""
    found = {one.id: one for one in (run.children(order, SHIPMENT) if order is not None else [])}
    if card.process == SHIPMENT and not card.is_deleted:
        found[card.id] = card
    return [found[key] for key in sorted(found)]


def _schedules(
    run: Run, whole: _View | None, living: list[_View], received: Decimal
) -> dict[int, tuple[list[Due], str | None]]:
    """Lines of each shipment; advances that count as met are due with the next line (C-05)."""
    made = {view.id: _schedule(run, whole, view) for view in living}
    every_line = [line for lines, _ in made.values() for line in lines]
    asked = [lines for lines in (_lines_of_order(run, whole), every_line) if lines]
    if any(allocation.advances_are_met(received, lines) for lines in asked):
        made = {key: (allocation.defer_advances(lines), trouble) for key, (lines, trouble) in made.items()}
    return made


def _schedule(run: Run, whole: _View | None, view: _View) -> tuple[list[Due], str | None]:
    """The lines of one shipment, and why they are only one without a date."""
    undated = [Due(1, view.total, payment_schedule.SHIPPED, None, is_advance=False)]
    try:
        parts = read_terms(run, whole if whole is not None and not view["terms"] else view)
    except WrongTerms as wrong:
        return undated, f"График не построен. {wrong}"
    if not parts:
        return undated, NO_TERMS
    return _dated(run, view.total, parts, _days(run, whole, view, parts)), None


def _lines_of_order(run: Run, whole: _View | None) -> list[Due]:
    """The whole order by its terms; no dates, only the advance is looked at."""
    try:
        parts = read_terms(run, whole) if whole is not None else []
    except WrongTerms:
        return []
    return _dated(run, whole.total, parts, {}) if parts else []


def _dated(run: Run, total: Decimal, parts: list[Part], days: dict[str, date | None]) -> list[Due]:
    shift = run.company.limits.payments.shift_weekend
    return payment_schedule.schedule(total, parts, days, run.engine.calendar_of(None), shift)


def _allocated(
    run: Run, whole: _View | None, views: list[_View], schedules: dict[int, tuple[list[Due], str | None]]
) -> allocation.Allocation:
    """C-05. What was paid on a cancelled or returned shipment is the order's."""
    shipments = [
        allocation.Shipment(view.id, schedules[view.id][0], view.payments, view["sh_no"] or LAST)
        for view in views
        if view.is_living
    ]
    of_order = list(whole.payments) if whole is not None else []
    of_order += [payment for view in views if not view.is_living for payment in view.payments]
    policy = run.company.limits.payments.advance_offset
    return allocation.allocate(shipments, of_order, policy, _lines_of_order(run, whole))


def _standing(run: Run, view: _View, lines: list[Due], trouble: str | None, paid: list[Decimal]) -> Standing:
    """C-06. Nothing is owed, and nothing late, before the goods have left."""
    rests, got, shipped = debt.rests(lines, paid), sum(paid, NOTHING), view.shipped_on is not None and view.is_living
    late = debt.overdue(rests, run.today(view.card), run.engine.calendar_of(None)) if shipped else []
    owed = debt.debt(view.total, got) if shipped else NOTHING
    return Standing(
        view.card, view.stage, view.rows, view.total, lines, rests, late, got, owed, shipped, view.is_living, trouble
    )


# — days —


def _days(run: Run, whole: _View | None, view: _View, parts: list[Part]) -> dict[str, date | None]:
    """Days of the events that payments are counted from; of goods that have not left all are foreseen for the planned day.

    An invoice: the day of the order's first invoice in the register; if none is there, the day on which the order came to
    its supply, when the invoice is to be written (SO-T12); else the day on which the shipment was planned. Readiness: the
    day on which the card came to READY. Documents (a letter of credit): the day on which the client signed.
    """
    fact, plan = view.shipped_on, view["sh_plan"]
    foreseen = None if fact else plan
    days = {
        payment_schedule.READY: _entered(run, view.card, "READY", newest=True) or fact or plan,
        payment_schedule.SHIPPED: fact or plan,
        payment_schedule.RECEIVED: view["sh_received"] or foreseen,
        payment_schedule.SIGNED: view["sh_signed"] or foreseen,
        payment_schedule.DOCUMENTS: view["sh_signed"] or foreseen,
    }
    if any(part.event == payment_schedule.INVOICE for part in parts):
        days[payment_schedule.INVOICE] = _invoiced(run, whole.card if whole is not None else None, view.card)
    return days


def _invoiced(run: Run, order: Deal | None, shipment: Deal) -> date:
    registered = _registered_invoice(run, order) if order is not None else None
    supplied = _entered(run, order, "SUPPLY") if order is not None else None
    return registered or supplied or date.fromisoformat(shipment.raw["createdTime"][:10])


def _registered_invoice(run: Run, order: Deal) -> date | None:
    """The day of the order's first invoice in the register."""
    dictionary = run.engine.dictionary
    source, day = (dictionary.field("REGISTRY", name) for name in ("doc_source", "doc_date"))
    which = {
        "=categoryId": dictionary.category("REGISTRY"),
        "=stageId": dictionary.stage_id("REGISTRY", "INVOICE"),
        f"@{source.code}": links([order.id]),
    }
    params = {"entityTypeId": DEAL, "filter": which, "select": ["id", day.code], "useOriginalUfNames": "Y"}

    def learn() -> str | None:
        found = run.engine.ask("crm.item.list", {**params, "order": {"id": "ASC"}}).result["items"]
        return min((item[day.code][:10] for item in found if item.get(day.code)), default=None)

    known = run.fact(f"invoice of {order.id}", learn)
    return date.fromisoformat(known) if known else None


def _entered(run: Run, card: Deal, stage: str, *, newest: bool = False) -> date | None:
    """The day, in the card's city, on which the card first (or last) came to the stage."""
    records = storage.stage_records
    which = (records.c.deal_id == card.id, records.c.stage == stage, records.c.role == "ordinary")

    def learn() -> str | None:
        pick = sa.func.max if newest else sa.func.min
        with run.engine.storage.read() as connection:
            number = connection.scalar(sa.select(pick(records.c.id)).where(*which))
            at = connection.scalar(sa.select(records.c.at).where(records.c.id == number)) if number else None
        return at.isoformat() if at else None

    known = run.fact(f"{card.id} entered {stage}", learn)
    if known is None:
        return None
    return datetime.fromisoformat(known).astimezone(run.zone(card)).date()


def _ask_rows(run: Run, deal_id: int) -> list[dict]:
    """https://apidocs.bitrix24.com/api-reference/crm/universal/product-rows/crm-item-productrow-list.html"""
    which = {"=ownerType": "D", "=ownerId": deal_id}
    return plain_rows(run.engine.ask("crm.item.productrow.list", {"filter": which}).result["productRows"])
