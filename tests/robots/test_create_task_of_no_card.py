"""Tasks of no card: one for the whole company, one a quarter. People may do with them whatever they do with any other."""

from datetime import date, datetime

import pytest

from engine.schedule import Subject, every
from engine.triggers import on_task_closed
from robots.create_task import create_task, create_task_of_no_card
from robots.notify import notify
from tests.company import MOSCOW
from tests.engine.conftest import claims  # noqa: F401  (a fixture)

TITLE = "Пересмотрите ставки филиалов на I квартал 2027"
DUE = datetime(2026, 12, 7, 18, tzinfo=MOSCOW)


@pytest.fixture
def asked(company, claims):  # noqa: F811
    """The clock asks the head of the direction to review the rates; who closes the task is told so."""

    def find(engine, period):
        return [Subject("quarter", process="DISTRIBUTOR", once=True)]

    find.__module__ = "jobs.review"

    def ask(run, deal):
        create_task_of_no_card(
            run, "DISTRIBUTOR", "DR-1", title=TITLE, day=date(2026, 12, 14), note="Ставки действуют с 01.01.2027.",
            checklist=("Казань", "Пермь", "Казань"), files=[company.a_file],
        )  # fmt: skip

    claims.pop("on_task_closed DISTRIBUTOR DR-1", None)

    @on_task_closed("DISTRIBUTOR", "DR-1")
    def thank(run, deal):
        notify(run, "DIST_HEAD", f"Спасибо: {run.change.what['code']}, карточка: {deal}", urgent=True)

    storage = company.portal.act(1, "disk.storage.getlist", {"filter": {"ENTITY_TYPE": "common"}})[0]
    folder = {"id": storage["ROOT_OBJECT_ID"], "data": {"NAME": "Ставки.txt"}, "fileContent": ["Ставки.txt", "0JA="]}
    company.a_file = int(company.portal.act(1, "disk.folder.uploadfile", folder)["ID"])
    every(minutes=15)(find).each(ask)
    company.at("23.11.2026 10:20")


def test_it_says_everything_and_its_end_is_heard_of(company, asked):
    company.run_clock()
    head = company.holder("DIST_HEAD")
    assert company.open_tasks(None) == [f"{TITLE} → {company.user_name(head)}, 07.12.2026 18:00"]
    assert company.checklist(None, TITLE) == ["Казань", "Пермь"]
    task = company.task(None, TITLE)
    assert task["title"] == TITLE
    assert task["description"] == f"Ставки действуют с 01.01.2027.\nКлюч: {task['xmlId']}"
    assert task["auditors"] == [str(company.holder("COMMERCIAL_DIRECTOR"))]
    assert len(task["ufTaskWebdavFiles"]) == 1
    company.close_task(None, TITLE)
    company.settle()
    assert company.notifications(head) == ["Спасибо: DR-1, карточка: None"]
    company.renew_task(None, TITLE)
    company.settle()
    company.close_task(None, TITLE)
    company.settle()
    assert len(company.notifications(head)) == 2, "closed, renewed, closed again"
    assert company.failures() == []


def test_deleted_it_comes_back_once_as_it_was(company, asked):
    """R-17."""
    company.run_clock()
    before = company.task(None, TITLE)
    company.delete_task(None, TITLE)
    company.settle()
    after = company.task(None, TITLE)
    assert after["id"] != before["id"]
    assert [after[name] for name in ("title", "deadline", "auditors")] == [
        before[name] for name in ("title", "deadline", "auditors")
    ]
    assert after["description"].endswith(f"Ключ: {after['xmlId']}")
    assert company.checklist(None, TITLE) == ["Казань", "Пермь"]
    assert len(after["ufTaskWebdavFiles"]) == 1
    company.delete_task(None, TITLE)
    company.settle()
    assert company.tasks(None) == []
    assert company.failures() == []


@pytest.mark.slow
def test_late_it_climbs_and_stands_in_the_digest(company, asked):
    """R-14."""
    company.run_clock()
    head = company.holder("DIST_HEAD")
    link = f"/company/personal/user/{head}/tasks/task/view/{company.task(None, TITLE)['id']}/]"
    for moment in ("07.12.2026 10:05", "07.12.2026 18:05", "08.12.2026 08:10", "08.12.2026 14:05", "09.12.2026 18:20"):
        company.at(moment)
        company.run_clock()
    told = company.notifications(head)
    assert [text.partition("\n")[2] for text in told if link in text] == [
        f"Напоминание: сегодня срок задачи «{TITLE}», 18:00.",
        f"Просрочена задача «{TITLE}».",
        f"Задача «{TITLE}» просрочена на 2 раб. дн., ответственный: {company.user_name(head)}.",
    ]
    above = company.head_of(head)
    assert any(f"Просрочена задача «{TITLE}», ответственный" in text for text in company.notifications(above))
    assert str(above) in company.task(None, TITLE)["auditors"]
    company.at("10.12.2026 09:45")
    company.run_clock()
    digest = [text for text in company.notifications(above) if text.startswith("Просроченных задач отдела")]
    assert f"• {TITLE} — {company.user_name(head)}, срок 07.12.2026 18:00" in digest[-1], digest
    assert company.failures() == []


def test_of_a_dismissed_person_it_goes_to_who_stands_in(company, asked):
    """R-11."""
    company.run_clock()
    head = company.holder("DIST_HEAD")
    company.dismiss(head)
    company.at("24.11.2026 02:05")
    company.run_clock()
    owner = int(company.task(None, TITLE)["responsibleId"])
    assert owner != head
    company.at("24.11.2026 10:00")
    company.run_clock()
    assert any(text.endswith("сделок — 0, задач — 1.") for text in company.notifications(owner))
    assert company.failures() == []


@pytest.mark.parametrize("kind", ["cut_after", "cut_before"])
def test_whatever_becomes_of_the_request_it_is_there_once(company, asked, kind):
    company.portal.fault(kind, method="tasks.task.add")
    company.run_clock()
    assert [task["title"] for task in company.tasks(None)] == [TITLE]
    assert company.checklist(None, TITLE) == ["Казань", "Пермь"]
    company.close_task(None, TITLE)
    company.settle()
    assert len(company.notifications(company.holder("DIST_HEAD"))) == 1
    assert company.failures() == []


def test_a_task_of_a_card_may_have_a_title_of_its_own_further_items_and_files(company, asked, claims):  # noqa: F811
    find = lambda engine, period: [Subject("it", deal, "SERVICE", once=True)]  # noqa: E731
    find.__module__ = "jobs.other"
    deal = company.new_deal("SERVICE")
    company.settle()
    every(minutes=15)(find).each(
        lambda run, card: create_task(
            run, card, "SV-1", title="Иначе названа", checklist=["Ещё одно"], files=[company.a_file]
        )
    )
    company.at("23.11.2026 10:40")
    company.run_clock()
    assert company.task(deal, "Иначе названа")["title"].startswith("Иначе названа — ")
    assert company.checklist(deal, "Иначе названа")[-1] == "Ещё одно"
    company.delete_task(deal, "Иначе названа")
    company.settle()
    assert company.checklist(deal, "Иначе названа")[-1] == "Ещё одно"
    assert company.failures() == []
