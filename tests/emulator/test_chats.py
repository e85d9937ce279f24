"""Messages, chats, notifications: written by one, read by the other."""

from datetime import timedelta

import pytest

from emulator.control import Refused

ADMIN = 2


@pytest.fixture
def nina(call):
    return call("user.add", EMAIL="nina@x.example", NAME="Нина", LAST_NAME="Волкова", UF_DEPARTMENT=[1])["result"]


@pytest.fixture
def say(call):
    """Write as the webhook's owner (1): say("текст", to=2)."""
    return lambda text, to=ADMIN, **more: call("im.message.add", DIALOG_ID=to, MESSAGE=text, **more)["result"]


@pytest.fixture
def heard(portal):
    """What a person reads in a dialog: heard(by=2, at=1)."""

    def texts(by, at, **more) -> list[str]:
        answer = portal.act(by, "im.dialog.messages.get", {"DIALOG_ID": at, **more})
        return [message["text"] for message in answer["messages"]]

    return texts


@pytest.fixture
def chat(call):
    """Make a chat and return its id: chat([2], TITLE="Сделка")."""
    return lambda users=(ADMIN,), **more: call("im.chat.add", USERS=list(users), **more)["result"]


@pytest.fixture
def refusal(portal):
    """The refusal of what a person tries: refusal(3, "im.chat.leave", CHAT_ID=1)."""

    def refused(by, method, **params) -> tuple[str, int]:
        with pytest.raises(Refused) as caught:
            portal.act(by, method, params)
        return caught.value.code, caught.value.status

    return refused


def test_a_private_message_is_read_by_both_sides(portal, say, heard):
    say("Здравствуйте")
    portal.act(ADMIN, "im.message.add", {"DIALOG_ID": "1", "MESSAGE": "И вам"})
    assert heard(by=1, at=ADMIN) == heard(by=ADMIN, at=1) == ["И вам", "Здравствуйте"]
    assert heard(by=1, at=1) == []


def test_history_is_read_in_parts(say, heard, call):
    numbers = [say(f"{number}") for number in range(60)]
    assert heard(ADMIN, 1) == [f"{number}" for number in range(59, 39, -1)]
    assert heard(ADMIN, 1, LAST_ID=numbers[40], LIMIT=2) == ["39", "38"]
    assert heard(ADMIN, 1, FIRST_ID=numbers[57]) == ["58", "59"]
    assert len(heard(ADMIN, 1, LIMIT=500)) == 50
    assert heard(ADMIN, 1, LAST_ID=404) == []
    assert call("im.dialog.messages.get", DIALOG_ID=2, LAST_ID="x")["error"] == "LAST_ID_STRING"
    assert call("im.dialog.messages.get", DIALOG_ID="x")["error"] == "DIALOG_ID_EMPTY"


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"DIALOG_ID": 2}, "MESSAGE_EMPTY"),
        ({"MESSAGE": "x"}, "USER_ID_EMPTY"),
        ({"DIALOG_ID": 404, "MESSAGE": "x"}, "USER_NOT_FOUND"),
        ({"DIALOG_ID": "chat404", "MESSAGE": "x"}, "CHAT_ID"),
        ({"DIALOG_ID": 2, "ATTACH": "не JSON"}, "ATTACH_ERROR"),
        ({"DIALOG_ID": 2, "ATTACH": [{"MESSAGE": "x" * 60_000}]}, "ATTACH_OVERSIZE"),
        ({"DIALOG_ID": 2, "MESSAGE": "x", "KEYBOARD": "x"}, "KEYBOARD_ERROR"),
        ({"DIALOG_ID": 2, "MESSAGE": "x", "MENU": 5}, "MENU_ERROR"),
        ({"DIALOG_ID": 2, "MESSAGE": "x", "REPLY_ID": 404}, "REPLY_ACCESS_ERROR"),
    ],
)
def test_a_message_is_refused_as_documented(call, params, error):
    assert call("im.message.add", **params)["error"] == error


def test_a_message_carries_blocks_and_answers_another(portal, say, call, chat):
    asked = say("Когда?")
    say("", ATTACH='[{"MESSAGE": "завтра"}]', REPLY_ID=asked, SYSTEM="Y")
    [message, _] = portal.act(ADMIN, "im.dialog.messages.get", {"DIALOG_ID": 1})["messages"]
    assert (message["author_id"], message["uuid"]) == (0, None)
    assert message["params"] == {"ATTACH": [{"MESSAGE": "завтра"}], "REPLY_ID": asked}
    there = {"DIALOG_ID": f"chat{chat()}", "MESSAGE": "x", "REPLY_ID": asked}
    assert call("im.message.add", **there)["error"] == "REPLY_FROM_OTHER_CHAT_ERROR"


def test_an_author_changes_and_deletes_within_three_days(portal, say, heard, call, refusal):
    number = say("Счёт на 100")
    call("im.message.update", MESSAGE_ID=number, MESSAGE="Счёт на 200")
    assert heard(ADMIN, 1) == ["Счёт на 200"]
    for verb in ("update", "delete"):
        assert refusal(ADMIN, f"im.message.{verb}", MESSAGE_ID=number, MESSAGE="x") == ("CANT_EDIT_MESSAGE", 403)
        assert call(f"im.message.{verb}")["error"] == "MESSAGE_ID_ERROR"
    portal.advance(4 * 86_400)
    assert call("im.message.update", MESSAGE_ID=number, MESSAGE="x")["error"] == "CANT_EDIT_MESSAGE"
    kept, gone = say("Останется"), say("Пропадёт")
    call("im.message.delete", MESSAGE_ID=gone)
    assert heard(ADMIN, 1)[0] == "Останется"
    call("im.message.update", MESSAGE_ID=kept, MESSAGE="")
    assert heard(ADMIN, 1) == ["Счёт на 200"]


def test_the_owner_of_a_chat_deletes_the_words_of_others(portal, call, chat, heard):
    number = chat()
    words = portal.act(ADMIN, "im.message.add", {"DIALOG_ID": f"chat{number}", "MESSAGE": "лишнее"})
    assert call("im.message.delete", MESSAGE_ID=words)["result"] is True
    assert heard(ADMIN, f"chat{number}") == []


def test_a_message_is_liked_once(portal, say, call, refusal, nina):
    number = say("Готово")
    portal.act(ADMIN, "im.message.like", {"MESSAGE_ID": number, "ACTION": "plus"})
    assert refusal(ADMIN, "im.message.like", MESSAGE_ID=number, ACTION="plus") == ("WITHOUT_CHANGES", 400)
    assert refusal(nina, "im.message.like", MESSAGE_ID=number) == ("WITHOUT_CHANGES", 400)
    assert call("im.dialog.messages.get", DIALOG_ID=ADMIN)["result"]["messages"][0]["params"] == {"LIKE": [ADMIN]}
    portal.act(ADMIN, "im.message.like", {"MESSAGE_ID": number})
    assert call("im.dialog.messages.get", DIALOG_ID=ADMIN)["result"]["messages"][0]["params"] == []


def test_what_is_unread_is_counted_until_it_is_read(portal, say, call, chat):
    first, _, last = say("раз"), say("два"), say("три")
    there = chat(MESSAGE="Начнём")
    call("im.notify.personal.add", USER_ID=ADMIN, MESSAGE="Слово")
    counted = portal.act(ADMIN, "im.counters.get")
    assert counted["DIALOG"] == {"1": 3}
    assert counted["CHAT"] == {str(there): 1}
    assert counted["TYPE"] == {"ALL": 5, "NOTIFY": 1, "CHAT": 1, "LINES": 0, "DIALOG": 3, "MESSENGER": 4}
    read = portal.act(ADMIN, "im.dialog.read", {"DIALOG_ID": "1", "MESSAGE_ID": first})
    assert (read["dialogId"], read["lastId"], read["counter"]) == ("1", first, 2)
    portal.act(ADMIN, "im.dialog.read", {"DIALOG_ID": "1"})
    portal.act(ADMIN, "im.dialog.unread", {"DIALOG_ID": "1", "MESSAGE_ID": last})
    portal.act(ADMIN, "im.chat.mute", {"CHAT_ID": there})
    counted = portal.act(ADMIN, "im.counters.get")
    assert (counted["DIALOG"], counted["CHAT"], counted["CHAT_MUTED"]) == ({"1": 1}, [], {str(there): 1})
    assert portal.act(ADMIN, "im.dialog.read", {"DIALOG_ID": "chat404"}) is False


