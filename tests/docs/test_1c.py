"""docs/1c.md: each request of the page is sent, in order, and each answer compared; its schemas are those of the code."""

import json
import re
from datetime import datetime
from pathlib import Path

import requests

from docs import shapes_of_1c
from tests.company import ONEC_TOKEN
from web import shapes

PAGE = (Path(__file__).parents[2] / "docs/1c.md").read_text(encoding="utf-8")
REQUEST = re.compile(r"(GET|POST) (/hook/1c/\S+)\n((?:[\w-]+: [^\n]+\n)+)\n?(.*)", re.DOTALL)
ANSWER = re.compile(r"(\d{3}) [\w ]+\n\n(.+)", re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Requests with their answers, as the page shows them."""
    blocks = re.findall(r"```http\n(.+?)```", PAGE, re.DOTALL)
    return list(zip(blocks[::2], blocks[1::2], strict=True))


def like(shown: object, given: object) -> object:
    """What was answered, with the moments and the numbers of cards that the page shows in the place of others."""
    if isinstance(shown, dict) and isinstance(given, dict):
        return {name: like(shown.get(name), value) for name, value in given.items()}
    if isinstance(shown, int) and isinstance(given, int):
        return shown
    if isinstance(shown, str) and isinstance(given, str) and is_moment(shown) and is_moment(given):
        return shown
    return plain(given)


def plain(text: object) -> object:
    """Spaces of any width as the page writes them."""
    return text.replace("\u00a0", " ") if isinstance(text, str) else text


def is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def test_every_example_of_the_page_is_answered_as_it_says(company):
    """An order with an invoice, of which 40 suits are about to be shipped."""
    order = company.order_in("SUPPLY")
    company.fill(order, sh_create=True)
    company.settle()
    for request, shown in examples():
        verb, path, headers, body = REQUEST.fullmatch(request).groups()
        headers = dict(line.split(": ", 1) for line in headers.replace("<ONEC_TOKEN>", ONEC_TOKEN).splitlines())
        address = company.receiver_url.replace("/hook/b24", path)
        answer = requests.request(verb, address, headers=headers, data=body.encode(), timeout=10)
        if answer.status_code == 202:
            company.settle()
        status, content = ANSWER.fullmatch(shown).groups()
        content = json.loads(content)
        assert (answer.status_code, like(content, answer.json())) == (int(status), content), request
    assert company.failures() == []


def test_the_examples_send_every_kind_and_hear_every_sort_of_answer():
    sent = {REQUEST.fullmatch(request)[2].split("/")[3] for request, _ in examples()}
    assert sent == {*shapes.SHAPES}
    assert {ANSWER.fullmatch(answer)[1] for _, answer in examples()} >= {"200", "202", "400", "401", "409"}


def test_its_schemas_are_what_the_code_says():
    assert shapes_of_1c.text() == PAGE, "docs/1c.md is stale: run make docs"
