"""One REST request: whose webhook, which method, with what; then the answer, or a fault instead of it.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/general-principles.html
"""

import base64
import io
from dataclasses import dataclass
from functools import partial

from werkzeug.datastructures import FileStorage
from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from . import batch, files, misbehaviour, rest, rest3
from .envelope import reply
from .errors import RestError
from .faults import TRANSPORT, Fault
from .php import as_map, parse_pairs, parse_query
from .portal import Portal
from .registry import Caller, whole

NO_AUTH = RestError("NO_AUTH_FOUND", "Wrong authorization data", 401)
MISTAKE = RestError("INTERNAL_SERVER_ERROR", "Internal server error", 500)


@dataclass(frozen=True)
class Address:
    """/rest/{user}/{token}/{method}[.json|.xml], or /rest/api/{user}/{token}/{method} for REST 3."""

    user: int | None
    token: str
    method: str
    rest3: bool
    xml: bool

    @classmethod
    def of(cls, path: str) -> "Address":
        steps = path.strip("/").split("/")[1:]
        rest3_asked = steps[:1] == ["api"]
        user, token, method = ((steps[1:] if rest3_asked else steps) + ["", "", ""])[:3]
        name, xml = method.lower().removesuffix(".json"), method.lower().endswith(".xml")
        return cls(whole(user), token, name.removesuffix(".xml"), rest3_asked, xml and not rest3_asked)


def answer(portal: Portal, request: Request) -> Response:
    """Every request to /rest/ gets an answer, or the misbehaviour that was ordered."""
    if request.path.startswith("/rest/download/"):
        return _download(portal, request)
    portal.count()
    address = Address.of(request.path)
    refused = rest3.refused if address.rest3 else partial(_refused, address)
    try:
        portal.limits.admit(request.remote_addr or "")
        given = rest3.read(request) if address.rest3 else read_params(request)
        fault = portal.faults.take(TRANSPORT, _methods(address, given))
        _authorise(portal, address, fault)
    except RestError as refusal:
        portal.journal.refused(Caller(address.user or 0), address.method, refusal)
        return refused(refusal)

    def work() -> Response:
        try:
            return _serve(portal, address, given, request)
        except RestError as refusal:
            return refused(refusal)
        except Exception:
            rest.log.exception("%s failed: a mistake of the emulator", address.method)
            return refused(MISTAKE)

    return work() if fault is None else misbehaviour.instead_of(portal, request, fault, work)


def read_params(request: Request) -> dict:
    """Query, form (also multipart) and JSON body, merged; the body wins."""
    given = parse_query(request.query_string.decode())
    if request.mimetype == "application/json":
        return given | _json_map(request)
    if request.method == "POST":
        uploads = [(name, _as_pair(upload)) for name, upload in request.files.items(multi=True)]
        return given | parse_pairs([*request.form.items(multi=True), *uploads])
    return given


def _json_map(request: Request) -> dict:
    """A JSON object; a list holds positional arguments, an empty one or what is no JSON stands for none."""
    return as_map(request.get_json(silent=True))


def _as_pair(upload: FileStorage) -> list[str]:
    """An uploaded file in the form of one in JSON: name and base64."""
    return [upload.filename or "file", base64.b64encode(upload.read()).decode()]


def _methods(address: Address, given: dict | list) -> set[str]:
    if address.method != "batch":
        return {address.method}
    return {address.method} | (rest3.methods_of(given) if address.rest3 else batch.methods_of(given))


def _authorise(portal: Portal, address: Address, fault: Fault | None) -> None:
    """A webhook of somebody who was dismissed is as unknown as a wrong one."""
    known = address.token == portal.token and address.user == portal.webhook_user
    if not known or portal.is_dismissed(address.user) or (fault is not None and fault.kind == "revoked"):
        raise NO_AUTH


def _serve(portal: Portal, address: Address, given: dict | list, request: Request) -> Response:
    caller = Caller(address.user)
    if address.rest3:
        return rest3.serve(portal, caller, address.method, given, request)
    if address.method == "batch":
        return reply(batch.run(portal, caller, given).body(), xml=address.xml)
    return reply(rest.run(portal, caller, address.method, given).body(), xml=address.xml)


def _refused(address: Address, refusal: RestError) -> Response:
    return reply(refusal.body(), refusal.status, xml=address.xml)


def _download(portal: Portal, request: Request) -> Response:
    """A file, by an address that carries its own token."""
    file_id = whole(request.path.strip("/").split("/")[2])
    stored = portal.store.files.get(file_id)
    if stored is None or request.args.get("token") != files.token(portal, file_id):
        return Response("", 404)
    content = io.BytesIO(stored["content"])
    return send_file(content, request.environ, download_name=stored["name"], as_attachment=True)
