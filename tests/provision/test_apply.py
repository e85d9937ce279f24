"""`flask plan` and `flask apply`: from an empty portal, from one of people, through kills and lost answers."""

import shutil
import signal
import time
from pathlib import Path

import pytest

from bitrix.client import Portal
from config import FOLDER, company
from emulator.control import running
from engine.dictionary import Dictionary
from tests.provision.conftest import Integrator

SOFT, REGISTER = "Софт-продажи", "Реестр документов"


def test_from_nothing_to_a_portal_that_the_layer_can_work_with(integrator):
    code, said = integrator.type("plan")
    assert code == 2
    assert "+ funnel SOFT with 13 stages" in said
    integrator.portal.reset_counters()
    code, said = integrator.type("apply")
    assert code == 0
    assert integrator.portal.requests()["http"] <= 60
    assert integrator.type("plan")[0] == 0
    assert "Nothing to do." in integrator.type("plan")[1]
    assert integrator.kinds() == {"keep"}
    wanted = [(stage.code, stage.title) for stage in company().processes["SOFT"].stages.values()]
    assert integrator.stages(SOFT) == wanted
    assert integrator.folders("Отчёты") == ["ДЗ", "Представители", "Дистрибьюторы"]
    wanted = company().processes["REP_REPORT"].catalogue
    assert integrator.goods(wanted.section) == sorted(wanted.items)
    Dictionary.read(Portal(integrator.portal.webhook_url, limits="off"), company())


def test_the_portal_that_tests_begin_with_is_one_that_was_applied_to(integrator):
    """The emulator plants it by itself: it shares nothing with the layer but config/."""
    integrator.type("apply")
    applied = integrator.whole()
    with running(seed="empty") as planted:
        assert Integrator(planted, {}).whole() == applied


def test_a_second_apply_changes_nothing(integrator):
    integrator.type("apply")
    integrator.portal.reset_counters()
    code, said = integrator.type("apply")
    assert (code, "0 commands done." in said) == (0, True)
    assert not [
        name
        for name in integrator.portal.requests()["commands"]
        if name.endswith((".add", ".update", ".set", ".delete"))
    ]


def test_fields_have_their_types_lists_and_settings(integrator):
    integrator.type("apply")
    fields = integrator.fields()
    assert fields["UF_CRM_SF_PARENT"]["SETTINGS"] == {"DEAL": "Y"}, "the portal's own default is a lead"
    assert [one["VALUE"] for one in fields["UF_CRM_SF_SO_CLASS"]["LIST"]] == ["A", "B", "C", "Новый"]
    assert fields["UF_CRM_SF_SO_NEED"]["EDIT_FORM_LABEL"] == "Потребности клиента"
    assert fields["UF_CRM_SF_CHILDREN"]["MULTIPLE"] == "Y"
    assert "UF_CRM_SF_SIGN_FIO" in integrator.fields("company")


def test_what_only_a_person_can_do_is_said_in_russian_and_without_a_secret(integrator):
    _, said = integrator.type("apply")
    for words in ("Исходящий вебхук", "ONTASKUPDATE", "/hook/b24", "«Софт-продажи», «Коммерческое предложение»:",
                  "«Потребности клиента»", "Права на стадии реестра документов", "/robot/<ROBOT_SECRET>/make_document"):  # fmt: skip
        assert words in said
    for secret in ("token-of-the-events", "secret-of-the-robots-and-rules", integrator.portal.webhook_url):
        assert secret not in said


# — people were here —


def test_a_funnel_of_the_same_name_is_taken_over_with_the_stages_of_people(integrator):
    made = integrator.ask("crm.category.add", entityTypeId=2, fields={"name": "софт-ПРОДАЖИ"})["category"]
    place = f"DEAL_STAGE_{made['id']}"
    integrator.ask("crm.status.add", fields={"ENTITY_ID": place, "STATUS_ID": "UC_OWN", "NAME": "Наша", "SORT": 15})
    [_, _, docs, *_] = integrator.ask("crm.status.list", filter={"ENTITY_ID": place}, order={"SORT": "ASC"})
    integrator.ask("crm.status.update", id=docs["ID"], fields={"NAME": "Документы"})
    assert integrator.type("apply")[0] == 0
    assert integrator.funnels()["софт-ПРОДАЖИ"]["originId"] == "SOFT"
    assert SOFT not in integrator.funnels()
    codes = [code for code, _ in integrator.stages("софт-ПРОДАЖИ")]
    ours = [stage.code for stage in company().processes["SOFT"].stages.values()]
    assert [code for code in codes if code in ours] == ours
    assert codes[:3] == ["NEW", "UC_OWN", "PREPARATION"], "stages of people stand where they stood"
    assert dict(integrator.stages("софт-ПРОДАЖИ"))["PREPARATION"] == "Документы"
    assert "EXECUTING" in codes, "what stood in a funnel of people stays"
    assert integrator.kinds() == {"keep"}


