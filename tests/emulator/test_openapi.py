"""REST 3 about itself: an OpenAPI document that says what the methods do, and the tree of their scopes."""

import pytest
import requests

from emulator.methods import REST3_METHODS

NO_ANSWER = {"type": "object"}


@pytest.fixture
def v3(portal):
    """Call a method of REST 3 and return the whole body: v3("rest.scope.list", filterModule="mail")."""
    address = portal.webhook_url.replace("/rest/", "/rest/api/")
    return lambda method, **body: requests.post(address + method, json=body, timeout=10).json()


@pytest.fixture
def document(v3):
    return v3("rest.documentation.openapi")


def body_of(path: dict) -> dict:
    return path["post"].get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})


def references(part: object) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*map(references, part.values()))
    return set().union(*map(references, part)) if isinstance(part, list) else set()


def schema(document: dict, name: str) -> dict:
    return document["components"]["schemas"][name]["properties"]


def test_the_document_is_the_whole_body_and_has_a_short_name(portal, document):
    address = portal.webhook_url.replace("/rest/", "/rest/api/") + "documentation"
    assert requests.get(address, timeout=10).json() == document
    assert document["openapi"] == "3.0.0"
    assert document["servers"] == [{"url": address.removesuffix("/documentation")}]


def test_every_method_is_there_with_what_it_takes_and_gives(document):
    assert set(document["paths"]) == {f"/{declared.name}" for declared in REST3_METHODS.values()}
    about = {f"/{declared.name}" for declared in REST3_METHODS.values() if declared.scope == "basic"}
    for name in document["paths"].keys() - about:
        result = document["paths"][name]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert result["properties"]["result"] not in ({}, NO_ANSWER), name


def test_every_reference_leads_to_a_schema(document):
    named = {reference.rpartition("/")[2] for reference in references(document)}
    assert named == set(document["components"]["schemas"])


def test_what_the_document_requires_is_what_a_method_refuses_to_miss(document, v3):
    for name, path in document["paths"].items():
        required = set(body_of(path).get("required", ()))
        answer = v3(name.strip("/"))
        faults = answer.get("error", {}).get("validation", [])
        assert {one["field"].partition(".")[0] for one in faults if "field" in one} <= required, (name, answer)
        assert bool(faults) or not required, (name, answer)


def test_an_object_is_described_as_its_fields_are(document, v3):
    types = {"int": "integer", "bool": "boolean", "string": "string", "array": "array"}
    names = {"mail.mailbox": "MailboxDto", "mail.message": "MessageDto", "timeman.record": "RecordDto"}
    for prefix, name in names.items():
        for one in v3(f"{prefix}.field.list")["result"]["items"]:
            held = schema(document, name)[one["name"]]
            assert types.get(one["type"], held["type"]) == held["type"], (prefix, one)
    task = schema(document, "TaskDto")
    assert task["responsible"] == {"$ref": "#/components/schemas/UserDto"}
    assert task["parent"] == {"$ref": "#/components/schemas/TaskDto"}
    assert (task["deadline"]["format"], task["id"]["type"]) == ("date-time", "integer")


def test_only_what_may_be_written_is_asked_for(document):
    added = body_of(document["paths"]["/tasks.task.add"])["properties"]["fields"]["properties"]
    changed = body_of(document["paths"]["/tasks.task.update"])["properties"]["fields"]["properties"]
    assert ("creatorId" in added, "creatorId" in changed, "id" in added) == (True, False, False)


def test_the_scopes_are_a_tree_of_modules_controllers_and_methods(v3):
    tree = v3("rest.scope.list")["result"]
    leaf = {"scope": "tasks.task.result.list", "title": "", "description": "", "fields": None}
    assert tree["tasks"]["task.result"]["list"] == leaf
    assert set(v3("rest.scope.list", filterModule="mail")["result"]) == {"mail"}
    one = v3("rest.scope.list", filterController="message", filterMethod="get")["result"]
    assert one == {"mail": {"message": {"get": leaf | {"scope": "mail.message.get"}}}}
    assert v3("rest.scope.list", filterModule=["mail"])["error"]["validation"][0]["field"] == "filterModule"
