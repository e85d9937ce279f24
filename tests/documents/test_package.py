"""What a template must not bring along (RELIABILITY S58, S62–S64, S66)."""

import io
import struct
import zipfile

import pytest
from docx import Document

from documents import package, template

WORD = "word/document.xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(paragraph="Договор"):
    made, document = io.BytesIO(), Document()
    document.add_paragraph(paragraph)
    document.save(made)
    return made.getvalue()


def changed(*, add=None, replace=None):
    """A good DOCX with parts added, or with something in its body or relations replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            for place, before, after in replace or ():
                part = part.replace(before.encode(), after.encode()) if place == name else part
            new.writestr(name, part)
        for name, part in (add or {}).items():
            new.writestr(name, part)
    return made.getvalue()


def with_field(*pieces):
    """A field whose command Word has cut into pieces."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    begun = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    return changed(replace=[(WORD, "<w:r><w:t>Договор", f"{begun}{runs}<w:r><w:t>Договор")])


def related(kind, target, mode="External"):
    added = f'<Relationship Id="rX" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    return changed(replace=[("word/_rels/document.xml.rels", "</Relationships>", added)])


def twice():
    made = io.BytesIO(docx())
    with zipfile.ZipFile(made, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr(WORD, "<x/>")
    return made.getvalue()


def a_link():
    entry = zipfile.ZipInfo("word/link.xml")
    entry.external_attr = 0o120777 << 16
    made = io.BytesIO(docx())
    with zipfile.ZipFile(made, "a") as file:
        file.writestr(entry, "/etc/passwd")
    return made.getvalue()


def damaged():
    content = bytearray(docx())
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        content[file.getinfo(WORD).header_offset + 60] ^= 0xFF
    return bytes(content)


@pytest.mark.parametrize(("content", "said"), [
    (lambda: b"not a zip", "не открывается"),
    (lambda: docx()[:-40], "не открывается"),
    (damaged, "не открывается"),
    (lambda: changed(add={"word/big.xml": b" " * 40_000_000}), "сжата больше чем"),
    (lambda: changed(add={f"word/{n}.bin": struct.pack(">Q", n) for n in range(2_000)}), "частей, допустимо"),
    (lambda: changed(add={"../../etc/cron.d/x": b"x"}), "недопустимое имя"),
    (lambda: changed(add={"/etc/x": b"x"}), "недопустимое имя"),
    (lambda: changed(add={"word/inner.zip": docx()}), "вложенные файлы"),
    (twice, "под одним именем"),
    (a_link, "ссылка на файл"),
    (lambda: changed(add={"word/vbaProject.bin": b"x"}), "макросы"),
    (lambda: changed(replace=[("[Content_Types].xml", "wordprocessingml.document.main", "macroEnabled.main")]), "макросы"),
    (lambda: changed(add={"word/embeddings/oleObject1.bin": b"x"}), "OLE"),
    (lambda: changed(add={"word/activeX/activeX1.xml": b"<x/>"}), "ActiveX"),
    (lambda: changed(add={"word/header7.xml": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'}), "DOCTYPE"),
    (lambda: changed(add={"word/footnotes.xml": '<!DOCTYPE x><x/>'.encode("utf-16")}), "DOCTYPE"),
    (lambda: changed(add={"customXml/item9.xml": b"<a><b></a>"}), "не XML"),
    (lambda: related("attachedTemplate", "file:///C:/normal.dotm"), "привязан к другому"),
    (lambda: related("image", "http://evil.example/x.png"), "извне"),
    (lambda: related("hyperlink", "file://server/share"), "извне"),
    (lambda: related("oleObject", "embeddings/x.bin", "Internal"), "oleObject"),
    (lambda: related("aFChunk", "x.html", "Internal"), "aFChunk"),
    (lambda: with_field("INCLUDE", "PICTURE &quot;http://evil.example&quot;"), "INCLUDEPICTURE"),
    (lambda: with_field(" DDEAUTO c:\\\\windows\\\\cmd.exe "), "DDEAUTO"),
    (lambda: changed(replace=[(WORD, "<w:r><w:t>Договор", "<w:ins/><w:r><w:t>Договор")]), "непринятые исправления"),
])  # fmt: skip
def test_what_is_no_template_is_refused_before_it_is_parsed(content, said):
    assert said in "; ".join(package.findings(content()))


def test_a_bomb_costs_no_memory():
    """S63: 100 MB behind some hundred kilobytes; what its list of files says is enough."""
    import tracemalloc

    bomb = changed(add={"word/bomb.xml": b"\0" * 100_000_000})
    tracemalloc.start()
    assert package.findings(bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000


def test_a_list_of_files_that_lies_gives_no_more_than_it_says():
    """S63: the entry says a hundred bytes, and a megabyte comes."""
    content = changed(add={"word/bomb.xml": b"\0" * 1_000_000})
    said = content.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 100))
    assert "не открывается" in package.findings(said)[0]


@pytest.mark.parametrize("code", [path.stem for path in sorted(template.FOLDER.glob("T*.docx"))])
def test_our_templates_are_taken(code):
    assert package.findings(template.path_of(code).read_bytes()) == []


@pytest.mark.parametrize("target", ["https://sferotek.example/terms", "mailto:office@sferotek.example"])
def test_a_link_that_a_person_clicks_is_no_danger(target):
    """Word makes one of every address that somebody types."""
    assert package.findings(related("hyperlink", target)) == []


def png(width, height):
    return package.PNG + struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 2, 0, 0, 0)


@pytest.mark.parametrize(("content", "said"), [
    (png(30_000, 30_000), "велика"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "не PNG"),
    (b"\xd7\xcd\xc6\x9a" + bytes(40), "не PNG"),
    (b"II*\0" + bytes(40), "не PNG"),
    (b"https://evil.example/stamp.png", "не PNG"),
    (png(600, 300), None),
])  # fmt: skip
def test_a_picture_is_a_png_of_sensible_size(content, said):
    """S66."""
    assert said is None if package.of_picture(content) is None else said in package.of_picture(content)
