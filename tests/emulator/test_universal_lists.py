"""Universal lists: lists with rights, fields of every kind, elements, sections."""

import base64

import pytest

from emulator.control import Refused

ADMIN = 2
WORD = base64.b64encode(b"word").decode()


def refusal(result: dict) -> tuple[str, str]:
    return result["error"], result["error_description"]


@pytest.fixture
def register(act):
    """A list of contracts; the parameters that name it."""
    list_id = act("lists.add", IBLOCK_TYPE_ID="lists", IBLOCK_CODE="contracts", FIELDS={"NAME": "Договоры"})
    return {"IBLOCK_TYPE_ID": "lists", "IBLOCK_ID": list_id}


@pytest.fixture
def prop(act, register):
    """Add a property and return its id: prop("S:Date", "SIGNED")."""

    def add(kind: str, code: str, **more) -> str:
        fields = {"NAME": code.title(), "TYPE": kind, "CODE": code, **more}
        return act("lists.field.add", **register, FIELDS=fields)

    return add


@pytest.fixture
def element(act, register):
    """Add an element: element("k-1", PROPERTY_2="x")."""

    def add(code: str, **fields) -> int:
        return act("lists.element.add", **register, ELEMENT_CODE=code, FIELDS={"NAME": code, **fields})

    return add


@pytest.fixture
def shown(act, register):
    """One element as it reads."""
    return lambda element_id: act("lists.element.get", **register, ELEMENT_ID=element_id)[0]


# -- lists


def test_a_list_is_kept_renamed_and_deleted_with_everything_in_it(call, act, register, prop, element):
    element("one", **{prop("S", "NOTE"): "слово"})
    body = call("lists.get", IBLOCK_TYPE_ID="lists", IBLOCK_CODE="contracts")
    shown = body["result"][0]
    assert (body["total"], shown["ID"], shown["NAME"], shown["SORT"]) == (
        1,
        str(register["IBLOCK_ID"]),
        "Договоры",
        "500",
    )
    fields = {"NAME": "Реестр", "BIZPROC": "Y", "DESCRIPTION": "Все договоры", "SORT": "10"}
    assert act("lists.update", **register, FIELDS=fields, MESSAGES={"ELEMENT_NAME": "Договор"}) is True
    [changed] = act("lists.get", **register)
    assert (changed["NAME"], changed["BIZPROC"], changed["ELEMENT_NAME"]) == ("Реестр", "Y", "Договор")
    assert (changed["ELEMENTS_NAME"], changed["SORT"]) == ("Элементы", "10")
    assert act("lists.delete", **register) is True
    assert call("lists.get", **register)["result"] == []
    assert call("lists.element.get", **register)["error"] == "ERROR_IBLOCK_NOT_FOUND"


def test_a_code_is_of_one_list_and_what_is_missing_is_named(call, register):
    again = call("lists.add", IBLOCK_TYPE_ID="lists", IBLOCK_CODE="contracts", FIELDS={"NAME": "Ещё"})
    assert refusal(again) == ("ERROR_IBLOCK_ALREADY_EXISTS", "Iblock already exists")
    nameless = call("lists.add", IBLOCK_TYPE_ID="lists", IBLOCK_CODE="other", FIELDS={"SORT": 1})
    assert refusal(nameless) == ("ERROR_REQUIRED_PARAMETERS_MISSING", "Required parameter `NAME` is missing")
    assert call("lists.get")["error_description"] == "Required parameter `IBLOCK_TYPE_ID` is missing"
    assert call("lists.update", IBLOCK_TYPE_ID="lists", IBLOCK_ID=404, FIELDS={"NAME": "x"})["error"] == (
        "ERROR_IBLOCK_NOT_FOUND"
    )


def test_a_list_has_a_picture_until_it_is_removed(act, register):
    act("lists.update", **register, FIELDS={"NAME": "Договоры", "PICTURE": {"fileData": ["a.png", WORD]}})
    assert act("lists.get", **register)[0]["PICTURE"].isdigit()
    act("lists.update", **register, FIELDS={"NAME": "Договоры", "PICTURE": {"remove": "Y"}})
    assert act("lists.get", **register)[0]["PICTURE"] is None


def test_the_type_of_a_list_is_told_by_id_or_code(call, register):
    assert call("lists.get.iblock.type.id", IBLOCK_ID=register["IBLOCK_ID"])["result"] == "lists"
    assert call("lists.get.iblock.type.id", IBLOCK_CODE="contracts")["result"] == "lists"
    assert call("lists.get.iblock.type.id", IBLOCK_ID=404)["result"] is None


