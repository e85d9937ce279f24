"""Drive and notifications."""

import base64

import pytest
import requests

HELLO = base64.b64encode(b"hello").decode()


@pytest.fixture
def root(call):
    return call("disk.storage.getList")["result"][0]["ROOT_OBJECT_ID"]


def test_a_file_is_uploaded_listed_and_downloaded(call, root):
    folder = call("disk.folder.addSubFolder", id=root, data={"NAME": "Договоры"})["result"]
    file = call("disk.folder.uploadFile", id=folder["ID"], data={"NAME": "договор.docx"}, fileContent=["x", HELLO])
    listed = call("disk.folder.getChildren", id=folder["ID"])["result"]
    assert [(one["NAME"], one["TYPE"], one["SIZE"]) for one in listed] == [("договор.docx", "file", "5")]
    address = call("disk.file.get", id=file["result"]["ID"])["result"]["DOWNLOAD_URL"]
    assert requests.get(address, timeout=10).content == b"hello"


def test_the_same_name_is_refused_or_made_unique(call, root):
    upload = {"id": root, "data": {"NAME": "а.txt"}, "fileContent": ["а.txt", HELLO]}
    call("disk.folder.uploadFile", **upload)
    assert call("disk.folder.uploadFile", **upload)["error"] == "DISK_OBJ_22000"
    assert call("disk.folder.uploadFile", **upload, generateUniqueName=True)["result"]["NAME"] == "а (1).txt"


def test_an_upload_can_be_asked_for_an_address(call, root):
    answer = call("disk.folder.uploadFile", id=root)["result"]
    file = {answer["field"]: ("большой.bin", b"0123456789")}
    assert requests.post(answer["uploadUrl"], files=file, timeout=10).json()["result"]["SIZE"] == "10"


def test_what_is_not_there_is_not_found(call):
    assert call("disk.folder.getchildren", id=404)["error"] == "ERROR_NOT_FOUND"


def test_a_notification_reaches_the_person_and_the_same_tag_replaces_it(portal, call):
    for text in ("Первое", "Второе"):
        call("im.notify.system.add", USER_ID=2, MESSAGE=text, TAG="deal-1", CLIENT_ID="voronka")
    call("im.notify.personal.add", USER_ID=2, MESSAGE="Третье")
    assert [one["text"] for one in portal.act(2, "im.notify.get")["notifications"]] == ["Третье", "Второе"]
    assert portal.act(1, "im.notify.get")["notifications"] == []


def test_a_tag_of_a_webhook_needs_its_client_id(call):
    for tag in ("TAG", "SUB_TAG"):
        assert call("im.notify.system.add", USER_ID=2, MESSAGE="x", **{tag: "t"})["error"] == "ACCESS_DENIED"
    assert call("im.notify.system.add", MESSAGE="x")["error"] == "USER_ID_EMPTY"
