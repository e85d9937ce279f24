"""The ledger: each effect on the portal exists once, whatever dies in between.

planned → sent (committed before the first byte leaves) → done | refused | unknown → parked.
An unknown outcome is never repeated blindly: wait out the portal's cut twice, look for the effect's key, adopt what
is there or plan it again. A *repeatable* verb (its second time changes nothing) is not looked for, but waits as well:
what lands late would undo what was written after it.
"""

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bitrix.client import Answer, Command
from bitrix.errors import (
    MethodMissing,
    MethodPaused,
    NotExecuted,
    OutcomeUnknown,
    PortalClosed,
    PortalError,
    PortalMoved,
    Rejected,
    WebhookRefused,
)
from bitrix.redaction import redacted
from engine import failpoints, storage
from engine.changes import Change
from engine.log import log

MAX_COMMANDS = 50
MAX_UNKNOWN = 3
SEARCHES = 2
PROBE_SECONDS = 300
REST_SECONDS = 5


class Waits(Exception):
    """The run cannot go on for `seconds`; `counts` says whether that used up one of its attempts.

    `of_portal`: nothing can, as the portal takes nothing from us (engine/standing.py).
    """

    def __init__(self, seconds: float, why: str, counts: bool = False, of_portal: bool = False):
        super().__init__(why)
        self.seconds, self.counts, self.of_portal = seconds, counts, of_portal


def waits_for(trouble: PortalError, cut_seconds: float) -> Waits:
    """How long to wait before the portal is asked again."""
    if isinstance(trouble, MethodPaused):
        return Waits(max(1.0, trouble.seconds_left), str(trouble))
    if isinstance(trouble, WebhookRefused | PortalClosed | PortalMoved):
        return Waits(min(PROBE_SECONDS, cut_seconds * 5), str(trouble), of_portal=True)
    return Waits(0, str(trouble), counts=True)


class Refused(Exception):
    """The portal will never do this as asked. `said`: its own words, in the portal's language."""

    def __init__(self, effect: "Effect", reason: str, said: str):
        super().__init__(f"{effect.verb} {effect.step}: {reason}")
        self.effect, self.said = effect, said


class Parked(Exception):
    """Three times the outcome stayed unknown and nothing was found: a person must look."""


@dataclass(frozen=True)
class Effect:
    """A row of the ledger."""

    key: str
    run_id: int
    step: str
    verb: str
    deal_id: int | None
    method: str
    params: dict
    memo: dict
    state: str
    result: object
    attempts: int
    searches: int
    sent: dict | None
    due_at: object
    error: str | None
    done_at: object


@dataclass(frozen=True)
class Verb:
    """What a robot tells the ledger about its effect.

    find(engine, effect) → the result if the effect already exists on the portal, else None
    unless(engine, effect, item) → compare-then-set: a result that makes sending needless, else None; `item`: what the card says now
    settle(engine, tx, effect, result) → remember it, in the transaction that makes it done
    forgives(error) → the refusal means that there is nothing left to do
    repeatable → doing it twice is the same as once
    check(result) → whether the answer says that it was done; if not, that is unknown
    keyed(result) → whether what was made carries its key; if the portal dropped it, a person must look
    ignored(effect, result) → what of it the portal silently left as it was: then it counts as refused
    recall(engine, effect, change) → instead of `find` for what follows from a change on which a lost database may have acted
        (engine/restore.py): people may have acted since
    alone → it leaves in a request of its own, as what carries a file must
    later(engine, effect) → the moment until which it may not leave, None if it may: then it leaves by itself, and keeps nobody waiting
    late(engine, effect, params) → the parameters with what is put in only as they leave and is kept in no ledger: a file
    rest3 → a method of REST 3.0, sent alone with the effect's key as Idempotency-Key; rest2(params) → the same on older portals
    """

    name: str
    find: Callable | None = None
    unless: Callable | None = None
    settle: Callable | None = None
    forgives: Callable[[PortalError], bool] = lambda error: False
    repeatable: bool = False
    rest3: bool = False
    rest2: Callable[[dict], tuple[str, dict]] | None = None
    check: Callable | None = None
    keyed: Callable | None = None
    ignored: Callable | None = None
    recall: Callable | None = None
    alone: bool = False
    later: Callable | None = None
    late: Callable | None = None


