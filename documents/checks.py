"""What is looked at after a document was filled (spec §15.3), and what of a text cannot stand in one."""

import html
import io
import re
import zipfile
from collections.abc import Iterator

from rules import reading

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
LEFT_OVER = {
    "{{": re.compile(r"\{\{|\}\}"),
    "{%": re.compile(r"\{%|%\}"),
    "None": re.compile(r"\bNone\b"),
    "nan": re.compile(r"\bnan\b", re.IGNORECASE),
    "двойной пробел перед знаком препинания": re.compile(r"[ \u00a0]{2,}[.,;:!?]"),
}
PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|(<w:tab/>|<w:br/>)")


def without_control_characters(value: object) -> object:
    """Variables without what XML cannot hold; line breaks and tabs stay."""
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if isinstance(value, dict):
        return {key: without_control_characters(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_control_characters(one) for one in value]
    return value


def findings(content: bytes, variables: dict) -> list[str]:
    """What is wrong with a filled document, in words for whoever looks after the templates.

    What the values themselves say (a product called «{{ 7*7 }}») is no fault.
    """
    said = text_of(content)
    found = [] if said.strip() else ["документ пуст"]
    bare = _without_values(said, variables)
    found += [f"в документе осталось «{what}»" for what, pattern in LEFT_OVER.items() if pattern.search(bare)]
    rows = variables.get("rows") or []
    if rows and "total" in variables:
        together = sum(reading.number(row["sum"]) for row in rows)
        if together != reading.number(variables["total"]["sum"]):
            found.append(f"сумма строк {together} не равна итогу {variables['total']['sum']}")
    return found


def text_of(content: bytes) -> str:
    """The words of a DOCX, a paragraph a line: body, headers and footers."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = [name for name in file.namelist() if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name)]
        return "\n".join(line for name in names for line in _lines(file.read(name).decode()))


def _lines(xml: str) -> Iterator[str]:
    for paragraph in PARAGRAPH.findall(xml):
        line = "".join("\n" if mark == "<w:br/>" else "\t" if mark else text for text, mark in TEXT.findall(paragraph))
        yield html.unescape(line)


def _without_values(said: str, variables: dict) -> str:
    """The document's text without those values that look like a fault by themselves."""
    for value in sorted(_texts(variables), key=len, reverse=True):
        if any(pattern.search(value) for pattern in LEFT_OVER.values()):
            said = said.replace(value, "")
    return said


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
