"""One request at a time: calls, lists, files, REST 3, the portal's clock."""

import base64
import json
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bitrix.client import Answer, Command, File, Portal
from bitrix.errors import (
    FieldInvalid,
    MethodMissing,
    MethodPaused,
    NotExecuted,
    NotFound,
    OutcomeUnknown,
    Rejected,
    Unreachable,
)
from bitrix.php_query import CannotTravel
from tests.bitrix.odd_server import error, reply


def add_deals(emulated, count: int) -> list[int]:
    added = [emulated.act(1, "crm.item.add", {"entityTypeId": 2, "fields": {"title": f"d{n}"}}) for n in range(count)]
    return [int(one["item"]["id"]) for one in added]


# — a call —


def test_a_call_answers_with_result_and_time(portal):
    answer = portal.call("crm.item.add", {"entityTypeId": 2, "fields": {"title": "Поставка «Ромашка» & Ко"}})

    assert answer.result["item"]["title"] == "Поставка «Ромашка» & Ко"
    assert answer.time["operating"] == Decimal("0.7")


def test_a_refused_call_raises_what_can_be_done(portal):
    with pytest.raises(NotFound):
        portal.call("crm.item.get", {"entityTypeId": 2, "id": 999})
    with pytest.raises(MethodMissing):
        portal.call("no.such.method")
    with pytest.raises(FieldInvalid):
        portal.call("crm.item.list", {"entityTypeId": 2, "filter": {"noSuchField": 1}})


def test_amounts_never_pass_through_a_binary_float(odd, odd_portal):
    odd.answers(reply('{"result": {"opportunity": 1234567890123456.78, "tax": 0.1}}'))

    answer = odd_portal.call("crm.item.update", {"fields": {"opportunity": Decimal("0.10")}})

    assert answer.result == {"opportunity": Decimal("1234567890123456.78"), "tax": Decimal("0.1")}
    assert odd.asked[0].json == {"fields": {"opportunity": "0.10"}}


def test_a_request_is_json_without_cookies_and_passwords_of_the_machine(odd, odd_portal, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    odd.answers(reply({"result": 1}, headers={"Set-Cookie": "PHPSESSID=abc; path=/"}))

    odd_portal.call("user.current")
    odd_portal.call("user.current", {"ADMIN_MODE": "Y"})

    assert odd.asked[0].headers["content-type"].startswith("application/json")
    assert odd.asked[0].json == {}
    for asked in odd.asked:
        assert "cookie" not in asked.headers
        assert "authorization" not in asked.headers


def test_threads_share_the_client_and_its_connections(odd, odd_portal):
    """A connection that rests is taken again by whichever thread comes next."""
    for _ in range(5):
        thread = threading.Thread(target=odd_portal.call, args=("user.current",))
        thread.start()
        thread.join()

    assert len(odd.asked) == 5
    assert odd.connections == 1


def test_people_follow_links_to_the_portals_own_address(portal, emulated):
    assert portal.address == emulated.base_url
    assert Portal("https://company.bitrix24.ru/rest/1/abcdef0123456789/").address == "https://company.bitrix24.ru"


# — a batch —


def test_a_batch_gives_each_command_its_own_outcome(portal, emulated):
    outcomes = portal.batch(
        [
            Command("crm.item.add", {"entityTypeId": 2, "fields": {"title": "a"}}, "a"),
            Command("crm.item.get", {"entityTypeId": 2, "id": 999}),
            Command("no.such.method"),
            Command("crm.item.get", {"entityTypeId": 2, "id": "$result[a][item][id]"}),
            Command("crm.item.list", {"entityTypeId": 2}),
        ]
    )

    assert [type(one) for one in outcomes] == [Answer, NotFound, MethodMissing, Answer, Answer]
    assert outcomes[3].result["item"]["title"] == "a"
    assert (outcomes[4].total, outcomes[4].next) == (1, None)
    assert outcomes[0].time["operating"] == Decimal("0.7")
    assert emulated.requests()["http"] == 1


def test_a_halted_batch_says_what_it_did_not_run(portal, emulated):
    lost, never = portal.batch(
        [Command("crm.item.get", {"entityTypeId": 2, "id": 999}), Command("crm.item.add", {"entityTypeId": 2})],
        halt=True,
    )

    assert (type(lost), type(never), never.code) == (NotFound, NotExecuted, "NOT_RUN")
    assert emulated.log() == []


def test_a_command_that_the_answer_does_not_name_is_unknown(odd, odd_portal):
    odd.answers(reply({"result": {"result": {"c0": 1}, "result_error": [], "result_time": {"c0": {}, "c1": {}}}}))

    given, null, missing = odd_portal.batch([Command("a.b"), Command("a.c"), Command("a.d")])

    assert (given.result, null.result, type(missing)) == (1, None, OutcomeUnknown)


def test_what_does_not_fit_a_batch_is_refused_aloud(portal):
    with pytest.raises(CannotTravel, match="COMMENTS"):
        portal.batch([Command("crm.item.update", {"fields": {"COMMENTS": None}})])
    with pytest.raises(ValueError, match="Nothing was sent"):
        portal.batch([Command("user.current")] * 51)


# — lists and files —


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 120])
def test_a_list_gives_every_row_once_by_id(portal, emulated, count):
    ids = add_deals(emulated, count)

    rows = list(portal.list("crm.item.list", {"entityTypeId": 2, "select": ["id", "title"], "filter": {"%title": "d"}}))

    assert [row["id"] for row in rows] == ids
    assert emulated.requests()["http"] == count // 50 + 1


