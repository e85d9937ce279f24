"""Bodies as the portal writes them: JSON with PHP's arrays; XML for a method that was asked for as `….xml`.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/general-principles.html
"""

import json
import re
from xml.etree import ElementTree

from werkzeug.wrappers import Response

from .php import listed

JSON = "application/json; charset=utf-8"
XML = "text/xml; charset=utf-8"
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def reply(body: object, status: int = 200, headers: dict | None = None, *, xml: bool = False) -> Response:
    if xml:
        text = ElementTree.tostring(_element("response", body), encoding="utf-8", xml_declaration=True)
        return Response(text, status, headers, content_type=XML)
    text = json.dumps(listed(body), ensure_ascii=False, separators=(",", ":"))
    # Half of a surrogate pair is no text and becomes a question mark.
    return Response(text.encode(errors="replace"), status, headers, content_type=JSON)


def _element(name: str, value: object) -> ElementTree.Element:
    """Elements of a list, and what is no name of XML, are called `item`; nothing and false are empty, true is 1."""
    element = ElementTree.Element(name if _NAME.fullmatch(name) else "item")
    if isinstance(value, dict):
        element.extend(_element(str(key), part) for key, part in value.items())
    elif isinstance(value, list):
        element.extend(_element("item", part) for part in value)
    elif value is not None and value is not False:
        element.text = _NOT_XML.sub("", "1" if value is True else str(value))
    return element
