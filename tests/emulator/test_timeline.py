"""Timelines: bindings of comments, log entries, notes, pins."""

import pytest


@pytest.fixture
def two_deals(deal):
    return deal(title="Первая")["id"], deal(title="Вторая")["id"]


@pytest.fixture
def comment(call):
    """Write a comment on a deal and return its id: comment(1, "…")."""

    def write(deal: int, text: str = "Согласовано") -> int:
        fields = {"ENTITY_ID": deal, "ENTITY_TYPE": "deal", "COMMENT": text}
        return call("crm.timeline.comment.add", fields=fields)["result"]

    return write


@pytest.fixture
def comments_of(call):
    def ask(deal: int) -> list[tuple]:
        rows = call("crm.timeline.comment.list", filter={"ENTITY_TYPE": "deal", "ENTITY_ID": deal})["result"]
        return [(int(row["ID"]), row["ENTITY_ID"]) for row in rows]

    return ask


def entry(deal: int, title: str = "Выгрузка") -> dict:
    return {"entityTypeId": 2, "entityId": deal, "title": title, "text": "Отправлено в 1С", "iconCode": "info"}


def test_a_comment_is_listed_with_every_object_that_it_is_bound_to(call, two_deals, comment, comments_of):
    first, second = two_deals
    number = comment(first)
    fields = {"OWNER_ID": number, "ENTITY_TYPE": "deal", "ENTITY_ID": second}
    assert call("crm.timeline.bindings.bind", fields=fields)["result"] is True
    assert comments_of(second) == [(number, str(second))]
    body = call("crm.timeline.bindings.list", filter={"OWNER_ID": number})
    assert body["result"] == [
        {"OWNER_ID": str(number), "ENTITY_ID": str(deal), "ENTITY_TYPE": "deal"} for deal in two_deals
    ]
    assert body["total"] == 2
    assert call("crm.timeline.bindings.unbind", fields=fields | {"ENTITY_ID": first})["result"] is True
    assert (comments_of(first), comments_of(second)) == ([], [(number, str(second))])
    assert (
        call("crm.timeline.bindings.unbind", fields=fields | {"ENTITY_ID": first})["error_description"] == "Not found."
    )


def test_a_comment_goes_with_the_last_object_that_it_stood_on(call, act, two_deals, comment):
    first, second = two_deals
    number = comment(first)
    call("crm.timeline.bindings.bind", fields={"OWNER_ID": number, "ENTITY_TYPE": "deal", "ENTITY_ID": second})
    act("crm.item.delete", entityTypeId=2, id=first)
    assert call("crm.timeline.comment.get", id=number)["result"]["COMMENT"] == "Согласовано"
    act("crm.item.delete", entityTypeId=2, id=second)
    assert call("crm.timeline.comment.get", id=number)["error"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ENTITY_TYPE": "deal", "ENTITY_ID": 1}, "OWNER_ID is not defined or invalid."),
        ({"OWNER_ID": 404, "ENTITY_TYPE": "deal", "ENTITY_ID": 1}, "OWNER_ID is not defined or invalid."),
        ({"OWNER_ID": 1, "ENTITY_TYPE": "deal"}, "ENTITY_ID is not defined or invalid."),
        ({"OWNER_ID": 1, "ENTITY_TYPE": "x", "ENTITY_ID": 1}, "ENTITY_TYPE is not defined or invalid."),
        ({"OWNER_ID": 1, "ENTITY_TYPE": "deal", "ENTITY_ID": 404}, "Access denied."),
    ],
)
def test_a_binding_that_names_nothing_is_refused(call, two_deals, comment, fields, said):
    comment(1)
    assert call("crm.timeline.bindings.bind", fields=fields) == {"error": "", "error_description": said}


def test_fields_are_described(call):
    comment = call("crm.timeline.comment.fields")["result"]
    assert (comment["ENTITY_ID"]["isImmutable"], comment["ID"]["isReadOnly"]) == (True, True)
    assert (comment["FILES"]["type"], comment["FILES"]["isMultiple"]) == ("attached_diskfile", True)
    assert list(call("crm.timeline.bindings.fields")["result"]) == ["OWNER_ID", "ENTITY_ID", "ENTITY_TYPE"]


def test_log_entries_come_by_tens_newest_first(call, deal):
    made = deal()["id"]
    for number in range(12):
        call("crm.timeline.logmessage.add", fields=entry(made, f"Запись {number}"))
    asked = {"entityTypeId": 2, "entityId": made}
    first, second = (call("crm.timeline.logmessage.list", **asked, start=start) for start in (0, 10))
    assert (len(first["result"]), first["next"], first["total"]) == (10, 10, 12)
    assert first["result"][0]["title"] == "Запись 11"
    assert [row["title"] for row in second["result"]] == ["Запись 1", "Запись 0"]
    oldest = call("crm.timeline.logmessage.list", **asked, order={"id": "asc"})["result"][0]
    assert oldest["title"] == "Запись 0"
    assert call("crm.timeline.logmessage.list", entityId=made)["error"] == "100"


