"""Filling a DOCX: what it must refuse, and what it must leave alone."""

import io
import os
import zipfile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import checks, qr, template
from tests.documents.sample import card, filled, row


@pytest.fixture
def write(tmp_path, monkeypatch):
    """A template with these paragraphs, under the code X."""
    monkeypatch.setattr(template, "FOLDER", tmp_path)

    def write(*paragraphs):
        docx = Document()
        for paragraph in paragraphs:
            docx.add_paragraph(paragraph)
        docx.sections[0].header.paragraphs[0].text = "№ {{ number }}"
        docx.save(tmp_path / "X.docx")

    return write


def test_body_and_header_are_filled_and_what_people_wrote_is_only_data(write):
    write("Клиент: {{ name }}", "{%p if flag %}", "да", "{%p endif %}")
    said = checks.text_of(
        template.fill("X", {"name": "«А&Б» <ООО> {{ 7*7 }} None\x07", "number": "1/2", "flag": False})
    )
    assert said.splitlines() == ["Клиент: «А&Б» <ООО> {{ 7*7 }} None", "№ 1/2"]


@pytest.mark.parametrize(("paragraph", "why"), [
    ("{{ nam }}", "'nam' is undefined"),
    ("{{ client.nam }}", "no attribute 'nam'"),
    ("{{ nothing }}", "переменная пуста"),
    ("{{ name", "unexpected"),
    ("{% if flag %}", "Unexpected end of template"),
    ("{{ name.__class__.__mro__ }}", "unsafe"),
    ("{{ 0.1 / 0.3 }} nan", "«nan»"),
    ("None", "«None»"),
    ("Итого  , рублей", "двойной пробел"),
])  # fmt: skip
def test_a_mistake_in_a_template_is_an_error_never_a_blank(write, paragraph, why):
    """§15.3."""
    write(paragraph)
    with pytest.raises(template.TemplateMistake, match=why):
        template.fill("X", {"name": "a", "nothing": None, "flag": True, "number": "1", "client": {"name": "b"}})


def test_rows_that_do_not_add_up_to_the_total_are_noticed(write):
    write("{{ total.sum }}")
    rows = [{"sum": "1 000,50"}, {"sum": "0,49"}]
    template.fill("X", {"rows": rows, "total": {"sum": "1 000,99"}, "number": "1"})
    with pytest.raises(template.TemplateMistake, match="не равна итогу"):
        template.fill("X", {"rows": rows, "total": {"sum": "1 001,00"}, "number": "1"})


def test_a_template_that_was_edited_meanwhile_is_read_again(write):
    write("было")
    assert "было" in checks.text_of(template.fill("X", {"number": "1"}))
    write("стало")
    os.utime(template.path_of("X"), (1, 1))
    assert "стало" in checks.text_of(template.fill("X", {"number": "1"}))


def test_braces_are_printed_as_docxtpl_says_and_those_of_people_stand_as_they_were_written(write):
    write("{_{ а }_} {_% б %_} {{ number }}")
    with pytest.raises(template.TemplateMistake, match="осталось"):
        template.fill("X", {"number": "1"})
    write("{{ number }}")
    for said in ("{_{", "}_}", "{_% %_}", "{{ 7*7 }}"):
        assert said in checks.text_of(template.fill("X", {"number": said}))


def test_the_same_variables_make_the_same_file_byte_for_byte(write):
    write("{{ number }}")
    assert template.fill("X", {"number": "1"}) == template.fill("X", {"number": "1"})


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_whatever_people_write_the_document_opens(text):
    _, content = filled(card("T17", [row(text, "1")]))
    assert Document(io.BytesIO(content)).tables


def test_a_picture_is_replaced_by_its_alternative_text():
    _, content = filled(card("T16"))
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        pictures = [file.read(name) for name in file.namelist() if name.startswith("word/media/")]
    said, _ = filled(card("T16"))
    assert qr.picture(said["invoice"]["qr"]) in pictures
