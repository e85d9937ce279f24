"""Addresses for the portal's automation rules."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from tests.web.conftest import ROBOT_SECRET, door_to


def test_a_rule_that_names_the_deal_in_its_address_gives_a_command(door):
    answer = door.press("make_document", "?deal=12&template=T02")
    assert (answer.status_code, answer.json()) == (200, {"accepted": 1})
    assert door.commands() == [("make_document", 12, {"template": "T02"})]


def test_a_rule_of_the_portal_names_the_deal_in_its_body(door):
    body = {"document_id[0]": "crm", "document_id[1]": "CCrmDocumentDeal", "document_id[2]": "DEAL_12"}
    assert door.press("make_document", "", data=body).status_code == 200
    assert door.commands() == [("make_document", 12, {})]


def test_every_press_is_a_command_of_its_own(door):
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda _: door.press(), range(20)))
    assert sorted(answer.json()["accepted"] for answer in answers) == list(range(1, 21))
    assert len(door.commands()) == 20


@pytest.mark.parametrize("secret", ["wrong", ROBOT_SECRET[:-1], ROBOT_SECRET + "x", quote("секрет"), "%00", "%ff"])
def test_a_wrong_secret_is_refused_whatever_the_command(door, secret):
    for name in ("make_document", "no_such_command"):
        assert door.post(f"/robot/{secret}/{name}?deal=12").status_code == 403
    assert door.is_untouched()


def test_without_a_secret_there_are_no_such_addresses(tmp_path):
    with door_to(tmp_path, robot_secret=None) as door:
        assert {door.press().status_code, door.post("/robot//make_document?deal=1").status_code} <= {403, 404}
        assert door.is_untouched()


def test_a_command_that_nobody_claims_is_refused_with_those_that_somebody_does(door):
    answer = door.press("make_dokument")
    assert answer.status_code == 404
    assert "make_document" in answer.json()["what"]
    assert door.is_untouched()


ODD = ["", "?deal=", "?deal=0", "?deal=-1", "?deal=12%20", "?deal=DEAL_12", "?deal=" + "9" * 19, "?deal=%D9%A1%D9%A2"]


@pytest.mark.parametrize("query", ODD)
def test_a_command_without_a_deal_is_refused(door, query):
    assert door.press("make_document", query).status_code == 422
    assert door.is_untouched()


def test_a_command_about_two_deals_is_refused(door):
    assert door.press("make_document", "?deal=12", data={"document_id[2]": "DEAL_13"}).status_code == 422
    assert door.press("make_document", "?deal=12", data={"document_id[2]": "LEAD_12"}).status_code == 422
    assert door.press("make_document", "?deal=12", data={"document_id[2]": "DEAL_12"}).status_code == 200


ODD_WORDS = ["'; DROP TABLE commands; --", '" OR 1=1', "%27", "\x00\x1b[31m", "{{7*7}}", "токен"]


@pytest.mark.parametrize("word", ODD_WORDS)
def test_a_word_of_another_language_is_only_a_word(door, word):
    """S39."""
    assert door.press("make_document", f"?deal=12&template={quote(word)}").status_code == 200
    assert door.commands() == [("make_document", 12, {"template": word})]
    assert door.press(quote(word, safe="")).status_code == 404
    assert door.press("make_document", f"?deal=12{quote(word)}").status_code == 422
    assert len(door.commands()) == 1


def test_following_a_link_presses_nothing(door):
    assert door.get(f"/robot/{ROBOT_SECRET}/make_document?deal=12").status_code == 405
    assert door.is_untouched()


def test_while_the_database_takes_nothing_the_rule_hears_503(door):
    with door.store.write():
        answer = door.press()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert door.commands() == []
