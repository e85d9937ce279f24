"""Documents of 1C at the door: what is taken, once, and what 1C's accountants are told otherwise."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import requests
import sqlalchemy as sa

from engine import commands, storage
from engine.storage import Storage
from tests.stores import new_store
from tests.web.conftest import ONEC_TOKEN, TOKEN, door_to
from tests.web.process import running

PAYMENT = {"document": "b4f1", "date": "2026-11-23", "sum": "100000.00", "number": "117", "invoice": "СЧ-2026/001"}
SHIPMENT = {
    "document": "c9a2", "date": "2026-11-23", "deal": 12, "upd": {"number": "45", "date": "2026-11-23", "sum": "56000.00"},
    "waybill": {"number": "ТТН-7"}, "rows": [{"product": "Костюм «Монтажник»", "quantity": "40"}],
}  # fmt: skip
SPLIT = {"document": "d1", "deal": 12, "rows": [{"product": "Костюм", "stock": "30", "make": "70"}]}
DOCUMENTS = {"payment": PAYMENT, "shipment": SHIPMENT, "split": SPLIT}


@pytest.mark.parametrize(("kind", "document"), DOCUMENTS.items())
def test_a_document_is_stored_before_it_is_answered_with_202(door, kind, document):
    answer = door.onec(kind, document)
    assert (answer.status_code, answer.json()["state"]) == (202, "accepted")
    [(name, deal, payload)] = door.commands()
    assert (name, deal, payload["command"]) == (f"1c_{kind}", None, f"{kind}/{document['document']}")
    asked = door.outcome(kind, document["document"])
    assert (asked.status_code, asked.json()) == (200, answer.json())


def test_the_same_document_gets_the_first_answer_however_its_numbers_are_written(door):
    door.onec("payment", PAYMENT)
    again = b'\xef\xbb\xbf{"number": "117", "sum": 1.0E5, "x": 1}'.replace(b'1.0E5, "x": 1', b"100000")
    again = again.replace(
        b"}", ', "document": "b4f1", "date": "2026-11-23T15:40:00", "invoice": " СЧ-2026/001", "deal": null}'.encode()
    )
    answers = [door.onec("payment", PAYMENT), door.onec("payment", again)]
    assert [(one.status_code, one.json()["state"]) for one in answers] == [(200, "accepted")] * 2
    assert len(door.commands()) == 1


def test_the_same_document_gets_its_outcome_once_there_is_one(door):
    door.onec("payment", PAYMENT)
    with door.store.write() as tx:
        commands.answer(tx, "payment/b4f1", "refused", "Такой платёж уже внесён", {"card": 12})
    for answer in (door.onec("payment", PAYMENT), door.outcome("payment", "b4f1")):
        assert answer.status_code == 200
        told = answer.json()
        assert (told["state"], told["text"], told["card"]) == ("refused", "Такой платёж уже внесён", 12)


def test_other_content_under_the_same_id_changes_nothing_and_is_reported_once(door):
    door.onec("payment", PAYMENT)
    answers = [door.onec("payment", {**PAYMENT, "sum": "90000.00"}) for _ in range(3)]
    assert [one.status_code for one in answers] == [409] * 3
    assert "сумма 90\u00a0000,00\u00a0₽ вместо 100\u00a0000,00\u00a0₽. Ничего не изменено" in answers[0].json()["error"]
    assert door.outcome("payment", "b4f1").json()["state"] == "accepted"
    [first, other] = door.commands()
    assert first[2]["sum"] == "100000.00"
    assert (other[0], other[2]["other"]["sum"]) == ("1c_other", "90000.00")
    assert door.onec("payment", PAYMENT).status_code == 200


def test_ever_new_content_under_one_id_does_not_fill_the_card_with_comments(door):
    door.onec("payment", PAYMENT)
    answers = {door.onec("payment", {**PAYMENT, "sum": str(kopecks)}).status_code for kopecks in range(1, 20)}
    assert answers == {409}
    assert len(door.commands()) == 1 + commands.MOST_OTHERS


def test_ids_of_different_kinds_are_different_documents(door):
    for kind, document in DOCUMENTS.items():
        assert door.onec(kind, {**document, "document": "1"}).status_code == 202


# — who may —


@pytest.mark.parametrize("token", ["", "wrong", ONEC_TOKEN[:-1], ONEC_TOKEN + "x", TOKEN, ONEC_TOKEN.upper()])
def test_a_wrong_token_is_refused_and_counted(door, token):
    for answer in (
        door.onec("payment", PAYMENT, token),
        door.onec("nonsense", b"{", token),
        door.outcome("payment", "1", token),
    ):
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "Токен неверен" in answer.json()["error"]
    assert door.is_untouched()
    assert door.turned_away() == {"1c": 3}


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": ONEC_TOKEN},
        {"Authorization": f"Basic {ONEC_TOKEN}"},
        {"Authorization": "Bearer тайна".encode()},
    ],
)
def test_only_a_bearer_token_in_the_header_opens(door, header):
    assert door.post("/hook/1c/payment", json=PAYMENT, headers=header).status_code == 401
    assert door.post(f"/hook/1c/payment?token={ONEC_TOKEN}", json={**PAYMENT, "token": ONEC_TOKEN}).status_code == 401
    assert door.is_untouched()


def test_without_the_setting_there_are_no_such_addresses(tmp_path):
    with door_to(tmp_path, onec_token=None) as door:
        assert door.onec("payment", PAYMENT).status_code == 404
        assert door.outcome("payment", "b4f1").status_code == 404
        assert door.is_untouched()


def test_the_token_shows_nowhere(door):
    door.onec("payment", PAYMENT)
    door.onec("payment", b"{")
    texts = [door.onec("payment", PAYMENT, ONEC_TOKEN + "x").text, door.get("/metrics").text, door.log.getvalue()]
    texts += [repr(door.settings), str(door.commands())]
    assert not [text for text in texts if ONEC_TOKEN in text]


# — what is no document —


def test_an_unknown_kind_and_an_unknown_document_are_said_to_be_so(door):
    answer = door.onec("pay", PAYMENT)
    assert (answer.status_code, answer.json()["error"]) == (
        404,
        "Такого вида документов нет. Есть split, shipment, payment, absences.",
    )
    for document in ("b4f1", "%00", "..", "я" * 300, "'; DROP TABLE marks"):
        assert door.outcome("payment", document).status_code == 404


def test_a_wrong_shape_is_refused_with_what_to_write_in_each_field(door):
    answer = door.onec("payment", {"document": "1", "date": "31.12.2026", "sum": "1 000,50", "invoise": "1"})
    assert answer.status_code == 400
    assert answer.json()["fields"] == {
        "date": 'напишите дату строкой ГГГГ-ММ-ДД, например "2026-11-23"',
        "sum": 'напишите сумму в рублях с точкой и без пробелов, например "118270.50"',
        "number": "поле обязательно, напишите: номер платёжного поручения",
        "invoise": "такого поля нет (может быть, invoice?), есть document, date, sum, number, deal, invoice, contract, shipment",
    }
    assert answer.json()["error"].startswith("Документ не принят. date: напишите дату")
    assert door.is_untouched()


def test_a_document_that_is_too_long_is_refused_before_it_is_read(door):
    answer = door.onec("payment", b'{"document": "' + b"x" * 300_000 + b'"}')
    assert (answer.status_code, answer.json()["error"]) == (413, "Документ длиннее 256 КБ. Разделите его на несколько.")
    assert door.is_untouched()


def test_a_document_of_five_hundred_rows_is_taken(door):
    rows = [
        {"product": f"Костюм «Монтажник» летний, размер {number}, рост 170–176", "quantity": "1.5"}
        for number in range(500)
    ]
    assert door.onec("shipment", {**SHIPMENT, "rows": rows}).status_code == 202
    assert door.onec("shipment", {**SHIPMENT, "rows": [*rows, rows[0]]}).status_code == 400


def test_only_post_sends_and_only_get_asks(door):
    assert door.ask("GET", "/hook/1c/payment").status_code == 405
    assert door.post("/hook/1c/payment/b4f1").status_code == 405


def test_while_the_database_takes_nothing_1c_hears_503_and_may_send_again(door):
    with door.store.write():
        answer = door.onec("payment", PAYMENT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Ничего не сохранено" in answer.json()["error"]
    assert door.onec("payment", PAYMENT).status_code == 202


def test_an_automation_rule_of_the_portal_cannot_send_what_only_1c_sends(door):
    assert door.press("1c_payment").status_code == 404
    assert "1c_" not in door.press("nonsense").json()["what"]


# — processes that die, and several —


@pytest.mark.parametrize(
    ("failpoint", "again"), [("written:1", 202), pytest.param("kept:1", 200, marks=pytest.mark.slow)]
)
def test_a_document_whose_answer_was_lost_with_the_process_is_sent_again_and_taken_once(tmp_path, failpoint, again):
    settings, header = settings_of_a_web(tmp_path), {"Authorization": f"Bearer {ONEC_TOKEN}"}
    with running("web", **settings, voronka_failpoint=failpoint) as web:
        web.wait_until_it_answers()
        with pytest.raises(requests.ConnectionError):
            requests.post(f"{web.address}/hook/1c/payment", json=PAYMENT, headers=header, timeout=20)
    with running("web", **settings) as web:
        web.wait_until_it_answers()
        assert (
            requests.post(f"{web.address}/hook/1c/payment", json=PAYMENT, headers=header, timeout=20).status_code
            == again
        )
    assert names_of_commands(settings) == {"1c_payment": 1}


def test_a_document_sent_three_times_to_two_processes_at_once_is_taken_once(tmp_path):
    """And once more with another sum: the first of the two contents stands."""
    settings = settings_of_a_web(tmp_path)
    with ExitStack() as stack:
        webs = [stack.enter_context(running("web", **settings)) for _ in range(2)]
        for web in webs:
            web.wait_until_it_answers()

        def send(number: int) -> int:
            content = {**PAYMENT, "document": f"d{number // 6}"}
            header = {"Authorization": f"Bearer {ONEC_TOKEN}"}
            address = f"{webs[number % 2].address}/hook/1c/payment"
            return requests.post(address, json=content, headers=header, timeout=20).status_code

        with ThreadPoolExecutor(6) as senders:
            answers = Counter(senders.map(send, range(60)))
        assert answers == {202: 10, 200: 50}
        other = {**PAYMENT, "document": "d0", "sum": "1.00"}
        header = {"Authorization": f"Bearer {ONEC_TOKEN}"}
        said = {
            requests.post(f"{web.address}/hook/1c/payment", json=other, headers=header, timeout=20).status_code
            for web in webs
        }
        assert said == {409}
    assert names_of_commands(settings) == {"1c_payment": 10, "1c_other": 1}


def settings_of_a_web(folder) -> dict[str, str]:
    database = new_store(folder)
    Storage(database).prepare()
    webhook = "http://127.0.0.1:9/rest/1/secret-of-the-webhook/"
    return {
        "bitrix_webhook_url": webhook,
        "bitrix_event_token": TOKEN,
        "onec_token": ONEC_TOKEN,
        "database_url": database,
    }


def names_of_commands(settings: dict[str, str]) -> Counter:
    with Storage(settings["database_url"]).read() as connection:
        return Counter(connection.scalars(sa.select(storage.commands.c.name)))
