"""What a template uses, read off the template itself, and what in it nobody could fill.

Names are written as `vocabulary` writes them: `client.bank.name`, `rows[].qty`, `total.vat_lines[]`.
"""

import difflib
import io
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes

from documents import template

AS_IT_IS = ("safe", "e", "escape", "forceescape", "xmlattr", "urlize", "tojson", "striptags")
"""Filters whose result is taken for markup: what people wrote would become part of the document's own."""
CALLED = ("range", "loop.cycle")
FORBIDDEN = {
    nodes.Macro: "макрос", nodes.CallBlock: "блок call", nodes.FilterBlock: "блок filter", nodes.Include: "include",
    nodes.Import: "import", nodes.FromImport: "import", nodes.Extends: "extends", nodes.Block: "block",
    nodes.AssignBlock: "блок set", nodes.ScopedEvalContextModifier: "autoescape",
}  # fmt: skip
MADE_BY_LOOPS = "loop"
TAGS = re.compile(r"<[^>]+>")
RAW = re.compile(r"\{\{\s*(?:r|p|tr|tc)\s")
SHOWN = 60


@dataclass
class Usage:
    """`names`: what is printed or asked about, each with where it stands first; `faults`: what cannot stand in a template."""

    names: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def uses(self) -> list[str]:
        """The names in alphabetical order; of a list or a group only what is printed of it."""
        return sorted(name for name in self.names if not _is_group(name, self.names))

    def unknown(self, vocabulary: Collection[str]) -> list[str]:
        """Names that no variable has, each with its place and the nearest right one."""
        unknown = {name: place for name, place in self.names.items() if not _is_known(name, vocabulary)}
        return [f"{_where(place)}нет имени {name}{_hint(name, vocabulary)}" for name, place in unknown.items()]


def of(content: bytes) -> Usage:
    """What a DOCX that may be parsed (documents/package.py) uses, in its order."""
    usage, made = Usage(), DocxTemplate(io.BytesIO(content))
    made.init_docx()
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = [file.read(name) for name in file.namelist() if template.FILLED.fullmatch(name)]
    for part in parts:
        raw = _lines(part.decode())
        usage.faults += [
            f"{_where(_words(line))}«{{{{r …}}}}» вставляет разметку" for line in raw if RAW.search(_words(line))
        ]
        _read(template.source_of(made, part), usage)
    return usage


def _lines(text: str) -> list[str]:
    """A paragraph a line."""
    return re.sub(r"<w:p([ >])", r"\n<w:p\1", text.replace("\n", " ")).split("\n")


def _read(source: str, usage: Usage) -> None:
    """One part; a paragraph a line, so that places can be told."""
    lines = _lines(source)
    try:
        tree = template.ENVIRONMENT.parse("\n".join(lines))
    except TemplateSyntaxError as fault:
        usage.faults.append(f"{_where(_place(lines, fault.lineno))}{fault.message}")
        return
    _Reader(usage, lines).read(tree, {})


class _Reader:
    """Walks a template's tree; `scope` says which variable a loop's own name stands for (None: of the template itself)."""

    def __init__(self, usage: Usage, lines: list[str]):
        self._usage, self._lines = usage, lines

    def read(self, node: nodes.Node, scope: Mapping[str, str | None]) -> None:
        self._refuse(node)
        match node:
            case nodes.For():
                self._read_loop(node, scope)
            case nodes.Template() | nodes.If() | nodes.With():
                self._read_block(node, dict(scope))
            case nodes.Name() | nodes.Getattr() | nodes.Getitem() if (path := _path(node, scope)) is not None:
                self._note(path, node)
            case _:
                self._read_block(node, scope)

    def _read_block(self, node: nodes.Node, scope: dict) -> None:
        for one in node.iter_child_nodes():
            self.read(one, scope)
            if isinstance(one, nodes.Assign) and isinstance(one.target, nodes.Name):
                scope[one.target.name] = _path(one.node, scope)

    def _read_loop(self, node: nodes.For, scope: Mapping) -> None:
        self.read(node.iter, scope)
        path = _path(node.iter, scope)
        inner = {**scope, MADE_BY_LOOPS: None}
        for name in node.target.find_all(nodes.Name) if not isinstance(node.target, nodes.Name) else [node.target]:
            inner[name.name] = None if path is None else f"{path}[]"
        for one in filter(None, [node.test, *node.body, *node.else_]):
            self.read(one, inner)

    def _note(self, path: str, node: nodes.Node) -> None:
        if path:
            self._usage.names.setdefault(path, _place(self._lines, node.lineno))

    def _refuse(self, node: nodes.Node) -> None:
        said = FORBIDDEN.get(type(node))
        if isinstance(node, nodes.Filter) and node.name in AS_IT_IS:
            said = f"фильтр {node.name}"
        elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            said = f"обращение к {node.attr}"
        elif isinstance(node, nodes.Call) and _path(node.node, {}) not in CALLED:
            said = "вызов функции"
        if said:
            self._usage.faults.append(f"{_where(_place(self._lines, node.lineno))}в шаблоне не может быть: {said}")


def _path(node: nodes.Node | None, scope: Mapping[str, str | None]) -> str | None:
    """The name that an expression stands for; "" for what the template made itself, None for no name."""
    match node:
        case nodes.Name() if node.ctx == "load":
            return (scope[node.name] or "") if node.name in scope else node.name
        case nodes.Getattr():
            before, after = _path(node.node, scope), f".{node.attr}"
        case nodes.Getitem(arg=nodes.Const(value=str() as key)):
            before, after = _path(node.node, scope), f".{key}"
        case nodes.Getitem():
            before, after = _path(node.node, scope), "[]"
        case nodes.Filter() if node.node is not None:
            return _path(node.node, scope)
        case _:
            return None
    return f"{before}{after}" if before else before


def _is_known(name: str, vocabulary: Collection[str]) -> bool:
    """A variable, or a list or group of some."""
    return name in vocabulary or _is_group(name, vocabulary)


def _is_group(name: str, names: Collection[str]) -> bool:
    return any(one.startswith((f"{name}.", f"{name}[]")) for one in names)


def _hint(name: str, vocabulary: Collection[str]) -> str:
    tail = name.rpartition(".")[2]
    near = difflib.get_close_matches(name, vocabulary, n=1, cutoff=0.75)
    near = near or [one for one in vocabulary if one.rpartition(".")[2] == tail][:1]
    return f"; может быть, {near[0]}?" if near else ""


def _place(lines: list[str], number: int | None) -> str:
    return _words(lines[number - 1]) if number and number <= len(lines) else ""


def _words(line: str) -> str:
    return " ".join(TAGS.sub("", line).split())


def _where(place: str) -> str:
    return f"«{place if len(place) <= SHOWN else place[:SHOWN] + '…'}»: " if place else ""
