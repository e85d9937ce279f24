"""A small file beside a SQLite database that tells whether the database is still the one it was, and no older.

A lost file opens as an empty database, and a copy of yesterday looks whole: only something outside can tell. The file
holds the database's id, how often something left for the portal, and when that was last. It is written after the
database, in place and without waiting for the disk: it may be a moment behind, which hides nothing but that moment.
"""

import os
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.log import log

SUFFIX = ".witness"


@dataclass(frozen=True)
class Testimony:
    """What the file says. Without an id it is there, but cannot be read."""

    id: str = ""
    sendings: int = 0
    last_at: datetime | None = None

    @property
    def line(self) -> str:
        last_at = self.last_at.astimezone(UTC).isoformat(timespec="microseconds") if self.last_at else "never"
        return f"{self.id} {self.sendings:020} {last_at:32}\n"

    @classmethod
    def of(cls, text: str) -> "Testimony":
        with suppress(ValueError):
            number, sendings, last_at = text.split()
            last_at = None if last_at == "never" else datetime.fromisoformat(last_at)
            return cls(uuid.UUID(number).hex, int(sendings), last_at)
        return cls()


class Witness:
    """The file of one database."""

    def __init__(self, database: str):
        self.path = Path(database + SUFFIX)
        self._newest: Testimony | None = None
        self._writing = threading.Lock()

    def says(self) -> Testimony | None:
        """None where there is no such file."""
        try:
            return Testimony.of(self.path.read_text(encoding="ascii", errors="replace"))
        except FileNotFoundError:
            return None

    def swear(self, testimony: Testimony) -> None:
        """Write it whole, also where there was none."""
        fresh = self.path.with_name(self.path.name + ".new")
        with fresh.open("w", encoding="ascii") as file:
            file.write(testimony.line)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        self._newest = testimony

    def saw_sending(self, sendings: int, at: datetime) -> None:
        """Another request has been let out. A file that cannot be written stays behind, and the log says so."""
        with self._writing:
            known = self._newest or self.says()
            if known is None or not known.id or sendings <= known.sendings:
                return
            self._newest = Testimony(known.id, sendings, at)
            try:
                with self.path.open("r+", encoding="ascii") as file:
                    file.write(self._newest.line)
            except OSError as error:
                log.warning("witness not written", file=str(self.path), reason=str(error))


def new_id() -> str:
    return uuid.uuid4().hex
