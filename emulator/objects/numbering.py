"""Numbers of documents: a template around a counter, which may begin anew every day, month or year.

https://apidocs.bitrix24.com/api-reference/crm/document-generator/numerator/crm-document-generator-numerator-add.html
"""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..clock import SERVER_ZONE
from ..php import as_map
from ..registry import whole
from ..values import flag

GENERATOR = "Bitrix_Main_Numerator_Generator_SequentNumberGenerator"
UNSET = {
    "start": 1,
    "step": 1,
    "length": 0,
    "padString": "0",
    "periodicBy": None,
    "timezone": None,
    "isDirectNumeration": False,
}
_PERIODS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
_LONGEST = 50


def settings(given: object, held: dict) -> dict:
    """The counter's settings after a client wrote `given` over the held ones."""
    known = held | as_map(as_map(given).get(GENERATOR))
    return {
        "start": whole(known["start"], 1),
        "step": whole(known["step"], 1),
        "length": min(max(whole(known["length"], 0), 0), _LONGEST),
        "padString": str(known["padString"])[:1] or "0",
        "periodicBy": known["periodicBy"] if str(known["periodicBy"]) in _PERIODS else None,
        "timezone": str(known["timezone"]) if _zone(known["timezone"]) else None,
        "isDirectNumeration": flag(known["isDirectNumeration"]) == "Y",
    }


def upcoming(portal, numerator: dict) -> str:
    """The number that the next document gets."""
    counted, now = numerator["settings"], _now(portal, numerator)
    digits = str(_count(numerator, now)).rjust(counted["length"], counted["padString"])
    parts = {"NUMBER": digits, "DAY": f"{now:%d}", "MONTH": f"{now:%m}", "YEAR": f"{now:%Y}"}
    text = numerator["template"]
    for name, part in parts.items():
        text = text.replace("{" + name + "}", part)
    return text


def take(portal, numerator: dict) -> str:
    """The same, and the counter goes on."""
    number, now = upcoming(portal, numerator), _now(portal, numerator)
    counted = {"last": _count(numerator, now), "period": _period(numerator, now)}
    portal.store.numerators.update(numerator["id"], counted)
    return number


def _count(numerator: dict, now: datetime) -> int:
    if numerator["last"] is None or numerator["period"] != _period(numerator, now):
        return numerator["settings"]["start"]
    return numerator["last"] + numerator["settings"]["step"]


def _period(numerator: dict, now: datetime) -> str:
    return now.strftime(_PERIODS.get(numerator["settings"]["periodicBy"], ""))


def _now(portal, numerator: dict) -> datetime:
    return portal.clock.now().astimezone(_zone(numerator["settings"]["timezone"]) or SERVER_ZONE)


def _zone(name: object) -> ZoneInfo | None:
    try:
        return ZoneInfo(str(name)) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
