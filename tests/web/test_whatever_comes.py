"""Whatever comes to the doorbell: never a mistake of ours, and nothing is kept unless the token is right (R10)."""

from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.conftest import DOMAIN, FORM, TOKEN, door_to

WORDS = [
    "event",
    "data",
    "auth",
    "[FIELDS]",
    "[ID]",
    "[application_token]",
    "[domain]",
    "ONCRMDEALADD",
    "ONTASKUPDATE",
    DOMAIN,
]
PIECES = st.sampled_from([*WORDS, "[", "]", "=", "&", ";", "%", "%0", "%00", "%ED%A0%80", "+", "1", "ю", "\0", "\r\n"])
BODIES = st.binary(max_size=300) | st.lists(PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode())
TYPES = st.sampled_from(
    [
        FORM,
        FORM.upper(),
        f"{FORM}; charset=utf-16",
        f"{FORM};boundary=x",
        "application/json",
        "text/plain",
        "*/*",
        ";",
        "x" * 5000,
    ]
) | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40).map(str.strip)
NAMES = st.sampled_from(
    ["ONCRMDEALADD", "ONCRMDEALDELETE", "oncrmdealupdate", "ONTASKUPDATE", "ONCRMCOMPANYADD"]
) | st.text(max_size=20)
IDS = st.integers(-(2**65), 2**65).map(str) | st.text(max_size=30)
TOKENS = st.text(max_size=40).filter(lambda token: token != TOKEN)
TOKEN_KEY = quote_plus("auth[application_token]")


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    with door_to(tmp_path_factory.mktemp("fuzz")) as door:
        yield door


@pytest.fixture(scope="module")
def soft_door(tmp_path_factory):
    """Where rings that are true may come to stand."""
    with door_to(tmp_path_factory.mktemp("soft")) as door:
        yield door


@settings(max_examples=400, deadline=None)
@given(body=BODIES, content_type=TYPES)
def test_no_body_makes_a_mistake_of_ours(door, body, content_type):
    answer = door.post(data=body, headers={"Content-Type": content_type})
    assert 400 <= answer.status_code < 500
    assert door.is_untouched()


@settings(max_examples=200, deadline=None)
@given(name=NAMES, number=IDS, token=TOKENS)
def test_nothing_is_kept_of_an_event_with_another_token(door, name, number, token):
    assert door.post(data=door.event(name, number, token=token)).status_code in {403, 422}
    assert door.is_untouched()


@settings(max_examples=200, deadline=None)
@given(junk=BODIES, before=st.booleans())
def test_no_company_makes_a_wrong_token_right(door, junk, before):
    """Around a whole event with a wrong token."""
    event = urlencode(door.event(token="wrong")).encode()
    answer = door.post(data=b"&".join([junk, event] if before else [event, junk]), headers={"Content-Type": FORM})
    assert answer.status_code in {403, 422}
    assert door.is_untouched()


@settings(max_examples=300, deadline=None)
@given(name=NAMES, number=IDS, junk=BODIES)
def test_no_field_of_a_trusted_event_makes_a_mistake_of_ours(soft_door, name, number, junk):
    event = urlencode(soft_door.event(name, number)).encode()
    asked = soft_door.post(data=event + b"&" + junk, headers={"Content-Type": FORM})
    assert asked.status_code in {200, 403, 422}
    assert all(entity in {"deal", "task", "company"} and number > 0 for entity, number in soft_door.rings())


@settings(max_examples=100, deadline=None)
@given(path=st.text(max_size=40), verb=st.sampled_from(["GET", "POST", "PUT", "HEAD", "TRACE", "BREW"]), body=BODIES)
def test_no_address_makes_a_mistake_of_ours(door, path, verb, body):
    for root in ("/", "/hook/", "/robot/", "/hook/b24/"):
        answer = door.ask(verb, root + quote_plus(path.encode("utf-8", "replace"), safe="/?&=%"), data=body)
        assert answer.status_code < 500
    assert door.is_untouched()
