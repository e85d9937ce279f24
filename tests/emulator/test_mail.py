"""Mail of REST 3: letters leave and arrive, are found, answered and put away, and become other things."""

import pytest
import requests

from .conftest import ADMIN

ME, OTHER = "voronka@sferotek.example", "admin@sferotek.example"
CLIENT = "Анна <anna@client.example>"
VALIDATION = "BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION"


@pytest.fixture
def mail(portal):
    """Call a method of REST 3 by the webhook (user 1) and return the whole body: mail("message.get", id=1)."""
    address = portal.webhook_url.replace("/rest/", "/rest/api/") + "mail."

    def ask(method: str, **body) -> dict:
        return requests.post(address + method, json=body, timeout=10).json()

    return ask


@pytest.fixture
def send(mail):
    """Write to the administrator: send(subject="…")."""

    def write(**more) -> dict:
        return mail("message.send", **{"from": ME, "to": [OTHER], "subject": "Договор", "body": "Проект"} | more)

    return write


@pytest.fixture
def received(portal):
    """A letter of a client, in the webhook's mailbox; its id."""
    return portal.write_letter(CLIENT, [ME], "Заявка", "Нужны двадцать костюмов")[0]


def subjects(mail, **filters) -> list[str]:
    return [one["subject"] for one in mail("message.list", **filters)["result"]["items"]]


def fault(answer: dict) -> tuple:
    assert answer["error"]["code"] == VALIDATION, answer
    return answer["error"]["validation"][0]["field"], answer["error"]["validation"][0]["message"]


# -- mailboxes


def test_everybody_has_a_mailbox_of_his_own(mail):
    boxes = mail("mailbox.list")["result"]["items"]
    assert boxes == [{"id": 1, "name": ME, "email": ME, "senderName": "Воронка"}]
    assert mail("mailbox.get", id=1, select=["email"])["result"] == {"item": {"email": ME}}
    assert mail("mailbox.list", email="nobody")["result"] == {"items": []}
    senders = mail("mailbox.senders")["result"]["items"]
    assert [one["sender"] for one in senders] == [f"Воронка <{ME}>", f"{ME} <{ME}>"]
    assert mail("mailbox.get", id=2)["error"]["code"].endswith("ENTITYNOTFOUNDEXCEPTION")
    assert mail("mailbox.list", pagination={"limit": "abc"})["error"]["code"].endswith("INVALIDPAGINATIONEXCEPTION")


# -- letters


def test_a_letter_stands_among_the_sent_and_arrives_unread(portal, mail, send):
    assert send(cc=["boss@client.example"])["result"] == {"success": True, "to": [OTHER]}
    sent = mail("message.list", mailboxId=1)["result"]["items"][0]
    assert (sent["from"], sent["to"], sent["cc"]) == (f"Воронка <{ME}>", OTHER, "boss@client.example")
    assert (sent["mailboxEmail"], sent["isSeen"], sent["body"]) == (ME, True, "Проект")
    assert sent["url"] == f"{portal.base_url}/mail/message/{sent['id']}/"
    send(to=[ME])
    assert [one["isSeen"] for one in mail("message.list", folder="inbox")["result"]["items"]] == [False]
    assert mail("message.get", id=sent["id"], select=["subject"])["result"] == {"item": {"subject": "Договор"}}


def test_letters_are_found_by_what_they_say_when_they_came_and_where_they_lie(portal, mail, send, received):
    send(subject="Акт")
    assert subjects(mail) == ["Акт", "Заявка"]
    assert subjects(mail, searchQuery="КОСТЮМОВ") == subjects(mail, isSeen=False) == ["Заявка"]
    assert subjects(mail, searchQuery="client.example", folder="Отправленные") == []
    assert subjects(mail, pagination={"page": 2, "limit": 1}) == ["Заявка"]
    day = portal.time().date().isoformat()
    assert subjects(mail, dateFrom=f"{day}T00:00:00+03:00", hasAttachments=False) == ["Акт", "Заявка"]
    assert subjects(mail, dateTo=f"{day}T00:00:00+03:00") == subjects(mail, hasAttachments=True) == []
    assert fault(mail("message.list", dateFrom=day))[0] == "dateFrom"
    assert fault(mail("message.list", isSeen="maybe"))[0] == "isSeen"


