"""Reports on the company's Disk and on tasks: each once, whatever becomes of the portal's answers."""

import io

import pytest
import requests
from openpyxl import load_workbook

from engine import failpoints
from engine.triggers import Trigger, _claims, claim
from robots.attach_to_task import attach_to_task
from robots.store_report import store_report
from tests.reports import sample

NAME = "Сводный отчёт по ДЗ за неделю 2026-W48"


@pytest.fixture
def claims():
    """Signals that this test's handlers hear."""
    asked = []

    def hear(signal: str, act) -> None:
        asked.append(Trigger("on_signal", "SOFT", signal, act))
        claim(asked[-1])

    yield hear
    for one in asked:
        del _claims[one.identity]


def store(run, deal, face="xlsx"):
    return store_report(run, "RECEIVABLES", sample.report, year=2026, face=face)


@pytest.fixture
def card(company, claims):
    """A card whose signal «report» asks for the report."""
    claims("report", store)
    deal = company.new_deal()
    company.settle()
    return deal


def ask(company, card, signal="report"):
    company.tell(card, signal)
    company.settle()


def root(company):
    [storage] = company.portal.act(1, "disk.storage.getlist", {"filter": {"ENTITY_TYPE": "common"}})
    return int(storage["ROOT_OBJECT_ID"])


def inside(company, folder):
    return company.portal.act(1, "disk.folder.getchildren", {"id": int(folder)})


def folder_at(company, place):
    """The id of a folder of the company's Disk. Fails where there is none, or two."""
    folder = root(company)
    for name in place.split("/"):
        [folder] = [row["ID"] for row in inside(company, folder) if row["NAME"] == name]
    return int(folder)


def files(company, place="Отчёты/ДЗ/2026"):
    """What lies in that folder: name → content."""
    rows = inside(company, folder_at(company, place))
    return {row["NAME"]: requests.get(row["DOWNLOAD_URL"], timeout=10).content for row in rows}


def test_a_report_lies_in_the_folder_of_its_process_and_year_and_the_next_one_beside_it(company, card):
    """RC-T6. The first makes the folder of the year, the second finds it."""
    ask(company, card)
    [(name, content)] = files(company).items()
    assert name.startswith(f"{NAME} (")
    assert name.endswith(").xlsx")
    assert load_workbook(io.BytesIO(content)).sheetnames == [sheet.title for sheet in sample.report().sheets]
    ask(company, card)
    assert list(files(company).values()) == [content, content], "equal rows make equal files"
    assert company.failures() == []


@pytest.mark.parametrize("kind", ["cut_after", pytest.param("cut_before", marks=pytest.mark.slow)])
def test_whatever_answer_is_lost_there_is_one_folder_and_one_file(company, card, kind):
    for method in ("disk.folder.addsubfolder", "disk.folder.uploadfile"):
        company.portal.fault(kind=kind, method=method)
    ask(company, card)
    assert len(files(company)) == 1
    assert company.portal.faults_waiting() == []
    assert company.failures() == []


@pytest.mark.slow
def test_a_folder_that_somebody_makes_meanwhile_is_the_one_that_is_used(company, card, monkeypatch):
    made, params = [], {"id": folder_at(company, "Отчёты/ДЗ"), "data": {"NAME": "2026"}}

    def reach(point: str) -> None:
        if point == "before sent" and not made:
            made.append(params)
            company.portal.act(1, "disk.folder.addsubfolder", params)

    monkeypatch.setattr(failpoints, "reach", reach)
    ask(company, card)
    assert made
    assert len(files(company)) == 1
    assert company.failures() == []


@pytest.mark.slow
def test_a_repeated_run_sends_the_rows_that_were_made_first(company, claims):
    """A run that was refused and is opened again by IT: its figures are those of the moment it first asked for them."""
    counted = []

    def make():
        counted.append(1)
        return sample.report()

    claims("report", lambda run, deal: store_report(run, "RECEIVABLES", make, year=2026))
    deal = company.new_deal()
    company.settle()
    company.portal.fault(kind="refuse", method="disk.folder.uploadfile", code="DISK_FULL", status=400)
    ask(company, deal)
    assert len(company.failures()) == 1
    company.retry_failures()
    company.settle()
    assert len(files(company)) == 1
    assert counted == [1]


@pytest.mark.slow
def test_a_file_where_the_folder_should_be_is_told_to_it(company, card):
    ask(company, card)
    above, year = folder_at(company, "Отчёты/ДЗ"), folder_at(company, "Отчёты/ДЗ/2026")
    company.portal.act(1, "disk.folder.rename", {"id": year, "newName": "2026 старый"})
    what = {"id": above, "data": {"NAME": "2026"}, "fileContent": ["2026", "MjAyNg=="]}
    company.portal.act(1, "disk.folder.uploadfile", what)
    ask(company, card)
    assert "«2026» on the company's Disk is no folder: rename that file, then retry." in company.failures()[0]


@pytest.mark.slow
def test_a_page_shows_the_rows_of_the_table_and_both_hang_on_the_readers_task(company, claims):
    def hang(run, deal):
        task = int(
            run.portal.call("tasks.task.list", {"filter": {"UF_CRM_TASK": f"D_{deal.id}"}}).result["tasks"][0]["id"]
        )
        made = [store(run, deal, face) for face in ("xlsx", "html")]
        assert made[0].report == made[1].report
        for one in made:
            assert one.address.startswith("http")
            attach_to_task(run, task, one.file, deal_id=deal.id)

    claims("hang", hang)
    deal = company.new_deal()
    company.settle()
    company.portal.fault(kind="cut_after", method="tasks.task.file.attach")
    ask(company, deal, "hang")
    assert company.failures() == []
    there = files(company)
    assert sorted(name.rpartition(".")[2] for name in there) == ["html", "xlsx"]
    [page] = [content.decode() for name, content in there.items() if name.endswith(".html")]
    assert "Камчатрыбпром" in page
    asked = {"taskId": int(company.task(deal, "")["id"]), "select": ["UF_TASK_WEBDAV_FILES"]}
    assert len(company.portal.act(1, "tasks.task.get", asked)["task"]["ufTaskWebdavFiles"]) == 2
