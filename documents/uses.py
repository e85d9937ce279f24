"""What a template uses of the variables, read from its tags, and the clauses of its text."""

import io
import re
from collections.abc import Iterator

from docxtpl import DocxTemplate
from jinja2 import nodes

from documents import checks, template

CHAPTER = re.compile(r"\d+\. [А-ЯЁ][^{}]*[^{}.:;]")
CLAUSE = re.compile(r"(\d+\.\d+)\. ")


def names(code: str) -> list[str]:
    """Names as VOCABULARY writes them («rows[].sum»), in the order in which the template first says them."""
    found = (name for source in _sources(code) for name in _names(template.ENVIRONMENT.parse(source), {}))
    return list(dict.fromkeys(found))


def clauses(code: str) -> dict[str, list[str]]:
    """By the heading of a chapter («1. Предмет договора») the numbers of its clauses; nothing where a document has none."""
    lines = checks.text_of(template.path_of(code).read_bytes()).splitlines()
    numbers = [found[1] for found in map(CLAUSE.match, lines) if found]
    heads = [line for line in lines if CHAPTER.fullmatch(line)] if "1.1" in numbers else []
    return {head: [one for one in numbers if one.startswith(f"{head.partition('.')[0]}.")] for head in heads}


def _sources(code: str) -> Iterator[str]:
    """The text of each part with words, tags as jinja reads them."""
    made = DocxTemplate(io.BytesIO(template.path_of(code).read_bytes()))
    made.init_docx()
    yield made.patch_xml(made.get_xml())
    for uri in (made.HEADER_URI, made.FOOTER_URI):
        for _, part in made.get_headers_footers(uri):
            yield made.patch_xml(made.get_part_xml(part))


def _names(node: nodes.Node, bound: dict[str, str]) -> Iterator[str]:
    """`bound`: what the variable of a loop stands for."""
    if isinstance(node, nodes.For):
        over = _path(node.iter, bound)
        inside = {**bound, node.target.name: f"{over}[]"} if over else bound
        if over and not any(_uses(one, node.target.name) for one in node.body):
            yield over
        for one in node.body:
            yield from _names(one, inside)
        return
    path = _path(node, bound)
    if path is not None:
        yield path
        return
    for child in node.iter_child_nodes():
        yield from _names(child, bound)


def _uses(node: nodes.Node, name: str) -> bool:
    return any(one.name == name for one in node.find_all(nodes.Name))


def _path(node: nodes.Node, bound: dict[str, str]) -> str | None:
    """«client.bank.bik» of a chain of attributes that begins with a name."""
    if isinstance(node, nodes.Name):
        return bound.get(node.name, node.name)
    if isinstance(node, nodes.Getattr):
        before = _path(node.node, bound)
        return f"{before}.{node.attr}" if before else None
    return None