def test_lists_stand_in_the_order_asked_for_and_by_type(call, act, register):
    act("lists.add", IBLOCK_TYPE_ID="lists", IBLOCK_CODE="acts", FIELDS={"NAME": "Акты", "SORT": 5})
    act("lists.add", IBLOCK_TYPE_ID="lists_socnet", IBLOCK_CODE="g", SOCNET_GROUP_ID=7, FIELDS={"NAME": "Группы"})

    def names(**more):
        return [row["NAME"] for row in call("lists.get", **more)["result"]]

    assert names(IBLOCK_TYPE_ID="lists") == ["Акты", "Договоры"]
    assert names(IBLOCK_TYPE_ID="lists", IBLOCK_ORDER={"NAME": "desc"}) == ["Договоры", "Акты"]
    assert names(IBLOCK_TYPE_ID="lists_socnet", SOCNET_GROUP_ID=7) == ["Группы"]
    assert names(IBLOCK_TYPE_ID="lists_socnet", SOCNET_GROUP_ID=8) == []
    assert call("lists.get", IBLOCK_TYPE_ID="lists_socnet")["error"] == "ACCESS_DENIED"


# -- rights


def test_people_do_what_their_rights_allow(portal, act, register, person):
    reader, adder, stranger = person("reader"), person("adder"), person("stranger")
    rights = {f"U{reader}": "R", f"U{adder}": "E"}
    act("lists.update", **register, FIELDS={"NAME": "Договоры"}, RIGHTS=rights)
    new = {"ELEMENT_CODE": "k", "FIELDS": {"NAME": "Первый"}}
    made = portal.act(adder, "lists.element.add", {**register, **new})
    assert [row["NAME"] for row in portal.act(reader, "lists.element.get", register)] == ["Первый"]
    forbidden = [
        (reader, "lists.element.add", {"ELEMENT_CODE": "x", "FIELDS": {"NAME": "Второй"}}),
        (adder, "lists.element.update", {"ELEMENT_ID": made, "FIELDS": {"NAME": "Другой"}}),
        (adder, "lists.element.delete", {"ELEMENT_ID": made}),
        (adder, "lists.section.add", {"SECTION_CODE": "s", "FIELDS": {"NAME": "Раздел"}}),
        (adder, "lists.field.add", {"FIELDS": {"NAME": "Поле", "TYPE": "S", "CODE": "S"}}),
        (stranger, "lists.element.get", {}),
        (stranger, "lists.get", {}),
    ]
    for who, method, params in forbidden:
        with pytest.raises(Refused, match="Access denied"):
            portal.act(who, method, {**register, **params})
    assert portal.act(stranger, "lists.get", {"IBLOCK_TYPE_ID": "lists"}) == []


def test_only_an_administrator_makes_lists_and_a_department_can_have_rights(portal, act, person):
    worker = person("worker")
    new = {"IBLOCK_TYPE_ID": "lists", "IBLOCK_CODE": "x", "FIELDS": {"NAME": "Список"}}
    with pytest.raises(Refused, match="ACCESS_DENIED"):
        portal.act(worker, "lists.add", new)
    list_id = act("lists.add", **new, RIGHTS={"DR1": "W", f"U{worker}": "D"})
    named = {"IBLOCK_TYPE_ID": "lists", "IBLOCK_ID": list_id}
    made = portal.act(worker, "lists.element.add", {**named, "ELEMENT_CODE": "k", "FIELDS": {"NAME": "Один"}})
    assert portal.act(worker, "lists.element.delete", {**named, "ELEMENT_ID": made}) is True
    act("lists.update", **named, FIELDS={"NAME": "Список"}, RIGHTS={"DR1": "X"})
    with pytest.raises(Refused, match="ACCESS_DENIED"):
        portal.act(worker, "lists.delete", named)


# -- fields


