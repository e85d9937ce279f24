"""Values by field type: what a client may write, how it is kept, how it is read back.

Kept canonical: numbers as numbers, flags as Y/N, moments as ISO text with the server's offset (they compare as text),
files as ids of the file table, a multiple field as a list. Types and forms:
https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-add.html,
https://apidocs.bitrix24.com/api-reference/data-types.html
"""

import math
from datetime import UTC, datetime, time

from .clock import SERVER_ZONE, iso
from .php import as_list

INTEGERS = frozenset(
    {"integer", "user", "employee", "enumeration", "iblock_section", "iblock_element"}
    | {"crm_company", "crm_contact", "crm_lead", "crm_quote", "crm_category", "crm_deal", "crm_entity"}
)
_PORTAL_FORMATS = ("%d.%m.%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M")


class BadValue(ValueError):
    """The value does not fit the field's type."""


def canonical(kind: str, value: object, multiple: bool = False) -> object:
    """The value as it is kept; the empty text, false and an empty list clear a field."""
    if multiple:
        return [kept for kept in (canonical(kind, element) for element in as_list(value)) if kept is not None]
    if isinstance(value, list):
        value = value[0] if value else None
    if kind in ("boolean", "char"):
        return flag(value)
    if value is None or value == "" or value is False:
        return None
    return _READERS.get(kind, _text)(value)


def asked(kind: str, value: object) -> object:
    """The value of a filter; what does not fit the field's type is compared as text."""
    try:
        return canonical(kind, value)
    except BadValue:
        return str(value)


def flag(value: object) -> str:
    """Y/N from the ways in which clients say yes."""
    return "Y" if value in (True, 1, "1", "Y", "y", "true") else "N"


def moment(value: object) -> str:
    """An ISO or portal-format moment as ISO with the server's offset; without a zone it is the server's time."""
    return iso(_datetime(str(value)))


def day(value: object) -> str:
    """A date as the portal keeps it: midnight UTC, shown with the server's offset."""
    when = _datetime(str(value))
    return iso(datetime.combine(when.date(), time(), UTC))


def in_portal_form(kept: str, kind: str = "datetime") -> str:
    """A kept moment as the portal's own pages write it: 31.12.2026 23:59:59, a date without the time."""
    return datetime.fromisoformat(kept).strftime(_PORTAL_FORMATS[0 if kind == "date" else 1])


def as_written(text: str) -> datetime:
    """A moment in ISO or in the portal's format; it has a zone only if the text has one."""
    text = text.strip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _PORTAL_FORMATS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise BadValue(text)


def _datetime(text: str) -> datetime:
    written = as_written(text)
    return written if written.tzinfo else written.replace(tzinfo=SERVER_ZONE)


def _integer(value: object) -> int:
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        raise BadValue(value) from None


def _double(value: object) -> float | int:
    try:
        number = float(str(value).replace(",", ".").replace(" ", ""))
    except ValueError:
        raise BadValue(value) from None
    if not math.isfinite(number):
        raise BadValue(value)
    return int(number) if number.is_integer() else number


def _money(value: object) -> str:
    """`300|RUB`; a bare number gets the portal's currency."""
    number, _, currency = str(value).partition("|")
    _double(number)
    return f"{number}|{currency or 'RUB'}"


def _text(value: object) -> str:
    if isinstance(value, dict):
        raise BadValue(value)
    return "1" if value is True else str(value)


_READERS = {
    **dict.fromkeys(INTEGERS, _integer),
    "double": _double,
    "date": day,
    "datetime": moment,
    "money": _money,
}
