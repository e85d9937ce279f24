"""Compares the portal's own record of effects with what people's changes should have caused.

What should be is made from the portal's stage history, what people did, and config/; the layer's tables serve only as an
excuse (a stage already left, a card gone), and every excuse is proven by the portal's record.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from config import Process, company
from rules import deadline
from rules.working_time import WorkingCalendar
from soak.estimates import Estimates
from soak.history import FUNNEL, MOVED, Card, Deed, Entry, History, Press, State, Task, by_mark
from soak.keys import digest, key, mark
from soak.record import Record
from soak.words import EMPTY, Words

# What stands in no table of config/ but in the specification (§6.2): which stage of a Soft deal asks for which task.
STAGE_TASKS = {"QUALIFY": "SO-2", "DESIGN": "SO-3", "OFFER": "SO-4"}
FIRST_TASK, AFTER_OFFER = "SO-1", {"SO-4": "SO-5"}
PROCESS = "SOFT"
ENTRY, CREATION, LEAVING = "on_incomplete * *", f"on_created {PROCESS} *", "on_left * *"
BUTTON, PLAN, BLOCK, PRESS, OUR = "make_doc", "stage_plan", "block", "press", "our"
CHILDREN, OF_ESTIMATES = ("children", "child_state"), ("lg_to",)
NOT_MADE = "Документ не сформирован"
RETURNED, STAYS = "Сделка возвращена на стадию", "Сделка остаётся на стадии"
DEAD_LETTER = "Не выполнено автоматически"
# Why a run did nothing, in the words of the layer's tables.
LEFT, RETURN, DELETED = "has left the stage", "returned by the layer", "deleted"
AWAY = ("gone to another funnel", "not in config")
PAUSE = timedelta(seconds=company().limits.return_pause_seconds)


@dataclass(frozen=True)
class Finding:
    """Something that must not be. `kind`: twice | lost | causeless | order | foreign | open | unexplained."""

    kind: str
    card: int | None
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {f'deal {self.card}: ' if self.card else ''}{self.text}"


@dataclass(frozen=True)
class Cause:
    """What an effect may follow from. `entry`: by which stage record of its card, None where by something else."""

    what: str
    entry: Entry | None = None
    text: str | tuple[str, ...] = ""


def check(record: Record) -> list[Finding]:
    """Everything that is not as it should be; an empty list is a clean run."""
    return list(Checker(record).findings())


class Checker:
    def __init__(self, record: Record):
        self._record = record
        self._words = Words(**record.words)
        button = self._words.key(BUTTON)
        self.history = History(record.log, record.last_record, button)
        self._button, self._plan, self._block = button, self._words.key(PLAN), self._words.key(BLOCK)
        self._runs = {(run["change_id"], run["trigger"]): run for run in record.runs}
        self._changes = {run["change_id"] for run in record.runs}
        failed = [run for run in record.runs if run["state"] in ("failed", "parked")]
        self._failed = {run["deal_id"] for run in (*failed, *record.retried)}
        self._alarms = len(failed) + len(record.retried)
        self._tags = Counter(one.tag for one in self.history.notifications)
        self._calendar = WorkingCalendar(company().calendar.short_days, (), company().calendar.overrides)
        self._estimates = Estimates(self.history, self._words)
        self._causes = {card.id: self._causes_of(card) for card in self.history.cards.values()}

    def findings(self) -> Iterator[Finding]:
        yield from self._tables()
        yield from self._stage_history()
        for effect in self.history.strange:
            yield Finding("causeless", None, f"{effect['method']} {str(effect['params'])[:200]}")
        known_tags = {name for causes in self._causes.values() for name in causes}
        unknown = [tag for tag in self._tags if tag not in known_tags]
        for tag in unknown[self._alarms :]:  # of a dead letter the administrator is told
            yield Finding("causeless", None, f"notification {tag} ×{self._tags[tag]} follows from nothing")
        for card in self.history.cards.values():
            yield from self._card(card)

    def _card(self, card: Card) -> Iterator[Finding]:
        yield from self._once(card)
        yield from self._caused(card)
        if card.opened is not None and card.id not in self._failed:
            yield from (Finding(kind, card.id, text) for kind, text in self._estimates.findings(card))
        for entry in card.entries:
            yield from self._entry(card, entry)
        yield from self._closings(card)
        for press in card.presses:
            yield from self._press(card, press)
        yield from self._order(card)
        yield from self._tasks_left(card)
        yield from self._fields(card)

    # — the layer's own word —

    def _tables(self) -> Iterator[Finding]:
        for run in self._record.runs:
            if run["state"] == "open":
                yield Finding("open", run["deal_id"], f"run {run['id']} {run['trigger']} of {run['change_id']}")
            if run["state"] in ("failed", "parked"):
                yield Finding("open", run["deal_id"], f"dead letter {run['id']} {run['trigger']}: {run['note']}")
        for effect in self._record.not_done:
            card = self.history.cards.get(effect["deal_id"])
            if card is None or card.deleted is None:
                yield Finding(
                    "open", effect["deal_id"], f"effect {effect['verb']} is {effect['state']}: {effect['error']}"
                )
        for ending in self._record.worker_endings:
            yield Finding("unexplained", None, ending)

    def _stage_history(self) -> Iterator[Finding]:
        """The record replayed gives the portal's own stage history: else nothing here can be believed."""
        replayed = {entry.id: (card.id, entry.stage) for card in self.history.cards.values() for entry in card.entries}
        for row in self._record.history:
            shown = (int(row["OWNER_ID"]), row["STAGE_ID"].rpartition(":")[2])
            if replayed.get(int(row["ID"])) != shown:
                yield Finding("unexplained", shown[0], f"stage record {row['ID']} was replayed as another")

    # — what an effect may follow from —

    def _causes_of(self, card: Card) -> dict[str, Cause]:
        """Every key that may stand on the card, or on its people, and why."""
        causes: dict[str, Cause] = {}
        for entry in card.entries:
            if (process := self._words.process(entry.category)) is None:
                continue
            causes |= self._causes_of_entry(card, entry.change, entry, process.code)
            if entry.kind != MOVED and process.code == PROCESS:
                causes[key(CREATION, FIRST_TASK, entry.change)] = Cause(FIRST_TASK, entry)
        for task in card.tasks:
            for moment in _moments(task):
                causes |= self._causes_of_closing(card, task, f"task_closed:{task.id}:{moment}")
        for press in card.presses:
            cause = Cause("document", text=(f"Шаблон «{self._words.options[self._button][press.option]}»", NOT_MADE))
            causes |= dict.fromkeys(self._press_keys(card, press), cause)
        return causes | {name: Cause(what) for name, what in self._estimates.causes(card).items()}

    def _causes_of_entry(self, card: Card, change: str, entry: Entry | None, process: str) -> dict[str, Cause]:
        causes = {
            key(ENTRY, "comment", change): Cause("check", entry),
            key(ENTRY, "G-FIX", change): Cause("G-FIX", entry),
        }
        for user in card.movers | set(self._record.users):
            causes[key(ENTRY, f"notify {user}", change)] = Cause("told", entry)
        stages = STAGE_TASKS if entry is None else {entry.stage: STAGE_TASKS.get(entry.stage)}
        for stage, task in stages.items():
            if task and process == PROCESS:
                causes[key(f"on_stage {PROCESS} {stage}", task, change)] = Cause(task, entry)
        return causes

    def _causes_of_closing(self, card: Card, task: Task, change: str) -> dict[str, Cause]:
        code = self._code(task)
        causes = {key("on_task_closed * *", f"notify {user}", change): Cause("told") for user in self._record.users}
        if code in AFTER_OFFER:
            causes[key(f"on_task_closed {PROCESS} {code}", AFTER_OFFER[code], change)] = Cause(AFTER_OFFER[code])
        if code == "SO-3":
            causes[key(f"on_task_closed {PROCESS} {code}", "comment", change)] = Cause("design")
        if code == "G-FIX":
            causes |= self._causes_of_entry(card, f"entered:{change}", None, PROCESS)
        return causes

    def _press_keys(self, card: Card, press: Press) -> list[str]:
        """The moment is that of the card's last write when the layer looked: any from the press on."""
        moments = {m for state in card.states if state.number >= press.number for m in _about(state.at)}
        texts = self._words.options[self._button]
        new, others = texts[press.option], [None, *texts.values()]
        return [
            key(
                f"on_field {PROCESS} {BUTTON}",
                "comment",
                f"field:{card.id}:{BUTTON}:{digest(old, new)}:{moment}",
            )
            for moment in moments
            for old in others
        ]

    def _code(self, task: Task) -> str | None:
        """Which task of config/ it is, by its title."""
        title = task.title.partition(" — ")[0].partition(" (повтор")[0]
        tables = [process.tasks for process in company().processes.values()] + [company().common_tasks]
        return next((one.code for table in tables for one in table.values() if one.title == title), None)

    # — no key twice, no effect without a change —

    def _once(self, card: Card) -> Iterator[Finding]:
        for what, times in Counter(task.key for task in card.tasks if task.by_layer).items():
            if times > 1:
                yield Finding("twice", card.id, f"task {what} ×{times}: {self._what(card, what)}")
        for comment_mark, comments in by_mark(card).items():
            if len(comments) > 1:
                yield Finding("twice", card.id, f"comment {comment_mark} ×{len(comments)}: {comments[0].text[:60]}")
        for task in card.tasks:
            expected = Counter(self._checklist(task))
            for title in expected | task.items:
                if task.items[title] > expected[title]:
                    yield Finding("twice", card.id, f"task {task.id} has the item «{title}» ×{task.items[title]}")
                if task.items[title] < expected[title]:
                    yield Finding("lost", card.id, f"task {task.id} lacks the item «{title}»")
            yield from self._messages(card, task)

    def _checklist(self, task: Task) -> Iterable[str]:
        code = self._code(task)
        one = company().task(PROCESS, code) if code else None
        return one.checklist if one else ()

    def _messages(self, card: Card, task: Task) -> Iterator[Finding]:
        """One message for each closing and each renewal by the layer; one more at most where a person was quicker."""
        ways = (("closed", task.closings, task.renewals), ("renewed", task.renewals, task.closings))
        for own, deeds, others in ways:
            said = [text for text in task.messages if _is_of_renewal(text) == (own == "renewed")]
            ours, theirs = (sum(deed.by_layer is by_layer for deed in deeds) for by_layer in (True, False))
            if len(said) < ours - _repeated(deeds, others):
                yield Finding("lost", card.id, f"task {task.id} was {own} {ours} times and told so {len(said)} times")
            if len(said) > ours + theirs:
                yield Finding("twice", card.id, f"task {task.id} was told {len(said)} times that it was {own}: {said}")
        again = sum(not deed.by_layer for deed in task.renewals) + sum(deed.by_layer for deed in task.renewals)
        if sum(deed.by_layer for deed in task.closings) > 1 + again:
            yield Finding("twice", card.id, f"task {task.id} was closed by the layer more often than it was open")

    def _what(self, card: Card, name: str) -> str:
        cause = self._causes[card.id].get(name)
        return f"{cause.what} of {cause.entry.change if cause.entry else 'a closing or a press'}" if cause else "?"

    def _caused(self, card: Card) -> Iterator[Finding]:
        causes = self._causes[card.id]
        marks = {mark(name): cause for name, cause in causes.items()}
        for task in card.tasks:
            if task.by_layer and task.key not in causes:
                yield Finding("causeless", card.id, f"task {task.id} «{task.title}» {task.key}")
            yield from self._closed_rightly(card, task)
        for comment in card.comments:
            is_of_failure = comment.text.startswith(DEAD_LETTER) and card.id in self._failed
            if not is_of_failure and comment.mark not in marks:
                yield Finding("causeless", card.id, f"comment {comment.mark} «{comment.text[:80]}»")
            elif comment.mark in marks and not comment.text.startswith(marks[comment.mark].text):
                yield Finding("foreign", card.id, f"comment {comment.mark} says «{comment.text[:80]}»")
        yield from self._moves(card)

    def _closed_rightly(self, card: Card, task: Task) -> Iterator[Finding]:
        cause = self._causes[card.id].get(task.key)
        if any(deed.by_layer for deed in task.closings) and cause is not None:
            left = [entry for entry in card.entries if cause.entry is None or entry.id > cause.entry.id]
            if not left and card.deleted is None:
                yield Finding(
                    "causeless", card.id, f"task {task.id} was closed although the card stands where it stood"
                )
        by_people = sum(not deed.by_layer for deed in task.closings)
        if sum(deed.by_layer for deed in task.renewals) > by_people:
            yield Finding("causeless", card.id, f"task {task.id} was opened again more often than people closed it")

    def _moves(self, card: Card) -> Iterator[Finding]:
        """Each move of the layer is the return of a refused card, or follows from a closed task of the designers or from the order."""
        marks = by_mark(card)
        free = self._estimates.moves(card)
        for entry in card.entries:
            said = marks.get(mark(key(ENTRY, "comment", entry.change)), [])
            was_told = bool(said) and said[0].text.startswith(RETURNED)
            if was_told or (card.deleted is not None and self._may_be_refused(card, entry)):
                free.append((entry.number, entry.left))
        for task in card.tasks:
            if self._code(task) == "SO-3":
                free += [(deed.number, stage) for deed in task.closings if not deed.by_layer for stage in ("OFFER",)]
        for entry in card.entries:
            if not entry.by_layer or entry is card.entries[0]:
                continue
            fits = [one for one in free if one[0] < entry.number and one[1] == entry.stage]
            if fits:
                free.remove(fits[-1])
            else:
                yield Finding("causeless", card.id, f"the layer moved it to {entry.stage} by record {entry.id}")

    def _may_be_refused(self, card: Card, entry: Entry) -> bool:
        """Whether the card lacked something and could be returned; of one deleted just then nothing more is said."""
        process = self._words.process(entry.category)
        known = process is not None and entry.stage in process.stages and entry.kind == MOVED
        return known and any(self._lacking(card, entry, process))

    # — every stage entry has its effects once, or is excused —

    def _entry(self, card: Card, entry: Entry) -> Iterator[Finding]:
        process = self._words.process(entry.category)
        if process is None or entry.stage not in process.stages:
            return
        run = self._runs.get((entry.change, ENTRY))
        if run is None:
            if card.deleted is None:
                yield Finding("lost", card.id, f"{self._name(entry)} was never noticed")
            return
        said = [comment.text for comment in by_mark(card).get(mark(key(ENTRY, "comment", entry.change)), [])]
        lacking = self._lacking(card, entry, process)
        if said and said[0].startswith(RETURNED):
            yield from self._returned(card, entry, lacking, said[0])
        elif said and STAYS in said[0]:
            yield from self._stayed(card, entry, lacking, said[0])
        elif entry.by_layer and self._is_return(card, entry):
            yield from self._return_is_silent(card, entry)
        else:
            yield from self._acted(card, entry, process, lacking, run)

    def _returned(self, card: Card, entry: Entry, lacking: set[tuple], text: str) -> Iterator[Finding]:
        if not any(lacking) or not any(
            text.endswith(_as_said(one, ". Заполните эти поля и переведите сделку ещё раз.")) for one in lacking if one
        ):
            yield Finding(
                "causeless", card.id, f"{self._name(entry)} was refused with «{text[:120]}», lacking {sorted(lacking)}"
            )
        if not any(later.stage == entry.left for later in card.after(entry)):
            yield Finding("lost", card.id, f"{self._name(entry)} was refused and never stood on {entry.left} again")
        yield from self._told(card, entry)
        yield from self._no_stage_effects(card, entry, "refused")

    def _stayed(self, card: Card, entry: Entry, lacking: set[tuple], text: str) -> Iterator[Finding]:
        before = [one for one in card.entries if one.id < entry.id and entry.at - one.at < PAUSE and one.left]
        if not any(lacking) or (entry.left is not None and entry.kind == MOVED and not before):
            yield Finding("causeless", card.id, f"{self._name(entry)} was held up, lacking {sorted(lacking)}")
        if not self._count(card, key(ENTRY, "G-FIX", entry.change)):
            yield Finding("lost", card.id, f"{self._name(entry)} was held up without a task")
        yield from self._told(card, entry)
        yield from self._no_stage_effects(card, entry, "held up")

    def _told(self, card: Card, entry: Entry) -> Iterator[Finding]:
        if not any(self._tags[key(ENTRY, f"notify {user}", entry.change)] for user in card.movers):
            yield Finding("lost", card.id, f"{self._name(entry)}: who moved it was not told")

    def _no_stage_effects(self, card: Card, entry: Entry, but: str) -> Iterator[Finding]:
        for name in self._stage_keys(entry):
            if self._count(card, name):
                yield Finding(
                    "causeless", card.id, f"{self._name(entry)} was {but} and acted: {self._what(card, name)}"
                )

    def _return_is_silent(self, card: Card, entry: Entry) -> Iterator[Finding]:
        for name in self._stage_keys(entry):
            if self._count(card, name):
                yield Finding(
                    "causeless", card.id, f"{self._name(entry)} is a return and acted: {self._what(card, name)}"
                )

    def _is_return(self, card: Card, entry: Entry) -> bool:
        """Whether it is the first record on the stage that a refused card was to return to. While its return was under way
        a person may have moved it there and away again: then that was the first."""
        marks = by_mark(card)
        refused = [one for one in card.entries if mark(key(ENTRY, "comment", one.change)) in marks]
        return any(
            next((later for later in card.after(one) if later.stage == one.left), None) is entry for one in refused
        )

    def _acted(self, card: Card, entry: Entry, process: Process, lacking: set[tuple], check: dict) -> Iterator[Finding]:
        expected = self._stage_keys(entry)
        missing = [name for name in expected if not self._count(card, name)]
        if len(missing) < len(expected) and () not in lacking and card.deleted is None:
            yield Finding("causeless", card.id, f"{self._name(entry)} acted although it lacked {sorted(lacking)}")
        for name in missing:
            run = self._runs.get((entry.change, f"on_stage {PROCESS} {entry.stage}"))
            if not self._is_excused(card, entry, run, lacking):
                said = (run or {}).get("note")
                yield Finding("lost", card.id, f"{self._name(entry)}: no {self._what(card, name)} ({said})")
        if (
            entry.kind != MOVED
            and process.code == PROCESS
            and not self._count(card, key(CREATION, FIRST_TASK, entry.change))
        ):
            run = self._runs.get((entry.change, CREATION))
            if not self._is_excused(card, entry, run, lacking):
                yield Finding("lost", card.id, f"{self._name(entry)}: no {FIRST_TASK} ({(run or {}).get('note')})")
        if entry.stage == "ESTIMATE" and process.code == PROCESS and not self._estimates.of(card):
            run = self._runs.get((entry.change, f"on_stage {PROCESS} ESTIMATE"))
            if not card.after(entry) and not self._is_excused(card, entry, run, lacking) and card.deleted is None:
                yield Finding("lost", card.id, f"{self._name(entry)}: no estimate")
        if not self._is_excused(card, entry, check, lacking):
            yield from self._planned(card, entry, process)

    def _planned(self, card: Card, entry: Entry, process: Process) -> Iterator[Finding]:
        planned = self._planned_end(entry, process)
        written = {_moment(write.fields[self._plan]) for write in card.writes if self._plan in write.fields}
        if planned is not None and planned not in written:
            yield Finding("lost", card.id, f"{self._name(entry)}: its plan {planned} was not written")

    def _planned_end(self, entry: Entry, process: Process) -> datetime | None:
        """Of a card whose responsible works in Moscow."""
        plan = process.stages[entry.stage].plan
        zone = entry.at.tzinfo
        return deadline.parse(plan).count(entry.at, zone, self._calendar) if plan else None

    def _is_excused(self, card: Card, entry: Entry, run: dict | None, lacking: set[tuple]) -> bool:
        """What the layer's tables say, if the portal's record proves it."""
        if run is None:
            return False
        note, newer = run["note"] or "", card.after(entry)
        if run["state"] == "withheld" or (run["state"] == "done" and not note and self._was_withheld(entry)):
            # Refused, but a person was quicker: nothing was returned and nothing is said.
            return bool(newer) and any(lacking)
        if LEFT in note:
            return bool(newer)
        if RETURN in note:
            return self._may_be_return(card, entry)
        if DELETED in note:
            return card.deleted is not None
        if any(words in note for words in AWAY):
            return any(one.kind == FUNNEL for one in newer)
        return False

    def _was_withheld(self, entry: Entry) -> bool:
        others = (LEAVING, CREATION, "on_created * *", f"on_stage {PROCESS} {entry.stage}")
        return any(self._runs.get((entry.change, one), {}).get("state") == "withheld" for one in others)

    def _may_be_return(self, card: Card, entry: Entry) -> bool:
        """A record on the stage that an incomplete card came from, be it that a person was as quick as the layer."""
        return any(
            one.left == entry.stage and one.id < entry.id and self._may_be_refused(card, one) for one in card.entries
        )

    def _stage_keys(self, entry: Entry) -> list[str]:
        task = STAGE_TASKS.get(entry.stage)
        if task is None or self._words.process(entry.category).code != PROCESS:
            return []
        return [key(f"on_stage {PROCESS} {entry.stage}", task, entry.change)]

    def _lacking(self, card: Card, entry: Entry, process: Process) -> set[tuple]:
        """The labels that the card may have lacked, as it was between this record and the next."""
        newer = card.after(entry)
        states = card.between(entry.number, newer[0].number if newer else None)
        return {tuple(self._missing(state, entry, process)) for state in states}

    def _missing(self, state: State, entry: Entry, process: Process) -> Iterator[str]:
        stages = list(process.stages.values())
        stage = process.stages[entry.stage]
        asking = {stage.code}
        if stage.semantics != "failure" and process.sequential:
            before = stages[: stages.index(stage)]
            asking |= {one.code for one in before if not one.optional and one.semantics == "process"}
        for field in process.fields.values():
            name = {"company": "companyId", "contact": "contactId"}.get(field.name, field.code)
            if asking & set(field.required_on) and state.fields.get(name) in EMPTY:
                yield field.label
        if (
            process.code == PROCESS
            and stage.code == "ESTIMATE"
            and state.fields.get(self._words.key("address")) in EMPTY
        ):
            yield "Адрес доставки"

    def _count(self, card: Card, name: str) -> int:
        return sum(task.key == name for task in card.tasks)

    def _name(self, entry: Entry) -> str:
        return f"record {entry.id} ({entry.left} → {entry.stage})"

    # — tasks that people closed, buttons that they pressed —

    def _closings(self, card: Card) -> Iterator[Finding]:
        for task in card.tasks:
            for deed in task.closings:
                if not deed.by_layer:
                    yield from self._closing(card, task, deed)

    def _closing(self, card: Card, task: Task, deed: Deed) -> Iterator[Finding]:
        changes = [f"task_closed:{task.id}:{moment}" for moment in _about(deed.at)]
        code = self._code(task)
        noticed = [change for change in changes if (change, "on_task_closed * *") in self._runs]
        if not noticed:
            # The card left the stage just then, and the layer found closed what it was about to close; or it was opened again.
            ours = sum(one.by_layer for one in task.closings)
            overtaken = sum(not _is_of_renewal(text) for text in task.messages) > ours
            overtaken |= any(one.number > deed.number for one in task.renewals)
            overtaken |= any(entry.number > deed.number for entry in card.entries)
            overtaken |= self._was_shut(task, deed)
            if not overtaken and card.deleted is None:
                yield Finding("lost", card.id, f"task {task.id} {code} was closed at {deed.at}, nobody noticed")
            return
        for change in noticed:
            run = self._runs.get((change, f"on_task_closed {PROCESS} {code}"))
            if run is None or run["state"] != "done" or run["note"]:
                continue
            if code in AFTER_OFFER and not self._count(card, key(run["trigger"], AFTER_OFFER[code], change)):
                yield Finding("lost", card.id, f"task {task.id} {code} was closed: no {AFTER_OFFER[code]}")
            if code == "SO-3" and mark(key(run["trigger"], "comment", change)) not in by_mark(card):
                yield Finding("lost", card.id, f"task {task.id} {code} was closed: no comment")

    def _was_shut(self, task: Task, deed: Deed) -> bool:
        """Whether the layer had closed it, and a person opened it and closed it again: a list shows only how it stands."""
        before = sorted((d.number, d.by_layer) for d in (*task.closings, *task.renewals) if d.number < deed.number)
        return [by_layer for _, by_layer in before[-2:]] == [True, False]

    def _press(self, card: Card, press: Press) -> Iterator[Finding]:
        marks = by_mark(card)
        answers = [one for name in set(self._press_keys(card, press)) for one in marks.get(mark(name), [])]
        later = [one for one in card.presses if one.number > press.number and one.option == press.option]
        answers = [one for one in answers if one.number > press.number]
        if not answers and card.deleted is None and not self._went_away(card, press):
            yield Finding("lost", card.id, f"the button pressed at {press.at} was not answered")
        if len(answers) > 1 + len(later):
            yield Finding("twice", card.id, f"the button pressed at {press.at} was answered {len(answers)} times")

    def _went_away(self, card: Card, press: Press) -> bool:
        """Whether the card left its funnel afterwards: a button of another funnel is nobody's."""
        return any(entry.kind == FUNNEL and entry.number > press.number for entry in card.entries)

    # — order —

    def _order(self, card: Card) -> Iterator[Finding]:
        """What follows from stage records came about in their order. Messages in tasks leave by themselves."""
        if card.id in self._failed:
            return
        causes = self._causes[card.id]
        marks = {mark(name): cause for name, cause in causes.items()}
        came = [(task.number, causes.get(task.key)) for task in card.tasks]
        came += [(comment.number, marks.get(comment.mark)) for comment in card.comments]
        came += [(one.number, causes[one.tag]) for one in self.history.notifications if one.tag in causes]
        newest: tuple[int, str] = (0, "")
        for _, cause in sorted(((n, c) for n, c in came if c is not None and c.entry is not None), key=lambda x: x[0]):
            if cause.entry.id < newest[0]:
                yield Finding("order", card.id, f"{cause.what} of record {cause.entry.id} came after {newest[1]}")
            newest = max(newest, (cause.entry.id, f"{cause.what} of record {cause.entry.id}"))

    # — how it stands in the end —

    def _tasks_left(self, card: Card) -> Iterator[Finding]:
        """Tasks of stages that the card has left are closed; a deleted card has no open ones."""
        if card.id in self._failed:
            return
        acting = [entry for entry in card.entries if self._runs.get((entry.change, LEAVING), {}).get("state") == "done"
                  and not self._runs[entry.change, LEAVING]["note"]]  # fmt: skip
        for task in card.tasks:
            if not task.by_layer or not task.is_open or any(not deed.by_layer for deed in task.renewals):
                continue
            cause = self._causes[card.id].get(task.key)
            if card.deleted is not None:
                yield Finding("lost", card.id, f"task {task.id} «{task.title}» is open though the card is deleted")
            elif cause is None or cause.entry is None:
                continue
            elif any(entry.kind == FUNNEL and entry.id > cause.entry.id for entry in card.entries):
                yield Finding("lost", card.id, f"task {task.id} is open though the card went to another funnel")
            elif cause.what != "G-FIX" and (by := next((one for one in acting if _closes(one, cause.entry)), None)):
                yield Finding("lost", card.id, f"task {task.id} «{task.title}» is open, the card went on to {by.stage}")

    def _fields(self, card: Card) -> Iterator[Finding]:
        own = {self._button, self._plan, self._block, *map(self._words.key, (PRESS, OUR, *CHILDREN))}
        own |= {*map(self._words.key, OF_ESTIMATES), *card.opened} if card.opened else set()
        for write in card.writes:
            foreign = set(write.fields) - own - {"stageId"}
            if foreign:
                yield Finding("foreign", card.id, f"the layer wrote {sorted(foreign)}")
            if write.fields.get(self._button) not in (None, ""):
                yield Finding("foreign", card.id, "the layer pressed a button")
        yield from self._plans(card)
        if card.deleted is not None:
            if str(card.id) in self._record.cards:
                yield Finding("foreign", card.id, "is there although a person deleted it")
            return
        shown = self._record.cards.get(str(card.id))
        if shown is None:
            yield Finding("foreign", card.id, "is gone and nobody deleted it")
            return
        for estimate in self._estimates.of(card):
            if card.id not in self._failed and not self._estimates.is_linked(estimate, shown):
                yield Finding("lost", card.id, f"its children do not name its estimate {estimate.id}")
        for name, value in card.by_people.items():
            if name in own or name in ("stageId", "categoryId") or _is_file(value):
                continue
            if _plain(shown.get(name)) != _plain(value):
                yield Finding("foreign", card.id, f"{name} says {shown.get(name)!r}, people wrote {value!r}")
        last = card.entries[-1]
        if (shown["stageId"].rpartition(":")[2], str(shown["categoryId"])) != (last.stage, last.category):
            yield Finding("foreign", card.id, f"stands on {shown['stageId']}, its last record says {last.stage}")
        untouched = {name for name in shown if name.startswith("UF_CRM_SF_")} - set(card.by_people) - own
        for name in untouched:
            if shown[name] not in (*EMPTY, "N"):
                yield Finding("foreign", card.id, f"{name} says {shown[name]!r} and nobody wrote it")
        if shown.get(self._button) not in EMPTY and not self._went_away(card, card.presses[-1]):
            yield Finding("lost", card.id, "its button is still pressed")

    def _plans(self, card: Card) -> Iterator[Finding]:
        """What the layer wrote as the stage's plan is the plan of a record before; the last one is that of the last."""
        possible = set()
        for entry in card.entries:
            process = self._words.process(entry.category)
            if process and entry.stage in process.stages:
                possible.add(self._planned_end(entry, process))
        for task in card.tasks:
            if self._code(task) == "G-FIX":
                possible |= {
                    deadline.parse(stage.plan).count(datetime.fromisoformat(deed.at), datetime.fromisoformat(deed.at).tzinfo, self._calendar)
                    for deed in task.closings for stage in company().processes[PROCESS].stages.values() if stage.plan
                }  # fmt: skip
        for write in card.writes:
            if self._plan in write.fields and _moment(write.fields[self._plan]) not in possible | {None}:
                yield Finding("foreign", card.id, f"the stage's plan was set to {write.fields[self._plan]}")
        last = card.entries[-1]
        process = self._words.process(last.category)
        run = self._runs.get((last.change, ENTRY))
        shown = self._record.cards.get(str(card.id))
        if shown and run and run["state"] == "done" and not run["note"] and not self._was_withheld(last):
            planned = self._planned_end(last, process)
            if planned and _moment(shown.get(self._plan)) != planned:
                yield Finding(
                    "foreign", card.id, f"its plan is {shown.get(self._plan)}, that of {last.stage} is {planned}"
                )


