"""Names of files: «Счёт на оплату СЧ-2026_001 ООО «Ромашка» 2026-11-23.docx» (spec §15.3)."""

import re
from datetime import date

LONGEST = 120
FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def file_name(kind: str, number: str, client: str, day: date, version: int = 1) -> str:
    """At most 120 characters; what is too long gives way in the client's name."""
    tail = f" {day.isoformat()}{f' (версия {version})' if version > 1 else ''}.docx"
    head = f"{kind} {number} "
    room = max(0, LONGEST - len(head) - len(tail))
    whole = f"{head}{client[:room].rstrip()}{tail}"
    return FORBIDDEN.sub("_", " ".join(whole.split()))
