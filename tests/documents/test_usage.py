"""What a template uses and what in it nobody could fill, read off the template; fonts; the example."""

import io

import pytest
from docx import Document

from documents import example, fonts, inspection, template, usage, variables
from documents.usage import Usage

VOCABULARY = (
    "client.short_name",
    "client.bank.name",
    "rows[].name",
    "rows[].sum",
    "total.sum",
    "total.vat_lines[]",
    "doc.number",
)


def docx(*paragraphs, header="", font="Times New Roman"):
    document, made = Document(), io.BytesIO()
    document.styles["Normal"].font.name = font
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.sections[0].header.paragraphs[0].text = header
    document.save(made)
    return made.getvalue()


@pytest.mark.parametrize(("paragraphs", "uses"), [
    (["{{ client.short_name }} {{ client['bank']['name'] }}"], ["client.bank.name", "client.short_name"]),
    (["{%p for row in rows %}", "{{ row.name }}: {{ row.sum|upper }}", "{%p endfor %}"], ["rows[].name", "rows[].sum"]),
    (["{% for line in total.vat_lines %}{{ loop.index }}. {{ line }}{% endfor %}"], ["total.vat_lines[]"]),
    (["{% for a in rows if a.sum %}{% for b in a.parts %}{{ b.n }}{% endfor %}{% endfor %}"], ["rows[].parts[].n", "rows[].sum"]),
    (["{% if rows|length > 1 and not client.kpp %}{{ rows[0].name }}{% endif %}"], ["client.kpp", "rows[].name"]),
    (["{% set who = client %}{{ who.short_name }}"], ["client.short_name"]),
    (["{% set n = 1 %}{{ n }}{{ loop }}"], ["loop"]),
    (["без тегов"], []),
])  # fmt: skip
def test_names_are_read_off_the_template(paragraphs, uses):
    found = usage.of(docx(*paragraphs))
    assert found.uses == uses
    assert not found.faults


def test_what_is_unknown_comes_with_its_place_and_the_nearest_right_name():
    found = usage.of(docx("Клиент: {{ client.shortname }}", "{{ total.sum }} {{ zzz }}", header="№ {{ dok.number }}"))
    assert set(found.unknown(VOCABULARY)) == {
        "«Клиент: {{ client.shortname }}»: нет имени client.shortname; может быть, client.short_name?",
        "«{{ total.sum }} {{ zzz }}»: нет имени zzz",
        "«№ {{ dok.number }}»: нет имени dok.number; может быть, doc.number?",
    }


def test_a_list_and_a_group_are_known_by_what_is_in_them():
    assert Usage({"rows": "", "total.vat_lines": "", "client.bank": "", "client.bank.nam": ""}).unknown(VOCABULARY) == [
        "нет имени client.bank.nam; может быть, client.bank.name?"
    ]


@pytest.mark.parametrize(("paragraph", "said"), [
    ("{{ client.short_name|safe }}", "фильтр safe"),
    ("{{ client.short_name|e }}", "фильтр e"),
    ("{{r client.short_name }}", "вставляет разметку"),
    ("{{ client.__class__ }}", "обращение к __class__"),
    ("{{ client.short_name.upper() }}", "вызов функции"),
    ("{% macro a() %}{% endmacro %}", "макрос"),
    ("{% include 'T01.docx' %}", "include"),
    ("{% set a %}б{% endset %}", "блок set"),
    ("{% autoescape false %}{% endautoescape %}", "autoescape"),
    ("{{ client.short_name", "«{{ client.short_name»: "),
    ("{% if rows %}", "Unexpected end of template"),
    ("{% endif %}", "Encountered unknown tag 'endif'"),
])  # fmt: skip
def test_what_cannot_stand_in_a_template_is_named(paragraph, said):
    assert said in "; ".join(usage.of(docx("Договор", paragraph)).faults)


def test_a_loop_that_is_cycled_or_counted_is_no_fault():
    assert not usage.of(docx("{% for n in range(3) %}{{ loop.cycle('а', 'б') }}{% endfor %}")).faults


def test_fonts_are_those_in_which_something_is_set():
    made = Document(io.BytesIO(docx("Договор")))
    made.paragraphs[0].add_run("подпись").font.name = "Comic Sans MS"
    made.save(content := io.BytesIO())
    assert fonts.used(content.getvalue()) == {"Times New Roman", "Comic Sans MS"}


def test_a_style_without_a_font_has_that_of_the_theme():
    made = Document(io.BytesIO(docx("Договор")))
    fonts_of_style = made.styles["Normal"].element.rPr.rFonts
    fonts_of_style.getparent().remove(fonts_of_style)
    made.save(content := io.BytesIO())
    assert fonts.used(content.getvalue()) == {"Cambria"}


def test_a_font_that_nothing_stands_in_for_is_missing(monkeypatch):
    families = type("Done", (), {"stdout": "Liberation Serif\nPT Sans,PT Sans Caption\n"})
    monkeypatch.setattr(fonts.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(fonts.subprocess, "run", lambda *_, **__: families)
    assert fonts.missing({"Times New Roman", "PT Sans Caption", "Arial", "Gost B"}) == ["Arial", "Gost B"]


@pytest.mark.parametrize("code", inspection.written())
def test_our_templates_use_what_there_is_and_the_example_becomes_a_document(code):
    assert inspection.inspect(code).findings == []


@pytest.mark.parametrize("code", inspection.written())
def test_the_example_lacks_nothing(code):
    assert variables.lacking(example.card(code)) == []


def test_a_template_that_the_example_does_not_fill_is_a_finding(tmp_path, monkeypatch):
    """A name that is right, in a place where it is a list."""
    (tmp_path / "T17.docx").write_bytes(docx("{{ rows }}"))
    monkeypatch.setattr(template, "FOLDER", tmp_path)
    assert inspection.inspect("T17").findings == [
        "пример не заполняется: " + inspection.inspect("T17").findings[0].partition(": ")[2]
    ]
    assert "не list" in inspection.inspect("T17").findings[0]


def test_what_may_not_be_parsed_is_not_looked_into(tmp_path, monkeypatch):
    (tmp_path / "T17.docx").write_bytes(b"no zip")
    monkeypatch.setattr(template, "FOLDER", tmp_path)
    assert "не открывается" in inspection.inspect("T17").findings[0]
    with pytest.raises(inspection.NoPreview, match="не открывается"):
        inspection.preview("T17")
