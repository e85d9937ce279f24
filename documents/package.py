"""What of a DOCX file is not let in, before anything in it is parsed: bombs, code, and what would be fetched from elsewhere.

A template comes from a person's machine, and a document made of it goes to other people. Every finding says what to do.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

MOST_BYTES, MOST_ENTRIES, MOST_RATIO = 50 * 2**20, 2_000, 100
SMALL = 100_000  # bytes up to which a part may be as regular as it likes
LONGEST_SIDE, HEAVIEST_PICTURE = 4_000, 5 * 2**20
PNG = b"\x89PNG\r\n\x1a\n"
XML = (".xml", ".rels")
CLICKED = ("http://", "https://", "mailto:")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FETCHING = re.compile(r"\b(DDEAUTO|DDE|INCLUDEPICTURE|INCLUDETEXT|LINK|IMPORT|DATABASE|AUTOTEXT)\b", re.IGNORECASE)
MACROS = "макросы (сохраните шаблон как обычный документ Word, .docx)"
CODE = {
    re.compile(r"vbaProject|vbaData", re.IGNORECASE): MACROS,
    re.compile(r"/activeX/", re.IGNORECASE): "элементы ActiveX",
    re.compile(r"/embeddings/", re.IGNORECASE): "внедрённые объекты (OLE)",
    re.compile(r"\.(zip|docx|docm|xlsx|xlsm|exe|js|html?|mht)$", re.IGNORECASE): "вложенные файлы",
}
UNDER_REVIEW = {"comment": "примечания рецензента", "ins": "непринятые исправления", "del": "непринятые исправления",
                "moveFrom": "непринятые исправления", "moveTo": "непринятые исправления"}  # fmt: skip


def findings(content: bytes) -> list[str]:
    """Why the file is not taken as a template; nothing when it may be parsed and filled."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            return list(dict.fromkeys(_of_archive(file) or _of_parts(file)))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, struct.error) as fault:
        return [f"файл не открывается как DOCX ({fault}); сохраните его из Word заново"]


def of_picture(content: bytes) -> str | None:
    """Why a picture is not put into a document: only a PNG of sensible size is."""
    if not content.startswith(PNG) or len(content) < 24:
        return "это не PNG"
    width, height = struct.unpack(">II", content[16:24])
    if max(width, height) > LONGEST_SIDE or len(content) > HEAVIEST_PICTURE:
        return f"картинка слишком велика: {width}×{height} точек, допустимо {LONGEST_SIDE}"
    return None


# — the archive: what its list of files says —


def _of_archive(file: zipfile.ZipFile) -> list[str]:
    entries = file.infolist()
    if len(entries) > MOST_ENTRIES:
        return [f"в файле {len(entries)} частей, допустимо {MOST_ENTRIES}"]
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        return [f"после распаковки файл больше {MOST_BYTES // 2**20} МБ"]
    return [said for entry in entries if (said := _of_entry(entry))] or _of_names(file)


def _of_entry(entry: zipfile.ZipInfo) -> str | None:
    name = entry.filename
    if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name:
        return f"недопустимое имя части {name}"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return f"часть {name} — ссылка на файл"
    if entry.flag_bits & 1:
        return "файл защищён паролем"
    if entry.file_size > SMALL and entry.file_size > MOST_RATIO * entry.compress_size:
        return f"часть {name} сжата больше чем в {MOST_RATIO} раз"
    return None


def _of_names(file: zipfile.ZipFile) -> list[str]:
    names = file.namelist()
    if len(set(names)) < len(names):
        return ["две части файла под одним именем"]
    if "[Content_Types].xml" not in names:
        return ["это не документ Word"]
    return [f"в шаблоне есть {what}" for name in names for pattern, what in CODE.items() if pattern.search(f"/{name}")]


# — the parts: none is larger than its entry says, as zipfile reads no further —


def _of_parts(file: zipfile.ZipFile) -> Iterator[str]:
    for entry in file.infolist():
        part = file.read(entry)  # raises BadZipFile where the checksum is wrong
        if entry.filename.endswith(XML):
            yield from _of_xml(entry.filename, part)


def _of_xml(name: str, part: bytes) -> Iterator[str]:
    if _declares_a_type(part):
        yield f"часть {name} объявляет DOCTYPE"
        return
    try:
        root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as fault:
        yield f"часть {name} — не XML ({fault.msg})"
        return
    if name.endswith(".rels"):
        yield from _of_relations(root)
    elif name == "[Content_Types].xml":
        yield from (f"в шаблоне есть {MACROS}" for one in root if "macroEnabled" in (one.get("ContentType") or ""))
    else:
        yield from _of_words(root)


def _declares_a_type(part: bytes) -> bool:
    """Whatever encoding it comes in: UTF-16 puts a zero beside every letter."""
    return b"<!DOCTYPE" in part.replace(b"\0", b"").upper() or b"<!ENTITY" in part.replace(b"\0", b"").upper()


def _of_relations(root: etree._Element) -> Iterator[str]:
    for one in root:
        kind, target = (one.get("Type") or "").rpartition("/")[2], one.get("Target") or ""
        if kind == "attachedTemplate":
            yield "шаблон привязан к другому (Разработчик → Шаблон документа: отсоедините его)"
        elif kind in ("oleObject", "aFChunk", "subDocument", "control"):
            yield f"в шаблоне есть вставка вида {kind}"
        elif one.get("TargetMode") == "External" and not (kind == "hyperlink" and target.lower().startswith(CLICKED)):
            yield f"шаблон берёт что-то извне: {target:.80} (уберите связь или вставьте картинку в сам документ)"


def _of_words(root: etree._Element) -> Iterator[str]:
    yield from (f"в шаблоне есть поле {found.upper()}" for found in FETCHING.findall(_commands(root)))
    for tag, what in UNDER_REVIEW.items():
        if next(root.iter(f"{WORD}{tag}"), None) is not None:
            yield f"в шаблоне остались {what}: примите или удалите их"


def _commands(root: etree._Element) -> str:
    """What the fields of the part say, a field a line: Word may cut one command into many pieces."""
    said = {f"{WORD}fldChar": lambda one: "\n", f"{WORD}instrText": lambda one: one.text or ""}
    said[f"{WORD}fldSimple"] = lambda one: f"\n{one.get(f'{WORD}instr') or ''}\n"
    return "".join(said[one.tag](one) for one in root.iter(*said))
