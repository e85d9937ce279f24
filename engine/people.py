"""Who does it: roles of the company → users of the portal (spec §3), deputies, zones."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from bitrix.client import Portal
from config import Company, Representative, Role
from config.loading import HEAD_OF
from engine import storage
from engine.absences import Absences
from engine.deal import Deal
from engine.dictionary import linked_deal
from engine.log import log
from rules import absence
from rules.working_time import WorkingCalendar

MOSCOW = ZoneInfo("Europe/Moscow")


class NobodyInRole(LookupError):
    """No active person fills the role, not even the portal's administrator."""


@dataclass(frozen=True)
class Person:
    """A user of the portal."""

    id: int
    name: str
    email: str
    is_active: bool
    departments: tuple[int, ...]
    zone: tzinfo
    city: str | None


def called(people: Iterable[Person], who: str) -> list[Person]:
    """Those of that e-mail, or of that surname and name, a patronymic may follow; of namesakes those who still work here."""
    if "@" in who:
        found = [person for person in people if person.email == who.strip().lower()]
    else:
        found = [person for person in people if _words(person.name) == _words(who)[:2]]
    return [person for person in found if person.is_active] or found


def _words(name: str) -> list[str]:
    return name.casefold().replace("ё", "е").split()


class People:
    """The portal's users and departments, re-read every `fresh_seconds`."""

    def __init__(
        self,
        portal: Portal,
        company: Company,
        store: storage.Storage,
        calendar_of: Callable[[str | None], WorkingCalendar],
        now: Callable[[], datetime],
        fresh_seconds: float = 300,
    ):
        self._portal, self._company, self._storage = portal, company, store
        self._calendar_of, self._now, self.absences = calendar_of, now, Absences(store)
        self._fresh_seconds = fresh_seconds
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._users: dict[int, Person] = {}
        self._heads: dict[int, tuple[int | None, int | None]] = {}

    # — the directory —

    def refresh(self) -> None:
        """Read users and departments now."""
        users = self._all("user.get", {"FILTER": {}, "ADMIN_MODE": True})
        departments = self._all("department.get", {})
        self._heads = {int(d["ID"]): (_int(d.get("UF_HEAD")), _int(d.get("PARENT"))) for d in departments}
        self._users = {int(user["ID"]): self._person(user) for user in users}
        self._read_at = time.monotonic()

    def _all(self, method: str, params: dict) -> list[dict]:
        rows, start = [], 0
        while start is not None:
            answer = self._portal.call(method, {**params, "start": start})
            rows += answer.result
            start = answer.next
        return rows

    def _person(self, user: dict) -> Person:
        city = user.get("PERSONAL_CITY") if user.get("PERSONAL_CITY") in self._company.cities else None
        name = " ".join(part for part in (user.get("LAST_NAME"), user.get("NAME")) if part)
        departments = tuple(int(one) for one in user.get("UF_DEPARTMENT") or [])
        return Person(
            int(user["ID"]), name or user.get("EMAIL", ""), (user.get("EMAIL") or "").lower(), _is_yes(user.get("ACTIVE")),
            departments, self._zone(user.get("TIME_ZONE"), city), city,
        )  # fmt: skip

    def _zone(self, own: str | None, city: str | None) -> tzinfo:
        """The person's own; where that is empty, or newer than our list of zones, the city's; else Moscow's."""
        try:
            return ZoneInfo(own) if own else self._zone_of(city)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            log.warning("time zone is not known", zone=own)
            return self._zone_of(city)

    def _zone_of(self, city: str | None) -> tzinfo:
        return ZoneInfo(self._company.cities[city].zone) if city else MOSCOW

    def _directory(self) -> dict[int, Person]:
        with self._lock:
            if self._read_at is None or time.monotonic() - self._read_at > self._fresh_seconds:
                self.refresh()
        return self._users

    def user(self, user_id: int) -> Person | None:
        """The person under that id; None when the portal does not show one."""
        return self._directory().get(user_id)

    def by_email(self, email: str) -> Person | None:
        wanted = email.lower()
        return next((person for person in self._directory().values() if person.email == wanted), None)

    def everybody(self) -> list[Person]:
        return list(self._directory().values())

    # — roles —

    def in_role(self, code: str, deal: Deal | None) -> Person:
        """The person who fills the role for this card now: never a dismissed one (R-11)."""
        if code.startswith(HEAD_OF):
            return self.head_of(self.in_role(code.removeprefix(HEAD_OF), deal))
        role = self._company.roles[code]
        if (keeper := self._keeper(role, deal)) is not None:
            return keeper
        chosen = self._of_card(code, deal) if not role.users and not role.users_by_city else self._chosen(role, deal)
        return self.active(chosen, role)

    def _keeper(self, role: Role, deal: Deal | None) -> Person | None:
        """The card's responsible, where cards of its process are kept by this role and they are one of its people."""
        if deal is None or deal.process is None or self._company.processes[deal.process].responsible != role.code:
            return None
        person = self.user(deal.responsible)
        return person if person is not None and person.is_active and person.email in _emails(role) else None

    def may_fill(self, user_id: int, code: str) -> bool:
        """Whether the person is one of those who fill the role, its deputy included, be it now or in turn."""
        person, role = self.user(user_id), self._company.roles[code]
        return person is not None and person.email in _emails(role) | {role.deputy}

    def holds(self, user_id: int, code: str, deal: Deal | None) -> bool:
        """Whether the person fills the role now, or stands in for who does and is dismissed or away."""
        keeper, now = self.in_role(code, deal), self._now()
        return user_id in (keeper.id, self._there(keeper, now, code).id)

    def _there(self, person: Person, now: datetime, role: str) -> Person:
        """The person, or who stands in for one who is away on the working day at hand."""
        return self.instead_of(person, now, now, role) if self.is_away(person, now, now) else person

    def active(self, person: Person | None, role: Role | None = None) -> Person:
        """The person, or who stands in for one that is dismissed: deputy → head of department → administrator (R-11)."""
        if person is not None and person.is_active:
            return person
        return self._stand_in(person, self._deputy(person, role), lambda one: True)

    def _deputy(self, person: Person | None, role: Role | None) -> str:
        """Of a representative their own one; else whom config/people.yaml names for the role, or for one that the person fills;
        "" where nobody is named."""
        if person is None:
            return (role.deputy if role else None) or ""
        known, roles = self._company.representatives.get(person.email), self._company.roles.values()
        asked = [known, role, *(one for one in roles if person.email in _emails(one))]
        return next((one.deputy for one in asked if one is not None and one.deputy), "")

    def reporter(self, person: Person, started: datetime, due: datetime, deputy: str = "") -> Person:
        """Who makes a periodic report of the person: the person, or who stands in for one that is dismissed or away all the
        working time from `started` to `due`: deputy (an e-mail) → head of department → administrator (R-12)."""
        if person.is_active and not self.is_away(person, started, due):
            return person
        return self._stand_in(person, deputy, lambda one: not self.is_away(one, started, due))

    def instead_of(self, person: Person, started: datetime, due: datetime, role: str = "") -> Person:
        """Who does what the person, away, cannot do from `started` to `due`: the deputy of the role, or of the person's own one,
        who is there → head of department → administrator (R-12)."""
        deputy = self._deputy(person, self._company.roles.get(role))
        return self._stand_in(person, deputy, lambda one: not self.is_away(one, started, due))

    def is_away(self, person: Person, started: datetime, due: datetime) -> bool:
        """Whether the person is away all the working time from `started` to `due`."""
        known = self.absences.of(person.id)
        return bool(known) and absence.covers(known, started, due, person.zone, self._calendar_of(person.city))

    def _stand_in(self, person: Person | None, deputy: str, is_there: Callable[[Person], bool]) -> Person:
        """The deputy, else the nearest head of the person who is there, else the administrator."""
        others = [self.by_email(deputy) if deputy else None, *(self._heads_above(person) if person else ())]
        for one in others:
            if one is not None and one.is_active and one != person and is_there(one):
                return one
        return self.administrator()

    def administrator(self) -> Person:
        """ADMIN of config/people.yaml."""
        for email in self._company.roles["ADMIN"].users:
            person = self.by_email(email)
            if person is not None and person.is_active:
                return person
        raise NobodyInRole(
            "No active user of the portal has the e-mail that config/people.yaml gives for ADMIN: correct it."
        )

    def head_of(self, person: Person) -> Person:
        """The head of the person's department; of a head, the head above; the commercial director where there is none."""
        head = self._head(person)
        return head if head is not None else self.active(self._chosen(self._company.roles["COMMERCIAL_DIRECTOR"], None))

    def _head(self, person: Person) -> Person | None:
        return next(self._heads_above(person), None)

    def _heads_above(self, person: Person) -> Iterator[Person]:
        """Active heads of the person's departments, the nearest first."""
        for department in person.departments:
            seen: set[int] = set()
            while department is not None and department not in seen:
                seen.add(department)
                head_id, parent = self._heads.get(department, (None, None))
                head = self.user(head_id) if head_id else None
                if head is not None and head.is_active and head.id != person.id:
                    yield head
                department = parent

    def _of_card(self, code: str, deal: Deal | None) -> Person | None:
        """Roles without people in config: whom a field of the card names, else the responsible of the nearest card upwards whose
        process names the role."""
        if deal is None:
            return None
        if (named := self._named(self._company.roles[code], deal)) is not None:
            return named
        responsible, card, seen = deal.responsible, (deal.process, deal.raw), set()
        while card is not None and card[1].get("id") not in seen:
            process, raw = card
            if process and self._company.processes[process].responsible == code:
                responsible = int(raw.get("assignedById") or 0)
                break
            seen.add(raw.get("id"))
            card = self._parent(raw)
        return self.user(responsible)

    def _named(self, role: Role, deal: Deal) -> Person | None:
        """Whom the role's field names; for one who is dismissed the responsible of the deal that `else_of` names stands in."""
        value = deal[role.field] if role.field else None
        person = self.user(value) if isinstance(value, int) else None
        if person is None or person.is_active or not role.else_of:
            return person
        instead = self._responsible_of(deal[role.else_of])
        return instead if instead is not None and instead.is_active else person

    def _responsible_of(self, deal_id: int | None) -> Person | None:
        cards = storage.cards
        with self._storage.read() as connection:
            raw = connection.scalar(sa.select(cards.c.raw).where(cards.c.deal_id == deal_id))
        return self.user(int(raw.get("assignedById") or 0)) if raw else None

    def _parent(self, raw: dict) -> tuple[str | None, dict] | None:
        cards = storage.cards
        above = sa.select(cards.c.process, cards.c.raw).where(
            cards.c.deal_id == linked_deal(raw.get("UF_CRM_SF_PARENT"))
        )
        with self._storage.read() as connection:
            row = connection.execute(above).first()
        return (row.process, row.raw) if row else None

    def _chosen(self, role: Role, deal: Deal | None) -> Person | None:
        emails = list(role.users)
        if role.by == "city" and deal is not None:
            emails = list(role.users_by_city.get(deal["city"] or "", ())) or emails
        if role.by == "representative" and deal is not None and (coordinator := self._coordinator(deal["rp_who"])):
            emails = [coordinator, *emails]
        candidates = [person for email in emails if (person := self.by_email(email)) is not None]
        active = [person for person in candidates if person.is_active]
        if len(active) < 2 or role.pick == "one":
            return next(iter(active or candidates), None)
        there = self._present(active)
        if role.pick == "round_robin":
            turn = self._storage.count(f"turn:{role.code}")
            return sorted(there, key=lambda person: person.id)[turn % len(there)]
        load = self._open_tasks()
        return min(there, key=lambda person: (load.get(person.id, 0), person.id))

    def _present(self, people: list[Person]) -> list[Person]:
        """Those who are not away on the working day at hand; all of them where nobody is there (R-12)."""
        known, now = self.absences.of_all([person.id for person in people]), self._now()
        there = [
            person
            for person in people
            if not absence.is_away_at(known[person.id], now, person.zone, self._calendar_of(person.city))
        ]
        return there or people

    def representative(self, user_id: int | None) -> Representative | None:
        """What config/representatives.yaml says of the person; None for one who is no representative."""
        person = self.user(user_id) if user_id else None
        return self._company.representatives.get(person.email) if person is not None else None

    def _coordinator(self, user_id: int | None) -> str | None:
        known = self.representative(user_id)
        return known.coordinator if known is not None else None

    def _open_tasks(self) -> dict[int, int]:
        tasks = storage.tasks
        with self._storage.read() as connection:
            rows = connection.execute(
                sa.select(tasks.c.responsible, sa.func.count())
                .where(tasks.c.state == "open")
                .group_by(tasks.c.responsible)
            )
            return {row[0]: row[1] for row in rows}


def _emails(role: Role) -> set[str]:
    return {*role.users, *(email for people in role.users_by_city.values() for email in people)}


def _int(value: object) -> int | None:
    return int(value) if value not in (None, "", "0", 0) else None


def _is_yes(value: object) -> bool:
    return value in (True, "Y", "1", 1, "true")
