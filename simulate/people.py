"""What people do with their tasks, and when: by dice that know the task's title, so that two lives have the same people."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from emulator.control import Refused
from simulate import doings
from simulate.calendar import is_worked, worked_after
from simulate.office import Office, Task

MORNING, EVENING = 9, 17
IN_TIME, LATE, NEVER = "in time", "late", "never"


class People:
    """Finds new tasks, decides for each when its person does it, and has it done then."""

    def __init__(self, office: Office, seed: int):
        self._office, self._seed = office, seed
        self._seen, self._number = 0, 0
        self._planned: list[tuple[datetime, int, Task, Random]] = []
        self.done: dict[str, int] = {}

    def notice(self, now: datetime) -> None:
        """Look at the tasks that came since the last time."""
        for task in self._office.tasks(self._seen):
            self._seen = max(self._seen, task.id)
            if task.code in doings.BY_CODE and task.deadline is not None:
                self._plan(task, now)

    def _plan(self, task: Task, now: datetime) -> None:
        doing, dice = doings.BY_CODE[task.code], Random(f"{self._seed} {task.title}")
        manner = dice.choices((IN_TIME, LATE, NEVER), doing.chances)[0]
        if manner != NEVER:
            self._number += 1
            moment = self._moment(task, manner, dice, doing.late_days)
            heapq.heappush(self._planned, (max(moment, _half_past(now)), self._number, task, dice))

    def _moment(self, task: Task, manner: str, dice: Random, late_days: int) -> datetime:
        """Half past some hour of a working day of theirs, so that nobody acts at the very moment of a deadline."""
        person = self._office.people[task.responsible]
        due = task.deadline.astimezone(person.zone)
        if manner == LATE:
            day = worked_after(due.date(), dice.randint(1, late_days), person.city)
            return due.replace(year=day.year, month=day.month, day=day.day, hour=dice.randint(MORNING, 11), minute=30)
        back, hour = dice.randint(0, 1), dice.randint(MORNING, EVENING)
        day = worked_after(due.date(), -back, person.city) if back else due.date()
        if not is_worked(day, person.city):
            day = worked_after(day, -1, person.city)
        moment = due.replace(year=day.year, month=day.month, day=day.day, hour=hour, minute=30)
        return moment if moment < due else due.replace(minute=30) - timedelta(hours=1)

    @property
    def next(self) -> datetime | None:
        return self._planned[0][0] if self._planned else None

    def act(self, now: datetime) -> int:
        """Do what is planned until now; how much was done."""
        count = 0
        while self._planned and self._planned[0][0] <= now:
            _, _, task, dice = heapq.heappop(self._planned)
            count += self._do(task, dice)
        return count

    def _do(self, task: Task, dice: Random) -> bool:
        current = self._office.task(task.id)
        if not current.is_open:
            return False
        act: Callable = doings.BY_CODE[task.code].act
        try:
            act(self._office, current, dice)
        except Refused as refusal:
            raise RuntimeError(f"{task.title}: {refusal}") from refusal
        self.done[task.code] = self.done.get(task.code, 0) + 1
        return True


def _half_past(now: datetime) -> datetime:
    """The next half hour that is not the full one."""
    half = now.replace(minute=30, second=0, microsecond=0)
    return half if half > now else half + timedelta(hours=1)
