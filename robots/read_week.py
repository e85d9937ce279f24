"""Read the whole company's week of receivables: what every manager is owed, and what became of the reports (RC-T6)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from engine.deal import Deal
from engine.dictionary import DEAL
from engine.people import MOSCOW, Person
from reports import kept
from reports.receivables import WEEKS, Manager, Past, title, total
from reports.report import Report
from robots.find_debtors import Book, company_names, debtor_of, read_book
from robots.recount_report import BUCKET_FIELDS
from rules import receivables_week
from rules.debt import BUCKETS, ZERO
from rules.debtors import ROUBLES, Debtor
from rules.discipline import Discipline
from rules.periods import Quarter, Week

REPORT, ORDER = "RECEIVABLES", "SOFT"
SHOWN = 8
"""Weeks in «Динамика 8 недель»."""


def read_week(engine, week: Week, at: datetime) -> tuple[list[Manager], list[Past]]:
    """Every manager of the week, and the weeks side by side, this one last; the portal is asked for all of it."""
    day = receivables_week.report_day(week, engine.calendar_of(None))
    reports = _reports_since(engine, Quarter.of(day).first, day)
    own = [card for card in reports if card["dz_week"] == str(week)]
    managers = list(_managers(engine, week, at, own, reports))
    now = total(managers, week)
    this = Past(str(week), now.buckets, now.debtors, now.mean_days, _discipline(engine, own, at).percent)
    return managers, [*_past(engine, week, at), this]


def _reports_since(engine, first: date, last: date) -> list[Deal]:
    dictionary = engine.dictionary
    day = dictionary.field(REPORT, "dz_date").code
    return engine.cards_where(
        {
            "=categoryId": dictionary.category(REPORT),
            f">={day}": first.isoformat(),
            f"<={day}": last.isoformat(),
        }
    )


# — managers —


def _managers(engine, week: Week, at: datetime, own: list[Deal], reports: list[Deal]) -> Iterator[Manager]:
    """Whoever has debts or a report. A debt is told by whoever reports it, else by whose it is now (E-RC-2)."""
    day = receivables_week.report_day(week, engine.calendar_of(None))
    book = read_book(engine, day)
    lines = _with_advances(engine, _by_manager(engine, book, own, day))
    by_owner, since = _by_owner(engine, own), _by_owner(engine, reports)
    for manager in sorted({*book.managers, *lines, *by_owner}):
        person = engine.people.user(manager)
        if person is not None:
            one = Manager(person.name, person.city or "", book.owed.get(manager, ZERO), tuple(lines.get(manager, ())))
            of_quarter = _discipline(engine, since.get(manager, ()), at).percent
            yield replace(one, **_handed_in(engine, by_owner.get(manager, ())), in_time=of_quarter)


def _by_manager(engine, book: Book, own: list[Deal], day: date) -> dict[int, list[Debtor]]:
    """Lines of the reports stay where they are, also when they are paid; others stand with the manager of today.

    What is owed for a line stands in the book with the same manager.
    """
    told = {shipment: _owner(engine, card) for card in own for shipment in card["dz_list"] or []}
    lines: dict[int, list[Debtor]] = defaultdict(list)
    for manager, debtors in book.debtors.items():
        for one in debtors:
            teller = told.pop(one.deal_id, manager)
            lines[teller].append(one)
            if one.currency == ROUBLES:
                book.owed[manager] -= one.owed
                book.owed[teller] += one.owed
    for one in _paid(engine, list(told), day):
        lines[told[one.deal_id]].append(one)
    return lines


def _paid(engine, shipments: list[int], day: date) -> list[Debtor]:
    """Listed cards of which nothing is late any more."""
    cards = engine.cards_where({"@id": shipments}) if shipments else []
    names = company_names(engine, (card["company"] for card in cards))
    return [replace(debtor_of(engine, card, day, names), overdues=()) for card in cards if card.process]


def _with_advances(engine, lines: dict[int, list[Debtor]]) -> dict[int, list[Debtor]]:
    """E-RC-7. Beside each debt what the client has paid in advance; it is not set off."""
    advances = _advances(engine, {one.company_id for debtors in lines.values() for one in debtors if one.company_id})
    return {
        manager: [replace(one, advance=advances.get(one.company_id)) for one in debtors]
        for manager, debtors in lines.items()
    }


def _advances(engine, clients: Iterable[int]) -> dict[int, Decimal]:
    wanted = sorted(clients)
    if not wanted:
        return {}
    dictionary, found = engine.dictionary, defaultdict(lambda: ZERO)
    field = dictionary.field(ORDER, "so_advance")
    which = {"=categoryId": dictionary.category(ORDER), "@companyId": wanted}
    select = {"select": ["id", "companyId", field.code], "useOriginalUfNames": "Y"}
    for item in engine.items({"entityTypeId": DEAL, "filter": which, **select}):
        amount = dictionary.decode(field, item.get(field.code))
        if isinstance(amount, Decimal) and amount > 0:
            found[int(item["companyId"])] += amount
    return dict(found)


# — reports —


def _owner(engine, card: Deal) -> int:
    """Whose week it is; of somebody dismissed, whoever has taken the report over."""
    manager = engine.people.user(card["dz_manager"]) if card["dz_manager"] else None
    return manager.id if manager is not None and manager.is_active else card.responsible


def _by_owner(engine, reports: Iterable[Deal]) -> dict[int, list[Deal]]:
    """Reports that were asked for, by whose they are; those without debts ask for nothing."""
    found = defaultdict(list)
    for card in reports:
        found[_owner(engine, card)].append(card)
    return found


def _handed_in(engine, own: Iterable[Deal]) -> dict:
    """When the week was to be reported and was: of several reports (somebody was dismissed) the last one counts."""
    asked = [card for card in own if card["dz_list"]]
    if not asked:
        return {}
    sent = [card["dz_sent"] for card in asked if _is_handed_in(card)]
    last = max(_deadline(engine, card) for card in asked)
    return {
        "deadline": last,
        "handed_in": _local(engine, asked[-1], max(sent)) if len(sent) == len(asked) else None,
        "late": any(card["dz_late"] for card in asked),
        "gaps": "\n".join(card["dz_gaps"] for card in asked if card["dz_gaps"]),
    }


def _is_handed_in(card: Deal) -> bool:
    """What was returned and never done over was not handed in."""
    return card["dz_sent"] is not None and card.stage != "LOSE"


def _deadline(engine, card: Deal) -> datetime:
    """The deadline that holds for an open report; for another one, that of its week."""
    if card.stage == "NEW" and card["stage_plan"] is not None:
        return _local(engine, card, card["stage_plan"])
    person, asked = engine.people.user(card.responsible), datetime.fromisoformat(card.raw["createdTime"])
    zone, city = (person.zone, person.city) if person else (MOSCOW, None)
    return receivables_week.of_manager(Week.parse(card["dz_week"]), zone, engine.calendar_of(city), asked).deadline


def _local(engine, card: Deal, moment: datetime) -> datetime:
    person: Person | None = engine.people.user(card.responsible)
    return moment.astimezone(person.zone if person else MOSCOW)


def _discipline(engine, reports: Iterable[Deal], at: datetime) -> Discipline:
    """C-18. Of the reports that were due by then."""
    asked = [card for card in reports if card["dz_list"]]
    late = [bool(card["dz_late"]) for card in asked if _is_handed_in(card)]
    missing = [card for card in asked if not _is_handed_in(card)]
    overdue = sum(card.stage == "LOSE" or _deadline(engine, card) <= at for card in missing)
    return Discipline(late.count(False), late.count(True), overdue)


# — weeks before —


def _past(engine, week: Week, at: datetime) -> Iterator[Past]:
    """What the reports of the weeks before said; where none is kept, what the cards of that week say."""
    weeks = receivables_week.last_weeks(week, SHOWN, engine.calendar_of(None))[:-1]
    known = _as_reported(engine, weeks)
    for one in weeks:
        past = known.get(str(one)) or _as_carded(engine, one, at)
        if past is not None:
            yield past


def _as_reported(engine, weeks: list[Week]) -> dict[str, Past]:
    """Each report says what those before it said."""
    found: dict[str, Past] = {}
    for week in weeks:
        report = kept.newest(engine.storage, title(week))
        found |= {one.name: one for one in (_weeks_of(report) if report else ())}
    return found


def _weeks_of(report: Report) -> Iterator[Past]:
    [sheet] = [one for one in report.sheets if one.title == WEEKS]
    for name, _, *sums, debtors, average, in_time in sheet.rows:
        yield Past(name, dict(zip(BUCKETS, sums, strict=True)), debtors, average, in_time)


def _as_carded(engine, week: Week, at: datetime) -> Past | None:
    dictionary = engine.dictionary
    name = dictionary.field(REPORT, "dz_week").code
    cards = engine.cards_where({"=categoryId": dictionary.category(REPORT), f"={name}": str(week)})
    if not cards:
        return None
    ages = {bucket: sum((_money(card[field]) for card in cards), ZERO) for bucket, field in BUCKET_FIELDS.items()}
    return Past(str(week), ages, None, None, _discipline(engine, cards, at).percent)


def _money(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else ZERO