def test_a_list_of_tasks_filters_by_another_name(portal, emulated):
    for n in range(60):
        emulated.act(1, "tasks.task.add", {"fields": {"TITLE": f"t{n}", "RESPONSIBLE_ID": 1}})

    rows = list(portal.list("tasks.task.list", {"select": ["ID", "TITLE"]}, key="tasks", filter_key="ID"))

    assert [row["title"] for row in rows] == [f"t{n}" for n in range(60)]


def test_a_list_whose_filter_is_ignored_ends(odd, odd_portal):
    odd.answers(reply({"result": {"items": [{"id": n} for n in range(1, 51)]}}))

    with pytest.raises(OutcomeUnknown, match="PAGE_REPEATED"):
        list(odd_portal.list("crm.item.list"))

    assert len(odd.asked) == 2


def test_a_file_lands_in_the_folder_under_its_name(portal, emulated):
    [storage] = emulated.act(1, "disk.storage.getlist")

    uploaded = portal.upload(int(storage["ROOT_OBJECT_ID"]), "Договор № 7.docx", b"\x00PK\xff" * 1000).result

    assert (uploaded["NAME"], int(uploaded["SIZE"])) == ("Договор № 7.docx", 4000)


def test_a_refused_file_raises(portal):
    with pytest.raises(Rejected):
        portal.upload(999999, "a.docx", b"x")


# — REST 3 —


def test_a_repeated_key_of_rest_3_is_answered_from_memory(portal, emulated):
    made = emulated.act(1, "tasks.task.add", {"fields": {"TITLE": "t", "RESPONSIBLE_ID": 1}})
    message = {"fields": {"taskId": int(made["task"]["id"]), "text": "Напоминаем о сроке"}}

    first = portal.call_v3("tasks.task.chat.message.send", message, "key-1")
    second = portal.call_v3("tasks.task.chat.message.send", message, "key-1")

    assert (first.replayed, second.replayed) == (False, True)
    assert first.result == second.result
    assert [effect["method"] for effect in emulated.log()].count("tasks.task.chat.message.send") == 1


def test_a_key_of_rest_3_cannot_serve_two_messages(portal, emulated):
    made = emulated.act(1, "tasks.task.add", {"fields": {"TITLE": "t", "RESPONSIBLE_ID": 1}})
    task_id = int(made["task"]["id"])
    portal.call_v3("tasks.task.chat.message.send", {"fields": {"taskId": task_id, "text": "a"}}, "key-1")

    with pytest.raises(Rejected):
        portal.call_v3("tasks.task.chat.message.send", {"fields": {"taskId": task_id, "text": "b"}}, "key-1")


@pytest.mark.parametrize("key", ["", "с кириллицей", "a b", "x" * 256, "a\r\nX: y"])
def test_a_key_is_printable_ascii(portal, key):
    with pytest.raises(ValueError, match="Nothing was sent"):
        portal.call_v3("tasks.task.chat.message.send", {}, key)


# — files —


