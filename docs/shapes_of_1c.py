"""The schemas of docs/1c.md: web/shapes.py as JSON Schema."""

import json
from pathlib import Path

from web import shapes

TARGET = Path(__file__).with_name("1c.md")


def text() -> str:
    """The page with its schemas made anew."""
    page = TARGET.read_text(encoding="utf-8")
    for kind in shapes.SHAPES:
        begin, end = f"<!-- schema of {kind} -->", f"<!-- /schema of {kind} -->"
        rest = page.partition(begin)[2].partition(end)[2]
        schema = json.dumps(shapes.schema(kind), ensure_ascii=False, indent=2)
        page = f"{page.partition(begin)[0]}{begin}\n```json\n{schema}\n```\n{end}{rest}"
    return page
