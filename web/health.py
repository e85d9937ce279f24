"""How the layer is, judged by what its parts left in the store: the web is another process than the worker.

The worker writes `beat:clock` at every tick, `beat:observer` after every look, and its vitals (worker.py) beside them.
"""

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings
from engine.clock import MachineTime
from engine.schedule import troubles
from engine.storage import Storage

VITALS = "vitals"
LATE_SECONDS, DOWN_SECONDS = 15, 60  # beyond the time after which a part should have given a sign

PARTS = ("receiver", "worker", "clock", "jobs", "observer", "portal")
DATABASE = "The database cannot be read: check DATABASE_URL, the disk, the server."
START = "Start the worker: flask serve, or flask worker. Its log says why it ended."
STUCK = "Jobs that fail: {jobs}. flask jobs says why; the log has the rest."
RESTART = "Read the worker's log; restart the worker if it does not come back by itself."
TROUBLES = {
    "Unreachable": "Check that the portal answers from this machine: name, network, proxy.",
    "WebhookRefused": "Look at the incoming webhook on the portal: is it there, not expired, has it the rights? "
    "Then set BITRIX_WEBHOOK_URL and restart.",
    "PortalMoved": "The portal was renamed: set BITRIX_WEBHOOK_URL to its new address and restart.",
    "PortalClosed": "The portal is shut for REST (blocked, deleted or without a paid plan): ask its administrator.",
    "OutcomeUnknown": "The portal breaks answers off: wait some minutes, then look at its status page.",
}


@dataclass(frozen=True)
class Part:
    """One part of the layer.

    `seconds` since its last sign of life, None if there was none since the machine started; `do` is empty while all is
    well.
    """

    state: str
    seconds: float | None
    do: str


def examine(store: Storage, settings: Settings) -> dict[str, Part]:
    """receiver, worker, clock, jobs, observer, portal: each ok, late or down, and what to do about it."""
    try:
        clock, observer, vitals, now = _signs(store)
        stuck = stuck_jobs(store)
    except SQLAlchemyError as error:
        return dict.fromkeys(PARTS, Part("down", None, f"{DATABASE} ({type(error).__name__})"))
    ticked, looked, said = _age(clock, now), _age(observer, now), _age(vitals.get("at"), now)
    lived = said if vitals.get("started", True) else None
    look, tick = settings.look_every_seconds, settings.tick_seconds
    ticks = _part(ticked, tick, RESTART)
    return {
        "receiver": Part("ok", 0, ""),
        "worker": _part(_newest(ticked, looked, lived), tick, START),
        "clock": ticks,
        "jobs": _jobs(stuck, ticks),
        "observer": _part(looked, look, RESTART),
        "portal": _portal(vitals, said, looked, look, tick),
    }


def is_well(parts: dict[str, Part]) -> bool:
    """Late is no alarm yet."""
    return all(part.state != "down" for part in parts.values())


def _signs(store: Storage) -> tuple[dict | None, dict | None, dict, dict]:
    with store.read() as connection:
        clock, observer, vitals = (store.mark(connection, name) for name in ("beat:clock", "beat:observer", VITALS))
    return clock, observer, vitals or {}, MachineTime(store.engine).stamp()


def _age(stamp: dict | None, now: dict) -> float | None:
    return now["seconds"] - stamp["seconds"] if stamp and stamp["boot"] == now["boot"] else None


def stuck_jobs(store: Storage) -> list[str]:
    """Jobs of the clock that have not run for two of their periods, or for a day."""
    with store.read() as connection:
        return [one.job for one in troubles(connection) if one.stuck]


def _jobs(stuck: list[str], clock: Part) -> Part:
    """Jobs that fail are no reason to restart anything: they are late, never down by themselves."""
    if clock.state == "down":
        return clock
    return Part("late", None, STUCK.format(jobs=", ".join(stuck))) if stuck else Part("ok", clock.seconds, "")


def _newest(*ages: float | None) -> float | None:
    return min((age for age in ages if age is not None), default=None)


def _portal(vitals: dict, said: float | None, looked: float | None, look: float, tick: float) -> Part:
    """Down at once when the worker says that the portal takes nothing from us; else by when it last answered."""
    answered, shut = _newest(looked, _answered(vitals, said)), vitals.get("shut")
    if shut and said is not None and said <= tick + DOWN_SECONDS:
        return Part("down", answered and round(answered, 1), TROUBLES[shut])
    return _part(answered, look, TROUBLES.get(vitals.get("trouble"), RESTART))


def _answered(vitals: dict, lived: float | None) -> float | None:
    """How long ago the portal answered the worker."""
    before = vitals.get("portal_answered_before")
    return None if lived is None or before is None else lived + before


def _part(age: float | None, period: float, remedy: str) -> Part:
    if age is None or age > period + DOWN_SECONDS:
        return Part("down", age and round(age, 1), remedy)
    late = age > period + LATE_SECONDS
    return Part("late" if late else "ok", round(age, 1), remedy if late else "")
