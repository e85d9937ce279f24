"""The News Feed: messages, their recipients, files and events, comments."""

import base64

import pytest

from emulator.control import Refused

ADMIN = 2
WORD = base64.b64encode(b"word").decode()


@pytest.fixture
def post(act):
    """Publish a message as the administrator and return its id."""
    return lambda text="Новый порядок", **more: act("log.blogpost.add", POST_MESSAGE=text, **more)


@pytest.fixture
def titles(portal):
    """The titles of the messages that a person sees."""
    return lambda user=ADMIN, **more: [row["TITLE"] for row in portal.act(user, "log.blogpost.get", more)]


def test_a_message_is_published_with_tags_files_and_importance(portal, handler, call, act, post):
    until = "2026-12-31T10:00:00+03:00"
    made = post(
        POST_TITLE="Порядок", TAGS="порядок, приказ", FILES=[["a.txt", WORD]], IMPORTANT="Y", IMPORTANT_DATE_END=until
    )
    body = call("log.blogpost.get", POST_ID=made)
    shown = body["result"][0]
    assert (body["total"], shown["ID"], shown["TITLE"], shown["MICRO"]) == (1, str(made), "Порядок", "N")
    assert (shown["DETAIL_TEXT"], shown["AUTHOR_ID"], shown["CATEGORY_ID"]) == ("Новый порядок", "2", "1,2")
    assert (shown["HAS_SOCNET_ALL"], shown["HAS_TAGS"], shown["HAS_PROPS"]) == ("Y", "Y", "Y")
    assert (shown["UF_BLOG_POST_IMPRTNT"]["VALUE"], shown["UF_IMPRTANT_DATE_END"]["VALUE"]) == (1, until)
    attached = act("disk.attachedobject.get", id=shown["FILES"][0])
    assert (attached["NAME"], attached["ENTITY_TYPE"], attached["ENTITY_ID"]) == ("a.txt", "blog_post", str(made))
    portal.settle_events()
    [event] = [event for event in handler.events if event["event"].startswith("ONLIVEFEED")]
    assert (event["event"], event["data"]) == ("ONLIVEFEEDPOSTADD", {"FIELDS": {"POST_ID": str(made)}})


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, "Blog post hasn't been added"),
        ({"POST_MESSAGE": "Слово", "DEST": ["U404", "X1"]}, "No destination specified"),
    ],
)
def test_a_message_needs_words_and_readers(call, params, words):
    answer = call("log.blogpost.add", **params)
    assert (answer["error"], answer["error_description"]) == ("SONET_CONTROLLER_LIVEFEED_BLOGPOST_ADD_ERROR", words)


def test_people_see_what_is_addressed_to_them(act, portal, post, person, titles):
    worker, other = person("worker"), person("other")
    post("Всем")
    secret = post("Одному", DEST=[f"U{worker}"])
    post("Отделу", DEST=["DR1"])
    assert titles(worker) == ["Отделу", "Одному", "Всем"]
    assert titles(other) == ["Отделу", "Всем"]
    assert titles(worker, LOG_RIGHTS=[f"U{worker}"]) == ["Одному"]
    with pytest.raises(Refused, match="No read perms"):
        portal.act(other, "log.blogpost.share", {"POST_ID": secret, "DEST": [f"U{other}"]})
    assert act("log.blogpost.share", POST_ID=secret, DEST=[f"U{other}"]) is True
    assert titles(other, POST_ID=secret) == ["Одному"]
    with pytest.raises(Refused, match="Wrong destinations"):
        act("log.blogpost.share", POST_ID=secret, DEST=["U404"])


def test_only_an_administrator_writes_in_the_name_of_another(portal, act, post, person):
    worker = person("worker")
    post("За него", USER_ID=worker)
    portal.act(worker, "log.blogpost.add", {"POST_MESSAGE": "За шефа", "USER_ID": ADMIN})
    assert {row["AUTHOR_ID"] for row in act("log.blogpost.get")} == {str(worker)}


def test_an_update_changes_words_readers_and_files(portal, handler, call, act, post, person, titles):
    worker = person("worker")
    made = post(POST_TITLE="Порядок", FILES=[["a.txt", WORD]])
    [first] = act("log.blogpost.get", POST_ID=made)[0]["FILES"]
    changed = {"POST_TITLE": "Другой", "DEST": ["U2"], "FILES": {str(first): "del", "0": ["b.txt", WORD]}}
    assert act("log.blogpost.update", POST_ID=made, **changed) == made
    [row] = act("log.blogpost.get", POST_ID=made)
    assert (row["TITLE"], row["DETAIL_TEXT"], len(row["FILES"])) == ("Другой", "Новый порядок", 1)
    assert row["FILES"] != [first]
    assert titles(worker) == []
    act("log.blogpost.update", POST_ID=made, POST_MESSAGE="Только текст", UF_BLOG_POST_FILE=["empty"])
    [row] = act("log.blogpost.get", POST_ID=made)
    assert (row["TITLE"], row["MICRO"], row["FILES"]) == ("Только текст", "Y", [])
    on_drive = act("disk.folder.getchildren", id=act("disk.storage.getlist")[0]["ROOT_OBJECT_ID"])[0]["ID"]
    act("log.blogpost.update", POST_ID=made, POST_TITLE="Снова", UF_BLOG_POST_FILE=[f"n{on_drive}"])
    [attachment] = act("log.blogpost.get", POST_ID=made)[0]["FILES"]
    assert act("disk.attachedobject.get", id=attachment)["OBJECT_ID"] == on_drive
    assert call("log.blogpost.update", POST_ID=made)["error"] == "EMPTY_TITLE"
    assert call("log.blogpost.update", POST_ID=404, POST_TITLE="x")["error_description"] == "No post found"
    assert call("log.blogpost.update", POST_TITLE="x")["error_description"] == "Wrong post ID"
    with pytest.raises(Refused, match="No write perms"):
        portal.act(worker, "log.blogpost.update", {"POST_ID": made, "POST_TITLE": "x"})
    portal.settle_events()
    assert handler.names().count("ONLIVEFEEDPOSTUPDATE") == 3


