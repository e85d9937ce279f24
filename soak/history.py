"""The portal's own record of effects, replayed: cards with their stage records, tasks, words; who did each, in true order."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from soak.words import DEAL, stage_of

PERSON = "control"
CREATED, MOVED, FUNNEL = "created", "stage", "funnel"


@dataclass
class Entry:
    """A record of the stage history: a card entered a stage of a funnel by effect `number` of the portal."""

    id: int
    number: int
    at: datetime
    kind: str
    category: str
    stage: str
    left: str | None
    by_layer: bool
    user: int

    @property
    def change(self) -> str:
        """The identity under which the layer must know it."""
        return f"{'stage' if self.kind == MOVED else 'created'}:{self.id}"


@dataclass
class State:
    """A card after effect `number`."""

    number: int
    at: str
    fields: dict


@dataclass
class Press:
    """A person filled a button field."""

    number: int
    at: str
    option: str


@dataclass
class Deed:
    """Something done to a task."""

    number: int
    at: str
    by_layer: bool


@dataclass
class Task:
    id: int
    card: int
    key: str
    title: str
    number: int
    by_layer: bool
    closings: list[Deed] = field(default_factory=list)
    renewals: list[Deed] = field(default_factory=list)
    items: Counter = field(default_factory=Counter)
    messages: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        last = max((deed.number for deed in self.closings), default=0)
        return last <= max((deed.number for deed in self.renewals), default=0)


@dataclass
class Comment:
    number: int
    text: str
    mark: str


@dataclass
class Write:
    """Fields that the layer wrote."""

    number: int
    fields: dict


@dataclass
class Card:
    """`opened`: the fields with which the layer made it."""

    id: int
    entries: list[Entry] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    by_people: dict = field(default_factory=dict)
    presses: list[Press] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    deleted: int | None = None
    opened: dict | None = None

    @property
    def movers(self) -> set[int]:
        return {entry.user for entry in self.entries}

    def after(self, entry: Entry) -> list[Entry]:
        """Later records."""
        return self.entries[self.entries.index(entry) + 1 :]

    def between(self, first: int, last: int | None) -> list[State]:
        """What the card held from effect `first` until just after `last` (None: until the end)."""
        before = [state for state in self.states if state.number <= first][-1:]
        inside = [state for state in self.states if state.number > first and (last is None or state.number <= last)]
        return before + inside


@dataclass
class Notification:
    number: int
    tag: str
    user: int


class History:
    """Everything that was executed. `strange`: effects of the layer that none of its verbs here has."""

    def __init__(self, log: list[dict], last_record: int, button: str):
        """`last_record`: the newest id of the stage history before; `button`: the key of the field that is a button."""
        self.cards: dict[int, Card] = {}
        self.tasks: dict[int, Task] = {}
        self.notifications: list[Notification] = []
        self.strange: list[dict] = []
        self.done: Counter = Counter()
        self._record, self._button = last_record, button
        self._acts = {
            "crm.item.add": self._card_made, "crm.item.update": self._card_written, "crm.item.delete": self._card_deleted,
            "crm.timeline.comment.add": self._said, "im.notify.system.add": self._notified,
            "tasks.task.add": self._task_made, "tasks.task.complete": self._task_closed,
            "tasks.task.renew": self._task_renewed, "task.checklistitem.add": self._item_made,
            "tasks.task.chat.message.send": self._said_in_task,
        }  # fmt: skip
        for effect in log:
            by_layer = effect["via"] != PERSON
            if by_layer:
                self.done[effect["method"]] += 1
            act = self._acts.get(effect["method"])
            if act is not None:
                act(effect, effect["params"], by_layer)
            elif by_layer:
                self.strange.append(effect)

    # — cards —

    def _card_made(self, effect: dict, params: dict, by_layer: bool) -> None:
        if int(params["entityTypeId"]) != DEAL:
            return
        card, fields = self.cards.setdefault(effect["id"], Card(effect["id"])), dict(params["fields"])
        self._enter(card, effect, CREATED, str(fields["categoryId"]), fields["stageId"], None, by_layer)
        card.states.append(State(effect["number"], effect["at"], fields))
        if by_layer:
            card.opened = fields
        else:
            card.by_people |= fields

    def _card_written(self, effect: dict, params: dict, by_layer: bool) -> None:
        card = self.cards.get(int(params["id"])) if int(params["entityTypeId"]) == DEAL else None
        if card is None:
            if by_layer:
                self.strange.append(effect)
            return
        fields, before = dict(params["fields"]), card.entries[-1]
        category = str(fields.get("categoryId", before.category))
        stage = stage_of(fields["stageId"]) if "stageId" in fields else before.stage
        if category != before.category:
            self._enter(card, effect, FUNNEL, category, stage, before.stage, by_layer)
        elif stage != before.stage:
            self._enter(card, effect, MOVED, category, stage, before.stage, by_layer)
        card.states.append(State(effect["number"], effect["at"], {**card.states[-1].fields, **fields}))
        if by_layer:
            card.writes.append(Write(effect["number"], fields))
            return
        card.by_people |= fields
        if fields.get(self._button):
            card.presses.append(Press(effect["number"], effect["at"], str(fields[self._button])))

    def _enter(
        self, card: Card, effect: dict, kind: str, category: str, stage: str, left: str | None, by_layer: bool
    ) -> None:
        self._record += 1
        at, stage = datetime.fromisoformat(effect["at"]), stage_of(stage)
        card.entries.append(
            Entry(self._record, effect["number"], at, kind, category, stage, left, by_layer, effect["user"])
        )

    def _card_deleted(self, effect: dict, params: dict, by_layer: bool) -> None:
        if by_layer:
            self.strange.append(effect)
        if int(params["id"]) in self.cards:
            self.cards[int(params["id"])].deleted = effect["number"]

    def _said(self, effect: dict, params: dict, by_layer: bool) -> None:
        fields = params["fields"]
        if not by_layer:
            return
        text, _, mark = fields["COMMENT"].rpartition("\n")
        card = self.cards.get(int(fields["ENTITY_ID"]))
        if card is None:
            self.strange.append(effect)
        else:
            card.comments.append(Comment(effect["number"], text, mark))

    def _notified(self, effect: dict, params: dict, by_layer: bool) -> None:
        if by_layer:
            self.notifications.append(Notification(effect["number"], params["TAG"], int(params["USER_ID"])))

    # — tasks —

    def _task_made(self, effect: dict, params: dict, by_layer: bool) -> None:
        fields = params["fields"]
        card = int(str(next(iter(_values(fields.get("UF_CRM_TASK"))), "D_0")).removeprefix("D_"))
        task = Task(effect["id"], card, fields.get("XML_ID", ""), fields["TITLE"], effect["number"], by_layer)
        self.tasks[task.id] = task
        if card in self.cards:
            self.cards[card].tasks.append(task)
        elif by_layer:
            self.strange.append(effect)

    def _task_closed(self, effect: dict, params: dict, by_layer: bool) -> None:
        if task := self._task(effect, params["taskId"], by_layer):
            task.closings.append(Deed(effect["number"], effect["at"], by_layer))

    def _task_renewed(self, effect: dict, params: dict, by_layer: bool) -> None:
        if task := self._task(effect, params["taskId"], by_layer):
            task.renewals.append(Deed(effect["number"], effect["at"], by_layer))

    def _item_made(self, effect: dict, params: dict, by_layer: bool) -> None:
        if task := self._task(effect, params["TASKID"], by_layer):
            task.items[params["FIELDS"]["TITLE"]] += 1

    def _said_in_task(self, effect: dict, params: dict, by_layer: bool) -> None:
        if task := self._task(effect, params["fields"]["taskId"], by_layer):
            task.messages.append(params["fields"]["text"])

    def _task(self, effect: dict, task_id: object, by_layer: bool) -> Task | None:
        task = self.tasks.get(int(task_id))
        if task is None and by_layer:
            self.strange.append(effect)
        return task


def _values(part: object) -> list:
    if isinstance(part, dict):
        return list(part.values())
    return part if isinstance(part, list) else [part] if part else []


def by_mark(card: Card) -> dict[str, list[Comment]]:
    found: dict[str, list[Comment]] = defaultdict(list)
    for comment in card.comments:
        found[comment.mark].append(comment)
    return found
