"""C-17, C-18: what was done in time, of tasks and of reports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from rules.shares import share


@dataclass(frozen=True)
class Duty:
    """A task, or a report that was due. `deadline`: the original one, whatever it was moved to; `done`: None while open."""

    deadline: datetime
    done: datetime | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class Discipline:
    """How many duties were done in time, late, and not at all although it is time."""

    in_time: int
    late: int
    overdue: int

    @property
    def percent(self) -> Decimal | None:
        """C-17. The share of those in time; None when nothing was due."""
        return share(self.in_time, self.in_time + self.late + self.overdue)


def in_time(deadline: datetime, done: datetime) -> bool:
    """Whether it was done before the deadline or at it."""
    return done <= deadline


def of(duties: Iterable[Duty], now: datetime) -> Discipline:
    """C-17, C-18. Cancelled duties and open ones with time left do not count.

    For C-18 a duty is a week in which a report was due, done when it was handed in.
    """
    counted = [one for one in duties if not one.is_cancelled]
    done = [in_time(one.deadline, one.done) for one in counted if one.done is not None]
    overdue = sum(one.done is None and one.deadline < now for one in counted)
    return Discipline(sum(done), len(done) - sum(done), overdue)