def test_letters_of_others_are_not_there(portal, mail):
    foreign = portal.write_letter(CLIENT, [OTHER], "Чужое")[0]
    assert mail("message.get", id=foreign)["error"]["message"] == f"Record with ID = `{foreign}` not found"
    assert mail("message.thread", id=foreign)["error"]["code"].endswith("ENTITYNOTFOUNDEXCEPTION")
    gone = "Message deleted or moved to another folder"
    assert fault(mail("message.createtask", messageId=foreign)) == ("messageId", gone)
    assert subjects(mail) == []


def test_a_letter_from_outside_needs_addresses(portal, mail):
    with pytest.raises(ValueError, match="e-mail address"):
        portal.write_letter("Анна", [ME], "Заявка")
    assert portal.write_letter(CLIENT, ["nobody@client.example"], "Заявка") == []


def test_an_answer_joins_the_thread_on_both_sides(portal, mail, send):
    send(to=["anna@client.example"])
    answer = portal.write_letter(CLIENT, [ME], "Re: Договор", "Согласовано")[0]
    reply = {
        "replyToMessageId": answer,
        "from": ME,
        "to": ["anna@client.example"],
        "subject": "Re: Договор",
        "body": "Спасибо",
    }
    assert mail("message.reply", **reply)["result"]["success"] is True
    thread = mail("message.thread", id=answer)["result"]
    assert [one["body"] for one in thread] == ["Проект", "Согласовано", "Спасибо"]
    assert (thread[1]["from"], len(thread[1]["date"])) == (CLIENT, 19)
    assert len(mail("message.thread", id=answer, limit=2)["result"]) == 2
    assert fault(mail("message.reply", **reply | {"replyToMessageId": 404})) == (
        "replyToMessageId",
        "MESSAGE_REPLY_FAILED",
    )


def test_a_forwarded_letter_stands_below_the_words_that_go_with_it(mail, received):
    forward = {"forwardMessageId": received, "from": ME, "to": [OTHER], "subject": "Fwd: Заявка", "body": "Посмотрите"}
    assert mail("message.forward", **forward)["result"] == {"success": True, "to": [OTHER]}
    body = mail("message.list", folder="Отправленные")["result"]["items"][0]["body"]
    assert body.startswith("Посмотрите")
    assert "Нужны двадцать костюмов" in body
    assert fault(mail("message.forward", **forward | {"forwardMessageId": 404}))[1] == "MESSAGE_FORWARD_FAILED"


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"from": OTHER}, "from", "MESSAGE_SEND_FAILED"),
        ({"to": []}, "to", "NO_RECIPIENTS"),
        ({"to": ["anna"]}, "to", "RESOLVE_RECIPIENTS_ERROR"),
        ({"bcc": ["anna"]}, "bcc", "RESOLVE_RECIPIENTS_ERROR"),
        ({"subject": None}, "subject", "Required field `subject` is missing"),
        ({"to": OTHER}, "to", "Field `to` requires data type `string[]` for this request"),
    ],
)
def test_a_letter_that_cannot_leave_is_refused(mail, send, given, field, words):
    assert fault(send(**given)) == (field, words)
    assert subjects(mail) == []


def test_letters_are_put_away(portal, mail, send, received):
    moved = mail("message.movetofolder", messageIds=[received], action="spam")["result"]
    assert moved == {"success": True, "movedCount": 1, "action": "spam"}
    assert (subjects(mail, folder="Спам"), subjects(mail, folder="INBOX")) == (["Заявка"], [])
    mail("message.movetofolder", messageIds=[received], action="move", folder="inbox")
    assert subjects(mail, folder="INBOX") == ["Заявка"]
    send()
    sent = mail("message.list", folder="Отправленные")["result"]["items"][0]["id"]
    move = lambda **given: fault(mail("message.movetofolder", **given))  # noqa: E731
    assert move(messageIds=[received, sent], action="delete")[1] == "Select emails from a single folder"
    assert move(messageIds=[received], action="move")[1] == "The folder parameter is required when action=move"
    assert move(messageIds=[received], action="burn")[1] == "The action parameter must be move, spam, or delete"
    assert move(messageIds=[404], action="spam")[1] == "No accessible messages found"
    assert move(messageIds=[received], action="move", folder="Нет")[0] == "folder"


# -- what becomes of letters


