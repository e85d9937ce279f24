"""A template as a lawyer wants it looked at: what it uses, what nobody could fill, and whether the example becomes a document."""

from dataclasses import dataclass

from config import company
from documents import example, fonts, package, pdf, template, usage, variables
from documents.template import TemplateMistake


class NoPreview(Exception):
    """The example does not become a document; the text says why."""


@dataclass(frozen=True)
class Inspection:
    """`uses`: names of variables; `findings`: what to correct, each with its place where that is known."""

    code: str
    title: str
    uses: list[str]
    findings: list[str]


def written() -> list[str]:
    """Codes of the templates that lie in templates_docx/."""
    return [code for code in company().document_kinds if template.exists(code)]


def inspect(code: str) -> Inspection:
    """Everything at once, so that one correction does not bring the next."""
    title = company().document_kinds[code].title
    content = template.path_of(code).read_bytes()
    if refused := package.findings(content):
        return Inspection(code, title, [], refused)
    used = usage.of(content)
    found = [*used.faults, *used.unknown(variables.vocabulary(code)), *_fonts(content)]
    return Inspection(code, title, used.uses, found or _trial(code))


def preview(code: str, *, as_pdf: bool = False) -> bytes:
    """The document that the template makes of the example. Raises NoPreview."""
    try:
        made = example.filled(code)
        if not as_pdf:
            return made
        office = pdf.office(pdf.AUTO)
        if office is None:
            raise NoPreview("на этой машине нет LibreOffice: apt install libreoffice-writer-nogui")
        return office.convert(made)
    except (TemplateMistake, pdf.NotMade) as reason:
        raise NoPreview(str(reason)) from None


def _fonts(content: bytes) -> list[str]:
    """Of no matter where no PDF is made."""
    if pdf.office(pdf.AUTO) is None:
        return []
    return [f"шрифта {name} на этой машине нет: в PDF строки и страницы лягут иначе" for name in fonts.missing(fonts.used(content))]  # fmt: skip


def _trial(code: str) -> list[str]:
    try:
        example.filled(code)
    except TemplateMistake as mistake:
        return [f"пример не заполняется: {mistake}"]
    return []
