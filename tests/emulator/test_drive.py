"""The Drive: folders, files, versions, the recycle bin."""

import base64

import pytest
import requests


def coded(text: str) -> list[str]:
    return ["x", base64.b64encode(text.encode()).decode()]


@pytest.fixture
def storage(call):
    return call("disk.storage.getlist")["result"][0]


@pytest.fixture
def root(storage):
    return storage["ROOT_OBJECT_ID"]


@pytest.fixture
def folder(call, root):
    """Make a folder and return its id: folder("Договоры"), folder("2026", inside)."""
    return lambda name, into=root: call("disk.folder.addsubfolder", id=into, data={"NAME": name})["result"]["ID"]


@pytest.fixture
def file(call, root):
    """Upload a file and return it: file("а.txt", "text", folder)."""

    def make(name, text="hello", into=root) -> dict:
        return call("disk.folder.uploadfile", id=into, data={"NAME": name}, fileContent=coded(text))["result"]

    return make


@pytest.fixture
def inside(call):
    """The names in a folder."""
    return lambda folder, **more: [row["NAME"] for row in call("disk.folder.getchildren", id=folder, **more)["result"]]


def text_of(shown: dict) -> str:
    return requests.get(shown["DOWNLOAD_URL"], timeout=10).text


def test_a_storage_is_described_and_holds_a_root(call, storage, inside, root):
    assert call("disk.storage.get", id=storage["ID"])["result"] == storage
    assert call("disk.storage.getlist", filter={"ENTITY_TYPE": "user"})["result"] == []
    assert storage["ENTITY_TYPE"] in call("disk.storage.gettypes")["result"]
    assert set(storage) == set(call("disk.storage.getfields")["result"])
    made = call("disk.storage.addfolder", id=storage["ID"], data={"NAME": "Договоры"})["result"]
    put = {"id": storage["ID"], "data": {"NAME": "а.txt"}}
    assert call("disk.storage.uploadfile", **put)["error"] == "ERROR_ARGUMENT"
    call("disk.storage.uploadfile", **put, fileContent=coded("hello"))
    listed = call("disk.storage.getchildren", id=storage["ID"], order={"NAME": "DESC"})["result"]
    assert [row["NAME"] for row in listed] == ["Договоры", "а.txt"]
    assert made["PARENT_ID"] == root


def test_storages_are_refused_as_documented(call, storage):
    assert call("disk.storage.getchildren")["error_description"] == "Invalid value of parameter {Parameter #0}"
    assert call("disk.storage.get", id=404)["error_description"] == "Could not find entity with id `404`"
    assert call("disk.storage.getforapp")["error"] == "ACCESS_DENIED"
    renamed = call("disk.storage.rename", id=storage["ID"], newName="x")
    assert renamed["error_description"] == "Access denied (invalid type of storage)"


def test_what_is_fresh_has_numbers_and_what_is_read_has_texts(call, file):
    made = file("а.txt")
    read = call("disk.file.get", id=made["ID"])["result"]
    changed = {"DELETED_BY": "0"} | {name: str(made[name]) for name in ("ID", "FILE_ID", "DELETED_TYPE")}
    assert read == made | changed | {"GLOBAL_CONTENT_VERSION": "1"}
    assert (made["ID"], made["DELETED_TYPE"], made["SIZE"]) == (int(read["ID"]), 0, "5")


def test_folders_and_files_know_their_fields(call, folder, file):
    shown = call("disk.folder.get", id=folder("Договоры"))["result"]
    assert shown.keys() - {"DETAIL_URL"} == call("disk.folder.getfields")["result"].keys()
    assert shown["DETAIL_URL"].endswith("/docs/path/Договоры")
    fields = call("disk.file.getfields")["result"]
    assert file("а.txt").keys() - {"DETAIL_URL", "DOWNLOAD_URL"} == fields.keys()
    assert fields["SIZE"] == {"TYPE": "integer", "USE_IN_FILTER": False, "USE_IN_SHOW": True}


def test_children_are_filtered_sorted_and_come_in_pages(call, folder, file, inside):
    place = folder("Много")
    for number in range(55):
        file(f"{number:02}.txt", into=place)
    folder("папка", place)
    first, second = call("disk.folder.getchildren", id=place), call("disk.folder.getchildren", id=place, start=50)
    assert (len(first["result"]), first["next"], first["total"], len(second["result"])) == (50, 50, 56, 6)
    assert inside(place, filter={"TYPE": "folder"}) == ["папка"]
    assert inside(place, filter={"%NAME": "5"}, order={"NAME": "DESC"})[0] == "54.txt"


def test_a_name_is_taken_whatever_its_case_by_folders_and_files(call, folder, file, root):
    folder("Договоры"), file("а.txt")
    assert call("disk.folder.addsubfolder", id=root, data={"NAME": "договоры"})["error"] == "DISK_OBJ_22000"
    other = file("б.txt")
    assert call("disk.file.rename", id=other["ID"], newName="А.txt")["error"] == "DISK_OBJ_22000"
    assert call("disk.file.rename", id=other["ID"], newName=" ") == {"error": "0", "error_description": "Empty name"}
    assert call("disk.file.rename", id=other["ID"], newName="Б.txt")["result"]["NAME"] == "Б.txt"


