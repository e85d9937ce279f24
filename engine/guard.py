"""What a stage requires and a card lacks (R-06, R-07). Decides only; the answer to people is a handler's."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from config import Field, Process, Stage
from engine import storage, triggers
from engine.changes import Change
from engine.deal import Deal

OF_ANOTHER = "Стадия не для этого типа сделки"
RETURNS_WITHIN = timedelta(minutes=10)


class Obstacle(str):
    """A sentence (without its full stop) that keeps a card from a stage though no field is empty."""


@dataclass(frozen=True)
class Lacking:
    """What keeps a card from its stage: labels of fields to fill in, and sentences about the rest. False: nothing."""

    fields: list[str]
    obstacles: list[str]

    @classmethod
    def of(cls, said: Iterable[str]) -> "Lacking":
        """Labels and obstacles, as they were found; each once."""
        found = list(dict.fromkeys(said))
        return cls(
            [one for one in found if not isinstance(one, Obstacle)],
            [str(one) for one in found if isinstance(one, Obstacle)],
        )

    def __bool__(self) -> bool:
        return bool(self.fields or self.obstacles)

    @property
    def said(self) -> str:
        """«Не заполнено: Компания, Контакт. Отгрузка превышает заказ на 10 шт», without a full stop."""
        empty = [f"Не заполнено: {', '.join(self.fields)}"] if self.fields else []
        return ". ".join(one.rstrip(".") for one in [*empty, *self.obstacles])


def lacking(run, deal: Deal) -> Lacking:
    """What the card lacks for its stage, the same at every repeat of the run."""
    return Lacking(**run.fact(f"lacking {deal.id}", lambda: asdict(_lacking(run, deal))))


def _lacking(run, deal: Deal) -> Lacking:
    """What is required to enter the card's stage, and every earlier stage that is not optional, and is missing.

    A failure stage asks only for its own. In the order of the process' table of fields.
    """
    process = run.company.processes[deal.process]
    stage = process.stages[deal.stage]
    if stage.foreign:
        return Lacking([], [OF_ANOTHER])
    asking = _asking_stages(process, stage)
    labels = [
        field.label for field in process.fields.values() if asking & set(field.required_on) and _is_empty(deal, field)
    ]
    for code in process.stages:
        if code in asking:
            conditions = triggers.requirements(process.code, code)
            labels += [label for condition in conditions for label in condition(run, deal)]
    labels += [*_unvisited(run, process, stage, deal), *in_another_currency(process, deal)]
    return Lacking.of(labels)


def in_another_currency(process: Process, deal: Deal) -> Iterator[Obstacle]:
    """R-21. An amount that is not in roubles stays the portal's own text, with which nobody can count."""
    if deal.currency != "RUB":
        yield Obstacle(f"Валюта не поддерживается: {deal.currency}")
    for field in process.fields.values():
        value = deal[field.name] if field.type == "money" else None
        if isinstance(value, str):
            yield Obstacle(f"Валюта не поддерживается: «{field.label}» — {value.replace('|', ' ')}")


def defaults(run, deal: Deal) -> dict[str, date]:
    """Dates that the card's stage requires, that nobody has given and that have a default: so many days after the entry."""
    process, person = run.company.processes[deal.process], run.engine.people.user(deal.responsible)
    entered = run.at.astimezone(person.zone if person else None).date()
    return {
        name: entered + timedelta(days=field.days_of_default)
        for name, field in process.fields.items()
        if field.days_of_default and deal.stage in field.required_on and deal[name] is None
    }


def _asking_stages(process: Process, stage: Stage) -> set[str]:
    if stage.semantics == "failure" or not process.sequential:
        return {stage.code}
    order = list(process.stages.values())
    before = order[: order.index(stage)]
    return {one.code for one in before if not one.optional and one.semantics == "process"} | {stage.code}


def _is_empty(deal: Deal, field: Field) -> bool:
    value = deal[field.name]
    if field.days_of_default or field.filled:
        return False  # the layer fills it in: `defaults`, or a handler
    if field.type == "rows":
        return not any(row.price > 0 for row in value)
    if field.positive:
        return not isinstance(value, Decimal | int) or value <= 0
    return value is None or value == "" or value == []