def test_a_field_of_choices_is_read_changed_and_forgotten(call, act, register, element, shown):
    choices = {"a": {"VALUE": "План", "SORT": 10, "DEF": "Y"}, "b": {"VALUE": "Работа", "SORT": 20}}
    fields = {"NAME": "Стадия", "TYPE": "L", "CODE": "STAGE", "LIST": choices, "LIST_TEXT_VALUES": "Проверка\nГотово"}
    name = act("lists.field.add", **register, FIELDS=fields)
    field = act("lists.field.get", **register, FIELD_ID=name)["L"]
    plan, work, check, done = field["DISPLAY_VALUES_FORM"]
    assert list(field["DISPLAY_VALUES_FORM"].values()) == ["План", "Работа", "Проверка", "Готово"]
    assert (field["FIELD_ID"], field["DEFAULT_VALUE"], field["CODE"]) == (name, plan, "STAGE")
    kept, lost = element("kept", **{name: work}), element("lost", **{name: done})
    assert list(shown(kept)[name].values()) == [work]
    changed = {work: {"VALUE": "В работе", "SORT": 5}, plan: {"VALUE": "План", "SORT": 10}}
    update = {"NAME": "Стадия", "TYPE": "L", "LIST": changed, "LIST_TEXT_VALUES": "Архив", "LIST_DEF": [work]}
    assert act("lists.field.update", **register, FIELD_ID=name, FIELDS=update) is True
    field = act("lists.field.get", **register, FIELD_ID=name)["L"]
    assert list(field["DISPLAY_VALUES_FORM"].values()) == ["В работе", "План", "Архив"]
    assert field["DEFAULT_VALUE"] == work
    assert name not in shown(lost)
    assert act("lists.field.delete", **register, FIELD_ID=name) is True
    assert name not in shown(kept)
    assert list(act("lists.field.get", **register)) == ["NAME"]
    assert call("lists.field.get", **register, FIELD_ID=name)["result"] == []


def test_a_system_field_is_added_once_and_leaves_the_types(call, act, register):
    assert act("lists.field.add", **register, FIELDS={"NAME": "Порядок", "TYPE": "SORT", "MULTIPLE": "Y"}) == "SORT"
    assert act("lists.field.get", **register)["SORT"]["MULTIPLE"] == "N"
    again = call("lists.field.add", **register, FIELDS={"NAME": "Порядок", "TYPE": "SORT"})
    assert refusal(again) == ("ERROR_SAVE_FIELD", "Property already exists")
    types = act("lists.field.type.get", **register)
    assert types["S:Money"] == "Деньги"
    assert "SORT" not in types
    assert "SORT" in act("lists.field.type.get", **register, FIELD_ID="SORT")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"TYPE": "S"}, "Please fill the code fields"),
        ({"TYPE": "S", "CODE": "TAKEN"}, "Property already exists"),
        ({"TYPE": "S:map", "CODE": "MAP"}, "Error saving the field"),
        ({"TYPE": "E", "CODE": "LINK"}, "Incorrect lists specified for 'Поле' property"),
        (
            {"TYPE": "S", "CODE": "RO", "SETTINGS": {"ADD_READ_ONLY_FIELD": "Y"}},
            "The default value of the field 'Поле' is required",
        ),
    ],
)
def test_a_field_is_refused(call, register, prop, fields, words):
    prop("S", "TAKEN")
    answer = call("lists.field.add", **register, FIELDS={"NAME": "Поле", **fields})
    assert refusal(answer) == ("ERROR_SAVE_FIELD", words)


def test_the_type_of_a_field_stays(call, register, prop):
    answer = call("lists.field.update", **register, FIELD_ID=prop("S", "NOTE"), FIELDS={"NAME": "Поле", "TYPE": "N"})
    assert answer["error"] == "ERROR_UPDATE_FIELD"


# -- elements


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        ("S", "слово", "слово"),
        ("N", "12,50", "12.5"),
        ("S:Date", "2026-12-31", "31.12.2026"),
        ("S:DateTime", "2026-12-31 23:59:59", "31.12.2026 23:59:59"),
        ("S:Money", "100", "100|RUB"),
        ("S:employee", 2, "2"),
        ("S:ECrm", "D_7", "D_7"),
        ("S:HTML", "<b>да</b>", {"TEXT": "<b>да</b>", "TYPE": "HTML"}),
    ],
)
def test_a_property_reads_as_the_portal_shows_it(prop, element, shown, kind, written, read):
    name = prop(kind, "VALUE")
    assert list(shown(element("k", **{name: written}))[name].values()) == [read]


def test_a_property_of_many_values_is_a_map_by_their_ids(prop, element, shown):
    name = prop("S:employee", "PEOPLE", MULTIPLE="Y")
    values = shown(element("k", **{name: ["1", "2"]}))[name]
    assert list(values.values()) == ["1", "2"]
    assert all(value_id.isdigit() for value_id in values)


