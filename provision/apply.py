"""Do what a plan says, as often as it takes: each round looks at the portal anew, so a run that was killed goes on."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bitrix.client import Portal
from bitrix.errors import (
    MethodMissing,
    NotExecuted,
    OutcomeUnknown,
    PortalClosed,
    PortalError,
    PortalMoved,
    Rejected,
    WebhookRefused,
)
from config import Company
from engine.storage import Storage
from provision import found, wanted
from provision.plan import Answers, Plan, Step, compare

MOST_ROUNDS = 10
AT_ONCE = 50
UNDER_WAY = "provision:since"
"""The mark in our tables while something of ours may still be on its way to the portal."""


@dataclass
class Applied:
    """How it ended: what is left to do or say, and what the portal refused; `postponed`: what it had no time for."""

    left: Plan
    done: int = 0
    refused: dict[Step, PortalError] = field(default_factory=dict)
    postponed: NotExecuted | None = None


def plan(portal: Portal, company: Company, answers: Answers | None = None) -> Plan:
    """What would be done now. Raises the PortalError of what the portal does not answer."""
    asked = wanted.of(company)
    return compare(company, asked, found.read(portal, asked.folders, [one.section for one in asked.catalogue]), answers)


def apply(
    portal: Portal, store: Storage, company: Company, answers: Answers, progress: Callable[[int, int], None]
) -> Applied:
    """Do everything that can be done; `progress(done, of)` is told after every request.

    Raises the PortalError that concerns the portal as a whole, or that kept some of it from being done for all rounds.
    """
    _wait_for_the_last_one(portal, store)
    applied = Applied(Plan(()))
    for _ in range(MOST_ROUNDS):
        applied.left, applied.postponed = plan(portal, company, answers), None
        steps = [step for step in applied.left.doable if step not in applied.refused]
        if not steps:
            break
        _note(store, portal.now().isoformat())
        if _round(portal, steps, applied, progress):
            time.sleep(2 * portal.cut_seconds)
    if applied.postponed is not None:
        raise applied.postponed
    _note(store, None)
    return applied


def _round(portal: Portal, steps: list[Step], applied: Applied, progress: Callable[[int, int], None]) -> bool:
    """Send the commands of these steps. True if the outcome of any stayed unknown."""
    sent = [(step, command) for step in steps for command in step.commands]
    unknown = False
    for start in range(0, len(sent), AT_ONCE):
        together = sent[start : start + AT_ONCE]
        for (step, _), outcome in zip(together, portal.submit([command for _, command in together]), strict=True):
            match outcome:
                case OutcomeUnknown():
                    unknown = True
                case Rejected() | MethodMissing():
                    applied.refused[step] = outcome
                case WebhookRefused() | PortalMoved() | PortalClosed():
                    raise outcome
                case NotExecuted():
                    applied.postponed = outcome
                case _:
                    applied.done += 1
        progress(min(start + AT_ONCE, len(sent)), len(sent))
    return unknown


def _wait_for_the_last_one(portal: Portal, store: Storage) -> None:
    """A run that was killed may have a request on its way, until the portal cuts it."""
    with store.read() as connection:
        since = store.mark(connection, UNDER_WAY)
    if since:
        rest = datetime.fromisoformat(since) + timedelta(seconds=2 * portal.cut_seconds) - portal.now()
        time.sleep(max(0.0, rest.total_seconds()))


def _note(store: Storage, since: str | None) -> None:
    with store.write() as tx:
        store.set_mark(tx, UNDER_WAY, since)
