"""Whether everything that was due has come true: once, for everybody, at its hour, and nothing on a day off."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from simulate import calendar
from simulate.calendar import MOSCOW, at
from simulate.life import Outage
from simulate.office import Office, Person, Task
from simulate.witness import Witness

MANAGER, REPRESENTATIVE = "Менеджер по продажам", "Территориальный представитель"
AT_ONCE = timedelta(minutes=5)
OPENS = {"RECEIVABLES", "REP_REPORT", "DISTRIBUTOR"}


@dataclass
class Verdict:
    """`counted`: what was looked at; `complaints`: what is not as it must be."""

    counted: Counter = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    def expect(self, what: str, wanted: object, found: object, about: str) -> None:
        self.counted[what] += 1
        if wanted != found:
            self.complaints.append(f"{what}: {about}: expected {_said(wanted)}, on the portal {_said(found)}")


class Judge:
    """Reads the portal once, when the life is over."""

    def __init__(self, office: Office, witness: Witness, first: date, last: date, outages: Iterable[Outage] = ()):
        self._office, self._witness, self._first, self._last = office, witness, first, last
        self._outages = list(outages)
        self._tasks: dict[tuple[int | None, str], list[Task]] = defaultdict(list)
        self._free: dict[str, list[Task]] = defaultdict(list)
        for task in office.tasks():
            self._tasks[task.deal, task.code].append(task)
            if task.deal is None:
                self._free[task.code].append(task)
        self.verdict = Verdict()

    def judge(self) -> Verdict:
        for check in (self._weeks, self._consolidated, self._months, self._distributor, self._reviews, self._days_off):
            check()
        return self.verdict

    # — receivables —

    def _weeks(self) -> None:
        cards = defaultdict(list)
        for card in self._office.cards("RECEIVABLES"):
            cards[card["UF_CRM_SF_DZ_WEEK"]].append(card)
        for name, asked, due in calendar.weeks(self._first, self._last):
            managers = self._witness.managers.get(name, set()) | self._witness.newcomers.get(name, set())
            wanted = sorted(person.name for person in managers)
            found = sorted(card["title"].rpartition(" — ")[2] for card in cards.pop(name, []) or [])
            self.verdict.expect("week of receivables: one card for each manager", wanted, found, name)
            self._week(name, asked, due)
        for name, _, _ in calendar.weeks(self._first - timedelta(days=7), self._first - timedelta(days=1)):
            cards.pop(name, None)  # the layer went live in it
        for name in cards:
            self.verdict.expect("week of receivables: none too many", None, name, name)

    def _week(self, name: str, asked: date, due: date) -> None:
        over = calendar.worked_after(due, 2) <= self._last
        people = {person.name: person for person in self._witness.managers.get(name, ())}
        newcomers = {person.name: person for person in self._witness.newcomers.get(name, ())}
        for card in self._office.cards("RECEIVABLES", **{"=UF_CRM_SF_DZ_WEEK": name}):
            who = card["title"].rpartition(" — ")[2]
            monday = asked - timedelta(days=asked.weekday())
            if who in newcomers:
                _, begins, ends = calendar.week(monday, newcomers[who].city)
                made, zone = datetime.fromisoformat(card["createdTime"]), newcomers[who].zone
                self.verdict.expect(
                    "week of receivables: newcomers are asked by ten of the last day",
                    True,
                    at(begins, 9, zone) < made <= at(ends, 10, zone) + AT_ONCE,
                    f"{card['title']}: {_said(made)}",
                )
            person = people.get(who)
            if person is None:
                continue
            self._opened(
                "week of receivables: asked for at 09:00 local",
                card,
                at(calendar.week(monday, person.city)[1], 9, person.zone),
            )
            stage = self._office.stage(card)
            if over:
                self.verdict.expect(
                    "week of receivables: closed", True, stage in ("WON", "LOSE", "CHECK"), f"{card['title']}: {stage}"
                )
            first = self._tasks[card["id"], "RC-1"][:1]
            if first:  # by the clock of whoever makes it: somebody on leave has a deputy
                maker = self._office.people[first[0].responsible]
                due = calendar.week(monday, maker.city)[2]
                self._due("RC-1: due at 12:00 local", first[0], at(due, 12, maker.zone), card)

    def _consolidated(self) -> None:
        """RC-3: one a week, on the last working day at 16:00, to be read until the next noon."""
        found = {task.created.astimezone(MOSCOW).date(): task for task in self._free["RC-3"]}
        self.verdict.expect("RC-3: one a day", len(self._free["RC-3"]), len(found), "all")
        for name, _, due in calendar.weeks(self._first, self._last):
            if due <= self._last and not self._was_down(at(due, 16)):
                task = found.get(due)
                self.verdict.expect(
                    "RC-3: the consolidated report at 16:00 MSK", at(due, 16), task and _minute(task.created), name
                )
                read_by = at(calendar.worked_after(due, 1), 12)
                self.verdict.expect("RC-3: to be read by the next noon", read_by, task and task.deadline, name)

    # — representatives —

    def _months(self) -> None:
        people = [one for one in self._office.people.values() if one.position == REPRESENTATIVE]
        cards = defaultdict(list)
        for card in self._office.cards("REP_REPORT"):
            cards[card["UF_CRM_SF_RP_MONTH"], int(card["UF_CRM_SF_RP_WHO"])].append(card)
        for month in calendar.months(self._first, self._last):
            for person in people:
                asked, *_ = calendar.rep_month(month, person.city)
                if self._first <= asked <= self._last and at(asked, 9, person.zone) > at(self._first, 0):
                    found = cards[f"{month:%Y-%m}", person.id]
                    self.verdict.expect(
                        "month of a representative: one card", 1, len(found), f"{person.name}, {month:%Y-%m}"
                    )
                    for card in found:
                        self._rep_month(month, person, card)
        self._carried(cards)

    def _rep_month(self, month: date, person: Person, card: dict) -> None:
        asked, due, _, _, given_up = calendar.rep_month(month, person.city)
        self._opened(
            "month of a representative: asked for at 09:00 of its last working day", card, at(asked, 9, person.zone)
        )
        for task in self._tasks[card["id"], "RP-1"][:1]:
            self._due("RP-1: due on the third working day, 18:00 local", task, at(due, 18, person.zone), card)
        if calendar.worked_after(given_up, 1) <= self._last:
            stage = self._office.stage(card)
            self.verdict.expect(
                "month of a representative: given up on the eleventh working day", False, stage == "NEW", card["title"]
            )

    def _carried(self, cards: dict) -> None:
        """What one month leaves, the next one begins with."""
        for (month, user), found in sorted(cards.items()):
            after = cards.get((f"{calendar.next_month(date.fromisoformat(f'{month}-01')):%Y-%m}", user))
            if (
                after
                and self._office.stage(found[0]) in ("WON", "LOSE")
                and date.fromisoformat(f"{month}-01") >= self._first
            ):
                left, begun = found[0]["UF_CRM_SF_RP_CARRYOUT"], after[0]["UF_CRM_SF_RP_CARRY"]
                self.verdict.expect(
                    "month of a representative: the balance carried over",
                    _money(left),
                    _money(begun),
                    after[0]["title"],
                )

    # — the distributor —

    def _distributor(self) -> None:
        summaries, branches = Counter(), defaultdict(list)
        for card in self._office.cards("DISTRIBUTOR"):
            key = card["UF_CRM_SF_DB_MONTH"], int(card["UF_CRM_SF_DB_MGR"] or 0)
            if card["UF_CRM_SF_DB_TYPE"] == self._office.option("DB_TYPE", "Филиал"):
                branches[key].append(card)
            else:
                summaries[key] += 1
        for month in calendar.months(self._first - timedelta(days=31), self._last):
            opened, due, closed = calendar.distributor_month(month)
            if self._first <= opened <= self._last and month in self._witness.branches:
                self._distributor_month(month, opened, due, summaries, branches)

    def _distributor_month(self, month: date, opened: date, due: date, summaries: Counter, branches: dict) -> None:
        name = f"{month:%Y-%m}"
        reporting = [row for row in self._witness.branches[month] if _reports(row, month)]
        for manager in sorted({int(row["UF_CRM_SF_BRANCH_MGR"]) for row in reporting}):
            person = self._office.people[manager]
            self.verdict.expect(
                "month of the distributor: one summary for each manager",
                1,
                summaries[name, manager],
                f"{person.name}, {name}",
            )
            wanted = sorted(int(row["id"]) for row in reporting if int(row["UF_CRM_SF_BRANCH_MGR"]) == manager)
            found = sorted(int(card["UF_CRM_SF_DB_BRANCH"]) for card in branches[name, manager])
            self.verdict.expect(
                "month of the distributor: one card for each branch", wanted, found, f"{person.name}, {name}"
            )
            for card in branches[name, manager]:
                self._opened(
                    "month of the distributor: opened at 09:00 MSK of the first working day", card, at(opened, 9)
                )
                for task in self._tasks[card["id"], "DB-1"][:1]:
                    self._due("DB-1: due on the third working day, 18:00 local", task, at(due, 18, person.zone), card)

    def _reviews(self) -> None:
        """DR-1: one a quarter, asked on the 10th, due five working days before the last one."""
        for quarter, (asked, due, _) in calendar.REVIEWS.items():
            if self._first <= asked <= self._last:
                found = [task for task in self._free["DR-1"] if f" {quarter}" in f" {task.title}"]
                self.verdict.expect("DR-1: one review of rates a quarter", 1, len(found), quarter)
                for task in found:
                    if not self._was_down(at(asked, 9)):
                        self.verdict.expect(
                            "DR-1: asked for at 09:00 MSK", at(asked, 9), _minute(task.created), quarter
                        )
                    self.verdict.expect(
                        "DR-1: due five working days before the last", at(due, 18), task.deadline, quarter
                    )

    # — days off —

    def _days_off(self) -> None:
        """Nothing is due and nobody is told anything on a day off of theirs or outside their hours."""
        for task in (task for found in self._tasks.values() for task in found):
            person = self._office.people[task.responsible]
            if task.deadline and task.created >= at(self._first, 0):
                local = task.deadline.astimezone(person.zone)
                said = f"{task.title}: {person.name}, {local:%d.%m.%Y %H:%M}"
                self.verdict.expect(
                    "deadlines: on working days", True, calendar.is_worked(local.date(), person.city), said
                )
        for effect in self._log():
            if effect["via"] != "webhook":
                continue
            moment = datetime.fromisoformat(effect["at"])
            if effect["method"] == "im.notify.system.add":
                person = self._office.people.get(int(effect["params"].get("USER_ID") or 0))
                if person:
                    local = moment.astimezone(person.zone)
                    fits = calendar.is_worked(local.date(), person.city) and 8 <= local.hour < 20
                    said = f"{person.name}, {local:%d.%m.%Y %H:%M}: {str(effect['params'].get('MESSAGE'))[:80]}"
                    self.verdict.expect("notifications: on working days from 8 to 20 only", True, fits, said)

    def _log(self) -> Iterator[dict]:
        after = 0
        while found := self._office.portal.log(after):
            yield from found
            after = int(found[-1]["number"])

    # — —

    def _opened(self, what: str, card: dict, moment: datetime) -> None:
        """At that moment, or as soon as the service was up again; what was due when the layer went live may be late."""
        if moment <= at(self._first, 0):
            return
        created = datetime.fromisoformat(card["createdTime"])
        wanted = self._up_again(moment)
        self.verdict.expect(
            what,
            True,
            timedelta(0) <= created - wanted < AT_ONCE,
            f"{card['title']}: {_said(created)} instead of {_said(wanted)}",
        )

    def _due(self, what: str, task: Task, moment: datetime, card: dict) -> None:
        """A report that was asked for after its deadline has another one."""
        if self._up_again(datetime.fromisoformat(card["createdTime"])) < moment:
            self.verdict.expect(what, moment, task.deadline, card["title"])

    def _up_again(self, moment: datetime) -> datetime:
        return next((outage.until for outage in self._outages if outage.since <= moment < outage.until), moment)

    def _was_down(self, moment: datetime) -> bool:
        return self._up_again(moment) != moment


def _reports(row: dict, month: date) -> bool:
    """From the month in which it begins until the one before which it ends."""
    begins = date.fromisoformat(row["UF_CRM_SF_BRANCH_ON"][:10])
    ends = row["UF_CRM_SF_BRANCH_OFF"]
    return begins < calendar.next_month(month) and (not ends or date.fromisoformat(ends[:10]) > month)


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(MOSCOW).replace(second=0, microsecond=0)


def _money(value: object) -> str:
    return str(value or "0.00|RUB").partition("|")[0]


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(MOSCOW):%d.%m.%Y %H:%M}"
    return str(value)