def test_a_counter_counts_by_itself(prop, element, shown):
    name = prop("N:Sequence", "NUMBER")
    numbers = [list(shown(element(code))[name].values()) for code in ("a", "b")]
    assert numbers == [["1"], ["2"]]


def test_a_code_is_of_one_element_and_names_it(call, act, register, element):
    made = element("k-1")
    assert act("lists.element.get", **register, ELEMENT_CODE="k-1")[0]["ID"] == str(made)
    again = call("lists.element.add", **register, ELEMENT_CODE="k-1", FIELDS={"NAME": "Ещё"})
    assert refusal(again) == ("ERROR_ELEMENT_ALREADY_EXISTS", "Element already exists")
    assert call("lists.element.add", **register, FIELDS={"NAME": "x"})["error_description"] == (
        "Required parameter `ELEMENT_CODE` is missing"
    )
    assert call("lists.element.delete", **register, ELEMENT_CODE="k-1")["result"] is True
    assert call("lists.element.delete", **register, ELEMENT_CODE="k-1")["error"] == "ERROR_ELEMENT_NOT_FOUND"


def test_an_update_clears_what_it_does_not_give_but_files(act, register, prop, element, shown):
    note, scans = prop("S", "NOTE"), prop("F", "SCANS", MULTIPLE="Y")
    made = element("k", **{note: "слово", scans: [["a.txt", WORD], ["b.txt", WORD]], "SORT": 5})
    first, second = shown(made)[scans]
    act("lists.element.update", **register, ELEMENT_ID=made, FIELDS={"NAME": "Новое", scans: [["c.txt", WORD]]})
    after = shown(made)
    assert (after["NAME"], after["SORT"], len(after[scans])) == ("Новое", "500", 3)
    assert note not in after
    act("lists.element.update", **register, ELEMENT_ID=made, FIELDS={"NAME": "Новое", f"{scans}_DEL": {first: "Y"}})
    left = shown(made)[scans]
    assert (first in left, second in left, len(left)) == (False, True, 2)
    urls = act("lists.element.get.file.url", **register, ELEMENT_ID=made, FIELD_ID=scans.removeprefix("PROPERTY_"))
    place = f"/company/lists/{register['IBLOCK_ID']}/file/0/{made}/{scans}"
    assert urls == [f"{place}/{file_id}/?ncc=y&download=y" for file_id in left.values()]


def test_a_file_is_written_as_a_file_and_one_of_the_drive_by_its_id(call, act, register, prop, element, shown):
    scan, contract = prop("F", "SCAN"), prop("S:DiskFile", "CONTRACT")
    root = act("disk.storage.getlist")[0]["ROOT_OBJECT_ID"]
    file = act("disk.folder.uploadfile", id=root, data={"NAME": "a.txt"}, fileContent=["a.txt", WORD])
    made = element("k", **{contract: f"n{file['ID']}"})
    assert list(shown(made)[contract].values()) == [str(file["ID"])]
    number = contract.removeprefix("PROPERTY_")
    address = f"/bitrix/tools/disk/uf.php?attachedId={file['ID']}&action=download&ncc=1"
    assert act("lists.element.get.file.url", **register, ELEMENT_ID=made, FIELD_ID=number) == [address]
    assert act("lists.element.get.file.url", **register, ELEMENT_ID=made, FIELD_ID=404) == []
    answer = call("lists.element.add", **register, ELEMENT_CODE="x", FIELDS={"NAME": "x", scan: 7})
    assert refusal(answer) == ("ERROR_ELEMENT_FIELD_VALUE", "Writing file values by ID is not supported")
    wrong = call("lists.element.add", **register, ELEMENT_CODE="x", FIELDS={"NAME": "x", contract: root})
    assert wrong["error"] == "ERROR_ELEMENT_FIELD_VALUE"


def test_a_required_property_must_be_filled(call, register, prop, element):
    name = prop("S", "NOTE", IS_REQUIRED="Y")
    assert call("lists.element.add", **register, ELEMENT_CODE="x", FIELDS={"NAME": "x"})["error"] == "ERROR_ADD_ELEMENT"
    made = element("k", **{name: "слово"})
    answer = call("lists.element.update", **register, ELEMENT_ID=made, FIELDS={"NAME": "x"})
    assert answer["error"] == "ERROR_UPDATE_ELEMENT"