def _closes(later: Entry, cause: Entry) -> bool:
    """Whether entering that stage closes the tasks of the other: forwards those of earlier stages, back those of later ones."""
    stages = company().processes[PROCESS].stages
    order = list(stages)
    if later.id <= cause.id or later.kind != MOVED or stages[later.stage].semantics == "failure":
        return False
    went_back = order.index(later.left) > order.index(later.stage)
    is_later = order.index(cause.stage) > order.index(later.stage)
    return cause.stage != later.stage and went_back == is_later


def _about(at: str) -> tuple[str, str]:
    """The second in which it was recorded, and the one before: the portal looks at its clock twice."""
    moment = datetime.fromisoformat(at)
    return moment.isoformat(), (moment - timedelta(seconds=1)).isoformat()


def _moments(task: Task) -> set[str]:
    return {moment for deed in task.closings if not deed.by_layer for moment in _about(deed.at)}


def _repeated(deeds: list[Deed], others: list[Deed]) -> int:
    """How often we did again what was lost on the way, on a task on which a person had done the opposite meanwhile."""
    ours = [deed.number for deed in deeds if deed.by_layer]
    people = [deed.number for deed in others if not deed.by_layer]
    return sum(any(a < one < b for one in people) for a, b in zip(ours, ours[1:], strict=False))


def _is_of_renewal(text: str) -> bool:
    return text.startswith(("Не заполнено", "Заполните в сделке"))


def _as_said(labels: tuple, end: str) -> str:
    return f"Не заполнено: {', '.join(labels)}{end}"


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


def _is_file(value: object) -> bool:
    return isinstance(value, list)


def _plain(value: object) -> str:
    return "" if value in EMPTY else str(value)
