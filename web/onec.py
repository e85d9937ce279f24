"""Documents of 1C: POST /hook/1c/{split,shipment,payment,absences}, and GET /hook/1c/<kind>/<document> for what became of them.

1C may send a document as often as it likes, to any process, until it hears an answer: it is taken once. What is answered
with 202 is on the disk. Every refusal says in Russian what to correct, as 1C's accountants read it.
"""

import json

import sqlalchemy as sa
from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Counter

from config.settings import Settings
from engine import commands
from engine.commands import Document
from engine.log import log
from engine.storage import Storage
from web import shapes
from web.proof import knows
from web.tally import Tally
from web.writing import RETRY_AFTER_SECONDS, NotWritten, Writer

MOST_BYTES = 256 * 1024
STATES = {commands.STOPPED: commands.ACCEPTED, commands.UNSERVED: commands.REFUSED}
TEXTS = {
    commands.ACCEPTED: "Документ принят и ждёт обработки.",
    commands.STOPPED: "Обработка остановлена ошибкой, администратор уведомлён. Присылать документ ещё раз не нужно.",
    commands.UNSERVED: "Карточка удалена или переведена в другую воронку. Укажите другую карточку в новом документе.",
}


class OneC:
    """Takes documents, each once."""

    def __init__(self, settings: Settings, store: Storage, writer: Writer, tally: Tally, registry: CollectorRegistry):
        self._token, self._storage, self._writer, self._tally = settings.onec_token, store, writer, tally
        self._documents = Counter(
            "voronka_documents_of_1c", "Documents of 1C, by what was answered", ["kind", "answer"], registry=registry
        )

    def take(self, kind: str) -> Response:
        """Answer one document: 202 the first time, 200 when it comes again, 409 when it comes with other content."""
        if (refused := self._stranger(kind) or self._unreadable(kind)) is not None:
            return refused
        try:
            content = shapes.read(kind, request.get_data(cache=False))
        except shapes.Malformed as wrong:
            return self._refuse(kind, 400, f"Документ не принят. {wrong}", fields=wrong.mistakes)
        return self._keep(kind, content)

    def tell(self, kind: str, document: str) -> Response:
        """What became of a document."""
        if (refused := self._stranger(kind)) is not None:
            return refused
        found = self._known(kind, document) if shapes.DOCUMENT.fullmatch(document) else None
        if found is None:
            return self._refuse(
                kind, 404, "Документ с таким идентификатором не приходил. Проверьте адрес или пришлите его."
            )
        return _said(200, _outcome(found))

    # — who asks, and for what —

    def _stranger(self, kind: str) -> Response | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not knows(token.strip(), self._token):
            self._tally.add("1c")
            said = "Токен неверен или не указан. Нужен заголовок «Authorization: Bearer …» с токеном, который задал администратор."
            refused = self._refuse("", 401, said)
            refused.headers["WWW-Authenticate"] = "Bearer"
            return refused
        if kind not in shapes.SHAPES:
            return self._refuse("", 404, f"Такого вида документов нет. Есть {', '.join(shapes.SHAPES)}.")
        return None

    def _unreadable(self, kind: str) -> Response | None:
        request.max_content_length = MOST_BYTES
        if request.content_length is None:
            return self._refuse(kind, 411, "Укажите длину тела в заголовке Content-Length.")
        if request.content_length > MOST_BYTES:
            return self._refuse(kind, 413, f"Документ длиннее {MOST_BYTES // 1024} КБ. Разделите его на несколько.")
        return None

    # — once —

    def _keep(self, kind: str, content: dict) -> Response:
        known = self._known(kind, content["document"])
        if known is None:
            with self._writer.transaction() as tx:
                is_new = commands.take(self._storage, tx, kind, content)
                known = commands.find(tx, kind, content["document"])
            if is_new:
                return self._answer(kind, 202, _outcome(known))
        if known.says(content):
            return self._answer(kind, 200, _outcome(known))
        return self._contradict(known, content)

    def _contradict(self, first: Document, content: dict) -> Response:
        differs = shapes.differences(first.content, content)
        with self._writer.transaction() as tx:
            now = commands.find(tx, first.kind, first.document)
            commands.report_other(tx, now, content, differs)
        said = (
            f"Документ с этим идентификатором уже принят с другими данными: {differs}. Ничего не изменено. "
            "Если верны новые данные, пришлите их новым документом с другим идентификатором."
        )
        return self._refuse(first.kind, 409, said, first=_outcome(first))

    def _known(self, kind: str, document: str) -> Document | None:
        try:
            with self._storage.read() as connection:
                return commands.find(connection, kind, document)
        except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
            raise NotWritten(str(getattr(error, "orig", error))) from error

    # — answers —

    def _answer(self, kind: str, status: int, body: dict) -> Response:
        self._documents.labels(kind, status).inc()
        return _said(status, body)

    def _refuse(self, kind: str, status: int, what: str, **more: object) -> Response:
        return self._answer(kind, status, {"error": what, **more})


def blueprint(onec: OneC) -> Blueprint:
    pages = Blueprint("onec", __name__)
    pages.add_url_rule("/hook/1c/<kind>", view_func=onec.take, methods=["POST"])
    pages.add_url_rule("/hook/1c/<kind>/<document>", view_func=onec.tell, methods=["GET"])
    pages.register_error_handler(NotWritten, _not_written)
    return pages


def _outcome(document: Document) -> dict:
    """What 1C is told of a document; what the process adds (`more`) never hides it."""
    return {
        **document.more,
        "kind": document.kind,
        "document": document.document,
        "state": STATES.get(document.outcome, document.outcome),
        "text": document.text or TEXTS.get(document.outcome, ""),
        "received_at": document.received_at.isoformat(timespec="seconds"),
        "answered_at": document.answered_at and document.answered_at.isoformat(timespec="seconds"),
    }


def _said(status: int, body: dict) -> Response:
    return Response(json.dumps(body, ensure_ascii=False) + "\n", status, content_type="application/json; charset=utf-8")


def _not_written(error: NotWritten) -> Response:
    log.warning("not written", reason=str(error))
    answer = _said(
        503, {"error": "База данных сейчас не отвечает. Ничего не сохранено, повторите запрос через минуту."}
    )
    answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer
