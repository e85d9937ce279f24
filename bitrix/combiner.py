"""Lets the commands of concurrent threads leave together: the portal counts requests, not commands.

There is no thread of its own. Each thread brings a *group* and waits; one at a time *boards*: it waits for the limit,
then takes groups along, first come first served, sends them and hands every group its outcomes. While that
request is under way the next thread boards, until `most_under_way` are. When nothing waits, a group leaves at once.

Where many threads do the same thing at the same time, say so: `with combiner.at_work():` around all that a thread does,
and `expected()` how many are, or will be in a moment. Then a departure with room left waits for those that have not come
yet, as long as they keep coming. A thread that is alone waits for nobody; where requests are not counted (`counted=False`),
nobody does.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import accumulate, count, takewhile

from bitrix.batch import (
    MOST_COMMANDS,
    NEVER_IN_A_BATCH,
    NOT_RUN,
    Answer,
    Command,
    labelled,
    query,
    references,
    renamed,
    resolved,
)
from bitrix.errors import (
    LimitExceeded,
    NotExecuted,
    OutcomeUnknown,
    PortalClosed,
    PortalError,
    PortalMoved,
    Unreachable,
    WebhookRefused,
)
from bitrix.limits import Limiter, Pace
from bitrix.php_query import CannotTravel
from bitrix.wire import write_json

HEARTBEAT = 0.5  # how often a waiting thread looks whether its methods are still paused
# Seconds that a departure waits for the next of those at work, for the next of a crowd of them, and in all.
NOBODY_CAME, NONE_OF_A_CROWD_CAME, LONGEST_WAIT = 0.4, 1.0, 3.0
CROWD = 3
WORTH_A_SPLIT = 5  # commands of a large group that leave ahead of its rest, where that fills a departure
STOPS_THE_GROUP = (LimitExceeded, Unreachable, WebhookRefused, PortalMoved, PortalClosed, OutcomeUnknown)
_numbers = count()


@dataclass(frozen=True)
class Parcel:
    """A command ready to leave, under a label of its own in the whole process. Without a `line` it must go alone."""

    command: Command
    line: str | None
    leans_on: frozenset[str]


@dataclass(eq=False)
class Group:
    """The commands of one `submit`, in order: those that still have to leave, and the outcomes of those that have."""

    token: object
    remaining: list[Parcel]
    outcomes: dict[str, Answer | PortalError] = field(default_factory=dict)
    trouble: BaseException | None = None
    boards: bool = False
    done: bool = False
    signal: threading.Event = field(default_factory=threading.Event)

    def methods(self) -> Counter[str]:
        return Counter(parcel.command.method for parcel in self.remaining)

    def leading(self) -> list[Parcel]:
        """What can leave next in one request: a command that must go alone, or all up to the next such."""
        if self.remaining[0].line is None:
            return self.remaining[:1]
        return list(takewhile(lambda parcel: parcel.line is not None, self.remaining))


@dataclass
class Departure:
    """What leaves in one request: groups, each with the parcels that it sends now."""

    loads: list[tuple[Group, list[Parcel]]] = field(default_factory=list)

    @property
    def parcels(self) -> list[Parcel]:
        return [parcel for _, parcels in self.loads for parcel in parcels]

    @property
    def tokens(self) -> list[object]:
        return [group.token for group, _ in self.loads if group.token is not None]

    @property
    def leans_on_itself(self) -> bool:
        """A command takes a value from another of this request: at a failure the portal must stop, not go on."""
        leaving = {parcel.command.label for parcel in self.parcels}
        return any(parcel.leans_on & leaving for parcel in self.parcels)

    def methods(self) -> Counter[str]:
        return Counter(parcel.command.method for parcel in self.parcels)


class Combiner:
    """`submit` blocks until each command of the group has its outcome."""

    def __init__(
        self,
        send: Callable[[Departure], Sequence[Answer | PortalError]],
        limiter: Limiter,
        pace: Pace,
        *,
        most_under_way: int,
        batch_seconds: float,
        patience_seconds: float,
        gather_seconds: float,
        counted: bool = True,
        expected: Callable[[], int] = lambda: 0,
    ):
        self._send, self._limiter, self._pace = send, limiter, pace
        self._most_under_way, self._batch_seconds = most_under_way, batch_seconds
        self._patience_seconds, self._gather_seconds = patience_seconds, gather_seconds
        self._counted, self._expected = counted, expected
        self._lock = threading.Lock()
        self._crowd = threading.Condition(self._lock)  # somebody came, or left work
        self._waiting: deque[Group] = deque()
        self._someone_boards = False
        self._under_way = 0
        self.commands_under_way = 0
        self._at_work: set[int] = set()  # threads, by their ids
        self._here: set[int] = set()  # those of them that wait for their outcomes

    def submit(self, commands: Iterable[Command], token: object = None) -> list[Answer | PortalError]:
        group = _group(commands, token)
        labels = [parcel.command.label for parcel in group.remaining]
        if labels:
            self._see_off(group)
        if group.trouble is not None:
            raise group.trouble
        return [group.outcomes[label] for label in labels]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Inside, this thread is one that may soon bring a group."""
        me = threading.get_ident()
        with self._lock:
            self._at_work.add(me)
        try:
            yield
        finally:
            with self._lock:
                self._at_work.discard(me)
                self._crowd.notify_all()

    # — one thread, waiting for its group —

    def _see_off(self, group: Group) -> None:
        me = threading.get_ident()
        with self._lock:
            self._here.add(me)
            self._waiting.append(group)
            self._call_next()
            self._crowd.notify_all()
        try:
            self._wait_for(group)
        finally:
            with self._lock:
                self._here.discard(me)

    def _wait_for(self, group: Group) -> None:
        try:
            while not group.done:
                group.signal.wait(HEARTBEAT)
                group.signal.clear()
                if group.boards:
                    self._board(group)
                elif not group.done:
                    self._look_at_pauses(group)
        except BaseException:
            self._give_up(group)
            raise

    def _look_at_pauses(self, group: Group) -> None:
        """A pause may have ended, or turned out longer than anybody should wait for."""
        with self._lock:
            pause = self._pace.wait(group.methods())
            if pause > self._patience_seconds and group in self._waiting and not group.boards:
                self._waiting.remove(group)
                group.outcomes |= {p.command.label: self._pace.paused(p.command.method, pause) for p in group.remaining}
                group.done = True
            self._call_next()

    def _give_up(self, group: Group) -> None:
        with self._lock:
            if group in self._waiting:
                self._waiting.remove(group)
            if group.boards:
                group.boards, self._someone_boards = False, False
            self._call_next()

    def _call_next(self) -> None:
        """Let the first group whose methods are not paused go on board. The lock is held."""
        if self._someone_boards or self._under_way >= self._most_under_way:
            return
        for group in self._waiting:
            if self._pace.wait(group.methods()) == 0:
                self._someone_boards = group.boards = True
                group.signal.set()
                return

    # — the thread that boards —

    def _board(self, group: Group) -> None:
        self._limiter.acquire()
        if self._gather_seconds:
            time.sleep(self._gather_seconds)
        expected = self._expected() if self._counted else 0
        with self._lock:
            if self._counted:
                self._wait_for_the_crowd(expected)
            departure = self._fill()
            begun = self._pace.begin(departure.methods())
            self._under_way += 1
            self.commands_under_way += len(departure.parcels)
            group.boards, self._someone_boards = False, False
            self._call_next()
        try:
            if departure.loads:
                self._depart(departure)
        finally:
            self._pace.end(begun)
            with self._lock:
                self._under_way -= 1
                self.commands_under_way -= len(departure.parcels)
                self._call_next()

    def _wait_for_the_crowd(self, expected: int) -> None:
        """Until all at work are here, the departure is full, or nobody came for a while. The lock is held."""
        until = time.monotonic() + LONGEST_WAIT
        while (awaited := self._awaited(expected)) > 0 and self._has_room() and time.monotonic() < until:
            before = len(self._waiting), len(self._at_work)
            patience = NONE_OF_A_CROWD_CAME if awaited >= CROWD else NOBODY_CAME
            if not self._crowd.wait(patience) and (len(self._waiting), len(self._at_work)) == before:
                return

    def _awaited(self, expected: int) -> int:
        return max(expected, len(self._at_work)) - len(self._here & self._at_work)

    def _has_room(self) -> bool:
        loads = [group.leading() for group in self._waiting]
        seconds = sum(self._seconds(load) for load in loads)
        return sum(map(len, loads)) < MOST_COMMANDS and seconds < self._batch_seconds

    def _fill(self) -> Departure:
        """Groups in the order of their coming, as long as the commands and their time fit; of a large one the beginning, when
        it does not fit whole. The lock is held."""
        departure, room, seconds = Departure(), MOST_COMMANDS, self._batch_seconds
        for group in list(self._waiting):
            load = group.leading()
            if self._pace.wait(group.methods()) > 0 or (departure.loads and load[0].line is None):
                continue
            fitting = self._fitting(load, room, seconds)
            splits = len(fitting) < len(load)
            if departure.loads and splits and len(fitting) < WORTH_A_SPLIT:
                break
            load = fitting or load[:1]
            departure.loads.append((group, load))
            self._waiting.remove(group)
            if load[0].line is None or splits:
                break
            room, seconds = room - len(load), seconds - self._seconds(load)
        return departure

    def _fitting(self, load: list[Parcel], room: int, seconds: float) -> list[Parcel]:
        taken = accumulate(self._pace.seconds(parcel.command.method) for parcel in load)
        return [parcel for parcel, until in zip(load[:room], taken, strict=False) if until <= seconds]

    def _seconds(self, load: list[Parcel]) -> float:
        return sum(self._pace.seconds(parcel.command.method) for parcel in load)

    def _depart(self, departure: Departure) -> None:
        try:
            outcomes = iter(self._send(departure))
            arrived = [
                dict(zip((p.command.label for p in load), outcomes, strict=False)) for _, load in departure.loads
            ]
        except BaseException as trouble:
            with self._lock:
                for group, _ in departure.loads:
                    group.trouble, group.done = trouble, True
                    group.signal.set()
            if not isinstance(trouble, Exception):
                raise
            return
        with self._lock:
            for (group, _), outcomes_of_group in reversed(list(zip(departure.loads, arrived, strict=True))):
                _unload(group, outcomes_of_group)
                if not group.done:
                    self._waiting.appendleft(group)
                group.signal.set()


