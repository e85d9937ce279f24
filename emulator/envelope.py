"""Bodies as the portal writes them: JSON with PHP's arrays."""

import json

from werkzeug.wrappers import Response

from .php import listed

JSON = "application/json; charset=utf-8"


def reply(body: object, status: int = 200, headers: dict | None = None) -> Response:
    text = json.dumps(listed(body), ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, headers, content_type=JSON)
