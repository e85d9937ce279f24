"""The clauses of a contract, read off its template: which chapters it has, and which numbers stand in them."""

import re

from documents import checks, template

CHAPTER = re.compile(r"\d+\. [А-ЯЁ][^{}]*[^{}.,:;]")
CLAUSE = re.compile(r"(\d+\.\d+)\. ")
FIRST = "1.1"


def of(code: str) -> dict[str, list[str]]:
    """By the heading of a chapter («1. Предмет договора») the numbers of its clauses; nothing where a document has none."""
    lines = checks.text_of(template.path_of(code).read_bytes()).splitlines()
    numbers = [found[1] for found in map(CLAUSE.match, lines) if found]
    heads = [line for line in lines if CHAPTER.fullmatch(line)] if FIRST in numbers else []
    return {head: [one for one in numbers if one.startswith(f"{head.partition('.')[0]}.")] for head in heads}
