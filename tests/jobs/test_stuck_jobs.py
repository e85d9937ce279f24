"""A job that fails: people hear of it once, until it runs again."""

import requests

from engine.schedule import Subject, daily, every
from robots.notify import notify
from tests.engine.conftest import claims  # noqa: F401  (a fixture)


def test_the_administrator_hears_once_of_a_job_that_fails(company, claims):  # noqa: F811
    """A-18's other side: what does not run is not silent."""
    trouble, admin = [ZeroDivisionError("no days")], company.holder("ADMIN")

    def find(engine, period):
        if trouble:
            raise trouble[0]
        return [Subject("it")]

    def find_daily(engine, period):
        engine.ask("crm.requisite.list", {})
        return ()

    find.__module__, find_daily.__module__ = "jobs.broken", "jobs.refused"
    every(minutes=15)(find).each(lambda run, deal: notify(run, "ADMIN", "Пошло", urgent=True))
    daily("10:30", zone="Europe/Moscow")(find_daily)
    company.portal.fault("refuse", method="crm.requisite.list", times=1000, code="ERROR_CORE", status=400)

    def told() -> list[str]:
        return [text for text in company.notifications(admin) if "не выполняется" in text]

    def health() -> dict:
        return requests.get(company.receiver_url.replace("/hook/b24", "/healthz"), timeout=10).json()["jobs"]

    company.at("23.11.2026 10:16")
    company.run_clock()
    assert (told(), health()["state"]) == ([], "ok")
    for moment in ("23.11.2026 10:31", "23.11.2026 10:46", "23.11.2026 11:01"):
        company.at(moment)
        company.run_clock()
    assert told() == [
        "Задание по расписанию «broken» не выполняется с 23.11.2026 10:16 МСК: ZeroDivisionError: no days\n"
        "Повторяется само каждые несколько секунд. Состояние: flask jobs."
    ]
    assert health() == {
        "state": "late", "seconds": None, "do": "Jobs that fail: broken. flask jobs says why; the log has the rest."
    }  # fmt: skip
    company.at("24.11.2026 10:46")
    company.run_clock()
    assert ["broken" in text for text in told()] == [True, False], "the other one missed its second day"
    trouble.clear()
    company.portal.clear_faults()
    company.run_clock()
    assert health()["state"] == "ok"
    trouble.append(ZeroDivisionError("again"))
    for moment in ("24.11.2026 11:01", "24.11.2026 11:16", "24.11.2026 11:31"):
        company.at(moment)
        company.run_clock()
    assert ["ZeroDivisionError: again" in text for text in told()] == [False, False, True]
