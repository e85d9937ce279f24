"""The transport kinds of faults, done to the connection itself."""

import socket
import threading
import time
from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from .envelope import JSON, reply
from .faults import Fault
from .portal import Portal

HTML = "text/html"


def instead_of(portal: Portal, request: Request, fault: Fault, work: Callable[[], Response]) -> Response:
    """What the client sees of `work` when this fault strikes."""
    if fault.kind == "html":
        return Response("<html><body><h1>Bitrix24</h1></body></html>", 200, content_type=HTML)
    if fault.kind == "error200":
        return reply({"error": fault.code, "error_description": fault.description})
    if fault.kind == "redirect":
        return Response("", 302, {"Location": f"https://new-{portal.events.domain}{request.path}"})
    if fault.kind == "slow":
        return _slowly(portal, fault, work)
    if fault.kind == "half":
        return _half(request, work())
    if fault.kind == "wrong_after":
        work()
        return _wrong(fault)
    if fault.kind == "cut_after":
        work()
    if fault.kind == "late":
        _later(portal, fault, work)
    return _drop(request)


def _wrong(fault: Fault) -> Response:
    if fault.code:
        return reply({"error": fault.code, "error_description": fault.description}, fault.status)
    return Response(f"<html><h1>{fault.status}</h1></html>", fault.status, content_type=HTML)


def _slowly(portal: Portal, fault: Fault, work: Callable[[], Response]) -> Response:
    cut = portal.limits.cut_seconds
    if fault.seconds <= cut:
        time.sleep(fault.seconds)
        return work()
    _later(portal, fault, work)
    time.sleep(cut)
    return Response("<html><h1>504 Gateway Time-out</h1></html>", 504, content_type=HTML)


def _later(portal: Portal, fault: Fault, work: Callable[[], Response]) -> None:
    """The work goes on although nobody waits for it; not if the portal was planted anew meanwhile."""
    generation = portal.generation

    def go_on() -> None:
        if portal.generation == generation:
            work()

    timer = threading.Timer(fault.seconds, go_on)
    timer.daemon = True
    timer.start()


def _drop(request: Request) -> Response:
    def nothing():
        yield b""

    _close(request)
    return Response(nothing())


def _half(request: Request, answer: Response) -> Response:
    body = answer.get_data()

    def first_half():
        yield body[: len(body) // 2]
        _close(request)
        raise ConnectionAbortedError("half an answer, as asked")

    return Response(first_half(), answer.status_code, {"Content-Length": str(len(body))}, content_type=JSON)


def _close(request: Request) -> None:
    try:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
