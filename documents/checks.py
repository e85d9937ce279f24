"""What is looked at after a document was filled (spec §15.3), and what of a text cannot stand in one."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence

from lxml import etree

from rules import reading

OPEN, CLOSE = "\ufdd0", "\ufdd1"
"""Marks around a printed value while a document is being made: no characters of any language, and people can write none."""
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
LEFT_OVER = {
    "{{": re.compile(r"\{\{|\}\}"),
    "{%": re.compile(r"\{%|%\}"),
    "None": re.compile(r"\bNone\b"),
    "nan": re.compile(r"\bnan\b", re.IGNORECASE),
    "двойной пробел перед знаком препинания": re.compile(r"[ \u00a0]{2,}[.,;:!?]"),
}
MARKED = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
MARKS = re.compile(f"[{OPEN}{CLOSE}]")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARAGRAPH, RUN, TEXT = f"{WORD}p", f"{WORD}r", f"{WORD}t"
SIGNS = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n"}
WITH_WORDS = re.compile(r"word/(document|header|footer|footnotes|endnotes)\d*\.xml")


def clean(value: object) -> object:
    """Variables without what XML cannot hold; line breaks (all of one kind) and tabs stay."""
    if isinstance(value, str):
        return CONTROL.sub("", re.sub(r"\r\n?", "\n", value))
    if isinstance(value, dict):
        return {key: clean(one) for key, one in value.items()}
    if isinstance(value, list):
        return [clean(one) for one in value]
    return value


def lost(printed: Sequence[str], marked: str) -> str | None:
    """The first printed value that does not stand between its marks as it was; None when all do, and nothing else does."""
    found = MARKED.findall(marked)
    for value, stands in zip(printed, found, strict=False):
        if value != stands:
            return value
    if len(found) < len(printed):
        return printed[len(found)]
    return found[len(printed)] if len(found) > len(printed) else None


def findings(marked: str, variables: dict) -> list[str]:
    """What is wrong with a filled document, in words for whoever looks after the templates.

    `marked`: its words with the values between marks. What values themselves say (a product called «{{ 7*7 }}») is no fault.
    """
    known = set(_texts(variables))
    said = without_marks(MARKED.sub(lambda found: "" if _is_odd(found[1]) and found[1] in known else found[1], marked))
    found = [] if without_marks(marked).strip() else ["документ пуст"]
    found += [f"в документе осталось «{what}»" for what, pattern in LEFT_OVER.items() if pattern.search(said)]
    rows = variables.get("rows") or []
    if rows and "total" in variables:
        together = sum(reading.number(row["sum"]) for row in rows)
        if together != reading.number(variables["total"]["sum"]):
            found.append(f"сумма строк {together} не равна итогу {variables['total']['sum']}")
    return found


def without_marks(text: str) -> str:
    return MARKS.sub("", text)


def text_of(content: bytes) -> str:
    """The words of a DOCX, a paragraph a line: body, headers, footers and notes."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = [name for name in file.namelist() if WITH_WORDS.fullmatch(name)]
        return "\n".join(words(etree.fromstring(file.read(name))) for name in sorted(names))


def words(part: etree._Element) -> str:
    """The words of a part of a DOCX, a paragraph a line; of a part without paragraphs all its text."""
    said = "".join(_said(part))
    return said.removeprefix("\n") if said else "".join(part.itertext())


def _said(part: etree._Element) -> Iterator[str]:
    for one in part.iter(PARAGRAPH, TEXT, *SIGNS):
        if one.tag == PARAGRAPH:
            yield "\n"
        elif one.tag == TEXT:
            yield one.text or ""
        elif one.getparent().tag == RUN:  # else it is where a tab stops
            yield SIGNS[one.tag]


def _is_odd(value: str) -> bool:
    return any(pattern.search(value) for pattern in LEFT_OVER.values())


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