def test_a_log_entry_is_read_and_deleted_and_is_no_comment(call, two_deals, comment, comments_of):
    comment(1)
    made = call("crm.timeline.logmessage.add", fields=entry(1))["result"]["logMessage"]
    assert made["id"] == 2, "one row of numbers with the comments"
    assert call("crm.timeline.logmessage.get", id=made["id"])["result"]["logMessage"] == made
    assert (made["authorId"], made["iconCode"]) == (1, "info")
    assert [number for number, _ in comments_of(1)] == [1]
    assert call("crm.timeline.logmessage.delete", id=made["id"])["result"] is True
    gone = call("crm.timeline.logmessage.get", id=made["id"])
    assert (gone["error"], gone["error_description"]) == ("NOT_FOUND", "Timeline logmessage not found for id 2")


def test_a_log_entry_wants_its_object_and_all_its_fields(call, deal):
    assert call("crm.timeline.logmessage.add", fields=entry(404))["error"] == "OWNER_NOT_FOUND"
    without = {name: value for name, value in entry(deal()["id"]).items() if name != "text"}
    assert call("crm.timeline.logmessage.add", fields=without)["error_description"].endswith("{text}")


def test_a_note_is_saved_changed_read_and_deleted(portal, call, two_deals, comment):
    under = {"ownerTypeId": 2, "ownerId": 1, "itemType": 1, "itemId": comment(1)}
    assert call("crm.timeline.note.save", **under, text="Черновик")["result"] is True
    portal.advance(60)
    call("crm.timeline.note.save", **under, text="Чистовик")
    note = call("crm.timeline.note.get", **under)["result"]
    assert (note["text"], note["createdById"]) == ("Чистовик", 1)
    assert note["updatedTime"] > note["createdTime"]
    assert call("crm.timeline.note.get", **(under | {"ownerId": 2}))["error"] == "NOT_FOUND", "not of that deal"
    assert call("crm.timeline.note.delete", **under)["result"] is True
    assert call("crm.timeline.note.get", **under)["error"] == "NOT_FOUND"
    assert call("crm.timeline.note.save", **under)["error"] == "100"


def test_a_note_may_be_under_an_activity(call, deal):
    deal()
    when = "2026-12-01T15:00:00+03:00"
    number = call("crm.activity.todo.add", ownerTypeId=2, ownerId=1, deadline=when)["result"]["id"]
    under = {"ownerTypeId": 2, "ownerId": 1, "itemType": 2, "itemId": number}
    call("crm.timeline.note.save", **under, text="Расшифровка")
    assert call("crm.timeline.note.get", **under)["result"]["text"] == "Расшифровка"
    call("crm.activity.delete", id=number)
    assert call("crm.timeline.note.get", **under)["error"] == "NOT_FOUND"


def test_three_records_can_be_pinned(call, two_deals, comment):
    pins = [{"id": comment(1), "ownerTypeId": 2, "ownerId": 1} for _ in range(4)]
    assert [call("crm.timeline.item.pin", **pin)["result"] for pin in pins[:3]] == [None, None, None]
    refused = call("crm.timeline.item.pin", **pins[3])
    assert (refused["error"], refused["error_description"]) == ("0", "Only three events can be added to favorites")
    assert call("crm.timeline.item.unpin", **pins[0])["result"] is None
    assert call("crm.timeline.item.pin", **pins[3])["result"] is None
    assert call("crm.timeline.item.pin", **(pins[0] | {"ownerId": 2}))["error"] == "NOT_FOUND"
    assert call("crm.timeline.item.unpin", **(pins[0] | {"ownerId": 404}))["error"] == "OWNER_NOT_FOUND"


@pytest.mark.parametrize("number", ["inf", "1e999", 10**30, "нет"])
def test_a_number_without_end_names_nothing(call, number):
    assert call("crm.timeline.logmessage.get", id=number)["error"] == "NOT_FOUND"


def test_half_a_character_becomes_a_question_mark(call, comment, two_deals):
    number = comment(1, "конец\ud83d")
    assert call("crm.timeline.comment.get", id=number)["result"]["COMMENT"] == "конец?"


@pytest.mark.parametrize("verb", ["set", "get", "delete"])
@pytest.mark.parametrize("what", ["timeline", "activity"])
def test_blocks_of_a_record_are_for_applications(call, what, verb):
    assert call(f"crm.{what}.layout.blocks.{verb}", entityTypeId=2, entityId=1)["error"] == "ERROR_WRONG_CONTEXT"
