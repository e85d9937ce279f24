"""What must be seen on the portal after a scene: the line that is wanted, and the line that the portal gives."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from config import company
from demo.office import HEAD_OFFICE, MANAGER, Office, Place, Task

MOMENT = "%d.%m.%Y %H:%M"
WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
AND_SO_ON = "…»"


@dataclass(frozen=True)
class Look:
    """A wanted line that ends with …» wants only the beginning."""

    wanted: str
    seen: str

    @property
    def fits(self) -> bool:
        begins = self.wanted.endswith(AND_SO_ON) and self.seen.startswith(self.wanted.removesuffix(AND_SO_ON))
        return begins or self.seen == self.wanted


class Sight(ABC):
    """One thing that must become true."""

    @abstractmethod
    def wanted(self, office: Office) -> str: ...

    @abstractmethod
    def seen(self, office: Office) -> str:
        """Raises LookupError where there is nothing to look at."""

    def look(self, office: Office) -> Look:
        try:
            return Look(self.wanted(office), self.seen(office))
        except LookupError as nothing:
            return Look(self.wanted(office), str(nothing))


def moment(at: datetime) -> str:
    return f"{WEEKDAYS[at.weekday()]} {at:%d.%m %H:%M}"


def _once(texts: Iterable[str], begins: str) -> str:
    """The text that begins so; in words, if there is none or more than one."""
    plain = (" ".join(text.split()) for text in texts)
    found = [text for text in plain if text.startswith(begins)]
    return f"«{found[0]}»" if len(found) == 1 else f"таких {len(found)}" if found else "нет"


# — the card —


@dataclass(frozen=True)
class OnStage(Sight):
    """The card stands there."""

    code: str

    def wanted(self, office: Office) -> str:
        return f"карточка на стадии «{office.title(self.code)}»"

    def seen(self, office: Office) -> str:
        code = office.card()["stageId"].rpartition(":")[2]
        return f"карточка на стадии «{office.title(code)}»"


class Missing(Sight):
    """«Чего не хватает» names these fields, in this order, and nothing else."""

    def __init__(self, *names: str):
        self._names = names

    def wanted(self, office: Office) -> str:
        labels = ", ".join(office.field(name).label for name in self._names)
        return _says(office, "block", f"Не заполнено: {labels}")

    def seen(self, office: Office) -> str:
        return _says(office, "block", office.value("block"))


@dataclass(frozen=True)
class Empty(Sight):
    """The field says nothing (any more)."""

    name: str

    def wanted(self, office: Office) -> str:
        return _says(office, self.name, None)

    def seen(self, office: Office) -> str:
        return _says(office, self.name, office.value(self.name))


class Says(Sight):
    """Fields of the card, as people read them there."""

    def __init__(self, **fields: str):
        self._fields = fields

    def wanted(self, office: Office) -> str:
        return self._line(office, self._fields)

    def seen(self, office: Office) -> str:
        return self._line(office, {name: office.shown(name) for name in self._fields})

    def _line(self, office: Office, values: dict[str, str]) -> str:
        return ", ".join(f"«{office.field(name).label}»: {value}" for name, value in values.items())


class Mentions(Sight):
    """The field names all of these."""

    def __init__(self, name: str, *words: str):
        self._name, self._words = name, words

    def wanted(self, office: Office) -> str:
        return self._line(office, self._words)

    def seen(self, office: Office) -> str:
        said = office.shown(self._name)
        return self._line(office, [one for one in self._words if one in said])

    def _line(self, office: Office, words: Sequence[str]) -> str:
        return f"«{office.field(self._name).label}» называет: {'; '.join(words) or 'ничего из ожидаемого'}"


class Goods(Sight):
    """The product rows of the card, «Костюм — 60 × 1200» each, and no other."""

    def __init__(self, *rows: str):
        self._rows = rows

    def wanted(self, office: Office) -> str:
        return f"товары: {'; '.join(self._rows)}"

    def seen(self, office: Office) -> str:
        return f"товары: {'; '.join(office.rows())}"


@dataclass(frozen=True)
class Cards(Sight):
    """So many cards of a process belong to the order."""

    process: str
    number: int

    def wanted(self, office: Office) -> str:
        return self._line(self.number)

    def seen(self, office: Office) -> str:
        return self._line(office.cards(self.process))

    def _line(self, number: int) -> str:
        return f"карточек «{company().processes[self.process].funnel}» у сделки: {number}"


@dataclass(frozen=True)
class NotYet(Sight):
    """Nobody has opened that card."""

    def wanted(self, office: Office) -> str:
        return "карточки ещё нет"

    def seen(self, office: Office) -> str:
        try:
            return f"карточка № {office.deal}"
        except LookupError:
            return "карточки ещё нет"


@dataclass(frozen=True)
class Stand(Sight):
    """So many reports of which the fields say so stand on those stages, and none on another."""

    process: str
    says: tuple[tuple[str, str], ...]
    stages: tuple[tuple[str, int], ...]

    def wanted(self, office: Office) -> str:
        return self._line(office.at(self._place), dict(self.stages))

    def seen(self, office: Office) -> str:
        there = office.at(self._place)
        codes = Counter(card["stageId"].rpartition(":")[2] for card in there.reports(self.says))
        order = list(there.process.stages)
        return self._line(there, {code: codes[code] for code in sorted(codes, key=order.index)})

    @property
    def _place(self) -> Place:
        return Place("", self.process)

    def _line(self, office: Office, counted: dict[str, int]) -> str:
        said = ", ".join(f"«{office.title(code)}» — {number}" for code, number in counted.items())
        return f"карточки «{office.process.funnel}», {', '.join(value for _, value in self.says)}: {said or 'нет'}"


@dataclass(frozen=True)
class PlannedUntil(Sight):
    """The stage is planned to end then, in the manager's time."""

    moment: str

    def wanted(self, office: Office) -> str:
        return _says(office, "stage_plan", self.moment)

    def seen(self, office: Office) -> str:
        until, zone = office.value("stage_plan"), office.person(MANAGER).zone
        return _says(office, "stage_plan", until and datetime.fromisoformat(until).astimezone(zone).strftime(MOMENT))


