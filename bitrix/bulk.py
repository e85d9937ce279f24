"""Reading very many rows: fast-bitrix24's get_all behind our own middleware.

Its virtue is the number of requests: one for the first page, then fifty pages a batch. Everything else it would do by
itself (repeat requests, pace them, follow redirects, log parameters) is taken from it here, and what it returns is put
in order and counted. It takes half a second to import, so that happens where it is used. For reports and nightly jobs.
"""

import asyncio
import copy
import logging
import random
import time
import warnings
from collections.abc import Mapping

import aiohttp

from bitrix.batch import Command, answer_of, as_map, read_batch
from bitrix.client import Portal
from bitrix.errors import LimitExceeded, MethodPaused, NotExecuted, OutcomeUnknown, PortalError, Unreachable, classify
from bitrix.wire import LARGEST_ANSWER, PIECE, Reply, TooLarge, parsed, read_json, redirect_host, verdict

MOST_UNDER_WAY = 4
ATTEMPTS = 3  # of a request without an answer, and of a whole reading that came out uneven: reading twice harms nobody
MAY_PASS = (LimitExceeded, MethodPaused, Unreachable, OutcomeUnknown)
FIRST_BACKOFF = 0.5
BEYOND_REACH = 10**9  # for its own limits: ours rule


class Uneven(NotExecuted):
    """Rows came or went while they were read, so some may be missing."""

    effect = "was not read whole"
    advice = "Nothing changed on the portal; read again when fewer people are at work."


def get_all(portal: Portal, method: str, params: Mapping[str, object] | None = None) -> list[dict]:
    """All rows of a list method in the order of their ids, as many as the portal counted. Raises PortalError.

    TypeError for `start`, `order`, booleans and None: the library pages by itself and sends the latter in two ways.
    """
    given = dict(params or {})
    _check(given)
    for _ in range(ATTEMPTS):
        rows, total = asyncio.run(_Reading(portal, method).rows(given))
        if total is None or len(rows) == total:
            return rows
    raise Uneven("UNEVEN", f"{len(rows)} rows of {total}, {ATTEMPTS} times over", method=method)


class _Exact(aiohttp.ClientResponse):
    """An answer whose JSON our middleware has read already."""

    exact: object = None

    async def json(self, **_: object) -> object:
        return self.exact