def test_a_file_is_read_by_the_address_that_its_card_names_and_never_from_elsewhere(portal, emulated):
    """Nothing is read of one that is larger than wanted."""
    file = ["Договор №1.pdf", base64.b64encode(b"%PDF" * 1000).decode()]
    emulated.act(1, "crm.deal.userfield.add", {"fields": {"FIELD_NAME": "SCAN", "USER_TYPE_ID": "file"}})
    fields = {"title": "С файлом", "UF_CRM_SCAN": file}
    made = portal.call("crm.item.add", {"entityTypeId": 2, "fields": fields, "useOriginalUfNames": "Y"})
    address = made.result["item"]["UF_CRM_SCAN"]["urlMachine"]

    assert portal.download(address, 4000) == File("Договор №1.pdf", 4000, b"%PDF" * 1000)
    assert portal.download(address, 3999) == File("Договор №1.pdf", 4000, None)
    assert portal.download(address.replace("token=", "token=x"), 4000) is None
    assert portal.download("http://127.0.0.1:9/file", 4000) is None


def test_a_file_of_a_portal_that_is_away_may_be_asked_for_again():
    away = Portal("http://127.0.0.1:9/rest/1/secret-of-the-webhook/", limits="off")
    with pytest.raises(Unreachable) as failure:
        away.download(f"{away.address}/rest/download/1/?token=secret-of-the-file", 1)
    assert "secret" not in str(failure.value)


# — the clock —


def test_the_portals_clock_is_known_after_any_answer_and_runs_on(portal, emulated):
    emulated.set_time(datetime(2027, 2, 1, 9, 30, tzinfo=UTC))

    now = portal.now()

    assert now - datetime(2027, 2, 1, 9, 30, tzinfo=UTC) < timedelta(seconds=5)
    assert now.utcoffset() == timedelta(hours=3)
    assert portal.now() > now


def test_the_offset_follows_a_clock_that_is_moved(portal, emulated):
    assert portal.clock.offset() == timedelta()
    portal.call("user.current")
    emulated.advance(timedelta(days=3))
    portal.batch([Command("user.current")])

    assert abs(portal.clock.offset() - timedelta(days=3)) < timedelta(seconds=2)


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        None,
        "now",
        {"date_finish": "yesterday"},
        {"date_finish": "2026-11-24"},
        {"date_finish": "2026-11-24T10:00:00+03:00", "finish": None},
        {"date_finish": "2026-11-24T10:00:00+03:00", "finish": 1e300},
        {"duration": "long", "operating": None, "operating_reset_at": []},
        {"duration": -1, "operating": 1e300, "operating_reset_at": 1e300},
    ],
)
def test_an_answer_without_a_time_changes_nothing(odd, odd_portal, told):
    odd.answers(reply({"result": 1, "time": told}))

    assert odd_portal.call("user.current").result == 1
    assert odd_portal.clock.offset() == timedelta()


# — watching —


def test_every_request_is_reported_without_its_address(portal, emulated):
    seen = []
    portal.observe(seen.append)

    portal.call("user.current")
    portal.batch([Command("user.current"), Command("user.current"), Command("crm.item.list", {"entityTypeId": 2})])
    with pytest.raises(NotFound):
        portal.call("crm.item.get", {"entityTypeId": 2, "id": 999})

    assert [(one["method"], one["status"], one["commands"], one["outcome"]) for one in seen] == [
        ("user.current", 200, {"user.current": 1}, "done"),
        ("batch", 200, {"user.current": 2, "crm.item.list": 1}, "done"),
        ("crm.item.get", 400, {"crm.item.get": 1}, "NotFound"),
    ]
    assert all(one["seconds"] > 0 for one in seen)
    assert "127.0.0.1" not in json.dumps(seen)


def test_who_watches_badly_costs_nobody_an_answer(portal, caplog):
    def fails(event):
        raise RuntimeError("no metrics today")

    portal.observe(fails)

    assert portal.call("user.current").result["ID"] == "1"
    assert "an observer of the portal failed" in caplog.text


def test_a_call_of_a_paused_method_is_not_made(odd):
    portal = Portal(odd.webhook(), limits="real")
    odd.answers(error("OPERATION_TIME_LIMIT", "blocked", 429))

    for _ in range(3):
        with pytest.raises(MethodPaused) as caught:
            portal.call("crm.item.add")

    assert len(odd.asked) == 1
    assert 55 < caught.value.seconds_left <= 60
