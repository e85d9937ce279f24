"""What the card of an object shows: for everybody, for one person, by funnel."""

import pytest

from emulator.control import Refused

SECTIONS = [
    {
        "name": "main",
        "title": "О сделке",
        "type": "section",
        "elements": [{"name": "TITLE", "optionFlags": 1}, {"name": "CLIENT", "options": {"defaultCountry": "RU"}}],
    }
]
SHOWN = [
    {
        "name": "main",
        "title": "О сделке",
        "type": "section",
        "elements": [
            {"name": "TITLE", "optionFlags": "1"},
            {"name": "CLIENT", "optionFlags": "0", "options": {"defaultCountry": "RU"}},
        ],
    }
]


@pytest.fixture
def employee(act):
    """Somebody who is no administrator."""
    return int(act("user.add", EMAIL="petrov@sferotek.example", NAME="Пётр", UF_DEPARTMENT=[1]))


@pytest.mark.parametrize("kind", ["lead", "deal", "contact", "company"])
def test_the_older_methods_and_the_new_one_keep_one_card(call, kind):
    older, type_id = f"crm.{kind}.details.configuration", {"lead": 1, "deal": 2, "contact": 3, "company": 4}[kind]
    assert call(f"{older}.get")["result"] is None
    assert call(f"{older}.set", data=SECTIONS)["result"] is True
    assert call("crm.item.details.configuration.get", entityTypeId=type_id)["result"] == SHOWN
    assert call(f"{older}.get", scope="C")["result"] is None
    assert call(f"{older}.reset")["result"] is True
    assert call(f"{older}.get")["result"] is None


def test_the_common_card_and_that_of_a_person_stand_side_by_side(portal, call):
    other = [{"name": "own", "title": "Моё", "type": "section"}]
    call("crm.item.details.configuration.set", entityTypeId=2, scope="C", data=SECTIONS)
    call("crm.item.details.configuration.set", entityTypeId=2, userId=2, data=other)
    card = portal.act(2, "crm.item.details.configuration.get", {"entityTypeId": 2})
    assert card == [{**other[0], "elements": []}]
    assert call("crm.item.details.configuration.get", entityTypeId=2)["result"] is None
    assert call("crm.deal.details.configuration.forceCommonScopeForAll")["result"] is True
    assert call("crm.item.details.configuration.get", entityTypeId=2, userId=2)["result"] is None
    assert call("crm.item.details.configuration.get", entityTypeId=2, scope="C")["result"] == SHOWN
    call("crm.item.details.configuration.reset", entityTypeId=2, scope="C")
    assert call("crm.item.details.configuration.get", entityTypeId=2, scope="C")["result"] is None


@pytest.mark.parametrize(("type_id", "extras"), [(2, {"dealCategoryId": 5}), (1, {"leadCustomerType": 2})])
def test_every_funnel_has_a_card_of_its_own(call, type_id, extras):
    call("crm.item.details.configuration.set", entityTypeId=type_id, extras=extras, data=SECTIONS)
    assert call("crm.item.details.configuration.get", entityTypeId=type_id, extras=extras)["result"] == SHOWN
    assert call("crm.item.details.configuration.get", entityTypeId=type_id)["result"] is None
    call("crm.item.details.configuration.forceCommonScopeForAll", entityTypeId=type_id)
    assert call("crm.item.details.configuration.get", entityTypeId=type_id, extras=extras)["result"] == SHOWN


@pytest.mark.parametrize("kind", ["lead", "contact", "company"])
def test_one_card_for_everybody_by_the_older_methods(call, kind):
    prefix = f"crm.{kind}.details.configuration"
    call(f"{prefix}.set", userId=2, data=SECTIONS)
    assert call(f"{prefix}.get", userId=2)["result"] == SHOWN
    assert call(f"{prefix}.forceCommonScopeForAll")["result"] is True
    assert call(f"{prefix}.get", userId=2)["result"] is None


def test_an_employee_arranges_only_the_own_card(portal, employee):
    def as_employee(verb: str, **params) -> object:
        given = {"entityTypeId": 2, "data": SECTIONS, **params}
        return portal.act(employee, f"crm.item.details.configuration.{verb}", given)

    assert as_employee("set") is True
    assert as_employee("get", scope="C") is None
    for verb, params in (
        ("set", {"scope": "C"}),
        ("get", {"userId": 1}),
        ("reset", {"userId": 1}),
        ("forceCommonScopeForAll", {}),
    ):
        with pytest.raises(Refused, match="Access denied"):
            as_employee(verb, **params)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "Parameter 'data' must be array."),
        ([], "There are no data to write."),
        ({"a": SECTIONS[0]}, "The data must be indexed array."),
        ([{"name": "a", "title": "А"}], "Section at index 0 have type ''. The expected type is 'section'."),
        ([*SECTIONS, {"title": "А", "type": "section"}], "Section at index 1 does not have name."),
        ([{"name": "a", "type": "section"}], "Section at index 0 does not have title."),
        ([{**SECTIONS[0], "elements": [{}]}], "Element at index 0 in section at index 0 does not have name."),
    ],
)
def test_a_card_that_cannot_be_drawn_is_refused(call, data, words):
    body = call("crm.item.details.configuration.set", entityTypeId=2, data=data)
    assert (body["error"], body["error_description"]) == ("", words)


def test_a_kind_of_object_must_be_named_and_known(call):
    missing = call("crm.item.details.configuration.get")
    unknown = call("crm.item.details.configuration.get", entityTypeId=1038)
    assert missing["error_description"] == "Parameter 'entityTypeId' is not defined."
    assert unknown["error_description"] == "The entity type '1038' is not supported in current context."
