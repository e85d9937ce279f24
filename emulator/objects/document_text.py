"""How the value of a document's field becomes text: dates by letters, names by parts, the rest as it is.

https://apidocs.bitrix24.com/api-reference/document-generator/examples/document-date-name.html
"""

import re
from datetime import datetime

from ..php import as_list
from ..values import BadValue, moment

DAY = "d.m.Y"
_BASE = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]
_DATED = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_LETTERS = {
    "d": lambda when: f"{when:%d}",
    "j": lambda when: str(when.day),
    "m": lambda when: f"{when:%m}",
    "n": lambda when: str(when.month),
    "F": lambda when: _DATED[when.month - 1],
    "f": lambda when: _BASE[when.month - 1],
    "y": lambda when: f"{when:%y}",
    "Y": lambda when: f"{when:%Y}",
    "H": lambda when: f"{when:%H}",
    "i": lambda when: f"{when:%M}",
    "s": lambda when: f"{when:%S}",
}
_LETTER = re.compile("[" + "".join(_LETTERS) + "]")
_PART = re.compile(r"#(TITLE|NAME|LAST_NAME|SECOND_NAME)(_SHORT)?#")
_NEXT_MODIFIER = re.compile(r",\s*(?=\w+=)")


def text(value: object, modifiers: str = "", form: str = "") -> str:
    """`modifiers` are those of the template, `form` is what is used without them."""
    form = _modifiers(modifiers).get("format") or form
    if isinstance(value, datetime):
        return dated(value, form or DAY)
    if isinstance(value, dict) and {"NAME", "LAST_NAME"} & value.keys():
        return named(value, form or "#LAST_NAME# #NAME# #SECOND_NAME#")
    if isinstance(value, (list, dict)):
        return ", ".join(text(element, modifiers, form) for element in as_list(value))
    return "" if value is None else str(value)


def date(value: object) -> object:
    """A moment where the text is one, else the value itself."""
    try:
        return datetime.fromisoformat(moment(value))
    except BadValue:
        return value


def dated(when: datetime, form: str) -> str:
    return _LETTER.sub(lambda match: _LETTERS[match[0]](when), form)


def named(parts: dict, form: str) -> str:
    def part(match: re.Match) -> str:
        said = str(parts.get(match[1]) or "")
        return f"{said[:1]}." if match[2] and said else said

    return " ".join(_PART.sub(part, form).split())


def _modifiers(given: str) -> dict[str, str]:
    """`format=d.m.Y,case=1`; a format may stand alone."""
    if given and "=" not in given:
        return {"format": given}
    pairs = (part.partition("=") for part in _NEXT_MODIFIER.split(given))
    return {name.strip(): value for name, _, value in pairs}