@dataclass(frozen=True)
class There(Sight):
    """The same sight at another card."""

    place: Place
    sight: Sight

    def wanted(self, office: Office) -> str:
        return f"{self.place.name}: {self.sight.wanted(office.at(self.place))}"

    def seen(self, office: Office) -> str:
        return f"{self.place.name}: {self.sight.seen(office.at(self.place))}"


def _says(office: Office, name: str, value: object) -> str:
    return f"поле «{office.field(name).label}»: {'пусто' if value in (None, '', []) else value}"


@dataclass(frozen=True)
class Comment(Sight):
    """One comment of the timeline begins so."""

    begins: str

    def wanted(self, office: Office) -> str:
        return f"комментарий в сделке: «{self.begins}{AND_SO_ON}"

    def seen(self, office: Office) -> str:
        return f"комментарий в сделке: {_once(office.comments(), self.begins)}"


@dataclass(frozen=True)
class Comments(Sight):
    """So many comments stand in the timeline, and no more."""

    number: int

    def wanted(self, office: Office) -> str:
        return f"комментариев в карточке всего: {self.number}"

    def seen(self, office: Office) -> str:
        return f"комментариев в карточке всего: {len(office.comments())}"


@dataclass(frozen=True)
class Told(Sight):
    """One notification of that person begins so."""

    who: str
    begins: str

    def wanted(self, office: Office) -> str:
        return f"{self._lead(office)} «{self.begins}{AND_SO_ON}"

    def seen(self, office: Office) -> str:
        return f"{self._lead(office)} {_once(office.notifications(office.person(self.who)), self.begins)}"

    def _lead(self, office: Office) -> str:
        person = office.person(self.who)
        return f"уведомление → {person.name} ({person.city}):"


