"""A run: one change met by one trigger, and everything it decided.

A repeat takes the same way: the card is the one its first commit stored, a `fact` is learnt once, an effect's
parameters stay as they were first planned.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine import commands, failpoints, storage
from engine.changes import Change, entered_after_all, signalled
from engine.company_card import CompanyCard
from engine.deal import Deal, load_card
from engine.ledger import Effect, Verb, effect_key
from engine.people import MOSCOW

OPENS = "open_deal"  # the verb by which a family grows
KEY = "\x00key\x00"
MARK = "\x00mark\x00"


class Doing:
    """An effect that a run asked for; inside `together()` it is done when the block ends."""

    def __init__(self, run: "Run", key: str):
        self._run, self.key = run, key

    @property
    def result(self) -> object:
        """What the portal answered; None while the effect waits for its due time or for the end of `together()`."""
        effect = self._effect
        return effect and effect.result

    @property
    def is_first(self) -> bool:
        """Whether this run asked for it first; of something that exists once, another may have."""
        effect = self._effect
        return effect is None or effect.run_id == self._run.id

    @property
    def _effect(self) -> Effect | None:
        return next(iter(self._run.engine.ledger.effects([self.key])), None)

    def ref(self, *path: str | int, prefix: str = "") -> dict:
        """A part of the result for the parameters of a later effect, also of the same `together()`."""
        return {"$of": self.key, "path": list(path), "prefix": prefix}


class Run:
    """What a handler is given besides the card."""

    def __init__(self, engine, row: sa.Row, change: Change):
        self.engine = engine
        self.id: int = row.id
        self.trigger: str = row.trigger
        self.family: str = row.family
        self.depth: int = row.depth
        self.change = change
        self._card: dict | None = row.card
        self._facts: dict = dict(row.facts)
        self._waiting: list[dict] | None = None
        self._steps: dict[str, int] = {}
        self._asked: list[tuple[str, int | None, Doing]] = []
        self._learnt_inside = False

    # — what it knows —

    @property
    def deal(self) -> Deal | None:
        """The card this run decides on; None for a job's subject without a card."""
        return Deal(self.engine.dictionary, self._card) if self._card and self.change.company is None else None

    @property
    def company_card(self) -> CompanyCard:
        """The company of the portal this run is about, as it was known when the run began (`on_company`)."""
        return CompanyCard(self.engine.dictionary, self._card)

    @property
    def at(self) -> datetime:
        """When the change happened on the portal: from here deadlines are counted."""
        return self.change.at

    @property
    def now(self) -> datetime:
        """When this run began, in business time; the same at every repeat."""
        return datetime.fromisoformat(self._facts["now"])

    def known(self, name: str) -> object:
        """A fact learnt earlier; None if it was not."""
        return self._facts.get(name)

    @property
    def company(self):
        return self.engine.company

    @property
    def portal(self):
        return self.engine.portal

    def zone(self, deal: Deal) -> ZoneInfo:
        """The time zone of the card's city; the head office's for a card without one (R-20)."""
        city = self.company.cities.get(deal["city"] or "")
        return ZoneInfo(city.zone) if city else MOSCOW

    def today(self, deal: Deal) -> date:
        """The day it is in the card's city."""
        return self.now.astimezone(self.zone(deal)).date()

    def fact(self, name: str, learn: Callable[[], object]) -> object:
        """What `learn()` says the first time (a plain value), and the same at every repeat.

        What is learnt inside `together()` is kept when the block ends, before anything of it leaves.
        """
        if name not in self._facts:
            self._facts[name] = learn()
            self._keep_facts()
        return self._facts[name]

    def _keep_facts(self, *, at_once: bool = False) -> None:
        if self._waiting is not None and not at_once:
            self._learnt_inside = True
            return
        self._learnt_inside = False
        with self.engine.storage.write() as tx:
            tx.execute(sa.update(storage.runs).where(storage.runs.c.id == self.id).values(facts=self._facts))
        failpoints.reach("fact")

    def card(self, deal_id: int) -> Deal | None:
        """Another card as the layer last knew it, the same at every repeat; None for one it never saw."""

        def load() -> dict | None:
            with self.engine.storage.read() as connection:
                return load_card(connection, deal_id)

        card = self.fact(f"card {deal_id}", load)
        return Deal(self.engine.dictionary, card) if card else None

    def edits(self, *names: str) -> dict[str, dict]:
        """Which of these fields of the card, or of the company, the save that this run is about changed.

        name → {old, new, by}, as `names` go.
        """

        def learn() -> dict[str, dict]:
            table, change = storage.changes, self.change
            kind = "field" if change.company is None else "company"
            same = (table.c.deal_id == change.deal_id, table.c.kind == kind, table.c.at == self.at)
            with self.engine.storage.read() as connection:
                saved = connection.scalars(sa.select(table.c.what).where(*same))
                found = {what["field"]: what for what in saved if what.get("company") == change.company}
            return {name: found[name] for name in names if name in found}

        return self.fact(f"edits of {' '.join(names)}", learn)

    def family_cards(self) -> list[Deal]:
        """Every card of the family, as the layer last knew them; with those that this run has opened."""
        table = storage.cards

        def ids() -> list[int]:
            with self.engine.storage.read() as connection:
                return list(
                    connection.scalars(
                        sa.select(table.c.deal_id).where(table.c.family == int(self.family)).order_by(table.c.deal_id)
                    )
                )

        opened = sum(verb == OPENS for verb, _, _ in self._asked)
        known = self.fact(f"family with {opened} more" if opened else "family", ids)
        self._learn_cards(known)
        return [card for deal_id in known if (card := self.card(deal_id))]

    def _learn_cards(self, deal_ids: list[int]) -> None:
        """What `card` would learn of each, in one transaction."""
        unknown = [one for one in deal_ids if f"card {one}" not in self._facts]
        if unknown:
            with self.engine.storage.read() as connection:
                self._facts |= {f"card {one}": load_card(connection, one) for one in unknown}
            self._keep_facts()

    def children(self, deal: Deal, process: str | None = None) -> list[Deal]:
        """The card's living children, of one process or of all, by their ids."""
        cards = self.family_cards()
        return [one for one in cards if one.parent == deal.id and not one.is_deleted and process in (None, one.process)]

    def parent(self, deal: Deal) -> Deal | None:
        """The card above, if it lives and is known."""
        card = self.card(deal.parent) if deal.parent else None
        return card if card is not None and not card.is_deleted and card.process else None

    # — what it does —

    def do(
        self,
        verb: Verb,
        step: str,
        method: str,
        params: dict,
        *,
        deal_id: int | None = None,
        once: str | None = None,
        due_at: datetime | None = None,
        memo: dict | None = None,
        says_all: bool = False,
    ) -> Doing:
        """Have an effect: at once, at the end of `together()`, or at `due_at`.

        `step` names it within the run (two of the same name are numbered). `once`: the subject under which the effect
        exists once for the card and trigger, however often the stage is entered. `memo`: what the verb's settle needs.
        `says_all`: of the same step on the same card only the last one of a `together()` leaves.
        """
        key = self._key(step, once)
        effect = {
            "key": key, "run_id": self.id, "step": step, "verb": verb.name, "deal_id": deal_id or self.change.deal_id,
            "method": method, "params": _with_key(params, key), "state": "planned", "due_at": due_at,
            "memo": memo or {},
        }  # fmt: skip
        doing = Doing(self, key)
        self._asked.append((verb.name, effect["deal_id"], doing))
        if says_all and self._waiting is not None:
            said = (step, effect["deal_id"])
            self._waiting = [one for one in self._waiting if (one["step"], one["deal_id"]) != said]
        self._ask(effect)
        return doing

    def asked(self, verb: Verb, deal_id: int) -> list[Doing]:
        """What this run has asked for so far, of that verb on that card."""
        return [doing for name, card, doing in self._asked if (name, card) == (verb.name, deal_id)]

    @contextmanager
    def together(self) -> Iterator[None]:
        """Effects asked for inside leave in one request, each with its own key and outcome."""
        if self._waiting is not None:
            yield  # already inside: the outer block sends
            return
        self._waiting = []
        try:
            yield
            waiting = self._waiting
        finally:
            self._waiting = None
        if self._learnt_inside:
            self._keep_facts()
        self._deliver(waiting)

    def signal(self, deal_id: int, name: str, **what: object) -> None:
        """Tell a card of any family something, once: whoever claimed `@on_signal` for its process acts there.

        `what`: plain values. A card that the layer never saw hears nothing.
        """
        key = self._key(f"signal {deal_id} {name}", None)
        if self._learnt_inside:
            self._keep_facts(at_once=True)
        with self.engine.storage.write() as tx:
            card = load_card(tx, deal_id)
            if card is not None:
                self.engine.observer.notice(tx, signalled(key, deal_id, card["process"], self.at, name, self.id, what))
        failpoints.reach("signalled")

    def answer(self, outcome: str, text: str, **more: object) -> None:
        """Tell 1C what became of the document that this run serves: "done" or "refused", and why, in Russian.

        The last answer counts. Nothing happens where no document of 1C is served. `more`: plain values for 1C's programs.
        """
        document = self.change.what.get("command")
        if document is not None:
            with self.engine.storage.write() as tx:
                commands.answer(tx, document, outcome, text, more)

    def enter_after_all(self) -> None:
        """Have the card's stage act now, and the one that it left: when the card entered it, something was missing."""
        deal = self.deal
        with self.engine.storage.write() as tx:
            self.engine.observer.notice(tx, entered_after_all(tx, self.change, deal.history_id, deal.stage))

    def begin_after_all(self) -> None:
        """Have those act now who wait for a new card of this kind, if they were kept from it when it was made: before the rest
        of this change."""
        table, made = storage.runs, storage.changes
        creation = sa.select(made.c.id).where(made.c.deal_id == self.change.deal_id, made.c.kind == "created")
        kept = sa.and_(
            table.c.change_id.in_(creation), table.c.trigger.startswith("on_created "), table.c.state == "withheld"
        )
        with self.engine.storage.write() as tx:
            tx.execute(sa.update(table).where(kept).values(state="open", note=None, finished_at=None))

    def withhold(self, why: str) -> None:
        """Keep the other triggers of this change from running: the change was answered otherwise."""
        with self.engine.storage.write() as tx:
            table = storage.runs
            tx.execute(
                sa.update(table)
                .where(table.c.change_id == self.change.id, table.c.id > self.id, table.c.state == "open")
                .values(state="withheld", note=why, finished_at=self.engine.clock.now())
            )

    def _key(self, step: str, once: str | None) -> str:
        if once is not None:
            return effect_key(self.change.process, self.change.deal_id, self.trigger, step, once)
        self._steps[step] = number = self._steps.get(step, 0) + 1
        return effect_key(self.trigger, step, number, self.change.id)

    def _ask(self, effect: dict) -> None:
        if self._waiting is None:
            self._deliver([effect])
        else:
            self._waiting.append(effect)

    def _deliver(self, effects: list[dict]) -> None:
        self.engine.ledger.plan(effects)
        failpoints.reach("planned")
        self.engine.ledger.deliver([effect["key"] for effect in effects])


def _with_key(part: object, key: str) -> object:
    """Put the effect's own key where a verb left room for it: KEY is the key, MARK its short visible form."""
    if isinstance(part, str):
        return part.replace(KEY, key).replace(MARK, f"#{key[:8]}")
    if isinstance(part, dict):
        return {name: _with_key(one, key) for name, one in part.items()}
    return [_with_key(one, key) for one in part] if isinstance(part, list) else part
