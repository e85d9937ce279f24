"""1C, which tells the layer of what its accountants have entered."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen


class OneC:
    """Sends documents to /hook/1c/…, each under an id of its own."""

    def __init__(self, url: str, token: str):
        self._url, self._token = url, token

    def send(self, kind: str, document: dict) -> None:
        """Raises LookupError with the layer's words when it does not take the document."""
        body = json.dumps(document, ensure_ascii=False).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json; charset=utf-8"}
        try:
            urlopen(Request(f"{self._url}/hook/1c/{kind}", body, headers), timeout=10).close()
        except HTTPError as refusal:
            raise LookupError(f"{refusal.code}: {refusal.read().decode()}") from None