# — tasks —


@dataclass(frozen=True)
class TaskOpen(Sight):
    """The task is open, for that person, due at that moment of the person's own time."""

    code: str
    to: str
    due: str
    title: str = ""

    def wanted(self, office: Office) -> str:
        person = office.person(self.to)
        due = datetime.strptime(self.due, MOMENT).replace(tzinfo=person.zone)
        return self._line(office, person.id, due, is_open=True)

    def seen(self, office: Office) -> str:
        task = self.task(office)
        return self._line(office, task.responsible, task.deadline, is_open=task.is_open)

    def task(self, office: Office) -> Task:
        return office.task(self.code, self.title)

    def _line(self, office: Office, responsible: int, due: datetime, *, is_open: bool) -> str:
        person, state = office.named(responsible), "задача" if is_open else "завершённая задача"
        times = f"срок {moment(due.astimezone(person.zone))}, мск {moment(due.astimezone(HEAD_OFFICE))}"
        return f"{state} «{self.title or office.task_title(self.code)}» → {person.name} ({person.city}), {times}"


class FreeTask(TaskOpen):
    """The same of a task that belongs to no card."""

    def task(self, office: Office) -> Task:
        return office.free_task(self.title or office.task_title(self.code))


@dataclass(frozen=True)
class TaskClosed(Sight):
    """The task is completed."""

    code: str
    title: str = ""

    def wanted(self, office: Office) -> str:
        return f"задача «{self.title or office.task_title(self.code)}» завершена"

    def seen(self, office: Office) -> str:
        state = "открыта" if office.task(self.code, self.title).is_open else "завершена"
        return f"задача «{self.title or office.task_title(self.code)}» {state}"


@dataclass(frozen=True)
class SaidInTask(Sight):
    """The newest message of the task says so; `{files}` in it stands for the label of that field."""

    code: str
    text: str

    def wanted(self, office: Office) -> str:
        return self._line(office, self.text.format(files=office.field("files").label))

    def seen(self, office: Office) -> str:
        return self._line(office, "".join(office.messages(office.task(self.code))[-1:]))

    def _line(self, office: Office, text: str) -> str:
        return f"в задаче «{office.task_title(self.code)}» сказано: «{text}»"


@dataclass(frozen=True)
class Checklist(Sight):
    """The task has the checklist of config/."""

    code: str

    def wanted(self, office: Office) -> str:
        return f"чек-лист: {' □ '.join(('', *office.process.tasks[self.code].checklist)).strip()}"

    def seen(self, office: Office) -> str:
        return f"чек-лист: {' □ '.join(('', *office.checklist(office.task(self.code)))).strip()}"


@dataclass(frozen=True)
class Watched(Sight):
    """The people of config/ watch the task."""

    code: str

    def wanted(self, office: Office) -> str:
        return self._line(office.person(role).name for role in office.process.tasks[self.code].observers)

    def seen(self, office: Office) -> str:
        return self._line(office.named(one).name for one in office.task(self.code).observers)

    def _line(self, names: Iterable[str]) -> str:
        return f"наблюдают: {', '.join(sorted(names)) or 'никто'}"


class AllTasks(Sight):
    """The deal has these tasks, open or not, each once, and no other."""

    lead, only_open = "все задачи карточки", False

    def __init__(self, *codes: str):
        self._codes = codes

    def wanted(self, office: Office) -> str:
        return self._line([office.task_title(code) for code in self._codes])

    def seen(self, office: Office) -> str:
        return self._line([task.title for task in office.tasks() if task.is_open or not self.only_open])

    def _line(self, titles: Sequence[str]) -> str:
        return f"{self.lead}: {', '.join(f'«{title}»' for title in titles) or 'нет'}"


class OpenTasks(AllTasks):
    """The deal has these open tasks and no other."""

    lead, only_open = "открытые задачи карточки", True