def test_a_folder_is_renamed_and_a_file_is_found_under_its_new_path(call, folder, file):
    place = folder("Договоры")
    made = file("а.txt", into=place)
    call("disk.folder.rename", id=place, newName="Архив")
    assert call("disk.file.get", id=made["ID"])["result"]["DETAIL_URL"].endswith("/docs/file/Архив/а.txt")


def test_a_copy_lives_its_own_life(call, folder, file, inside):
    source, target = folder("Откуда"), folder("Куда")
    deep = folder("Глубоко", source)
    made = file("а.txt", "one", deep)
    copied = call("disk.folder.copyto", id=source, targetFolderId=target)["result"]
    call("disk.file.uploadversion", id=made["ID"], fileContent=coded("two"))
    [inner] = call("disk.folder.getchildren", id=copied["ID"])["result"]
    [twin] = call("disk.folder.getchildren", id=inner["ID"])["result"]
    assert (text_of(twin), twin["GLOBAL_CONTENT_VERSION"]) == ("one", "1")
    single = call("disk.file.copyto", id=made["ID"], targetFolderId=target)["result"]
    assert (text_of(single), inside(target)) == ("two", ["Откуда", "а.txt"])
    assert call("disk.file.copyto", id=made["ID"], targetFolderId=target)["error"] == "DISK_OBJ_22000"


def test_what_moves_is_there_and_not_here(call, folder, file, inside, root):
    here, there = folder("Здесь"), folder("Там")
    made = file("а.txt", into=here)
    moved = call("disk.file.moveto", id=made["ID"], targetFolderId=there)["result"]
    assert (moved["PARENT_ID"], inside(here), inside(there)) == (there, [], ["а.txt"])
    call("disk.folder.moveto", id=here, targetFolderId=there)
    assert (inside(root), inside(there)) == (["Там"], ["Здесь", "а.txt"])
    assert "into itself" in call("disk.folder.moveto", id=there, targetFolderId=here)["error_description"]
    assert (
        call("disk.folder.moveto", id=root, targetFolderId=there)["error_description"] == "Could not move root folder"
    )


def test_a_file_goes_to_the_bin_and_comes_back_under_a_free_name(call, file, inside, root):
    made = file("а.txt")
    assert call("disk.file.markdeleted", id=made["ID"])["result"]["DELETED_TYPE"] == "3"
    assert call("disk.file.get", id=made["ID"])["error"] == "ERROR_NOT_FOUND"
    file("а.txt", "other")
    back = call("disk.file.restore", id=made["ID"])["result"]
    assert (back["NAME"], back["DELETED_TYPE"], back["DELETED_BY"]) == ("а (1).txt", 0, "1")
    assert inside(root) == ["а (1).txt", "а.txt"]


def test_a_folder_goes_to_the_bin_with_all_that_is_in_it(call, folder, file, inside, root):
    place = folder("Договоры")
    made = file("а.txt", into=place)
    assert call("disk.folder.markdeleted", id=place)["result"]["DELETED_TYPE"] == 3
    assert (inside(root), call("disk.file.get", id=made["ID"])["error"]) == ([], "ERROR_NOT_FOUND")
    call("disk.folder.restore", id=place)
    assert (inside(root), inside(place)) == (["Договоры"], ["а.txt"])


def test_a_file_whose_folder_is_gone_comes_back_to_the_root(call, folder, file, inside, root):
    place = folder("Договоры")
    made = file("а.txt", into=place)
    call("disk.file.markdeleted", id=made["ID"])
    call("disk.folder.markdeleted", id=place)
    call("disk.file.restore", id=made["ID"])
    assert inside(root) == ["а.txt"]


def test_a_tree_is_destroyed_and_a_root_never(call, folder, file, root):
    place = folder("Договоры")
    made = file("а.txt", into=place)
    assert call("disk.folder.deletetree", id=place)["result"] is True
    assert call("disk.file.restore", id=made["ID"])["error"] == "ERROR_NOT_FOUND"
    assert requests.get(made["DOWNLOAD_URL"], timeout=10).status_code == 404
    for verb in ("deletetree", "markdeleted"):
        assert call(f"disk.folder.{verb}", id=root)["error_description"] == "Could not delete root folder"


def test_a_file_is_destroyed_even_in_the_bin(call, file):
    made = file("а.txt")
    call("disk.file.markdeleted", id=made["ID"])
    assert call("disk.file.delete", id=made["ID"])["result"] is True
    assert call("disk.file.restore", id=made["ID"])["error"] == "ERROR_NOT_FOUND"


