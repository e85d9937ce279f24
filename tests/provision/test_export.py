"""`flask export`: what people set up on a portal becomes a folder like config/ that loads and leaves nothing to do."""

import pytest

from bitrix.client import Portal
from config import load
from engine.dictionary import DEAL, Dictionary

OPT, SERVICE = "Продажи опт", "Сервис: выезды & ремонт"


@pytest.fixture
def customer(integrator):
    """A portal with Voronka's own funnels, and with what its people made before and after."""
    integrator.ask("crm.deal.userfield.add", fields={"FIELD_NAME": "UF_CRM_SF_SO_NEED", "USER_TYPE_ID": "double"})
    integrator.type("apply")
    for title in (OPT, OPT, SERVICE):
        integrator.ask("crm.category.add", entityTypeId=2, fields={"name": title, "sort": 700})
    add_stages(integrator, OPT, [("1", "Заявка № 1"), ("UC_7Q2", "да")])
    add_fields(integrator)
    elements = [{"name": "TITLE"}, {"name": "UF_CRM_1612345678"}, {"name": "UF_CRM_CAR"}]
    card = {"name": "main", "title": "Главное", "type": "section", "elements": elements}
    place = {"entityTypeId": 2, "scope": "C", "extras": {"dealCategoryId": integrator.funnels()[SERVICE]["id"]}}
    integrator.ask("crm.item.details.configuration.set", **place, data=[card])
    [won] = integrator.ask("crm.status.list", filter={"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "WON"})
    integrator.ask("crm.status.update", id=won["ID"], fields={"NAME": "Оплачено: ура"})
    return integrator


def add_stages(integrator, title: str, stages: list[tuple[str, str]]) -> None:
    number = integrator.funnels()[title]["id"]
    for sort, (code, name) in enumerate(stages, start=11):
        values = {"ENTITY_ID": f"DEAL_STAGE_{number}", "STATUS_ID": code, "NAME": name, "SORT": sort}
        integrator.ask("crm.status.add", fields=values)


def add_fields(integrator) -> None:
    options = [{"VALUE": " Срочно"}, {"VALUE": "2026-01-01"}, {"VALUE": "no"}]
    for of, values in (
        ("deal", {"FIELD_NAME": "1612345678", "USER_TYPE_ID": "enumeration", "MULTIPLE": "Y", "LIST": options}),
        ("deal", {"FIELD_NAME": "CAR", "USER_TYPE_ID": "crm", "SETTINGS": {"COMPANY": "Y"}, "EDIT_FORM_LABEL": "Чей автомобиль"}),
        ("deal", {"FIELD_NAME": "LEAD", "USER_TYPE_ID": "crm", "SETTINGS": {"LEAD": "Y"}}),
        ("deal", {"FIELD_NAME": "UF_CRM_SF_OLD", "USER_TYPE_ID": "date", "EDIT_FORM_LABEL": "«Старая» дата: #1"}),
        ("company", {"FIELD_NAME": "SINCE", "USER_TYPE_ID": "datetime"}),
    ):  # fmt: skip
        integrator.ask(f"crm.{of}.userfield.add", fields=values)


@pytest.fixture
def exported(customer, tmp_path):
    folder = tmp_path / "customer"
    code, said = customer.type("export", str(folder))
    assert code == 0, said
    return folder, said


def test_what_was_exported_loads_and_leaves_nothing_to_do(customer, exported):
    folder, _ = exported
    code, said = customer.type("plan", "--config", str(folder))
    assert "Nothing to do." in said
    assert code == 0
    Dictionary.read(Portal(customer.portal.webhook_url, limits="off"), load(folder))


def test_every_funnel_has_a_file_with_its_stages_as_people_see_them(customer, exported):
    made = load(exported[0])
    assert {process.category for process in made.processes.values()} == {
        row["id"] for row in customer.ask("crm.category.list", entityTypeId=DEAL)["categories"]
    }
    assert {"PRODAZHI_OPT", "SERVIS_VYEZDY_REMONT", "SOFT", "REGISTRY"} <= made.processes.keys()
    [opt] = [process for process in made.processes.values() if process.category == customer.funnels()[OPT]["id"]]
    assert [(stage.code, stage.title) for stage in opt.stages.values()] == customer.stages_of(opt.category)
    assert opt.stages["1"].title == "Заявка № 1"
    [general] = [process for process in made.processes.values() if process.category == 0]
    assert general.stages["WON"].title == "Оплачено: ура"


def test_a_field_stands_with_the_funnel_whose_cards_show_it(exported):
    made = load(exported[0])
    fields = made.processes["SERVIS_VYEZDY_REMONT"].fields
    assert list(fields) == ["uf_crm_1612345678", "uf_crm_car"]
    assert (fields["uf_crm_car"].type, fields["uf_crm_car"].label) == ("company", "Чей автомобиль")
    chosen = fields["uf_crm_1612345678"]
    assert (chosen.type, chosen.multiple, chosen.options) == ("enumeration", True, ("Срочно", "2026-01-01", "no"))
    assert made.deal_fields["old"].hidden, "one that no card shows is put on none"
    assert made.deal_fields["old"].label == "«Старая» дата: #1"
    assert made.company_fields["uf_crm_since"].type == "datetime"
    assert made.processes["SOFT"].fields["so_need"].type == "double", "the portal as it is, not as config/ has it"


def test_a_type_that_config_cannot_say_is_named_and_left_to_the_portal(exported):
    folder, said = exported
    assert "UF_CRM_LEAD" in said
    assert "uf_crm_lead" not in load(folder).deal_fields


def test_a_folder_with_something_in_it_is_left_alone(customer, tmp_path):
    (tmp_path / "mine.txt").write_text("моё")
    code, said = customer.type("export", str(tmp_path))
    assert (code, [path.name for path in tmp_path.iterdir() if path.suffix == ".yaml"]) == (1, [])
    assert "is not empty; name a new folder" in said


def test_what_handlers_read_of_a_field_of_people(customer, exported):
    """A card keeps the values of fields that were there before Voronka."""
    dictionary = Dictionary.read(Portal(customer.portal.webhook_url, limits="off"), load(exported[0]))
    category = customer.funnels()[SERVICE]["id"]
    made = customer.ask("crm.item.add", entityTypeId=DEAL, useOriginalUfNames="Y", fields={
        "title": "Выезд", "categoryId": category, "UF_CRM_1612345678": [customer.option("UF_CRM_1612345678", " Срочно")],
    })["item"]  # fmt: skip
    kept = dictionary.keep(made)
    field = dictionary.field("SERVIS_VYEZDY_REMONT", "uf_crm_1612345678")
    assert dictionary.decode(field, kept[field.code]) == ["Срочно"]
    assert dictionary.process(category).code == "SERVIS_VYEZDY_REMONT"
