"""What IT enters about who is away: the company's own list of absences, as a personnel department keeps it (R-12)."""

from collections.abc import Sequence
from datetime import date

from engine.absences import Told
from engine.people import Person, called
from rules import lists
from rules.lists import Line, Mistaken

WHO, FIRST, LAST, WHY = "Сотрудник", "С", "По", "Причина"
WHOM = "Write an e-mail, or surname and name as on the portal."


def read(content: bytes, people: Sequence[Person]) -> list[Told]:
    """What a table «Сотрудник; С; По; Причина» tells. Raises Mistaken."""

    def told(line: Line) -> Told:
        person, days = lists.all_of(lambda: employee(people, line[WHO]), lambda: _days(line))
        return Told(person.id, *days, line[WHY])

    return lists.each(lists.read(content, WHO, FIRST, LAST), told)


def employee(people: Sequence[Person], who: str) -> Person:
    """Somebody by e-mail, or by surname and name; a patronymic may follow. Raises Mistaken."""
    if not who:
        raise Mistaken(f"«{WHO}» is empty. {WHOM}")
    found = called(people, who)
    if not found:
        raise Mistaken(f"The portal has no employee «{who}». {WHOM}")
    if len(found) > 1:
        mails = ", ".join(person.email or f"ID {person.id}" for person in found)
        raise Mistaken(f"The portal has {len(found)} employees «{who}»: {mails}. Write the e-mail instead of the name.")
    return found[0]


def _days(line: Line) -> list[date]:
    days = lists.all_of(*(lambda name=name: lists.day(line[name], f"«{name}»") for name in (FIRST, LAST)))
    if days[0] > days[1]:
        raise Mistaken(
            f"«{FIRST}» {days[0]:%d.%m.%Y} is later than «{LAST}» {days[1]:%d.%m.%Y}. Exchange the two days."
        )
    return days
