"""Files: kept as bytes, referred to by id, downloaded by an address that carries its own token.

Forms: https://apidocs.bitrix24.com/api-reference/files/how-to-upload-files.html
"""

import base64
import binascii
import hashlib
import hmac

from .errors import RestError
from .php import as_list, as_map
from .registry import whole


def add(portal, name: str, content: bytes) -> int:
    """Store a file and return its id."""
    return portal.store.files.add({"id": None, "name": name, "content": content, "created": portal.clock.iso()})["id"]


def decode(pair: object) -> tuple[str, bytes]:
    """`["name", "base64"]`, or base64 alone, → name and bytes."""
    name, content = (as_list(pair) + [None, None])[:2] if isinstance(pair, (list, dict)) else ("file", pair)
    try:
        if not isinstance(content, str):
            raise ValueError(content)
        return str(name), base64.b64decode(content, validate=False)
    except (binascii.Error, ValueError):
        raise RestError("", "Invalid base64 content") from None


def keep(portal, value: object, held: object, multiple: bool) -> object:
    """The ids that a file field holds after writing `value` over `held`."""
    wanted = (as_list(value) if _is_array_of_files(value) else [value]) if value not in ("", None) else []
    ids = [_one(portal, entry, as_list(held)) for entry in wanted]
    ids = [file_id for file_id in ids if file_id is not None]
    return ids if multiple else (ids[0] if ids else None)


def _is_array_of_files(value: object) -> bool:
    entries = as_list(value) if isinstance(value, (list, dict)) else []
    return "id" not in as_map(value) and (not entries or isinstance(entries[0], (list, dict)))


def _one(portal, entry: object, held: list) -> int | None:
    named = as_map(entry)
    if "id" in named:
        return file_id if (file_id := whole(named["id"])) in held else None
    pair = named.get("fileData", entry)
    return add(portal, *decode(pair)) if isinstance(pair, (list, dict)) and pair else None


def show(portal, file_id: int) -> dict:
    address = f"{portal.base_url}/rest/download/{file_id}/?token={token(portal, file_id)}"
    return {"id": file_id, "url": address, "urlMachine": address}


def content(portal, file_id: int) -> bytes:
    return portal.store.files.get(file_id)["content"]


def token(portal, file_id: int) -> str:
    return hmac.new(portal.token.encode(), str(file_id).encode(), hashlib.sha256).hexdigest()[:32]
