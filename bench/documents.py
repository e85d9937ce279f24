"""How many documents a second, beside bare docxtpl, and what does the PDF cost?

Bare docxtpl: the template is opened, rendered with autoescape and saved, for every document. Voronka: filled in the process that
is kept for it, every value compared with what was put in, and the document checked. Each is asked in turns, round by round; a
figure is the median of the rounds. PDF: the LibreOffice of this machine, warm; together: documents that wait for it at once.
"""

import io
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from docxtpl import DocxTemplate
from jinja2 import Environment

from documents import example, pdf, qr, renderer, template

CODES = ("T17", "T01")
AT_ONCE = 10


def rows(rounds: int = 5, documents: int = 20) -> Iterator[str]:
    """A Markdown table, row by row."""
    yield "| template | what | documents/s | ms each | against bare docxtpl |"
    yield "|---|---|---|---|---|"
    for code in CODES:
        if template.exists(code):
            yield from _of(code, rounds, documents)


def _of(code: str, rounds: int, documents: int) -> Iterator[str]:
    said = example.variables_of(example.card(code))
    pictures = {"QR": qr.picture(said["invoice"]["qr"])}
    ways = {"bare docxtpl": lambda: _bare(code, said), "Voronka, DOCX": lambda: renderer.fill(code, said, pictures)}
    taken = _in_turns(ways, rounds, documents)
    bare, ours = taken.values()
    for way, seconds in taken.items():
        yield _row(code, way, seconds, bare)
    office = pdf.office(pdf.AUTO)
    if office is None:
        yield f"| {code} | no LibreOffice here: no PDF | | | |"
        return
    content = renderer.fill(code, said, pictures)
    office.convert(content)  # the first one makes its profile
    alone = statistics.median(_seconds(lambda: office.convert(content), 1) for _ in range(rounds))
    yield _row(code, f"Voronka, DOCX and PDF (the PDF: {alone / (alone + ours):.1%})", ours + alone, bare)
    together = _seconds(lambda: _together(office, code, said, pictures), 1) / AT_ONCE
    yield _row(code, f"the same, {AT_ONCE} together", together, bare)


def _row(code: str, way: str, seconds: float, bare: float) -> str:
    return f"| {code} | {way} | {1 / seconds:,.1f} | {seconds * 1000:,.1f} | {bare / seconds:,.2f} × |"


def _in_turns(ways: dict[str, Callable[[], object]], rounds: int, documents: int) -> dict[str, float]:
    """Seconds for a document, each way."""
    for way in ways.values():
        way()  # what is kept is there from now on
    measured = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            measured[name].append(_seconds(way, documents))
    return {name: statistics.median(all_) for name, all_ in measured.items()}


def _seconds(way: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        way()
    return (time.perf_counter() - started) / times


def _bare(code: str, said: dict) -> bytes:
    made = DocxTemplate(template.path_of(code))
    made.render(said, Environment(autoescape=True))
    made.save(target := io.BytesIO())
    return target.getvalue()


def _together(office: pdf.Office, code: str, said: dict, pictures: dict) -> None:
    """So many different documents, filled and wanted as PDF at the same moment."""

    def make(number: int) -> bytes:
        numbered = {**said, "doc": {**said["doc"], "number": f"{number}"}}
        content = renderer.fill(code, numbered, pictures)
        while True:
            try:
                return office.convert(content)
            except pdf.Busy as busy:
                time.sleep(busy.seconds)

    with ThreadPoolExecutor(AT_ONCE) as people:
        list(people.map(make, range(AT_ONCE)))