class _Reading:
    """One reading, in an event loop of its own: the library's client cannot be shared by threads."""

    def __init__(self, portal: Portal, method: str):
        self._portal, self._method = portal, method
        self._gate = asyncio.Semaphore(MOST_UNDER_WAY)
        self._total: int | None = None

    async def rows(self, params: dict) -> tuple[list[dict], int | None]:
        client_class, trouble = _library(), None
        async with self._session() as session:
            client = client_class(
                self._portal.webhook.root(), verbose=False, client=session, request_pool_size=BEYOND_REACH,
                requests_per_second=float(BEYOND_REACH), operating_time_limit=BEYOND_REACH,
            )  # fmt: skip
            try:
                return _in_order(await client.get_all(self._method, copy.deepcopy(params))), self._total
            except PortalError:
                raise
            except Exception as error:  # the library's own: its text may quote parameters
                trouble = type(error).__name__
        raise OutcomeUnknown("NOT_A_LIST", f"the answers do not make a list of rows ({trouble})", method=self._method)

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            middlewares=(self._guard,),
            response_class=_Exact,
            timeout=aiohttp.ClientTimeout(total=self._portal.answer_seconds, sock_connect=self._portal.connect_seconds),
            connector=aiohttp.TCPConnector(limit=MOST_UNDER_WAY),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=not self._portal.webhook.loopback,
        )

    async def _guard(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Our limits, our patience, our errors around each request of the library."""
        text = _with_documented_order(self._method, request.body.decode())
        await request.update_body(text.encode())
        labels = list(as_map(read_json(text.encode()).get("cmd")))
        commands = [Command(self._method, label=label) for label in labels or ["alone"]]
        until, backoff, failures = time.monotonic() + self._portal.patience_seconds, FIRST_BACKOFF, 0
        while True:
            outcome = await self._admitted(request, handler, commands, batch=bool(labels))
            if isinstance(outcome, aiohttp.ClientResponse):
                return outcome
            failures += not isinstance(outcome, LimitExceeded | MethodPaused)
            if not isinstance(outcome, MAY_PASS) or failures >= ATTEMPTS or time.monotonic() + backoff > until:
                raise outcome
            await asyncio.sleep(random.uniform(0, backoff))
            backoff *= 2

    async def _admitted(
        self, request, handler, commands: list[Command], *, batch: bool
    ) -> aiohttp.ClientResponse | PortalError:
        async with self._gate:
            if (refusal := self._portal.circuit.refusal(self._method)) is not None:
                return refusal
            begun = await asyncio.to_thread(self._portal.begin, {self._method: len(commands)})
            try:
                await asyncio.to_thread(self._portal.limiter.acquire)
                return await self._once(request, handler, commands, batch=batch)
            finally:
                self._portal.pace.end(begun)

    async def _once(
        self, request, handler, commands: list[Command], *, batch: bool
    ) -> aiohttp.ClientResponse | PortalError:
        started, method = time.monotonic(), "batch" if batch else self._method
        try:
            response = await handler(request)
            reply = Reply(
                response.status,
                parsed(await _content(response), response.content_type),
                redirect_host(response.headers.get("Location", "")),
            )
            outcome = verdict(reply, method)
        except (aiohttp.ClientError, TimeoutError, TooLarge) as error:
            connected = not isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
            outcome = classify(None, f"the request broke off ({type(error).__name__})", sent=connected, method=method)
        self._portal.finished(method, {self._method: len(commands)}, outcome, started)
        if isinstance(outcome, PortalError):
            return outcome
        response.exact = outcome.body
        return self._taken_in(outcome.body, commands, batch=batch) or response

    def _taken_in(self, body: dict, commands: list[Command], *, batch: bool) -> PortalError | None:
        """Learn from the answer; the first error of a batch, if there is one: half a list is no list."""
        outcomes = read_batch(body["result"], commands, halt=False) if batch else [answer_of(body)]
        if not batch:
            self._total = body.get("total")
        self._portal.account(commands, outcomes)
        return next((outcome for outcome in outcomes if isinstance(outcome, PortalError)), None)


def _library() -> type:
    """The library's client, its talk switched off: it would log parameters and answers at DEBUG."""
    from fast_bitrix24 import BitrixAsync

    talk = logging.getLogger("fast_bitrix24")
    talk.disabled, talk.propagate = True, False
    warnings.filterwarnings("ignore", module="fast_bitrix24")
    warnings.filterwarnings(
        "ignore", message="Number of results returned|Batch requests returned|You are selecting all"
    )
    return BitrixAsync


def _with_documented_order(method: str, text: str) -> str:
    """The library orders by ID; crm.item.* documents its fields in camelCase only.

    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-list.html
    """
    if not method.lower().startswith("crm.item."):
        return text
    return text.replace('"order": {"ID": "ASC"}', '"order": {"id": "ASC"}').replace("order[ID]=ASC", "order[id]=ASC")


async def _content(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for piece in response.content.iter_chunked(PIECE):
        content += piece
        if len(content) > LARGEST_ANSWER:
            raise TooLarge
    return bytes(content)


def _in_order(rows: list[dict]) -> list[dict]:
    """By id, each once: the library loses the order."""
    by_id = {int(row["id"] if "id" in row else row["ID"]): row for row in rows}
    return [by_id[key] for key in sorted(by_id)]


def _check(params: Mapping[str, object]) -> None:
    for name, value in params.items():
        if name.lower() in ("start", "order"):
            raise TypeError(f"get_all pages and orders by itself: leave {name} out. Nothing was read.")
        _check_value(value, name)


def _check_value(value: object, name: str) -> None:
    if value is None or isinstance(value, bool):
        raise TypeError(f'{name} is {value!r}: write "Y", "N", 1, 0 or an empty text. Nothing was read.')
    parts = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, part in parts:
        _check_value(part, f"{name}[{key}]")