@pytest.mark.parametrize(
    ("filter_", "codes"),
    [
        ({"NAME": "a"}, ["a"]),
        ({"NAME": "b%"}, ["b", "bb"]),
        ({"%NAME": "b"}, ["b", "bb"]),
        ({"!NAME": "a"}, ["b", "bb"]),
        ({">PROPERTY": "10"}, ["b", "bb"]),
        ({"@PROPERTY": ["5", "15"]}, ["a", "b"]),
        ({"IBLOCK_SECTION_ID": 1}, ["bb"]),
        ({"CREATED_BY": 1}, []),
        ({"ID": 1}, ["a", "b", "bb"]),
    ],
)
def test_elements_are_found(act, register, prop, element, filter_, codes):
    name = prop("N", "SUM")
    section = act("lists.section.add", **register, SECTION_CODE="s", FIELDS={"NAME": "Раздел"})
    element("a", **{name: 5})
    element("b", **{name: 15})
    fields = {"NAME": "bb", name: 25}
    act("lists.element.add", **register, ELEMENT_CODE="bb", IBLOCK_SECTION_ID=section, FIELDS=fields)
    asked = {key.replace("PROPERTY", name): value for key, value in filter_.items()}
    assert [row["CODE"] for row in act("lists.element.get", **register, FILTER=asked)] == codes


def test_elements_are_sorted_selected_and_come_in_pages(call, register, prop, element):
    name = prop("N", "SUM")
    for number in range(51):
        element(f"k{number}", **{name: number})
    body = call("lists.element.get", **register, ELEMENT_ORDER={name: "desc"}, SELECT=["ID", name])
    assert (len(body["result"]), body["total"], body["next"]) == (50, 51, 50)
    first = body["result"][0]
    assert (set(first), list(first[name].values())) == ({"ID", name}, ["50"])
    assert len(call("lists.element.get", **register, start=50)["result"]) == 1


# -- sections


def test_sections_are_a_tree_that_falls_with_what_is_in_it(call, act, register):
    outer = act("lists.section.add", **register, SECTION_CODE="outer", FIELDS={"NAME": "Отдел", "XML_ID": "x-1"})
    inner = act(
        "lists.section.add", **register, SECTION_CODE="inner", IBLOCK_SECTION_ID=outer, FIELDS={"NAME": "Аренда"}
    )
    named = {**register, "ELEMENT_CODE": "k", "IBLOCK_SECTION_ID": inner}
    made = act("lists.element.add", **named, FIELDS={"NAME": "Договор"})
    body = call("lists.section.get", **register, SELECT=["CODE", "DEPTH_LEVEL", "LEFT_MARGIN", "RIGHT_MARGIN"])
    rows = [(one["CODE"], one["DEPTH_LEVEL"], one["LEFT_MARGIN"], one["RIGHT_MARGIN"]) for one in body["result"]]
    assert (body["total"], rows) == (2, [("outer", "1", "1", "4"), ("inner", "2", "2", "3")])
    assert act("lists.section.update", **register, SECTION_CODE="outer", FIELDS={"NAME": "Отдел 2", "ACTIVE": "N"})
    [changed] = act("lists.section.get", **register, FILTER={"ID": inner})
    assert (changed["GLOBAL_ACTIVE"], changed["ACTIVE"], changed["EXTERNAL_ID"]) == ("N", "Y", None)
    [found] = act("lists.section.get", **register, FILTER={"NAME": "Отдел%", "EXTERNAL_ID": "x-1"})
    assert found["ID"] == str(outer)
    assert act("lists.section.delete", **register, SECTION_ID=outer) is True
    assert act("lists.section.get", **register) == []
    assert call("lists.element.delete", **register, ELEMENT_ID=made)["error"] == "ERROR_ELEMENT_NOT_FOUND"
    assert call("lists.section.delete", **register, SECTION_ID=outer)["error"] == "ERROR_SECTION_NOT_FOUND"


def test_a_section_needs_a_name_and_a_parent_that_is_there(call, register):
    answer = call("lists.section.add", **register, SECTION_CODE="s", FIELDS={"SORT": 1})
    assert refusal(answer) == ("ERROR_REQUIRED_PARAMETERS_MISSING", "Required parameter `NAME` is missing")
    lost = call("lists.section.add", **register, SECTION_CODE="s", IBLOCK_SECTION_ID=404, FIELDS={"NAME": "x"})
    assert lost["error"] == "ERROR_ADD_SECTION"