def test_a_funnel_of_nearly_the_same_name_is_asked_about(integrator):
    made = integrator.ask("crm.category.add", entityTypeId=2, fields={"name": "Софт продажа"})["category"]
    code, said = integrator.type("apply")
    assert f"--adopt SOFT={made['id']}" in said
    assert SOFT not in integrator.funnels()
    assert integrator.type("apply", "--adopt", f"SOFT={made['id']}")[0] == 0
    assert integrator.funnels()["Софт продажа"]["originId"] == "SOFT"
    assert SOFT not in integrator.funnels()


def test_or_a_new_one_is_made_on_request(integrator):
    integrator.ask("crm.category.add", entityTypeId=2, fields={"name": "Софт продажа"})
    assert integrator.type("apply", "--create", "SOFT")[0] == 0
    assert {SOFT, "Софт продажа"} <= integrator.funnels().keys()
    assert integrator.funnels()["Софт продажа"]["originId"] == ""


def test_a_funnel_that_nobody_asked_for_is_named_with_the_nearest_one(integrator):
    for words in (["--adopt", "SOFTT=7"], ["--create", "SOFTT"]):
        code, said = integrator.type("apply", *words)
        assert code == 2
        assert "config/ asks for no funnel SOFTT. Did you mean SOFT?" in said
    assert SOFT not in integrator.funnels()


def test_a_funnel_whose_list_of_stages_has_no_gap_gets_ours_between_those_of_people(integrator):
    made = integrator.ask("crm.category.add", entityTypeId=2, fields={"name": SOFT})["category"]
    place = f"DEAL_STAGE_{made['id']}"
    for number in range(40):
        own = {"ENTITY_ID": place, "STATUS_ID": f"OWN{number}", "NAME": f"Наша {number}", "SORT": 11 + number % 9}
        integrator.ask("crm.status.add", fields=own)
    rows = integrator.ask("crm.status.list", filter={"ENTITY_ID": place}, order={"SORT": "ASC"})
    for sort, row in enumerate(rows, start=1):
        integrator.ask("crm.status.update", id=row["ID"], fields={"SORT": sort})
    before = [code for code, _ in integrator.stages(SOFT) if code.startswith("OWN")]
    assert integrator.type("apply")[0] == 0
    codes = [code for code, _ in integrator.stages(SOFT)]
    ours = [stage.code for stage in company().processes["SOFT"].stages.values()]
    assert [code for code in codes if code in ours] == ours
    assert [code for code in codes if code.startswith("OWN")] == before
    assert integrator.kinds() == {"keep"}


def test_a_process_that_is_switched_off_is_left_out(integrator, tmp_path):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "config", ignore=shutil.ignore_patterns("*.py")))
    receivables = folder / "processes/receivables.yaml"
    receivables.write_text(receivables.read_text(encoding="utf-8") + "\nenabled: false\n", encoding="utf-8")
    _, said = integrator.type("plan", "--config", str(folder))
    assert "Отчёт по ДЗ" not in said
    assert "UF_CRM_SF_DZ_WEEK" not in said
    assert "folder «Отчёты/ДЗ»" not in said
    assert "folder «Отчёты/Представители»" in said


def test_a_stage_that_people_renamed_keeps_its_name_unless_told(integrator):
    integrator.type("apply")
    number = integrator.funnels()[SOFT]["id"]
    [stage] = integrator.ask(
        "crm.status.list", filter={"ENTITY_ID": f"DEAL_STAGE_{number}", "STATUS_ID": f"C{number}:OFFER"}
    )
    integrator.ask("crm.status.update", id=stage["ID"], fields={"NAME": "КП"})
    code, said = integrator.type("plan")
    assert (code, "stage OFFER is called «КП»" in said) == (0, True)
    integrator.type("apply")
    assert dict(integrator.stages(SOFT))["OFFER"] == "КП"
    integrator.type("apply", "--as-written")
    assert dict(integrator.stages(SOFT))["OFFER"] == "Коммерческое предложение"


