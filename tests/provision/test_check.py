"""`flask check`, the doctor."""

import json
from datetime import date, timedelta

import pytest

from commands.terminal import portal, prepared
from config import company
from config.settings import Settings
from provision import check
from tests.web.process import running


@pytest.fixture
def find(integrator):
    """What it finds, by state."""

    def found(*words: str) -> tuple[int, dict[str, list[dict]]]:
        code, said = integrator.type("check", "--json", *(words or ("--no-ring",)))
        lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        return code, {state: [one for one in lines if one["state"] == state] for state in ("ok", "warning", "error")}

    return found


def whats(findings: list[dict]) -> str:
    return "\n".join(one["what"] for one in findings)


def test_a_bare_portal_lacks_everything_and_everybody(find):
    code, found = find()
    assert code == 1
    assert "the portal lacks" in whats(found["error"])
    assert "is not on the portal" in whats(found["error"])
    assert all(one["do"] for one in found["error"] + found["warning"])
    assert "incoming webhook of" in whats(found["ok"])


def test_a_portal_with_funnels_and_people_is_well(find, integrator):
    integrator.portal.reset("empty")
    integrator.type("apply")
    code, found = find()
    assert found["error"] == []
    assert code in (0, 2), "a machine may lack LibreOffice or fonts"
    assert "funnels, stages, fields and cards are as config/ describes them" in whats(found["ok"])


def test_a_dismissed_person_is_named_with_the_role(find, integrator):
    email = company().roles["HEAD_SOFT"].users[0]
    integrator.portal.reset("empty")
    [user] = integrator.ask("user.get", FILTER={"EMAIL": email})
    integrator.ask("user.update", ID=user["ID"], ACTIVE="N")
    _, found = find()
    [warning] = [one for one in found["warning"] if email in one["what"]]
    assert "HEAD_SOFT" in warning["what"]
    assert "is dismissed" in warning["what"]


def test_a_person_whose_time_zone_nobody_knows_is_named(find, integrator):
    email = company().roles["HEAD_SOFT"].users[0]
    integrator.portal.reset("empty")
    [user] = integrator.ask("user.get", FILTER={"EMAIL": email})
    integrator.ask("user.update", ID=user["ID"], PERSONAL_CITY="Нигде", TIME_ZONE="")
    _, found = find()
    [warning] = [one for one in found["warning"] if email in one["what"]]
    assert "has no time zone" in warning["what"]


def test_a_portal_that_refuses_one_question_is_asked_the_others(find, integrator):
    integrator.portal.fault("refuse", method="crm.category.list", code="ACCESS_DENIED", status=403, times=None)
    code, found = find()
    assert code == 1
    assert "the portal does not answer as it should" in whats(found["error"])
    assert "the clocks agree" in whats(found["ok"] + found["warning"]) or "clock" in whats(found["warning"])
    assert "GB free" in whats(found["ok"] + found["warning"] + found["error"])


def test_a_receiver_that_is_not_there_is_said(find):
    code, found = find("--ring")
    assert code == 1
    assert "the receiver does not listen" in whats(found["error"])


def test_the_portal_rings_after_a_change_and_what_was_made_for_it_is_gone(find, integrator):
    settings = {name.lower(): value for name, value in integrator.environment.items()}
    with running("web", **settings) as web:
        web.wait_until_it_answers()
        _, found = find("--ring")
    assert "the portal rang" in whats(found["ok"])
    for kind in (2, 4):
        assert integrator.ask("crm.item.list", entityTypeId=kind)["items"] == []


def test_who_represented_a_region_once_is_not_looked_for(integrator):
    settings = Settings.from_env(integrator.environment)
    one, today = next(iter(company().representatives.values())), integrator.portal.time().date()

    def wrong(end: date) -> str:
        left = company().model_copy(update={"representatives": {one.user: one.model_copy(update={"end": end})}})
        patient = check.Patient(portal(settings), prepared(settings), left, settings)
        return "\n".join(found.what for found in check.examine(patient, ring=False) if found.state == "error")

    assert f"{one.user} (representative, {one.city}) is not on the portal" in wrong(today)
    assert one.user not in wrong(today - timedelta(days=1))
