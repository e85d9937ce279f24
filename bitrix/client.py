"""The portal to talk to: one request, a batch, a combined batch, a list, a file.

    portal = Portal("https://company.bitrix24.ru/rest/1/…/", limits="real")
    portal.call("crm.item.get", {"entityTypeId": 2, "id": 7}).result["item"]
    portal.submit([
        Command("crm.item.add", {"entityTypeId": 2, "fields": {…}}, "child"),
        Command("tasks.task.add", {"fields": {"UF_CRM_TASK": ["D_$result[child][item][id]"], …}}),
    ])

All threads of a process share one Portal.
"""

import base64
import logging
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bitrix.batch import MOST_COMMANDS, Answer, Command, answer_of, as_map, labelled, query, read_batch
from bitrix.combiner import Combiner, Departure
from bitrix.errors import LimitExceeded, MethodPaused, OutcomeUnknown, PortalError
from bitrix.limits import Bucket, Limiter, Limits, Pace
from bitrix.webhook import Webhook
from bitrix.wire import Reply, Wire, verdict, write_json

__all__ = ["Answer", "Command", "Portal"]
PAGE = 50
BATCH_OF_CUT = 1 / 3  # a batch is filled for a third of the time after which the portal cuts a request
FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 8.0
log = logging.getLogger("bitrix")