def test_a_chat_is_made_described_and_renamed(call, chat, nina, refusal):
    number = chat([ADMIN, 404], TITLE="Сделка 7", ENTITY_TYPE="CRM", ENTITY_ID="DEAL|7", COLOR="PINK", MESSAGE="Начнём")
    assert call("im.chat.get", ENTITY_TYPE="CRM", ENTITY_ID="DEAL|7")["result"] == {"ID": number}
    assert call("im.chat.get", ENTITY_TYPE="CRM", ENTITY_ID="DEAL|8")["result"] is None
    call("im.chat.updatetitle", CHAT_ID=number, TITLE=" Сделка\n8 ")
    shown = call("im.dialog.get", DIALOG_ID=f"chat{number}")["result"]
    assert (shown["name"], shown["owner"], shown["role"], shown["user_counter"]) == ("Сделка 8", 1, "owner", 2)
    assert (shown["message_count"], shown["color"], shown["message_type"]) == (1, "#f76187", "C")
    assert shown["entity_link"] == {"type": "DEAL", "url": "/crm/deal/details/7/", "id": "DEAL|7"}
    assert call("im.chat.updatetitle", CHAT_ID=number, TITLE=" ")["error"] == "TITLE_EMPTY"
    assert call("im.chat.updatetitle", CHAT_ID=f"chat{number}", TITLE="x")["error"] == "CHAT_ID_EMPTY"
    assert call("im.chat.updatetitle", DIALOG_ID="2", TITLE="x")["error"] == "DIALOG_ID_EMPTY"
    assert refusal(nina, "im.dialog.get", DIALOG_ID=f"chat{number}") == ("ACCESS_ERROR", 403)


def test_who_joins_a_chat_later_does_not_see_what_was_said(call, chat, heard, nina, portal):
    number = chat(MESSAGE="Тайна")
    oleg = call("user.add", EMAIL="oleg@x.example", NAME="Олег", UF_DEPARTMENT=[1])["result"]
    assert call("im.chat.user.add", CHAT_ID=number, USERS=[nina])["result"] is True
    portal.act(ADMIN, "im.chat.user.add", {"CHAT_ID": number, "USERS": [oleg], "HIDE_HISTORY": "N"})
    assert call("im.chat.user.list", CHAT_ID=number)["result"] == [1, ADMIN, nina, oleg]
    listed = call("im.dialog.users.list", DIALOG_ID=f"chat{number}", LIMIT=3)
    assert ([one["id"] for one in listed["result"]], listed["total"], listed["next"]) == ([1, ADMIN, nina], 4, 3)
    assert "Тайна" not in heard(nina, f"chat{number}")
    assert heard(oleg, f"chat{number}")[-1] == "Тайна"


def test_people_are_excluded_by_the_owner_and_leave_by_themselves(call, chat, nina, refusal, portal, heard):
    number = chat([ADMIN, nina])
    assert refusal(ADMIN, "im.chat.user.delete", CHAT_ID=number, USER_ID=nina) == ("ACCESS_DENIED_KICK", 403)
    assert call("im.chat.user.delete", CHAT_ID=number, USER_ID=404)["error"] == "USER_NOT_FOUND"
    call("im.chat.user.delete", CHAT_ID=number, USER_ID=nina)
    assert refusal(nina, "im.message.add", DIALOG_ID=f"chat{number}", MESSAGE="x") == ("ACCESS_ERROR", 400)
    assert refusal(nina, "im.chat.leave", CHAT_ID=number) == ("ACCESS_DENIED_KICK", 403)
    assert portal.act(nina, "im.chat.user.list", {"CHAT_ID": number}) == []
    call("im.chat.leave", CHAT_ID=number)
    shown = portal.act(ADMIN, "im.dialog.get", {"DIALOG_ID": f"chat{number}"})
    assert (shown["owner"], shown["user_counter"]) == (ADMIN, 1)
    assert call("im.chat.leave", CHAT_ID=404)["error"] == "ACCESS_ERROR"


def test_a_chat_is_handed_over_by_its_owner_only(call, chat, refusal):
    number = chat()
    assert refusal(ADMIN, "im.chat.setowner", CHAT_ID=number, USER_ID=ADMIN) == ("WRONG_REQUEST", 403)
    call("im.chat.setowner", CHAT_ID=number, USER_ID=ADMIN)
    assert call("im.dialog.get", DIALOG_ID=f"chat{number}")["result"]["owner"] == ADMIN


