"""A DOCX template kept parsed and compiled: filling it is then a matter of milliseconds.

What may go wrong in silence elsewhere is an error here: an unknown name, None, a wrong tag. Values are data only: what people
write is escaped, and never taken for a part of the template.
"""

import io
import re
import zipfile
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2 import Template as Compiled
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from documents import checks

FOLDER = Path(__file__).parent.parent / "templates_docx"
BODY = "word/document.xml"
BRACES = re.compile(r"\{_[{%]|[}%]_\}")  # how docxtpl lets a template print its own tags


class TemplateMistake(ValueError):
    """The template cannot be filled as it is; the text says what to correct in it."""


def _refuse_none(value: object) -> object:
    if value is None:
        raise TemplateMistake("переменная пуста, а шаблон её печатает")
    return value


ENVIRONMENT = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_refuse_none)


@dataclass(frozen=True)
class Template:
    """Parts of a DOCX; those with tags are compiled, `pictures` says which file of it bears which alternative text."""

    file: zipfile.ZipFile
    parts: dict[str, Compiled]
    pictures: dict[str, str]
    of_docxtpl: DocxTemplate


def exists(code: str) -> bool:
    """Whether somebody has written the template."""
    return path_of(code).exists()


def path_of(code: str) -> Path:
    return FOLDER / f"{code}.docx"


def picture(name: str) -> bytes:
    """A picture that lies beside the templates. Raises TemplateMistake."""
    try:
        return (FOLDER / name).read_bytes()
    except FileNotFoundError:
        raise TemplateMistake(f"нет файла templates_docx/{name}") from None


def fill(code: str, variables: dict, pictures: dict[str, bytes] | None = None) -> bytes:
    """The DOCX that the template makes of the variables. Raises TemplateMistake.

    `pictures`: by the alternative text that a picture of the template has, what stands in its place.
    """
    path = path_of(code)
    template = _load(path, path.stat().st_mtime_ns)
    clean = checks.without_control_characters(variables)
    try:
        parts = {name: _filled(template, name, clean) for name in template.parts}
    except TemplateMistake:
        raise
    except TemplateError as mistake:
        raise TemplateMistake(str(mistake)) from None
    parts |= {
        template.pictures[name]: content for name, content in (pictures or {}).items() if name in template.pictures
    }
    content = _zipped(template.file, parts)
    if found := checks.findings(content, clean):
        raise TemplateMistake("; ".join(found))
    return content


@lru_cache(maxsize=64)
def _load(path: Path, changed_at: int) -> Template:
    """Parsed once; a template that was edited meanwhile is another one."""
    content = path.read_bytes()
    try:
        made = DocxTemplate(io.BytesIO(content))
        made.init_docx()
        sources = {BODY: made.get_xml()}
        for uri in (made.HEADER_URI, made.FOOTER_URI):
            for _, part in made.get_headers_footers(uri):
                sources[part.partname.lstrip("/")] = made.get_part_xml(part)
        parts = {name: _compiled(made.patch_xml(source)) for name, source in sources.items()}
    except TemplateError as mistake:
        raise TemplateMistake(f"{path.name}: {mistake}") from None
    return Template(zipfile.ZipFile(io.BytesIO(content)), parts, _pictures(made), made)


def _compiled(source: str) -> Compiled:
    """Braces that the template prints are turned here and not in the result, where people may have written them."""
    return ENVIRONMENT.from_string(BRACES.sub(lambda found: "{{ " + repr(found[0].replace("_", "")) + " }}", source))


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


def _filled(template: Template, name: str, variables: dict) -> bytes:
    text = template.parts[name].render(variables)
    text = template.of_docxtpl.resolve_listing(re.sub(r"\r\n?", "\n", text))
    if name != BODY:
        return text.encode()
    whole = deepcopy(template.of_docxtpl.docx._element)
    whole.replace(whole.body, template.of_docxtpl.fix_tables(text))
    return etree.tostring(whole, encoding="UTF-8", xml_declaration=True, standalone=True)


def _zipped(source: zipfile.ZipFile, parts: dict[str, bytes]) -> bytes:
    """The same archive with other parts, byte for byte the same each time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = parts.get(entry.filename) or source.read(entry.filename)
            target.writestr(zipfile.ZipInfo(entry.filename, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