def _unvisited(run, process: Process, stage: Stage, deal: Deal) -> Iterator[str]:
    """«Нужна проработка новых материалов: Да» makes an optional stage one that must have been visited."""
    if stage.semantics == "failure":
        return
    order = list(process.stages)
    for field in process.fields.values():
        demanded = field.demands_stage
        if (
            demanded
            and deal[field.name]
            and order.index(demanded) < order.index(stage.code)
            and not visited(run, deal, demanded)
        ):
            title = process.stages[demanded].title
            yield Obstacle(f"Не пройдена стадия «{title}» (в карточке: {field.label} — Да)")


def visited(run, deal: Deal, stage: str) -> bool:
    """Whether the card has ever stood on the stage."""
    records = storage.stage_records
    with run.engine.storage.read() as connection:
        found = connection.scalar(
            sa.select(records.c.id)
            .where(records.c.deal_id == deal.id, records.c.stage == stage, records.c.role == "ordinary")
            .limit(1)
        )
    return found is not None


def refuse(run, back_to: str) -> None:
    """Remember that the card's entry is refused and that its next record on `back_to` is our own return."""
    record_id = run.change.what["record"]
    with run.engine.storage.write() as tx:
        tx.execute(
            sa.update(storage.stage_records).where(storage.stage_records.c.id == record_id).values(role="refused")
        )
        tx.execute(
            sa.update(storage.cards)
            .where(storage.cards.c.deal_id == run.change.deal_id)
            .values(expected_return={"stage": back_to, "after": record_id})
        )


def expect_no_return(run) -> None:
    """The card was not returned after all: a person has moved it."""
    with run.engine.storage.write() as tx:
        tx.execute(
            sa.update(storage.cards)
            .where(storage.cards.c.deal_id == run.change.deal_id)
            .values(expected_return=sa.null())
        )


def is_return(tx: sa.Connection, change: Change, record_id: int) -> bool:
    """Whether this record is the first one after a refused one that stands on the stage returned to; remembers it."""
    card = tx.execute(
        sa.select(storage.cards.c.expected_return).where(storage.cards.c.deal_id == change.deal_id)
    ).first()
    expected = card.expected_return if card else None
    records = storage.stage_records
    if expected and expected["stage"] == change.what["stage"] and record_id > expected["after"]:
        tx.execute(
            sa.update(storage.cards).where(storage.cards.c.deal_id == change.deal_id).values(expected_return=sa.null())
        )
        tx.execute(sa.update(records).where(records.c.id == record_id).values(role="return"))
    role = tx.scalar(sa.select(records.c.role).where(records.c.id == record_id))
    return role == "return"


def was_refused(tx: sa.Connection, change: Change, own_user: int) -> bool:
    """Whether a lost database had refused this entry, of which the copy that was put back knows nothing; remembers it.

    The portal's history says where the card went next: back to where it had come from, moved by the layer if nobody moved
    it since. Of a card that was moved on the mover is forgotten; then what came back soon counts as returned.
    """
    cards, records = storage.cards, storage.stage_records
    of_card = sa.select(records).where(records.c.deal_id == change.deal_id, records.c.id > change.what["record"])
    later = tx.execute(of_card.order_by(records.c.id).limit(2)).all()
    if not later or later[0].stage is None or later[0].stage != change.what.get("left"):
        return False
    raw = tx.scalar(sa.select(cards.c.raw).where(cards.c.deal_id == change.deal_id)) or {}
    stands_there = len(later) == 1
    if int(raw.get("movedBy") or 0) != own_user if stands_there else later[0].at - change.at > RETURNS_WITHIN:
        return False
    for number, role in ((change.what["record"], "refused"), (later[0].id, "return")):
        tx.execute(sa.update(records).where(records.c.id == number).values(role=role))
    return True


def returned_lately(run) -> bool:
    """Whether the card was returned automatically less than a minute before this change (R-07: then it stays)."""
    records = storage.stage_records
    with run.engine.storage.read() as connection:
        last = connection.scalar(
            sa.select(sa.func.max(records.c.at)).where(
                records.c.deal_id == run.change.deal_id, records.c.role == "refused"
            )
        )
    return last is not None and (run.at - last).total_seconds() < run.company.limits.return_pause_seconds
