"""A card as handlers see it: `deal["ship_until"]`, never `UF_CRM_…`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from config import Company
from engine import storage
from engine.dictionary import Dictionary
from rules import money


@dataclass(frozen=True)
class Row:
    """One line of the specification: product rows of the card. Prices are with VAT, however the row was entered.

    https://apidocs.bitrix24.com/api-reference/crm/universal/product-rows/index.html
    """

    product: str
    price: Decimal
    quantity: Decimal
    product_id: int | None = None
    unit: str = "шт"
    vat_rate: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """C-01: rounded to kopecks."""
        return money.q(self.price * self.quantity)


class Deal:
    """What the layer knew of a card when a run began. Reading an unknown name is an error, an empty field is None."""

    def __init__(self, dictionary: Dictionary, card: dict):
        self._dictionary = dictionary
        self._card = card
        self.raw: dict = card["raw"]
        self.id: int = card["deal_id"]
        self.process: str | None = card["process"]
        self.stage: str | None = card["stage"]
        self.family: int = card["family"]
        self.history_id: int = card["history_id"]
        self.is_deleted: bool = card.get("is_deleted", False)

    @classmethod
    def of_item(cls, dictionary: Dictionary, item: dict) -> "Deal":
        """A card just as the portal shows it, whatever the layer knows of it."""
        process, stage = dictionary.process(item["categoryId"], item), dictionary.stage(item["stageId"])
        card = {"deal_id": int(item["id"]), "process": process.code if process else None, "stage": stage}
        return cls(dictionary, {**card, "family": card["deal_id"], "history_id": 0, "raw": dictionary.keep(item)})

    def __getitem__(self, name: str) -> object:
        field = self._dictionary.field(self.process, name)
        if field.type == "rows":
            return self.rows
        return self._dictionary.decode(field, self.raw.get(self._dictionary.key(field)))

    def but(self, **values: object) -> "Deal":
        """The card as if it said this already: what the same run has just written and does not read again."""
        named = {name: self._dictionary.field(self.process, name) for name in values}
        written = {self._dictionary.key(one): self._dictionary.encode(one, values[name]) for name, one in named.items()}
        return Deal(self._dictionary, {**self._card, "raw": {**self.raw, **written}})

    def with_rows(self, rows: list[Row]) -> "Deal":
        """The card as if these were its product rows already."""
        kept = [
            {
                "productName": row.product, "price": str(row.price), "quantity": str(row.quantity), "productId": row.product_id or 0,
                "measureName": row.unit, "taxRate": None if row.vat_rate is None else str(row.vat_rate),
            }
            for row in rows
        ]  # fmt: skip
        return Deal(self._dictionary, {**self._card, "rows": kept})

    @property
    def title(self) -> str:
        return self.raw.get("title") or f"Сделка №{self.id}"

    @property
    def responsible(self) -> int:
        """User id of the card's responsible."""
        return int(self.raw.get("assignedById") or 0)

    @property
    def moved_by(self) -> int:
        """Who moved the card last; of a card that nobody moved yet, who created it."""
        return int(self.raw.get("movedBy") or self.raw.get("createdBy") or 0)

    @property
    def updated_by(self) -> int:
        """Who changed the card last."""
        return int(self.raw.get("updatedBy") or 0)

    @property
    def amount(self) -> Decimal:
        return Decimal(str(self.raw.get("opportunity") or 0))

    @property
    def currency(self) -> str:
        return self.raw.get("currencyId") or "RUB"

    @property
    def updated_at(self) -> datetime:
        return datetime.fromisoformat(self.raw["updatedTime"])

    def is_open(self, company: Company) -> bool:
        """Whether it stands on a stage of ours that is neither a success nor a failure."""
        stage = company.processes[self.process].stages.get(self.stage) if self.process else None
        return stage is not None and stage.semantics == "process"

    def is_living(self, company: Company, stage: str | None = None) -> bool:
        """Whether it is neither cancelled nor returned (on `stage`, where given); on a stage that nobody knows it lives."""
        stages = company.processes[self.process].stages if self.process else {}
        known = stages.get(stage or self.stage)
        return known is None or known.semantics != "failure"

    def has_reached(self, stage: str, company: Company) -> bool:
        """Whether it stands on the stage of its process or on a later one, and not on a failure."""
        stages = company.processes[self.process].stages
        order = list(stages)
        known = self.stage in stages and stages[self.stage].semantics != "failure"
        return known and order.index(self.stage) >= order.index(stage)

    @property
    def last_activity(self) -> datetime:
        """When somebody last did something about the card: moved, called, commented, closed a task."""
        return datetime.fromisoformat(self.raw.get("lastActivityTime") or self.raw["updatedTime"])

    @property
    def rows(self) -> list[Row]:
        """The specification as last read."""
        return rows_of(self._card.get("rows"))

    @property
    def cycle(self) -> int:
        """How often the card came back to its stage: 0 the first time (R-08)."""
        return max(0, self._card.get("entries", 1) - 1)

    @property
    def parent(self) -> int | None:
        return self["parent"]

    @property
    def path(self) -> str:
        """Where the card is on the portal, without the host."""
        return f"/crm/deal/details/{self.id}/"


def rows_of(raw: list[dict] | None) -> list[Row]:
    """Product rows as the snapshot keeps them."""
    return [_row(row) for row in raw or []]


def _row(row: dict) -> Row:
    rate = row.get("taxRate")
    return Row(
        str(row.get("productName") or ""),
        Decimal(str(row.get("price") or 0)),
        Decimal(str(row.get("quantity") or 0)),
        int(row.get("productId") or 0) or None,
        row.get("measureName") or "шт",
        None if rate is None else Decimal(str(rate)),
    )


def load_card(tx: sa.Connection, deal_id: int | None) -> dict | None:
    """A card as plain values for `Deal`, with how often it entered its stage; None for one never seen."""
    cards, records = storage.cards, storage.stage_records
    row = tx.execute(sa.select(cards).where(cards.c.deal_id == deal_id)).first()
    if row is None:
        return None
    place = (records.c.process == row.process, records.c.stage == row.stage)
    entered = (records.c.deal_id == deal_id, *place, records.c.role == "ordinary")
    entries = tx.scalar(sa.select(sa.func.count()).select_from(records).where(*entered))
    card = {name: value for name, value in row._mapping.items() if name not in ("deleted_at", "expected_return")}
    return {**card, "entries": entries, "is_deleted": row.deleted_at is not None}
