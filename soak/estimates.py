"""Estimates of a transport that the layer opens under Soft deals: each once, with its task, gone with its order."""

from collections.abc import Iterator

from soak.history import Card, History
from soak.keys import key, once_key
from soak.words import Words

CHILD, PARENT, STAGE, TASK, ORPHAN = "LOGISTICS", "SOFT", "ESTIMATE", "LG-1", "G-ORPHAN"
OPENS, CREATION, DELETION = f"on_stage {PARENT} {STAGE}", f"on_created {CHILD} *", "on_deleted * *"
REFUSALS = ("LOSE", "NOT_FIT")


class Estimates:
    """What the portal's record says of them; `findings` are (kind, card, text) of what must not be."""

    def __init__(self, history: History, words: Words):
        self._history, self._words = history, words
        self._opened = [card for card in history.cards.values() if card.opened is not None]
        self._orders = {once_key(PARENT, card.id, OPENS, f"open {CHILD}", ""): card for card in history.cards.values()}

    def of(self, order: Card) -> list[Card]:
        return [card for card in self._opened if self.order_of(card) is order]

    def order_of(self, card: Card) -> Card | None:
        """The deal that the card's key says it was opened for; None for one that people made."""
        order = self._orders.get((card.opened or {}).get("UF_CRM_SF_KEY"))
        return order if order is not card else None

    def causes(self, card: Card) -> dict[str, str]:
        """Keys of what may stand on an estimate, and why."""
        order = self.order_of(card)
        if order is None:
            return {}
        deleted = f"deleted:{order.id}"
        return {
            key(CREATION, TASK, card.entries[0].change): TASK,
            key(DELETION, "comment", deleted): "deletion",
            key(DELETION, ORPHAN, deleted): ORPHAN,
        }

    def moves(self, card: Card) -> list[tuple[int, str]]:
        """Moves of an estimate that follow from its order: (after which effect, to which stage)."""
        order = self.order_of(card)
        return [] if order is None else [(one.number, "LOSE") for one in order.entries if one.stage in REFUSALS]

    def findings(self, card: Card) -> Iterator[tuple[str, str]]:
        """Of a card that the layer opened."""
        order = self.order_of(card)
        if order is None or card.entries[0].stage != "NEW" or not self._is_of(card, CHILD):
            yield "causeless", f"the layer opened it: {str(card.opened)[:200]}"
            return
        if len(self.of(order)) > 1:
            yield "twice", f"deal {order.id} has {len(self.of(order))} estimates"
        if not any(self._is_estimated(one) and one.number < card.entries[0].number for one in order.entries):
            yield "causeless", f"deal {order.id} was never on {STAGE}"
        if not any(task.key == key(CREATION, TASK, card.entries[0].change) for task in card.tasks):
            yield "lost", f"it has no {TASK}"
        yield from self._end(card, order)

    def _end(self, card: Card, order: Card) -> Iterator[tuple[str, str]]:
        """How it stands when all is quiet."""
        task = next((task for task in card.tasks if task.key == key(CREATION, TASK, card.entries[0].change)), None)
        is_refused = order.entries[-1].stage in REFUSALS and order.deleted is None
        if is_refused and card.entries[-1].stage != "LOSE":
            yield "lost", f"deal {order.id} was refused, its estimate stands on {card.entries[-1].stage}"
        if card.entries[-1].stage == "LOSE" and task is not None and task.is_open:
            yield "lost", f"it is not needed, its {TASK} is open"
        if order.deleted is not None and not any(
            one.key == key(DELETION, ORPHAN, f"deleted:{order.id}") for one in card.tasks
        ):
            yield "lost", f"deal {order.id} is deleted, nobody shall settle what becomes of its estimate"
        address = self._words.key("address")
        given = {str(state.fields.get(address)) for state in order.states}
        for write in card.writes:
            if (to := write.fields.get(self._words.key("lg_to"))) is not None and str(to) not in given:
                yield "foreign", f"it shall be brought to {to}, which nobody wrote"

    def is_linked(self, card: Card, shown: dict | None) -> bool:
        """Whether the order lists its estimate."""
        return shown is None or f"D_{card.id}" in (shown.get("UF_CRM_SF_CHILDREN") or [])

    def _is_estimated(self, entry) -> bool:
        process = self._words.process(entry.category)
        return entry.stage == STAGE and process is not None and process.code == PARENT

    def _is_of(self, card: Card, code: str) -> bool:
        process = self._words.process(card.entries[0].category)
        return process is not None and process.code == code
