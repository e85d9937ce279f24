"""Fonts of a DOCX, and which of them this machine lacks: another one in their place breaks lines and pages elsewhere."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator

from lxml import etree

from documents.package import WORD
from documents.template import FILLED

SAME_WIDTHS = {
    "Times New Roman": "Liberation Serif", "Arial": "Liberation Sans", "Courier New": "Liberation Mono", "Calibri": "Carlito",
    "Cambria": "Caladea",
}  # fmt: skip
"""What LibreOffice takes instead without a line breaking elsewhere."""
SCRIPTS = ("ascii", "hAnsi")
STYLES, THEME = "word/styles.xml", "word/theme/theme1.xml"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def used(content: bytes) -> set[str]:
    """Names of the fonts in which something of the document is set."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = [etree.fromstring(file.read(name)) for name in file.namelist() if FILLED.fullmatch(name)]
        styles = etree.fromstring(file.read(STYLES))
        theme = etree.fromstring(file.read(THEME)) if THEME in file.namelist() else None
    found = {name for part in parts for name in _of(part, theme)}
    return found | {name for one in _in_force(styles, parts) for name in _of(one, theme)}


def missing(names: set[str]) -> list[str]:
    """Those that neither are installed nor have a stand-in of the same widths; nothing where that cannot be known."""
    if shutil.which("fc-list") is None:
        return []
    listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True).stdout
    there = {family.strip() for line in listed.splitlines() for family in line.split(",")}
    return sorted(name for name in names if not {name, SAME_WIDTHS.get(name)} & there)


def _of(part: etree._Element, theme: etree._Element | None) -> Iterator[str]:
    for fonts in part.iter(f"{WORD}rFonts"):
        for script in SCRIPTS:
            of_theme = fonts.get(f"{WORD}{script}Theme")
            name = fonts.get(f"{WORD}{script}") if of_theme is None else _of_theme(theme, of_theme)
            if name:
                yield name


def _of_theme(theme: etree._Element | None, word: str) -> str | None:
    """«minorHAnsi» → the theme's font for texts."""
    kind = "majorFont" if word.startswith("major") else "minorFont"
    found = None if theme is None else next(theme.iter(f"{DRAWING}{kind}"), None)
    return None if found is None else found.find(f"{DRAWING}latin").get("typeface")


def _in_force(styles: etree._Element, parts: list[etree._Element]) -> list[etree._Element]:
    """Styles that something is set in, with those they are based on; a default one that names its own font rules over all."""
    known = {one.get(f"{WORD}styleId"): one for one in styles.iter(f"{WORD}style")}
    named = {one.get(f"{WORD}val") for part in parts for one in part.iter(*(f"{WORD}{kind}Style" for kind in "prtb"))}
    default = [one.get(f"{WORD}styleId") for one in known.values() if one.get(f"{WORD}default") == "1"]
    chosen: dict[str, etree._Element] = {}
    waiting = [*named, *default]
    while waiting:
        name = waiting.pop()
        if name in known and name not in chosen:
            chosen[name] = known[name]
            waiting += [one.get(f"{WORD}val") for one in known[name].iter(f"{WORD}basedOn")]
    whole = [*chosen.values(), *styles.iter(f"{WORD}docDefaults")]
    ruled = any(next(one.iter(f"{WORD}rFonts"), None) is not None for name, one in chosen.items() if name in default)
    return list(chosen.values()) if ruled else whole
