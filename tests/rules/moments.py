"""Moments as the specification's tables write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")
KALININGRAD = ZoneInfo("Europe/Kaliningrad")
NOVOSIBIRSK = ZoneInfo("Asia/Novosibirsk")
KAMCHATKA = ZoneInfo("Asia/Kamchatka")


def at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    """«27.11.2026 17:00» in the zone; a day alone is ten in the morning."""
    form = "%d.%m.%Y %H:%M" if ":" in text else "%d.%m.%Y"
    moment = datetime.strptime(text, form).replace(tzinfo=zone)
    return moment if ":" in text else moment.replace(hour=10)


def shown(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """The moment as `at` reads it, in its own zone or another."""
    return f"{moment.astimezone(zone) if zone else moment:%d.%m.%Y %H:%M}"
