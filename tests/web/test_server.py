"""`flask web`: the receiver under the server that runs in production."""

import os
import signal
import socket
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode

import pytest
import requests
import sqlalchemy as sa

from engine import storage
from engine.storage import Storage
from tests.web.conftest import FORM, TOKEN
from tests.web.process import children_of, flask, is_alive, running, wait_for

EVENT = {"event": "ONCRMDEALDELETE", "data[FIELDS][ID]": "7", "auth[application_token]": TOKEN}


def settings_in(folder) -> dict[str, str]:
    return {
        "bitrix_webhook_url": "http://127.0.0.1:9/rest/1/secret-of-the-webhook/",
        "bitrix_event_token": TOKEN,
        "database_url": f"sqlite:///{folder}/voronka.sqlite",
    }


@pytest.fixture
def web(tmp_path):
    with running("web", **settings_in(tmp_path)) as process:
        process.wait_until_it_answers()
        yield process


def rings(folder) -> dict[int, int]:
    store = Storage(f"sqlite:///{folder}/voronka.sqlite")
    with store.read() as connection:
        found = {row.entity_id: row.times for row in connection.execute(sa.select(storage.rings))}
    store.close()
    return found


def answer_to(web, head: str, body: bytes = b"") -> str:
    """What the server says to these very bytes."""
    host, _, port = web.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(head.replace("\n", "\r\n").encode() + body)
        return line.recv(4096).decode("latin-1").partition("\r\n")[0]


POST = f"POST /hook/b24 HTTP/1.1\nHost: x\nContent-Type: {FORM}\n"


def test_a_body_of_no_stated_length_is_refused(web, tmp_path):
    """S08."""
    chunked = POST + "Transfer-Encoding: chunked\n\n"
    assert " 411 " in answer_to(web, chunked, b"5\r\nevent\r\n0\r\n\r\n")
    assert rings(tmp_path) == {}


@pytest.mark.parametrize("length", [64 * 1024 + 1, 10 * 1024**3])
def test_a_body_that_is_too_long_is_refused_before_it_is_sent(web, tmp_path, length):
    """S08."""
    assert " 413 " in answer_to(web, POST + f"Content-Length: {length}\n\n")
    assert rings(tmp_path) == {}


@pytest.mark.parametrize("length", ["-1", "+5", "1_0", "x", "5, 6"])
def test_a_body_of_an_odd_length_is_refused(web, tmp_path, length):
    assert " 4" in answer_to(web, POST + f"Content-Length: {length}\n\n", b"event")
    assert rings(tmp_path) == {}


def test_only_post_rings(web, tmp_path):
    """S14."""
    body = urlencode(EVENT).encode()
    for verb in ("GET", "PUT", "TRACE", "DELETE", "PATCH", "HEAD", "BREW"):
        assert " 405 " in answer_to(web, POST.replace("POST", verb, 1) + f"Content-Length: {len(body)}\n\n", body)
    assert rings(tmp_path) == {}


@pytest.mark.parametrize("token", [None, "", "   "])
def test_without_a_token_there_is_no_receiver(tmp_path, token):
    """S02."""
    given = {**settings_in(tmp_path), "bitrix_event_token": token}
    ended = flask("web", **{name: value for name, value in given.items() if value is not None})
    assert ended.returncode != 0
    assert "BITRIX_EVENT_TOKEN is missing" in ended.stderr + ended.stdout


def test_debugging_cannot_be_switched_on_from_outside(tmp_path):
    """S38."""
    with running("web", **settings_in(tmp_path), flask_debug="1") as web:
        web.wait_until_it_answers()
        for path in ("/console", "/?__debugger__=yes&cmd=resource&f=style.css", "/hook/b24?__debugger__=yes"):
            answer = requests.get(web.address + path, timeout=10)
            assert answer.status_code in {404, 405}
            assert "debugger" not in answer.text.lower()


def test_those_who_never_finish_their_headers_keep_nobody_waiting(web):
    """S17."""
    with lines_to(web, 300, POST):
        assert_that_it_answers(web)


def test_those_who_say_nothing_keep_nobody_waiting(web):
    """S17. Lines that were answered and stay open, and lines that never said a word."""
    with lines_to(web, 300, "GET /hook/b24 HTTP/1.1\nHost: x\n\n"), lines_to(web, 300, ""):
        assert_that_it_answers(web)


def test_a_dozen_who_never_finish_their_bodies_keep_nobody_waiting(web, tmp_path):
    """S17. Each holds one of the server's threads until it hangs up (app.serve says what to put before it)."""
    with lines_to(web, 12, POST + "Content-Length: 500\n\nevent=ON"):
        assert_that_it_answers(web)
    for _ in range(3):
        with lines_to(web, 12, POST + "Content-Length: 500\n\nevent=ON"):
            pass
    assert_that_it_answers(web)
    assert rings(tmp_path) == {7: 2}


@contextmanager
def lines_to(web, number: int, head: str):
    """So many connections, all of which sent `head` and nothing more."""
    host, _, port = web.address.removeprefix("http://").partition(":")
    with ExitStack() as lines:
        for _ in range(number):
            line = lines.enter_context(socket.create_connection((host, int(port))))
            line.sendall(head.replace("\n", "\r\n").encode())
        yield


def assert_that_it_answers(web) -> None:
    assert requests.post(f"{web.address}/hook/b24", data=EVENT, timeout=10).status_code == 200


def test_what_was_answered_survives_a_kill_of_the_server(web, tmp_path):
    for number in range(1, 31):
        name = "ONCRMDEALDELETE" if number % 2 else "ONCRMDEALUPDATE"
        requests.post(f"{web.address}/hook/b24", data={**EVENT, "event": name, "data[FIELDS][ID]": number}, timeout=10)
    for pid in children_of(web.process.pid):
        os.kill(pid, signal.SIGKILL)
    web.end(signal.SIGKILL)
    assert rings(tmp_path) == dict.fromkeys(range(1, 31), 1)


def test_a_kill_of_the_server_leaves_none_of_its_processes(web):
    own = children_of(web.process.pid)
    assert own
    web.end(signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, own)), "its processes are gone", seconds=5)


def test_what_was_counted_is_written_when_the_server_ends(web, tmp_path):
    requests.post(f"{web.address}/hook/b24", data={**EVENT, "auth[application_token]": "wrong"}, timeout=10)
    assert web.end() == 0
    store = Storage(f"sqlite:///{tmp_path}/voronka.sqlite")
    with store.read() as connection:
        assert store.mark(connection, "count:turned_away:forged") == 1
    store.close()


def test_no_secret_is_in_what_the_server_prints(web):
    requests.post(f"{web.address}/hook/b24", data={**EVENT, "event": TOKEN}, timeout=10)
    requests.post(f"{web.address}/robot/secret-of-the-webhook/x?auth={TOKEN}", timeout=10)
    web.end()
    assert TOKEN not in "\n".join(web.lines)
    assert "secret-of-the-webhook" not in "\n".join(web.lines)
