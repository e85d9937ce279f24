"""The portal's doorbell takes what rings true and turns everything else away."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode

import pytest
import requests

from tests.web.conftest import DOMAIN, FORM, TOKEN, commits, door_to

# — what rings true —


def test_an_event_sets_one_row_and_is_answered(door):
    answer = door.ring("ONCRMDEALUPDATE", 7405)
    assert (answer.status_code, answer.json()) == (200, {"event": "taken"})
    assert door.rings() == {("deal", 7405): 1}


def test_an_entity_that_rings_often_stays_one_row(door):
    for name in ("ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALUPDATE"):
        door.ring(name, 7)
    door.ring("ONTASKUPDATE", 7)
    assert door.rings() == {("deal", 7): 3, ("task", 7): 1}


def test_a_recorded_event_that_is_played_again_next_day_is_one_more_look(door):
    """S15."""
    recorded = door.event()
    for _ in range(2):
        assert door.post(data=recorded).status_code == 200
    assert door.rings() == {("deal", 7): 2}


@pytest.mark.parametrize("name", ["ONCRMCONTACTUPDATE", "ONCRMACTIVITYADD", "ONCRMTIMELINECOMMENTADD"])
def test_what_nobody_looks_at_is_answered_and_forgotten(door, name):
    assert door.ring(name).json() == {"event": "ignored"}
    assert door.is_untouched()


def test_two_hundred_rings_at_once_share_few_transactions(door):
    with commits() as count, ThreadPoolExecutor(64) as people:
        answers = list(people.map(lambda number: door.ring("ONCRMDEALADD", number), range(1, 201)))
        used = count()
    assert {answer.status_code for answer in answers} == {200}
    assert door.rings() == {("deal", number): 1 for number in range(1, 201)}
    assert used < 100, f"{used} transactions for 200 rings"


def test_one_event_a_hundred_times_at_once_is_one_row(door):
    """R07."""
    with ThreadPoolExecutor(20) as queues:
        answers = list(queues.map(lambda _: door.ring("ONCRMDEALUPDATE", 7), range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert door.rings() == {("deal", 7): 100}


def test_deletions_are_committed_one_by_one(door):
    with commits() as count, ThreadPoolExecutor(16) as people:
        list(people.map(lambda number: door.ring("ONCRMDEALDELETE", number), range(1, 21)))
        used = count()
    assert len(door.rings()) == 20
    assert used == 20


def test_a_deletion_is_in_the_database_when_it_is_answered(door):
    for number in range(1, 21):
        door.ring("ONCRMDEALDELETE", number)
        assert ("deal", number) in door.rings()


@pytest.mark.parametrize("name", ["ONCRMDEALUPDATE", "ONCRMDEALDELETE"])
def test_while_the_database_takes_nothing_the_answer_is_503(door, name):
    with door.store.write():
        started = time.monotonic()
        answer = door.ring(name)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert 1.5 < time.monotonic() - started < 4
    assert door.ring(name).status_code == 200


# — what does not —


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "a", "токен", "\ud7ff", "x" * 50_000])
def test_a_wrong_token_hears_nothing_but_403(door, token):
    """S01, S02, S03."""
    answer = door.ring(token=token)
    without = door.post(data={"event": "ONCRMDEALADD", "data[FIELDS][ID]": 1})
    assert answer.status_code == without.status_code == 403
    assert answer.content == without.content
    assert door.is_untouched()


def test_a_hundred_forgeries_leave_a_counter_and_a_line_or_two(door):
    """S12."""
    with ThreadPoolExecutor(16) as people:
        list(people.map(lambda number: door.ring("ONCRMDEALADD", number, token="wrong"), range(1, 101)))
    assert door.turned_away() == {"forged": 100}
    assert door.is_untouched()
    assert 1 <= len([line for line in door.log_lines() if line.get("forged", 0) > 10]) <= 3


@pytest.mark.parametrize("tokens", [("bad", TOKEN), (TOKEN, "bad"), (TOKEN, TOKEN)])
def test_a_token_given_twice_is_none(door, tokens):
    """S04."""
    form = [(name, value) for name, value in door.event().items() if not name.endswith("[application_token]")]
    assert door.post(data=form + [("auth[application_token]", token) for token in tokens]).status_code == 403
    assert door.is_untouched()


@pytest.mark.parametrize("token_in_body", ["", "bad", TOKEN])
def test_a_token_in_the_address_is_none(door, token_in_body):
    """S05."""
    query = "?" + urlencode({"auth[application_token]": TOKEN})
    assert door.post("/hook/b24" + query, data=door.event(token=token_in_body)).status_code == 403
    assert door.is_untouched()


def test_everything_in_the_address_is_nothing(door):
    """S05."""
    answer = door.post("/hook/b24?" + urlencode(door.event()), headers={"Content-Type": FORM})
    assert 400 <= answer.status_code < 500
    assert door.is_untouched()


def test_an_event_of_another_portal_is_refused(door, tmp_path):
    """S06."""
    for domain in ("evil.bitrix24.ru", "", f"{DOMAIN}.evil.ru", f"{DOMAIN}:8080", f"user@{DOMAIN}", f" {DOMAIN}"):
        assert door.ring(domain=domain).status_code == 403
    assert door.is_untouched()
    assert door.turned_away() == {"forged": 6}
    with door_to(tmp_path / "second", bitrix_member_id="ours") as strict:
        assert strict.ring(member_id="theirs").status_code == strict.ring(member_id="").status_code == 403
        assert strict.is_untouched()
        assert strict.ring(member_id="ours", domain=DOMAIN.upper()).status_code == 200


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_only_what_is_called_a_form_is_taken(door, content_type):
    """S07."""
    answer = door.post(data=urlencode(door.event()), headers={"Content-Type": content_type})
    assert answer.status_code == 415
    assert door.is_untouched()


def test_a_right_event_in_another_form_is_not_taken(door):
    """S07."""
    as_parts = {name: (None, value) for name, value in door.event().items()}
    nested = {"event": "ONCRMDEALUPDATE", "data": {"FIELDS": {"ID": 7}}, "auth": {"application_token": TOKEN}}
    text = "\n".join(f"{name}={value}" for name, value in door.event().items())
    answers = [
        door.post(files=as_parts),
        door.post(json=nested),
        door.post(json=door.event()),
        door.post(data=text, headers={"Content-Type": "text/plain"}),
    ]
    assert {answer.status_code for answer in answers} == {415}
    assert door.is_untouched()


def test_a_form_may_name_its_alphabet(door):
    answer = door.post(data=urlencode(door.event()), headers={"Content-Type": f"{FORM}; charset=UTF-8"})
    assert answer.status_code == 200


def test_a_body_of_more_than_64_kilobytes_is_refused(door):
    """S08; tests/web/test_server.py sends worse to the real server."""
    padding = 64 * 1024 - len(urlencode(door.event())) - len("&pad=")
    assert door.post(data={**door.event(), "pad": "x" * padding}).status_code == 200
    assert door.post(data={**door.event(), "pad": "x" * (padding + 1)}).status_code == 413
    assert door.turned_away() == {"oversized": 1}


ODD_IDS = ["", "1e3", "+5", " 7 ", "1_000", "١٢", "12³", "-1", "0", "9" * 19, "9" * 5000, "1 OR 1=1", "../1"]


@pytest.mark.parametrize("number", ODD_IDS)
def test_an_odd_id_is_refused_and_no_mistake_of_ours(door, number):
    """S09."""
    for name in ("ONCRMDEALUPDATE", "ONCRMDEALDELETE", "ONTASKUPDATE"):
        assert door.ring(name, number).status_code == 422
    assert door.is_untouched()


def test_an_id_given_twice_or_not_at_all_is_refused(door):
    """S09."""
    twice = [*door.event().items(), ("data[FIELDS][ID]", "8")]
    without = {name: value for name, value in door.event().items() if "ID]" not in name}
    assert door.post(data=twice).status_code == door.post(data=without).status_code == 422
    assert door.is_untouched()


ODD_NAMES = [
    "ONSOMETHINGNEW",
    "ON" + "X" * 300,
    "ON\nFAKE",
    "ON\r\n{}",
    "ON\x1b[31mRED",
    "ONЖ",
    "ON\u2028X",
    'ON","a":"',
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_unknown_event_is_answered_and_leaves_one_tame_line(door, name):
    """S10."""
    assert door.ring(name).json() == {"event": "ignored"}
    assert door.is_untouched()
    [line] = [line for line in door.log.getvalue().splitlines() if "event ignored" in line]
    assert line.isascii()
    assert line.isprintable()
    assert len(line) < 300
    assert set(json.loads(line)) == {"event", "name", "level", "timestamp"}


@pytest.mark.parametrize("text", ["%00", "%FF%FE", "%ED%A0%80", "\x00", "\xff"])
def test_what_is_no_text_is_refused(door, text):
    """S11."""
    event, odd = urlencode(door.event()).encode(), text.encode("latin-1")
    bodies = [event + b"&comment=" + odd, event + b"&" + odd + b"=1", event.replace(b"ONCRM", odd + b"ONCRM")]
    assert {door.post(data=body, headers={"Content-Type": FORM}).status_code for body in bodies} == {422}
    assert door.is_untouched()


@pytest.mark.parametrize("verb", ["GET", "PUT", "TRACE", "DELETE", "PATCH"])
def test_only_post_rings(door, verb):
    """S14."""
    answer = requests.request(verb, f"{door.address}/hook/b24", data=door.event(), timeout=5)
    assert (answer.status_code, "POST" in answer.headers["Allow"]) == (405, True)
    assert door.is_untouched()


def test_whom_a_caller_says_to_be_changes_nothing(door):
    """S16."""
    spoofed = {
        "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Real-IP": "127.0.0.1",
        "Forwarded": "for=127.0.0.1;host=evil.example", "Host": "evil.example", "X-Forwarded-Prefix": "/hook/b24",
        "X-HTTP-Method-Override": "POST", "X-Original-URL": "/metrics",
    }  # fmt: skip
    for data in (door.event(), door.event(token="wrong"), door.event(domain="evil.example")):
        plain, dressed = door.post(data=data), door.post(data=data, headers=spoofed)
        assert (dressed.status_code, dressed.content) == (plain.status_code, plain.content)
        assert "evil" not in f"{dressed.headers}{dressed.text}"
    assert requests.get(f"{door.address}/hook/b24", headers=spoofed, timeout=5).status_code == 405
    assert door.rings() == {("deal", 7): 2}
    assert "evil" not in door.log.getvalue()


def test_a_secret_address_hides_the_bare_one(tmp_path):
    with door_to(tmp_path, hook_secret="only-the-portal-knows-this") as door:
        assert door.post(data=door.event()).status_code == 404
        assert door.post("/hook/b24/another", data=door.event()).status_code == 404
        assert door.post("/hook/b24/" + quote("не то"), data=door.event()).status_code == 404
        assert door.is_untouched()
        assert door.post("/hook/b24/only-the-portal-knows-this", data=door.event()).status_code == 200


def test_what_is_refused_is_never_repeated_to_the_caller(door):
    answers = [door.ring("<script>", token="<script>"), door.ring("ONCRMDEALADD", "<script>"), door.get("/<script>")]
    assert not any("<script" in answer.text or "%3Cscript" in answer.text for answer in answers)
