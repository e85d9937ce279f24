"""What a soak says in the end, for the terminal and as rows of Markdown."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from soak.checker import Finding
from soak.history import History
from soak.processes import points
from soak.record import Record
from soak.troubles import LEFT_OUT

SHOWN = 30


@dataclass
class Report:
    seed: int
    store: str
    limits: str
    acting: float
    seconds: float
    acts: Counter
    kills: Counter
    receiver_kills: int
    starts: int
    failed_starts: int
    faults: Counter
    events: Counter
    adopted: int
    unknown: int
    restarts_of_database: int
    record: Record | None = None
    findings: list[Finding] = field(default_factory=list)

    def judge(self, record: Record, findings: list[Finding]) -> None:
        self.record, self.findings = record, findings

    def text(self) -> str:
        lines = [f"{name:24} {value}" for name, value in self._rows()]
        lines += [f"  {finding}" for finding in self.findings[:SHOWN]]
        if len(self.findings) > SHOWN:
            lines.append(f"  … and {len(self.findings) - SHOWN} more")
        return "\n".join(lines)

    def markdown(self) -> str:
        rows = [f"| {name} | {value} |" for name, value in self._rows()]
        return "\n".join(
            ["| what | figure |", "|---|---|", *rows, *(f"| finding | {one} |" for one in self.findings), ""]
        )

    def _rows(self) -> Iterator[tuple[str, object]]:
        done = History(self.record.log, self.record.last_record, "").done
        verbs = Counter(self.record.effects)
        effects = sum(verbs.values())
        yield "seed, store, limits", f"{self.seed}, {self.store}, {self.limits}"
        yield "people's acts", _told(self.acts)
        yield "changes", _told(Counter(self.record.changes))
        yield "effects done", _told(verbs)
        yield "executed on the portal", _told(done)
        missed = sorted(set(points()) - set(self.kills))
        yield "worker killed", _told(self.kills) + (f"; never at {', '.join(missed)}" if missed else "; at every point")
        yield "worker started", f"{self.starts}, of these {self.failed_starts} in vain: the portal did not answer"
        yield "receiver killed", self.receiver_kills
        if self.restarts_of_database:
            yield "database restarted", self.restarts_of_database
        yield "faults", _told(+self.faults)
        yield "faults left out", LEFT_OUT
        yield "events", _told(self.events)
        yield "outcome unknown", f"{self.unknown} requests' effects; adopted {self.adopted}"
        yield (
            "dead letters retried",
            f"{len(self.record.retried)} (three answers of one effect lost, or eight attempts of a run)",
        )
        yield "seconds", f"{self.seconds:.0f}, of these {self.acting:.0f} with people acting"
        yield "effects a second", f"{effects / self.acting:.1f}"
        yield "verdict", f"RED: {len(self.findings)} findings" if self.findings else "clean"


def _told(figures: Counter) -> str:
    each = ", ".join(f"{name} {count}" for name, count in sorted(figures.items(), key=lambda one: (-one[1], one[0])))
    return f"{sum(figures.values())} ({each})"