def test_an_open_chat_is_read_by_everybody_and_a_workgroups_chat_keeps_its_name(call, chat, nina, heard):
    number = chat(TYPE="OPEN", MESSAGE="Всем", ENTITY_TYPE="SONET_GROUP", ENTITY_ID="7")
    assert heard(nina, f"chat{number}") == heard(nina, "sg7") == ["Всем"]
    for verb in ("updatetitle", "leave"):
        assert call(f"im.chat.{verb}", CHAT_ID=number, TITLE="x")["error"] == "ACCESS_ERROR"


def test_people_are_shown_and_found_as_chats_show_them(call, nina):
    call("user.update", ID=nina, PERSONAL_BIRTHDAY="1990-01-15", UF_PHONE_INNER="21", WORK_POSITION="Логист")
    shown = call("im.user.get", ID=nina)["result"]
    assert (shown["name"], shown["birthday"], shown["phones"]) == ("Нина Волкова", "15-01", {"inner_phone": "21"})
    assert call("im.user.get")["result"]["id"] == 1
    assert call("im.user.get", ID=404)["error"] == "USER_NOT_EXISTS"
    assert call("im.user.get", ID=0)["error"] == "ID_EMPTY"
    assert list(call("im.user.list.get", ID=f"[1, {nina}, 404]")["result"]) == ["1", str(nina)]
    assert call("im.user.list.get", ID=[nina], RESULT_TYPE="array")["result"] == [shown]
    assert call("im.user.list.get", ID="x")["error"] == "INVALID_FORMAT"
    found = call("im.search.user.list", FIND="волк логи")
    assert (found["result"], found["total"]) == ({str(nina): shown}, 1)
    assert call("im.search.user.list", FIND="а", LIMIT=1)["error"] == "FIND_SHORT"
    page = call("im.search.user.list", FIND="Сферотек", LIMIT=1)
    assert (len(page["result"]), page["total"], page["next"]) == (1, 3, 1)


def test_who_is_on_leave_is_absent_until_the_day_after_its_last_one(portal, call, nina):
    absent = lambda: call("im.user.get", ID=nina)["result"]["absent"]  # noqa: E731
    today = portal.time().date()
    portal.give_leave(nina, today + timedelta(days=1), today + timedelta(days=3))
    assert absent() is False, "not yet"
    portal.advance(timedelta(days=2))
    assert absent() == f"{today + timedelta(days=4)}T00:00:00+03:00"
    assert call("im.user.list.get", ID=[nina, 1])["result"]["1"]["absent"] is False
    portal.cancel_leave(nina)
    assert absent() is False
    with pytest.raises(ValueError, match="does not end on"):
        portal.give_leave(nina, today, today - timedelta(days=1))


def test_a_notification_is_personal_or_of_the_system(portal, call):
    number = call("im.notify", USER_ID=ADMIN, MESSAGE=" Слово ", TAG="t", SUB_TAG="s", CLIENT_ID="v")["result"]
    call("im.notify", USER_ID=ADMIN, MESSAGE="Система", TYPE="SYSTEM")
    answer = portal.act(ADMIN, "im.notify.get")
    system, personal = answer["notifications"]
    assert (personal["id"], personal["author_id"], personal["notify_type"]) == (number, 1, 2)
    assert (personal["text"], personal["notify_tag"], personal["notify_sub_tag"]) == ("Слово", "MP|v|t", "MP|v|s")
    assert (system["author_id"], system["notify_type"]) == (0, 4)
    assert [one["id"] for one in answer["users"]] == [1]
    assert call("im.notify", USER_ID=404, MESSAGE="x")["result"] is False
    assert call("im.notify", USER_ID=ADMIN, MESSAGE="x", ATTACH="x")["error"] == "ATTACH_ERROR"


def test_notifications_come_in_parts_newest_first(portal, call, refusal):
    for number in range(60):
        call("im.notify.system.add", USER_ID=ADMIN, MESSAGE=f"{number}")
    first = portal.act(ADMIN, "im.notify.get")
    last = first["notifications"][-1]
    rest = portal.act(ADMIN, "im.notify.get", {"LAST_ID": last["id"], "LAST_TYPE": 3})["notifications"]
    assert (len(first["notifications"]), first["total_count"], last["text"]) == (50, 60, "10")
    assert [one["text"] for one in rest] == [f"{number}" for number in range(9, -1, -1)]
    assert refusal(ADMIN, "im.notify.get", LAST_ID=1) == ("LAST_ID_AND_LAST_TYPE", 400)
    assert refusal(ADMIN, "im.notify.get", LAST_ID="x", LAST_TYPE=3) == ("LAST_ID_STRING", 400)
    assert call("im.notify.get")["result"] == {"notifications": [], "users": []}