def test_versions_are_kept_and_an_old_one_becomes_the_newest(call, file):
    made, other = file("а.txt", "one"), file("б.txt")
    assert call("disk.file.uploadversion", id=made["ID"])["error"] == "ERROR_ARGUMENT"
    fresh = call("disk.file.uploadversion", id=made["ID"], fileContent=coded("second"))["result"]
    assert (fresh["GLOBAL_CONTENT_VERSION"], fresh["SIZE"], text_of(fresh)) == (2, "6", "second")
    newest, oldest = call("disk.file.getversions", id=made["ID"])["result"]
    assert (text_of(newest), text_of(oldest), oldest["OBJECT_ID"]) == ("second", "one", str(made["ID"]))
    assert call("disk.version.get", id=oldest["ID"])["result"] == oldest
    assert call("disk.file.getversions", id=made["ID"], filter={">SIZE": 3})["result"] == [newest]
    back = call("disk.file.restorefromversion", id=made["ID"], versionId=oldest["ID"])["result"]
    assert (back["GLOBAL_CONTENT_VERSION"], text_of(back)) == (3, "one")
    foreign = call("disk.file.restorefromversion", id=other["ID"], versionId=oldest["ID"])
    assert foreign["error"] == "DISK_FILE_22004"
    assert call("disk.version.get")["error_description"] == "Invalid value of parameter `id`"


def test_files_do_not_go_in_a_batch(call, root):
    commands = {"a": f"disk.folder.uploadfile?id={root}", "b": "disk.file.uploadversion?id=1"}
    refused = call("batch", cmd=commands)["result"]["result_error"]
    assert {one["error"] for one in refused.values()} == {"ERROR_BATCH_METHOD_NOT_ALLOWED"}


def test_an_upload_address_remembers_that_names_become_unique(call, file, root):
    file("а.txt")
    for unique, outcome in ((True, "а (1).txt"), (False, "DISK_OBJ_22000")):
        answer = call("disk.folder.uploadfile", id=root, generateUniqueName=unique)["result"]
        sent = requests.post(answer["uploadUrl"], files={answer["field"]: ("а.txt", b"1")}, timeout=10).json()
        assert (sent["result"]["NAME"] if unique else sent["error"]) == outcome


def test_content_that_is_none_is_not_saved(call, root):
    answer = call("disk.folder.uploadfile", id=root, data={"NAME": "а.txt"}, fileContent=["а.txt", "x"])
    assert answer == {"error": "ERROR_COULD_NOT_SAVE_FILE", "error_description": "Could not save file"}


def test_files_and_folders_are_found_by_their_names(call, folder, file, storage):
    place = folder("Договоры 2026")
    inner = folder("Приложения", place)
    file("Договор поставки.docx", into=inner), file("договор аренды.docx")
    binned = file("договор подряда.docx")
    call("disk.file.markdeleted", id=binned["ID"])

    def names(query, **more) -> list[str]:
        return [row["NAME"] for row in call("disk.file.search", QUERY=query, **more)["result"]]

    assert names(" ДОГОВОР ") == ["договор аренды.docx", "Договор поставки.docx"]
    assert names("договор", TYPE="folder") == ["Договоры 2026"]
    assert names("договор", FILTER={"FOLDER_ID": place, "STORAGE_ID": storage["ID"]}) == ["Договор поставки.docx"]
    assert names("договор", TYPE="all", start=2) == ["Договоры 2026"]


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({}, "ERROR_ARGUMENT"),
        ({"QUERY": " аб "}, "INVALID_QUERY"),
        ({"QUERY": "абв", "TYPE": "x"}, "INVALID_TYPE"),
        ({"QUERY": "абв", "FILTER": {"NAME": "x"}}, "INVALID_FILTER"),
        ({"QUERY": "абв", "FILTER": {"STORAGE_ID": 404}}, "NOT_FOUND"),
        ({"QUERY": "абв", "FILTER": {"FOLDER_ID": 404}}, "NOT_FOUND"),
    ],
)
def test_a_search_is_refused_as_documented(call, params, error):
    assert call("disk.file.search", **params)["error"] == error


def test_a_public_address_is_the_same_every_time(call, folder, file):
    place, made = folder("Договоры"), file("а.txt")
    first = call("disk.file.getexternallink", id=made["ID"])["result"]
    assert first == call("disk.file.getexternallink", id=made["ID"])["result"]
    assert first != call("disk.folder.getexternallink", id=place)["result"]
    assert call("disk.file.getexternallink", id=place)["error"] == "ERROR_NOT_FOUND"


def test_levels_of_access_are_listed(call):
    names = [level["NAME"] for level in call("disk.rights.gettasks")["result"]]
    assert names == ["disk_access_full", "disk_access_edit", "disk_access_read"]


def test_a_file_on_a_task_is_read_by_its_attachment(call, task, file):
    made, number = file("а.txt"), task()["id"]
    attached = call("tasks.task.files.attach", taskId=number, fileId=made["ID"])["result"]["attachmentId"]
    shown = call("disk.attachedobject.get", id=attached)["result"]
    assert (shown["OBJECT_ID"], shown["ENTITY_TYPE"], shown["ENTITY_ID"]) == (str(made["ID"]), "tasks_task", number)
    assert (shown["NAME"], text_of(shown)) == ("а.txt", "hello")
    assert call("disk.attachedobject.get", id=404)["error"] == "ERROR_NOT_FOUND"