def _group(commands: Iterable[Command], token: object) -> Group:
    """Number the labels and write the lines; errors of the parameters come from here, before anything is sent."""
    named, prefix = labelled(commands), f"g{next(_numbers)}_"
    labels = [command.label for command in named]
    for place, command in enumerate(named):
        if ahead := references(command.params) & set(labels[place:]):
            raise ValueError(
                f"{command.label} refers to {min(ahead)}, which does not come before it. Nothing was sent."
            )
    numbered = [Command(c.method, renamed(c.params, prefix, labels), prefix + c.label, c.alone) for c in named]
    return Group(token, [_parcel(command, {prefix + label for label in labels}) for command in numbered])


def _parcel(command: Command, labels: set[str]) -> Parcel:
    """A text that only looks like a reference goes alone too: in a batch the portal would replace it."""
    leans_on = references(command.params)
    if command.alone or command.method.lower() in NEVER_IN_A_BATCH or leans_on - labels:
        line = None
    else:
        try:
            line = query(command)
        except CannotTravel:
            line = None
    if line is None:
        write_json(command.params)
    return Parcel(command, line, frozenset(leans_on & labels))


def _unload(group: Group, outcomes: dict[str, Answer | PortalError]) -> None:
    """Give the group its outcomes. What the portal did not run after a failure stays, values in place of references."""
    group.outcomes |= {label: one for label, one in outcomes.items() if getattr(one, "code", "") != NOT_RUN}
    trouble = next((one for one in outcomes.values() if isinstance(one, STOPS_THE_GROUP)), None)
    still = [parcel for parcel in group.remaining if parcel.command.label not in group.outcomes]
    group.remaining = []
    for parcel in still:
        failed = [label for label in parcel.leans_on if isinstance(group.outcomes.get(label), PortalError)]
        if trouble is not None or failed:
            group.outcomes[parcel.command.label] = _not_sent(
                parcel.command, group.outcomes[failed[0]] if failed else trouble
            )
        else:
            group.remaining.append(_with_values(parcel, group.outcomes))
    group.done = not group.remaining


def _with_values(parcel: Parcel, outcomes: dict[str, Answer | PortalError]) -> Parcel:
    results = {label: outcomes[label].result for label in parcel.leans_on if label in outcomes}
    if not results:
        return parcel
    command = replace(parcel.command, params=resolved(parcel.command.params, results))
    return _parcel(command, set(parcel.leans_on - results.keys()))


def _not_sent(command: Command, because: PortalError) -> NotExecuted:
    return NotExecuted(
        "NOT_SENT", f"it was to follow {because.method}, which failed: {because.code}", method=command.method
    )
