"""What a stage requires and a card lacks (R-06, R-07). Decides only; the answer to people is a handler's."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from config import Field, Process, Stage
from engine import storage, triggers
from engine.changes import Change
from engine.deal import Deal

RETURNS_WITHIN = timedelta(minutes=10)


def missing(run, deal: Deal) -> list[str]:
    """Labels of what is required to enter the card's stage, and every earlier stage that is not optional, and is empty.

    A failure stage asks only for its own. In the order of the process' table of fields.
    """
    process = run.company.processes[deal.process]
    stage = process.stages[deal.stage]
    asking = _asking_stages(process, stage)
    labels = [
        field.label for field in process.fields.values() if asking & set(field.required_on) and _is_empty(deal, field)
    ]
    for code in process.stages:
        if code in asking:
            labels += [label for condition in triggers.requirements(process.code, code) for label in condition(deal)]
    labels += _unvisited(run, process, stage, deal)
    if deal.currency != "RUB":
        labels.append(f"Валюта не поддерживается: {deal.currency}")
    return list(dict.fromkeys(labels))


def _asking_stages(process: Process, stage: Stage) -> set[str]:
    if stage.semantics == "failure" or not process.sequential:
        return {stage.code}
    order = list(process.stages.values())
    before = order[: order.index(stage)]
    return {one.code for one in before if not one.optional and one.semantics == "process"} | {stage.code}


def _is_empty(deal: Deal, field: Field) -> bool:
    value = deal[field.name]
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
            and not _visited(run, deal, demanded)
        ):
            yield f"Не пройдена стадия «{process.stages[demanded].title}» (в карточке: {field.label} — Да)"


def _visited(run, deal: Deal, stage: str) -> bool:
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
