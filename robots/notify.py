"""Tell a person something in Bitrix24, in the hours in which people want to be told."""

from datetime import datetime

from engine.deal import Deal
from engine.ledger import Effect, verb
from engine.people import Person
from engine.run import KEY, Doing, Run
from rules import quiet_hours

CLIENT_ID = "voronka"


def notify(
    run: Run,
    to: str | int,
    text: str,
    *,
    deal: Deal | None = None,
    task: int | None = None,
    urgent: bool = False,
    once: str | None = None,
) -> Doing:
    """A personal notification to a role or a user id; outside the hours of config/limits.yaml it waits (R-13), unless it is urgent.

    It begins with the way to the card, or to `task`, where there is no card. `once`: the subject for which the card's people
    hear it once, however often this trigger asks.
    https://apidocs.bitrix24.com/api-reference/chats/notifications/im-notify-system-add.html
    """
    deal = deal or run.deal
    person = _person(run, to, deal)
    params = {"USER_ID": person.id, "MESSAGE": _way(run, person, deal, task) + text, "TAG": KEY, "CLIENT_ID": CLIENT_ID}
    how, deal_id = AT_ONCE if urgent else NOTIFY, deal.id if deal else None
    return run.do(how, f"notify {to}", "im.notify.system.add", params, deal_id=deal_id, once=once)


def _way(run: Run, person: Person, deal: Deal | None, task: int | None) -> str:
    if deal is not None:
        return f"[url={run.portal.address}{deal.path}]{deal.title}[/url]\n"
    path = f"/company/personal/user/{person.id}/tasks/task/view/{task}/"
    return f"[url={run.portal.address}{path}]Задача №{task}[/url]\n" if task is not None else ""


def _person(run: Run, to: str | int, deal: Deal | None) -> Person:
    people = run.engine.people

    def choose() -> int:
        return (people.active(people.user(to)) if isinstance(to, int) else people.in_role(to, deal)).id

    return people.user(run.fact(f"notify {to} {deal.id if deal else ''}", choose))


def _until(engine, effect: Effect) -> datetime | None:
    """When the hours of whom it is for begin; None: it is within them now."""
    person, hours, now = (
        engine.people.user(effect.params["USER_ID"]),
        engine.company.limits.quiet_hours,
        engine.clock.now(),
    )
    if person is None:
        return None
    allowed = quiet_hours.next_allowed(now, person.zone, engine.calendar_of(person.city), hours.opens, hours.closes)
    return allowed if allowed > now else None


NOTIFY = verb("notify", repeatable=True, later=_until)
AT_ONCE = verb("notify_at_once", repeatable=True)
