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
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from bitrix.batch import MOST_COMMANDS, Answer, Command, answer_of, as_map, labelled, query, read_batch
from bitrix.circuit import Circuit
from bitrix.clock import PortalClock
from bitrix.combiner import Combiner, Departure
from bitrix.errors import LimitExceeded, MethodPaused, OutcomeUnknown, PortalError
from bitrix.limits import CUT_SECONDS, Bucket, Limiter, Limits, Pace
from bitrix.webhook import Webhook
from bitrix.wire import File, Reply, Wire, verdict, write_json

__all__ = ["Answer", "Command", "File", "Portal"]
PAGE = 50
PROBE_IN_CUTS = 5  # a portal that takes nothing from us is tried again after this many cuts: five minutes
BATCH_OF_CUT = 1 / 3  # a batch is filled for a third of the time after which the portal cuts a request
FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 8.0
log = logging.getLogger("bitrix")


class Portal:
    """One portal through one incoming webhook.

    limits            real | enterprise | scaled:N | off, or Limits
    limiter           who lets requests leave; default a bucket of this process. Several processes: one they share
    cut_seconds       after which the portal ends a request; default 60, ÷ N where the limits are scaled
    slack_seconds     how much longer we wait for an answer, so that the portal gives up before we do
    patience_seconds  how long a busy portal is asked again, and the longest pause of a method that is waited out
    gather_seconds    how long a departure waits for company although it could leave: ten changes at once need one
                      request instead of five
    leaving_together  called with the tokens of the groups that leave, just before each request's first byte (again
                      when the portal was busy and the request is repeated). If it raises, nothing is sent
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
        self.expected_at_work: Callable[[], int] = lambda: 0
        self.webhook = Webhook(webhook_url)
        self.limiter = limiter or Bucket(self.limits)
        self.clock = PortalClock()
        self.circuit = Circuit(PROBE_IN_CUTS * self.cut_seconds)
        self.pace = Pace(self.limits, self.clock.now, self.cut_seconds)
        self.patience_seconds, self.connect_seconds = patience_seconds, connect_seconds
        self.answer_seconds = self.cut_seconds + slack_seconds
        self._observers: list[Callable[[dict], None]] = []
        self._wire = Wire(self.webhook, connect_seconds=connect_seconds, answer_seconds=self.answer_seconds)
        self._combiner = Combiner(
            self._leave, self.limiter, self.pace,
            most_under_way=batches_under_way, batch_seconds=self.cut_seconds * BATCH_OF_CUT,
            patience_seconds=patience_seconds, gather_seconds=gather_seconds,
            counted=self.limits.per_second < inf, expected=lambda: self.expected_at_work(),
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
        return self._alone(_Request(method, write_json(params or {}), {method: 1}))

    def call_v3(self, method: str, params: Mapping[str, object], idempotency_key: str, token: object = None) -> Answer:
        """One command of REST 3.0, which remembers the key for 24 hours: a repeat is answered from memory (`replayed`).

        https://apidocs.bitrix24.com/api-reference/rest-v3.html
        """
        if not re.fullmatch(r"[!-~]{1,255}", idempotency_key):
            raise ValueError("An idempotency key is 1–255 printable ASCII characters. Nothing was sent.")
        tokens, headers = [] if token is None else [token], {"Idempotency-Key": idempotency_key}
        return self._alone(_Request(method, write_json(params), {method: 1}, tokens, rest3=True, headers=headers))

    def batch(self, commands: Iterable[Command], halt: bool = False) -> list[Answer | PortalError]:
        """At most fifty commands, one HTTP request, each with its own outcome; a lost request is the outcome of each.

        With `halt` the portal stops at the first failure. None and empty lists cannot travel in a batch (CannotTravel,
        a ValueError), and a text with `$result[…]` is replaced by the portal: `submit` sends such commands alone.
        """
        named = labelled(commands)
        if len(named) > MOST_COMMANDS:
            raise ValueError(
                f"One batch takes {MOST_COMMANDS} commands, not {len(named)}. Nothing was sent; use submit."
            )
        if not named:
            return []
        lines, begun = [query(command) for command in named], self.begin(_methods(named))
        try:
            return self._batch(named, lines, halt=halt)
        finally:
            self.pace.end(begun)

    def submit(self, commands: Iterable[Command], token: object = None) -> list[Answer | PortalError]:
        """THE COMBINER: groups of concurrent threads that wait for the limit leave together, in order.

        Commands may refer to earlier ones of their group (`$result[label][item][id]`). If one fails, those that lean on
        it are not run (NotExecuted, NOT_SENT), all others are. A command that cannot travel in a batch (None, an empty
        list, a file) goes alone, in its turn; so does a lone command. A group too large for one request leaves in
        several. After a request that was lost or refused as a whole, the rest of the group is NOT_SENT.

        An error in the parameters (TypeError, ValueError) and one of `leaving_together` are raised: the request it
        stopped was not sent.
        """
        return self._combiner.submit(commands, token)

    def at_work(self) -> AbstractContextManager[None]:
        """Inside, this thread is one that may soon `submit`: departures of others that have room wait a moment for it.

        `expected_at_work()` may be set to tell of those that are about to begin.
        """
        return self._combiner.at_work()

    @property
    def commands_under_way(self) -> int:
        """How many commands of `submit` the portal is at."""
        return self._combiner.commands_under_way

    def list(
        self,
        method: str,
        params: Mapping[str, object] | None = None,
        key: str | None = "items",
        id_key: str = "id",
        filter_key: str | None = None,
    ) -> Iterator[dict]:
        """Every row, by id, without counting: order by id, filter beyond the last one, start=-1.

        `key` is the name of the rows in the result (None: the result is the list), `id_key` the id in a row,
        `filter_key` the id in filter and order where that differs (tasks: "ID").
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

    def download(self, address: str, most_bytes: int) -> File | None:
        """A file by the address that an item of crm.item.* names (`urlMachine`, which holds a secret: do not keep it).

        Its `content` is None where it has more than `most_bytes`, of which nothing is read then. None: the portal does not give
        it out under that address, or sends us to another host. Raises the PortalError of a portal that cannot be reached.
        https://apidocs.bitrix24.com/api-reference/files/how-to-upload-files.html
        """
        if (refusal := self.circuit.refusal("download")) is not None:
            raise refusal
        self.limiter.acquire()
        return self._wire.get(address, most_bytes)

    # — the portal's clock —

    def now(self) -> datetime:
        """The portal's time, in its own zone. Asks the portal if it has not answered anything yet."""
        if not self.clock.heard:
            self.call("server.time")
        return self.clock.now()

    # — watching —

    def observe(self, callback: Callable[[dict], None]) -> None:
        """Call back after every HTTP request: {method, status, seconds, commands: {method: count}, outcome}.

        `outcome` is done or the name of the error's class. An address is never told.
        """
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
        """Hear the portal's time, judge how it stands with us as a whole, tell the observers."""
        failed = isinstance(outcome, PortalError)
        self.circuit.hear(outcome)
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

    def _alone(self, request: "_Request") -> Answer:
        begun = self.begin(request.commands)
        try:
            return self._answer(request)
        finally:
            self.pace.end(begun)

    def _answer(self, request: "_Request", *, admitted: bool = False) -> Answer:
        command = [Command(request.method)]
        try:
            reply = self._ask(request, admitted=admitted)
        except MethodPaused as error:
            self.account(command, [error])
            raise
        answer = answer_of(reply.body, reply.replayed)
        self.account(command, [answer])
        return answer

    def _batch(
        self,
        commands: Sequence[Command],
        lines: Sequence[str],
        *,
        halt: bool,
        tokens: Sequence[object] = (),
        admitted: bool = False,
    ) -> Sequence[Answer | PortalError]:
        params = {"halt": int(halt), "cmd": {c.label: line for c, line in zip(commands, lines, strict=True)}}
        try:
            reply = self._ask(_Request("batch", write_json(params), _methods(commands), tokens), admitted=admitted)
        except PortalError as error:
            return [error.about(command.method) for command in commands]
        outcomes = read_batch(reply.body["result"], commands, halt=halt)
        self.account(commands, outcomes)
        return outcomes

    def _leave(self, departure: Departure) -> Sequence[Answer | PortalError]:
        """For the combiner, which has waited for limit and pace already."""
        commands, tokens = [parcel.command for parcel in departure.parcels], departure.tokens
        if len(commands) > 1:
            lines = [parcel.line for parcel in departure.parcels]
            return self._batch(commands, lines, halt=departure.leans_on_itself, tokens=tokens, admitted=True)
        [command] = commands
        payload = write_json(command.params)
        try:
            return [self._answer(_Request(command.method, payload, {command.method: 1}, tokens), admitted=True)]
        except PortalError as error:
            return [error]

    def _ask(self, request: "_Request", *, admitted: bool) -> Reply:
        """Send, and send again while the portal is only busy: what it refused for its limit it has not executed."""
        until, backoff = time.monotonic() + self.patience_seconds, FIRST_BACKOFF * self.cut_seconds / CUT_SECONDS
        while True:
            if (refusal := self.circuit.refusal(request.method)) is not None:
                raise refusal
            if not admitted:
                self.limiter.acquire()
            if request.tokens and self.leaving_together is not None:
                self.leaving_together(list(request.tokens))
            outcome = self._once(request)
            if not isinstance(outcome, PortalError):
                return outcome
            pause, admitted = random.uniform(0, backoff), False
            if not isinstance(outcome, LimitExceeded) or time.monotonic() + pause > until:
                raise outcome
            self.limiter.refused()
            time.sleep(pause)
            backoff = min(backoff * 2, LONGEST_BACKOFF)

    def _once(self, request: "_Request") -> Reply | PortalError:
        started = time.monotonic()
        try:
            reply = self._wire.post(request.method, request.payload, rest3=request.rest3, headers=request.headers)
            outcome = verdict(reply, request.method)
        except PortalError as error:
            outcome = error
        self.finished(request.method, request.commands, outcome, started)
        return outcome


@dataclass(frozen=True)
class _Request:
    """What leaves in one HTTP request: how many commands of which methods, and whose groups they are."""

    method: str
    payload: bytes
    commands: Mapping[str, int]
    tokens: Sequence[object] = ()
    rest3: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


def _methods(commands: Iterable[Command]) -> Counter[str]:
    return Counter(command.method for command in commands)


def _rows(result: object, key: str | None) -> list[dict]:
    rows = result if key is None else as_map(result).get(key, [])
    return list(as_map(rows).values())