def test_a_stage_that_people_moved_comes_back_to_its_place(integrator):
    integrator.type("apply")
    before, number = integrator.stages(SOFT), integrator.funnels()[SOFT]["id"]
    [stage] = integrator.ask("crm.status.list", filter={"STATUS_ID": f"C{number}:SUPPLY"})
    integrator.ask("crm.status.update", id=stage["ID"], fields={"SORT": 5})
    assert integrator.stages(SOFT) != before
    assert integrator.type("apply")[0] == 0
    assert integrator.stages(SOFT) == before


def test_a_field_of_the_wrong_type_is_left_alone_and_named(integrator):
    integrator.ask("crm.deal.userfield.add", fields={"FIELD_NAME": "UF_CRM_SF_SO_NEED", "USER_TYPE_ID": "double"})
    code, said = integrator.type("apply")
    assert "UF_CRM_SF_SO_NEED is double on the portal, not string" in said
    assert integrator.fields()["UF_CRM_SF_SO_NEED"]["USER_TYPE_ID"] == "double"
    assert "UF_CRM_SF_SO_CLASS" in integrator.fields(), "everything else is made"


def test_a_list_gets_what_it_lacks_and_keeps_what_people_added(integrator):
    people = [{"VALUE": "B"}, {"VALUE": "VIP"}]
    integrator.ask("crm.deal.userfield.add", fields={
        "FIELD_NAME": "UF_CRM_SF_SO_CLASS", "USER_TYPE_ID": "enumeration", "EDIT_FORM_LABEL": "Класс", "LIST": people,
    })  # fmt: skip
    integrator.type("apply")
    field = integrator.fields()["UF_CRM_SF_SO_CLASS"]
    assert {one["VALUE"] for one in field["LIST"]} == {"B", "VIP", "A", "C", "Новый"}
    assert field["EDIT_FORM_LABEL"] == "Класс"


def test_a_card_that_people_arranged_only_gets_what_it_lacks(integrator):
    integrator.type("apply")
    number = integrator.funnels()[SOFT]["id"]
    place = {"entityTypeId": 2, "scope": "C", "extras": {"dealCategoryId": number}}
    own = {
        "name": "own",
        "title": "Моё",
        "type": "section",
        "elements": [{"name": "UF_CRM_SF_SO_NEED"}, {"name": "TITLE"}],
    }
    integrator.ask("crm.item.details.configuration.set", **place, data=[own])
    integrator.type("apply")
    first, added = integrator.ask("crm.item.details.configuration.get", **place)
    assert [one["name"] for one in first["elements"]] == ["UF_CRM_SF_SO_NEED", "TITLE"]
    names = [one["name"] for one in added["elements"]]
    assert "UF_CRM_SF_SO_CLASS" in names
    assert "UF_CRM_SF_SO_NEED" not in names
    assert integrator.kinds() == {"keep"}


def test_what_the_portal_refuses_is_said_and_the_rest_is_done(integrator):
    integrator.portal.fault("refuse", method="crm.category.add", code="ACCESS_DENIED", status=403, times=1)
    code, said = integrator.type("apply")
    assert code == 1
    assert "ACCESS_DENIED" in said
    assert len(integrator.funnels()) >= 7
    assert integrator.type("apply")[0] == 0


# — the portal and we ourselves are not to be trusted —


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "half", "html", "late"])
def test_an_answer_that_is_lost_makes_nothing_twice(integrator, fault):
    for _ in range(3):
        integrator.portal.fault(fault)
    assert integrator.type("apply")[0] == 0
    keys = [row["originId"] for row in integrator.funnels().values() if row["originId"]]
    rows = integrator.ask("crm.category.list", entityTypeId=2)["categories"]
    assert sorted(keys) == sorted(row["originId"] for row in rows if row["originId"])
    assert integrator.kinds() == {"keep"}


@pytest.mark.slow
def test_killed_twenty_times_and_repeated_it_ends_in_the_same_portal(integrator, dice):
    assert integrator.type("apply")[0] == 0
    undisturbed = integrator.whole()
    integrator.portal.reset("bare")
    integrator.portal.fault("slow", seconds=0.15, times=None)
    kills = 0
    for _ in range(60):
        process = integrator.begin("apply")
        deadline = time.monotonic() + dice.uniform(0.8, 4)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
        if kills == 20:
            break
    integrator.portal.clear_faults()
    assert kills == 20
    assert integrator.type("apply")[0] == 0
    assert integrator.whole() == undisturbed