def test_notifications_are_read_one_by_one_from_one_on_and_all(portal, call):
    ids = [call("im.notify.system.add", USER_ID=ADMIN, MESSAGE=f"{number}")["result"] for number in range(4)]

    def read(method: str, **params) -> list[int]:
        portal.act(ADMIN, f"im.notify.{method}", params)
        shown = portal.act(ADMIN, "im.notify.get")["notifications"]
        return sorted(one["id"] for one in shown if one["notify_read"] == "Y")

    assert read("read") == []
    assert read("read", ID=ids[1], ONLY_CURRENT="Y") == [ids[1]]
    assert read("read", ID=ids[2]) == ids[1:]
    assert read("read.list", IDS=[ids[3], 0, ids[1]], ACTION="N") == ids[1:3]
    assert read("read.all") == ids
    assert portal.act(ADMIN, "im.notify.get")["total_unread_count"] == 0
    call("im.notify.read", ID=0)
    assert call("im.notify.read.list")["error"] == "PARAMS_ERROR"


def test_notifications_are_deleted_by_id_and_by_tag(portal, call, nina):
    def texts(user) -> list[str]:
        return [one["text"] for one in portal.act(user, "im.notify.get")["notifications"]]

    number = call("im.notify.system.add", USER_ID=ADMIN, MESSAGE="Раз")["result"]
    for user in (ADMIN, nina):
        for client in ("a", "b"):
            given = {"TAG": f"deal{user}", "SUB_TAG": "deals", "CLIENT_ID": client}
            call("im.notify.system.add", USER_ID=user, MESSAGE=client, **given)
    assert call("im.notify.delete", ID=number)["result"] is True
    assert call("im.notify.delete", ID=number)["result"] is False
    call("im.notify.delete", TAG=f"deal{nina}", CLIENT_ID="b")
    assert (texts(ADMIN), texts(nina)) == (["b", "a"], ["a"])
    call("im.notify.delete", SUB_TAG="deals", CLIENT_ID="a")
    assert (texts(ADMIN), texts(nina)) == (["b"], [])
    assert call("im.notify.delete", TAG="deals")["error"] == "ACCESS_DENIED"
    assert call("im.notify.delete")["error"] == "PARAMS_ERROR"


def test_notifications_are_searched(portal, call, refusal):
    call("im.notify.system.add", USER_ID=ADMIN, MESSAGE="Просрочена оплата")
    portal.advance(2 * 86_400)
    call("im.notify.personal.add", USER_ID=ADMIN, MESSAGE="Оплата пришла")
    today = portal.act(ADMIN, "im.notify.get")["notifications"][0]["date"]

    def found(**params) -> list[str]:
        answer = portal.act(ADMIN, "im.notify.history.search", params)
        return [one["text"] for one in answer["notifications"]]

    assert found(SEARCH_TEXT="ОПЛАТ") == ["Оплата пришла", "Просрочена оплата"]
    assert found(SEARCH_TEXT="оплат", LIMIT=1) == ["Оплата пришла"]
    assert found(SEARCH_AUTHORS=[1]) == found(SEARCH_DATE=today) == ["Оплата пришла"]
    assert found(SEARCH_DATE_FROM="2000-01-01", SEARCH_DATE_TO=today, SEARCH_TYPE="tasks") == []
    assert found(SEARCH_DATE="вчера") == []
    assert refusal(ADMIN, "im.notify.history.search", SEARCH_TEXT="оп") == ("SEARCH_TEXT_ERROR", 400)


def test_answers_and_buttons_are_checked_but_nobody_hears_them(call):
    number = call("im.notify.system.add", USER_ID=1, MESSAGE="x")["result"]
    assert call("im.notify.answer", NOTIFY_ID=number, ANSWER_TEXT="да")["result"] == {"result_message": False}
    assert call("im.notify.confirm", NOTIFY_ID=number, NOTIFY_VALUE="Y")["result"] == {"result_message": False}
    assert call("im.notify.answer", NOTIFY_ID=number)["error"] == "ANSWER_TEXT_ERROR"
    assert call("im.notify.confirm", NOTIFY_ID=number)["error"] == "NOTIFY_VALUE_ERROR"
    assert {call(f"im.notify.{verb}")["error"] for verb in ("answer", "confirm")} == {"ID_ERROR"}