_verbs: dict[str, Verb] = {}


def verb(name: str, **how: object) -> Verb:
    """Declare a verb; an effect of a dead process finds its way back by this name."""
    _verbs[name] = Verb(name, **how)
    return _verbs[name]


def effect_key(*parts: object) -> str:
    """26 lower-case letters and digits out of what identifies an effect."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:26]


class Ledger:
    """Plans, sends, recovers and settles effects for runs."""

    def __init__(self, engine):
        self._engine = engine
        self._storage: storage.Storage = engine.storage
        self._posting = threading.Lock()
        self._resting: dict[str, float] = {}
        engine.portal.leaving_together = self._leaving

    def plan(self, effects: list[dict]) -> None:
        """Write down what shall happen; what stands there already is kept as it was first decided."""
        if effects:
            with self._storage.write() as tx:
                self._clear_away(tx, effects)
                self._storage.upsert(tx, storage.effects, [{"attempts": 0, "searches": 0, **e} for e in effects])

    def _clear_away(self, tx: sa.Connection, effects: list[dict]) -> None:
        """Of what exists once: what the portal refused an earlier run is decided anew by this one."""
        table, keys, run_id = storage.effects, [effect["key"] for effect in effects], effects[0]["run_id"]
        refused = sa.and_(table.c.state == "refused", table.c.run_id != run_id)
        tx.execute(sa.delete(table).where(table.c.key.in_(keys), refused))

    def deliver(self, keys: list[str]) -> dict[str, Effect]:
        """Bring the effects about, in order. Raises Waits, Refused or Parked with everything else recorded.

        Those with a due time leave by themselves and keep nobody waiting.
        """
        return self._deliver(keys, by_itself=False)

    def _deliver(self, keys: list[str], *, by_itself: bool) -> dict[str, Effect]:
        recalled: set[str] = set()
        while True:
            effects = [effect for effect in self.effects(keys) if by_itself or effect.due_at is None]
            for effect in effects:
                if (reason := _never(effect)) is not None:
                    raise reason
            uncertain = [e for e in effects if e.state in ("sent", "unknown")]
            if uncertain:
                self._recover(uncertain[0])
                continue
            ready = self._allowed([effect for effect in effects if effect.state == "planned"])
            if not ready:
                return {effect.key: effect for effect in effects}
            if self._remembers_one(ready, recalled):
                continue
            if needed := self._needed(self._sendable(ready)):
                self._send(needed)

    def deliver_due(self) -> int:
        """Send what leaves by itself and is due: at most a batch. Returns how many were tried; what must wait rests a while."""
        with self._posting:
            now = time.monotonic()
            self._resting = {key: until for key, until in self._resting.items() if until > now}
            rows = self._due(but=self._resting)
            self._post([row.key for row in rows if row.state == "planned"])
            for row in rows:
                if row.state != "planned":
                    self._post([row.key])
        return len(rows)

    def rest_no_longer(self) -> None:
        """What rests after a failure is tried at the next delivery."""
        with self._posting:
            self._resting = {}

    def has_due(self) -> bool:
        """Whether something that leaves by itself is due and has not left, be it that it rests."""
        return bool(self._due(limit=1))

    def undeliverable(self) -> list[tuple[int, Exception]]:
        """Runs that are done but for an effect that should have left by itself and never will, each with why."""
        effects, runs = storage.effects, storage.runs
        lost = sa.and_(effects.c.state.in_(("refused", "parked")), effects.c.due_at.is_not(None))
        with self._storage.read() as connection:
            rows = connection.execute(
                sa.select(effects).join(runs, runs.c.id == effects.c.run_id).where(lost, runs.c.state == "done")
            ).all()
        return [(row.run_id, _never(Effect(**row._mapping))) for row in rows]

    def _due(self, *, but: Iterable[str] = (), limit: int = MAX_COMMANDS) -> Sequence[sa.Row]:
        table, now = storage.effects, self._engine.clock.now()
        due = sa.and_(table.c.state.in_(("planned", "sent", "unknown")), table.c.due_at <= now)
        query = sa.select(table.c.key, table.c.state).where(due, table.c.key.not_in(list(but)))
        with self._storage.read() as connection:
            return connection.execute(query.order_by(table.c.due_at, table.c.run_id).limit(limit)).all()

    def _post(self, keys: list[str]) -> None:
        try:
            self._deliver(keys, by_itself=True)
        except Waits as reason:
            seconds = max(reason.seconds, REST_SECONDS * self._engine.patience)
            log.warning("an effect waits to leave by itself", seconds=round(seconds, 1), reason=str(reason))
            self._resting |= dict.fromkeys(keys, time.monotonic() + seconds)
        except (Refused, Parked) as reason:
            log.warning("an effect cannot leave by itself", reason=str(reason))

    def effects(self, keys: list[str]) -> list[Effect]:
        """The rows of these keys, in the order of `keys`; what is not planned yet has none."""
        with self._storage.read() as connection:
            return self._load(connection, keys)

    def _load(self, connection: sa.Connection, keys: list[str]) -> list[Effect]:
        rows = connection.execute(sa.select(storage.effects).where(storage.effects.c.key.in_(keys)))
        found = {row.key: Effect(**row._mapping) for row in rows}
        return [found[key] for key in dict.fromkeys(keys) if key in found]

    def _allowed(self, planned: list[Effect]) -> list[Effect]:
        """Without those that may not leave yet: it is written down when they may, as an outage or a wait may have come between."""
        with_hours = [effect for effect in planned if _verbs[effect.verb].later]
        until = {effect.key: _verbs[effect.verb].later(self._engine, effect) for effect in with_hours}
        later = {key: moment for key, moment in until.items() if moment is not None}
        if later:
            with self._storage.write() as tx:
                for effect in planned:
                    if effect.key in later:
                        self._set(tx, effect, due_at=later[effect.key])
        return [effect for effect in planned if effect.key not in later]

    def _needed(self, effects: list[Effect]) -> list[Effect]:
        """Without those that the portal's present state makes needless: they are settled. What is compared is read in one request."""
        compared = [effect for effect in effects if _verbs[effect.verb].unless]
        items = self._present(compared)
        needless = {}
        for effect in compared:
            if (result := _verbs[effect.verb].unless(self._engine, effect, items[_card_of(effect)])) is not None:
                needless[effect.key] = result
        if needless:
            with self._storage.write() as tx:
                for effect in compared:
                    if effect.key in needless:
                        self._settle(tx, effect, needless[effect.key])
        return [effect for effect in effects if effect.key not in needless]

    def _present(self, effects: list[Effect]) -> dict[tuple, dict]:
        """What these cards and companies say now. Raises the portal's error."""
        cards = list(dict.fromkeys(map(_card_of, effects)))
        asked = [
            Command("crm.item.get", {"entityTypeId": entity, "id": number, "useOriginalUfNames": "Y"})
            for entity, number in cards
        ]
        answers = self._engine.portal.submit(asked)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return {card: answer.result["item"] for card, answer in zip(cards, answers, strict=True)}

    # — sending —

    def _sendable(self, ready: list[Effect]) -> list[Effect]:
        """What leaves next: up to one that is to be compared after something that takes long, or after its like on its card."""
        leaving: list[Effect] = []
        for effect in ready[:MAX_COMMANDS]:
            if _verbs[effect.verb].unless and any(_comes_first(other, effect) for other in leaving):
                break
            leaving.append(effect)
        return leaving

    def _send(self, effects: list[Effect]) -> None:
        together = [e for e in effects if not _verbs[e.verb].rest3]
        if together:
            commands = [self._command(e, together) for e in together]
            answers = self._engine.portal.submit(commands, token=[e.key for e in together])
            failpoints.reach("answered")
            self._record(together, answers)
        for effect in effects:
            if _verbs[effect.verb].rest3:
                self._send_rest3(effect)

    def _command(self, effect: Effect, group: list[Effect]) -> Command:
        how, params = _verbs[effect.verb], self.resolved(effect, group)
        params = how.late(self._engine, effect, params) if how.late else params
        return Command(effect.method, params, effect.key, how.alone)

    def _send_rest3(self, effect: Effect) -> None:
        """A repeat is safe only with the webhook that sent it first: the portal keeps keys by webhook."""
        webhook = self._engine.portal.webhook.digest
        if effect.attempts and (effect.sent or {}).get("webhook", webhook) != webhook:
            self._park_unrepeatable(effect)
            return
        self._leaving([[effect.key]], webhook=webhook)
        rest2 = _verbs[effect.verb].rest2
        try:
            try:
                answer = self._engine.portal.call_v3(effect.method, effect.params, idempotency_key=effect.key)
            except MethodMissing:
                if rest2 is None:
                    raise
                answer = self._engine.portal.call(*rest2(effect.params))
        except PortalError as error:
            answer = error
        failpoints.reach("answered")
        self._record([effect], [answer])

    def _park_unrepeatable(self, effect: Effect) -> None:
        lost = f"{effect.verb} {effect.step}: its outcome is unknown, and it was sent with another webhook; look on the portal"
        with self._storage.write() as tx:
            self._set(tx, effect, state="parked", error=lost)
        raise Parked(lost)

    def _leaving(self, tokens: list[list[str]], **known: str) -> None:
        """Called by the portal's client once per request, just before its first byte."""
        keys = [key for token in tokens if token for key in token]
        if not keys:
            return
        failpoints.reach("before sent")
        with self._storage.sending(self._engine.portal.now()) as tx:
            self._refuse_others_work(tx, keys)
            sent = {**self._engine.machine_time.stamp(), "by": self._engine.slot.me, **known}
            table = storage.effects
            tx.execute(sa.update(table).where(table.c.key.in_(keys)).values(state="sent", sent=sent))
        failpoints.reach("sent")

    def _refuse_others_work(self, tx: sa.Connection, keys: list[str]) -> None:
        """Raise Waits if another worker, which took this one for dead, has gone on with any of these effects."""
        table = storage.effects
        for row in tx.execute(sa.select(table.c.key, table.c.state, table.c.sent).where(table.c.key.in_(keys))):
            is_mine = row.state == "planned" or (row.state == "sent" and row.sent.get("by") == self._engine.slot.me)
            if not is_mine:
                raise Waits(REST_SECONDS * self._engine.patience, f"another worker is at effect {row.key}")

    def resolved(self, effect: Effect, group: list[Effect] = ()) -> dict:
        """The effect's parameters. Puts in what the parameters take from earlier effects: their value if done, a reference if they leave with us."""
        in_group = {e.key for e in group}

        def value(part: object) -> object:
            if isinstance(part, dict) and "$of" in part:
                if part["$of"] in in_group:
                    return f"{part['prefix']}$result[{part['$of']}]" + "".join(f"[{step}]" for step in part["path"])
                there = _dig(self.effects([part["$of"]])[0].result, part["path"])
                return f"{part['prefix']}{there}" if part["prefix"] else there
            if isinstance(part, dict):
                return {key: value(one) for key, one in part.items()}
            if isinstance(part, list):
                return [value(one) for one in part]
            return part

        return value(effect.params)

    def _record(self, effects: list[Effect], answers: list[Answer | PortalError]) -> None:
        """Write every outcome down in one transaction, then say what keeps the run from going on."""
        reasons: list[Exception] = []
        done: set[str] = set()
        with self._storage.write() as tx:
            self._refuse_others_work(tx, [effect.key for effect in effects])
            for effect, answer in zip(effects, answers, strict=True):
                if not isinstance(answer, Exception) and self._executed(effect, answer):
                    if (left := self._ignored(effect, answer)) is not None:
                        reasons.append(self._refuse(tx, effect, left, left))
                        continue
                    if _verbs[effect.verb].keyed and not _verbs[effect.verb].keyed(answer.result):
                        reasons.append(self._keyless(tx, effect, answer))
                        continue
                    self._settle(tx, effect, answer.result)
                    done.add(effect.key)
                    continue
                leans_on_failed = any(
                    key not in done for key in _references(effect.params) if key in {e.key for e in effects}
                )
                reason = self._not_done(tx, effect, answer, leans_on_failed)
                if reason is None:
                    done.add(effect.key)
                else:
                    reasons.append(reason)
        failpoints.reach("recorded")
        if reasons:
            raise min(reasons, key=lambda reason: isinstance(reason, Waits))

    def _executed(self, effect: Effect, answer: Answer) -> bool:
        check = _verbs[effect.verb].check
        try:
            return check is None or bool(check(answer.result))
        except (TypeError, LookupError, ValueError, AttributeError):  # another shape than promised
            return False

    def _ignored(self, effect: Effect, answer: Answer) -> str | None:
        """What the portal says by silence: unknown or forbidden fields are no error to it."""
        ignored = _verbs[effect.verb].ignored
        names = ignored(effect, answer.result) if ignored else []
        return f"the portal left {', '.join(names)} as it was" if names else None

    def _refuse(self, tx: sa.Connection, effect: Effect, why: str, said: str) -> Refused:
        self._set(tx, effect, state="refused", error=why, result={"said": said})
        return Refused(effect, why, said)

    def let_go(self, effect: Effect) -> None:
        """The card that it was for does not exist any more: nothing is left to do, and the run goes on without it."""
        with self._storage.write() as tx:
            gone = {"forgiven": "the card was deleted"}
            self._set(tx, effect, state="done", result=gone, error=None, done_at=self._engine.clock.now())

    def _keyless(self, tx: sa.Connection, effect: Effect, answer: Answer) -> Parked:
        """It exists, but nobody would find it again by its key: never make a second one."""
        error = f"{effect.verb} {effect.step}: the portal made it without its key {effect.key}: {answer.result!r:.100}"
        self._set(tx, effect, state="parked", error=error)
        return Parked(error)

    def _not_done(
        self, tx: sa.Connection, effect: Effect, answer: Answer | PortalError, leans_on_failed: bool
    ) -> Exception | None:
        cut = self._engine.portal.cut_seconds
        if isinstance(answer, Rejected) and _verbs[effect.verb].forgives(answer):
            self._settle(tx, effect, {"forgiven": answer.code})
            return None
        if isinstance(answer, NotExecuted | PortalClosed) or (isinstance(answer, Rejected) and leans_on_failed):
            self._set(tx, effect, state="planned", error=str(answer))
            return waits_for(answer, cut)
        if isinstance(answer, Rejected):
            return self._refuse(tx, effect, str(answer), answer.description)
        error = answer if isinstance(answer, OutcomeUnknown) else f"the answer names no result: {answer!r:.200}"
        self._set(tx, effect, state="unknown", error=str(error), attempts=effect.attempts + 1)
        log.warning("outcome unknown", effect=effect.key, verb=effect.verb, deal=effect.deal_id, reason=str(error))
        return Waits(2 * cut, str(error), counts=_verbs[effect.verb].repeatable)

    def _settle(self, tx: sa.Connection, effect: Effect, result: object) -> None:
        settle = _verbs[effect.verb].settle
        self._set(tx, effect, state="done", result=redacted(result), error=None, done_at=self._engine.clock.now())
        if settle is not None:
            settle(self._engine, tx, effect, result)
        log.info(
            "effect", effect=effect.key, run=effect.run_id, deal=effect.deal_id, verb=effect.verb, step=effect.step
        )
        self._engine.metrics.effects.labels(effect.verb, "done").inc()

    def _set(self, tx: sa.Connection, effect: Effect, **values: object) -> None:
        tx.execute(sa.update(storage.effects).where(storage.effects.c.key == effect.key).values(**values))

    # — after an older copy was put back —

    def _remembers_one(self, ready: list[Effect], recalled: set[str]) -> bool:
        """Adopt the first of them that the lost database had done; each is looked for once, and its key goes to `recalled`."""
        for effect in ready:
            change = None if effect.key in recalled else self._engine.restore.cause_of(effect)
            recalled.add(effect.key)
            if change is None or self._leans_on_nothing(effect):
                continue
            found = self._recall(effect, change)
            if found is not None:
                with self._storage.write() as tx:
                    log.info("adopted", effect=effect.key, verb=effect.verb, deal=effect.deal_id)
                    self._settle(tx, effect, found)
                return True
        return False

    def _recall(self, effect: Effect, change: Change) -> object:
        how = _verbs[effect.verb]
        if how.recall is not None:
            return how.recall(self._engine, effect, change)
        return how.find(self._engine, effect) if how.find else None

    # — after an unknown outcome —

    def _recover(self, effect: Effect) -> None:
        """Adopt what the portal has under the effect's key, or plan the effect again; raises Waits until that may be asked."""
        how = _verbs[effect.verb]
        if self._leans_on_nothing(effect):
            with self._storage.write() as tx:
                if self._is_as_it_was(tx, effect):
                    self._set(tx, effect, state="planned")
            return
        self._wait_for_barrier(effect)
        found = how.find(self._engine, effect) if how.find else None
        failpoints.reach("searched")
        attempts = effect.attempts + (effect.state == "sent")  # unknown because the process died
        with self._storage.write() as tx:
            if not self._is_as_it_was(tx, effect):
                return
            if found is not None:
                log.info("adopted", effect=effect.key, verb=effect.verb, deal=effect.deal_id)
                self._settle(tx, effect, found)
            elif how.repeatable:
                self._set(tx, effect, state="planned", attempts=attempts)
            elif effect.searches + 1 < SEARCHES:
                again = {"state": "unknown", "searches": effect.searches + 1, "attempts": attempts}
                self._set(tx, effect, sent={**effect.sent, **self._engine.machine_time.stamp()}, **again)
            elif attempts >= MAX_UNKNOWN:
                lost = (
                    f"{effect.verb} {effect.step}: its outcome stayed unknown; look for key {effect.key} on the portal"
                )
                self._set(tx, effect, state="parked", error=lost)
            else:
                self._set(tx, effect, state="planned", searches=0, attempts=attempts)

    def _is_as_it_was(self, tx: sa.Connection, effect: Effect) -> bool:
        """Whether no other worker has gone on with the effect since it was read."""
        [now] = self._load(tx, [effect.key])
        return (now.state, now.sent) == (effect.state, effect.sent)

    def _leans_on_nothing(self, effect: Effect) -> bool:
        """Whether it takes its parameters from an effect that was not done: then it cannot have happened either."""
        leaned_on = self.effects(_references(effect.params))
        return any(one.state != "done" for one in leaned_on)

    def _wait_for_barrier(self, effect: Effect) -> None:
        """After sending: twice the portal's cut. After a search that found nothing: half of it, for indexes that lag."""
        machine, cut = self._engine.machine_time, self._engine.portal.cut_seconds
        stamp = effect.sent
        if not machine.is_of_this_boot(stamp):
            stamp = {**stamp, **machine.stamp()}
            with self._storage.write() as tx:
                self._set(tx, effect, sent=stamp)
        left = machine.left(stamp, cut / 2 if effect.searches else 2 * cut)
        if left > 0:
            raise Waits(left, f"{effect.verb} {effect.step}: its outcome is unknown, the portal may still be at it")


def _card_of(effect: Effect) -> tuple[int, int]:
    """The card or company that a compared effect writes to."""
    return effect.params["entityTypeId"], effect.params["id"]


def _comes_first(earlier: Effect, compared: Effect) -> bool:
    """Whether the comparison must wait until the earlier effect is done."""
    how, same_card = _verbs[earlier.verb], earlier.deal_id == compared.deal_id
    return how.alone or how.rest3 or (same_card and earlier.verb == compared.verb)


def _never(effect: Effect) -> Refused | Parked | None:
    """Why the effect will not be brought about any more."""
    if effect.state == "refused":
        return Refused(effect, effect.error, effect.result["said"])
    if effect.state == "parked":
        return Parked(effect.error)
    return None


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        if "$of" in part:
            return [part["$of"]]
        return [key for one in part.values() for key in _references(one)]
    return [key for one in part for key in _references(one)] if isinstance(part, list) else []


def _dig(value: object, path: list) -> object:
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value
