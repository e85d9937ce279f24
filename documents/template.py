"""A DOCX template kept parsed and compiled: filling it is then a matter of milliseconds.

What may go wrong in silence elsewhere is an error here: an unknown name, None, a wrong tag, a value that did not arrive as it
was. Values are data only: what people write is escaped, and never taken for a part of the template.
"""

import io
import re
import zipfile
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, Undefined, pass_context
from jinja2 import Template as Compiled
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from documents import checks, package
from documents.checks import CLOSE, OPEN

FOLDER = Path(__file__).parent.parent / "templates_docx"
FILLED = re.compile(r"word/(document\d*|header\d*|footer\d*|footnotes|endnotes)\.xml|docProps/core\.xml")
BRACES = re.compile(r"\{_[{%]|[}%]_\}")  # how docxtpl lets a template print its own tags
OTHER_COLUMNS = re.compile(
    r'w:gridSpan w:val="\{\{|(?:</w:tc>|</w:trPr>|<w:tr(?: [^>]*)?>)\{%|%\}(?:<w:tc[ >]|</w:tr>)'
)
"""Where the number of a table's columns depends on what is filled in (docxtpl's `tc`, `colspan`, `hm`)."""
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SAFE = etree.XMLParser(resolve_entities=False, no_network=True)


class TemplateMistake(ValueError):
    """The template cannot be filled as it is; the text says what to correct in it."""


_printed: ContextVar[list[str]] = ContextVar("printed")


@pass_context
def _print(_, value: object) -> object:
    """A value as it is printed: between marks, by which it is found again in the finished part. Numbers are of the template itself."""
    if value is None:
        raise TemplateMistake("переменная пуста, а шаблон её печатает")
    if isinstance(value, Undefined):
        return str(value)  # raises
    if type(value) is int:
        return value
    if type(value) is not str:
        raise TemplateMistake(f"печатать можно только текст, а не {type(value).__name__} ({value!r:.60})")
    _printed.get().append(value)
    return f"{OPEN}{value}{CLOSE}"


ENVIRONMENT = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_print)
WHAT_TEMPLATES_DO_WRONG = (
    TemplateError,
    ArithmeticError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    RecursionError,
)


@dataclass(frozen=True)
class Template:
    """Parts of a DOCX: those with tags are compiled, the rest lies in an archive.

    `pictures`: alternative text → file and content; `reshaped`: parts in which tables get other columns as they are filled.
    """

    rest: bytes
    parts: dict[str, Compiled]
    pictures: dict[str, tuple[str, bytes]]
    of_docxtpl: DocxTemplate
    reshaped: frozenset[str]


def exists(code: str) -> bool:
    """Whether somebody has written the template."""
    return path_of(code).exists()


def path_of(code: str) -> Path:
    return FOLDER / f"{code}.docx"


def picture(name: str) -> bytes:
    """A picture that lies beside the templates. Raises TemplateMistake."""
    try:
        content = (FOLDER / name).read_bytes()
    except FileNotFoundError:
        raise TemplateMistake(f"нет файла templates_docx/{name}") from None
    if said := package.of_picture(content):
        raise TemplateMistake(f"templates_docx/{name}: {said}")
    return content


def fill(code: str, variables: dict, pictures: dict[str, bytes] | None = None) -> bytes:
    """The DOCX that the template makes of the variables. Raises TemplateMistake.

    `pictures`: by the alternative text that a picture of the template has, what stands in its place. This is done in the
    calling process; documents/renderer.py does it where a template can do no harm.
    """
    return fill_file(path_of(code), variables, pictures)


def fill_file(path: Path, variables: dict, pictures: dict[str, bytes] | None = None) -> bytes:
    template = load(path)
    clean = checks.clean(variables)
    parts, said = {}, []
    for name in template.parts:
        marked, words = _rendered(template, name, clean)
        parts[name] = (HEAD + checks.without_marks(marked)).encode()
        said.append(words)
    if found := checks.findings("\n".join(said), clean):
        raise TemplateMistake("; ".join(found))
    for alternative, (name, stand_in) in template.pictures.items():
        parts[name] = (pictures or {}).get(alternative, stand_in)
    return _zipped(template.rest, parts)


def load(path: Path) -> Template:
    """The template as it is now; parsed once, and anew when somebody has edited it. Raises TemplateMistake."""
    state = path.stat()
    return _load(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _load(path: Path, changed_at: int, size: int) -> Template:
    content = path.read_bytes()
    if found := package.findings(content):
        raise TemplateMistake("; ".join(found))
    made = DocxTemplate(io.BytesIO(content))
    made.init_docx()
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        texts = {name: source_of(made, file.read(name)) for name in file.namelist() if FILLED.fullmatch(name)}
        pictures = {alternative: (name, file.read(name)) for alternative, name in _pictures(made).items()}
        apart = {*texts, *(name for name, _ in pictures.values())}
        rest = _zipped(b"", {name: file.read(name) for name in file.namelist() if name not in apart})
    try:
        parts = {name: ENVIRONMENT.from_string(text) for name, text in texts.items()}
    except TemplateError as mistake:
        raise TemplateMistake(f"{path.name}: {mistake}") from None
    reshaped = frozenset(name for name, text in texts.items() if OTHER_COLUMNS.search(text))
    return Template(rest, parts, pictures, made, reshaped)


def source_of(made: DocxTemplate, part: bytes) -> str:
    """A part as jinja reads it, each tag in one piece.

    Braces that the template prints are turned here and not in the result, where people may have written them.
    """
    text = made.patch_xml(etree.tostring(etree.fromstring(part, SAFE), encoding="unicode"))
    return BRACES.sub(lambda found: "{{ " + repr(found[0].replace("_", "")) + " }}", text)


def _pictures(made: DocxTemplate) -> dict[str, str]:
    """Alternative text → the file inside the DOCX."""
    names, found = made.docx._element.nsmap, {}
    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
    blip = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
    for properties in made.docx._element.iter(drawing):
        embedded = next(properties.getparent().iter(blip), None)
        if embedded is not None and properties.get("descr"):
            part = made.docx._part.rels[embedded.get(f"{{{names['r']}}}embed")].target_part
            found[properties.get("descr")] = part.partname.lstrip("/")
    return found


def _rendered(template: Template, name: str, variables: dict) -> tuple[str, str]:
    """A part and its words, the values between marks: all that were printed stand there, in their order, as they were."""
    printed: list[str] = []
    _printed.set(printed)
    try:
        text = template.parts[name].render(variables)
    except TemplateMistake:
        raise
    except WHAT_TEMPLATES_DO_WRONG as mistake:
        raise TemplateMistake(f"{mistake}") from None
    if any("\n" in value or "\t" in value for value in printed):
        text = template.of_docxtpl.resolve_listing(text)
    if name in template.reshaped:
        text = etree.tostring(template.of_docxtpl.fix_tables(text), encoding="unicode")
    words = checks.words(_parsed(text))
    if (lost := checks.lost(printed, words)) is not None:
        raise TemplateMistake(f"значение «{lost:.60}» не стоит в документе так, как оно записано")
    return text, words


def _parsed(text: str) -> etree._Element:
    try:
        return etree.fromstring(text, SAFE)
    except etree.XMLSyntaxError as fault:
        raise TemplateMistake(f"теги шаблона разрывают его разметку ({fault.msg})") from None


def _zipped(rest: bytes, parts: dict[str, bytes]) -> bytes:
    """The archive `rest` with these parts added, byte for byte the same each time; what is in it stays packed as it is."""
    made = io.BytesIO(rest)
    with zipfile.ZipFile(made, "a" if rest else "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
