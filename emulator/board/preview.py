"""Files as a browser can show them: PDF and pictures as they are, documents made PDF by LibreOffice where it is."""

import mimetypes
import os
import shutil
import signal
import subprocess
import threading
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

SHOWN = ("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp")
CONVERTED = {".docx", ".doc", ".odt", ".rtf", ".xlsx", ".xls", ".ods", ".pptx", ".ppt", ".odp", ".txt", ".csv"}
SECONDS = 90
NO_OFFICE = (
    "Чтобы смотреть документы здесь, установите LibreOffice на машину, где работает эмулятор: "
    "apt install libreoffice-writer libreoffice-calc. Скачать файл можно и без него."
)
_one_at_a_time = threading.Lock()


class NotShown(Exception):
    """Words for the person, and an HTTP status."""

    def __init__(self, words: str, status: int):
        super().__init__(words)
        self.words, self.status = words, status


def shown(name: str, content: bytes) -> tuple[str, bytes]:
    """The kind and the bytes of what a browser shows for this file. Raises NotShown."""
    suffix, kind = Path(name).suffix.lower(), mimetypes.guess_type(name)[0]
    if kind in SHOWN:
        return kind, content
    if suffix not in CONVERTED:
        raise NotShown(f"Файлы вида «{suffix or 'без расширения'}» здесь не показываются. Скачайте файл.", 415)
    if office() is None:
        raise NotShown(NO_OFFICE, 501)
    with _one_at_a_time:
        return "application/pdf", _as_pdf(suffix, content)


def office() -> str | None:
    """LibreOffice of this machine."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@lru_cache(maxsize=32)
def _as_pdf(suffix: str, content: bytes) -> bytes:
    """With a profile of its own, so that an open LibreOffice of a person is no hindrance."""
    with TemporaryDirectory(prefix="voronka-preview-") as folder:
        source = Path(folder, f"file{suffix}")
        source.write_bytes(content)
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        try:
            _run([office(), profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(source)])
            return source.with_suffix(".pdf").read_bytes()
        except (subprocess.SubprocessError, OSError):
            raise NotShown("LibreOffice не смог открыть этот файл. Скачайте его.", 422) from None


def _run(command: list[str]) -> None:
    """Wait for the end, and if it does not come, end it with all that it started."""
    nothing = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True) as running:
        try:
            running.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            raise