class Portal:
    """One portal through one incoming webhook.

    limits            real | enterprise | scaled:N | off, or Limits
    limiter           who lets requests leave; default a bucket of this process. Several processes: one they share
    cut_seconds       after which the portal ends a request; default 60, ÷ N where the limits are scaled
    slack_seconds     how much longer we wait for an answer, so that the portal gives up before we do
    patience_seconds  how long a refusal for busyness is waited out inside, and the longest pause of a method waited for
    gather_seconds    how long a departure waits for company although it could leave: ten changes at once need one request
                      instead of five
    leaving_together  called with the tokens of the groups that leave, just before each request's first byte (again when
                      the portal was busy and the request is repeated). If it raises, nothing is sent
    """

    def __init__(
        self,
        webhook_url: str,
        *,
        limits: str | Limits = "real",
        limiter: Limiter | None = None,
        cut_seconds: float | None = None,
        slack_seconds: float = 15.0,
        connect_seconds: float = 5.0,
        patience_seconds: float = 30.0,
        batches_under_way: int = 4,
        gather_seconds: float = 0.005,
        leaving_together: Callable[[list], None] | None = None,
    ):
        self.limits = Limits.named(limits) if isinstance(limits, str) else limits
        self.cut_seconds = self.limits.cut_seconds if cut_seconds is None else cut_seconds
        self.leaving_together = leaving_together
        self.webhook = Webhook(webhook_url)
        self.limiter = limiter or Bucket(self.limits)
        self.clock = PortalClock()
        self.pace = Pace(self.limits, self.clock.now, self.cut_seconds)
        self.patience_seconds, self.connect_seconds = patience_seconds, connect_seconds
        self.answer_seconds = self.cut_seconds + slack_seconds
        self._observers: list[Callable[[dict], None]] = []
        self._wire = Wire(self.webhook, connect_seconds=connect_seconds, answer_seconds=self.answer_seconds)
        self._combiner = Combiner(
            self._leave, self.limiter, self.pace,
            most_under_way=batches_under_way, batch_seconds=self.cut_seconds * BATCH_OF_CUT,
            patience_seconds=patience_seconds, gather_seconds=gather_seconds,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"Portal({self.webhook!r})"

    @property
    def address(self) -> str:
        """Scheme and host of the portal, for links that people follow."""
        return self.webhook.portal

    # — asking —

    def call(self, method: str, params: Mapping[str, object] | None = None) -> Answer:
        """One command, one HTTP request. Raises the PortalError that says whether it happened.

        A portal that is busy, or a method that is paused, is waited for as long as `patience_seconds`.
        """
        return self._alone(method, params or {})

    def call_v3(self, method: str, params: Mapping[str, object], idempotency_key: str, token: object = None) -> Answer:
        """One command of REST 3.0, which remembers the key for 24 hours: a repeat is answered from memory (`replayed`).

        https://apidocs.bitrix24.com/api-reference/rest-v3.html
        """
        if not re.fullmatch(r"[!-~]{1,255}", idempotency_key):
            raise ValueError("An idempotency key is 1–255 printable ASCII characters. Nothing was sent.")
        tokens = [] if token is None else [token]
        return self._alone(method, params, tokens, rest3=True, headers={"Idempotency-Key": idempotency_key})

    def batch(self, commands: Iterable[Command], halt: bool = False) -> list[Answer | PortalError]:
        """At most fifty commands, one HTTP request, each with its own outcome; a lost request is the outcome of each.

        With `halt` the portal stops at the first failure. None and empty lists cannot travel in a batch (CannotTravel, a
        ValueError): `submit` sends such a command alone.
        """
        named = labelled(commands)
        if len(named) > MOST_COMMANDS:
            raise ValueError(
                f"{len(named)} commands do not go into one batch of {MOST_COMMANDS}; submit() divides them. Nothing was sent."
            )
        lines = {command.label: query(command) for command in named}
        if not named:
            return []
        methods = Counter(command.method for command in named)
        begun = self.begin(methods)
        try:
            return self._batch(named, lines, halt=halt)
        except PortalError as error:
            return [error.about(command.method) for command in named]
        finally:
            self.pace.end(begun)

    def submit(self, commands: Iterable[Command], token: object = None) -> list[Answer | PortalError]:
        """THE COMBINER: groups of concurrent threads that wait for the limit leave together, whole and in order.

        Commands may refer to earlier ones of their group (`$result[label][item][id]`). If one fails, those that lean on it
        are not run (NotExecuted, NOT_SENT), all others are. A command that cannot travel in a batch (None, an empty list, a
        file) goes alone, in its turn; so does a lone command. A group too large for one request leaves in several.
        An error in the parameters (TypeError, ValueError) and one of `leaving_together` are raised; nothing was sent then.
        """
        return self._combiner.submit(commands, token)

    def list(
        self,
        method: str,
        params: Mapping[str, object] | None = None,
        key: str | None = "items",
        id_key: str = "id",
        filter_key: str | None = None,
    ) -> Iterator[dict]:
        """Every row, by id, without counting: order by id, filter beyond the last one, start=-1.

        `key` is the name of the rows in the result (None: the result is the list), `id_key` the id in a row, `filter_key`
        the id in filter and order where that differs (tasks: "ID").
        https://apidocs.bitrix24.com/settings/performance/huge-data.html
        """
        params, name, last = dict(params or {}), filter_key or id_key, 0
        while True:
            beyond = {**params.get("filter", {}), f">{name}": last}
            answer = self.call(method, {**params, "filter": beyond, "order": {name: "ASC"}, "start": -1})
            rows = _rows(answer.result, key)
            yield from rows
            if len(rows) < PAGE:
                return
            last, before = max(int(row[id_key]) for row in rows), last
            if last <= before:
                raise OutcomeUnknown("PAGE_REPEATED", "the portal ignores the filter by id", method=method)

    def upload(self, folder_id: int, name: str, content: bytes, token: object = None) -> Answer:
        """Put a file into a folder of the drive, under exactly that name.

        The answer's DOWNLOAD_URL holds a secret: do not keep it.
        https://apidocs.bitrix24.com/api-reference/disk/folder/disk-folder-upload-file.html
        """
        coded = base64.b64encode(content).decode()
        params = {"id": folder_id, "data": {"NAME": name}, "fileContent": [name, coded], "generateUniqueName": False}
        [outcome] = self.submit([Command("disk.folder.uploadfile", params)], token)
        if isinstance(outcome, PortalError):
            raise outcome
        return outcome

    # — the portal's clock —

    def now(self) -> datetime:
        """The portal's time, in its own zone. Asks the portal if it has not answered anything yet."""
        if not self.clock.heard:
            self.call("server.time")
        return self.clock.now()

    def time_offset(self) -> timedelta:
        """How far the portal's clock is ahead of this machine's; zero before the first answer."""
        return self.clock.offset()

    # — watching —

    def observe(self, callback: Callable[[dict], None]) -> None:
        """Call back after every HTTP request: {method, status, seconds, commands: {method: count}, outcome}. Never an address."""
        self._observers.append(callback)

    def close(self) -> None:
        """Close the connections that rest."""
        self._wire.close()

    # — around every request; bulk.py uses these too —

    def begin(self, methods: Mapping[str, int]) -> dict[str, float]:
        """Wait for paused methods; MethodPaused when that would take too long. Give the result to `pace.end`."""
        while (pause := self.pace.wait(methods)) > 0:
            if pause > self.patience_seconds:
                raise self.pace.paused(max(methods, key=lambda method: self.pace.wait([method])), pause)
            time.sleep(min(pause, 0.5))
        return self.pace.begin(methods)

    def account(self, commands: Sequence[Command], outcomes: Sequence[Answer | PortalError]) -> None:
        """Learn from each outcome what its method takes and has left."""
        for command, outcome in zip(commands, outcomes, strict=True):
            if isinstance(outcome, Answer):
                self.pace.learn(command.method, outcome.time)
            elif isinstance(outcome, MethodPaused):
                outcome.until = self.pace.pause(command.method)
                outcome.seconds_left = max(0.0, (outcome.until - self.clock.now()).total_seconds())

    def finished(self, method: str, commands: Mapping[str, int], outcome: Reply | PortalError, started: float) -> None:
        """Hear the portal's time and tell the observers."""
        failed = isinstance(outcome, PortalError)
        if not failed:
            self.clock.hear(as_map(outcome.body.get("time")))
        event = {
            "method": method,
            "status": outcome.http_status if failed else outcome.status,
            "seconds": time.monotonic() - started,
            "commands": dict(commands),
            "outcome": type(outcome).__name__ if failed else "done",
        }
        for callback in self._observers:
            try:
                callback(event)
            except Exception:  # who watches must not cost the caller his answer
                log.exception("an observer of the portal failed")

    # — inside —

    def _alone(self, method: str, params: Mapping[str, object], tokens: Sequence[object] = (), **how: object) -> Answer:
        payload, begun = write_json(params), self.begin({method: 1})
        try:
            return self._answer(method, payload, tokens, **how)
        finally:
            self.pace.end(begun)

    def _answer(self, method: str, payload: bytes, tokens: Sequence[object] = (), **how: object) -> Answer:
        try:
            body, replayed = self._ask(method, payload, {method: 1}, tokens, **how)
        except MethodPaused as error:
            self.account([Command(method)], [error])
            raise
        answer = answer_of(body, replayed)
        self.account([Command(method)], [answer])
        return answer

    def _batch(
        self,
        commands: Sequence[Command],
        lines: Mapping[str, str],
        *,
        halt: bool,
        tokens: Sequence[object] = (),
        **how: object,
    ):
        payload = write_json({"halt": int(halt), "cmd": lines})
        body, _ = self._ask("batch", payload, Counter(command.method for command in commands), tokens, **how)
        outcomes = read_batch(body["result"], commands, halt=halt)
        self.account(commands, outcomes)
        return outcomes

    def _leave(self, departure: Departure) -> Sequence[Answer | PortalError]:
        """For the combiner, which has waited for limit and pace already."""
        commands = [parcel.command for parcel in departure.parcels]
        try:
            if len(commands) == 1:
                return [
                    self._answer(commands[0].method, write_json(commands[0].params), departure.tokens, admitted=True)
                ]
            lines = {parcel.command.label: parcel.line for parcel in departure.parcels}
            return self._batch(commands, lines, halt=departure.leans_on_itself, tokens=departure.tokens, admitted=True)
        except PortalError as error:
            return [error.about(command.method) for command in commands]

    def _ask(
        self,
        method: str,
        payload: bytes,
        commands: Mapping[str, int],
        tokens: Sequence[object],
        *,
        admitted: bool = False,
        **how: object,
    ) -> tuple[dict, bool]:
        """Send, and send again while the portal is only busy: what it refused for its limit it has not executed."""
        until, backoff = time.monotonic() + self.patience_seconds, max(FIRST_BACKOFF / self.limits.scale, 0.02)
        while True:
            if not admitted:
                self.limiter.acquire()
            admitted = False
            if tokens and self.leaving_together is not None:
                self.leaving_together(list(tokens))
            outcome = self._once(method, payload, commands, **how)
            if not isinstance(outcome, PortalError):
                return outcome.body, outcome.replayed
            if isinstance(outcome, LimitExceeded):
                self.limiter.refused()
            pause = random.uniform(0, backoff)
            if not isinstance(outcome, LimitExceeded) or time.monotonic() + pause > until:
                raise outcome
            time.sleep(pause)
            backoff = min(backoff * 2, LONGEST_BACKOFF)

    def _once(self, method: str, payload: bytes, commands: Mapping[str, int], **how: object) -> Reply | PortalError:
        started = time.monotonic()
        try:
            outcome = verdict(self._wire.post(method, payload, **how), method)
        except PortalError as error:
            outcome = error
        self.finished(method, commands, outcome, started)
        return outcome


class PortalClock:
    """The portal's time, from the `time` of its last answer and what has passed here since, monotonically."""

    def __init__(self):
        self._lock = threading.Lock()
        self._moment, self._at, self.heard = datetime.now(UTC), time.monotonic(), False

    def hear(self, told: Mapping[str, object]) -> None:
        """Take in the `time` of an answer: `date_finish` has the zone, `finish` the fractions of a second."""
        try:
            moment = datetime.fromisoformat(str(told["date_finish"]))
            if "finish" in told:
                moment = datetime.fromtimestamp(float(told["finish"]), moment.tzinfo)
        except (KeyError, ValueError, OverflowError, OSError):
            return
        if moment.tzinfo is not None:
            with self._lock:
                self._moment, self._at, self.heard = moment, time.monotonic(), True

    def now(self) -> datetime:
        with self._lock:
            return self._moment + timedelta(seconds=time.monotonic() - self._at)

    def offset(self) -> timedelta:
        return self.now() - datetime.now(UTC) if self.heard else timedelta()


def _rows(result: object, key: str | None) -> list[dict]:
    rows = result if key is None else as_map(result).get(key, [])
    return list(as_map(rows).values())
