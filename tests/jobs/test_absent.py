"""Who is away, by the portal: read at night, kept with its source (R-12)."""

from datetime import date

import pytest

from rules.absence import Absence


@pytest.fixture
def away(company):
    """`away("kim")`: when that person is away, as «24.11–27.11»."""

    def days(login: str) -> list[str]:
        known: list[Absence] = company.engine.people.absences.of(company.user(login))
        return [f"{one.first:%d.%m}–{one.last:%d.%m}" for one in known]

    return days


def plans(
    company, login: str, name: str, begins: str, ends: str, *, accessibility: str = "absent", **more: str
) -> None:
    """A person plans something in their own calendar, in their own time."""
    user = company.user(login)
    times = {"from": begins, "to": ends, "skip_time": "N" if "T" in begins else "Y"}
    event = {"type": "user", "ownerId": user, "name": name, "accessibility": accessibility, **times, **more}
    company.acts(user, "calendar.event.add", event)


def test_the_chart_of_absences_and_calendars_are_heard_every_night(company, away):
    """R-12: who is on leave, until when; whole days of a calendar, in the days of its owner."""
    company.portal.give_leave(company.user("rybakov"), date(2026, 11, 20), date(2026, 11, 25))
    company.portal.give_leave(company.user("gusev"), date(2026, 11, 25), date(2026, 12, 4))
    plans(company, "medvedeva", "Отпуск", "2026-12-01", "2026-12-14")
    plans(company, "kim", "Экзамены", "2026-11-26T09:00:00", "2026-11-27T18:00:00")
    plans(company, "zaytseva", "К врачу", "2026-11-26T09:00:00", "2026-11-26T12:00:00")
    plans(company, "sorokina", "Совещание", "2026-11-26", "2026-11-26", accessibility="busy")
    plans(company, "rybakov", "Отпуск", "2026-11-23", "2026-11-30")
    company.portal.reset_counters()
    company.at("24.11.2026 02:01")
    company.run_clock()
    people = ("rybakov", "gusev", "medvedeva", "kim", "zaytseva", "sorokina")
    assert {login: away(login) for login in people} == {
        "rybakov": ["24.11–25.11"], "gusev": [], "medvedeva": ["01.12–14.12"], "kim": ["26.11–27.11"],
        "zaytseva": [], "sorokina": [],
    }, "the chart rules over a calendar; what is not of today it does not tell"  # fmt: skip
    asked = company.portal.requests()["commands"]
    assert (asked["im.user.list.get"], asked["calendar.accessibility.get"]) == (2, 2), "fifty people at a time"
    company.at("25.11.2026 02:01")
    company.run_clock()
    assert (away("rybakov"), away("gusev")) == (["24.11–25.11"], ["25.11–04.12"])
    company.portal.cancel_leave(company.user("gusev"))
    company.at("27.11.2026 02:01")
    company.run_clock()
    assert (away("rybakov"), away("gusev")) == (["24.11–25.11"], ["25.11–26.11"]), "back earlier than was thought"
    assert company.failures() == []


def test_what_the_portal_does_not_tell_stays_as_it_was_known_and_the_other_source_is_heard(company, away):
    company.portal.give_leave(company.user("rybakov"), date(2026, 11, 20), date(2026, 12, 4))
    plans(company, "kim", "Отпуск", "2026-12-01", "2026-12-04")
    company.at("24.11.2026 02:01")
    company.run_clock()
    plans(company, "medvedeva", "Отпуск", "2026-12-01", "2026-12-14")
    company.portal.fault(
        kind="refuse", method="calendar.accessibility.get", code="insufficient_scope", status=403, times=9
    )
    company.portal.give_leave(company.user("gusev"), date(2026, 11, 25), date(2026, 11, 27))
    company.at("25.11.2026 02:01")
    company.run_clock()
    assert [away(login) for login in ("rybakov", "gusev", "kim", "medvedeva")] == [
        ["24.11–04.12"], ["25.11–27.11"], ["01.12–04.12"], [],
    ]  # fmt: skip


def test_tasks_follow_the_portals_word(company):
    """A task that is there already stays with whom it is; the next one goes to the head."""
    company.portal.give_leave(company.user("nazarov"), date(2026, 11, 24), date(2026, 12, 4))
    first = company.new_deal(by=company.user("nazarov"))
    company.settle()
    company.at("24.11.2026 02:01")
    company.run_clock()
    second = company.new_deal(by=company.user("nazarov"))
    company.settle()
    doers = [company.open_tasks(deal)[0].partition(" → ")[2].partition(",")[0] for deal in (first, second)]
    assert doers == ["Назаров Виктор", "Кузнецова Елена"]
