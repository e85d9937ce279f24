"""Under which keys effects stand on the portal: made here once more, so that the layer's own arithmetic is checked too."""

import base64
import hashlib


def key(trigger: str, step: str, change: str, number: int = 1) -> str:
    """26 letters and digits: what a task carries as XML_ID and a notification as its tag."""
    digest = hashlib.sha256("\x1f".join((trigger, step, str(number), change)).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:26]


def once_key(process: str, deal: int, trigger: str, step: str, subject: str) -> str:
    """The key of what a card has once, however often its stage is entered."""
    parts = (process, str(deal), trigger, step, subject)
    return base64.b32encode(hashlib.sha256("\x1f".join(parts).encode()).digest()).decode().lower()[:26]


def mark(full: str) -> str:
    """The short form in the last line of a comment."""
    return f"#{full[:8]}"


def digest(old: object, new: object) -> str:
    """How the change of a field names its two values."""
    return hashlib.sha256(f"{old!r}→{new!r}".encode()).hexdigest()[:12]
