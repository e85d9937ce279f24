"""The portal's kanban: what people see of Bitrix24, so that a person can play them and watch a process work.

The page asks the portal by its documented REST methods, as the person chosen on it; the few addresses here are its door
to them and what REST does not tell: the order of the fields, names and looks of files, and what is asked of the portal.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace

from flask import Blueprint, Response, jsonify, redirect, request, send_from_directory

from config import Field, Process, company

from .. import batch, rest
from ..envelope import reply
from ..errors import RestError
from ..journal import Call
from ..registry import Caller, whole
from . import preview

# Nothing from elsewhere and nothing inline: what people type into a card can never run.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
# Of a file that is shown inside the page; a policy as strict as the page's own would stop the browser's PDF reader.
SHOWN_INSIDE = "frame-ancestors 'self'"
CALLS_AT_ONCE = 200
LONGEST = 300
NATIVE = {"company": "companyId", "contact": "contactId", "amount": "opportunity", "responsible": "assignedById"}
SHOWN_ELSEWHERE = ("title", "rows")


def blueprint(portal) -> Blueprint:
    pages = Blueprint("board", __name__, static_folder="static", static_url_path="/board/static")

    @pages.after_request
    def guarded(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", POLICY)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    @pages.get("/")
    def page():
        return send_from_directory(pages.static_folder, "board.html")

    @pages.get("/crm/deal/details/<int:deal_id>/")
    def deal(deal_id: int):
        """A deal's address on a real portal, as tasks and messages link to it."""
        return redirect(f"/#/deal/{deal_id}")

    @pages.post("/board/rest/<int:user>/<name>")
    def play(user: int, name: str):
        """Run a REST method, or a batch, as that person: outside the limits. JSON only, so that no foreign page can."""
        try:
            return reply(act(portal, user, name.lower(), _json_body()).body())
        except RestError as refusal:
            return reply(refusal.body(), refusal.status)

    @pages.get("/board/layout")
    def layout():
        """Which fields a deal's card shows, in which order."""
        return jsonify(card_layout())

    @pages.get("/board/files")
    def file_names():
        """{id: name} of `?ids=1,2`: crm.item.* gives a file's id and address only."""
        wanted = [whole(one) for one in request.args.get("ids", "").split(",")]
        return jsonify({str(one): portal.store.files.get(one)["name"] for one in wanted if one in portal.store.files})

    @pages.get("/board/preview/<int:file_id>")
    def look_inside(file_id: int):
        """The file as a PDF or a picture; if it cannot be, the words that say why and what to do."""
        stored = portal.store.files.get(file_id)
        if stored is None:
            return jsonify(error=f"Файла № {file_id} на портале нет."), 404
        try:
            kind, content = preview.shown(stored["name"], stored["content"])
        except preview.NotShown as reason:
            return jsonify(error=reason.words), reason.status
        return Response(content, mimetype=kind, headers={"Content-Security-Policy": SHOWN_INSIDE})

    @pages.get("/board/journal")
    def journal():
        """The newest calls behind number `?after=`, oldest first: all of a webhook, and what people changed."""
        calls = portal.journal.after(whole(request.args.get("after"), 0), CALLS_AT_ONCE)
        return reply([_told(call) for call in calls])

    return pages


def act(portal, user: int, name: str, given: dict) -> rest.Answer:
    if user not in portal.store.users:
        raise RestError("NO_AUTH_FOUND", f"There is no user {user}", 401)
    caller = Caller(user, via="board")
    return batch.run(portal, caller, given) if name == "batch" else rest.run(portal, caller, name, given)


def _json_body() -> dict:
    given = request.get_json(silent=True) if request.mimetype == "application/json" else None
    if not isinstance(given, dict):
        raise RestError("INVALID_REQUEST", "The board sends a JSON object", 400)
    return given


def _told(call: Call) -> dict:
    return asdict(replace(call, params=_shortened(call.params)))


def _shortened(value: object) -> object:
    """Nobody reads a file's base64."""
    if isinstance(value, dict):
        return {str(key): _shortened(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_shortened(part) for part in value]
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}… (знаков: {len(value)})"
    return value


# -- the layout of a card, from the configuration of the processes


def card_layout() -> dict:
    common = company().deal_fields.values()
    processes = company().processes.values()
    every = [*common, *(field for process in processes for field in process.fields.values())]
    return {
        "common": _codes(common),
        "hidden": [field.code for field in every if field.hidden],
        "computed": [field.code for field in every if field.calc],
        "buttons": [field.code for field in every if field.button],
        "processes": [_process_layout(process) for process in processes],
    }


def _process_layout(process: Process) -> dict:
    fields = process.fields.values()
    return {
        "funnel": process.funnel,
        "fields": _codes(fields),
        "required": {_code(field): field.required_on for field in fields if field.required_on},
    }


def _codes(fields: Iterable[Field]) -> list[str]:
    return [_code(field) for field in fields if field.name not in SHOWN_ELSEWHERE and not field.hidden]


def _code(field: Field) -> str:
    """The field as crm.item.* with useOriginalUfNames calls it."""
    return NATIVE.get(field.name, field.code)