def test_a_message_goes_with_its_comments(portal, handler, call, act, post, person):
    made = post()
    act("log.blogcomment.add", POST_ID=made, TEXT="Принято")
    with pytest.raises(Refused, match="You do not have permission to delete this message"):
        portal.act(person("worker"), "log.blogpost.delete", {"POST_ID": made})
    assert act("log.blogpost.delete", POST_ID=made) is True
    assert act("log.blogcomment.user.get")["comments"] == []
    answer = call("log.blogpost.delete", POST_ID=made)
    assert (answer["error"], answer["error_description"]) == ("100", "Wrong post ID")
    portal.settle_events()
    assert "ONLIVEFEEDPOSTDELETE" in handler.names()


def test_the_feed_comes_in_pages_by_time_and_by_entries(portal, call, post, titles):
    for number in range(51):
        post(f"№ {number}")
        portal.advance(60)
    body = call("log.blogpost.get")
    assert (body["result"][0]["TITLE"], len(body["result"]), body["total"], body["next"]) == ("№ 50", 50, 51, 50)
    late = body["result"][1]["DATE_PUBLISH"]
    assert titles(LOG_DATE_FROM=late) == ["№ 50", "№ 49"]
    assert titles(LOG_DATE_FROM=late, LOG_DATE_TO=late) == ["№ 49"]
    assert titles(FIRST_ID=0, LIMIT=2) == ["№ 0", "№ 1"]
    assert titles(LAST_ID=10**6, LIMIT=2) == ["№ 50", "№ 49"]


def test_an_important_message_was_read_by_nobody_yet(call, post):
    assert call("log.blogpost.getusers.important", POST_ID=post(IMPORTANT="Y"))["result"] == []
    assert call("log.blogpost.getusers.important", POST_ID=404)["error_description"] == "Wrong post ID"


# -- comments


def test_a_comment_is_counted_listed_by_author_and_not_said_twice(portal, call, act, post, person):
    worker, made = person("worker"), post()
    first = act("log.blogcomment.add", POST_ID=made, TEXT="Принято")
    second = act("log.blogcomment.add", POST_ID=made, TEXT="Принято", FILES=[["a.png", WORD]])
    portal.act(worker, "log.blogcomment.add", {"POST_ID": made, "TEXT": "И я"})
    assert act("log.blogpost.get", POST_ID=made)[0]["NUM_COMMENTS"] == "3"
    listed = act("log.blogcomment.user.get")
    assert [one["id"] for one in listed["comments"]] == [second, first]
    [attached] = listed["comments"][0]["attach"]
    assert (listed["files"][str(attached)]["name"], listed["files"][str(attached)]["type"]) == ("a.png", "image")
    assert [one["id"] for one in act("log.blogcomment.user.get", FIRST_ID=first)["comments"]] == [second]
    assert [one["id"] for one in act("log.blogcomment.user.get", LAST_ID=second, LIMIT=1)["comments"]] == [first]
    assert act("log.blogcomment.user.get", USER_ID=worker)["comments"][0]["text"] == ""
    act("log.blogcomment.add", POST_ID=made, TEXT="Ясно")
    again = call("log.blogcomment.add", POST_ID=made, TEXT="Ясно", USER_ID=ADMIN)
    assert (again["error"], again["error_description"]) == ("", "Duplicate comment")


def test_comments_are_refused_and_deleted(portal, call, act, post, person):
    worker, made = person("worker"), post(DEST=["U2"])
    with pytest.raises(Refused, match="No post found"):
        portal.act(worker, "log.blogcomment.add", {"POST_ID": made, "TEXT": "Не мне"})
    assert call("log.blogcomment.add", POST_ID=404, TEXT="Слово")["error_description"] == "No post found"
    comment = act("log.blogcomment.add", POST_ID=made, TEXT="Моё")
    with pytest.raises(Refused, match="No delete perms"):
        portal.act(worker, "log.blogcomment.delete", {"COMMENT_ID": comment})
    assert act("log.blogcomment.delete", COMMENT_ID=comment) is True
    assert call("log.blogcomment.delete", COMMENT_ID=comment)["error_description"] == "No comment found"
    assert call("log.blogcomment.delete")["error_description"] == "Wrong comment ID"
