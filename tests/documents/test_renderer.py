"""Filling in a process of its own: what a template may take, and that nothing is mixed up (RELIABILITY S59, S67)."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from docx import Document

from documents import checks, renderer, template
from documents.renderer import Renderer
from documents.template import TemplateMistake
from tests.documents.sample import card, filled, row


@pytest.fixture
def begin():
    """A renderer of the test's own."""
    begun = []

    def begin(**how):
        begun.append(Renderer(**how))
        return begun[-1]

    yield begin
    for one in begun:
        one.end()


def written(folder, paragraph, code="X"):
    docx = Document()
    docx.add_paragraph(paragraph)
    docx.save(folder / f"{code}.docx")
    return folder / f"{code}.docx"


def test_it_makes_the_same_file_as_the_template_itself_and_stays_for_the_next_one(begin):
    said, content = filled(card("T12"))
    one = begin()
    assert one.fill(template.path_of("T12"), said, {}) == template.fill("T12", said)
    first = one.pid
    assert one.fill(template.path_of("T12"), said, {}) == template.fill("T12", said)
    assert one.pid == first


@pytest.mark.parametrize("bomb", [
    "{{ 'a' * 10**9 }}",
    "{{ '%0999999999d' % 1 }}",
    "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
])  # fmt: skip
def test_a_template_that_grows_without_measure_is_stopped_and_the_next_document_is_made(tmp_path, begin, bomb):
    """S59."""
    one = begin(seconds=1.5)
    with pytest.raises(TemplateMistake, match="слишком много времени или памяти"):
        one.fill(written(tmp_path, bomb), {}, {})
    one.seconds = renderer.WALL_SECONDS
    assert b"PK" in one.fill(written(tmp_path, "{{ a }}", "Y"), {"a": "1"}, {})


@pytest.mark.slow
def test_time_of_the_processor_is_limited_even_where_nobody_waits_any_more(tmp_path, begin):
    """S59: the worker died, and its child is at a template without end."""
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{{ 1 }}{% endfor %}{% endfor %}"
    with pytest.raises(TemplateMistake, match="слишком много времени"):
        begin(seconds=100).fill(written(tmp_path, endless), {}, {})


def test_what_is_wrong_is_said_in_the_same_words(tmp_path, begin):
    with pytest.raises(TemplateMistake, match="'b' is undefined"):
        begin().fill(written(tmp_path, "{{ b }}"), {}, {})


def test_a_child_that_was_killed_between_two_documents_is_replaced(tmp_path, begin):
    one, path = begin(), written(tmp_path, "{{ a }}")
    one.fill(path, {"a": "1"}, {})
    os.kill(one.pid, signal.SIGKILL)
    assert "2" in checks.text_of(one.fill(path, {"a": "2"}, {}))


def test_it_knows_none_of_the_settings(tmp_path, begin, monkeypatch):
    """What breaks out of the sandbox finds no secret."""
    monkeypatch.setenv("BITRIX_WEBHOOK_URL", "https://a.example/rest/1/canary/")
    one = begin()
    one.fill(written(tmp_path, "{{ a }}"), {"a": "1"}, {})
    with open(f"/proc/{one.pid}/environ", "rb") as environment:
        assert b"canary" not in environment.read()


def test_two_hundred_at_once_get_each_their_own():
    """S67."""

    said, _ = filled(card("T17", [row("А", "1")]))

    def make(number):
        rows = [{**said["rows"][0], "name": f"Товар-{number}-"}]
        return checks.text_of(renderer.fill("T17", {**said, "rows": rows}))

    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(make, range(200)))
    for number, text in enumerate(made):
        assert f"Товар-{number}-" in text
        assert text.count("Товар-") == 1