def test_a_letter_becomes_a_task_an_event_a_chat_and_a_message_of_the_feed(portal, act, mail, received):
    task = mail("message.createtask", messageId=received, responsibleId=ADMIN)["result"]["taskId"]
    shown = act("tasks.task.get", taskId=task, select=["TITLE", "DESCRIPTION", "RESPONSIBLE_ID"])["task"]
    assert (shown["title"], shown["description"], shown["responsibleId"]) == ("Заявка", "Нужны двадцать костюмов", "2")
    times = {"dateFrom": "2026-12-01 10:00:00", "dateTo": "2026-12-01 11:00:00"}
    event = mail("message.createcalendarevent", messageId=received, name="Примерка", **times)["result"]["eventId"]
    planned = act("calendar.event.getbyid", id=event)
    assert (planned["NAME"], planned["DATE_FROM"], planned["OWNER_ID"]) == ("Примерка", "01.12.2026 10:00:00", "1")
    first, second = (mail("message.createchat", messageId=received)["result"] for _ in range(2))
    assert (first["existing"], second["existing"], first["chatId"]) == (False, True, second["chatId"])
    said = portal.act(1, "im.dialog.messages.get", {"DIALOG_ID": f"chat{first['chatId']}"})["messages"]
    assert [one["text"] for one in said] == ["Нужны двадцать костюмов"]
    post = mail("message.createfeedpost", messageId=received)["result"]["postId"]
    told = act("log.blogpost.get", POST_ID=post)[0]
    assert (told["TITLE"], told["DETAIL_TEXT"]) == ("Заявка", "Нужны двадцать костюмов")
    made = mail("message.get", id=received)["result"]["item"]["bindings"]
    kinds = {"TASKS_TASK": task, "CALENDAR_EVENT": event, "IM_CHAT": first["chatId"], "BLOG_POST": post}
    assert {one["entityType"]: one["entityId"] for one in made} == kinds


def test_what_cannot_be_made_of_a_letter_is_refused(mail, received):
    assert fault(mail("message.createtask"))[0] == "messageId"
    assert mail("message.createtask", messageId=received, responsibleId=404)["error"]["validation"] == [
        {"message": "Failed to create task"}
    ]
    odd = mail("message.createcalendarevent", messageId=received, dateFrom="1 декабря", dateTo="2026-12-01 11:00:00")
    assert fault(odd) == ("dateFrom", "Invalid date format")


def test_a_letter_goes_to_the_card_of_who_wrote_it_and_leaves_it_again(act, mail, received):
    email = [{"VALUE": "anna@client.example", "VALUE_TYPE": "WORK"}]
    contact = act("crm.contact.add", fields={"NAME": "Анна", "EMAIL": email})
    held = lambda: act("crm.activity.list", filter={"OWNER_TYPE_ID": 3, "OWNER_ID": contact})  # noqa: E731
    for _ in range(2):
        assert mail("message.createcrmactivity", messageId=received)["result"] is True
    assert [(one["SUBJECT"], one["TYPE_ID"], one["DIRECTION"]) for one in held()] == [("Заявка", "4", "1")]
    assert mail("message.removecrmactivity", messageId=received)["result"] is True
    assert (held(), mail("message.get", id=received)["result"]["item"]["bindings"]) == ([], [])


def test_an_unknown_sender_becomes_a_contact(act, mail, received):
    mail("message.createcrmactivity", messageId=received)
    known = act("crm.contact.list", filter={"EMAIL": "anna@client.example"}, select=["ID", "NAME"])
    assert [one["NAME"] for one in known] == ["anna@client.example"]


# -- recipients and fields


def test_the_address_book_has_whom_one_wrote_to_and_who_wrote(mail, send, received):
    send(to=["boss@client.example"])
    names = lambda **asked: [one["name"] for one in mail("recipient.listcontacts", **asked)["result"]["items"]]  # noqa: E731
    assert names() == ["boss@client.example", "Анна"]
    assert names(query="анна") == names(query="anna@") == ["Анна"]


def test_employees_are_found_by_name_and_address(mail):
    found = mail("recipient.listemployees", query="админ")["result"]["items"]
    assert found == [{"id": ADMIN, "email": OTHER, "name": "Администратор Портала"}]
    assert mail("recipient.listemployees", query="voronka@")["result"]["items"][0]["id"] == 1
    assert fault(mail("recipient.listemployees")) == ("query", "Required field `query` is missing")


@pytest.mark.parametrize(
    ("kind", "name", "type_"),
    [("mailbox", "email", "string"), ("message", "isSeen", "bool"), ("recipient", "id", "int")],
)
def test_mail_describes_its_fields(mail, kind, name, type_):
    described = {one["name"]: one["type"] for one in mail(f"{kind}.field.list")["result"]["items"]}
    assert described[name] == mail(f"{kind}.field.get", name=name)["result"]["item"]["type"] == type_
    assert mail(f"{kind}.field.get", name="odd")["error"]["code"].endswith("FIELDNOTFOUNDEXCEPTION")
