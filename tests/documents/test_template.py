"""Filling a DOCX: what it must refuse, and what it must leave alone."""

import io
import os
import zipfile
from functools import cache

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
    ("nan", "«nan»"),
    ("{{ 0.1 / 0.3 }}", "не float"),
    ("{{ flag }}", "не bool"),
    ("{{ client }}", "не dict"),
    ("{{ name|safe }}", "не Markup"),
    ("{{ nothing|string }}", "«None»"),
    ("{{ 1 / 0 }}", "division by zero"),
    ("{{ name + 1 }}", "concatenate"),
    ("{% for a in b %}", "Unexpected end of template"),
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


NASTY = ["&", "<", "]]>", "&xxe;", "</w:t></w:r></w:p>", "{{ 7*7 }}", "{_{", "%}", "{{ cycler.__init__.__globals__ }}", '"', "'", "«ёлочки»",
         "👷🏽‍♀️", "\ud83d", "\ufdd0", "\ufffe", "\a", "\f", "\x1b", "\n", "\t", "\r\n", "\u2028", "\u00a0", " ", "None", "nan", "§", "x" * 300]  # fmt: skip
TEXTS = st.text(max_size=300) | st.lists(st.sampled_from(NASTY) | st.characters(), max_size=12).map("".join)


@given(TEXTS, TEXTS, TEXTS)
@settings(max_examples=20, deadline=None)
def test_whatever_people_write_stands_in_the_document_as_they_wrote_it(one, other, third):
    """R33, S56, S57, S61: but for what no XML can hold."""
    _compare(one, other, third)


@pytest.mark.slow
@pytest.mark.timeout(900)
@given(TEXTS, TEXTS, TEXTS)
@settings(max_examples=1_700, deadline=None)
def test_five_thousand_texts_stand_in_documents_as_people_wrote_them(one, other, third):
    """R33."""
    _compare(one, other, third)


@cache
def _offer():
    """The variables of an offer of three products."""
    return filled(card("T17", [row("А", "1"), row("Б", "1"), row("В", "1")]))[0]


def _compare(*texts):
    """The offer with these products, as another program reads it."""
    said = _offer()
    rows = [{**row, "name": text} for row, text in zip(said["rows"], texts, strict=True)]
    docx = Document(io.BytesIO(template.fill("T17", {**said, "rows": rows})))
    table = next(one for one in docx.tables if one.cell(0, 0).text == "№")
    assert [line.cells[1].text for line in table.rows[1:4]] == [checks.clean(text) for text in texts]


def marked(*texts):
    return " ".join(f"{checks.OPEN}{text}{checks.CLOSE}" for text in texts)


@pytest.mark.parametrize(("printed", "stands", "lost"), [
    (["Ромашка & Ко", "1"], marked("Ромашка & Ко", "1"), None),
    (["Ромашка & Ко", "1"], marked("Ромашка  Ко", "1"), "Ромашка & Ко"),  # as without autoescape
    (["Ромашка & Ко", "1"], marked("Ром"), "Ромашка & Ко"),  # as a reader that recovers from half a character
    (["1", "1"], marked("1"), "1"),
    (["1"], marked("1", "2"), "2"),
    (["", "2"], marked("2", ""), ""),
    ([], "", None),
])  # fmt: skip
def test_a_value_that_did_not_arrive_as_it_was_is_noticed(printed, stands, lost):
    """R33."""
    assert checks.lost(printed, stands) == lost


def test_what_a_library_loses_in_silence_makes_no_document(write, monkeypatch):
    """R33: docxtpl's treatment of line breaks, broken on purpose."""
    monkeypatch.setattr(template.DocxTemplate, "resolve_listing", lambda _, text: text.replace("ООО ", ""))
    write("{{ name }}")
    with pytest.raises(template.TemplateMistake, match="не стоит в документе так, как оно записано"):
        template.fill("X", {"name": "ООО\nООО «Вектор»", "number": "1"})


@pytest.mark.parametrize("tag", ["{{ number.__class__ }}", "{{ cycler.__init__.__globals__.os.popen('id') }}"])
@pytest.mark.parametrize("place", ["body", "header", "footnote", "title"])
def test_code_in_a_template_is_refused_wherever_it_stands(write, place, tag):
    """S58."""
    write("{{ number }}")
    path = template.path_of("X")
    docx = Document(path)
    section = docx.sections[0]
    match place:
        case "body":
            docx.add_paragraph(tag)
        case "header":
            section.header.paragraphs[0].text = tag
        case "title":
            docx.core_properties.title = tag
    docx.save(path)
    if place == "footnote":
        with zipfile.ZipFile(path, "a") as file:
            space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
            words = f"<w:p><w:r><w:t>{tag}</w:t></w:r></w:p>"
            file.writestr("word/footnotes.xml", f'<w:footnotes xmlns:w="{space}">{words}</w:footnotes>')
    with pytest.raises(template.TemplateMistake, match="unsafe|cycler"):
        template.fill("X", {"number": "1"})


def test_the_title_of_a_document_is_filled_as_its_words_are(write):
    write("{{ number }}")
    docx = Document(template.path_of("X"))
    docx.core_properties.title = "Договор {{ number }}"
    docx.save(template.path_of("X"))
    assert Document(io.BytesIO(template.fill("X", {"number": "«1» & 2"}))).core_properties.title == "Договор «1» & 2"


def test_a_table_may_have_as_many_columns_as_there_are_values(write):
    """docxtpl's `tc`."""
    write("{{ number }}")
    docx = Document(template.path_of("X"))
    cells = docx.add_table(1, 3).rows[0].cells
    cells[0].text, cells[1].text, cells[2].text = "{%tc for one in sizes %}", "{{ one }}", "{%tc endfor %}"
    docx.save(template.path_of("X"))
    made = Document(io.BytesIO(template.fill("X", {"number": "1", "sizes": ["48", "50", "52", "54"]})))
    assert [cell.text for cell in made.tables[0].rows[0].cells] == ["48", "50", "52", "54"]
    assert len(made.tables[0].columns) == 4


def test_sums_are_exact_and_said_in_words_to_the_kopeck():
    """S65: no binary fractions anywhere."""
    said, content = filled(card("T17", [row("А", "123456789012.35", "0.1"), row("Б", "2.675"), row("В", "0.1", "0.2")]))
    assert [one["sum"].replace("\u00a0", " ") for one in said["rows"]] == ["12 345 678 901,24", "2,68", "0,02"]
    assert said["total"]["sum"].replace("\u00a0", " ") == "12 345 678 903,94"
    assert "рубля 94 копейки" in checks.text_of(content).replace("\u00a0", " ")


def test_a_picture_is_replaced_by_its_alternative_text():
    _, content = filled(card("T16"))
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        pictures = [file.read(name) for name in file.namelist() if name.startswith("word/media/")]
    said, _ = filled(card("T16"))
    assert qr.picture(said["invoice"]["qr"]) in pictures
